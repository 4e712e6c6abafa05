// The report of a period: its sentences say what the lists count, people write between them, and what cannot be true is not published.
import { readXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endOf, periodOf } from '../../src/reports/periods.ts'
import { makeSummary, type Summary } from '../../src/reports/summary.ts'
import { paragraphsOf } from '../support/docx.ts'
import { download, openOfficeYear, type OfficeYear } from './office-year.ts'

let year: OfficeYear
let desk: OfficeYear['desk']
beforeAll(async () => {
  year = await openOfficeYear()
  desk = year.desk
  desk.clock.forward({ days: 60 })
})
afterAll(() => desk.close())

type Who = Parameters<OfficeYear['desk']['cookie']>[0]
const report = async (period: string, who: Who = 'leader') =>
  (await desk.call(who, 'GET', `/api/reports/periods/${period}`)).body as unknown as Summary
const textOf = ({ paragraphs }: Summary) => paragraphs.map(({ text }) => text).join('\n')

describe('the report of a year', () => {
  it('says what was counted, beside the year before', async () => {
    const summary = await report('2020')
    expect(summary.title).toBe('2020年信访和群众工作情况')
    const text = textOf(summary)
    expect(text).toContain('到区走访3批16人次，与去年相比批次上升50%，人次上升167%。')
    expect(text).toContain('其中集体访1批12人次，批次与去年持平，人次上升140%。')
    expect(text).toContain('到市走访1批6人次，批次去年同期为0，不作比较，人次去年同期为0，不作比较。')
    expect(text).toContain('全年共受理上三级交办及区本级信件2件')
    expect(text).toContain('共受理交办2件，已办1件，正在办理1件，及时签收率100%，按期回复率100%')
    expect(text).toContain('超期1件（其中已回复超期0件，在办超期1件）')
    expect(text).toContain('按期办结率50%')
    expect(summary.findings.filter(({ severity }) => severity !== 'note')).toEqual([])
  })

  it('opens every figure to exactly what it counts', async () => {
    const { facts } = await report('2020')
    const lists = facts.flatMap(({ key, numerator, denominator, list, denominatorList }) => [
      ...(numerator === null ? [] : [{ key, n: numerator, list }]),
      ...(denominator === null || denominatorList === null
        ? []
        : [{ key, n: denominator, list: denominatorList }]),
    ])
    const wrong = []
    for (const { key, n, list } of lists.filter(({ list: link }) =>
      /^\/api\/kpi\/(?:matters|tallies)/.test(link),
    )) {
      const { status, body } = await desk.call('leader', 'GET', list)
      const listed = body['total'] ?? (body['items'] as unknown[] | undefined)?.length
      // People are counted over the batches that the list shows.
      if (status !== 200 || (listed !== n && !key.endsWith('.persons')))
        wrong.push({ key, n, status, listed })
    }
    expect(lists.length).toBeGreaterThan(100)
    expect(wrong).toEqual([])
  })

  it('is the same in Word, in Excel and as data', async () => {
    const summary = await report('2020')
    const docx = await download(desk, 'leader', '/api/reports/periods/2020/docx')
    expect(docx.headers['content-disposition']).toContain(encodeURIComponent('2020年信访和群众工作情况'))
    const paragraphs = paragraphsOf(docx.rawPayload)
    for (const { text } of summary.paragraphs) expect(paragraphs).toContain(text)
    expect(paragraphs).toContain('附件：1. 12345政务服务热线各单位办理情况')

    const xlsx = await download(desk, 'leader', '/api/reports/periods/2020/xlsx')
    const rows = (await readXlsx(xlsx.rawPayload)).sheets[0]?.rows ?? []
    const texts = new Map(rows.map(([key, , text]) => [key, text]))
    for (const { key, text } of summary.facts) expect([key, texts.get(key)]).toEqual([key, text])
  })

  it('counts only what its reader may see, and is not for a township', async () => {
    expect((await desk.call('liaison', 'GET', '/api/reports/periods/2020')).status).toBe(403)
    const { status, body } = await desk.call('leader', 'GET', '/api/reports/periods/2020-13')
    expect([status, body.code]).toEqual([404, 'report/no-period'])
  })
})

describe('a bulletin', () => {
  it('of a month compares with the month before and the year before', async () => {
    const text = textOf(await report('2020-08'))
    expect(text).toContain(
      '到区走访1批12人次，批次与去年同期持平，人次上升140%，批次上月为0，不作比较，人次上月为0，不作比较。',
    )
    expect((await report('2020-08')).title).toBe('2020年8月信访和热线工作情况通报')
  })

  it('lists what is overdue, whatever month it came in, and ranks nobody of fewer than ten', async () => {
    const { bulletin, facts } = await report('2020-09')
    const overdue = facts.find(({ key }) => key === 'overdue.open')
    expect([overdue?.value, bulletin?.overdue.map(({ unit }) => unit)]).toEqual([1, ['荣山镇']])
    expect(bulletin?.rankings.flatMap(({ first }) => first)).toEqual([])
    const docx = paragraphsOf(
      (await download(desk, 'leader', '/api/reports/periods/2020-09/docx')).rawPayload,
    )
    expect(docx).toContain('截至时在办超期共1件。')
    expect((await report('2020')).bulletin).toBeNull()
  })

  it('of a week counts its seven days', async () => {
    expect(textOf(await report('2020-W33'))).toContain('到区走访1批12人次')
    expect(textOf(await report('2020-W32'))).toContain('到区走访0批0人次')
  })
})

describe('an office', () => {
  it('words a section anew without touching the figures; what names no figure is refused', async () => {
    const url = '/api/reports/wordings/year/reviews'
    const asked = { heading: '复查', text: '复查{reviewz}。' }
    const unknown = await desk.call('leader', 'PUT', url, asked, { 'if-match': '"0"' })
    expect([unknown.status, unknown.body['errors']]).toMatchObject([422, [{ pointer: '/body/text' }]])
    for (const text of [
      '复查{reviews',
      '{{reviews}}',
      '[]复查',
      '[=reviews',
      '{yoy }',
      '[!]复查',
      '{constructor}',
    ]) {
      const broken = await desk.call('leader', 'PUT', url, { heading: '复查', text }, { 'if-match': '"0"' })
      expect([text, broken.status, broken.body['errors']]).toMatchObject([
        text,
        422,
        [{ pointer: '/body/text' }],
      ])
    }
    const given = {
      heading: '复查复核',
      text: '[reviews]收到复查申请{reviews}。\n[!reviews]全年没有复查申请。',
    }
    expect((await desk.call('leader', 'PUT', url, given)).status).toBe(428)
    const worded = await desk.call('leader', 'PUT', url, given, { 'if-match': '"0"' })
    expect((await desk.call('leader', 'PUT', url, given, { 'if-match': '"0"' })).body).toMatchObject({
      status: 412,
      version: 1,
    })
    expect([worded.status, worded.body.version]).toEqual([200, 1])
    const summary = await report('2020')
    expect(textOf(summary)).toContain('全年没有复查申请。')
    expect(summary.wording).toMatchObject({ reviews: 1 })
    expect((await desk.call('dispatcher', 'PUT', url, { heading: '', text: '无关文字' })).status).toBe(403)
    // Files are called by the title.
    const title = (text: string) =>
      desk.call(
        'leader',
        'PUT',
        '/api/reports/wordings/year/title',
        { heading: '', text },
        { 'if-match': '"0"' },
      )
    expect((await title('{period}工作/总结')).body['errors']).toMatchObject([{ pointer: '/body/text' }])
    expect((await title('{period}信访和群众工作情况')).status).toBe(200)
  })

  it('writes paragraphs between the computed ones, and answers for the legal content with them', async () => {
    const at = '/api/reports/periods/2020/paragraphs'
    const given = { after: 'reviews', covers: 'proposals', text: '全年提出完善政策建议3条，均被采纳。' }
    const { status, body } = await desk.call('leader', 'POST', at, given)
    expect(status).toBe(201)
    const { paragraphs } = await report('2020')
    const place = paragraphs.findIndex(({ text }) => text === given.text)
    expect(paragraphs[place - 1]?.section).toBe('reviews')
    const docx = paragraphsOf((await download(desk, 'leader', '/api/reports/periods/2020/docx')).rawPayload)
    expect(docx).toContain('另有1段专述')
    expect(docx).not.toContain('未涉及，请补充')

    const changed = { ...given, text: '全年提出完善政策建议2条，均被采纳。' }
    const one = `${at}/${body.id}`
    expect((await desk.call('leader', 'PUT', one, changed)).status).toBe(428)
    expect((await desk.call('leader', 'PUT', one, changed, { 'if-match': '"1"' })).status).toBe(200)
    expect((await desk.call('leader', 'PUT', one, given, { 'if-match': '"1"' })).status).toBe(412)
    expect(textOf(await report('2020'))).toContain('建议2条')
    expect((await desk.call('leader', 'DELETE', one, undefined, { 'if-match': '"2"' })).status).toBe(200)
    expect(textOf(await report('2020'))).not.toContain('建议2条')
  })

  it('cannot publish what contradicts the figures, unless a leader explains it', async () => {
    const written = { after: 'visits-district', text: '全年到区走访33批16人次。' }
    await desk.call('leader', 'POST', '/api/reports/periods/2020/paragraphs', written)
    const [fault] = (await report('2020')).findings.filter(({ severity }) => severity === 'error')
    expect(fault?.zh).toContain('33批')
    const publish = () => desk.call('leader', 'POST', '/api/reports/periods/2020/publish', {})
    const refused = await publish()
    expect([refused.status, refused.body.code]).toEqual([409, 'report/not-consistent'])

    const explained = await Promise.all(
      (await report('2020')).findings
        .filter(({ severity }) => severity === 'error')
        .map(({ mark }) =>
          desk.call('leader', 'POST', '/api/reports/periods/2020/explanations', {
            ...{ mark, explanation: '人工段落沿用纸质登记，已核对。' },
          }),
        ),
    )
    expect(explained.map(({ status }) => status)).toEqual(explained.map(() => 201))
    expect((await publish()).status).toBe(201)
    const docx = paragraphsOf((await download(desk, 'leader', '/api/reports/periods/2020/docx')).rawPayload)
    expect(docx).toContain('人工段落沿用纸质登记，已核对。')
  })
})

it('as of an instant of the past says what was known then', async () => {
  const { db, config, clock } = desk.deps
  const period = periodOf('2020') ?? expect.fail('no year')
  const [now, { OFFICE_NAME: office, OFFICE_REGION: region }] = [clock.now(), config]
  const of = (asOf: string) => makeSummary(db, desk.system, { ...{ period, asOf, now }, office, region })
  const overdue = ({ facts }: Summary) => facts.find(({ key }) => key === 'M07o')?.value
  expect(overdue(await of('2020-08-14T10:00:00.000+08:00'))).toBe(0)
  expect(overdue(await of(endOf(period, now)))).toBe(1)
})
