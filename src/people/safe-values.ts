// What of a cell may be shown that should name no person, though its column may be shifted.
import { beginning } from '../platform/texts.ts'
import { maskIdNo, maskName } from './masks.ts'

const ORGANISATION = /[局镇乡街道办委院厅处司所队站会部校园社村组台中心公司集团政府法庭医馆厂]/u

/** Numbers are masked, and so are short names. */
export function safeValue(text: string): string {
  const masked = beginning(text, 60).replace(/\d{7,}[\dXx]?/g, (digits) => maskIdNo(digits, '1+1'))
  return /^[\p{Script=Han}·]{2,4}$/u.test(masked) && !ORGANISATION.test(masked) ? maskName(masked) : masked
}
