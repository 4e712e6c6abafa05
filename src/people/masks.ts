// What of personal data may be seen without a reason: masks of names, numbers and addresses.
import { phoneKind } from './rules.ts'

/** How many characters of an ID number stay at its two ends; sources differ, so it is a setting. */
export const ID_MASKS = { '6+4': [6, 4], '4+4': [4, 4], '3+4': [3, 4], '1+1': [1, 1], none: [0, 0] } as const

/** '6+4' for the staff; '1+1' or 'none' for exports and the public. */
export type IdMask = keyof typeof ID_MASKS

/** In place of everything about a person who asked for confidence. */
export const CONFIDENTIAL = '保密'

const stars = (n: number) => '*'.repeat(Math.max(0, n))

/**
 * 张三 → 张*, 王小明 → 王*明, 欧阳建国 → 欧**国; 买买提·吐尔逊 → 买买提·**; John Smith → J** S**. Latin and dotted names
 * get a fixed number of stars. Takes a normalised name; counts characters, not UTF-16 units.
 */
export function maskName(name: string): string {
  const [first = '', ...rest] = name.split('·')
  if (rest.length > 0 && first !== '') return `${first}·**`
  if (/^[\p{Script=Latin}\p{M} .'’-]+$/u.test(name)) {
    return name
      .split(' ')
      .map((word) => (Array.from(word).length < 2 ? '**' : `${Array.from(word)[0]}**`))
      .join(' ')
  }
  const characters = Array.from(name)
  const n = characters.length
  if (n < 2) return stars(n)
  return n === 2 ? `${characters[0]}*` : `${characters[0]}${stars(n - 2)}${characters[n - 1]}`
}

/** 138****5678; a landline keeps area code and last two digits; numbers of services are public. Takes a normalised phone. */
export function maskPhone(phone: string): string {
  const kind = phoneKind(phone)
  if (kind === 'service') return phone
  if (kind === 'mobile') return `${phone.slice(0, 3)}****${phone.slice(-4)}`
  const number = phone.replace(/转\d+$/, '')
  if (kind === 'landline') {
    const area = /^0(?:10|2\d|\d{3})/.exec(number)?.[0] ?? ''
    return `${area}${stars(number.length - area.length - 2)}${number.slice(-2)}`
  }
  return number.length < 7 ? stars(number.length) : `${stars(number.length - 2)}${number.slice(-2)}`
}

/** 510802********1234. What is not an ID number of 15 or 18 characters keeps nothing but its length. */
export function maskIdNo(idNo: string, mode: IdMask = '6+4'): string {
  const n = idNo.length
  if (!/^(?:\d{15}|\d{17}[\dX])$/.test(idNo)) return stars(n)
  // The old form has three digits after the birth date: showing four would show a digit of the day.
  const [head, tail] = ID_MASKS[mode]
  const end = n === 15 ? Math.min(tail, 3) : tail
  return idNo.slice(0, head) + stars(n - head - end) + idNo.slice(n - end)
}

// Names of divisions. They must not reach over a road or a building to the next 区 or 市; the few real districts with
// such a character in their name (路桥区) are masked too much rather than addresses too little.
const NAME = String.raw`[^\P{Script=Han}路街道巷弄号栋幢室户店厂院]`
const TOWN_NAME = String.raw`[^\P{Script=Han}省市州盟县区旗镇乡村组社路街道巷弄号栋幢座楼层室户厂院站旁边]`
// 市场, 超市, 小区, 县道 and the like are no divisions.
const CITY = '(?<![超夜菜花])市(?![场区民])'
const DIVISIONS = new RegExp(
  String.raw`^(?:${NAME}{2,6}?(?:省|自治区|特别行政区))?` +
    String.raw`(?:${NAME}{2,10}?(?:自治州|地区|盟|${CITY}))?` +
    String.raw`(?:${NAME}{1,12}?(?:自治县|自治旗|县(?!道)|旗(?![舰区])|${CITY}|(?<![小社园校厂景院片库街灾属活])区))?`,
  'u',
)
const TOWNSHIP = new RegExp(String.raw`^${TOWN_NAME}{1,8}(?:街道(?:办事处|办)?|镇|(?:民族)?乡|苏木)`, 'u')

/**
 * The beginning of an address down to its township (镇, 乡, 街道), the only part that is kept in clear; null when even
 * the divisions above it are not written. What is not surely a division is not shown.
 */
export function townshipOf(address: string): string | null {
  const text = address.replaceAll(' ', '')
  const above = DIVISIONS.exec(text)?.[0] ?? ''
  const town = TOWNSHIP.exec(text.slice(above.length))?.[0] ?? ''
  return above + town === '' ? null : above + town
}

/** 利州区东坝街道兴安路88号 → 利州区东坝街道***. */
export function maskAddress(address: string): string {
  return address === '' ? '' : `${townshipOf(address) ?? ''}***`
}

/** zhang@example.cn → z***@example.cn. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  if (at < 1) return email === '' ? '' : '***'
  return `${at < 2 ? '' : (Array.from(email)[0] ?? '')}***${email.slice(at)}`
}

/** Last four digits of a bank account; nothing of a short one. */
export function maskBank(account: string): string {
  const digits = account.replace(/\D/g, '')
  if (digits === '') return account === '' ? '' : '****'
  return digits.length < 8 ? '****' : `****${digits.slice(-4)}`
}
