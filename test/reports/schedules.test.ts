// Reports that make themselves: due at their hour and not before, one for a period, kept, told of, tried again.
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { logTo } from '../../src/platform/log.ts'
import { statement } from '../../src/platform/db.ts'
import { runReports, writeFiles } from '../../src/reports/runs.ts'
import { periodsDue } from '../../src/reports/schedules.ts'
import { paragraphsOf } from '../support/docx.ts'
import { download, openOfficeYear, type OfficeYear } from './office-year.ts'

let year: OfficeYear
let desk: OfficeYear['desk']
let admin: { id: string }
beforeAll(async () => {
  year = await openOfficeYear()
  desk = year.desk
  admin = await desk.account(['system-admin'])
})
afterAll(() => desk.close())

interface Run {
  id: string
  period: string
  state: { code: string }
  attempts: number
  error: string | null
  files: { id: string; name: string; link: string }[]
}
const log = logTo({ write: () => undefined }, 'silent')
const work = (write?: typeof writeFiles) => {
  const { db, clock, files, config } = desk.deps
  return runReports({ db, clock, files, config, log }, write)
}
const runs = async (period: string) =>
  (await desk.call('leader', 'GET', `/api/reports/runs?period=${period}`)).body['items'] as Run[]
const add = (terms: object, who: Parameters<OfficeYear['desk']['call']>[0] = admin) =>
  desk.call(who, 'POST', '/api/reports/schedules', {
    ...{
      kind: 'year',
      formats: ['docx', 'xlsx', 'json'],
      afterDays: 1,
      hour: 1,
      roles: ['leader'],
      enabled: true,
    },
    ...terms,
  })
const inbox = async (who: 'leader' | 'liaison') =>
  (await desk.call(who, 'GET', '/api/inbox?limit=100')).body['items'] as {
    text: string
    link: string | null
  }[]
const at = (instant: string) => {
  const seconds = (Date.parse(instant) - Date.parse(desk.clock.now())) / 1000
  desk.clock.forward({ seconds })
}

describe('a yearly report', () => {
  let schedule: { id: string; version: number }

  it('is set by an administrator, with an ETag against a colleague’s change', async () => {
    expect((await add({}, 'leader')).status).toBe(403)
    expect((await add({}, 'liaison')).status).toBe(403)
    expect((await add({ formats: ['pdf'] })).status).toBe(422)
    expect((await add({ formats: ['docx', 'docx'] })).status).toBe(422)
    expect((await add({ afterDays: 0 })).body['errors']).toMatchObject([{ pointer: '/body/afterDays' }])
    const added = await add({})
    expect(added.status).toBe(201)
    schedule = added.body
    const url = `/api/reports/schedules/${schedule.id}`
    expect((await desk.call(admin, 'PATCH', url, { hour: 2 })).status).toBe(428)
    expect((await desk.call(admin, 'PATCH', url, { hour: 2 }, { 'if-match': '"1"' })).body.version).toBe(2)
    expect((await desk.call(admin, 'PATCH', url, { hour: 3 }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await desk.call(admin, 'PATCH', url, { hour: 1 }, { 'if-match': '"2"' })).status).toBe(200)
  })

  it('is not made in the last minute of the year, nor before its hour', async () => {
    at('2020-12-31T23:59:59+08:00')
    expect(await work()).toBe(0)
    at('2021-01-01T00:59:59+08:00')
    expect(await work()).toBe(0)
    expect(await runs('2020')).toEqual([])
  })

  it('is made once at one o’clock of 1 January, however many workers begin', async () => {
    at('2021-01-01T01:00:00+08:00')
    const worked = await Promise.all([work(), work(), work()])
    expect(worked.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect(await work()).toBe(0)
    expect(await runs('2020')).toMatchObject([{ state: { code: 'done' }, attempts: 1 }])
    // Those of years that ended before there was a schedule are nobody's.
    expect(await runs('2019')).toEqual([])
  })

  it('is kept as files that say the same, and their opening is recorded', async () => {
    const [run] = await runs('2020')
    const names = run?.files.map(({ name }) => name)
    expect(names).toEqual(['docx', 'json', 'xlsx'].map((ending) => `2020年信访和群众工作情况.${ending}`))
    const [docx, json, xlsx] = await Promise.all(
      (run?.files ?? []).map(({ link }) => download(desk, 'leader', link)),
    )
    const { facts } = JSON.parse(json?.body ?? '{}') as { facts: { key: string; text: string }[] }
    expect(paragraphsOf(docx?.rawPayload ?? Buffer.of()).join('')).toContain('到区走访3批16人次')
    const rows = (await readXlsx(xlsx?.rawPayload ?? Buffer.of())).sheets[0]?.rows ?? []
    const texts = new Map(rows.map(([key, , text]) => [key, text]))
    expect(facts.filter(({ key, text }) => texts.get(key) !== text)).toEqual([])
    expect(facts.find(({ key }) => key === 'visits.district.persons')?.text).toBe('16人次')
    const opened = await downloads(desk.deps.db, [run?.files.map(({ id }) => id)])
    expect(opened[0]?.n).toBe(3)
    expect((await download(desk, 'liaison', run?.files[0]?.link ?? '')).statusCode).toBe(403)
    // A unit's own statistician may read reports, but what is counted for the whole office is not the unit's.
    const statistician = await desk.account(['statistician'], { unitId: desk.township })
    expect((await desk.call(statistician, 'GET', '/api/reports/runs')).status).toBe(403)
    expect((await desk.call(statistician, 'GET', run?.files[0]?.link ?? '')).status).toBe(403)
  })

  it('is told to whom the schedule names, once', async () => {
    const told = (await inbox('leader')).filter(({ text }) => text.includes('2020年信访'))
    const label = '报告已生成'
    expect(told).toMatchObject([{ type: { label }, text: '2020年信访和群众工作情况已生成', matter: null }])
    expect((await desk.call('leader', 'GET', told[0]?.link ?? '')).body['items']).toMatchObject([
      { period: '2020' },
    ])
    expect((await inbox('liaison')).filter(({ text }) => text.includes('已生成'))).toEqual([])
  })

  it('of a schedule that is switched off is not made', async () => {
    const url = `/api/reports/schedules/${schedule.id}`
    await desk.call(admin, 'PATCH', url, { enabled: false }, { 'if-match': '"3"' })
    at('2022-01-01T01:00:00+08:00')
    await work()
    expect(await runs('2021')).toEqual([])
    await desk.call(admin, 'PATCH', url, { enabled: true }, { 'if-match': '"4"' })
    // Switched on again it makes what comes, not what was left out.
    await work()
    expect(await runs('2021')).toEqual([])
  })

  it('of years that ended while the machine was off is made up for, once each', async () => {
    at('2025-01-01T00:30:00+08:00')
    expect(await work()).toBe(2)
    for (const missed of ['2022', '2023'])
      expect(await runs(missed)).toMatchObject([{ state: { code: 'done' }, files: [{}, {}, {}] }])
    expect(await runs('2024')).toEqual([])
    expect(await work()).toBe(0)
  })
})

const downloads = statement<{ n: number }>(
  'test.downloads',
  `select count(*)::int as n from events where type = 'file.downloaded' and subject_id = any($1::uuid[])`,
)
const stuck = statement(
  'test.stuck',
  `update report_runs set state = 'running', next_at = $2 where period = $1`,
)

describe('a run that fails', () => {
  const broken: typeof writeFiles = async () => {
    throw Object.assign(new Error('no space left for 王小明.docx'), { code: 'ENOSPC' })
  }
  it('is tried again with growing waits, then given up and told of, and tried again on order', async () => {
    at('2025-01-10T09:00:00+08:00')
    await work()
    await add({ kind: 'month', formats: ['docx'] })
    at('2025-02-01T01:00:00+08:00')
    for (const [attempt, minutes] of [1, 5, 30, 120].entries()) {
      expect(await work(broken)).toBe(1)
      expect(await runs('2025-01')).toMatchObject([
        { state: { code: 'waiting' }, attempts: attempt + 1, error: 'Error ENOSPC' },
      ])
      desk.clock.forward({ minutes: minutes - 1 })
      expect(await work(broken)).toBe(0)
      desk.clock.forward({ minutes: 1 })
    }
    await work(broken)
    const [failed] = await runs('2025-01')
    expect(failed).toMatchObject({ state: { code: 'failed' }, attempts: 5, files: [] })
    expect((await inbox('leader')).map(({ text }) => text)).toContain('2025年1月的报告未能生成，已试5次')

    // Who may try again is told, and finds the run without what the report says.
    const told = (await desk.call(admin, 'GET', '/api/inbox')).body['items'] as {
      text: string
      link: string
    }[]
    const seen = await desk.call(
      admin,
      'GET',
      told.find(({ text }) => text.includes('2025年1月'))?.link ?? '',
    )
    expect(seen.body['items']).toMatchObject([{ id: failed?.id, state: { code: 'failed' } }])
    expect(JSON.stringify(seen.body)).not.toContain('files')
    expect((await desk.call(admin, 'GET', '/api/reports/runs')).status).toBe(403)

    const retry = () => desk.call(admin, 'POST', `/api/reports/runs/${failed?.id}/retry`)
    expect((await retry()).status).toBe(200)
    expect((await retry()).body.code).toBe('report/run-not-failed')
    await work()
    expect(await runs('2025-01')).toMatchObject([{ state: { code: 'done' }, files: [{}] }])
  })

  it('because its worker died is taken again when its time is over', async () => {
    at('2025-03-01T01:00:00+08:00')
    let died = false
    await work(async (deps, run) => {
      const made = await writeFiles(deps, run)
      // The worker stops before it can settle: another takes over, and what comes late changes nothing.
      if (!died) {
        died = true
        await stuck(deps.db, [run.period, deps.clock.now()])
        await work()
      }
      return made
    })
    expect(await runs('2025-02')).toMatchObject([{ state: { code: 'done' }, attempts: 2, files: [{}] }])
  })
})

describe('what is due', () => {
  const due = (kind: 'week' | 'month' | 'year', now: string, since = '2020-01-01T00:00:00.000+08:00') =>
    periodsDue({ kind, afterDays: 1, hour: 2, since }, now).map(({ id }) => id)

  it('is of months of any length', () => {
    expect(due('month', '2020-03-01T02:00:00.000+08:00')).toEqual(['2020-02', '2020-01'])
    expect(due('month', '2020-03-01T01:59:59.999+08:00')).toEqual(['2020-01'])
    expect(due('month', '2020-02-01T02:00:00.000+08:00', '2020-01-31T12:00:00.000+08:00')).toEqual([
      '2020-01',
    ])
    expect(due('month', '2020-02-01T02:00:00.000+08:00', '2020-02-01T00:00:00.000+08:00')).toEqual([])
  })

  it('is of the 53rd week of a year that has one', () => {
    expect(due('week', '2021-01-04T02:00:00.000+08:00', '2020-12-28T00:00:00.000+08:00')).toEqual([
      '2020-W53',
    ])
    expect(due('week', '2021-01-11T02:00:00.000+08:00', '2020-12-28T00:00:00.000+08:00')).toEqual([
      '2021-W01',
      '2020-W53',
    ])
  })
})
