// Passwords as stored: argon2id over a keyed digest, a few at a time; and the making of initial ones.
import { argon2, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { Problem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'

const argon2Async = promisify(argon2)

/** OWASP's minimum: KiB of memory, passes, lanes. A stored hash names its own, so these may be raised. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const TAG = 32

const RUNNING = 2
const WAITING = 20
const RETRY_SECONDS = 3

/** A stored hash, in parts: `$argon2id$v=19$m=…,t=…,p=…,k=<key version of the pepper>$<salt>$<tag>`. */
const STORED = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d),k=(\d{1,3})\$([\w+/]{22})\$([\w+/]{43})$/

/** What no password has: checking against it takes as long as checking against a real one. */
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism},k=`

export interface Passwords {
  /** Throws `request/too-many` when too many are waiting. */
  hash(password: string): Promise<string>
  /** `undefined` for an account that does not exist: false, after the same work. Throws `request/too-many`. */
  verify(password: string, stored: string | undefined): Promise<boolean>
  /** Made with other parameters or an older key than `hash` uses now. */
  outdated(stored: string): boolean
}

export function openPasswords(vault: Vault): Passwords {
  const inTurn = queueOf(RUNNING, WAITING)
  const prefix = `${NOBODY}${vault.keyId}$`
  const nobody = `${prefix}${encode(randomBytes(16))}$${encode(randomBytes(TAG))}`

  async function tagOf(password: string, keyId: number, salt: Buffer, cost: typeof COST): Promise<Buffer> {
    const message = vault.pepper(password, keyId).mac
    return inTurn(() => argon2Async('argon2id', { message, nonce: salt, tagLength: TAG, ...cost }))
  }

  return {
    async hash(password) {
      const salt = randomBytes(16)
      return `${prefix}${encode(salt)}$${encode(await tagOf(password, vault.keyId, salt, COST))}`
    },
    async verify(password, stored) {
      const [, m, t, p, keyId, salt = '', tag = ''] = STORED.exec(stored ?? nobody) ?? []
      if (tag === '') throw new Error('a stored password hash is not of a known form')
      const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p) }
      const found = await tagOf(password, Number(keyId), Buffer.from(salt, 'base64'), cost)
      return timingSafeEqual(found, Buffer.from(tag, 'base64')) && stored !== undefined
    },
    outdated: (stored) => !stored.startsWith(prefix),
  }
}

const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** At most `running` at once and `waiting` behind them; more are turned away. */
function queueOf(running: number, waiting: number) {
  let active = 0
  const line: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (active < running) active++
    else {
      if (line.length >= waiting)
        throw new Problem('request/too-many', { extras: { retryAfter: RETRY_SECONDS } })
      await new Promise<void>((resume) => line.push(resume))
    }
    try {
      return await work()
    } finally {
      // A waiting one takes over this one's place, so `active` stays.
      const next = line.shift()
      if (next === undefined) active--
      else next()
    }
  }
}

// Without characters that are mistaken for one another on paper.
const INITIAL = ['ABCDEFGHJKMNPQRSTUVWXYZ', 'abcdefghjkmnpqrstuvwxyz', '23456789'] as const
const INITIAL_GROUPS = 4
const GROUP = 5

/** A password to hand over once: `Kp7wd-…`, 20 characters and three hyphens, about 114 bits. */
export function initialPassword(): string {
  const all = INITIAL.join('')
  const pick = () => all[randomInt(all.length)] ?? ''
  for (;;) {
    const groups = Array.from({ length: INITIAL_GROUPS }, () => Array.from({ length: GROUP }, pick).join(''))
    const password = groups.join('-')
    if (INITIAL.every((kind) => kind.split('').some((c) => password.includes(c)))) return password
  }
}
