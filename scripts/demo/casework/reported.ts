// What the office's own report of 2020 says of everything but the hotline: read only to be compared with what is counted.

export interface ReportedFigure {
  label: string
  /** Where the figure is asked for, and which of the answer it is. */
  from:
    | 'tallies'
    | 'ledger'
    | 'meetings'
    | 'relief'
    | 'registers.duty'
    | 'registers.training'
    | 'registers.sms'
  key: string
  /** As printed; `atLeast` for 余 and 以上. */
  text: string
  atLeast?: number
  /** 与去年相比, as printed. */
  change?: string
}

const tally = (label: string, key: string, text: string, change?: string): ReportedFigure => ({
  ...{ label, from: 'tallies', key, text },
  ...(change === undefined ? {} : { change }),
})
const other =
  (from: ReportedFigure['from']) => (label: string, key: string, text: string, atLeast?: number) => ({
    ...{ label, from, key, text },
    ...(atLeast === undefined ? {} : { atLeast }),
  })
const [ledger, meetings, relief] = [other('ledger'), other('meetings'), other('relief')]
const [duty, training, sms] = [other('registers.duty'), other('registers.training'), other('registers.sms')]

/** The report's 29 batches and 379 people are printed as 2984批次3791608人次: this year's and last year's run together. */
export const reportedDesk: readonly ReportedFigure[] = [
  tally('到区走访', 'visits.district.batches', '308批', '下降42%'),
  tally('　人次', 'visits.district.persons', '1026人次', '下降43%'),
  tally('　其中集体访', 'visits.district.collective.batches', '47批', '下降37%'),
  tally('　　人次', 'visits.district.collective.persons', '611人次', '下降36%'),
  tally('　交办', 'visits.district.assigned', '59件'),
  tally('到市走访', 'visits.city.batches', '132批', '下降47%'),
  tally('　人次', 'visits.city.persons', '573人次', '下降70%'),
  tally('　其中集访', 'visits.city.collective.batches', '29批', '下降65%'),
  tally('　　人次', 'visits.city.collective.persons', '379人次', '下降76%'),
  tally('到省越级访', 'visits.province.skip.batches', '7批', '下降30%'),
  tally('　人次', 'visits.province.skip.persons', '7人次', '下降30%'),
  tally('到省集体访', 'visits.province.collective.batches', '0批'),
  tally('进京越级访', 'visits.beijing.skip.batches', '1批', '下降97%'),
  tally('　人次', 'visits.beijing.skip.persons', '1人次', '下降97%'),
  tally('进京非接待场所上访', 'visits.beijing.non-reception.batches', '0批'),
  tally('受理信件', 'letters', '240件', '上升50%'),
  tally('　群众来信', 'letters.letter', '98件'),
  tally('　省委书记信箱', 'letters.province-secretary', '15件'),
  tally('　省长信箱', 'letters.governor', '48件'),
  tally('　人民网网民留言', 'letters.people-daily', '79件'),
  tally('　按期回复率', 'letters.on-time', '100%'),
  tally('信访复查申请', 'reviews', '25件'),
  tally('　受理', 'reviews.accepted', '2件'),
  tally('　不予受理', 'reviews.not-accepted', '17件'),
  tally('　协调处理', 'reviews.coordinated', '6件'),
  ...(
    [
      ['市委书记信箱', 'city-secretary', 230],
      ['区委书记信箱', 'district-secretary', 58],
      ['市长信箱', 'mayor', 586],
      ['区长信箱', 'district-head', 42],
    ] as const
  ).flatMap(([label, source, n]) => [
    tally(label, `mailboxes.${source}`, `${n}件`),
    tally('　及时受理率', `mailboxes.${source}.in-time`, '100%'),
    tally('　按期回复率', `mailboxes.${source}.on-time`, '100%'),
  ]),
  ledger('排查事项', 'total', '580件'),
  ledger('　本级可以化解', 'level.local', '240件'),
  ledger('　需区级以上协调化解', 'level.district-plus', '340件'),
  ledger('　已化解', 'status.resolved', '65件'),
  ledger('　　其中本级', 'status.resolved.local', '53件'),
  ledger('　　其中协调', 'status.resolved.district-plus', '12件'),
  ledger('　有方案正推进', 'status.plan-advancing', '238件'),
  ledger('　需研究方案', 'status.needs-study', '39件'),
  ledger('　持续关注', 'status.watch', '185件'),
  ledger('　落实属地责任', 'status.territorial', '53件'),
  meetings('联席会议', 'meetings', '28次'),
  meetings('　区级领导召集', 'by-district-leaders', '6次'),
  meetings('　协调信访事项', 'subjects', '16个'),
  relief('困难救助', 'people', '88人'),
  relief('　发放救助金', 'sum', '86500.00元'),
  relief('　最低', 'least', '500.00元'),
  relief('　最高', 'most', '2000.00元'),
  duty('两会安保值班', 'duty.two-sessions.people', '25人'),
  duty('　天数', 'duty.two-sessions.days', '27天'),
  duty('驻京日常值班', 'duty.beijing.people', '3人'),
  duty('　天数', 'duty.beijing.days', '90天'),
  duty('驻省日常值班', 'duty.province.people', '6人'),
  duty('　天数', 'duty.province.days', '90天'),
  training('参训人员', 'training.people', '69人'),
  training('　二级账号', 'training.accounts', '64个'),
  training('　批次', 'training.sessions', '2批'),
  sms('短信发送', 'sms.sent', '36万条以上', 360_000),
  sms('　每月', 'sms.least', '3万条以上', 30_000),
]
