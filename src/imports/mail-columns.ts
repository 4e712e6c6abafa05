// The columns of a register of letters and mailbox messages, as data: what each is called and how it is read.
import type { Catalogue, Column } from './columns.ts'

export const mailColumns = {
  externalNo: {
    label: '来信编号',
    aliases: ['上级编号', '信件编号', '编号', '转办编号', '信访件编号', '留言编号', '邮件编号'],
    read: 'number',
    max: 60,
  },
  receivedAt: {
    label: '收信日期',
    aliases: ['来信日期', '收到日期', '登记日期', '留言日期', '登记时间', '收信时间', '受理日期'],
    read: 'moment',
    required: 'value',
  },
  source: { label: '来源', aliases: ['信件来源', '信箱', '来信渠道', '信访渠道', '信箱名称'], read: 'word' },
  name: {
    label: '信访人',
    aliases: ['写信人', '来信人', '留言人', '姓名', '反映人', '诉求人'],
    read: 'name',
    personal: true,
  },
  phone: {
    label: '联系电话',
    aliases: ['电话', '手机号', '手机号码', '联系方式'],
    read: 'phone',
    personal: true,
  },
  idNo: {
    label: '身份证号',
    aliases: ['身份证号码', '证件号码', '身份证', '证件号'],
    read: 'idNo',
    personal: true,
  },
  address: {
    label: '住址',
    aliases: ['地址', '联系地址', '信访人住址', '通讯地址'],
    read: 'address',
    max: 300,
    personal: true,
  },
  signatories: { label: '联名人数', aliases: ['联名人', '签名人数'], read: 'number' },
  title: { label: '标题', aliases: ['主题', '信件标题', '事由', '主要内容'], read: 'line', max: 200 },
  content: {
    label: '内容',
    aliases: ['反映内容', '信件内容', '概况', '诉求', '留言内容', '来信内容', '反映问题'],
    read: 'text',
    max: 10_000,
    required: 'column',
  },
  category: { label: '信访目的', aliases: ['目的', '类别', '诉求类型', '信访类别'], read: 'word' },
  topic: { label: '内容分类', aliases: ['问题分类', '热点', '问题类别', '主题分类'], read: 'word' },
  area: {
    label: '问题属地',
    aliases: ['属地', '所属乡镇', '乡镇街道', '所属区域', '问题发生地'],
    read: 'area',
  },
  accused: { label: '被反映单位', aliases: ['被举报单位', '被投诉单位', '被反映对象'], read: 'units' },
  urgency: { label: '紧急程度', aliases: ['缓急程度', '紧急'], read: 'word' },
  confidential: { label: '是否保密', aliases: ['保密', '要求保密'], read: 'flag' },
  upstreamDueAt: {
    label: '上级时限',
    aliases: ['上级要求办结时限', '办理时限', '办结期限', '要求办结日期', '限办日期'],
    read: 'deadline',
  },
  leadUnit: {
    label: '转办单位',
    aliases: ['转送单位', '交办单位', '承办单位', '责任单位', '办理单位'],
    read: 'unit',
  },
} as const satisfies Record<string, Column>

export type MailField = keyof typeof mailColumns

export const mailCatalogue: Catalogue<MailField> = {
  ids: Object.keys(mailColumns) as MailField[],
  of: (field) => mailColumns[field],
  typical: '“收信日期”“来源”“内容”',
}
