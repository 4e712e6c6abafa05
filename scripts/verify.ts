// Verifies the history of an installation: `npm run verify`. Exit code 1 when anything was found.
import { join } from 'node:path'
import { readConfig } from '../src/config.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openDatabase } from '../src/platform/db.ts'
import { attachEmbedded, startEmbedded } from '../src/platform/embedded.ts'
import { openVault } from '../src/platform/vault.ts'
import { foreignKeys } from '../src/platform/vault-keys.ts'
import { verifyChains, type Verification } from '../src/platform/verify.ts'

const config = readConfig()
const say = (line: string) => process.stdout.write(`${line}\n`)
const silent = { info() {}, warn() {}, error() {} }

const database = await findDatabase()
try {
  const keyFile = config.MASTER_KEY_FILE ?? join(config.dataDir, 'keys', 'master.key')
  const vault = openVault({ keyFile })
  const onError = (error: Error) => say(`数据库连接中断：${error.name}`)
  const db = openDatabase({ url: database.url, connections: 2, clock: systemClock, onError })
  try {
    const foreign = await foreignKeys(db, vault)
    if (foreign !== undefined) {
      say(`✗ 主密钥文件 ${keyFile} 与数据库不符：${foreign}`)
      process.exitCode = 1
    }
    report(await verifyChains(db, vault, config.CHECKPOINT_DIR))
  } finally {
    await db.end()
  }
} finally {
  await database.stop()
}

/** The database of the configuration; the embedded one beside a running service, or started for this. */
async function findDatabase(): Promise<{ url: string; stop(): Promise<void> }> {
  const stop = () => Promise.resolve()
  if (config.DATABASE_URL !== undefined) return { url: config.DATABASE_URL, stop }
  const home = { dataDir: join(config.dataDir, 'database'), durable: true, archiveDir: config.ARCHIVE_DIR }
  const running = await attachEmbedded(home)
  if (running !== undefined) return { url: running.url, stop }
  return startEmbedded({ ...home, port: config.EMBEDDED_PORT, log: silent })
}

function report({ events, chains, checkpoints, findings, more }: Verification): void {
  say(`共核对 ${events} 条事件、${chains} 条事件链、${checkpoints} 次封存。`)
  for (const { place, message } of findings) say(`✗ ${place}  ${message}`)
  if (more > 0) say(`……另有 ${more} 处`)
  const count = findings.length + more
  say(count === 0 ? '✓ 历史完整，未发现改动。' : `发现 ${count} 处问题，请立即报告安全管理员，保留现场。`)
  if (count > 0) process.exitCode = 1
}
