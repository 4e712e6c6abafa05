// Names of files: which are taken from outside, and how they are given back in a download.
import { fieldProblem } from './problems.ts'

const LONGEST = 200

// Separators; C0 and C1 controls; zero-width space, line and paragraph separators; direction marks and overrides, which
// make `gpj.exe` read as `exe.jpg`; byte order mark.
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[/\\\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

/** A name from outside, trimmed and composed (macOS sends decomposed characters). Throws `file/name-invalid`. */
export function checkFileName(name: string): string {
  const clean = name.normalize('NFC').trim()
  const refuse = (message: string) => fieldProblem('file/name-invalid', '/body/file', message)
  if (clean === '' || /^\.+$/.test(clean)) throw refuse('文件名不能为空')
  if (Array.from(clean).length > LONGEST) throw refuse(`文件名最多${LONGEST}个字`)
  if (FORBIDDEN.test(clean) || !clean.isWellFormed()) throw refuse('文件名含有不允许的字符')
  return clean
}

/** Content-Disposition of a download (RFC 6266): an ASCII stand-in for old clients, the real name in `filename*`. */
export function contentDisposition(name: string): string {
  // A percent sign in the stand-in would be decoded by some browsers (RFC 6266 appendix D).
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
