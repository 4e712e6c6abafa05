// Which words of a report mean which figure of the catalogue, as data: the part of the work, the unit, and the end of the name.
import { mailbox } from '../../matters/channels/mailbox.ts'
import { letter } from '../../matters/channels/letter.ts'
import { reviewIntakes } from '../../matters/petition-terms.ts'
import type { StatedUnit } from '../figures.ts'

export interface Binding {
  metric: string
  scope: string
  /** Units that the figure may be printed in; the catalogue's is right, another is a finding. */
  units: readonly StatedUnit[]
  /** The name ends so; the longest that fits decides. '' where the name is empty. */
  names: readonly string[]
  /** Said before it in its sentence; also needed. */
  said?: RegExp
  /** Said right behind it; also needed. */
  behind?: RegExp
}

const names = (metric: string, scope: string, units: readonly StatedUnit[], ...of: string[]): Binding => ({
  ...{ metric, scope, units, names: of },
})

/** Batches of visits; the people right behind them are bound with them. */
const visits = ['district', 'city', 'province', 'beijing'].flatMap((level) => {
  const of = (kind: string, ...words: string[]) =>
    names(`visits.${level}${kind}.batches`, `visits.${level}`, ['批'], ...words)
  return [
    of('', '走访', '上访'),
    of('.collective', '集体访', '集访', '集体上访'),
    of('.individual', '个体访', '个访'),
    of('.skip', '越级访', '越级走访', '越级上访'),
    of('.stepwise', '逐级走访', '逐级上访', '逐级访'),
    of('.non-reception', '非接待场所上访', '非接待场所走访', '非访'),
    names(`visits.${level}.assigned`, `visits.${level}`, ['件'], '交办'),
  ]
})

const letters = [
  names('letters', 'letters', ['件'], '信件', '来信'),
  ...Object.entries(letter.sources).map(([source, label]) =>
    names(`letters.${source}`, 'letters', ['件'], label, ...(source === 'people-daily' ? ['留言'] : [])),
  ),
  names('letters.on-time', 'letters', ['%'], '按期回复率'),
]

const mailboxes = Object.entries(mailbox.sources).map(([source, label]) =>
  names(`mailboxes.${source}`, 'mailboxes', ['件'], `${label}来信`, label),
)

const reviews = [
  names('reviews', 'reviews', ['件'], '复查申请'),
  ...Object.entries(reviewIntakes).map(([intake, label]) =>
    names(`reviews.${intake}`, 'reviews', ['件'], label),
  ),
]

const hotline = (metric: string, units: readonly StatedUnit[], ...of: string[]) =>
  names(metric, 'hotline', units, ...of)
const orders = [
  hotline('M01', ['件', '人'], '受理交办', '受理', '受理工单', '交办件', '受理交办件'),
  hotline('M02', ['件', '人'], '已办', '已办结', '已办理', '办结', '已回复'),
  hotline('M03', ['件', '人'], '正在办理', '在办'),
  hotline('M04', ['%'], '及时签收率'),
  hotline('M05', ['%'], '按期回复率'),
  hotline('M05b', ['%'], '按期办结率'),
  hotline('M06', ['%'], '延期率'),
  hotline('M07', ['件'], '超期'),
  hotline('M07r', ['件'], '已回复超期', '已办超期'),
  hotline('M07o', ['件'], '在办超期'),
  hotline('M08', ['%'], '回访率'),
  hotline('M09', ['%'], '参评率'),
  hotline('M10', ['%'], '总满意度', '总满意率'),
  hotline('M14', ['%'], '办结率', '回复率', '回复工率'),
]

const ledgerUnits: readonly StatedUnit[] = ['件', '人', '个']
const ledger = (metric: string, of: readonly string[], said?: RegExp): Binding => ({
  ...{ metric: `ledger.${metric}`, scope: 'ledger', units: ledgerUnits, names: of },
  ...(said === undefined ? {} : { said }),
})
const disputes = [
  ledger('total', ['排查出矛盾纠纷', '排查事项', '排查出事项']),
  ledger('level.local', ['可以化解事项', '可化解事项', '本级可化解']),
  ledger('level.district-plus', ['协调化解事项', '需区级以上协调']),
  ledger('status.resolved', ['已化解']),
  // 共化解65件: nothing else stands before it.
  ledger('status.resolved', ['化解'], /共化解$/),
  ledger('status.resolved.local', ['本级可以化解', '本级化解']),
  ledger('status.resolved.district-plus', ['协调化解']),
  ledger('status.plan-advancing', ['正推进化解', '正在推进化解']),
  ledger('status.needs-study', ['推动化解', '研究化解方案']),
  // Who is watched may have been said with words of other work.
  { ...ledger('status.watch', ['', '持续关注'], /持续关注/), scope: '*' },
  { ...ledger('status.territorial', ['', '属地责任'], /落实属地/), scope: '*' },
]

const besides: Binding[] = [
  names('meetings', 'meetings', ['次'], '联席会议'),
  names('meetings.by-district-leaders', 'meetings', ['次'], '区级领导召集的联席会议', '区级领导召集'),
  names('meetings.subjects', 'meetings', ['个', '件'], '协调信访事项', '协调事项'),
  { metric: 'relief.people', scope: '*', units: ['人'], names: ['*'], behind: /^进行困难救助/ },
  names('relief.people', 'relief', ['人'], '救助群众', '救助困难群众', '困难救助'),
  { metric: 'relief.most', scope: 'relief', units: ['元'], names: ['*'], behind: /不等/ },
  names('relief.sum', 'relief', ['元', '万元'], '发放', '发放救助金'),
  names('duty.beijing.people', 'duty', ['人'], '驻京日常值班人员', '驻京值班人员'),
  names('duty.province.people', 'duty', ['人'], '驻省日常值班人员', '驻省值班人员'),
  {
    metric: 'duty.two-sessions.people',
    scope: 'duty',
    units: ['人'],
    names: ['参加人员', '值班人员'],
    said: /两会/,
  },
  names('training.people', 'training', ['人'], '参训人员', '参训'),
  { metric: 'training.accounts', scope: '*', units: ['个'], names: ['*'], behind: /^二级账号/ },
  names('sms.sent', 'sms', ['条'], '短信发送', '发送短信'),
  names('staffing.established', 'staffing', ['人'], '总编制'),
  names('staffing.in-post', 'staffing', ['人'], '在职人员总数'),
  names('stock.opening', 'stock', ['件'], '期初未办结', '年初未办结', '上年结转'),
  names('stock.received', 'stock', ['件'], '新收', '本期新收', '新受理'),
  names('stock.closed', 'stock', ['件'], '办结', '已办结', '本期办结'),
  names('stock.closing', 'stock', ['件'], '期末未办结', '年末未办结', '结转下年', '未办结'),
]

export const bindings: readonly Binding[] = [
  ...visits,
  ...letters,
  ...mailboxes,
  ...reviews,
  ...orders,
  ...disputes,
  ...besides,
]

/** What stands with a bound figure, right behind it and without a name of its own: the same with another ending. */
export const companions: readonly { unit: StatedUnit; names: RegExp; from: string; to: string }[] = [
  { unit: '人次', names: /^(?:|涉及|人次|参与)$/, from: '.batches', to: '.persons' },
  { unit: '天', names: /值班$/, from: '.people', to: '.days' },
]
