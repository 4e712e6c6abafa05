// Ties the master key file to the database that it sealed: a lost or foreign key is noticed before anything is written.
import type { Clock } from './clock.ts'
import { statement, type Database, type Db } from './db.ts'
import { KeyFileError } from './master-key.ts'
import { openVault, type Vault } from './vault.ts'

const known = statement<{ keyId: number; fingerprint: string; since: string }>(
  'vault.keys',
  'select key_id as "keyId", fingerprint, since from vault_keys order by key_id',
)
const add = statement(
  'vault.add-key',
  'insert into vault_keys (key_id, fingerprint, since) values ($1, $2, $3) on conflict do nothing',
)

/**
 * Opens the vault over the key file that belongs to this database, and notes key versions that are new. `create` makes a
 * missing file, but only for a database that no key has sealed yet. Throws `KeyFileError`; then nothing was changed.
 */
export async function openVaultOf(
  deps: { db: Database; clock: Clock },
  { keyFile, create }: { keyFile: string; create: boolean },
): Promise<Vault> {
  const { db, clock } = deps
  const sealing = await known(db)
  const vault = openOwn(keyFile, create && sealing.length === 0, sealing.length > 0)
  const noted = new Set(sealing.map(({ keyId }) => keyId))
  refuseForeign(vault, keyFile, sealing)
  const fresh = vault.keyIds.filter((keyId) => !noted.has(keyId))
  if (fresh.length === 0) return vault
  await db.transaction(async (tx) => {
    for (const keyId of fresh) await add(tx, [keyId, vault.fingerprint(keyId), clock.now()])
  })
  // Another process may have begun with a key of its own at the same moment.
  refuseForeign(vault, keyFile, await known(db))
  return vault
}

/** The key versions that the service has sealed with, and since when: it notes one when it starts with it. */
export function knownKeys(db: Db): Promise<{ keyId: number; fingerprint: string; since: string }[]> {
  return known(db)
}

/** Whether this database was sealed with these very keys; the reason why not, in words, or undefined. */
export async function foreignKeys(db: Db, vault: Vault): Promise<string | undefined> {
  return reasonAgainst(vault, await known(db))
}

function openOwn(keyFile: string, create: boolean, sealed: boolean): Vault {
  try {
    return openVault({ keyFile, create })
  } catch (error) {
    if (!sealed || !(error instanceof KeyFileError) || error.code !== 'vault/key-file-missing') throw error
    throw new KeyFileError(
      error.code,
      `Master key file ${keyFile} does not exist, and this database holds data sealed with it: put back your copy of it. ` +
        '找不到主密钥文件，数据库中已有用它加密的资料，请放回备份的密钥文件。',
    )
  }
}

function refuseForeign(
  vault: Vault,
  keyFile: string,
  sealing: { keyId: number; fingerprint: string }[],
): void {
  const reason = reasonAgainst(vault, sealing)
  if (reason === undefined) return
  throw new KeyFileError(
    'vault/key-file-foreign',
    `Master key file ${keyFile} is not the one of this database: ${reason}. Put back the right copy; nothing was changed. ` +
      '主密钥文件与数据库不符，请放回原来的密钥文件。',
  )
}

function reasonAgainst(vault: Vault, sealing: { keyId: number; fingerprint: string }[]): string | undefined {
  for (const { keyId, fingerprint } of sealing) {
    if (!vault.keyIds.includes(keyId)) return `it lacks key version ${keyId} with fingerprint ${fingerprint}`
    const found = vault.fingerprint(keyId)
    if (found !== fingerprint)
      return `key version ${keyId} has fingerprint ${found}, the database was sealed with ${fingerprint}`
  }
  return undefined
}
