// What can be wrong with a cell or a row, and how the clerk is told; values are shown only when they name nobody.
/** code → what to tell the clerk. `#` is replaced by what the check adds. */
export const findingTexts = {
  'value/missing': '不能为空',
  'value/too-long': '最多#个字',
  'value/unknown-word': '无法识别的选项“#”',
  'value/looks-personal': '此列应为工单编号，却像是电话或证件号码，请检查列是否错位',
  'value/number-format': '编号只能由字母、数字、“-”和“_”组成，4至40位',
  'value/precision-lost': '数字精度已丢失，请在原表中将该列设为文本后重新导出',
  'value/cell-error': '单元格是公式错误值',
  'value/formula-empty': '公式没有计算结果，请在 Excel 中打开保存后再导出',
  'value/merged': '数据行不能有合并单元格(#)',
  'time/unreadable': '#',
  'time/future': '时间晚于现在',
  'time/order': '不能早于“#”',
  'time/not-covered': '日期超出工作日历范围',
  'unit/missing': '已派单的工单须填写承办单位',
  'unit/unknown': '没有名为“#”的单位',
  'unit/ambiguous': '有多个单位叫“#”，请写全称',
  'unit/abolished': '单位已撤销:#',
  'unit/not-yet': '“#”在派单时尚未设立',
  'unit/dispatch-missing': '已有承办单位或办理记录，缺少派单时间',
  'unit/accused-holds': '被反映单位正是承办单位或其上级，请改派',
  'unit/accused-unknown': '被反映单位不是本系统的单位，未登记',
  'unit/accused-office': '被反映的是受理机关本身，未登记，应报告上级机关',
  'content/missing': '标题和诉求内容至少填写一项',
  'order/twice': '文件中第#行已有此工单编号',
  'order/own': '本系统已自行登记此工单(#),平台数据未采用',
  'word/category-unknown': '无法识别的诉求类型“#”，按“其他”登记',
  'word/urgency-unknown': '无法识别的紧急程度“#”，按“一般”登记',
  'word/topic-unknown': '无法识别的热点“#”，按“其他”登记',
  'word/state-unknown': '无法识别的状态“#”，未采用',
  'area/unknown': '不是本区的乡镇街道',
  'area/dissolved': '该乡镇已撤销，并入#',
  'person/masked': '号码或姓名已脱敏，未登记',
  'person/name-unreadable': '姓名中没有文字，未登记',
  'person/several-phones': '有多个电话号码，登记第一个',
  'person/invalid': '#',
  'person/doubtful': '#',
  'rating/without-reply': '没有回复，不能有评价',
  'rating/not-reached': '回访未接通，不能有评价',
  'rating/time-missing': '缺少评价时间和回访时间，按回复时间计',
  'call/without-reply': '没有回复，不能有回访',
  'call/time-missing': '缺少回访时间，按评价时间或回复时间计',
  'screening/without-rating': '没有“不满意”的评价，甄别结果未采用',
  'extension/not-later': '延期后的时限应晚于原办理时限(#)',
  'extension/asked-late': '逾期申请：申请时已超过办理时限，延期不改变期限',
  'extension/asked-unknown': '缺少延期申请时间，批准时已超过办理时限，延期不改变期限',
  'extension/incomplete': '延期缺少批准时间或延期后时限，未采用',
  'extension/in-due': '办理时限已含延期，原时限按规定计算为#',
  'return/then-handled': '退单后另有办理而无改派时间，时限从首次派单起算',
  'redo/without-reply': '没有首次回复，不能有重办',
  'redo/time-missing': '缺少重办时间，重办未采用',
  'redo/reply-missing': '重办已结束而没有重办回复时间，重办环节的时限未登记',
  'reply/without-time': '有回复内容而无回复时间，未计为已回复',
  'state/contradicts': '状态“#”与各环节时间不一致，以时间为准',
  'mail/source-unknown': '无法识别的来源“#”',
  'mail/count': '联名人数应为整数，不能小于2',
  'mail/purpose-unknown': '此信访形式没有这个类别“#”',
  'mail/topic-unknown': '没有这个主题“#”',
  'mail/not-dispatcher': '只有分派员导入时可以转办',
  'mail/accused-holds': '不得转给被反映的单位或其下属单位',
  'mail/twice': '与文件第#行是同一封',
  'mail/differs': '与已登记的#不同，没有更改，请核对后人工更正',
  'merge/late-kept': '新数据会使已超期的工单变为按期，未采用，保留原记录（#）',
  'merge/closed-kept': '该环节已办结，平台的更改未采用，保留原记录（#）',
  'merge/promise-kept': '平台更改了派单时间或时限，承诺的时限不变',
  'merge/vanished': '平台已清空此项，保留原记录',
  'merge/protection-kept': '保密和回避的要求不能由导入取消，保留原记录',
  'merge/order-kept': '与保留的记录先后矛盾，未采用',
  'merge/touched': '本系统已另行办理，平台的更改未采用',
} as const satisfies Record<string, string>

export type FindingCode = keyof typeof findingTexts

export interface Finding {
  /** Row of the sheet, from 1. */
  row: number
  /** The heading as the file has it; '' for the whole row. */
  column: string
  code: FindingCode
  message: string
  /** What stands in the cell; left out where it could name a person, masked where it might. */
  value?: string
  /** Units that the row accuses, where the finding tells of that: shown to nobody, and the row not to them. */
  accused?: readonly string[]
}

export function finding(
  row: number,
  column: string,
  code: FindingCode,
  insert = '',
  value?: string,
): Finding {
  const text = insert === '' ? findingTexts[code].replace('(#)', '') : findingTexts[code]
  const message = text.replace('#', () => insert)
  return value === undefined || value === ''
    ? { row, column, code, message }
    : { row, column, code, message, value }
}
