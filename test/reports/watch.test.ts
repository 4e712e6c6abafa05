// Acts that move figures after the fact are seen: who, when, what was changed, which figures count otherwise since; ordinary work is not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oncePer } from '../../src/platform/scheduled.ts'
import { statement } from '../../src/platform/db.ts'
import { tellWatch, weekToTell } from '../../src/reports/watch-report.ts'
import type { WatchedAct } from '../../src/reports/watch.ts'
import { inputs } from '../matters/scenes.ts'
import { openOfficeYear, type OfficeYear } from './office-year.ts'

let year: OfficeYear
let desk: OfficeYear['desk']
beforeAll(async () => {
  year = await openOfficeYear()
  desk = year.desk
})
afterAll(() => desk.close())

type Act = Omit<WatchedAct, 'rules'> & { rules: { code: string }[] }
const today = () => desk.clock.now().slice(0, 10)
const watched = async (query = `from=${today()}&to=${today()}`) =>
  (await desk.call('leader', 'GET', `/api/reports/watch?${query}&limit=100`)).body['items'] as Act[]
const counts = async (query = `from=${today()}&to=${today()}`, who: 'leader' | 'liaison' = 'leader') =>
  (await desk.call(who, 'GET', `/api/reports/watch/counts?${query}`)).body
const order = async () => {
  const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
  await desk.does('liaison', id, 'sign')
  return id
}
const edits = async (id: string, body: object) => {
  const { version } = (await desk.open('dispatcher', id)).body
  return desk.call('registrar', 'PATCH', `/api/matters/${id}`, body, { 'if-match': `"${version}"` })
}

describe('before the deadline and before publication', () => {
  it('corrections are ordinary work', async () => {
    const id = await order()
    expect((await edits(id, { category: 'complain' })).status).toBe(200)
    await desk.does('dispatcher', id, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    expect(await watched()).toEqual([])
  })
})

describe('after the deadline', () => {
  it('a new unit, a new category, an end: each is listed with who and when, and what it did to the figures', async () => {
    const [moved, relabelled, ended] = [await order(), await order(), await order()] as const
    desk.clock.forward({ days: 20 })
    await desk.does('dispatcher', moved, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    await edits(relabelled, { category: 'complain', title: '改了标题' })
    await edits(year.late, { title: '只改标题' })
    await desk.does('reviewer', ended, 'terminate', { reason: '诉求人撤回诉求' })
    const acts = await watched()
    const of = (id: string) => acts.filter(({ matter }) => matter.id === id)
    expect(of(moved)).toMatchObject([
      {
        type: 'matter.redispatch',
        rules: [{ code: 'after-deadline' }],
        at: desk.clock.now(),
        by: expect.stringContaining('测试人员'),
      },
    ])
    expect(of(relabelled)).toMatchObject([
      { label: '更正', changed: [{ label: '诉求类型', before: 'help', after: 'complain' }], effect: [] },
    ])
    // A title counts in no figure.
    expect(of(year.late)).toEqual([])
    const [end] = of(ended)
    expect(end?.effect).toContainEqual({ metric: 'M02', name: '已办', numerator: 1, denominator: 0 })
    expect(end?.effect).toContainEqual({ metric: 'M03', name: '正在办理', numerator: -1, denominator: 0 })
    // Ended or not, it was late.
    expect(end?.effect.map(({ metric }) => metric)).not.toContain('M07')
  })

  it('a late reply is no rewriting', async () => {
    await desk.does('liaison', year.late, 'reply', inputs(desk).reply)
    await desk.does('reviewer', year.late, 'approve')
    expect((await watched()).filter(({ matter }) => matter.id === year.late)).toEqual([])
  })
})

describe('after publication', () => {
  it('a correction is listed with the period that counts the matter', async () => {
    desk.clock.forward({ days: 10 })
    const before = await order()
    const published = await desk.call('leader', 'POST', '/api/reports/periods/2020-08/publish', {})
    expect(published.status).toBe(201)
    desk.clock.forward({ hours: 1 })
    const corrected = await desk.call(
      ...([
        'registrar',
        'PATCH',
        `/api/visits/${year.crowd.id}`,
        { personCount: 4, reason: '人数重复登记' },
      ] as const),
      { 'if-match': `"${year.crowd.version}"` },
    )
    expect(corrected.status).toBe(200)
    // Of September, which nobody has published.
    await edits(before, { topic: 'housing' })
    const acts = await watched()
    expect(acts).toMatchObject([
      {
        ...{ type: 'matter.visit-corrected', published: ['2020-08'] },
        // The fifteen days for registering and forwarding it are over, too.
        rules: [{ code: 'after-deadline' }, { code: 'after-publication' }],
        matter: { id: year.crowd.id },
      },
    ])
    expect(acts[0]?.changed).toContainEqual({ field: 'personCount', label: '人次', before: '12', after: '4' })
    expect(acts[0]?.changed).toContainEqual({
      field: 'collective',
      label: '集体访',
      before: '是',
      after: '否',
    })
  })
})

const bar = statement('test.bar-watch', 'update matters set barred_ids = $1::uuid[] where id = $2')

describe('who reads it', () => {
  it('is who answers for the figures, and sees of withheld matters how many there are', async () => {
    expect((await counts(undefined, 'liaison')).code).toBe('access/forbidden')
    expect(await counts()).toMatchObject({ rules: { 'after-publication': { acts: 1, hidden: 0 } } })
    await bar(desk.deps.db, [[desk.staff.leader.id], year.crowd.id])
    expect(await watched()).toEqual([])
    expect(await counts()).toMatchObject({ rules: { 'after-publication': { acts: 1, hidden: 1 } } })
    await bar(desk.deps.db, [[], year.crowd.id])
  })

  it('turns pages by a mark that is checked', async () => {
    const { status } = await desk.call(
      'leader',
      'GET',
      '/api/reports/watch?from=2020-08-01&to=2020-12-31&cursor=%5B%5D',
    )
    expect(status).toBe(422)
    const first = await desk.call('leader', 'GET', '/api/reports/watch?from=2020-08-01&to=2020-12-31&limit=1')
    const second = await desk.call(
      ...([
        'leader',
        'GET',
        `/api/reports/watch?from=2020-08-01&to=2020-12-31&limit=100&cursor=${first.body['next'] as string}`,
      ] as const),
    )
    const ids = [first, second].flatMap(({ body }) => (body['items'] as Act[]).map(({ id }) => id))
    expect(ids).toEqual((await watched('from=2020-08-01&to=2020-12-31')).map(({ id }) => id))
  })
})

describe('at a period’s end', () => {
  const close = async (n: number) => {
    for (let i = 0; i < n; i++) {
      const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
      await desk.does('reviewer', id, 'terminate', { reason: '诉求人撤回诉求' })
    }
  }
  const until = (day: string) => {
    const days = Math.round((Date.parse(day) - Date.parse(today())) / 86_400_000)
    desk.clock.forward({ days })
  }

  it('many closings of one account on 31 December stand out', async () => {
    until('2020-12-31')
    await close(20)
    expect(await watched('from=2020-12-31&to=2020-12-31&rule=bulk-closing')).toHaveLength(20)
    expect(await counts('from=2020-12-31&to=2020-12-31')).toMatchObject({
      bulk: [{ day: '2020-12-31', n: 20, mean: 0 }],
    })
  })

  it('as many where every day has its share do not', async () => {
    for (const day of ['2021-01-05', '2021-01-12', '2021-01-19', '2021-01-26', '2021-01-27']) {
      until(day)
      await close(44)
    }
    until('2021-01-31')
    await close(20)
    expect(await watched('from=2021-01-31&to=2021-01-31&rule=bulk-closing')).toEqual([])
  })
})

it('leaders are told of a week once, when it is over', async () => {
  const week = weekToTell('2021-01-04T08:05:00.000+08:00')
  expect(week).toMatchObject({ id: '2020-W53', from: '2020-12-28', to: '2021-01-03' })
  const tell = () => oncePer(desk.deps, 'watch', week.id, async (tx) => `${await tellWatch(tx, week)} acts`)
  expect([await tell(), await tell()]).toEqual([true, false])
  const { body } = await desk.call('leader', 'GET', '/api/inbox?limit=100')
  const told = (body['items'] as { text: string; link: string }[]).filter(({ text }) =>
    text.includes('第53周'),
  )
  expect(told).toMatchObject([{ text: '2020年第53周（12月28日—1月3日）：期末集中办结20次' }])
  expect((await desk.call('leader', 'GET', told[0]?.link ?? '')).status).toBe(200)
})
