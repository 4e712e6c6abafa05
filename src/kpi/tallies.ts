// What is counted besides the orders' metrics, each once as data: visits, letters, mailboxes, reviews, escalated cases. One row, one tally.
import { escalation } from '../matters/channels/escalation.ts'
import { letter } from '../matters/channels/letter.ts'
import { mailbox } from '../matters/channels/mailbox.ts'
import { reviewIntakes, visitLevels } from '../matters/petition-terms.ts'
import { supervisionKinds } from '../matters/terms.ts'
import type { RelationName } from './relations.ts'

/** `件` counts matters, `批` visits, `人次` people present, `%` the share of `hit` in `where`. */
export type TallyUnit = '件' | '批' | '人次' | '%'

export interface Tally {
  id: string
  zh: string
  definition: string
  /** The definition in English. */
  en: string
  /** Raised whenever the same matters would give another number; 1 where it is not said. */
  version?: number
  unit: TallyUnit
  relation: RelationName
  /** SQL over the relation; `$1` is the instant that is counted as of. */
  where: string
  /** Of a share: which of them count in the numerator. */
  hit?: string
}

const people = { 批: '批次', 人次: '人次' } as const
const ofVisits = (given: Pick<Tally, 'id' | 'zh' | 'definition' | 'en' | 'where'>): Tally[] =>
  (['批', '人次'] as const).map((unit) => ({
    ...given,
    id: `${given.id}.${unit === '批' ? 'batches' : 'persons'}`,
    zh: `${given.zh}${people[unit]}`,
    definition: `${given.definition}${unit === '批' ? '，每批一件' : '，到场人数之和'}`,
    en: `${given.en}${unit === '批' ? ', each batch once' : ', the people present'}`,
    unit,
    relation: 'visits',
  }))

const levels = Object.entries(visitLevels).flatMap(([level, label]) => {
  const at = `v.level = '${level}'`
  return [
    ...ofVisits({
      id: `visits.${level}`,
      zh: `${label}走访`,
      definition: `期间内${label}走访`,
      en: `Visits (${level})`,
      where: at,
    }),
    ...ofVisits({
      id: `visits.${level}.collective`,
      zh: `${label}集体访`,
      definition: `期间内${label}走访中人数达到登记时集体访标准的`,
      en: `Visits (${level}) of as many people as were collective when it was registered`,
      where: `${at} and v.collective`,
    }),
    ...ofVisits({
      id: `visits.${level}.individual`,
      zh: `${label}个体访`,
      definition: `期间内${label}走访中不是集体访的`,
      en: `Visits (${level}) that were not collective`,
      where: `${at} and not v.collective`,
    }),
    ...ofVisits({
      id: `visits.${level}.skip`,
      zh: `${label}越级访`,
      definition: `期间内${label}走访中高出有权处理机关一级以上的`,
      en: `Visits (${level}) more than one level above the competent organ`,
      where: `${at} and v.skip_level`,
    }),
    ...ofVisits({
      id: `visits.${level}.stepwise`,
      zh: `${label}依法逐级走访`,
      definition: `期间内${label}走访中未越级的`,
      en: `Visits (${level}) to the competent organ's own level or the next higher one`,
      where: `${at} and not v.skip_level`,
    }),
    ...ofVisits({
      id: `visits.${level}.non-reception`,
      zh: `${label}非接待场所上访`,
      definition: `期间内${label}走访中到非接待场所的`,
      en: `Visits (${level}) outside the places of reception`,
      where: `${at} and v.venue = 'non-reception'`,
    }),
    {
      id: `visits.${level}.assigned`,
      zh: `${label}走访交办`,
      definition: `期间内${label}走访中已交办有权处理机关的`,
      en: `Visits (${level}) assigned to the competent organ`,
      unit: '件',
      relation: 'visits',
      where: `${at} and p.assigned_at <= $1`,
    } satisfies Tally,
  ]
})

const replied = 'm.first_accepted_at <= $1'

const letters: Tally[] = [
  {
    id: 'letters',
    zh: '受理信件',
    definition: '期间内收到的信件，含上三级交办和区本级',
    en: 'Letters received, those assigned from above included',
    unit: '件',
    relation: 'letters',
    where: 'true',
  },
  ...Object.entries(letter.sources).map(([source, label]): Tally => ({
    id: `letters.${source}`,
    zh: label,
    definition: `期间内收到的信件中来自${label}的`,
    en: `Letters received, source ${source}`,
    unit: '件',
    relation: 'letters',
    where: `m.source = '${source}'`,
  })),
  {
    id: 'letters.on-time',
    zh: '信件按期回复率',
    definition: '期间内收到并已答复的信件中，各环节均未超期的占比',
    en: 'Answered with no leg late ÷ letters received and answered',
    unit: '%',
    relation: 'letters',
    where: replied,
    hit: 'm.first_on_time',
  },
]

const mailboxes = Object.entries(mailbox.sources).flatMap(([source, label]): Tally[] => {
  const of = `m.channel = 'mailbox' and m.source = '${source}'`
  return [
    {
      id: `mailboxes.${source}`,
      zh: `${label}来信`,
      definition: `期间内收到的${label}来信`,
      en: `Mail received, mailbox ${source}`,
      unit: '件',
      relation: 'mailboxes',
      where: of,
    },
    {
      id: `mailboxes.${source}.in-time`,
      zh: `${label}及时受理率`,
      definition: '已签收或签收期限已过的来信中，各承办单位都按期签收的占比',
      en: 'Signed in time by every unit ÷ signed, or signing limit missed',
      unit: '%',
      relation: 'mailboxes',
      where: `${of} and (m.signed_at <= $1 or m.sign_late_from < $1)`,
      hit: 'm.signed_at <= $1 and (m.sign_late_from is null or m.sign_late_from >= $1)',
    },
    {
      id: `mailboxes.${source}.on-time`,
      zh: `${label}按期回复率`,
      definition: '已回复的来信中，首次回复不晚于期限、此前也无主办单位超期的占比',
      en: 'First reply within the limit with no lead leg late before ÷ replied',
      unit: '%',
      relation: 'mailboxes',
      where: `${of} and ${replied}`,
      hit: 'm.first_on_time',
    },
  ]
})

const reviews: Tally[] = [
  {
    id: 'reviews',
    zh: '信访复查申请',
    definition: '期间内收到的复查申请',
    en: 'Applications for review received',
    unit: '件',
    relation: 'reviews',
    where: 'true',
  },
  ...Object.entries(reviewIntakes).map(([intake, label]): Tally => ({
    id: `reviews.${intake}`,
    zh: `复查申请${label}`,
    definition: `期间内收到的复查申请中${label}的`,
    en: `Applications for review received, intake ${intake}`,
    unit: '件',
    relation: 'reviews',
    where: `p.intake = '${intake}' and p.decided_at <= $1`,
  })),
]

const ofCases = (id: string, zh: string, definition: string, where: string): Tally => ({
  ...{ id: `escalations.${id}`, zh, definition: `期间内立案的督办案件中${definition}`, where },
  en: `Escalated cases: ${id}`,
  ...{ unit: '件', relation: 'escalations' },
})

const escalations: Tally[] = [
  {
    ...{ id: 'escalations', zh: '督办案件', definition: '期间内登记的上级交办案件和本级立案的督办案件' },
    en: 'Escalated cases, from above or opened here',
    ...{ unit: '件', relation: 'escalations', where: 'true' },
  },
  ...Object.entries(escalation.sources).map(([source, label]) =>
    ofCases(source, label, `来源为${label}的`, `m.source = '${source}'`),
  ),
  ofCases('reported', '已反馈结果的督办案件', '已反馈结果并结案的', 'e.reported_at <= $1'),
  ...Object.entries(supervisionKinds).map(([kind, label]) =>
    ofCases(
      kind,
      `经${label}的督办案件`,
      `有过${label}的`,
      `exists (select 1 from supervisions s where s.matter_id = m.id and s.kind = '${kind}' and s.at <= $1)`,
    ),
  ),
  {
    ...{ id: 'escalations.on-time', zh: '督办案件按期报送率', unit: '%', relation: 'escalations' },
    definition: '调查报告已审核通过的督办案件中，各承办单位均未超期的占比',
    en: 'No unit late ÷ escalated cases whose investigation was accepted',
    ...{ where: replied, hit: 'm.first_on_time' },
  },
]

/**
 * Nobody is followed: of what clerks confirmed to be one thing, all but the first are counted. What accuses anybody makes no
 * repeat of another matter, or the count would tell the accused of it.
 */
const NOT_FIRST = `exists (select 1 from matter_cases o join matters e on e.id = o.matter_id
  where o.case_id = c.case_id and o.matter_id <> c.matter_id and e.received_at < m.received_at
    and e.category <> 'report' and e.accused_unit_ids = '{}' and e.barred_ids = '{}')`
const repeats: Tally[] = [
  {
    ...{ id: 'visits.repeat', zh: '重复走访率', unit: '%', relation: 'visits', where: 'true' },
    en: 'Registered as repeated ÷ visits',
    ...{ definition: '期间内的走访中登记为重复信访的批次占比', hit: 'p.repeat_of_id is not null' },
  },
  {
    ...{ id: 'letters.repeat', zh: '重复来信率', unit: '%', relation: 'letters', where: 'true' },
    en: 'Registered as repeated ÷ letters received',
    ...{ definition: '期间内收到的信件中登记为重复信访的占比', hit: 'p.repeat_of_id is not null' },
  },
  {
    ...{ id: 'hotline.repeat', zh: '热线重复交办', unit: '件', relation: 'linked' },
    definition: '期间内首次派单、未并单、未撤回的热线件中，经认定与更早的办件为同一事项的',
    en: 'Hotline orders accepted that clerks confirmed to be one thing with an earlier matter',
    where: `${NOT_FIRST} and coalesce(m.merged_at > $1, true) and coalesce(m.withdrawn_at > $1, true)`,
  },
]

/** From the dispatch on, the office answers for it by a leg of its own, in M07. */
const missed: Tally[] = [
  {
    ...{ id: 'orders.missed', zh: '未派单超过上级期限', unit: '件', relation: 'bound' },
    definition: '期间内收到、上级期限已过，而到期时没有承办单位、也未答复、并单或办结，至今未派单的交办件',
    en: "Orders received whose superior's deadline passed unanswered while no unit held them, and not dispatched since",
    where: `m.upstream_due_at < $1
      and coalesce(least(m.first_replied_at, m.done_at, m.merged_at, m.withdrawn_at) > m.upstream_due_at, true)
      and not exists (select from legs l where l.matter_id = m.id and l.role = 'lead' and l.kind <> 'route'
        and l.dispatched_at <= $1 and coalesce(l.stopped_at > m.upstream_due_at, true))`,
  },
]

export const tallies: readonly Tally[] = [
  ...repeats,
  ...levels,
  ...letters,
  ...mailboxes,
  ...reviews,
  ...escalations,
  ...missed,
]

const byId = new Map(tallies.map((tally) => [tally.id, tally]))

export function findTally(id: string): Tally | undefined {
  return byId.get(id)
}
