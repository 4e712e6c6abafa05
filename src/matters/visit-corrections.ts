// Corrects what was registered of a visit or of a letter's procedure; what it was before stays in the story of the matter.
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { columnsOf } from '../platform/rows.ts'
import type { Case, Change, Visit } from './case.ts'
import { checkVersion, writeChange, type Written } from './commands.ts'
import { skipsLevel, type CompetentLevel, type VisitLevel } from './petition-terms.ts'
import { visits } from './petition-tables.ts'
import { demandVisible } from './queries.ts'
import { lockCase } from './reading.ts'

export interface PetitionCorrection {
  signatories?: number | null | undefined
  nationalFirst?: boolean | null | undefined
  repeatOfId?: string | null | undefined
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
}

const visitOf = statement<Visit & { representatives: number }>(
  'visit.held',
  `select ${columnsOf(visits, 'v')}, ((m.person_id is not null)::int
     + (select count(*) from matter_people mp where mp.matter_id = v.id))::int as representatives
   from visits v join matters m on m.id = v.id where v.id = $1`,
)
const listNoTaken = statement<{ id: string }>(
  'visit.list-no',
  'select id from visits where level = $1 and list_no = $2 and id <> $3',
)

/**
 * Figures follow what is right now; the event tells old and new, so that a figure moved afterwards can be found. Throws
 * `matter/fewer-than-representatives`, `matter/list-no-taken`, `matter/future-time`, `matter/other-not-found`.
 */
export async function correctVisit(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason, ...input }: VisitCorrection & { reason: string },
  given: { ifMatch: number | undefined; collectiveFrom: number },
): Promise<Written> {
  const [subject, [held]] = await Promise.all([lockCase(tx, actor, id, ['petition']), visitOf(tx, [id])])
  checkVersion(subject.matter, given.ifMatch)
  if (held === undefined) throw new Problem('matter/act-not-of-channel')
  const { signatories, nationalFirst, repeatOfId, ...onVisit } = input
  const { representatives, ...visit } = held
  const next = { ...visit, ...told(onVisit) }
  if (next.personCount < representatives) {
    throw fieldProblem(
      'matter/fewer-than-representatives',
      '/body/personCount',
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
  const petition = await petitionPatch(tx, actor, subject, { signatories, nationalFirst, repeatOfId })
  const patch = changesOf(visit, { ...told(onVisit), ...derived })
  return write(tx, actor, subject, reason, [
    ['visits', visit, patch],
    ['petitions', subject.petition ?? {}, petition],
  ])
}

/** The same for what a letter, or any petition without a visit, has of its own. */
export async function correctPetition(
  tx: Tx,
  actor: Actor,
  id: string,
  { reason, ...input }: PetitionCorrection & { reason: string },
  ifMatch: number | undefined,
): Promise<Written> {
  const subject = await lockCase(tx, actor, id, ['petition'])
  checkVersion(subject.matter, ifMatch)
  if (subject.matter.channel !== 'letter') throw new Problem('matter/act-not-of-channel')
  const patch = await petitionPatch(tx, actor, subject, input)
  return write(tx, actor, subject, reason, [['petitions', subject.petition ?? {}, patch]])
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

type Part = ['visits' | 'petitions', object, Record<string, unknown>]

function write(tx: Tx, actor: Actor, subject: Case, reason: string, parts: readonly Part[]): Written {
  const changed = parts.filter(([, , patch]) => Object.keys(patch).length > 0)
  const { id, no, version, state, dueAt } = subject.matter
  if (changed.length === 0) return { id, no, version, state, dueAt }
  const update = Object.fromEntries(changed.map(([table, , patch]) => [table, { id, patch }]))
  const before = changed.flatMap(([, held, patch]) =>
    Object.keys(patch).map((key) => [key, (held as Record<string, unknown>)[key] ?? null] as const),
  )
  const after = changed.flatMap(([, , patch]) => Object.entries(patch))
  const data = { reason, before: Object.fromEntries(before), after: Object.fromEntries(after) } as EventData
  const change: Change = { matter: {}, update, data }
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
