// The figures of visits, letters, mailboxes and reviews: counted over their own day, beside the year before, open to their list.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plusDays } from '../../src/platform/clock.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { bringPetition, bringReview, inputs } from '../matters/scenes.ts'

interface Counted {
  numerator: number
  denominator: number | null
  list: string
  denominatorList: string | null
}
interface Figure extends Counted {
  tally: string
  text: string
  change: string
  previous: Counted
}

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  const visit = async (
    day: string,
    persons: number,
    given: Record<string, unknown> = {},
    more: object = {},
  ) => {
    const { status } = await desk.call('registrar', 'POST', '/api/visits', {
      ...{ title: '反映拖欠工资', content: '工地拖欠农民工工资。', receivedAt: `${day}T10:00:00+08:00` },
      ...more,
      visit: { personCount: persons, ...given },
    })
    expect(status).toBe(201)
  }
  const told = (n: number, level: string) => [{ level, listNo: `通报${n}` }, { source: 'notified' }] as const
  for (const [day, persons] of [
    ['2020-01-01', 1],
    ['2020-03-05', 2],
    ['2020-08-13', 5],
    ['2020-08-12', 12],
  ] as const)
    await visit(day, persons)
  for (const [day, persons] of [
    ['2019-12-31', 3],
    ['2019-01-01', 7],
    ['2018-12-31', 9],
  ] as const)
    await visit(day, persons)
  await visit('2020-05-06', 6, ...told(1, 'city'))
  await visit('2020-05-07', 1, ...told(2, 'beijing'))
  for (const source of ['letter', 'letter', 'governor'])
    await desk.call('registrar', 'POST', '/api/letters', {
      ...{
        source,
        title: '反映道路积水',
        content: '雨后道路长期积水。',
        receivedAt: '2020-02-29T23:59:59.999+08:00',
      },
    })
  await bringPetition(desk, 'delivered')
  await bringReview(desk, 'coordinated')
  await bringReview(desk, 'not-accepted')
  const { id } = await desk.register({
    channel: 'mailbox',
    source: 'mayor',
    dispatch: { leadUnitId: desk.township },
  })
  await desk.does('liaison', id, 'sign')
  await desk.does('liaison', id, 'reply', inputs(desk).reply)
  await desk.does('reviewer', id, 'approve')
})
afterAll(() => desk.close())

const tallies = async (query: string, who: keyof Desk['staff'] = 'leader') => {
  const { body } = await desk.call(who, 'GET', `/api/kpi/tallies?${query}`)
  return new Map((body['figures'] as Figure[]).map((figure) => [figure.tally, figure]))
}
const YEAR = 'from=2020-01-01&to=2020-12-31'

describe('the figures of a year', () => {
  it('count batches and people by the day of the visit, beside the same days of the year before', async () => {
    const figures = await tallies(YEAR)
    const text = (tally: string) => [figures.get(tally)?.text, figures.get(tally)?.change]
    expect(text('visits.district.batches')).toEqual(['4批', '上升100%'])
    expect(text('visits.district.persons')).toEqual(['20人次', '上升100%'])
    expect(text('visits.district.collective.batches')).toEqual(['2批', '上升100%'])
    expect(text('visits.district.collective.persons')).toEqual(['17人次', '上升143%'])
    expect(text('visits.city.persons')).toEqual(['6人次', '去年同期为0，不作比较'])
    expect(text('visits.beijing.skip.batches')).toEqual(['1批', '去年同期为0，不作比较'])
    expect(text('visits.beijing.stepwise.batches')[0]).toBe('0批')
    expect(text('visits.beijing.non-reception.batches')).toEqual(['0批', '与去年持平'])
    expect((await tallies('from=2019-01-01&to=2019-12-31')).get('visits.district.persons')?.numerator).toBe(
      10,
    )
  })

  it('have parts that make up the whole', async () => {
    const figures = await tallies(YEAR)
    const n = (tally: string) => figures.get(tally)?.numerator ?? Number.NaN
    for (const what of ['batches', 'persons']) {
      expect(n(`visits.district.collective.${what}`) + n(`visits.district.individual.${what}`)).toBe(
        n(`visits.district.${what}`),
      )
    }
    const sources = [...figures.keys()].filter((tally) => /^letters\.(?!on-time)/.test(tally))
    expect(sources.reduce((sum, tally) => sum + n(tally), 0)).toBe(n('letters'))
    expect(n('reviews.accepted') + n('reviews.not-accepted') + n('reviews.coordinated')).toBe(n('reviews'))
  })

  it('open to exactly their matters, page by page, for the same viewer, also those of the year before', async () => {
    const open = async (who: keyof Desk['staff'], list: string) => {
      let [persons, items, next] = [0, 0, null as string | null]
      do {
        const place = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
        const { body } = await desk.call(who, 'GET', `${list}&limit=2${place}`)
        for (const item of body['items'] as { persons: number | null }[]) {
          items += 1
          persons += item.persons ?? 0
        }
        next = body['next'] as string | null
      } while (next !== null)
      return { items, persons }
    }
    for (const who of ['leader', 'liaison'] as const) {
      const figures = [...(await tallies(YEAR, who)).values()]
      expect(figures.some(({ previous }) => previous.numerator > 0)).toBe(who === 'leader')
      for (const { tally, ...figure } of figures) {
        const counts = tally.endsWith('.persons') ? 'persons' : 'items'
        for (const of of [figure, figure.previous]) {
          expect((await open(who, of.list))[counts], `${who} ${tally}`).toBe(of.numerator)
          if (of.denominatorList !== null)
            expect((await open(who, of.denominatorList))[counts], `${who} ${tally}`).toBe(of.denominator)
        }
      }
    }
  })

  it('have shares with both their parts, and none of nothing', async () => {
    const figures = await tallies(YEAR)
    expect(figures.get('mailboxes.mayor.in-time')).toMatchObject({
      numerator: 1,
      denominator: 1,
      text: '100%',
    })
    expect(figures.get('mailboxes.mayor.on-time')).toMatchObject({ numerator: 1, denominator: 1 })
    expect(figures.get('mailboxes.district-head.on-time')).toMatchObject({
      denominator: 0,
      text: '无',
      change: '不作比较',
    })
    expect(figures.get('letters.on-time')?.denominator).toBe(3)
  })

  it('as of a moment hold what had come by then, however late it was entered', async () => {
    const asOf = async (instant: string) => tallies(`${YEAR}&asOf=${encodeURIComponent(instant)}`)
    const past = await asOf('2020-03-04T23:59:59+08:00')
    expect(past.get('visits.district.batches')?.numerator).toBe(1)
    expect(past.get('letters')?.numerator).toBe(3)
    expect((await asOf('2020-02-29T23:59:59+08:00')).get('letters')?.numerator).toBe(0)
  })

  it('of a unit are what it may see; what accuses it is in none of its figures', async () => {
    const mine = (await tallies(YEAR, 'liaison')).get('letters')?.numerator
    await bringPetition(desk, 'entered', { accusedUnitIds: [desk.township] })
    expect((await tallies(YEAR, 'liaison')).get('letters')?.numerator).toBe(mine)
  })

  it('hold every order whose superior’s deadline passed at the office, until it is dispatched and the office’s own leg tells it', async () => {
    const own = await openDesk()
    try {
      const inDays = (days: number) => `${plusDays(own.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
      const upper = { source: 'upper', upstreamDueAt: inDays(2) }
      const order = async (more: object = {}) => (await own.register({ ...upper, ...more })).id
      const held = await order({ dispatch: { leadUnitId: own.township } })
      const returned = await order({ dispatch: { leadUnitId: own.township } })
      const [waiting, answered, ended, punctual] = [
        await order(),
        await order(),
        await order(),
        await order(),
      ]
      await own.does('liaison', returned, 'ask-return', { reason: '不属于本单位职责' })
      await own.does('dispatcher', returned, 'grant-return', {})
      const { approvedBy: _, ...direct } = { ...own.answer, contactedAt: own.clock.now() }
      await own.does('dispatcher', punctual, 'direct-reply', direct)
      const missed = async (asOf?: string) => {
        const of = asOf === undefined ? '' : `&asOf=${encodeURIComponent(asOf)}`
        const { body } = await own.call('leader', 'GET', `/api/kpi/tallies?${YEAR}&ids=orders.missed${of}`)
        const [figure] = body['figures'] as Figure[]
        const listed = (await own.call('leader', 'GET', figure?.list ?? '')).body['items'] as { id: string }[]
        expect(listed.length).toBe(figure?.numerator)
        return listed.map(({ id }) => id).toSorted()
      }
      expect(await missed()).toEqual([])
      own.clock.forward({ days: 3 })
      await own.does('dispatcher', answered, 'direct-reply', direct)
      await own.does('dispatcher', ended, 'not-accept', { route: 'litigation', reason: '已进入诉讼程序' })
      const then = own.clock.now()
      expect(await missed()).toEqual([returned, waiting, answered, ended].toSorted())
      own.clock.forward({ hours: 1 })
      for (const id of [returned, waiting])
        await own.does('dispatcher', id, 'dispatch', { leadUnitId: own.other })
      expect(await missed()).toEqual([answered, ended].toSorted())
      expect(await missed(then)).toEqual([returned, waiting, answered, ended].toSorted())
      const late = (await own.call('leader', 'GET', `/api/kpi?${YEAR}&metrics=M07`)).body
      expect((late['figures'] as Figure[])[0]?.numerator).toBe([held, returned, waiting].length)
    } finally {
      await own.close()
    }
  })

  it('of repeats do not tell that a matter is one thing with what accuses somebody', async () => {
    const given = { category: 'report', topic: 'conduct', accusedUnitIds: [desk.township] }
    const [charge, earlier] = [await desk.register(given), await desk.register()]
    desk.clock.forward({ hours: 1 })
    const order = () => desk.register({ dispatch: { leadUnitId: desk.township } })
    const repeats = async (who: keyof Desk['staff']) =>
      (await tallies(`${YEAR}&ids=hotline.repeat`, who)).get('hotline.repeat')?.numerator
    const linked = async () => {
      const note = (await desk.call('liaison', 'GET', `/api/kpi/tallies?${YEAR}`)).body['linked']
      const { matters, list } = note as { matters: number; list: string }
      const { items } = (await desk.call('liaison', 'GET', list)).body as unknown as { items: object[] }
      return [matters, items.length]
    }
    const link = async (otherId: string) => {
      const { id } = await order()
      const { status } = await desk.call('registrar', 'POST', `/api/matters/${id}/links`, { otherId })
      expect(status).toBe(200)
    }
    const before = await linked()
    await link(charge.id)
    expect([await repeats('leader'), await repeats('liaison')]).toEqual([0, 0])
    expect(await linked()).toEqual(before)
    await link(earlier.id)
    expect([await repeats('leader'), await repeats('liaison')]).toEqual([1, 1])
    expect(await linked()).toEqual(before.map((n) => n + 1))
  })
})

it('a question that makes no sense is told so', async () => {
  const asks = async (url: string) => (await desk.call('leader', 'GET', url)).body.code
  expect(await asks(`/api/kpi/tallies?${YEAR}&ids=visits.moon`)).toBe('kpi/unknown-metric')
  expect(await asks('/api/kpi/tallies?from=2020-02-01&to=2020-01-01')).toBe('kpi/period-reversed')
  expect(await asks(`/api/kpi/tallies/letters/matters?${YEAR}&part=denominator`)).toBe('kpi/is-a-count')
})
