// Writes to the tree of units: creating, editing and abolishing them.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day } from '../platform/clock.ts'
import { constraintOf, statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { findUnits, lockUnit, type UnitRow } from './queries.ts'
import { unitLevels } from './rules.ts'

// Readers go on; whoever else changes the tree waits, so that the lines below are computed over one tree.
const lockTree = statement('orgs.lock-tree', 'lock table units in share row exclusive mode')
const insertUnits = statement(
  'orgs.insert-units',
  `insert into units (id, name, short_name, kind, level, parent_id, region_code, valid_from, phone, sees, path,
     created_at)
   select t.id, t.name, t.short_name, t.kind, t.level, t.parent_id, t.region_code, t.valid_from, t.phone,
     array[t.id], array[t.id], $10
   from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::uuid[], $7::text[], $8::date[], $9::text[])
     as t (id, name, short_name, kind, level, parent_id, region_code, valid_from, phone)`,
)
const drawLines = statement(
  'orgs.draw-lines',
  `with recursive edge (id, next) as (
     select id, parent_id from units where parent_id is not null
     union all select id, successor_id from units where successor_id is not null),
   seen (id, by) as (
     select id, id from units union select s.id, e.next from seen s join edge e on e.id = s.by),
   above (id, by) as (
     select id, id from units
     union select a.id, u.parent_id from above a join units u on u.id = a.by where u.parent_id is not null),
   path (id, by) as (
     select id, by from above union select p.id, u.id from path p join units u on u.successor_id = p.by),
   sight (id, sees) as (select by, array_agg(id order by id) from seen group by by),
   line (id, path) as (select id, array_agg(by order by by) from path group by id)
   update units u set sees = sight.sees, path = line.path from sight join line using (id)
   where sight.id = u.id and (u.sees, u.path) is distinct from (sight.sees, line.path)`,
)

export interface NewUnit {
  id?: string
  name: string
  /** The name, unless told. */
  shortName?: string
  kind: UnitRow['kind']
  /** An active unit, or one of the same call. */
  parentId?: string | null
  regionCode?: string | null
  /** Today, unless told. */
  validFrom?: Day
  phone?: string | null
}

/** Creates units, parents and children in one call or several. Returns their ids in the order given. */
export async function createUnits(tx: Tx, actor: Actor, rows: readonly NewUnit[]): Promise<string[]> {
  const units = rows.map((row) => ({ ...row, id: row.id ?? randomUUIDv7() }))
  await lockTree(tx)
  const own = new Set(units.map((unit) => unit.id))
  const parents = units.map((unit) => unit.parentId ?? null).filter((id) => id !== null && !own.has(id))
  await requireActive(tx, parents, '/body/parentId')
  for (const code of new Set(units.map((unit) => unit.regionCode ?? null))) await requireRegion(tx, code)
  const column = <T>(value: (unit: (typeof units)[number]) => T) => units.map(value)
  await named(
    insertUnits(tx, [
      ...[column((u) => u.id), column((u) => u.name), column((u) => u.shortName ?? u.name)],
      ...[column((u) => u.kind), column((u) => unitLevels[u.kind]), column((u) => u.parentId ?? null)],
      ...[column((u) => u.regionCode ?? null), column((u) => u.validFrom ?? dayOf(tx.now))],
      ...[column((u) => u.phone ?? null), tx.now],
    ]),
  )
  await drawLines(tx)
  for (const { id, kind, parentId, regionCode } of units) {
    const data = { kind, parentId: parentId ?? null, regionCode: regionCode ?? null }
    await record(tx, actor, { subject: 'unit', subjectId: id, type: 'unit.created', data })
  }
  return units.map((unit) => unit.id)
}

export interface UnitChanges {
  name?: string | undefined
  shortName?: string | undefined
  parentId?: string | null | undefined
  regionCode?: string | null | undefined
  phone?: string | null | undefined
}

const updateUnit = statement<{ id: string }>(
  'orgs.update-unit',
  `update units set name = $2, short_name = $3, parent_id = $4, region_code = $5, phone = $6, valid_to = $7,
     successor_id = $8, version = version + 1 where id = $1 returning id`,
)

/** Edits an active unit that is at `version`. */
export async function editUnit(
  tx: Tx,
  actor: Actor,
  id: string,
  version: number,
  changes: UnitChanges,
): Promise<void> {
  const unit = await activeUnit(tx, id, version)
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const next: UnitRow = { ...unit, ...Object.fromEntries(given) }
  if (next.parentId !== null && next.parentId !== unit.parentId) {
    await requireActive(tx, [next.parentId], '/body/parentId')
    if (await stands(tx, next.parentId, id)) throw new Problem('unit/below-itself')
  }
  if (next.regionCode !== unit.regionCode) await requireRegion(tx, next.regionCode)
  await write(tx, next)
  const data = { changed: given.map(([name]) => name), parentId: next.parentId, regionCode: next.regionCode }
  await record(tx, actor, { subject: 'unit', subjectId: id, type: 'unit.edited', data })
}

const inUse = statement<{ units: number; accounts: number }>(
  'orgs.unit-in-use',
  `select (select count(*)::int from units where parent_id = $1 and valid_to is null) as units,
     (select count(*)::int from accounts where unit_id = $1 and disabled_at is null) as accounts`,
)

/** Abolishes a unit from a day on, today or before. Its matters stay its own and are seen by the successor's people. */
export async function abolishUnit(
  tx: Tx,
  actor: Actor,
  id: string,
  version: number,
  { on, successorId }: { on: Day; successorId: string | null },
): Promise<void> {
  const unit = await activeUnit(tx, id, version)
  if (on < unit.validFrom)
    throw fieldProblem('unit/day-invalid', '/body/on', `不能早于设立日期${unit.validFrom}`)
  if (on > dayOf(tx.now)) throw fieldProblem('unit/day-invalid', '/body/on', '不能晚于今天')
  if (successorId === id) throw fieldProblem('unit/not-active', '/body/successorId', '继任单位不能是本单位')
  if (successorId !== null) await requireActive(tx, [successorId], '/body/successorId')
  const [use] = await inUse(tx, [id])
  if (use !== undefined && use.units + use.accounts > 0)
    throw new Problem('unit/still-in-use', { extras: { ...use } })
  await write(tx, { ...unit, validTo: on, successorId })
  await record(tx, actor, {
    subject: 'unit',
    subjectId: id,
    type: 'unit.abolished',
    data: { on, successorId },
  })
}

async function activeUnit(tx: Tx, id: string, version: number): Promise<UnitRow> {
  await lockTree(tx)
  const unit = await lockUnit(tx, id)
  if (unit === undefined) throw new Problem('unit/not-found')
  if (unit.version !== version) throw new Problem('request/stale', { extras: { version: unit.version } })
  if (unit.validTo !== null) throw new Problem('unit/abolished')
  return unit
}

async function write(tx: Tx, u: UnitRow): Promise<void> {
  const { id, name, shortName, parentId, regionCode, phone, validTo, successorId } = u
  await named(updateUnit(tx, [id, name, shortName, parentId, regionCode, phone, validTo, successorId]))
  await drawLines(tx)
}

async function named(written: Promise<unknown>): Promise<void> {
  try {
    await written
  } catch (error) {
    if (constraintOf(error) !== 'units_active_name') throw error
    throw fieldProblem('unit/name-taken', '/body/name', '已有同名单位')
  }
}

const standsBelow = statement<{ below: boolean }>(
  'orgs.stands-below',
  'select sees @> array[$1::uuid] as below from units where id = $2',
)

async function stands(tx: Tx, id: string, below: string): Promise<boolean> {
  const [row] = await standsBelow(tx, [id, below])
  return row?.below === true
}

async function requireActive(tx: Tx, ids: readonly (string | null)[], pointer: string): Promise<void> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return
  const found = await findUnits(tx, wanted)
  const missing = wanted.some((id) => found.get(id)?.validTo !== null)
  if (missing) throw fieldProblem('unit/not-active', pointer, '单位不存在或已撤销')
}

async function requireRegion(tx: Tx, code: string | null): Promise<void> {
  if (code === null) return
  const known = await regionKnown(tx, [code])
  if (known.length === 0)
    throw fieldProblem('region/unknown', '/body/regionCode', `没有代码为${code}的行政区划`)
}

const regionKnown = statement('orgs.region-known', 'select 1 as known from regions where code = $1 limit 1')
