// Changing the master key: everything that the old one sealed is sealed again, opens, and is found as before.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import { reseal, sealedBy, sealedTables } from '../../src/people/rotation.ts'
import type { SealedRow } from '../../src/people/seal.ts'
import { addKeyVersion, createKeyFile } from '../../src/platform/master-key.ts'
import { openVault } from '../../src/platform/vault.ts'
import { openDesk, type Desk } from '../matters/desk.ts'

/** Bytes that are digests, marks or signatures: nothing can be read out of them, and they follow older keys by themselves. */
const NOT_SEALED = [
  ...['checkpoints.digest', 'checkpoints.signature', 'events.hash', 'sealed_heads.hash', 'matters.head'],
  ...['idempotency.fingerprint', 'sessions.token_hash', 'api_keys.hash', 'query_codes.code_bi'],
  ...['import_orders.caller', 'mail_rows.mark', 'mail_rows.content_mark'],
]

describe('changing the master key', () => {
  let desk: Desk
  let folder: string
  let keyFile: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'banjian-rotation-'))
    keyFile = join(folder, 'master.key')
    createKeyFile(keyFile)
    desk = await openDesk({
      MASTER_KEY_FILE: keyFile,
      SMS_GATEWAY_URL: 'http://127.0.0.1:9/',
      SMS_GATEWAY_TOKEN: 'unused-in-this-test-0123456789',
    })
    await desk.deps.db.transaction(loadShippedRegions)
    const caller = { name: '赵德全', phone: '15400000001', idNo: '110101199003071014', address: '荣山镇' }
    const accused = await desk.register({ category: 'report', caller, confidential: true })
    const post = async (who: Parameters<typeof desk.call>[0], url: string, body: unknown) => {
      const answer = await desk.call(who, 'POST', url, body)
      if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
      return answer.body
    }
    for (const n of [2, 3, 4])
      await desk.register({ caller: { name: '李有福', phone: `1540000000${n}`, phone2: '15400000009' } })
    await post('dispatcher', `/api/matters/${accused.id}/accused`, { name: '王主任', post: '主任' })
    for (const n of [1, 2, 3])
      await post('dispatcher', '/api/sms/contacts', {
        ...{ regionCode: '510802001', post: '村支部书记', name: '张村长', number: `1390000000${n}` },
      })
    const batch = await post('dispatcher', '/api/sms/batches', {
      text: '今晚有暴雨。',
      regionCodes: ['510802'],
    })
    await post('leader', `/api/sms/batches/${batch.id}/release`, {})
    const programme = await post('leader', '/api/relief/programmes', {
      ...{ name: '困难救助', basis: '会议纪要', minFen: 50_000, maxFen: 200_000, fromDay: '2020-01-01' },
    })
    const person = await post('registrar', '/api/people', { name: '孙二娘' })
    for (const account of ['6217003660001234567', undefined]) {
      const of =
        account === undefined ? (await post('registrar', '/api/people', { name: '孙三娘' })).id : person.id
      await post('registrar', '/api/relief/grants', {
        ...{ programmeId: programme.id, personId: of, grade: '二级', amountFen: 100_000, basis: '困难' },
        ...(account === undefined ? {} : { account }),
      })
    }
  })
  afterAll(async () => {
    await desk.close()
    await rm(folder, { recursive: true, force: true })
  })

  const rows = async (sql: string) =>
    (await desk.deps.db.bulk((client) => client.query(sql))).rows as SealedRow[]
  const stored = (i: number) => {
    const { table, sealed, found = [] } = sealedTables[i] as (typeof sealedTables)[number]
    return rows(
      `select id, ${[...sealed, ...found].join(', ')} from app.${table} where ${sealed[0]} is not null order by id`,
    )
  }

  it('knows every column that holds bytes, as sealed or as nothing that could be opened', async () => {
    const columns = (
      await desk.deps.db.bulk((client) =>
        client.query(
          `select table_name || '.' || column_name as name from information_schema.columns
         where table_schema = 'app' and data_type = 'bytea' and table_name not like 'staged%'`,
        ),
      )
    ).rows as { name: string }[]
    const known = sealedTables.flatMap(({ table, sealed, found = [] }) =>
      [...sealed, ...found].map((column) => `${table}.${column}`),
    )
    expect(columns.map(({ name }) => name).toSorted()).toEqual([...known, ...NOT_SEALED].toSorted())
  })

  it('seals every row again, which then opens and is found without the old key', async () => {
    const before = await Promise.all(sealedTables.map((_, i) => stored(i)))
    expect(before.every((of) => of.length > 0)).toBe(true)
    addKeyVersion(keyFile)
    const [, second = ''] = (await readFile(keyFile, 'utf8')).trim().split('\n')
    await writeFile(join(folder, 'only.key'), `${second}\n`, { mode: 0o400 })
    const newer = openVault({ keyFile })
    // Knows nothing but the new key.
    const only = openVault({ keyFile: join(folder, 'only.key') })
    expect(() => sealedTables[0]?.again(only, before[0]?.[0] as SealedRow)).toThrow('No key version 1')

    expect(await reseal(desk.deps.db, newer, 2)).toBe(before.flat().length)
    expect(await sealedBy(desk.deps.db)).toMatchObject([{ keyId: 2 }])
    for (const [i, { again, found = [], sealed }] of sealedTables.entries()) {
      const after = await stored(i)
      expect(after.map(({ id }) => id)).toEqual(before[i]?.map(({ id }) => id))
      for (const row of after) {
        const once = again(only, row)
        for (const column of found) expect(row[column] ?? null).toEqual(once[column])
        for (const column of sealed) expect(row[column]).not.toEqual(once[column])
      }
    }
    expect(await reseal(desk.deps.db, newer, 2)).toBe(0)
  })

  it('says that it was done, once, and touches nothing that anybody could have read before', async () => {
    const told = (
      await desk.deps.db.bulk((client) =>
        client.query(`select canon from app.events where type = 'keys.resealed'`),
      )
    ).rows as { canon: string }[]
    expect(told.map(({ canon }) => (JSON.parse(canon) as { data: object }).data)).toMatchObject([
      { keyId: 2 },
    ])
    const [version] = (
      await desk.deps.db.bulk((client) => client.query('select max(version)::int as version from app.people'))
    ).rows as { version: number }[]
    expect(version).toEqual({ version: 1 })
  })
})
