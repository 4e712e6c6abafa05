// Proves that a restored installation is whole: history, keys, stored files, counts, indexes, figures.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compare } from '../src/kpi/rollup.ts'
import { openPerson } from '../src/people/seal.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase, statement, type Database } from '../src/platform/db.ts'
import { migrate, pendingMigrations } from '../src/platform/migrate.ts'
import { openVault, type Vault } from '../src/platform/vault.ts'
import { foreignKeys } from '../src/platform/vault-keys.ts'
import { verifyChains } from '../src/platform/verify.ts'
import { provable } from '../src/provable.ts'

export interface Line {
  good: boolean
  text: string
}

export interface Restored {
  url: string
  keyFile: string
  /** The content store. */
  store: string
  /** Rows that must be there at least, by table. */
  rows: Record<string, number>
}

const PEOPLE = 100

/** One line a check, good or bad; brings the database to the current version first, as a start would. */
export async function prove(restored: Restored): Promise<Line[]> {
  const lines: Line[] = []
  const say = (good: boolean, text: string) => void lines.push({ good, text })
  const vault = openVault({ keyFile: restored.keyFile })
  const onError = (error: Error) => say(false, `数据库连接中断：${error.name}`)
  const db = openDatabase({ url: restored.url, connections: 2, clock: systemClock, onError })
  try {
    const pending = await pendingMigrations((text) => db.query({ name: 'proof.migrations', text }))
    if (pending > 0) await migrate(restored.url)
    say(
      pending >= 0,
      pending === 0
        ? '数据库结构与本版本一致'
        : pending > 0
          ? `数据库结构已升级 ${pending} 步`
          : '数据库来自更新的版本',
    )
    await checkKeys(db, vault, say)
    await checkHistory(db, vault, say)
    await checkRows(db, restored.rows, say)
    await checkFiles(db, restored.store, say)
    const differing = (await compare(db, systemClock.now())).length
    say(
      differing === 0,
      differing === 0 ? '指标汇总与逐件重算一致' : `指标汇总有 ${differing} 处与逐件重算不符`,
    )
  } finally {
    await db.end()
  }
  return lines
}

type Say = (good: boolean, text: string) => void

const sealed = statement<{ id: string; sealed: Buffer }>(
  'proof.people',
  `select id, sealed from people order by id desc limit ${PEOPLE}`,
)

async function checkKeys(db: Database, vault: Vault, say: Say): Promise<void> {
  const foreign = await foreignKeys(db, vault)
  if (foreign !== undefined) return say(false, `主密钥与数据库不符：${foreign}`)
  const people = await sealed(db)
  const closed = people.filter((row) => {
    try {
      openPerson(vault, row)
      return false
    } catch {
      return true // which one, and why, says nothing more: a sealed value opens or it does not
    }
  })
  say(closed.length === 0, `主密钥相符，试解密 ${people.length} 人，${closed.length} 人未能解密`)
}

async function checkHistory(db: Database, vault: Vault, say: Say): Promise<void> {
  const { events, chains, checkpoints, findings, more } = await verifyChains(db, vault, provable)
  const count = findings.length + more
  say(count === 0, `核对 ${events} 条事件、${chains} 条事件链、${checkpoints} 次封存，发现 ${count} 处问题`)
  for (const { place, message } of findings.slice(0, 20)) say(false, `${place}  ${message}`)
}

async function checkRows(db: Database, least: Record<string, number>, say: Say): Promise<void> {
  // Every page is read on the way, and with it its checksum.
  const tables = await db.query<{ name: string }>({
    name: 'proof.tables',
    text: `select tablename as name from pg_tables where schemaname = 'app' order by 1`,
  })
  const counts: string[] = []
  for (const { name } of tables) {
    const text = `select count(*)::int as n from app."${name}"`
    const n = (await db.query<{ n: number }>({ name: `proof.rows-${name}`, text }))[0]?.n ?? 0
    const wanted = least[name] ?? 0
    if (n < wanted) say(false, `${name} 应至少有 ${wanted} 行，只有 ${n} 行`)
    if (name in least) counts.push(`${name} ${n}`)
  }
  say(true, `读取了全部 ${tables.length} 张表：${counts.join('、')}`)
}

async function checkFiles(db: Database, store: string, say: Say): Promise<void> {
  const rows = await db.query<{ hash: string }>({
    name: 'proof.files',
    text: 'select distinct hash from files where removed_at is null',
  })
  let lacking = 0
  for (const { hash } of rows) {
    const path = join(store, hash.slice(0, 2), hash.slice(2, 4), hash)
    if (
      !(await stat(path).then(
        (found) => found.isFile(),
        () => false,
      ))
    )
      lacking++
  }
  say(lacking === 0, `附件 ${rows.length} 个，缺 ${lacking} 个`)
}
