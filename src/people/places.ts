// Codes of administrative divisions that people, matters and disputes name: the office's own regions, and the country's counties.
import { statement, type Db } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import { isDivision } from './id-number.ts'

const known = statement<{ exact: boolean }>(
  'people.place-known',
  'select bool_or(code = $1) as exact from regions where code in ($1, left($1, 6)) having count(*) > 0',
)

/**
 * Throws `region/unknown` at `pointer`. Within the office's own district every code is one of its regions, those that were
 * abolished among them; of another district the prefecture must be one, or the province.
 */
export async function demandPlace(db: Db, code: string | null | undefined, pointer: string): Promise<void> {
  if (code === null || code === undefined) return
  const [own] = await known(db, [code])
  if (own === undefined ? isDivision(code.slice(0, 6)) : own.exact) return
  throw fieldProblem('region/unknown', pointer, `没有代码为${code}的行政区划`)
}
