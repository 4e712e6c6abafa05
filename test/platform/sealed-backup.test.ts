// Backups under a key of their own show nothing of what they hold, come back with it, and are refused where anything was altered.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { takeCheckpoint } from '../../src/platform/checkpoint.ts'
import { startEmbedded } from '../../src/platform/embedded.ts'
import { backup } from '../../workers/backup.ts'
import {
  ask,
  environment,
  homeOf,
  install,
  quiet,
  run as runScript,
  type Installation,
} from './installation.ts'

const TITLE = '反映滨河路夜市油烟扰民'
const ATTACHED = '附件里的一句话'

let folder: string
let backups: string
let keyFile: string
let server: Installation['server']
let deps: Installation['deps']
let close: Installation['close']

beforeAll(async () => {
  ;({ folder, server, deps, close } = await install())
  backups = join(folder, 'backups')
  keyFile = newKey('backup.key')
  await ask(server.url, 'create table kept (title text)')
  await ask(server.url, `insert into kept values ('${TITLE}')`)
  await attach(ATTACHED)
  await takeCheckpoint(deps)
}, 120_000)
afterAll(async () => {
  rmSync(homeOf(join(folder, 'restored')), { recursive: true, force: true })
  await close()
})

function newKey(name: string): string {
  const path = join(folder, name)
  writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o400 })
  return path
}

const attach = (text: string) =>
  deps.files.store(Buffer.from(text), { name: '附件.txt', maxBytes: 1000, allow: ['txt'] })

const run = (
  script: 'backup' | 'restore',
  args: string[],
  { key = keyFile, dataDir = join(folder, 'live') }: { key?: string; dataDir?: string } = {},
) => runScript(script, args, { ...environment(dataDir), BACKUP_KEY_FILE: key })

const filesIn = (root: string) =>
  existsSync(root)
    ? readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []
const inClear = () => {
  const master = readFileSync(join(folder, 'live', 'keys', 'master.key'), 'utf8').trim()
  const password = readFileSync(join(folder, 'live', 'database', 'password'), 'utf8').trim()
  return { title: TITLE, attached: ATTACHED, password, master, key: readFileSync(keyFile, 'utf8').trim() }
}
/** Which of the secrets lie anywhere below a folder. */
function shown(root: string): string[] {
  const contents = filesIn(root).map((path) => readFileSync(path))
  return Object.entries(inClear())
    .filter(([, secret]) => contents.some((bytes) => bytes.includes(secret)))
    .map(([name]) => name)
}
const named = (root: string) => readdirSync(root).filter((name) => name.startsWith('banjian-'))
const pools = () =>
  readdirSync(backups)
    .filter((name) => name.startsWith('files'))
    .map((name) => filesIn(join(backups, name)).length)

test('the nightly backup is sealed where a key is set, shows nothing, and its drill passes', async () => {
  expect((await run('backup', ['--to', backups], { key: '' })).code).toBe(0)
  expect(shown(backups)).toEqual(['title', 'attached', 'password'])
  cpSync(backups, join(folder, 'clear'), { recursive: true })
  expect(pools()).toEqual([1])

  const config = { ...deps.config, BACKUP_DIR: backups, BACKUP_KEY_FILE: keyFile }
  await backup({ ...deps, config }, {})
  expect(
    await ask(
      server.url,
      `select job, result from app.scheduled_runs where job in ('backup', 'drill') order by job`,
    ),
  ).toEqual([
    { job: 'backup', result: 'taken' },
    { job: 'drill', result: 'passed' },
  ])
  // The one in clear is of the same day and was taken away, with its files, and with nothing of the sealed one.
  expect(named(backups)).toHaveLength(1)
  expect(pools()).toEqual([0, 1])
  expect(filesIn(backups).length).toBeGreaterThan(100)
  expect(shown(backups)).toEqual([])
}, 120_000)

test('a sealed backup comes back, with the files that older ones sealed too', async () => {
  await attach('另一份附件')
  const taken = await run('backup', ['--to', backups, '--keep', '1'])
  expect(taken).toMatchObject({ code: 0, said: expect.stringContaining('备份完成（已加密）') })
  expect(taken.said).toContain('清理：1 次旧备份、0 个附件')
  expect(pools()).toEqual([0, 2])

  const to = join(folder, 'restored')
  expect(await run('restore', ['--from', backups], { dataDir: to })).toMatchObject({ code: 0 })
  const texts = filesIn(join(to, 'files')).map((path) => readFileSync(path, 'utf8'))
  expect(texts.toSorted()).toEqual([ATTACHED, '另一份附件'].toSorted())
  const home = { dataDir: join(to, 'database'), port: 0, durable: true, log: quiet }
  const restored = await startEmbedded(home)
  try {
    expect(await ask(restored.url, 'select title from kept')).toEqual([{ title: TITLE }])
  } finally {
    await restored.stop()
  }
}, 120_000)

/** Restores into an empty folder a copy that somebody had in hand; what was said, and all that is there afterwards. */
async function refused(alter: (backup: string) => void, key?: string, source = backups) {
  const copy = mkdtempSync(join(folder, 'copy-'))
  cpSync(source, copy, { recursive: true })
  alter(join(copy, named(copy)[0] ?? ''))
  const dataDir = join(copy, 'to')
  const { code, said } = await run('restore', ['--from', copy], {
    dataDir,
    ...(key === undefined ? {} : { key }),
  })
  const home = homeOf(dataDir)
  const left = [
    ...filesIn(join(home, 'cluster')),
    ...filesIn(home).filter((path) => path === join(home, 'password')),
    ...filesIn(join(dataDir, 'files')),
    ...filesIn(join(dataDir, 'keys')),
  ]
  for (const path of [home, copy]) rmSync(path, { recursive: true, force: true })
  return { code, said, left }
}
type Manifest = { storedFiles: number; sealed?: unknown }
const rewrite = (backup: string, change: (manifest: Manifest) => void) => {
  const path = join(backup, 'manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}
const flip = (path: string) => {
  const bytes = readFileSync(path)
  const at = bytes.length - 20
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

test.each<[string, string, (backup: string) => void, (() => string)?]>([
  ['no key', '此备份已加密', () => {}, () => ''],
  ['another key', '备份密钥不符', () => {}, () => newKey('other.key')],
  ['a key that others may read', '他人可读', () => {}, () => exposed()],
  ['the mark taken off', '此备份未加密', (at) => rewrite(at, (manifest) => delete manifest.sealed)],
  ['an altered manifest', '备份的清单', (at) => rewrite(at, (manifest) => manifest.storedFiles++)],
  ['an altered list', '备份的清单', (at) => writeFileSync(join(at, 'files.list'), '')],
  ['a flipped byte', 'pg_control does not open', (at) => flip(join(at, 'cluster', 'global', 'pg_control'))],
  [
    'one file in place of another',
    'backup_label does not open',
    (at) => copyFileSync(join(at, 'cluster', 'PG_VERSION'), join(at, 'cluster', 'backup_label')),
  ],
])(
  'with %s a sealed backup is refused and leaves nothing',
  async (_, reason, alter, key) => {
    const { code, said, left } = await refused(alter, key?.())
    expect({ code, left }).toEqual({ code: 1, left: [] })
    expect(said).toContain(reason)
  },
  60_000,
)

function exposed(): string {
  const path = newKey('exposed.key')
  chmodSync(path, 0o444)
  return path
}

test('a stored file that was altered is named as lacking, and the rest comes back', async () => {
  const { code, said, left } = await refused((at) => {
    const pool = readdirSync(join(at, '..')).find((name) => name.startsWith('files-')) ?? ''
    flip(filesIn(join(at, '..', pool))[0] ?? '')
  })
  expect(code).toBe(1)
  expect(said).toContain('备份中缺 1 个附件')
  expect(left.filter((path) => path.includes('/to/files/'))).toHaveLength(1)
}, 60_000)

test('a backup in clear is restored beside a key only on demand', async () => {
  expect(await refused(() => {}, undefined, join(folder, 'clear'))).toMatchObject({ code: 1, left: [] })
  const drill = await run('restore', ['--from', join(folder, 'clear'), '--verify', '--plain'])
  expect(drill).toMatchObject({ code: 0, said: expect.stringContaining('✓ 演练通过') })
}, 60_000)

test('a sealed backup is not taken with a key beside it', async () => {
  const withKeys = await run('backup', ['--to', backups, '--with-keys'])
  expect(withKeys).toMatchObject({ code: 2, said: expect.stringContaining('请改用 --keys') })
  const beside = join(backups, 'backup.key')
  copyFileSync(keyFile, beside)
  const inside = await run('backup', ['--to', backups], { key: beside })
  expect(inside).toMatchObject({ code: 2, said: expect.stringContaining('备份密钥不得放在备份目录之内') })
  expect(named(backups)).toHaveLength(1)
  expect(existsSync(join(backups, 'keys'))).toBe(false)
})
