// Whose matters a viewer may ask figures about: the office, single units, or a unit with all below it.
import { withheldFrom } from '../matters/access.ts'
import { findUnits } from '../orgs/queries.ts'
import { NIL, type Actor } from '../platform/actor.ts'
import { statement, type Db } from '../platform/db.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { visibleCondition, type Place } from './questions.ts'

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
}

export const NO_UNIT_LABEL = '无承办单位'

const below = statement<{ id: string }>(
  'kpi.below',
  'select unnest(sees) as id from units where id = $1 order by id',
)

/** A unit's staff ask about their own units only; every other unit does not exist for them. */
export async function resolveScope(db: Db, actor: Actor, query: ScopeQuery): Promise<Scope> {
  if (actor.sees === 'none') throw new Problem('access/forbidden', { detail: 'the account sees no matters' })
  if (query.units !== undefined && query.under !== undefined)
    throw fieldProblem('request/invalid', '/query/under', '单位与单位及其下属只能选一项')
  const own = actor.sees === 'units'
  if (query.units !== undefined) return ofUnits(db, query.units, own ? actor : undefined)
  const root = query.under ?? (own ? actor.unitId : undefined)
  if (root === undefined || root === null) {
    if (own) throw new Problem('access/forbidden', { detail: 'the account belongs to no unit' })
    return { units: null, asked: {}, label: '全部' }
  }
  const name = (await findUnits(db, [root])).get(root)?.name
  if (name === undefined || (own && !actor.unitIds.includes(root))) throw new Problem('unit/not-found')
  const units = (await below(db, [root])).map(({ id }) => id)
  return {
    units: own ? units.filter((id) => actor.unitIds.includes(id)) : units,
    asked: { under: root },
    label: units.length > 1 ? `${name}及下属单位` : name,
  }
}

async function ofUnits(db: Db, asked: readonly string[], own: Actor | undefined): Promise<Scope> {
  const units = [...new Set(asked)].toSorted()
  const known = await findUnits(db, units)
  const exists = (id: string) => (own === undefined ? id === NIL || known.has(id) : own.unitIds.includes(id))
  if (!units.every(exists)) throw new Problem('unit/not-found')
  const label = units.map((id) => known.get(id)?.name ?? NO_UNIT_LABEL).join('、')
  return { units, asked: { units }, label }
}

const accuses = statement<{ excluded: boolean }>(
  'kpi.excluded',
  `select exists (select 1 from matters m where m.accused_unit_ids <> '{}' and m.accused_unit_ids && $1::uuid[])
     or exists (select 1 from matters m where m.barred_ids <> '{}' and m.barred_ids && $1::uuid[]) as excluded`,
)

/** Whether some matters are withheld from the viewer: for what they accuse, or because the viewer stepped aside. */
export async function isExcluded(db: Db, actor: Actor): Promise<boolean> {
  const [row] = await accuses(db, [withheldFrom(actor)])
  return row?.excluded === true
}

/** The whole office, with nothing withheld. */
export async function seesEverything(db: Db, actor: Actor): Promise<boolean> {
  return actor.sees === 'all' && !(await isExcluded(db, actor))
}

/** None where the viewer sees every matter: then indexes alone may answer. */
export async function visibleConditions(db: Db, actor: Actor, place: Place): Promise<string[]> {
  return (await seesEverything(db, actor)) ? [] : [visibleCondition(actor, place)]
}
