// Corrects what was registered of a visit or of a letter's procedure; what it was before stays in the story of the matter.
import type { Actor } from '../platform/actor.ts'
import type { PersonFields } from '../people/seal.ts'
import { insertPerson } from '../people/commands.ts'
import { dayOf, instantOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Sql, type Tx } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf, insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { boundFrom } from './acts/entering.ts'
import { drawnIn } from './acts/holding.ts'
import type { Case, Change, Visit } from './case.ts'
import { checkVersion, writeChange, type Written } from './commands.ts'
import { skipsLevel, type CompetentLevel, type VisitLevel } from './petition-terms.ts'
import { matterPeople, visits } from './petition-tables.ts'
import { demandVisible } from './queries.ts'
import { lockCase } from './reading.ts'
import { matterTexts } from './record-tables.ts'
import { demandExternalFree } from './registering.ts'

export interface PetitionCorrection {
  signatories?: number | null | undefined
  nationalFirst?: boolean | null | undefined
  repeatOfId?: string | null | undefined
}

export interface LetterCorrection extends PetitionCorrection {
  externalNo?: string | null | undefined
  upstreamDueAt?: Instant | null | undefined
}

export interface VisitCorrection extends PetitionCorrection {
  day?: Day | undefined
  personCount?: number | undefined
  involvedCount?: number | null | undefined
  level?: VisitLevel | undefined
  competentLevel?: CompetentLevel | undefined
  venue?: string | undefined
  mode?: string | undefined
  place?: string | null | undefined
  listNo?: string | undefined
  listDay?: Day | null | undefined
  /** Null: no leader received them. A day that is not told stays as it is. */
  reception?: Reception | null | undefined
  /** Representatives who were forgotten, and ids of those who are none. */
  others?: PersonFields[] | undefined
  notOthers?: string[] | undefined
}

interface Reception {
  kind: string
  leaderName: string
  leaderPost: string
  opinion?: string | undefined
  dueDay?: Day | null | undefined
}

const visitOf = statement<Visit & { otherIds: string[] }>(
  'visit.held',
  `select ${columnsOf(visits, 'v')},
     array(select mp.person_id from matter_people mp where mp.matter_id = v.id) as "otherIds"
   from visits v join matters m on m.id = v.id where v.id = $1`,
)
const listNoTaken = statement<{ id: string }>(
  'visit.list-no',
  'select id from visits where level = $1 and list_no = $2 and id <> $3',
)

const removeOthers: Sql = {
  name: 'visit.remove-others',
  text: 'delete from matter_people where matter_id = $1 and person_id = any($2::uuid[])',
}

/** 信访条例 art. 18(2), 信访工作条例 art. 20(3). */
const MOST_REPRESENTATIVES = 5

/**
 * Figures follow what is right now; the event tells old and new, so that a figure moved afterwards can be found. Throws
 * `matter/fewer-than-representatives`, `matter/list-no-taken`, `matter/future-time`, `matter/past-time`, `matter/other-not-found`.
 */
export async function correctVisit(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason, ...input }: VisitCorrection & { reason: string },
  given: { ifMatch: number | undefined; collectiveFrom: number; vault: Vault },
): Promise<Written> {
  const [subject, [held]] = await Promise.all([lockCase(tx, actor, id, ['petition']), visitOf(tx, [id])])
  checkVersion(subject.matter, given.ifMatch)
  if (held === undefined) throw new Problem('matter/act-not-of-channel')
  const { signatories, nationalFirst, repeatOfId, reception, others = [], notOthers = [], ...plain } = input
  const { otherIds, ...visit } = held
  const onVisit = { ...told(plain), ...receivedBy(reception) }
  const next = { ...visit, ...onVisit }
  const representatives = countRepresentatives(subject, otherIds, { others, notOthers })
  if (next.personCount < representatives) {
    throw fieldProblem(
      'matter/fewer-than-representatives',
      others.length > 0 && input.personCount === undefined ? '/body/others' : '/body/personCount',
      `来访人数不能少于登记的代表人数(${representatives}人)`,
    )
  }
  if (next.day > dayOf(tx.now)) throw fieldProblem('matter/future-time', '/body/day', '来访日期不能晚于今天')
  if (next.listDay !== null && next.listDay !== visit.listDay && next.listDay > dayOf(tx.now))
    throw fieldProblem('matter/future-time', '/body/listDay', '通报日期不能晚于今天')
  if ((visit.listNo === null) !== (next.listNo === null))
    throw fieldProblem('request/invalid', '/body/listNo', '本级接访没有通报编号')
  if (next.listNo !== null && (await listNoTaken(tx, [next.level, next.listNo, id])).length > 0)
    throw fieldProblem('matter/list-no-taken', '/body/listNo', '该层级的此通报编号已登记')
  const derived = {
    collective:
      next.personCount === visit.personCount ? visit.collective : next.personCount >= given.collectiveFrom,
    skipLevel: skipsLevel(next.level as VisitLevel, next.competentLevel as CompetentLevel),
  }
  const superiors = superiorsDue(subject, leadersDue(reception), '/body/reception/dueDay')
  const petition = await petitionPatch(tx, actor, subject, { signatories, nationalFirst, repeatOfId })
  const { confidential } = subject.matter
  const addedIds = others.map(
    (fields, i) => insertPerson(tx, given.vault, fields, confidential, `/body/others/${i}`).id,
  )
  for (const personId of addedIds) insertRow(tx, matterPeople, { matterId: id, personId })
  if (notOthers.length > 0) tx.later(removeOthers, [id, notOthers])
  return write(tx, actor, subject, reason, {
    visits: [visit, changesOf(visit, { ...onVisit, ...derived })],
    petitions: [subject.petition ?? {}, { ...petition, ...superiors.petition }],
    legs: superiors.legs,
    data: {
      ...superiors.data,
      ...(addedIds.length > 0 ? { representativesAdded: addedIds } : {}),
      ...(notOthers.length > 0 ? { representativesRemoved: notOthers } : {}),
    },
  })
}

function receivedBy(reception: Reception | null | undefined): Partial<Visit> {
  if (reception === undefined) return {}
  const { kind = null, leaderName = null, leaderPost = null, opinion } = reception ?? {}
  const leader = { receptionKind: kind, leaderName, leaderPost }
  return reception !== null && opinion === undefined ? leader : { ...leader, leaderOpinion: opinion ?? null }
}

function leadersDue(reception: Reception | null | undefined): Instant | null | undefined {
  if (reception === null) return null
  return reception?.dueDay ? instantOf(reception.dueDay, '23:59:59.999') : reception?.dueDay
}

function countRepresentatives(
  { matter }: Case,
  held: readonly string[],
  { others, notOthers }: Required<Pick<VisitCorrection, 'others' | 'notOthers'>>,
): number {
  const stranger = notOthers.findIndex((each, i) => !held.includes(each) || notOthers.indexOf(each) < i)
  if (stranger >= 0)
    throw fieldProblem('request/invalid', `/body/notOthers/${stranger}`, '不是此次来访的其他代表')
  const count = (matter.personId === null ? 0 : 1) + held.length - notOthers.length + others.length
  if (others.length > 0 && count > MOST_REPRESENTATIVES)
    throw fieldProblem('request/invalid', '/body/others', `代表最多${MOST_REPRESENTATIVES}人`)
  return count
}

/** The same for what a letter, or any petition without a visit, has of its own. Throws `matter/external-no-taken` too. */
export async function correctPetition(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason, externalNo, upstreamDueAt, ...input }: LetterCorrection & { reason: string },
  ifMatch: number | undefined,
): Promise<Written> {
  const subject = await lockCase(tx, actor, id, ['petition'])
  const { matter } = subject
  checkVersion(matter, ifMatch)
  if (matter.channel !== 'letter') throw new Problem('matter/act-not-of-channel')
  const onMatter = changesOf(matter, told({ externalNo }))
  if (typeof onMatter['externalNo'] === 'string')
    await demandExternalFree(tx, actor, { ...matter, externalNo: onMatter['externalNo'] }, '/body')
  const superiors = superiorsDue(subject, upstreamDueAt, '/body/upstreamDueAt')
  const patch = await petitionPatch(tx, actor, subject, input)
  return write(tx, actor, subject, reason, {
    matter: [matter, onMatter],
    petitions: [subject.petition ?? {}, { ...patch, ...superiors.petition }],
    legs: superiors.legs,
    data: superiors.data,
  })
}

/**
 * A superior's deadline as it ought to have been told. An earlier one binds the clocks that run; a later one, or none, holds for
 * clocks to come only: a due time once promised stays, so that no correction makes a late leg punctual.
 */
function superiorsDue({ matter, petition, legs }: Case, dueAt: Instant | null | undefined, pointer: string) {
  if (dueAt === undefined || dueAt === petition?.upstreamDueAt) return { petition: {}, legs: [], data: {} }
  if (dueAt !== null && dueAt <= matter.receivedAt)
    throw fieldProblem('matter/past-time', pointer, '上级要求的期限应晚于收到的时间')
  const running = legs.filter(
    (leg) =>
      leg.outcome === null &&
      leg.submittedAt === null &&
      ['route', 'accept', 'handle'].includes(leg.kind) &&
      boundFrom(leg.dispatchedAt, dueAt) !== null,
  )
  const moved = drawnIn(running, dueAt).map(({ id, patch }) => ({
    id,
    patch: { ...patch, provisional: false },
  }))
  const [first] = running.filter(({ id }) => moved.some((each) => each.id === id))
  return {
    petition: { upstreamDueAt: dueAt },
    legs: moved,
    data: first === undefined ? {} : { oldDueAt: first.effectiveDueAt, newDueAt: dueAt },
  }
}

async function petitionPatch(tx: Tx, actor: Actor, { matter, petition }: Case, input: PetitionCorrection) {
  const { repeatOfId } = input
  if (repeatOfId !== undefined && repeatOfId !== null) {
    const pointer = '/body/repeatOfId'
    if (repeatOfId === matter.id) throw fieldProblem('matter/other-not-found', pointer, '没有这件办件')
    await demandVisible(tx, actor, repeatOfId, pointer)
  }
  const first = repeatOfId === undefined ? {} : { officeFirst: repeatOfId === null }
  return changesOf(petition ?? {}, { ...told(input), ...first })
}

type Part = [held: object, patch: Record<string, unknown>]

interface Parts extends Pick<Change, 'legs' | 'data'> {
  matter?: Part
  visits?: Part
  petitions: Part
}

const texts = ['leaderName', 'leaderPost', 'leaderOpinion'] as const
const isText = (key: string) => (texts as readonly string[]).includes(key)

function write(
  tx: Tx,
  actor: Actor,
  subject: Case,
  reason: string,
  { matter: onMatter = [{}, {}], visits: onVisit = [{}, {}], petitions: onPetition, legs = [], data }: Parts,
): Written {
  const { id, no, version, state, dueAt, seq } = subject.matter
  const before = [onMatter, onVisit, onPetition].flatMap(([held, patch]) =>
    Object.keys(patch).map((key) => [key, (held as Record<string, unknown>)[key] ?? null] as const),
  )
  if (before.length === 0 && Object.keys(data ?? {}).length === 0) return { id, no, version, state, dueAt }
  const after = [onMatter, onVisit, onPetition].flatMap(([, patch]) => Object.entries(patch))
  const coded = (entries: readonly (readonly [string, unknown])[]) =>
    Object.fromEntries(entries.filter(([key]) => !isText(key))) as EventData
  // Events tell no texts, which may name people: what stood there is kept beside them.
  for (const field of texts) {
    const [, text] = before.find(([key]) => key === field) ?? []
    if (typeof text === 'string') insertRow(tx, matterTexts, { matterId: id, seq: seq + 1, field, text })
  }
  const fields = before.map(([key]) => key).filter(isText)
  const update = Object.entries({ visits: onVisit, petitions: onPetition }).filter(
    ([, [, patch]]) => Object.keys(patch).length > 0,
  )
  const change: Change = {
    matter: onMatter[1],
    legs,
    update: Object.fromEntries(update.map(([table, [, patch]]) => [table, { id, patch }])),
    data: {
      ...{ reason, before: coded(before), after: coded(after), ...data },
      ...(fields.length > 0 ? { fields } : {}),
    },
  }
  return writeChange(tx, actor, subject, change, state, 'matter.visit-corrected')
}

function told<T extends object>(input: T): Partial<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Partial<T>
}

function changesOf(held: object, next: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(next).filter(([key, value]) => value !== ((held as Record<string, unknown>)[key] ?? null)),
  )
}
