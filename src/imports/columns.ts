// The columns of the city platform's order export, as data: what each is called, how it is read, what it becomes.

/** How a cell is read; `checks.ts` holds a reader for each. */
export type Reading =
  | 'number' // the platform's number of an order
  | 'text'
  | 'line' // a text without line ends
  | 'moment'
  | 'deadline' // a day alone means its last moment
  | 'unit'
  | 'units'
  | 'word' // one of the words in `words.ts`, under the field's own name
  | 'flag'
  | 'name'
  | 'phone'
  | 'idNo'
  | 'address'
  | 'area'

export interface Column {
  /** As the office calls it, in reports of errors and in the template. */
  label: string
  /** Other headings under which platforms export it. */
  aliases: readonly string[]
  read: Reading
  /** Most characters of a text. */
  max?: number
  /** `column`: a file without it is refused; `value`: so is a row without a value. */
  required?: 'column' | 'value'
  /** Values are never repeated in reports, logs and events. */
  personal?: true
}

export const columns = {
  externalNo: {
    label: '工单编号',
    aliases: ['工单号', '编号', '诉求编号', '受理编号', '来电编号', '业务编号', '流水号', '工单流水号'],
    read: 'number',
    max: 40,
    required: 'value',
  },
  receivedAt: {
    label: '受理时间',
    aliases: ['来电时间', '登记时间', '诉求时间', '创建时间', '受理日期'],
    read: 'moment',
    required: 'value',
  },
  dispatchedAt: {
    label: '派单时间',
    aliases: ['交办时间', '转办时间', '派发时间', '派遣时间', '交办日期'],
    read: 'moment',
    required: 'column',
  },
  leadUnit: {
    label: '承办单位',
    aliases: ['主办单位', '办理单位', '责任单位', '处理单位', '交办单位名称', '承办部门', '办理部门'],
    read: 'unit',
    required: 'column',
  },
  coUnits: { label: '协办单位', aliases: ['会办单位', '配合单位', '协办部门'], read: 'units' },
  accused: {
    label: '被反映单位',
    aliases: ['被举报单位', '被投诉单位', '被举报对象', '被反映对象'],
    read: 'units',
  },
  category: {
    label: '诉求类型',
    aliases: ['工单类型', '类别', '诉求类别', '来电类型', '工单类别', '受理类型', '业务类型'],
    read: 'word',
    required: 'column',
  },
  urgency: { label: '紧急程度', aliases: ['紧急级别', '缓急程度', '优先级', '紧急'], read: 'word' },
  title: { label: '标题', aliases: ['诉求标题', '工单标题', '来电标题', '主题内容'], read: 'line', max: 200 },
  content: {
    label: '诉求内容',
    aliases: ['内容', '来电内容', '工单内容', '问题描述', '反映内容', '诉求描述'],
    read: 'text',
    max: 10_000,
    required: 'column',
  },
  topic: {
    label: '热点',
    aliases: ['主题', '问题分类', '问题类别', '诉求分类', '热点分类', '热点问题', '内容分类'],
    read: 'word',
  },
  confidential: { label: '是否保密', aliases: ['保密', '保密工单', '是否匿名保密'], read: 'flag' },
  callerName: {
    label: '来电人',
    aliases: ['诉求人', '姓名', '来电人姓名', '诉求人姓名', '联系人', '市民姓名'],
    read: 'name',
    personal: true,
  },
  callerPhone: {
    label: '联系电话',
    aliases: ['来电号码', '电话', '手机号', '手机号码', '来电电话', '诉求人电话', '联系方式', '联系号码'],
    read: 'phone',
    personal: true,
  },
  callerIdNo: {
    label: '身份证号',
    aliases: ['身份证号码', '证件号码', '证件号', '身份证'],
    read: 'idNo',
    personal: true,
  },
  address: {
    label: '地址',
    aliases: ['诉求地址', '联系地址', '事发地址', '住址', '事发地点', '诉求人地址'],
    read: 'address',
    max: 300,
    personal: true,
  },
  area: {
    label: '所属区域',
    aliases: ['事发区域', '所属乡镇', '乡镇街道', '所属镇街', '镇街', '所属街道', '区域'],
    read: 'area',
  },
  signedAt: {
    label: '签收时间',
    aliases: ['签收日期', '接收时间', '接单时间'],
    read: 'moment',
    required: 'column',
  },
  signDueAt: { label: '签收时限', aliases: ['签收期限', '签收截止时间', '限签时间'], read: 'deadline' },
  dueAt: {
    label: '办理时限',
    aliases: [
      '办结时限',
      '限办时间',
      '截止时间',
      '办理期限',
      '办结期限',
      '到期时间',
      '要求办结时间',
      '限办日期',
    ],
    read: 'deadline',
  },
  extensionAskedAt: { label: '延期申请时间', aliases: ['申请延期时间', '延期申请日期'], read: 'moment' },
  extensionGrantedAt: {
    label: '延期批准时间',
    aliases: ['延期审批时间', '延期审核时间', '延期同意时间'],
    read: 'moment',
  },
  extendedTo: {
    label: '延期至',
    aliases: ['延期后时限', '延期后办理时限', '延期后截止时间', '延期时限', '延期截止时间'],
    read: 'deadline',
  },
  extensionReason: {
    label: '延期理由',
    aliases: ['延期原因', '申请延期理由', '延期申请理由'],
    read: 'text',
    max: 1000,
  },
  repliedAt: {
    label: '回复时间',
    aliases: ['答复时间', '办结时间', '办理完成时间', '回复日期', '反馈时间'],
    read: 'moment',
    required: 'column',
  },
  contactedAt: {
    label: '联系诉求人时间',
    aliases: ['联系来电人时间', '联系群众时间', '联系时间', '首次联系时间'],
    read: 'moment',
  },
  reply: {
    label: '回复内容',
    aliases: ['办理结果', '答复内容', '办理情况', '处理结果', '反馈内容', '办结内容'],
    read: 'text',
    max: 10_000,
  },
  reviewedAt: { label: '审核时间', aliases: ['回复审核时间', '审核通过时间'], read: 'moment' },
  calledBackAt: { label: '回访时间', aliases: ['回访日期'], read: 'moment' },
  callResult: { label: '回访结果', aliases: ['回访情况', '回访状态', '接通情况'], read: 'word' },
  rating: {
    label: '满意度',
    aliases: ['评价', '满意度评价', '评价结果', '群众评价', '办理结果满意度'],
    read: 'word',
  },
  ratedAt: { label: '评价时间', aliases: ['满意度评价时间', '评价日期'], read: 'moment' },
  resolved: { label: '是否解决', aliases: ['诉求是否解决', '解决情况', '问题是否解决'], read: 'flag' },
  screening: { label: '甄别结果', aliases: ['甄别结论', '甄别情况', '甄别状态'], read: 'word' },
  screenedAt: { label: '甄别时间', aliases: ['甄别日期', '甄别完成时间'], read: 'moment' },
  screeningReason: {
    label: '甄别理由',
    aliases: ['甄别原因', '甄别依据', '甄别说明'],
    read: 'text',
    max: 2000,
  },
  returnedAt: { label: '退单时间', aliases: ['退回时间', '退件时间', '退单日期'], read: 'moment' },
  returnReason: { label: '退单理由', aliases: ['退单原因', '退回理由', '退回原因'], read: 'text', max: 1000 },
  redone: { label: '是否重办', aliases: ['重办', '是否二次办理', '二次办理'], read: 'flag' },
  redoAt: {
    label: '重办时间',
    aliases: ['重办派单时间', '重办交办时间', '二次派单时间', '二次交办时间'],
    read: 'moment',
  },
  redoRepliedAt: {
    label: '重办回复时间',
    aliases: ['重办办结时间', '二次回复时间', '二次办结时间'],
    read: 'moment',
  },
  state: {
    label: '工单状态',
    aliases: ['状态', '办理状态', '当前状态', '流程状态', '当前环节'],
    read: 'word',
  },
} as const satisfies Record<string, Column>

export type FieldId = keyof typeof columns

export const fieldIds = Object.keys(columns) as FieldId[]

/** A field as the table describes it, without the narrow types of the literal. */
export function columnOf(field: FieldId): Column {
  return columns[field]
}

/** The columns of one kind of file, for those who read any kind. */
export interface Catalogue<F extends string> {
  ids: readonly F[]
  of(field: F): Column
  /** Headings that a header of it surely has, to name where none is found. */
  typical: string
}

export const orderCatalogue: Catalogue<FieldId> = {
  ids: fieldIds,
  of: columnOf,
  typical: '“工单编号”“受理时间”',
}
