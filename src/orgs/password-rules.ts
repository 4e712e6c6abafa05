// Which passwords are good enough, and when they expire.
import { plusMs, type Instant } from '../platform/clock.ts'
import { commonWords } from './password-words.ts'

export type PasswordProfile = 'gb' | 'asvs'

interface ProfileRule {
  /** Characters. */
  length: number
  /** Of lower case, upper case, digits and others. */
  classes: number
  /** null: a password never expires. */
  days: number | null
}

/** gb: 等保 (GB/T 22239-2019, 8.1.4.1). asvs: OWASP ASVS 5.0, which forbids classes (6.2.5) and expiry (6.2.10). */
export const passwordProfiles: Record<PasswordProfile, ProfileRule> = {
  gb: { length: 12, classes: 3, days: 90 },
  asvs: { length: 15, classes: 1, days: null },
}

export const MAX_PASSWORD = 128
/** A new password must differ from the current one and those before it, five in all. */
export const REMEMBERED_PASSWORDS = 5

/** What must be left of a password once common words, the login and the name are taken out of it. */
const UNGUESSABLE_REST = 8

const DAY_MS = 86_400_000

/** A password set before this moment has expired; null when none does. */
export function passwordExpiredBefore(now: Instant, profile: PasswordProfile): Instant | null {
  const { days } = passwordProfiles[profile]
  return days === null ? null : plusMs(now, -days * DAY_MS)
}

export interface PasswordOwner {
  login: string
  name: string
  /** Further words that anybody would try: the unit's and the office's name. */
  words: readonly string[]
}

/** What is wrong with a new password, in Chinese; empty when it is good. Exactly the characters given count. */
export function passwordFaults(password: string, profile: PasswordProfile, owner: PasswordOwner): string[] {
  const rule = passwordProfiles[profile]
  const length = [...password].length
  const faults: string[] = []
  if (length < rule.length) faults.push(`密码至少${rule.length}个字符`)
  if (length > MAX_PASSWORD) faults.push(`密码最多${MAX_PASSWORD}个字符`)
  if (classesOf(password) < rule.classes) {
    faults.push(`密码须含大写字母、小写字母、数字、符号中的${rule.classes}种`)
  }
  const folded = fold(password)
  if (owner.login.length >= 4 && folded.includes(fold(owner.login))) faults.push('密码不能包含登录名')
  if (owner.name.length >= 2 && password.includes(owner.name)) faults.push('密码不能包含姓名')
  const words = [...commonWords, ...owner.words.map(fold), fold(owner.login), fold(owner.name)]
  if (restOf(folded, words).length < UNGUESSABLE_REST) {
    faults.push('密码过于常见或容易猜到')
  }
  return faults
}

function classesOf(password: string): number {
  return [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u].filter((kind) => kind.test(password))
    .length
}

const LOOKALIKES: Record<string, string> = {
  '@': 'a',
  4: 'a',
  3: 'e',
  1: 'i',
  '!': 'i',
  0: 'o',
  $: 's',
  5: 's',
  7: 't',
}

const fold = (text: string) => text.toLowerCase()
const unmask = (text: string) => text.replace(/[@431!0$57]/g, (c) => LOOKALIKES[c] ?? c)

/** The password without these words (also written with look-alikes), and with its runs (`1234`, `aaaa`) shortened. */
function restOf(folded: string, words: readonly string[]): string {
  const taken = new Uint8Array(folded.length)
  for (const text of [folded, unmask(folded)]) {
    for (const word of words) {
      if (word.length < 2) continue
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        taken.fill(1, at, at + word.length)
      }
    }
  }
  const kept = folded.split('').filter((_, i) => taken[i] === 0)
  return shortenRuns(kept.join(''))
}

/** Characters that repeat or count up or down are worth two. */
function shortenRuns(text: string): string {
  let kept = ''
  let step: number | undefined
  for (let i = 0; i < text.length; i++) {
    const next = i === 0 ? undefined : text.charCodeAt(i) - text.charCodeAt(i - 1)
    const running = next !== undefined && Math.abs(next) <= 1 && next === step
    if (!running) kept += text[i]
    step = next
  }
  return kept
}
