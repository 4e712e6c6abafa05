// Exports an installation as lines of JSON that outlive its database, or proves such an export: `npm run export -- --to DIR`.
import { resolve } from 'node:path'
import { systemActor, NIL } from '../src/platform/actor.ts'
import { systemClock } from '../src/platform/clock.ts'
import { record } from '../src/platform/events.ts'
import { verifyExport } from '../src/platform/export-verify.ts'
import { EXPORTED, writeExport } from '../src/platform/export.ts'
import { version } from '../src/version.ts'
import { misused, readArguments } from './arguments.ts'
import { say, withInstallation } from './installation.ts'

const USAGE = `用法：npm run export -- --to 目录 [--year 年份]
      npm run export -- --verify 导出的文件夹
  --to 目录        导出所在目录；每次导出为其中一个文件夹，每张表一个NDJSON文件，另有表结构和清单
  --year 年份      事件和封存只取该年写入的，其余各表为当前全部；不带则全部导出
  --verify 文件夹  仅凭导出的文件核对：各文件的散列值、事件链、每日封存及其签名；不需要数据库和主密钥`

const { values } = readArguments(USAGE, {
  options: { to: { type: 'string' }, year: { type: 'string' }, verify: { type: 'string' } },
})
const year = values.year === undefined ? undefined : Number(values.year)
if ((values.to === undefined) === (values.verify === undefined)) misused(USAGE)
if (year !== undefined && (!/^20\d\d$/.test(values.year ?? '') || values.to === undefined)) misused(USAGE)
if (values.to !== undefined) await take(resolve(values.to))
else await prove(resolve(values.verify ?? ''))

async function take(to: string): Promise<void> {
  await withInstallation(async ({ db, vault }) => {
    const asked = { at: systemClock.now(), year, version }
    const { name, folder, manifest, sha256 } = await writeExport({ db, vault }, to, asked)
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    // A copy of everything is an act that the audit must see; and the history holds what the export must be.
    const data = { name, year: year ?? null, rows, sha256 }
    await db.transaction((tx) =>
      record(tx, systemActor('export'), { subject: 'system', subjectId: NIL, type: EXPORTED, data }),
    )
    const events = manifest.tables.find((table) => table.name === 'events')?.rows ?? 0
    say(`✓ 导出完成：${folder}`)
    say(`  ${manifest.tables.length} 张表、${rows} 行，其中事件 ${events} 条；加密的内容仍为加密`)
    say(`  清单的SHA-256（已记入历史）：${sha256}`)
  })
}

async function prove(folder: string): Promise<void> {
  const { manifest, sha256, events, chains, checkpoints, findings, more } = await verifyExport(folder)
  const files = manifest.tables.length + manifest.schema.length
  say(`共核对 ${files} 个文件、${events} 条事件、${chains} 条事件链、${checkpoints} 次封存。`)
  say(`清单的SHA-256：${sha256}（应与历史中所记一致）`)
  for (const finding of findings) say(`✗ ${finding}`)
  if (more > 0) say(`……另有 ${more} 处`)
  const count = findings.length + more
  say(count === 0 ? '✓ 导出完整，未发现改动。' : `✗ 发现 ${count} 处问题。`)
  if (count > 0) process.exitCode = 1
}
