// What a report must not tell or answer: other units' disputes, accusations in a published list, false findings, and wordings that break it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statement } from '../../src/platform/db.ts'
import type { Summary } from '../../src/reports/summary.ts'
import { paragraphsOf } from '../support/docx.ts'
import { download, openOfficeYear, type OfficeYear } from './office-year.ts'

let year: OfficeYear
let desk: OfficeYear['desk']
let statistician: { id: string }
let writer: { id: string }
let published: string
let campaignId: string
const accuse = statement<{ no: string }>(
  'test.accuse',
  'update matters set accused_unit_ids = $1::uuid[] where id = $2 returning no',
)
const publish = async (period: string) =>
  (await desk.call('leader', 'POST', `/api/reports/periods/${period}/publish`, {})).body.id
/** A dispute of the township. */
async function dispute(foundDay: string, title: string): Promise<void> {
  const { status } = await desk.call('registrar', 'POST', '/api/ledger/items', {
    ...{ campaignId, foundDay, foundByUnitId: desk.officeUnit, title, demand: '请求提高补偿标准' },
    ...{ topic: 'land', involved: 12, level: 'local' },
    ...{ leadUnitId: desk.township, territorialUnitId: desk.township },
  })
  expect(status).toBe(201)
}
beforeAll(async () => {
  year = await openOfficeYear()
  desk = year.desk
  statistician = await desk.account(['statistician'], { unitId: desk.other })
  writer = await desk.account(['statistician'], { unitId: desk.officeUnit })
  const campaign = await desk.call('registrar', 'POST', '/api/ledger/campaigns', {
    ...{ name: '大排查', fromDay: '2020-08-01', discipline: '应查尽查、应排尽排' },
  })
  campaignId = campaign.body.id
  await dispute('2020-08-10', '征地补偿纠纷')
  desk.clock.forward({ days: 143 })
  published = await publish('2020')
})
afterAll(() => desk.close())

describe('what was published', () => {
  it('lists a dispute only to the units whose it is', async () => {
    const url = `/api/reports/publications/${published}/cases?figure=ledger.total`
    const office = await desk.call('leader', 'GET', url)
    expect(office.body).toMatchObject({ total: 1, hidden: 0, items: [{ title: '征地补偿纠纷' }] })
    const other = await desk.call(statistician, 'GET', url)
    expect(other.body).toMatchObject({ total: 1, hidden: 1, items: [] })
  })

  it('tells how many cases differ also at the end of the list', async () => {
    await year.visit('2020-12-30', 2)
    const url = `/api/reports/publications/${published}/differences`
    const beyond = `${url}?cursor=ffffffff-ffff-4fff-bfff-ffffffffffff`
    expect((await desk.call('leader', 'GET', beyond)).body).toMatchObject({ total: 1, cases: [], next: null })
  })

  it('tells of a dispute that was entered late only the units whose it is', async () => {
    await dispute('2020-09-01', '邻里纠纷')
    const cases = async (who: 'leader' | typeof statistician) => {
      const { body } = await desk.call(
        who,
        'GET',
        `/api/reports/publications/${published}/differences?asOf=now`,
      )
      const { cases: listed, total } = body as unknown as { cases: { subject: string }[]; total: number }
      return { disputes: listed.filter(({ subject }) => subject === 'ledger').length, total }
    }
    expect(await cases('leader')).toEqual({ disputes: 1, total: 2 })
    expect(await cases(statistician)).toEqual({ disputes: 0, total: 2 })
  })

  it('names in its list of what is overdue no matter that accuses a unit', async () => {
    const listed = async (id: string) => {
      const { body } = await desk.call(statistician, 'GET', `/api/reports/publications/${id}`)
      return (body['report'] as Summary).bulletin?.overdue.map(({ no }) => no)
    }
    const week = await publish('2020-W35')
    const before = await listed(week)
    const [accusing] = await accuse(desk.deps.db, [[desk.other], year.late])
    expect(before).toEqual([accusing?.no])
    expect(await listed(await publish('2020-08'))).toEqual([])
    // Published before: neither on the screen nor in the file, though what was published stands unchanged.
    expect(await listed(week)).toEqual([])
    const file = await download(desk, 'leader', `/api/reports/publications/${week}/docx`)
    const [text, no = ''] = [paragraphsOf(file.rawPayload).join(), accusing?.no]
    expect(text).toContain('在办超期共1件，列出0件')
    expect(text).not.toContain(no)
    const { body } = await desk.call(statistician, 'GET', `/api/reports/publications/${week}`)
    expect(body['intact']).toBe(true)
  })
})

describe('a report that stands', () => {
  it('is not told that a true change of a month is wrong because of the whole year on record', async () => {
    await publish('2019')
    const { body } = await desk.call('leader', 'GET', '/api/reports/periods/2020-08')
    expect((body['findings'] as Summary['findings']).map(({ check }) => check)).not.toContain('YOY_FEASIBLE')
  })

  it.each(['到区{yoy M01}。', '{yoy 批=M01 M02}到区'])('is not worded %s', async (text) => {
    const url = '/api/reports/wordings/month/visits'
    const { status } = await desk.call(writer, 'PUT', url, { heading: '走访', text }, { 'if-match': '"0"' })
    expect(status).toBe(422)
    expect((await desk.call('leader', 'GET', '/api/reports/periods/2020-08')).status).toBe(200)
  })

  it.each(['[M01]情况通报', '{yoy =M01}', '{pace =M01}'])('is not called %s', async (text) => {
    const { status } = await desk.call(
      writer,
      'PUT',
      '/api/reports/wordings/month/title',
      { heading: '', text },
      { 'if-match': '"0"' },
    )
    expect(status).toBe(422)
  })
})
