// The vault: seals personal data field by field, makes blind indexes to find it again, and signs checkpoints.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hkdfSync,
  randomFillSync,
  sign as signEd25519,
  verify as verifyEd25519,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import { createKeyFile, readKeyFile } from './master-key.ts'

/** What a blind index is made of. Equal texts under different purposes never share an index. */
export type BlindPurpose = 'phone' | 'idNo' | 'name' | 'request' | 'query-code'

/** A signature and the key version that made it; `signature` is a plain 64-byte Ed25519 signature. */
export interface Signature {
  keyId: number
  signature: Buffer
}

/** Keeper of all keys. Every method is synchronous; the keys never leave it. */
export interface Vault {
  /** Key version that seals, indexes and signs now. */
  readonly keyId: number
  /** All key versions that can open, newest first. */
  readonly keyIds: readonly number[]
  /** Short public mark of a key version (16 hex digits): store it, and compare it at start to notice a wrong key file. */
  fingerprint(keyId: number): string
  /** Seals a text for one place, `aad` = `table|column|rowId`. Layout: version, key id, 12 nonce, text, 16 tag. */
  seal(plain: string, aad: string): Buffer
  /** Opens what `seal` made for the same place. Throws `VaultError`: 'vault/tampered' or 'vault/unknown-key'. */
  open(sealed: Uint8Array, aad: string): string
  /** Key version of a sealed value, so that a rotation finds what is left to re-seal. */
  keyIdOf(sealed: Uint8Array): number
  /** 16-byte blind index by the newest key, for writing. The text must be normalised already. */
  blind(purpose: BlindPurpose, normalised: string): Buffer
  /** The blind index by every key version, newest first, for searching (`= any($1)`) while a rotation runs. */
  blinds(purpose: BlindPurpose, normalised: string): Buffer[]
  /** Keyed digest (32 bytes) of a password before it is hashed; store `keyId` beside the hash, give it back to check. */
  pepper(secret: string, keyId?: number): { keyId: number; mac: Buffer }
  sign(bytes: Uint8Array): Signature
  verify(bytes: Uint8Array, signature: Signature): boolean
  /** SPKI PEM with which anybody can verify checkpoints without the vault. */
  publicKey(keyId: number): string
}

export class VaultError extends Error {
  readonly code: 'vault/tampered' | 'vault/unknown-key'
  constructor(code: VaultError['code'], message: string) {
    super(message)
    this.name = 'VaultError'
    this.code = code
  }
}

const VERSION = 1
const HEADER = 2
const NONCE = 12
const TAG = 16
const GCM = { authTagLength: TAG } as const

// n values of one purpose collide by chance with odds of about n²/2^(8·size+1): ten million phones give 10^-8 at
// 10 bytes, 10^-15 at 12, 10^-25 at 16. A collision only shows as one wrong search hit, but a link between two people
// must not be suggested by chance; full 32 bytes would double the three indexes for nothing.
const BLIND_BYTES = 16

// PKCS #8 wrapping of a raw Ed25519 seed (RFC 8410 section 7).
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

interface KeySet {
  field: KeyObject
  blind: KeyObject
  pepper: KeyObject
  signing: KeyObject
  publicKey: KeyObject
  fingerprint: string
}

function deriveKeys(master: Buffer): KeySet {
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', master, 'banjian vault v1', purpose, 32))
  const secret = (purpose: string) => createSecretKey(derive(purpose))
  const seed = Buffer.concat([ED25519_PKCS8, derive('checkpoint')])
  const signing = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' })
  return {
    field: secret('field'),
    blind: secret('blind'),
    pepper: secret('pepper'),
    signing,
    publicKey: createPublicKey(signing),
    fingerprint: derive('fingerprint').toString('hex', 0, 8),
  }
}

// One call to the system generator for a thousand nonces: asking for 12 bytes each time costs as much as sealing.
// Random 96-bit nonces stay safe up to 2^32 seals a key version (NIST SP 800-38D 8.3); rotate long before.
function noncePool(): () => Buffer {
  const pool = Buffer.alloc(NONCE * 1024)
  let at = pool.length
  return () => {
    if (at === pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += NONCE
    return pool.subarray(at - NONCE, at)
  }
}

/**
 * Opens the vault over a master key file (see master-key.ts). With `create`, a missing file is made with a fresh key:
 * only for a first start, as nothing sealed before can be opened with a new key.
 */
export function openVault({ keyFile, create = false }: { keyFile: string; create?: boolean }): Vault {
  if (create) createKeyFile(keyFile)
  const keys = new Map<number, KeySet>()
  for (const [keyId, master] of readKeyFile(keyFile)) keys.set(keyId, deriveKeys(master))
  const keyIds = [...keys.keys()].toSorted((a, b) => b - a)
  const keyId = keyIds[0] ?? 0
  const nextNonce = noncePool()

  const keysOf = (id: number): KeySet => {
    const found = keys.get(id)
    if (!found) throw new VaultError('vault/unknown-key', `No key version ${id} in the master key file`)
    return found
  }
  const newest = keysOf(keyId)

  // The header is authenticated too: a value cannot be passed off as another format or key version.
  const place = (id: number, aad: string) => Buffer.from(`${VERSION}|${id}|${aad}`)

  const mac = (key: KeyObject, purpose: BlindPurpose, normalised: string) =>
    createHmac('sha256', key).update(`${purpose}|${normalised}`).digest().subarray(0, BLIND_BYTES)

  const vault: Vault = {
    keyId,
    keyIds,
    fingerprint: (id) => keysOf(id).fingerprint,

    seal(plain, aad) {
      const nonce = nextNonce()
      const cipher = createCipheriv('aes-256-gcm', newest.field, nonce, GCM)
      cipher.setAAD(place(keyId, aad))
      const text = cipher.update(plain, 'utf8')
      cipher.final()
      const sealed = Buffer.allocUnsafe(HEADER + NONCE + text.length + TAG)
      sealed[0] = VERSION
      sealed[1] = keyId
      nonce.copy(sealed, HEADER)
      text.copy(sealed, HEADER + NONCE)
      cipher.getAuthTag().copy(sealed, HEADER + NONCE + text.length)
      return sealed
    },

    open(sealed, aad) {
      const id = vault.keyIdOf(sealed)
      const { field } = keysOf(id)
      const end = sealed.length - TAG
      try {
        const nonce = sealed.subarray(HEADER, HEADER + NONCE)
        const decipher = createDecipheriv('aes-256-gcm', field, nonce, GCM)
        decipher.setAAD(place(id, aad))
        decipher.setAuthTag(sealed.subarray(end))
        const plain = decipher.update(sealed.subarray(HEADER + NONCE, end))
        decipher.final()
        return plain.toString('utf8')
      } catch {
        // The cause is dropped on purpose: it says nothing more, and must never carry what was being opened.
        throw new VaultError('vault/tampered', 'Sealed value was altered or belongs to another row')
      }
    },

    keyIdOf(sealed) {
      const id = sealed[1]
      if (sealed[0] !== VERSION || id === undefined || sealed.length < HEADER + NONCE + TAG) {
        throw new VaultError('vault/tampered', 'Not a sealed value')
      }
      return id
    },

    blind: (purpose, normalised) => mac(newest.blind, purpose, normalised),
    blinds: (purpose, normalised) => keyIds.map((id) => mac(keysOf(id).blind, purpose, normalised)),

    pepper(secret, id = keyId) {
      return { keyId: id, mac: createHmac('sha256', keysOf(id).pepper).update(secret).digest() }
    },

    sign: (bytes) => ({ keyId, signature: signEd25519(null, bytes, newest.signing) }),
    verify: (bytes, { keyId: id, signature }) =>
      keys.has(id) && verifyEd25519(null, bytes, keysOf(id).publicKey, signature),
    publicKey: (id) => keysOf(id).publicKey.export({ type: 'spki', format: 'pem' }),
  }
  const redacted = { [inspect.custom]: () => 'Vault [redacted]', toJSON: () => '[redacted]' }
  return Object.freeze(Object.assign(vault, redacted))
}
