// Backups are taken beside the writing service, come back whole or to a moment, and are refused when they are not whole.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openDeps, type Deps } from '../../src/deps.ts'
import { createPerson } from '../../src/people/commands.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { takeCheckpoint } from '../../src/platform/checkpoint.ts'
import { plusHours, systemClock, type Instant } from '../../src/platform/clock.ts'
import { startEmbedded } from '../../src/platform/embedded.ts'
import { record } from '../../src/platform/events.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { leadsOn } from '../../src/platform/timelines.ts'
import { backupAge } from '../../workers/backup-age.ts'
import { backup } from '../../workers/backup.ts'
import { generateName, generatePhone, seeded } from '../support/identity.ts'
import {
  ask,
  environment,
  install,
  quiet,
  ROOT,
  run as runScript,
  type Installation,
} from './installation.ts'
import { collectingLog } from './opened.ts'

const CHAIN = '01990000-0000-7000-8000-000000000001'

let folder: string
let backups: string
let archiveDir: string
let server: Installation['server']
let deps: Installation['deps']
let close: Installation['close']
let written = 0

beforeAll(async () => {
  ;({ folder, server, deps, close } = await install({ archived: true }))
  backups = join(folder, 'backups')
  archiveDir = join(folder, 'archive')
  await ask(server.url, 'create table kept (n int primary key)')
  const rng = seeded(7)
  const person = { name: generateName(rng), phone: generatePhone(rng) }
  await deps.db.transaction((tx) => createPerson(tx, deps.vault, systemActor('test'), person))
  await deps.files.store(Buffer.from('一份附件'), { name: '附件.txt', maxBytes: 1000, allow: ['txt'] })
  await takeCheckpoint(deps)
})
afterAll(() => close())

/** One more row, and one more event in the chain. */
async function write(): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const event = { subject: 'unit', subjectId: CHAIN, type: 'unit.renamed', data: { n: written + 1 } }
    await record(tx, systemActor('test'), event)
    await tx.query({ name: 'test.keep', text: 'insert into public.kept values ($1)' }, [written + 1])
  })
  written++
}

const run = (script: 'backup' | 'restore' | 'drills', args: string[], dataDir?: string, more = {}) =>
  runScript(script, args, { ...environmentOf(dataDir), ...more })

const environmentOf = (dataDir = join(folder, 'live')) => ({
  ...environment(dataDir),
  ARCHIVE_DIR: archiveDir,
})

/** What a restored installation holds, read from its own server. */
async function stateOf(dataDir: string) {
  const restored = await startEmbedded({
    dataDir: join(dataDir, 'database'),
    port: 0,
    durable: true,
    log: quiet,
  })
  try {
    const [state] = await ask(
      restored.url,
      `select (select count(*)::int from kept) as rows, (select max(n) from kept) as newest,
         (select count(*)::int from app.events where subject_id = '${CHAIN}') as events,
         (select type from app.events order by at desc, seq desc limit 1) as last`,
    )
    return state
  } finally {
    await restored.stop()
  }
}

/** The archive holds everything that was written so far. */
async function archived(): Promise<void> {
  const [segment] = await ask(server.url, 'select pg_walfile_name(pg_switch_wal()) as name')
  const file = join(archiveDir, `${String(segment?.['name'])}.gz`)
  for (let tries = 0; tries < 200 && !existsSync(file); tries++) await pause(50)
  expect(existsSync(file)).toBe(true)
}

const newestBackup = () =>
  join(backups, readdirSync(backups).findLast((name) => name.startsWith('banjian-')) ?? '')

describe('a backup', { timeout: 120_000 }, () => {
  let beforeMistake: Instant

  test('is taken while the service writes, and proves whole', async () => {
    let writing = true
    const writer = (async () => {
      while (writing) await write()
    })()
    const { code, said } = await run('backup', ['--to', backups])
    const during = written
    writing = false
    await writer
    expect(said).toContain('✓ 备份完成')
    expect(said).toContain('主密钥')
    expect(code).toBe(0)
    expect(during).toBeGreaterThan(20)
    expect(readdirSync(backups).filter((name) => name.startsWith('.'))).toEqual([])
    expect(readdirSync(newestBackup()).toSorted()).toEqual([
      'cluster',
      'files.list',
      'manifest.json',
      'password',
      'wal',
    ])

    const drill = await run('restore', ['--from', backups, '--verify'])
    expect(drill.said).toContain('✓ 演练通过')
    expect(drill.said).toContain('试解密 1 人，0 人未能解密')
    expect(drill.said).toMatch(/✓ 逐页核对 \d{3} 张表和索引（amcheck），0 个有损坏/)
    expect(drill.code).toBe(0)
  })

  test('comes back, with the archive, to the moment just before a mistake', async () => {
    await write()
    const good = written
    await pause(5)
    beforeMistake = systemClock.now()
    await pause(5)
    await deps.db.bulk((client) => client.query('delete from public.kept'))
    await write()
    await archived()

    const to = join(folder, 'restored')
    const { code, said } = await run('restore', ['--from', backups, '--at', beforeMistake], to)
    expect(said).toContain('✓ 已恢复')
    expect(said).toContain('主密钥尚未放回')
    expect(code).toBe(0)
    expect(await stateOf(to)).toEqual({ rows: good, newest: good, events: good, last: 'system.restored' })
    expect(readdirSync(join(to, 'files')).length).toBeGreaterThan(0)

    const again = await run('restore', ['--from', backups], to)
    expect(again).toMatchObject({ code: 1, said: expect.stringContaining('不是空的') })
    expect(await stateOf(to)).toMatchObject({ rows: good })
  })

  test('leads on to those lines of history that went through its end', () => {
    const end = { timeline: 1, lsn: '0/2000120' }
    expect(leadsOn(end, '1\t0/2000120\tno recovery target specified\n')).toBe(true)
    expect(leadsOn(end, '1\t0/3000000\tbefore 2020-08-14\n\n2\t0/5000000\tbefore 2020-08-15\n')).toBe(true)
    expect(leadsOn(end, '1\t0/2000000\tbefore 2020-08-14\n')).toBe(false)
    expect(leadsOn({ timeline: 1, lsn: '1/0' }, '1\t0/FF000000\tbefore 2020-08-14\n')).toBe(false)
  })

  test('is refused for a moment that it does not reach, and then leaves nothing', async () => {
    const to = join(folder, 'refused')
    const early = await run('restore', ['--from', backups, '--at', '2020-08-14T09:00:00+08:00'], to)
    expect(early).toMatchObject({ code: 1, said: expect.stringContaining('早于最早的备份') })
    const late = await run('restore', ['--from', backups, '--at', '2099-01-01T00:00:00+08:00'], to)
    expect(late).toMatchObject({
      code: 1,
      said: expect.stringMatching(/recovery ended before|could not be recovered/),
    })
    expect(existsSync(join(to, 'database', 'cluster'))).toBe(false)
    expect(await run('restore', ['--from', backups, '--at', 'yesterday'], to)).toMatchObject({ code: 2 })
  })

  test('is refused when a byte of it was altered, and its drill fails with another key', async () => {
    const table = join(newestBackup(), 'cluster', 'global', 'pg_filenode.map')
    const whole = readFileSync(table)
    await appendFile(table, 'x')
    const to = join(folder, 'altered')
    const altered = await run('restore', ['--from', backups], to)
    expect(altered).toMatchObject({
      code: 1,
      said: expect.stringContaining('pg_filenode.map of the backup was altered'),
    })
    expect(existsSync(join(to, 'database', 'cluster'))).toBe(false)
    await writeFile(table, whole)

    const foreign = join(folder, 'foreign')
    const config = readConfig({ DATA_DIR: foreign })
    await expect(openDeps(config, server.url, { log: collectingLog().log })).rejects.toThrow(/does not exist/)
    const drill = await run('restore', ['--from', backups, '--verify'], foreign)
    expect(drill).toMatchObject({ code: 1, said: expect.stringContaining('没有主密钥') })
  })

  test('holds the keys only when told to, and older ones are taken away on request', async () => {
    expect(await run('backup', ['--to', backups, '--keys', join(backups, 'secret')])).toMatchObject({
      code: 2,
    })
    const first = newestBackup()
    const { code, said } = await run('backup', ['--to', backups, '--with-keys', '--keep', '1'])
    expect(said).toContain('清理：1 次旧备份')
    expect(code).toBe(0)
    expect(existsSync(first)).toBe(false)
    const live = join(folder, 'live', 'keys', 'master.key')
    expect(readFileSync(join(backups, 'keys', 'master.key'))).toEqual(readFileSync(live))

    await rm(join(folder, 'foreign'), { recursive: true, force: true })
    // Without the archive it comes back to the moment it was complete.
    const drill = await run('restore', ['--from', backups, '--verify'], join(folder, 'foreign'), {
      ARCHIVE_DIR: '',
    })
    expect(drill).toMatchObject({ code: 0, said: expect.stringContaining('✓ 演练通过') })
  })
})

describe('the nightly backup', { timeout: 120_000 }, () => {
  let nightly: string
  let lines: string[]
  let asked: Deps
  const later = (days: number) => ({ now: () => plusHours(systemClock.now(), 24 * days) })
  const types = () =>
    ask(
      server.url,
      `select type from app.events where type like 'system.%' and type <> 'system.restored' order by at desc, seq desc limit 2`,
    )
  const ages = async () => {
    const { text } = await createMetrics(asked).read()
    return Object.fromEntries(
      [...text.matchAll(/^banjian_(backup|drill)_age_seconds (\S+)$/gm)].map(([, what, age]) => [
        what,
        Number(age?.replace('+Inf', 'Infinity')),
      ]),
    )
  }

  beforeAll(() => {
    nightly = join(folder, 'nightly')
    const collecting = collectingLog()
    lines = collecting.lines
    asked = { ...deps, log: collecting.log, config: { ...deps.config, BACKUP_DIR: nightly } }
  })

  test('is left to others where no folder is named', async () => {
    await backup(deps, {})
    expect(await ask(server.url, `select from app.scheduled_runs where job in ('backup', 'drill')`)).toEqual(
      [],
    )
  })

  test('is taken and proved once a night, which the history and the measures tell', async () => {
    await backup(asked, {})
    await backup(asked, {})
    expect(readdirSync(nightly).filter((name) => name.startsWith('banjian-'))).toHaveLength(1)
    expect(await types()).toEqual([{ type: 'system.drilled' }, { type: 'system.backed-up' }])
    expect(
      await ask(
        server.url,
        `select job, result from app.scheduled_runs where job in ('backup', 'drill') order by job`,
      ),
    ).toEqual([
      { job: 'backup', result: 'taken' },
      { job: 'drill', result: 'passed' },
    ])
    const { backup: taken, drill } = await ages()
    expect(taken).toBeLessThan(120)
    expect(drill).toBeLessThan(Number(taken))
    await backupAge(asked, {})
    expect(lines.filter((line) => line.includes('"level":50'))).toEqual([])
    await backupAge({ ...asked, clock: { now: () => plusHours(systemClock.now(), 27) } }, {})
    expect(lines.join('')).toContain('the last good backup is more than 26 hours old')
    expect(lines.join('')).toContain('the last good drill is more than 26 hours old')
  })

  test('whose drill fails says so, and does not count as proved', async () => {
    const before = await ages()
    await ask(server.url, 'alter table app.events disable trigger user')
    await ask(
      server.url,
      `update app.events set canon = canon || ' ' where subject_id = '${CHAIN}' and seq = 1`,
    )
    // An index that no longer agrees with its table, as after a change of the library that sorts.
    await ask(server.url, `create function place(int) returns int language sql immutable as 'select $1'`)
    await ask(server.url, 'create index kept_place on kept (place(n))')
    await ask(
      server.url,
      `create or replace function place(int) returns int language sql immutable as 'select -$1'`,
    )
    await backup({ ...asked, clock: later(1) }, {})
    expect(await types()).toEqual([{ type: 'system.drill-failed' }, { type: 'system.backed-up' }])
    expect(lines.join('')).toContain('the drill of the nightly backup failed')
    const after = await ages()
    expect(after['drill']).toBeGreaterThan(Number(before['drill']))
    expect(after['backup']).toBeLessThan(Number(after['drill']))
    const { said } = await run('drills', [])
    expect(said).toMatch(/\n +逐页核对 \d+ 张表和索引（amcheck），1 个有损坏：kept_place\n/)
    expect(said).toMatch(/✗ 演练未通过 .*\n +核对 .*发现 \d+ 处问题\n/)
  })

  test('that cannot be taken fails as a job, and leaves no run behind that would pass for one', async () => {
    await writeFile(join(folder, 'in-the-way'), '')
    const config = { ...asked.config, BACKUP_DIR: join(folder, 'in-the-way') }
    await expect(backup({ ...asked, clock: later(2), config }, {})).rejects.toThrow('ended with code 1')
    expect(readFileSync(join(folder, 'live', 'logs', 'backup.log'), 'utf8')).toContain('in-the-way')
    const period = later(2).now().slice(0, 10)
    expect(await ask(server.url, `select from app.scheduled_runs where period = '${period}'`)).toEqual([])
  })

  test('leaves nothing of a drill that was killed to the next one', async () => {
    const scratch = join(folder, 'scratch')
    mkdirSync(scratch)
    const env = { ...environmentOf(), TMPDIR: scratch }
    const args = ['scripts/restore.ts', '--from', nightly, '--verify']
    const killed = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'ignore' })
    const begun = () =>
      readdirSync(scratch).some((name) => existsSync(join(scratch, name, 'database', 'cluster', 'base')))
    for (let tries = 0; tries < 600 && !begun(); tries++) await pause(50)
    killed.kill('SIGKILL')
    await once(killed, 'close')
    expect(readdirSync(scratch)).toHaveLength(1)
    await run('restore', ['--from', nightly, '--verify'], join(folder, 'live'), { TMPDIR: scratch })
    expect(readdirSync(scratch)).toEqual([])
  })
})
