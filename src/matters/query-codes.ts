// Query codes 查询码: what a citizen follows an own matter by, together with the end of the phone number left with us.
import { statement, type Db, type Tx } from '../platform/db.ts'
import type { Vault } from '../platform/vault.ts'

// Crockford's digits: no letter that is taken for another when read out.
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 12

/** The code of a matter, sixty bits that only this office's key can tell: `K7QF-2MPX-9TRD`. */
export function queryCodeOf(vault: Vault, matterId: string): string {
  // By the oldest key that is kept, so that the code on somebody's slip of paper outlives a change of keys.
  const bytes = vault.blinds('query-code', matterId).at(-1)
  if (bytes === undefined) throw new Error('a vault without keys')
  let bits = bytes.readBigUInt64BE()
  let code = ''
  for (let i = 0; i < LENGTH; i++) {
    code += DIGITS[Number(bits & 31n)] ?? ''
    bits >>= 5n
  }
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`
}

/** A code as typed, in its one form: blanks, hyphens, full-width digits and letters that look like digits; undefined for what is none. */
export function readQueryCode(text: string): string | undefined {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s‐-―-]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (plain.length !== LENGTH || [...plain].some((digit) => !DIGITS.includes(digit))) return undefined
  return plain
}

const SHOWN = new RegExp(`[${DIGITS}]{4}(?:-[${DIGITS}]{4}){2}`, 'g')

/** A text that went to a citizen as others may read it: whatever has the form of a code is blanked. */
export function withoutQueryCodes(text: string): string {
  return text.replace(SHOWN, '****-****-****')
}

const markOf = (code: string) => code.replaceAll('-', '')

const keep = statement(
  'query-codes.keep',
  `insert into query_codes (matter_id, code_bi)
   select id, code from unnest($1::uuid[], $2::bytea[]) as t(id, code) order by id
   on conflict (matter_id) do update set code_bi = excluded.code_bi where query_codes.code_bi <> excluded.code_bi`,
)

/** Makes the codes of these matters findable; repeating it changes nothing. */
export async function keepQueryCodes(tx: Tx, vault: Vault, ids: readonly string[]): Promise<void> {
  const marks = ids.map((id) => vault.blind('query-code', markOf(queryCodeOf(vault, id))))
  await keep(tx, [ids, marks])
}

export interface Asked {
  matterId: string
  fails: number
  lockedUntil: string | null
}

const byCode = statement<Asked>(
  'query-codes.find',
  `select matter_id as "matterId", fails, locked_until as "lockedUntil" from query_codes where code_bi = any($1::bytea[])
   for update`,
)

/** The matter of a code in its one form, its row locked. */
export async function findByCode(tx: Tx, vault: Vault, code: string): Promise<Asked | undefined> {
  const [found] = await byCode(tx, [vault.blinds('query-code', code)])
  return found
}

const noteTry = statement(
  'query-codes.try',
  'update query_codes set fails = $2, locked_until = $3 where matter_id = $1',
)

export function noteAttempt(db: Db, { matterId, fails, lockedUntil }: Asked): Promise<unknown> {
  return noteTry(db, [matterId, fails, lockedUntil])
}
