// Printed reports that are entered: checked like what the system counts, against the years before, corrected with their history kept.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOfficeYear, type OfficeYear } from './office-year.ts'

const printed = readFileSync(join(import.meta.dirname, 'report-2020.txt'), 'utf8')

let desk: OfficeYear['desk']
beforeAll(async () => {
  ;({ desk } = await openOfficeYear())
  desk.clock.forward({ days: 143 })
})
afterAll(() => desk.close())

interface Finding {
  check: string
  severity: string
  zh: string
  place: { line: number }
  proposal?: string
}
const enter = (
  body: object,
  headers: Record<string, string> = {},
  who: 'leader' | 'dispatcher' | 'liaison' = 'leader',
) =>
  desk.call(who, 'POST', '/api/reports/declared', { year: 2019, title: '2019年工作总结', ...body }, headers)
const listed = async () =>
  (await desk.call('leader', 'GET', '/api/reports/declared')).body['items'] as { id: string }[]
const findings = async (id: string) =>
  (await desk.call('leader', 'GET', `/api/reports/declared/${id}/findings`)).body as unknown as Record<
    'figures' | 'text',
    Finding[]
  >
const correct = (id: string, key: string, body: object, headers: Record<string, string> = {}) =>
  desk.call('leader', 'PUT', `/api/reports/declared/${id}/figures/${key}`, body, headers)
const figure = (key: string, digits: string, change?: string) => ({
  ...{ key, digits },
  ...(change === undefined ? {} : { change }),
})

describe('the text of a printed report', () => {
  let id: string
  it('is read into figures, once for a repeated request', async () => {
    const body = { year: 2020, title: '2020年工作总结', text: printed }
    const twice = await Promise.all(
      [1, 2].map(() => enter(body, { 'idempotency-key': 'printed-report-of-2020' })),
    )
    expect(twice.map(({ status }) => status)).toEqual([201, 201])
    expect(twice[0]?.body.id).toBe(twice[1]?.body.id)
    expect(await listed()).toHaveLength(1)
    id = twice[0]?.body.id ?? ''
    const { figures } = (await desk.call('leader', 'GET', `/api/reports/declared/${id}`)).body
    const of = new Map((figures as { key: string; digits: string }[]).map(({ key, digits }) => [key, digits]))
    expect(of.get('M01')).toBe('7708')
    expect(of.get('visits.district.collective.persons')).toBe('611')
    expect(of.get('ledger.status.watch')).toBe('185')
  })

  it('may be as long as a year’s report is', async () => {
    const long = '全年工作。\n'.repeat(33_000).slice(0, 199_000)
    expect((await enter({ year: 2013, text: long })).status).toBe(201)
    const checked = { year: 2013, text: long }
    expect((await desk.call('leader', 'POST', '/api/reports/check', checked)).status).toBe(200)
  })

  it('is told of its faults line by line, with what it probably was', async () => {
    const { text } = await findings(id)
    const concat = text.find(({ check }) => check === 'CONCAT')
    expect(concat).toMatchObject({ severity: 'error', place: { line: 16 } })
    expect(`${concat?.zh}${concat?.proposal}`).toContain('379')
    // The population comes from the census.
    expect(text.find(({ check }) => check === 'POPULATION')?.zh).toContain('全区人口')
  })

  it('stands beside what the system counts of that year', async () => {
    const { items } = (await desk.call('leader', 'GET', `/api/reports/declared/${id}/compared`))
      .body as unknown as {
      items: { key: string; declared: string; computed: string; equal: boolean; list: string }[]
    }
    const persons = items.find(({ key }) => key === 'visits.district.persons')
    expect(persons).toMatchObject({ declared: '1026人次', computed: '16人次', equal: false })
    expect((await desk.call('leader', 'GET', persons?.list ?? '')).body['persons']).toBe(16)
  })
})

describe('figures entered one by one', () => {
  it('are refused where they name nothing or are no number, and nothing is kept', async () => {
    const before = (await listed()).length
    const refused = async (figures: object[], pointer: string) => {
      const { status, body } = await enter({ figures })
      expect([status, body['errors']]).toMatchObject([422, [{ pointer }]])
    }
    await refused([figure('letters', '98'), figure('letters.moon', '98')], '/body/figures/1/key')
    await refused([figure('letters', '98件')], '/body/figures/0/digits')
    await refused([figure('letters', '98.5')], '/body/figures/0/digits')
    await refused([figure('letters', '98', '翻番')], '/body/figures/0/change')
    await refused([figure('letters', '98'), figure('letters', '99')], '/body/figures/1/key')
    expect((await enter({})).status).toBe(422)
    expect((await enter({ figures: [figure('letters', '98')] }, {}, 'dispatcher')).status).toBe(403)
    expect((await enter({ figures: [figure('letters', '98')] }, {}, 'liaison')).status).toBe(403)
    expect(await listed()).toHaveLength(before)
  })

  it('are checked; corrected, the finding goes and the history stays', async () => {
    const { body } = await enter({
      year: 2018,
      figures: [
        figure('reviews', '25'),
        figure('reviews.accepted', '2'),
        figure('reviews.not-accepted', '17'),
        figure('reviews.coordinated', '7'),
      ],
    })
    expect((await findings(body.id)).figures).toMatchObject([{ check: 'SUM', severity: 'error' }])
    const key = 'reviews.coordinated'
    expect((await correct(body.id, key, { digits: '6' })).status).toBe(428)
    expect((await correct(body.id, key, { digits: '6' }, { 'if-match': '"1"' })).body.version).toBe(2)
    expect((await correct(body.id, key, { digits: '8' }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await findings(body.id)).figures).toEqual([])
    expect((await correct(body.id, 'reviews.moon', { digits: '6' })).body.code).toBe('report/no-figure')
    expect((await correct(body.id, 'letters', { digits: '12' })).status).toBe(200)
    const removed = await desk.call(
      ...(['leader', 'DELETE', `/api/reports/declared/${body.id}/figures/letters`, undefined] as const),
      { 'if-match': '"1"' },
    )
    expect(removed.status).toBe(200)
    const { figures } = (await desk.call('leader', 'GET', `/api/reports/declared/${body.id}`)).body
    expect((figures as { key: string }[]).map(({ key: of }) => of)).not.toContain('letters')
    await expect(desk.deps.db.query({ name: '', text: 'delete from declared_figures' })).rejects.toThrow(
      /append-only/,
    )
  })

  it('are told where a number is ten times what three years had, and where a change does not fit the year before', async () => {
    await enter({ year: 2017, figures: [figure('letters', '160'), figure('mailboxes.mayor', '500')] })
    const { body } = await enter({
      year: 2018,
      figures: [figure('letters', '2400', '上升50%'), figure('mailboxes.mayor', '550', '上升10%')],
    })
    expect((await findings(body.id)).figures.map(({ check }) => check)).toContain('DIGITS')
    const next = await enter({ year: 2018, figures: [figure('letters', '240', '上升60%')] })
    expect((await findings(next.body.id)).figures).toMatchObject([
      { check: 'YOY_FEASIBLE', severity: 'warning', proposal: '上升50%' },
    ])
    const right = await enter({ year: 2018, figures: [figure('letters', '240', '上升50%')] })
    expect((await findings(right.body.id)).figures).toEqual([])
  })
})

it('a rate may be ten times what it was, and a figure that was taken out hides no older one', async () => {
  await enter({
    year: 2014,
    figures: [figure('M06', '2'), figure('relief.sum', '86500'), figure('letters', '30')],
  })
  const newer = await enter({ year: 2014, figures: [figure('letters', '3')] })
  await desk.call(
    ...(['leader', 'DELETE', `/api/reports/declared/${newer.body.id}/figures/letters`, undefined] as const),
    { 'if-match': '"1"' },
  )
  const { body } = await enter({
    year: 2015,
    figures: [figure('M06', '25'), figure('letters', '200'), figure('relief.sum', '90000')],
  })
  expect((await findings(body.id)).figures).toEqual([])
  const grown = await enter({ year: 2015, figures: [figure('letters', '301')] })
  expect((await findings(grown.body.id)).figures.map(({ check }) => check)).toEqual(['DIGITS'])
})

it('a text that is only checked is measured by the years on record, too', async () => {
  const { body } = await desk.call('leader', 'POST', '/api/reports/check', {
    year: 2018,
    text: '1、办信。全年共受理上三级交办及区本级信件24000件。',
  })
  expect((body['findings'] as Finding[]).map(({ check }) => check)).toContain('DIGITS')
})
