// Whose matters a viewer may ask figures about: the office, single units, or a unit with all below it.
import { withheldFrom } from '../matters/access.ts'
import { NIL, type Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { STAMP, standing, waitingAt, type Stand } from './answers.ts'

export interface ScopeQuery {
  /** Units whose legs are asked about; the nil UUID for matters that no unit leads. */
  units?: readonly string[] | undefined
  /** A unit with all below it, and those it took over from. */
  under?: string | undefined
}

export interface Scope {
  /** Null: the office as a whole. */
  units: readonly string[] | null
  /** How a link says the same for any viewer. */
  asked: ScopeQuery
  label: string
  /** Whether some matters are withheld from the viewer: for what they accuse, or because the viewer stepped aside. */
  excluded: boolean
  /** In the snapshot in which this was read. */
  stand: Stand
}

export const NO_UNIT_LABEL = '无承办单位'

interface Unit {
  id: string
  name: string
  /** Itself with all below it, and those it took over from. */
  sees: string[]
}

type Viewed = Pick<Scope, 'excluded'> & Stand

const viewed = statement<Viewed & { units: Unit[] | null }>(
  'kpi.scope',
  `select ${STAMP} as stamp, ${waitingAt('$3')} as waiting,
     exists (select 1 from matters m where m.accused_unit_ids <> '{}' and m.accused_unit_ids && $1::uuid[])
       or exists (select 1 from matters m where m.barred_ids <> '{}' and m.barred_ids && $1::uuid[]) as excluded,
     (select json_agg(json_build_object('id', u.id, 'name', u.name, 'sees', u.sees)) from units u where u.id = any($2::uuid[])) as units`,
)

async function view(db: Db, actor: Actor, now: Instant, units: readonly string[] = []) {
  const [row] = await viewed(db, [withheldFrom(actor), units, now])
  const { excluded = false, stamp = '', waiting = null, units: found } = row ?? {}
  return {
    how: { excluded, stand: { stamp, waiting } },
    known: new Map((found ?? []).map((unit) => [unit.id, unit])),
  }
}

/** A unit's staff ask about their own units only; every other unit does not exist for them. */
export async function resolveScope(db: Db, actor: Actor, query: ScopeQuery, now: Instant): Promise<Scope> {
  if (actor.sees === 'none') throw new Problem('access/forbidden', { detail: 'the account sees no matters' })
  if (query.units !== undefined && query.under !== undefined)
    throw fieldProblem('request/invalid', '/query/under', '单位与单位及其下属只能选一项')
  const own = actor.sees === 'units'
  if (query.units !== undefined) return ofUnits(db, query.units, actor, now)
  const root = query.under ?? (own ? actor.unitId : undefined)
  if (root === undefined || root === null) {
    if (own) throw new Problem('access/forbidden', { detail: 'the account belongs to no unit' })
    return { units: null, asked: {}, label: '全部', ...(await view(db, actor, now)).how }
  }
  const { known, how } = await view(db, actor, now, [root])
  const unit = known.get(root)
  if (unit === undefined || (own && !actor.unitIds.includes(root))) throw new Problem('unit/not-found')
  const units = unit.sees.toSorted()
  return {
    units: own ? units.filter((id) => actor.unitIds.includes(id)) : units,
    asked: { under: root },
    label: units.length > 1 ? `${unit.name}及下属单位` : unit.name,
    ...how,
  }
}

async function ofUnits(db: Db, asked: readonly string[], actor: Actor, now: Instant): Promise<Scope> {
  const units = [...new Set(asked)].toSorted()
  const { known, how } = await view(db, actor, now, units)
  const exists = (id: string) =>
    actor.sees === 'units' ? actor.unitIds.includes(id) : id === NIL || known.has(id)
  if (!units.every(exists)) throw new Problem('unit/not-found')
  const label = units.map((id) => known.get(id)?.name ?? NO_UNIT_LABEL).join('、')
  return { units, asked: { units }, label, ...how }
}

/** For whoever sees the whole office, with nothing withheld: what `standing` says of now. Undefined for others. */
export async function standingSeen(
  db: Db,
  actor: Actor,
  now: Instant,
): Promise<{ stamp: string | null } | undefined> {
  if (actor.sees !== 'all') return undefined
  const { excluded, stand } = (await view(db, actor, now)).how
  return excluded ? undefined : { stamp: standing(stand) }
}
