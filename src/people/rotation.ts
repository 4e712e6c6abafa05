// Seals again, under the newest key, what an older one sealed: page by page, beside the running service.
import { NIL, systemActor } from '../platform/actor.ts'
import { statement, type Database, type Db } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { Vault } from '../platform/vault.ts'
import { sealedAccused } from './accused.ts'
import { sealedAccounts } from './accounts.ts'
import { sealedContacts, sealedMessages } from './numbers.ts'
import { sealedPeople, type SealedTable } from './seal.ts'

/** Every table that holds sealed values; a test compares it with the columns there are. */
export const sealedTables: readonly SealedTable[] = [
  sealedPeople,
  sealedAccused,
  sealedAccounts,
  sealedMessages,
  sealedContacts,
]

const PAGE = 500

const keyed = sealedTables.map(({ table, sealed, found = [] }) => {
  const columns = [...sealed, ...found]
  const older = sealed.map((column) => `get_byte(${column}, 1) <> $2`).join(' or ')
  const list = (from: string) => columns.map((column) => `${from}${column}`).join(', ')
  return {
    columns,
    next: statement<{ id: string } & Record<string, Buffer | null>>(
      `rotation.next.${table}`,
      `select id, ${sealed.join(', ')} from ${table} where id > $1 and (${older}) order by id limit $3 for update`,
    ),
    write: statement(
      `rotation.write.${table}`,
      `update ${table} t set ${columns.map((column) => `${column} = s.${column}`).join(', ')}
       from unnest($1::uuid[], ${columns.map((_, i) => `$${i + 2}::bytea[]`).join(', ')}) as s(id, ${list('')})
       where t.id = s.id`,
    ),
  }
})

const standing = statement<{ keyId: number; rows: number }>(
  'rotation.standing',
  `select key as "keyId", count(*)::int as rows from (${sealedTables
    .flatMap(({ table, sealed }) =>
      sealed.map(
        (column) => `select get_byte(${column}, 1) as key from ${table} where ${column} is not null`,
      ),
    )
    .join(' union all ')}) s group by key order by key`,
)

/** How many sealed values each key version holds. */
export function sealedBy(db: Db): Promise<{ keyId: number; rows: number }[]> {
  return standing(db)
}

/**
 * Seals again whatever an older key sealed, and renews the blind indexes that find it; no version moves, as nothing that is
 * said changes. A page is a transaction, so it may be broken off and begun anew. Returns the rows written; that it was
 * done is an event.
 */
export async function reseal(db: Database, vault: Vault, page = PAGE): Promise<number> {
  let rows = 0
  for (const [i, { again }] of sealedTables.entries()) {
    const { columns, next, write } = keyed[i] as (typeof keyed)[number]
    let after: string | undefined = NIL
    while (after !== undefined) {
      const from: string = after
      const found = await db.transaction(async (tx) => {
        const older = await next(tx, [from, vault.keyId, page])
        const fresh = older.map((row) => again(vault, row))
        if (older.length > 0)
          tx.later(write, [
            older.map(({ id }) => id),
            ...columns.map((column) => fresh.map((row) => row[column] ?? null)),
          ])
        return older
      })
      rows += found.length
      after = found.at(-1)?.id
    }
  }
  if (rows > 0)
    await db.transaction((tx) =>
      record(tx, systemActor('keys'), {
        ...{ subject: 'system', subjectId: NIL, type: 'keys.resealed' },
        data: { keyId: vault.keyId, rows },
      }),
    )
  return rows
}
