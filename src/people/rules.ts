// How names, phones and addresses are brought to one form and checked; the form is what blind indexes are made of.

/** What is wrong or doubtful: a code for programs, a sentence for the clerk that never repeats the value. */
export interface Finding {
  code: string
  zh: string
}

export type PhoneKind = 'mobile' | 'landline' | 'service' | 'international'

export type PhoneCheck =
  | { ok: true; phone: string; kind: PhoneKind; warnings: Finding[] }
  | ({ ok: false } & Finding)

export type NameCheck = { ok: true; name: string } | ({ ok: false } & Finding)

// Controls, format characters, fillers, and the variation selectors that pick a shape of a Han character.
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Variation_Selector}|\u034f|\u17b4|\u17b5|[\u115f\u1160\u3164\uffa0]/gu
const SPACES = /\s+/gu
const DASHES = /[-\u2010-\u2015\u2212\u207b]/gu
const DOTS = /[\u2022\u2027\u2219\u22c5\u30fb\u0387\u2e31]/gu
const HAN_SPACE = /(?<=\p{Script=Han}|·) (?=\p{Script=Han}|·)/gu
const HAN_STOP = /(?<=\p{Script=Han})\.(?=\p{Script=Han})/gu

/** Common Han, half-width letters and digits alone: no name or address has another form for them. Most texts are such. */
const SETTLED = /^[\u4e00-\u9fffA-Za-z0-9]*$/

/** Repeats a step until it changes nothing, so that normalising twice is normalising once. Each step must not grow for ever. */
function settle(text: string, step: (text: string) => string): string {
  let settled = text
  for (;;) {
    const next = step(settled)
    if (next === settled) return settled
    settled = next
  }
}

/** Full-width to half-width, invisible characters out, every white space one space. */
function plain(text: string): string {
  return text.replace(SPACES, ' ').replace(INVISIBLE, '').normalize('NFKC').trim()
}

/** One form of a name: no spaces between Han characters, one kind of middle dot. Latin names keep single spaces and case. */
export function normaliseName(text: string): string {
  if (SETTLED.test(text)) return text
  return settle(text, (t) =>
    plain(t)
      .replace(SPACES, ' ')
      .replace(DOTS, '·')
      .replace(HAN_STOP, '·')
      .replace(HAN_SPACE, '')
      .replace(/^[·\s]+|[·\s]+$/gu, ''),
  )
}

export function checkName(text: string): NameCheck {
  const name = normaliseName(text)
  if (!/\p{L}/u.test(name)) return { ok: false, code: 'name/no-letter', zh: '姓名中没有文字' }
  if (Array.from(name).length > 60) return { ok: false, code: 'name/too-long', zh: '姓名最多60个字' }
  return { ok: true, name }
}

export function normaliseAddress(text: string): string {
  if (SETTLED.test(text)) return text
  return settle(text, (t) => plain(t).replace(SPACES, ' '))
}

/**
 * One form of a phone number: digits only, `+` before a foreign country code, `转` before an extension. +86, 0086 and
 * a zero dialled before a mobile number go; a landline after +86 gets its 0 back.
 */
export function normalisePhone(text: string): string {
  if (MOBILE.test(text)) return text
  return settle(text, (t) => localForm(bare(t)))
}

function bare(text: string): string {
  const unspaced = plain(text)
    .toLowerCase()
    .replace(/[\s()]/gu, '')
    .replace(DASHES, '-')
  return unspaced
    .replace(/^((?:0\d{2,3})?-?\d{7,8})-(\d{1,6})$/u, '$1转$2')
    .replace(/(?<=\d)(?:转|分机|ext\.?|x|#)+(?=\d+$)/u, '转')
    .replace(/[-.]/g, '')
}

function localForm(number: string): string {
  const home = number.replace(/^(?:\+86|0086)/, '')
  if (home !== number) {
    const landline = /^(?!400|800)(?:(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})(?:转\d+)?$/.test(home)
    return landline ? `0${home}` : home
  }
  if (/^(?:86|0)1[3-9]\d{9}$/.test(number)) return number.slice(-11)
  if (/^860\d{9,11}$/.test(number)) return number.slice(2)
  return number.replace(/^00(?=[1-9])/, '+')
}

const MOBILE = /^1[3-9]\d{9}$/
const LANDLINE = /^0(?:(?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})(?:转\d{1,6})?$/
const LOCAL = /^[2-8]\d{6,7}(?:转\d{1,6})?$/
const SERVICE = /^(?:[48]00\d{7}|9[56]\d{3,4}|1[012]\d{3}|1[12]\d)$/
const FOREIGN = /^\+[1-9]\d{6,14}$/

/** Which kind of number it is, after normalising; undefined when it is none. */
export function phoneKind(phone: string): PhoneKind | undefined {
  if (MOBILE.test(phone)) return 'mobile'
  if (LANDLINE.test(phone) || LOCAL.test(phone)) return 'landline'
  if (SERVICE.test(phone)) return 'service'
  return FOREIGN.test(phone) ? 'international' : undefined
}

export function checkPhone(text: string): PhoneCheck {
  const phone = normalisePhone(text)
  const kind = phoneKind(phone)
  if (kind !== undefined) return { ok: true, phone, kind, warnings: phoneWarnings(phone, kind) }
  if (/^1[3-9]\d*$/.test(phone)) {
    return { ok: false, code: 'phone/length', zh: `手机号码应为11位，现为${phone.length}位` }
  }
  return { ok: false, code: 'phone/invalid', zh: '电话号码格式有误' }
}

function phoneWarnings(phone: string, kind: PhoneKind): Finding[] {
  if (kind === 'international') return [{ code: 'phone/international', zh: '境外号码，无法发送短信' }]
  if (LOCAL.test(phone)) return [{ code: 'phone/no-area-code', zh: '固定电话缺少区号' }]
  return []
}

/** What a blind index of a phone is made of: an extension does not make it another phone. */
export function phoneKey(phone: string): string {
  return phone.replace(/转\d+$/, '')
}

/** What a blind index of a name is made of: Latin names match in any case. */
export function nameKey(name: string): string {
  return name.toLowerCase()
}
