// Checks a person's fields together: what refuses an entry, and what the clerk is only told.
import { checkIdNo } from './id-number.ts'
import { checkName, checkPhone, normaliseAddress, type Finding } from './rules.ts'

/** A finding with the field it is about, as a JSON pointer. */
export interface FieldFinding {
  pointer: string
  code: string
  message: string
}

interface Fields {
  name?: string | null
  phone?: string | null
  phone2?: string | null
  idNo?: string | null
  address?: string | null
}

type Check = { ok: true; warnings?: Finding[] } | ({ ok: false } & Finding)

/** `asOf` is the day of the entry; `at` the pointer of the object that holds the fields. */
export function checkPerson(
  fields: Fields,
  { asOf, at = '/body' }: { asOf: string; at?: string },
): { errors: FieldFinding[]; warnings: FieldFinding[] } {
  const errors: FieldFinding[] = []
  const warnings: FieldFinding[] = []
  const add = (to: FieldFinding[], field: string, { code, zh }: Finding) =>
    to.push({ pointer: `${at}/${field}`, code, message: zh })

  const checks: [keyof Fields, (text: string) => Check][] = [
    ['name', checkName],
    ['phone', checkPhone],
    ['phone2', checkPhone],
    ['idNo', (text) => checkIdNo(text, { asOf })],
    ['address', checkAddress],
  ]
  for (const [field, check] of checks) {
    const text = fields[field]
    if (text === undefined || text === null || text.trim() === '') continue
    const result = check(text)
    if (!result.ok) add(errors, field, result)
    else for (const warning of result.warnings ?? []) add(warnings, field, warning)
  }
  const known = [fields.name, fields.phone, fields.idNo].some((text) => (text ?? '').trim() !== '')
  if (!known) errors.push({ pointer: at, code: 'person/empty', message: '姓名、电话、证件号码至少填写一项' })
  return { errors, warnings }
}

function checkAddress(text: string): Check {
  const length = Array.from(normaliseAddress(text)).length
  return length <= 200 ? { ok: true } : { ok: false, code: 'address/too-long', zh: '地址最多200个字' }
}
