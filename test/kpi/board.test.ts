// The leaders' board: figures beside other periods, fair rankings, hot spots, a stock that balances, ages and holding times, each open to its list.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publicRows } from '../../src/kpi/public.ts'
import { ranked } from '../../src/kpi/rules.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { inputs } from '../matters/scenes.ts'

let desk: Desk
const ids: Record<string, string> = {}
/** On days from 3 July on: three for one township, of which one is late; one for the other; one merged; one still open. */
beforeAll(async () => {
  desk = await openDesk()
  const order = async (name: string, topic: string, lead = desk.township) => {
    const { id } = await desk.register({ topic })
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: lead })
    ids[name] = id
    return id
  }
  const finish = async (id: string, who: 'liaison' | 'otherLiaison' = 'liaison') => {
    await desk.does(who, id, 'sign')
    await desk.does(who, id, 'reply', inputs(desk).reply)
    await desk.does('reviewer', id, 'approve')
  }
  // 14 August
  await finish(await order('prompt', 'environment'))
  await order('moved', 'environment')
  desk.clock.forward({ days: 7 })
  // 21 August
  await finish(await order('second', 'environment'))
  await finish(await order('other', 'housing', desk.other), 'otherLiaison')
  desk.clock.forward({ days: 20 })
  // 10 September: late, handed on, answered by another
  await desk.does('liaison', ids['moved'] ?? '', 'sign')
  await desk.does('dispatcher', ids['moved'] ?? '', 'redispatch', {
    leadUnitId: desk.other,
    reason: '职责调整',
  })
  await order('merged', 'environment')
  await order('open', 'housing')
  desk.clock.forward({ days: 1 })
  // 11 September
  await desk.does('dispatcher', ids['merged'] ?? '', 'merge', {
    intoId: ids['open'],
    reason: '同一诉求人同一事项',
  })
})
afterAll(() => desk.close())

interface Shown {
  metric: string
  numerator: number
  denominator: number | null
  text: string
  list: string
  group: { key: string; label: string } | null
}
const get = async <T>(url: string, who: Parameters<Desk['call']>[0] = 'leader') => {
  const { status, body } = await desk.call(who, 'GET', url)
  expect([status, body.code]).toEqual([200, undefined])
  return body as unknown as T
}
const listed = async (list: string) => {
  const { total, items } = await get<{ total: number; items: { id: string }[] }>(`${list}&limit=100`)
  expect(items.length).toBe(total)
  return items.map(({ id }) => id)
}

describe('figures beside others', () => {
  interface Cell {
    numerator: number
    text: string
    change: string
  }
  interface Board {
    periods: Record<string, object | null>
    metrics: { metric: string }[]
    rows: {
      lists: Record<string, string>
      cells: (Cell & { yearBefore: Cell; periodBefore: Cell | null })[]
    }[]
  }
  const board = (query: string) => get<Board>(`/api/kpi/board?${query}`)

  it('of a month stand beside the month before as far as it has come, and the year before', async () => {
    const { periods, rows } = await board('from=2020-09-01&to=2020-09-30&metrics=M01')
    // Of August only the first eleven days, when nothing had come.
    expect(periods).toMatchObject({
      current: { from: '2020-09-01', to: '2020-09-11' },
      periodBefore: { from: '2020-08-01', to: '2020-08-11' },
    })
    expect(rows[0]?.cells).toMatchObject([
      { numerator: 1, yearBefore: { change: '去年同期为0，不作比较' }, periodBefore: { text: '0件' } },
    ])
    const august = await board('from=2020-08-01&to=2020-08-31&metrics=M01')
    expect(august.rows[0]?.cells[0]?.numerator).toBe(4)
    expect(august.periods['periodBefore']).toEqual({ from: '2020-07-01', to: '2020-07-31' })
  })

  it('open to their lists, also those of the other periods', async () => {
    const { metrics, rows } = await board('from=2020-08-15&to=2020-08-21&groupBy=unit&metrics=M01,M05')
    expect(rows).toHaveLength(2)
    for (const { lists, cells } of rows)
      for (const [i, { yearBefore, periodBefore, ...current }] of cells.entries())
        for (const [which, of] of Object.entries({ current, yearBefore, periodBefore })) {
          const list = lists[which]
            ?.replace('{metric}', metrics[i]?.metric ?? '')
            .replace('{part}', 'numerator')
          expect(await listed(list ?? '')).toHaveLength(of?.numerator ?? Number.NaN)
        }
  })

  it('keep a group that had something in another period and has nothing left', async () => {
    const { rows } = await board('from=2020-08-28&to=2020-09-03&groupBy=unit&metrics=M01,M14')
    expect(rows.map(({ cells }) => cells)).toMatchObject([
      [{ numerator: 0, text: '0件', periodBefore: { numerator: 1, change: '下降100%' } }, { text: '无' }],
      [{ numerator: 0, text: '0件', periodBefore: { numerator: 1, change: '下降100%' } }, { text: '无' }],
    ])
    for (const { lists } of rows) {
      const list = (which: string) =>
        lists[which]?.replace('{metric}', 'M01').replace('{part}', 'numerator') ?? ''
      expect(await listed(list('current'))).toHaveLength(0)
      expect(await listed(list('periodBefore'))).toHaveLength(1)
    }
  })

  it('of a year have no other period than the year before', async () => {
    desk.clock.forward({ days: 120 })
    const { periods, rows } = await board('from=2020-01-01&to=2020-12-31&metrics=M14')
    expect(periods['yearBefore']).toEqual({ from: '2019-01-01', to: '2019-12-31' })
    expect(periods['periodBefore']).toBeNull()
    expect(rows[0]?.cells).toMatchObject([{ yearBefore: { change: '不作比较' }, periodBefore: null }])
    desk.clock.forward({ days: -120 })
  })
})

describe('a series', () => {
  const series = async (groupBy: string, from: string, to: string) =>
    (await get<{ figures: Shown[] }>(`/api/kpi?from=${from}&to=${to}&groupBy=${groupBy}&metrics=M01`)).figures

  it('has every day, week and month of the period, also those of nothing', async () => {
    const days = await series('day', '2020-08-14', '2020-08-22')
    expect(days.map(({ numerator }) => numerator)).toEqual([2, 0, 0, 0, 0, 0, 0, 2, 0])
    const weeks = await series('week', '2020-08-12', '2020-08-25')
    expect(weeks.map(({ group, numerator }) => [group?.key, numerator])).toEqual([
      ['2020-08-10', 2],
      ['2020-08-17', 2],
      ['2020-08-24', 0],
    ])
    expect(weeks[0]?.group?.label).toBe('2020年8月12日—8月16日')
    expect((await series('month', '2020-08-01', '2020-10-31')).map(({ numerator }) => numerator)).toEqual([
      4, 1, 0,
    ])
    for (const figure of [...days, ...weeks]) expect(await listed(figure.list)).toHaveLength(figure.numerator)
  })

  it('of more than a year of days is refused', async () => {
    const { status, body } = await desk.call(
      'leader',
      'GET',
      '/api/kpi?from=2019-01-01&to=2020-12-31&groupBy=day',
    )
    expect([status, body['errors']]).toMatchObject([422, [{ pointer: '/query/to' }]])
  })
})

describe('rankings', () => {
  interface Ranking {
    classes: { class: { code: string }; ranked: (Shown & { rank: number })[]; belowFloor: Shown[] }[]
  }
  it('put 1 of 1 below the floor and rank the others by the exact rate', async () => {
    const url = '/api/kpi/rankings?from=2020-08-01&to=2020-08-31&metric=M05b'
    const { classes } = await get<Ranking>(`${url}&floor=2`)
    const [townships] = classes
    expect(townships?.ranked.map(({ group, text, rank }) => [group?.label, text, rank])).toEqual([
      ['荣山镇', '100%', 1],
      // It took over what was late already, and is charged with what it answers for.
      ['大石镇', '50%', 2],
    ])
    const strict = await get<Ranking>(`${url}&floor=3`)
    expect(strict.classes[0]?.ranked).toEqual([])
    expect(strict.classes[0]?.belowFloor).toHaveLength(2)
  })

  it('are of rates alone', async () => {
    const { body } = await desk.call(
      'leader',
      'GET',
      '/api/kpi/rankings?from=2020-08-01&to=2020-08-31&metric=M07',
    )
    expect(body.code).toBe('kpi/is-a-count')
  })

  it('share a place where rates are equal, whatever the numbers', () => {
    const item = fc.record({ numerator: fc.nat(50), denominator: fc.integer({ min: 0, max: 50 }) })
    fc.assert(
      fc.property(
        fc.array(item),
        fc.constantFrom('high' as const, 'low' as const),
        fc.nat(9),
        (given, better, floor) => {
          const all = given.map(({ numerator, denominator }) => ({
            ...{ numerator: Math.min(numerator, denominator), denominator },
          }))
          const places = ranked(all, { floor, better })
          expect(places).toHaveLength(all.length)
          const share = (of: { numerator: number; denominator: number }) => of.numerator / of.denominator
          for (const one of places) {
            expect(one.rank === null).toBe(one.denominator === 0 || one.denominator < floor)
            if (one.rank === null) continue
            const ahead = places.filter(
              (of) =>
                of.rank !== null && (better === 'high' ? share(of) > share(one) : share(of) < share(one)),
            )
            expect(one.rank).toBe(ahead.length + 1)
          }
        },
      ),
    )
  })
})

it('hot spots are the topics that grew most, above the floor', async () => {
  const { items } = await get<{
    items: { topic: { code: string }; growth: number; before: { text: string } }[]
  }>('/api/kpi/hot-spots?from=2020-08-15&to=2020-08-28&floor=1')
  expect(items.map(({ topic, growth }) => [topic.code, growth])).toEqual([
    ['housing', 1],
    ['environment', -1],
  ])
})

it('what is asked amiss is refused where it is', async () => {
  const month = 'from=2020-08-01&to=2020-08-31'
  for (const [url, pointer] of [
    [`/api/kpi/rankings?${month}&metric=M99`, '/query/metric'],
    [`/api/kpi/matters?${month}&metric=M99`, '/query/metric'],
    [`/api/kpi/board?${month}&metrics=M01,M99`, '/query/metrics'],
    [`/api/kpi/board?${month}&unit=${desk.township}&under=${desk.other}`, '/query/under'],
    [`/api/kpi/stock?${month}&unit=${desk.township}&under=${desk.other}`, '/query/under'],
  ] as const) {
    const { status, body } = await desk.call('leader', 'GET', url)
    expect([url, status, body['errors']]).toMatchObject([url, 422, [{ pointer }]])
  }
})

describe('the stock', () => {
  interface Stock {
    days: { day: string; opening: number; received: number; closed: number; closing: number }[]
  }
  const stock = async (from: string, to: string, more = '') =>
    (await get<Stock>(`/api/kpi/stock?from=${from}&to=${to}${more}`)).days

  it('balances every day, and each end of a day is the beginning of the next', async () => {
    const days = await stock('2020-08-10', '2020-09-30')
    // Nothing is told of days to come.
    expect(days.at(-1)?.day).toBe('2020-09-11')
    for (const [i, { opening, received, closed, closing }] of days.entries()) {
      expect(opening + received - closed).toBe(closing)
      if (i > 0) expect(opening).toBe(days[i - 1]?.closing)
    }
    const at = (day: string) => days.find((each) => each.day === day)
    expect(at('2020-08-14')).toEqual({ day: '2020-08-14', opening: 0, received: 2, closed: 1, closing: 1 })
    expect(at('2020-08-21')).toEqual({ day: '2020-08-21', opening: 1, received: 2, closed: 2, closing: 1 })
    expect(at('2020-09-11')).toEqual({ day: '2020-09-11', opening: 3, received: 0, closed: 1, closing: 2 })
  })

  it('opens to the matters of each flow, and its end is what M03 says as of then', async () => {
    const flow = (name: string, from: string, to: string) =>
      listed(`/api/kpi/stock/matters?flow=${name}&from=${from}&to=${to}`)
    for (const { day, ...counts } of await stock('2020-08-13', '2020-08-22'))
      for (const [name, n] of Object.entries(counts)) expect(await flow(name, day, day)).toHaveLength(n)
    expect(new Set(await flow('closing', '2020-08-01', '2020-09-11'))).toEqual(
      new Set([ids['moved'], ids['open']]),
    )
    for (const day of ['2020-08-14', '2020-08-21', '2020-09-10', '2020-09-11']) {
      const asOf = day === '2020-09-11' ? desk.clock.now() : `${day}T23:59:59.999+08:00`
      const { figures } = await get<{ figures: Shown[] }>(
        `/api/kpi?from=2020-01-01&to=${day}&metrics=M03&asOf=${encodeURIComponent(asOf)}`,
      )
      expect((await stock(day, day))[0]?.closing).toBe(figures[0]?.numerator)
    }
  })

  it('as of a moment of the past counts what had happened by then', async () => {
    const [day] = await stock(
      '2020-08-14',
      '2020-08-20',
      `&asOf=${encodeURIComponent('2020-08-14T08:00:00+08:00')}`,
    )
    expect(day).toEqual({ day: '2020-08-14', opening: 0, received: 0, closed: 0, closing: 0 })
  })

  it('of a unit is its own, and no other unit’s liaison sees it', async () => {
    expect((await stock('2020-09-11', '2020-09-11', `&unit=${desk.other}`))[0]?.closing).toBe(1)
    const foreign = await desk.call(
      'liaison',
      'GET',
      `/api/kpi/stock?from=2020-09-11&to=2020-09-11&unit=${desk.other}`,
    )
    expect(foreign.status).toBe(404)
  })
})

it('ages add up to what is under way, each with its list', async () => {
  const { ages } = await get<{ ages: { label: string; figures: Shown[] }[] }>('/api/kpi/ageing')
  const open = ages.map(({ label, figures }) => [label, figures[0]?.numerator])
  expect(open.filter(([, n]) => n !== 0)).toEqual([
    ['0—5天', 1],
    ['16—30天', 1],
  ])
  for (const { figures } of ages)
    for (const { list, numerator } of figures) expect(await listed(list)).toHaveLength(numerator)
  expect(
    ages.flatMap(({ figures }) => figures).find(({ metric, numerator }) => metric === 'M07o' && numerator > 0)
      ?.numerator,
  ).toBe(1)
})

it('holding times tell each unit’s own part of a matter that went through several', async () => {
  const { items } = await get<{
    items: { unit: { id: string }; matters: number; days: Record<string, string>; list: string }[]
  }>('/api/kpi/holding?from=2020-08-14&to=2020-08-14')
  const of = (unit: string) => items.find((each) => each.unit.id === unit) ?? expect.fail('no unit')
  expect(of(desk.township)).toMatchObject({ matters: 2, days: { total: '27.0', median: '13.5' } })
  expect(of(desk.other)).toMatchObject({ matters: 1, days: { total: '1.0' } })
  for (const { list, matters } of items) expect(await listed(list)).toHaveLength(matters)
})

it('holding times count no day twice where a merge was undone, as of whatever moment', async () => {
  const unit = await desk.unit('三堆镇', { kind: 'township' })
  const day = desk.clock.now().slice(0, 10)
  const { id } = await desk.register({ dispatch: { leadUnitId: unit } })
  const target = await desk.register({ dispatch: { leadUnitId: desk.township } })
  desk.clock.forward({ days: 2 })
  const before = desk.clock.now()
  desk.clock.forward({ days: 2 })
  await desk.does('dispatcher', id, 'merge', { intoId: target.id, reason: '同一诉求人同一事项' })
  await desk.does('dispatcher', id, 'unmerge', { reason: '并非同一事项' })
  desk.clock.forward({ days: 2 })
  const held = async (asOf: string) => {
    const query = new URLSearchParams({ from: day, to: day, unit, asOf })
    const { items } = await get<{ items: { days: { total: string } }[] }>(
      `/api/kpi/holding?${query.toString()}`,
    )
    return items.map(({ days }) => days.total)
  }
  expect([await held(before), await held(desk.clock.now())]).toEqual([['2.0'], ['6.0']])
})

describe('what is published', () => {
  const cell = (key: string, numerator: number, denominator: number | null = null) => ({
    ...{ metric: 'M', numerator, denominator, text: `${numerator}件` },
    group: { by: 'unit', key, label: key },
  })
  const rows = (...figures: ReturnType<typeof cell>[]) =>
    publicRows(figures as never, [
      {
        ...cell(
          '',
          figures.reduce((sum, { numerator }) => sum + numerator, 0),
        ),
        group: null,
      } as never,
    ]).map(({ label, cells }) => [label, cells['M']])

  it('hides counts of one to four, and of the others as many as the total would give them away by', () => {
    expect(rows(cell('a', 3), cell('b', 40), cell('c', 9), cell('d', 0), cell('e', 11))).toEqual([
      ['a', '少于5'],
      ['b', '40件'],
      ['c', '不公布'],
      ['d', '0件'],
      ['e', '11件'],
      ['合计', '63件'],
    ])
    // 8 − 4 − 4: what both sum to would tell each of them.
    expect(rows(cell('a', 4), cell('b', 4), cell('c', 90), cell('d', 20), cell('e', 30))).toEqual([
      ['a', '少于5'],
      ['b', '少于5'],
      ['c', '90件'],
      ['d', '不公布'],
      ['e', '30件'],
      ['合计', '148件'],
    ])
    // 6 is 1 and 5: nothing is left to withhold but the total.
    expect(rows(cell('a', 1), cell('b', 5))).toEqual([
      ['a', '少于5'],
      ['b', '不公布'],
      ['合计', '不公布'],
    ])
  })

  it('never lets a small count be worked out from the total', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(14), { minLength: 2, maxLength: 6 }), (counts) => {
        const shown = rows(...counts.map((n, i) => cell(String(i), n)))
        const printed = shown.map(([, text]) => text ?? '')
        const total = /^\d+件$/.test(printed.at(-1) ?? '') ? Number.parseInt(printed.at(-1) ?? '', 10) : null
        for (const [i, n] of counts.entries()) if (n > 0 && n < 5) expect(printed[i]).toBe('少于5')
        if (total === null) return
        // Every table that prints alike, as far as the total goes.
        const most = Math.max(30, total)
        const may = counts.map((n, i) => {
          if (printed[i] === '少于5') return [1, 4] as const
          return printed[i] === '不公布' ? ([5, most] as const) : ([n, n] as const)
        })
        const sum = (of: readonly number[]) => of.reduce((all, n) => all + n, 0)
        for (const [i, text] of printed.slice(0, -1).entries()) {
          if (text !== '少于5') continue
          const rest = may.filter((_, j) => j !== i)
          const least = total - sum(rest.map(([, high]) => high))
          const highest = total - sum(rest.map(([low]) => low))
          expect([Math.max(1, least), Math.min(4, highest)]).toEqual([1, 4])
        }
      }),
    )
  })

  it('shows no rate beside a withheld count of its row', () => {
    const line = (key: string, received: number, done: number) => [
      { ...cell(key, received), metric: 'M01' },
      { ...cell(key, done, received), metric: 'M14', text: `${key}%` },
    ]
    const printed = publicRows(
      [...line('a', 3, 3), ...line('b', 40, 38), ...line('c', 11, 6), ...line('d', 60, 40)] as never,
      line('', 114, 87) as never,
    )
    // 14 less 11, which is the only number about there of which six are 55%.
    expect(printed[2]).toMatchObject({ label: 'c', cells: { M01: '不公布', M14: '不公布' } })
    expect(printed[3]).toMatchObject({ label: 'd', cells: { M01: '60件', M14: 'd%' } })
  })

  it('is for those who see the whole office', async () => {
    const { status } = await desk.call('liaison', 'GET', '/api/kpi/public.csv?from=2020-08-01&to=2020-08-31')
    expect(status).toBe(403)
  })
})
