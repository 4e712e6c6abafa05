// Whom each event concerns, as data: the unit's staff, those who asked, or those of the office who decide.

export interface InboxRule {
  label: string
  /** `unit`: staff of the units that the event names; `handlers`: who signed, asked or answered; `office`: staff of the office. */
  to: 'unit' | 'handlers' | 'office'
  /** Of `unit` and `office`: holders of one of these roles. */
  roles?: readonly string[]
  /** Of events that are not a matter's: where what they tell of is read; `:id` is their subject. */
  link?: string
}

const staff = ['handler', 'unit-reviewer'] as const
const toUnit = (label: string): InboxRule => ({ label, to: 'unit', roles: staff })
const toHandlers = (label: string): InboxRule => ({ label, to: 'handlers' })
const toOffice = (label: string, ...roles: string[]): InboxRule => ({ label, to: 'office', roles })
const toReviewer = (label: string): InboxRule => ({ label, to: 'unit', roles: ['unit-reviewer'] })

export const inboxRules: Readonly<Record<string, readonly InboxRule[]>> = {
  'matter.register': [toUnit('新交办件，请及时签收')],
  'matter.dispatch': [toUnit('新交办件，请及时签收')],
  'matter.redispatch': [toUnit('改派交办件，请及时签收')],
  'matter.redo': [toUnit('重办件，请及时签收')],
  'matter.forward': [toUnit('转送信访件，请在期限内决定是否受理')],
  'matter.assign': [toUnit('交办信访件，请在期限内决定是否受理并反馈结果')],
  'matter.hand-over': [toUnit('督办案件，请按期报送调查报告')],
  'matter.hand-elsewhere': [toUnit('督办案件，请按期报送调查报告')],
  'matter.rehandle': [toUnit('经复查复核，需重新办理')],
  'matter.warn': [toUnit('临近期限')],
  'matter.red': [toUnit('今日到期')],
  'matter.overdue': [toUnit('已超期'), toOffice('有事项超期', 'supervisor')],
  'matter.urge': [toUnit('催办')],
  'matter.supervise': [toUnit('督办，请按要求反馈')],
  'matter.interview': [toUnit('约谈')],
  'matter.circulate': [toUnit('通报')],
  'matter.list-publicly': [toUnit('挂牌督办')],
  'matter.rectify': [toUnit('限期整改')],
  'matter.answer-supervision': [toOffice('督办要求已反馈', 'supervisor')],
  'matter.ask-return': [toOffice('退单申请待审', 'dispatcher')],
  'matter.grant-return': [toHandlers('退单申请已同意')],
  'matter.refuse-return': [toHandlers('退单申请被驳回，请继续办理')],
  'matter.object': [toOffice('管辖异议待审', 'dispatcher')],
  'matter.uphold-objection': [toHandlers('管辖异议已同意')],
  'matter.refuse-objection': [toHandlers('管辖异议被驳回，请继续办理')],
  'matter.ask-extension': [toOffice('延期申请待审', 'reviewer', 'leader')],
  'matter.grant-extension': [toHandlers('延期申请已同意')],
  'matter.refuse-extension': [toHandlers('延期申请被驳回，请按期办理')],
  'matter.ask-prolongation': [toReviewer('延长办理期限的申请待批')],
  'matter.grant-prolongation': [toHandlers('延长办理期限的申请已批准')],
  'matter.refuse-prolongation': [toHandlers('延长办理期限的申请未批准')],
  'matter.reply': [toOffice('回复待审核', 'reviewer')],
  'matter.approve': [toHandlers('回复已审核通过')],
  'matter.reject': [toHandlers('回复被退回，请重新办理')],
  'matter.opine': [toReviewer('处理意见待审')],
  'matter.issue': [toHandlers('处理意见书已出具，请送达')],
  'matter.return-opinion': [toHandlers('处理意见被退回修改')],
  'matter.investigate': [toOffice('调查报告待审核', 'supervisor', 'leader')],
  'matter.accept-investigation': [toHandlers('调查报告已审核通过')],
  'matter.return-investigation': [toHandlers('调查报告被退回')],
  'matter.ask-screening': [toOffice('甄别申请待审', 'screening')],
  'matter.screen': [toHandlers('甄别有进展')],
  'matter.ask-lift-bar': [toOffice('申请解除回避或撤销被反映单位，请决定', 'leader')],
  'matter.decline': [toOffice('承办单位决定不予受理，请核对', 'dispatcher', 'reviewer')],
  'matter.review-requested': [toOffice('收到复查、复核申请，请审查是否受理', 'review-clerk')],
  'matter.opine-review': [toOffice('复查、复核意见待出具', 'leader')],
  'matter.return-review': [toHandlers('复查、复核意见被退回修改')],
  'matter.issue-review': [toHandlers('复查、复核意见书已出具，请送达')],
  'matter.alarm': [toOffice('重大紧急信访事项，请立即报告', 'leader', 'supervisor')],
  'matter.alarm-off-ask': [toOffice('申请取消重大紧急标记，请决定', 'leader')],
  'ledger.opened': [{ ...toUnit('台账事项由本单位牵头化解'), link: '/api/ledger/items/:id' }],
  'meeting.entered': [{ ...toUnit('联席会议议定事项由本单位落实，请按时限办理'), link: '/api/meetings/:id' }],
  'relief.asked': [{ ...toOffice('困难救助申请待审批', 'leader'), link: '/api/relief/grants?state=asked' }],
}

/** What is told of besides matters. */
export const plainLabels: Readonly<Record<string, string>> = {
  'ledger.opened': '台账立项',
  'meeting.entered': '联席会议议定',
  'relief.asked': '困难救助申请',
  'report-run.done': '报告已生成',
  'report-run.failed': '报告未能生成',
  'watch.reported': '事后改动',
}

/** The units that an event's data names: those that lead, co-handling ones, those of a dispatch made with the registration. */
export function unitsNamed(data: Readonly<Record<string, unknown>>): string[] {
  const within = data['dispatch']
  const listed = [data['coUnitIds'], data['leadUnitIds']].flatMap((ids) =>
    Array.isArray(ids) ? (ids as unknown[]) : [],
  )
  const own = [data['unitId'], data['leadUnitId'], ...listed]
  const inner =
    typeof within === 'object' && within !== null ? unitsNamed(within as Record<string, unknown>) : []
  return [...new Set([...own.filter((id) => typeof id === 'string'), ...inner])]
}
