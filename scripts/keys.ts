// The master key's versions: `npm run keys`, `npm run keys -- add`, and after a restart `npm run keys -- reseal`.
import { reseal, sealedBy } from '../src/people/rotation.ts'
import { keyFileOf } from '../src/config.ts'
import { addKeyVersion } from '../src/platform/master-key.ts'
import { foreignKeys, knownKeys } from '../src/platform/vault-keys.ts'
import { misused, readArguments } from './arguments.ts'
import { say, withInstallation } from './installation.ts'

const USAGE = 'Usage: npm run keys [-- add|reseal]'
const { positionals } = readArguments(USAGE, { allowPositionals: true })
const [command, ...more] = positionals
if (more.length > 0 || (command !== undefined && command !== 'add' && command !== 'reseal')) misused(USAGE)

await withInstallation(async ({ config, db, vault }) => {
  const foreign = await foreignKeys(db, vault)
  if (foreign !== undefined) return refuse(`主密钥文件与数据库不符：${foreign}`)
  const known = await knownKeys(db)
  const pending = vault.keyIds.filter((keyId) => !known.some((each) => each.keyId === keyId))
  if (command === 'add') {
    if (pending.length > 0) return refuse(`第${pending.join('、')}版主密钥尚未启用，请先重启各进程`)
    const path = keyFileOf(config)
    const keyId = addKeyVersion(path)
    say(`✓ 已在 ${path} 中添加第${keyId}版主密钥。`)
    say('请立即将该文件复制到机器之外保存，并重启各进程；然后执行 npm run keys -- reseal。')
    return
  }
  if (command === 'reseal') {
    if (pending.length > 0) return refuse('最新的主密钥尚未启用：各进程重启后再执行')
    const started = performance.now()
    const rows = await reseal(db, vault)
    say(
      `✓ 已用第${vault.keyId}版主密钥重新加密 ${rows} 行（${((performance.now() - started) / 1000).toFixed(1)} 秒）。`,
    )
  }
  const sealed = new Map((await sealedBy(db)).map(({ keyId, rows }) => [keyId, rows]))
  for (const { keyId, fingerprint, since } of known)
    say(`第${keyId}版  ${fingerprint}  ${since} 起  加密的值 ${sealed.get(keyId) ?? 0}`)
  for (const keyId of pending) say(`第${keyId}版  ${vault.fingerprint(keyId)}  尚未启用，重启各进程后启用`)
})

function refuse(why: string): void {
  say(`✗ ${why}`)
  process.exitCode = 1
}
