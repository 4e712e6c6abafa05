// Checks of identity numbers: the citizen's (GB 11643-1999) and the organisation's (GB 32100-2015).
import { areas, AREAS_UNTIL } from './areas.data.ts'
import type { Finding } from './rules.ts'

export type IdNoCheck =
  | {
      ok: true
      /** Normalised. */
      idNo: string
      /** `1980-01-31`; null for the old 15-digit form, which is kept and not interpreted. */
      birthDate: string | null
      sex: 'male' | 'female' | null
      /** Where it was issued; the code may be historical. */
      region6: string
      warnings: Finding[]
    }
  | ({ ok: false } & Finding)

export type UsccCheck =
  | { ok: true; uscc: string; region6: string; warnings: Finding[] }
  | ({ ok: false } & Finding)

/** One form of an identity number: half-width, no spaces or dashes, upper case, `×` and the Cyrillic letter as X. */
export function normaliseIdNo(text: string): string {
  return text
    .replace(/[×хХ✕]/gu, 'X')
    .normalize('NFKC')
    .replace(/[\s\p{Cc}\p{Cf}\p{Pd}\u2212]/gu, '')
    .toUpperCase()
    .normalize('NFKC')
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHECKS = '10X98765432'

/** The 18th character to the first 17 digits. */
export function idNoCheckDigit(digits17: string): string {
  return CHECKS.charAt(WEIGHTS.reduce((sum, weight, i) => sum + weight * Number(digits17.charAt(i)), 0) % 11)
}

// 81–83: residence permits of Hong Kong, Macao and Taiwan residents; 9x: the permanent residence card of foreigners (2023).
const OF_NO_COUNTY = /^(?:8[1-3]|9\d)/

/** Whether a county, or for a birth after the table a prefecture, ever bore this code. */
function isArea(region6: string, birthDate: string): boolean {
  if (OF_NO_COUNTY.test(region6)) return true
  const [, counties] =
    (areas[region6.slice(0, 2)] ?? '')
      .split(' ')
      .map((each) => each.split(':'))
      .find(([prefecture]) => prefecture === region6.slice(2, 4)) ?? []
  if (counties === undefined || birthDate > AREAS_UNTIL) return counties !== undefined
  const county = region6.slice(4)
  return counties.split(',').some((each) => {
    const [first = '', last = first] = each.split('-')
    return first <= county && county <= last
  })
}

/** Whether a province bears this code, or a county could: of a prefecture there is, as counties are founded every year. */
export function isDivision(code: string): boolean {
  if (code.endsWith('0000')) return Object.hasOwn(areas, code.slice(0, 2)) || /^(?:71|8[12])/.test(code)
  return !OF_NO_COUNTY.test(code) && isArea(code, '9999')
}

/** `asOf` (a day) refuses births after it. */
export function checkIdNo(text: string, { asOf }: { asOf?: string } = {}): IdNoCheck {
  const idNo = normaliseIdNo(text)
  const region6 = idNo.slice(0, 6)
  const warnings: Finding[] = []
  const judgeArea = (birthDate: string) => {
    if (!isArea(region6, birthDate))
      warnings.push({ code: 'id-no/region-unknown', zh: '身份证号码的地区代码不存在，请核对' })
  }

  if (/^\d{15}$/.test(idNo)) {
    judgeArea('')
    warnings.push({ code: 'id-no/legacy', zh: '15位旧身份证号码，请尽量补录18位号码' })
    return { ok: true, idNo, birthDate: null, sex: null, region6, warnings }
  }
  if (/^\d(?:\.\d+)?E\+?\d+$/.test(idNo)) return precisionLost
  if (!/^[\dX]*$/.test(idNo) || /X./.test(idNo)) {
    return { ok: false, code: 'id-no/characters', zh: '身份证号码只能含数字，末位可为X' }
  }
  if (idNo.length !== 18) {
    return { ok: false, code: 'id-no/length', zh: `身份证号码应为18位，现为${idNo.length}位` }
  }
  const checked = idNoCheckDigit(idNo) === idNo.charAt(17)
  // A spreadsheet keeps 15 digits of a number and makes the rest zeros.
  if (!checked && idNo.endsWith('000')) return precisionLost
  const birthDate = `${idNo.slice(6, 10)}-${idNo.slice(10, 12)}-${idNo.slice(12, 14)}`
  if (!isDay(birthDate) || (asOf !== undefined && birthDate > asOf)) {
    return { ok: false, code: 'id-no/date', zh: '身份证号码中的出生日期不存在' }
  }
  if (!checked) return { ok: false, code: 'id-no/check-digit', zh: '身份证号码校验位不符，请核对' }
  judgeArea(birthDate)
  const sex = Number(idNo.charAt(16)) % 2 === 1 ? 'male' : 'female'
  return { ok: true, idNo, birthDate, sex, region6, warnings }
}

const precisionLost = {
  ok: false,
  code: 'id-no/precision-lost',
  zh: '身份证号码精度已丢失，请将该列设为文本后重新填写',
} as const

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const length = month === 2 && leap ? 29 : (MONTHS[month - 1] ?? 0)
  return year >= 1850 && year <= 2100 && day >= 1 && day <= length
}

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** The 18th character to the first 17, with the second mod 31 that turns 31 into 0. */
function usccCheckDigit(first17: string): string {
  let sum = 0
  let weight = 1
  for (const character of first17) {
    sum += USCC_ALPHABET.indexOf(character) * weight
    weight = (weight * 3) % 31
  }
  return USCC_ALPHABET.charAt((31 - (sum % 31)) % 31)
}

/** 统一社会信用代码. Genuine codes with a wrong check character exist, so that is only a warning. */
export function checkUscc(text: string): UsccCheck {
  const uscc = normaliseIdNo(text)
  if (!/^[0-9A-HJ-NPQRTUWXY]{18}$/.test(uscc)) {
    return {
      ok: false,
      code: 'uscc/format',
      zh: '统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）',
    }
  }
  const fits = usccCheckDigit(uscc.slice(0, 17)) === uscc.charAt(17)
  const warnings = fits ? [] : [{ code: 'uscc/check-digit', zh: '统一社会信用代码校验位不符，请核对' }]
  return { ok: true, uscc, region6: uscc.slice(2, 8), warnings }
}
