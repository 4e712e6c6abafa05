// The columns of a spreadsheet of relief grants: those that leave, and what an office's own lists call them.
import {
  called,
  choice,
  code,
  dayOf,
  fen,
  optional,
  personal,
  refersTo,
  text,
  yuan,
} from '../platform/column-kinds.ts'
import type { Columns } from '../platform/column-kinds.ts'
import { grantStates } from './terms.ts'

export const grantColumns = {
  programmeId: called(refersTo('programme', '救助项目'), '项目', '项目名称', '救助项目名称', '资金项目'),
  name: personal(called(text('救助对象', 1, 60), '姓名', '申请人', '被救助人', '救助对象姓名')),
  idNo: personal(called(optional(code('身份证号', 60)), '身份证号码', '身份证', '证件号码', '证件号')),
  phone: personal(called(optional(code('联系电话', 60)), '电话', '手机号', '手机号码', '联系方式')),
  grade: called(text('困难等级', 1, 40), '等级', '困难程度', '困难类别'),
  yuan: called(
    optional(yuan('金额（元）')),
    '金额',
    '救助金额',
    '救助金额（元）',
    '发放金额',
    '发放金额（元）',
  ),
  fen: optional(fen('金额（分）', 1)),
  basis: called(text('救助理由', 2, 1000), '救助原因', '困难原因', '致困原因', '困难情况', '申请理由'),
  account: personal(
    called(optional(code('银行账号', 60)), '银行卡号', '账号', '卡号', '开户账号', '收款账号'),
  ),
  state: called(optional(choice('状态', grantStates)), '审批状态', '发放状态'),
  askedDay: called(optional(dayOf('申请日期')), '申请时间', '登记日期'),
  decidedDay: called(optional(dayOf('审批日期')), '批准日期', '审批时间', '批准时间'),
  paidDay: called(optional(dayOf('发放日期')), '发放时间', '拨付日期', '领取日期'),
  receipt: called(optional(text('收据编号', 1, 100)), '收据号', '收条编号', '凭证号', '票据编号'),
} satisfies Columns
