// Measures an import of many orders with histories: the whole way of a workbook, and the taking over beside COPY and merge.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { from, to } from 'pg-copy-streams'
import type { Deps } from '../../src/deps.ts'
import { requestCommit, requestImport } from '../../src/imports/commands.ts'
import { runImport } from '../../src/imports/job.ts'
import { findImport } from '../../src/imports/records.ts'
import { systemActor } from '../../src/platform/actor.ts'
import type { BulkClient } from '../../src/platform/copy.ts'
import type { StoredFile } from '../../src/platform/files.ts'
import type { OutboxEvent } from '../../src/platform/outbox.ts'
import { prepareOffice } from '../demo/office.ts'

type Report = (line: string) => void

interface Where {
  url: string
  dataDir: string
}

export async function measureImport(
  where: Where & { deps: Deps },
  orders: number,
  report: Report,
): Promise<void> {
  const { deps } = where
  const { db, files } = deps
  await prepareOffice(deps)
  const actor = systemActor('bench')
  const kept: StoredFile[] = []
  for await (const { name, bytes } of workbooks(where, orders)) {
    kept.push(await files.store(bytes, { name, maxBytes: 512 * 1024 * 1024, allow: ['xlsx'] }))
  }
  // The goal is for an idle machine: what the load before has left to tidy up is done now, not beside the import.
  await db.bulk((client) => client.query('vacuum analyze'))
  const memory = watchMemory()
  const ids: string[] = []
  let [checking, taking] = [0, 0]
  for (const file of kept) {
    const started = performance.now()
    const { id } = await db.transaction((tx) => requestImport(tx, actor, file, true))
    ids.push(id)
    await runImport(deps, event('import.requested', id), settled)
    const held = await findImport(db, id)
    if (held?.status !== 'checked')
      throw new Error(`the import is ${held?.status}: ${JSON.stringify(held?.problem)}`)
    await db.transaction((tx) => requestCommit(tx, actor, id, 'all-or-nothing', held.version))
    const asked = performance.now()
    await runImport(deps, event('import.commit-requested', id), settled)
    checking += asked - started
    taking += performance.now() - asked
  }
  const grown = memory.stop()
  const floor = await floorOf(deps, ids)
  const [whole, rate] = [checking + taking, orders / ((checking + taking) / 1000)]
  report(
    `import of ${orders} orders with histories from .xlsx: ${Math.round(rate)} rows/s (goal 5000, ${verdict(rate >= 5000)}) — ` +
      `check ${seconds(checking)}, take over ${seconds(taking)}; resident growth ${grown} MB (goal 200, ${verdict(grown < 200)})`,
  )
  report(
    `the same beside COPY to staging and merge of the same rows: ${(whole / floor).toFixed(2)} times (goal 4, ` +
      `${verdict(whole / floor <= 4)}), taking over alone ${(taking / floor).toFixed(2)}; floor ${seconds(floor)}`,
  )
}

const verdict = (reached: boolean) => (reached ? 'reached' : 'MISSED')
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const settled = async () => undefined

function event(type: string, subjectId: string): OutboxEvent {
  return {
    id: crypto.randomUUID(),
    subject: 'import',
    subjectId,
    seq: 1,
    type,
    at: '',
    actorId: systemActor('bench').id,
    data: {},
  }
}

/** Made by another process: their making would hide what the import needs. */
async function* workbooks(
  { url, dataDir }: Where,
  orders: number,
): AsyncGenerator<{ name: string; bytes: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'banjian-bench-'))
  try {
    const script = fileURLToPath(new URL('workbooks.ts', import.meta.url))
    const { stdout, stderr } = spawnSync(process.execPath, [script, url, folder, String(orders)], {
      encoding: 'utf8',
      env: { ...process.env, DATA_DIR: dataDir },
    })
    if (stdout === '') throw new Error(stderr)
    for (const name of stdout.trim().split('\n')) yield { name, bytes: await readFile(join(folder, name)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const ofImport = 'select id from matters where import_id = any($1::uuid[])'
const written: Record<string, string> = {
  people: 'id in (select person_id from matters where import_id = any($1::uuid[]))',
  matters: 'import_id = any($1::uuid[])',
  ...Object.fromEntries(
    ['legs', 'replies', 'extensions', 'return_requests', 'call_backs', 'screenings'].map((t) => [
      t,
      `matter_id in (${ofImport})`,
    ]),
  ),
  events: `subject_id in (${ofImport})`,
}

/** Milliseconds to COPY the rows that the imports wrote into bare staging tables and merge them into tables of the same kind. */
async function floorOf({ db }: Deps, ids: string[]): Promise<number> {
  return db.bulk(async (client) => {
    let spent = 0
    for (const [table, where] of Object.entries(written)) {
      const { rows } = await client.query<{ name: string }>(
        `select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
         and attgenerated = '' order by attnum`,
        [table],
      )
      const columns = rows.map((row) => row.name).join(', ')
      await client.query(`create table floor_${table} (like ${table} including all)`)
      await client.query(`create temp table staged_${table} as select ${columns} from ${table} limit 0`)
      await client.query(
        `create temp table given_${table} as select ${columns} from ${table} where ${where.replace('$1', `'{${ids.join(',')}}'`)}`,
      )
      const lines = await copyOut(client, `copy given_${table} to stdout`)
      const started = performance.now()
      await copyIn(client, `copy staged_${table} from stdin`, lines)
      await client.query(`insert into floor_${table} (${columns}) select ${columns} from staged_${table}`)
      spent += performance.now() - started
      await client.query(`drop table floor_${table}, staged_${table}, given_${table}`)
    }
    return spent
  })
}

async function copyOut(client: BulkClient, text: string): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const chunk of client.query(to(text))) chunks.push(chunk as Buffer)
  return chunks
}

async function copyIn(client: BulkClient, text: string, chunks: Buffer[]): Promise<void> {
  await pipeline(Readable.from(chunks), client.query(from(text)))
}

function watchMemory(): { stop(): number } {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100)
  return {
    stop() {
      clearInterval(timer)
      return Math.round((most - before) / 1048576)
    },
  }
}
