// Verifies the history of an installation: `npm run verify`. Exit code 1 when anything was found.
import { foreignKeys } from '../src/platform/vault-keys.ts'
import { verifyChains } from '../src/platform/verify.ts'
import { provable } from '../src/provable.ts'
import { say, withInstallation } from './installation.ts'

await withInstallation(async ({ config, db, vault }) => {
  const { events, chains, checkpoints, findings, more } = await verifyChains(
    db,
    vault,
    provable,
    config.CHECKPOINT_DIR,
  )
  say(`共核对 ${events} 条事件、${chains} 条事件链、${checkpoints} 次封存。`)
  for (const { place, message } of findings) say(`✗ ${place}  ${message}`)
  if (more > 0) say(`……另有 ${more} 处`)
  const foreign = await foreignKeys(db, vault)
  if (foreign !== undefined) say(`✗ 主密钥与数据库不符：${foreign}`)
  const count = findings.length + more
  say(count === 0 ? '✓ 历史完整，未发现改动。' : `发现 ${count} 处问题，请立即报告安全管理员，保留现场。`)
  if (count > 0 || foreign !== undefined) process.exitCode = 1
})
