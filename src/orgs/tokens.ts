// The secrets that callers carry: session cookies and API keys, how they look and what is stored of them.
import { hash, randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'

/** 32 random bytes for the cookie, and the hash that is stored in their place. */
export function newToken(): { token: string; hash: Buffer } {
  const bytes = randomBytes(32)
  return { token: bytes.toString('base64url'), hash: hash('sha256', bytes, 'buffer') }
}

const TOKEN = /^[\w-]{43}$/

function hashOf(token: string): Buffer | undefined {
  return TOKEN.test(token) ? hash('sha256', Buffer.from(token, 'base64url'), 'buffer') : undefined
}

const cookieName = (config: Config) => (config.COOKIE_SECURE ? '__Host-bj' : 'bj')

/** Hash of the token in the session cookie; undefined without a well-formed one. */
export function sessionTokenHash(request: FastifyRequest, config: Config): Buffer | undefined {
  const start = `${cookieName(config)}=`
  const cookie = request.headers.cookie?.split(/; */).find((part) => part.startsWith(start))
  return cookie === undefined ? undefined : hashOf(cookie.slice(start.length))
}

/** The `Set-Cookie` of a session, or of its end. No expiry: the browser forgets it, the server ends it. */
export function sessionCookie(config: Config, token: string | undefined): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict${config.COOKIE_SECURE ? '; Secure' : ''}`
  return `${cookieName(config)}=${token ?? ''}; ${flags}${token === undefined ? '; Max-Age=0' : ''}`
}

/** `bj_<id without hyphens>_<token>`: what is shown once to whoever creates a key. */
export function writeApiKey(id: string, token: string): string {
  return `bj_${id.replaceAll('-', '')}_${token}`
}

/** Id and hash of the key in an `Authorization` header; undefined when it is not of that form. */
export function readApiKey(authorization: string): { id: string; hash: Buffer } | undefined {
  const [, id, token] = /^Bearer bj_([0-9a-f]{32})_([\w-]{43})$/i.exec(authorization) ?? []
  const keyHash = token === undefined ? undefined : hashOf(token)
  return id === undefined || keyHash === undefined ? undefined : { id, hash: keyHash }
}

/** The caller's address as PostgreSQL reads it: IPv4 also where the socket is IPv6. */
export function addressOf(request: FastifyRequest): string {
  return request.ip.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
}

const digest = (text: string) => hash('sha256', text, 'hex')

// Digests, because what is typed as a login is now and then a password. `queries.ts` names the bucket of a login alike.
export const loginBucket = (login: string) => `login:${digest(login)}`
export const addressBucket = (address: string) => `address:${digest(prefixOf(address, 4, 4))}`
export const minuteBucket = (address: string) => `minute:${digest(prefixOf(address, 4, 4))}`
export const networkBucket = (address: string) => `network:${digest(prefixOf(address, 3, 3))}`

/** The first numbers of an IPv4 address, or the first 16-bit groups of an IPv6 address: one subscriber has 2^64 of those. */
function prefixOf(address: string, numbers: number, groups: number): string {
  if (!address.includes(':')) return address.split('.').slice(0, numbers).join('.')
  const [head = '', tail] = address.split('::')
  const [before, after] = [head, tail].map((part) => (part ? part.split(':') : []))
  const zeros = Array<string>(Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0))).fill('0')
  return [...(before ?? []), ...(tail === undefined ? [] : zeros), ...(after ?? [])]
    .slice(0, groups)
    .join(':')
}
