// What was published stays: figures and case lists under one hash, published once, corrected by another edition, and compared with what is known since.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statement } from '../../src/platform/db.ts'
import type { Summary } from '../../src/reports/summary.ts'
import { paragraphsOf } from '../support/docx.ts'
import { inputs } from '../matters/scenes.ts'
import { download, openOfficeYear, type OfficeYear } from './office-year.ts'

let year: OfficeYear
let desk: OfficeYear['desk']
beforeAll(async () => {
  year = await openOfficeYear()
  desk = year.desk
  // 4 January 2021, a Monday.
  desk.clock.forward({ days: 143 })
})
afterAll(() => desk.close())

interface Moved {
  figures: { key: string; published: string; now: string }[]
  cases: {
    id: string
    cause: { code: string; label: string }
    entered: string[]
    left: string[]
    amount: string[]
    last: { label: string; at: string; by: string } | null
  }[]
  total: number
}
interface Cases {
  total: number
  hidden: number
  items: { id: string }[]
}
const publish = (body: object = {}, who: 'leader' | 'dispatcher' | 'liaison' = 'leader') =>
  desk.call(who, 'POST', '/api/reports/periods/2020/publish', body)
const publications = async () =>
  (await desk.call('leader', 'GET', '/api/reports/publications?period=2020')).body['items'] as {
    id: string
    edition: number
    reason: string | null
  }[]
const differences = async (id: string, query = '') =>
  (await desk.call('leader', 'GET', `/api/reports/publications/${id}/differences${query}`))
    .body as unknown as Moved

describe('publishing a year', () => {
  it('is for the leader, and not before the period has begun', async () => {
    expect((await publish({}, 'dispatcher')).status).toBe(403)
    expect((await publish({}, 'liaison')).status).toBe(403)
    const early = await desk.call('leader', 'POST', '/api/reports/periods/2022/publish', {})
    expect([early.status, early.body.code]).toEqual([409, 'report/not-begun'])
    const future = await publish({ asOf: '2021-06-30T00:00:00+08:00' })
    expect([future.status, future.body.code]).toEqual([422, 'kpi/as-of-in-future'])
    expect(await publications()).toEqual([])
  })

  it('freezes it once, however often and however many at the same time order it', async () => {
    const answers = await Promise.all([publish(), publish(), publish()])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await publish()).body.id).toBe(answers[0]?.body.id)
    expect(await publications()).toMatchObject([{ edition: 1, reason: null }])
    const { body } = await desk.call('leader', 'GET', `/api/reports/publications/${answers[0]?.body.id}`)
    expect(body['intact']).toBe(true)
  })

  it('keeps with every figure the matters behind it', async () => {
    const [{ id } = { id: '' }] = await publications()
    const { body } = await desk.call('leader', 'GET', `/api/reports/publications/${id}`)
    const { facts } = body['report'] as Summary
    const cases = async (figure: string, part = 'numerator') => {
      const url = `/api/reports/publications/${id}/cases?figure=${figure}&part=${part}`
      return (await desk.call('leader', 'GET', url)).body as unknown as Cases
    }
    const wrong = []
    for (const { key, numerator, denominator } of facts.filter(({ key: of }) =>
      /^M\d|^letters|batches$/.test(of),
    )) {
      const { total, items } = await cases(key)
      if (total !== numerator || items.length !== total) wrong.push({ key, numerator, total })
      if (denominator !== null && (await cases(key, 'denominator')).total !== denominator)
        wrong.push({ key, denominator })
    }
    expect(wrong).toEqual([])
    expect((await cases('M07o')).items).toMatchObject([{ id: year.late }])
    const unknown = await desk.call('leader', 'GET', `/api/reports/publications/${id}/cases?figure=M99`)
    expect([unknown.status, unknown.body.code]).toEqual([404, 'report/no-figure'])
  })

  it('counts a matter that is withheld from the reader, and shows nothing of it', async () => {
    const [{ id } = { id: '' }] = await publications()
    const seen = await desk.call('leader', 'GET', `/api/reports/publications/${id}/cases?figure=M02`)
    expect(seen.body).toMatchObject({ total: 1, hidden: 0 })
    await barred(desk.deps.db, [[desk.staff.leader.id], year.done])
    const unseen = await desk.call('leader', 'GET', `/api/reports/publications/${id}/cases?figure=M02`)
    expect(unseen.body).toMatchObject({ total: 1, hidden: 1, items: [] })
    await barred(desk.deps.db, [[], year.done])
  })

  it('cannot be changed or taken back, not even in the database', async () => {
    const attempts = [
      'update report_publications set edition = 9',
      'delete from report_publications',
      "update report_cases set places = '{1}'",
      'delete from report_cases',
      'truncate report_cases',
    ]
    for (const text of attempts)
      await expect(desk.deps.db.query({ name: '', text })).rejects.toThrow(/append-only|only be added/)
  })
})

const barred = statement<{ id: string }>(
  'test.bar',
  'update matters set barred_ids = $1::uuid[] where id = $2 returning id',
)

describe('what came after', () => {
  it('is nothing, as long as nothing was done', async () => {
    const [{ id } = { id: '' }] = await publications()
    expect(await differences(id)).toMatchObject({ figures: [], cases: [], total: 0 })
  })

  it('of progress shows only when counted as of now', async () => {
    const [{ id } = { id: '' }] = await publications()
    desk.clock.forward({ hours: 1 })
    await desk.does('liaison', year.late, 'reply', inputs(desk).reply)
    await desk.does('reviewer', year.late, 'approve')
    expect(await differences(id)).toMatchObject({ figures: [], cases: [], total: 0 })
    const now = await differences(id, '?asOf=now')
    expect(now.figures.map(({ key }) => key)).toContain('M02')
    // Replied now, and overdue as ever.
    expect(now.figures.map(({ key }) => key)).not.toContain('M07')
    expect(now.cases).toMatchObject([
      {
        id: year.late,
        cause: { code: 'progressed', label: '办理进展' },
        last: { label: expect.any(String) },
      },
    ])
    expect(now.cases[0]?.left).toEqual(expect.arrayContaining(['M03', 'M07o']))
    expect(now.cases[0]?.entered).toEqual(expect.arrayContaining(['M02', 'M07r']))
  })

  it('of a correction names the matter, the figures that it moved, who and when', async () => {
    const [{ id } = { id: '' }] = await publications()
    const corrected = await desk.call(
      ...([
        'registrar',
        'PATCH',
        `/api/visits/${year.crowd.id}`,
        { personCount: 4, reason: '人数重复登记' },
      ] as const),
      { 'if-match': `"${year.crowd.version}"` },
    )
    expect([corrected.status, corrected.body]).toMatchObject([200, {}])
    const { figures, cases } = await differences(id)
    expect(figures).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: 'visits.district.persons', published: '16人次', now: '8人次' }),
        expect.objectContaining({ key: 'visits.district.collective.batches', published: '1批', now: '0批' }),
      ]),
    )
    expect(cases).toMatchObject([
      {
        ...{ id: year.crowd.id, cause: { code: 'corrected', label: '更正' } },
        last: { at: desk.clock.now(), by: expect.stringContaining('测试人员') },
      },
    ])
    expect(cases[0]?.left).toEqual(expect.arrayContaining(['visits.district.collective.batches']))
    expect(cases[0]?.entered).toEqual(expect.arrayContaining(['visits.district.individual.batches']))
    expect(cases[0]?.amount).toEqual(expect.arrayContaining(['visits.district.persons']))
  })

  it('of a correction that moves a sum and no count names the matter, and none that nothing was done to', async () => {
    const [{ id } = { id: '' }] = await publications()
    const counted = await desk.call(
      ...(['leader', 'GET', `/api/reports/publications/${id}/cases?figure=visits.district.persons`] as const),
    )
    const small = (counted.body as unknown as Cases).items.find((each) => each.id !== year.crowd.id)?.id ?? ''
    const more = async (people: number) => {
      const { body } = await desk.call('registrar', 'GET', `/api/matters/${small}`)
      const { personCount } = body['visit'] as { personCount: number }
      const given = { personCount: personCount + people, reason: '按签到表更正' }
      const etag = { 'if-match': `"${String(body['version'])}"` }
      return desk.call('registrar', 'PATCH', `/api/visits/${small}`, given, etag)
    }
    expect((await more(1)).status).toBe(200)
    const { cases, total, figures } = await differences(id)
    expect(figures).toContainEqual(
      expect.objectContaining({ key: 'visits.district.persons', published: '16人次', now: '9人次' }),
    )
    expect(total).toBe(2)
    expect(cases.find((each) => each.id === small)).toMatchObject({
      ...{ cause: { code: 'corrected' }, entered: [], left: [], last: { label: '更正走访信息' } },
      amount: expect.arrayContaining(['visits.district.persons']),
    })
    expect((await more(-1)).status).toBe(200)
  })

  it('of what was entered late is told apart', async () => {
    const [{ id } = { id: '' }] = await publications()
    const { id: entered } = await year.visit('2020-12-31', 2)
    const { cases } = await differences(id)
    expect(cases.find((each) => each.id === entered)).toMatchObject({
      ...{ cause: { code: 'late', label: '补录' }, left: [] },
      entered: expect.arrayContaining(['visits.district.batches']),
    })
  })

  it('is published as another edition, with its reason, and the first stays as it was', async () => {
    const [first] = await publications()
    const bare = await publish()
    expect([bare.status, bare.body.code]).toEqual([409, 'report/published-already'])
    expect((await publish({ reason: '更' })).status).toBe(422)
    expect((await publish({ reason: '更正一批走访的人数，补录一批' })).body['edition']).toBe(2)
    expect(await publications()).toMatchObject([
      { edition: 2, reason: '更正一批走访的人数，补录一批' },
      { edition: 1, id: first?.id },
    ])
    const { body } = await desk.call('leader', 'GET', `/api/reports/publications/${first?.id}`)
    expect(body['intact']).toBe(true)
    const docx = await download(desk, 'leader', `/api/reports/publications/${first?.id}/docx`)
    expect(paragraphsOf(docx.rawPayload).join('')).toContain('到区走访3批16人次')
    const [second] = await publications()
    const corrected = await download(desk, 'leader', `/api/reports/publications/${second?.id}/docx`)
    expect(corrected.headers['content-disposition']).toContain(encodeURIComponent('（第2版）'))
    expect(paragraphsOf(corrected.rawPayload).join('')).toContain('到区走访4批10人次')
  })
})
