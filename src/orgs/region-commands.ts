// Writes to the list of regions: the shipped one at first start, and its replacement as a whole.
import { randomUUIDv7 } from 'node:crypto'
import { NIL, systemActor, type Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { demandVersion, Problem } from '../platform/problems.ts'
import { regionsVersion } from './queries.ts'
import { shippedRegions } from './regions.data.ts'
import { regionFaults, type RegionRow } from './region-rules.ts'

const lockRegions = statement('orgs.lock-regions', 'lock table regions in share row exclusive mode')
const countRegions = statement<{ n: number }>('orgs.count-regions', 'select count(*)::int as n from regions')

/** Loads the shipped regions into an empty list; returns how many. */
export async function loadShippedRegions(tx: Tx): Promise<number> {
  await lockRegions(tx)
  const [stored] = await countRegions(tx)
  if (stored !== undefined && stored.n > 0) return 0
  return write(tx, systemActor('start'), shippedRegions, 'regions.loaded')
}

/** Replaces the whole list. Problems: `region/invalid` with a pointer for each fault, also for codes that units still use. */
export async function replaceRegions(
  tx: Tx,
  actor: Actor,
  rows: readonly RegionRow[],
  ifMatch: number | undefined,
): Promise<number> {
  await lockRegions(tx)
  demandVersion(await regionsVersion(tx), ifMatch)
  const errors = regionFaults(rows)
  const used = await usedCodes(tx, [[...new Set(rows.map((row) => row.code))]])
  for (const { code, name } of used) {
    const message = `${name}使用的代码${code}不在表中`
    errors.push({ pointer: '/body/items', code: 'region/still-in-use', message })
  }
  if (errors.length > 0) throw new Problem('region/invalid', { errors })
  return write(tx, actor, rows, 'regions.replaced')
}

const usedCodes = statement<{ code: string; name: string }>(
  'orgs.region-codes-in-use',
  `select region_code as code, min(name) as name from units
   where region_code is not null and region_code <> all($1::text[]) group by region_code order by 1 limit 50`,
)
const removeOthers = statement(
  'orgs.remove-regions',
  `delete from regions r where not exists (
     select from unnest($1::text[], $2::date[]) as kept (code, valid_from)
     where kept.code = r.code and kept.valid_from = r.valid_from)`,
)
// One JSON document, because the successors of a region are a list themselves.
const upsert = statement(
  'orgs.upsert-regions',
  `insert into regions (id, code, name, level, parent_code, valid_from, valid_to, successor_codes)
   select r.id, r.code, r.name, r.level, r."parentCode", r."validFrom", r."validTo", r."successorCodes"
   from json_to_recordset($1::json) as r (id uuid, code text, name text, level text, "parentCode" text,
     "validFrom" date, "validTo" date, "successorCodes" text[])
   on conflict (code, valid_from) do update set name = excluded.name, level = excluded.level,
     parent_code = excluded.parent_code, valid_to = excluded.valid_to, successor_codes = excluded.successor_codes`,
)

async function write(tx: Tx, actor: Actor, rows: readonly RegionRow[], type: string): Promise<number> {
  tx.later(removeOthers, [rows.map((row) => row.code), rows.map((row) => row.validFrom)])
  tx.later(upsert, [JSON.stringify(rows.map((row) => ({ id: randomUUIDv7(), ...row })))])
  await record(tx, actor, { subject: 'system', subjectId: NIL, type, data: { count: rows.length } })
  return rows.length
}
