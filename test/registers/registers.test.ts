// The registers as those who keep them: every row stays, figures open to their rows, spreadsheets go both ways.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metricIds } from '../../src/kpi/metrics.ts'
import { metricKinds } from '../../src/registers/terms.ts'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const enter = (register: string, row: object, who: keyof Desk['staff'] = 'registrar') =>
  desk.call(who, 'POST', `/api/registers/${register}`, row)
const texts = async (register: string, query = 'from=2020-01-01&to=2020-12-31') => {
  const { body } = await desk.call('leader', 'GET', `/api/registers/${register}/figures?${query}`)
  return new Map(
    (body['figures'] as { id: string; text: string; list: string }[]).map((each) => [each.id, each]),
  )
}
const rowsBehind = async (list: string) => (await desk.call('leader', 'GET', list)).body
const ledgerOf = (text: string) => Buffer.from(text, 'utf8')

async function upload(
  register: string,
  bytes: Buffer,
  name = '表.csv',
  who: keyof Desk['staff'] = 'registrar',
) {
  const boundary = 'a-boundary-between-parts'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const [server] = desk.servers
  if (server === undefined) throw new Error('no server')
  const response = await server.app.inject({
    ...{ method: 'POST', url: `/api/registers/${register}/import`, remoteAddress: '10.8.0.1', payload },
    headers: {
      ...{ cookie: await desk.cookie(who), 'x-banjian': '1' },
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  })
  return { status: response.statusCode, body: response.json<Record<string, unknown>>() }
}

async function download(url: string) {
  const [server] = desk.servers
  if (server === undefined) throw new Error('no server')
  const headers = { cookie: await desk.cookie('leader'), 'x-banjian': '1' }
  return server.app.inject({ method: 'GET', url, remoteAddress: '10.8.0.1', headers })
}

async function exported(register: string, format: 'csv' | 'xlsx') {
  const response = await download(`/api/registers/${register}.${format}`)
  expect(response.statusCode).toBe(200)
  return response.rawPayload
}

describe('duty', () => {
  it('keeps people, postings, person-days and days apart', async () => {
    const shift = (person: string, fromDay: string, toDay: string) =>
      enter('duty', { mission: 'beijing', person, fromDay, toDay })
    await shift('甲', '2020-01-01', '2020-01-10')
    await shift('乙', '2020-01-06', '2020-01-15')
    await shift('甲', '2020-03-01', '2020-03-05')
    await shift('丙', '2019-12-30', '2020-01-02')
    const figures = await texts('duty')
    const text = (what: string) => figures.get(`duty.beijing.${what}`)?.text
    expect(['people', 'postings', 'person-days', 'days'].map(text)).toEqual([
      '3人',
      '4人次',
      '27人·天',
      '20天',
    ])
    const behind = await rowsBehind(figures.get('duty.beijing.people')?.list ?? '')
    expect(behind['total']).toBe(4)
    const twice = await shift('甲', '2020-01-10', '2020-01-11')
    expect(twice.body).toMatchObject({ code: 'register/invalid-row', errors: [{ pointer: '/body/fromDay' }] })
    const backwards = await shift('丁', '2020-01-02', '2020-01-01')
    expect(backwards.body['errors']).toMatchObject([
      { pointer: '/body/toDay', message: '结束日期不能早于开始日期' },
    ])
  })

  it('the same person twice at once is entered once', async () => {
    const row = { mission: 'province', person: '戊', fromDay: '2020-05-01', toDay: '2020-05-09' }
    const both = await Promise.all([enter('duty', row), enter('duty', row)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 422])
  })
})

describe('a row', () => {
  const training = {
    topic: '12345热线业务培训',
    fromDay: '2020-04-10',
    sessions: 2,
    attendees: 69,
    accounts: 64,
  }

  it('is corrected with a reason under the version that was read; what it said before stays to be seen', async () => {
    const { body } = await enter('training', training)
    const url = `/api/registers/training/${body.id}`
    const change = { changes: { attendees: 70 }, reason: '漏计一人' }
    expect((await desk.call('registrar', 'PATCH', url, change)).status).toBe(428)
    expect(
      (await desk.call('registrar', 'PATCH', url, { changes: { attendees: 70 } }, { 'if-match': '"1"' }))
        .status,
    ).toBe(422)
    expect((await desk.call('registrar', 'PATCH', url, change, { 'if-match': '"1"' })).body.version).toBe(2)
    const stale = await desk.call('registrar', 'PATCH', url, change, { 'if-match': '"1"' })
    expect(stale.status).toBe(412)
    const seen = (await desk.call('leader', 'GET', url)).body
    expect(seen).toMatchObject({
      row: { attendees: 70 },
      history: [{ version: 1, reason: '漏计一人', row: { attendees: 69 } }],
    })
    expect([...(await texts('training')).values()].map(({ text }) => text)).toEqual([
      '1次',
      '2批',
      '70人',
      '64个',
    ])
  })

  it('that is void counts nowhere and is not changed any more, and is there to be seen', async () => {
    const { body } = await enter('training', { ...training, fromDay: '2020-05-10' })
    const url = `/api/registers/training/${body.id}`
    expect((await desk.call('registrar', 'POST', `${url}/void`, { reason: '重复登记' })).status).toBe(200)
    expect((await texts('training')).get('training.trainings')?.text).toBe('1次')
    const late = await desk.call(
      'registrar',
      'PATCH',
      url,
      { changes: { attendees: 1 }, reason: '更正' },
      { 'if-match': '"2"' },
    )
    expect(late.body.code).toBe('register/voided')
    expect((await desk.call('leader', 'GET', '/api/registers/training?voided=true')).body['total']).toBe(1)
    expect(await desk.events(body.id)).toEqual(['register.entered', 'register.voided'])
  })

  it('is for those who keep registers, and tells what is wrong', async () => {
    expect((await enter('training', training, 'liaison')).status).toBe(403)
    const wrong = await enter('training', { ...training, attendees: 1.5, fromDay: '2020-13-01', extra: 1 })
    expect((wrong.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).toSorted()).toEqual([
      ...['/body/attendees', '/body/extra', '/body/fromDay'],
    ])
    expect((await enter('training', { ...training, fromDay: '2020-08-15' })).body['errors']).toMatchObject([
      { pointer: '/body/fromDay', message: '日期不能晚于今天' },
    ])
  })
})

describe('SMS volumes', () => {
  it('are by month, delivered at most what was sent, and give sum, least month and rate', async () => {
    await enter('sms', { month: '2020-01', source: 'reported', sent: 30_000, delivered: 29_700 })
    await enter('sms', { month: '2020-02', source: 'reported', sent: 31_000, delivered: 31_000 })
    const figures = await texts('sms')
    expect([...figures.values()].map(({ text }) => text)).toEqual(['61000条', '60700条', '30000条', '99.51%'])
    const more = await enter('sms', { month: '2020-03', source: 'reported', sent: 1, delivered: 2 })
    expect(more.body['errors']).toMatchObject([{ pointer: '/body/delivered' }])
    const twice = await enter('sms', { month: '2020-02', source: 'reported', sent: 1, delivered: 1 })
    expect(twice.body['errors']).toMatchObject([{ pointer: '/body/month', message: '该月已登记' }])
  })
})

describe('the least month of SMS', () => {
  it('is that of which all sources together tell least', async () => {
    await enter('sms', { month: '2018-01', source: 'own', sent: 20_000, delivered: 20_000 })
    await enter('sms', { month: '2018-01', source: 'reported', sent: 12_000, delivered: 12_000 })
    await enter('sms', { month: '2018-02', source: 'reported', sent: 30_000, delivered: 30_000 })
    const mistaken = await enter('sms', { month: '2018-02', source: 'own', sent: 9000, delivered: 9000 })
    const url = `/api/registers/sms/${mistaken.body.id}/void`
    expect((await desk.call('registrar', 'POST', url, { reason: '重复登记' })).status).toBe(200)
    const figures = await texts('sms', 'from=2018-01-01&to=2018-12-31')
    expect(figures.get('sms.least')?.text).toBe('30000条')
  })
})

describe('performance', () => {
  it('amounts are fen, the rate has two decimals, and an indicator is measured by a metric of its kind', async () => {
    const project = {
      year: 2020,
      name: '群众信访工作专项',
      budgetFen: 63_000_000,
      executedFen: 16_720_000,
      fiscalFen: 63_000_000,
    }
    const { body } = await enter('project', project)
    const figures = await texts('project')
    expect(figures.get('project.executed')?.text).toBe('167200.00元')
    expect(figures.get('project.rate')?.text).toBe('26.54%')
    const indicator = { projectId: body.id, kind: 'satisfaction', name: '群众信访投诉满意', expected: '100%' }
    const wrong = await enter('indicator', { ...indicator, metric: 'M05' })
    expect(wrong.body['errors']).toMatchObject([
      { pointer: '/body/metric', message: '满意度指标不能用时效指标的统计指标衡量' },
    ])
    expect((await enter('indicator', { ...indicator, metric: 'M10' })).status).toBe(201)
    expect((await enter('indicator', { ...indicator, actual: '100%' })).body['errors']).toMatchObject([
      { pointer: '/body/source', message: '实际值须注明来源' },
    ])
    for (const metric of Object.keys(metricKinds)) expect(metricIds).toContain(metric)
  })

  it('a bound indicator shows what its metric came to in the year, with the matters behind it, in the list, opened and in the file', async () => {
    const amounts = { budgetFen: 1000, executedFen: 5, fiscalFen: 1 }
    const project = async (year: number) =>
      (await enter('project', { year, name: '热线办理', ...amounts })).body.id
    const [now, before] = [await project(2020), await project(2018)]
    for (let n = 0; n < 3; n++) await desk.register({ dispatch: { leadUnitId: desk.township } })
    const indicator = (projectId: string, name: string, more: object) =>
      enter('indicator', { projectId, name, kind: 'quantity', expected: '3件', ...more })
    const { body } = await indicator(now, '交办件数', { metric: 'M01' })
    await indicator(before, '往年交办件数', { metric: 'M01' })
    await indicator(now, '宣传场次', { actual: '4场', source: '宣传台账' })
    const rate = { kind: 'satisfaction', expected: '90%', metric: 'M10' }
    await indicator(now, '群众满意率', rate)
    const query = 'from=2020-01-01&to=2020-12-31&metrics=M01,M10'
    const figures = (await desk.call('leader', 'GET', `/api/kpi?${query}`)).body['figures'] as object[]
    const { items } = (await desk.call('leader', 'GET', '/api/registers/indicator?limit=100')).body
    type Shown = { row: Record<string, unknown>; measured: { numerator: number; list: string } | null }
    const of = (name: string) => (items as Shown[]).find(({ row }) => row['name'] === name)
    expect(of('交办件数')?.measured).toMatchObject({
      ...{ metric: 'M01', period: { from: '2020-01-01', to: '2020-12-31' } },
      ...{ numerator: 3, denominator: null, text: '3件' },
    })
    expect(figures).toMatchObject([{ numerator: 3 }, { metric: 'M10', denominator: 0 }])
    expect(of('群众满意率')?.measured).toMatchObject({ denominator: 0, value: null, text: '无' })
    expect(of('往年交办件数')?.measured).toMatchObject({ numerator: 0, text: '0件' })
    expect(of('宣传场次')).toMatchObject({ measured: null, row: { actual: '4场' } })
    expect((await rowsBehind(of('交办件数')?.measured?.list ?? ''))['total']).toBe(3)
    const opened = await desk.call('leader', 'GET', `/api/registers/indicator/${body.id}`)
    expect(opened.body['measured']).toMatchObject({ numerator: 3, text: '3件' })
    const file = await exported('indicator', 'csv')
    expect(file.toString('utf8')).toMatch(/交办件数,3件,M01,,,3件,3,,/)
  })
})

describe('the knowledge base', () => {
  const article = {
    ...{ topic: 'traffic', question: '公交卡如何办理', answer: '凭身份证到公交公司窗口办理。' },
    ...{ fromDay: '2020-01-01', toDay: '2020-12-31', reviewDay: '2020-08-01' },
  }
  const found = async (q: string) =>
    ((await desk.call('agent', 'GET', `/api/knowledge?q=${encodeURIComponent(q)}`)).body['items'] as object[])
      .length

  it('finds an article in whatever width and case it was written, and asks for two characters', async () => {
    const { body } = await enter('knowledge', {
      ...article,
      question: '如何办理ＥＴＣ通行卡',
      ownerUnitId: desk.township,
      reviewDay: '2020-12-01',
    })
    await desk.call('supervisor', 'POST', `/api/registers/knowledge/${body.id}/approve`)
    expect([await found('etc'), await found('ＥＴＣ'), await found('ETC通行')]).toEqual([1, 1, 1])
    const short = await desk.call('agent', 'GET', `/api/knowledge?q=${encodeURIComponent('卡')}`)
    expect(short.body).toMatchObject({
      ...{ code: 'matter/search-too-short', errors: [{ pointer: '/query/q' }] },
    })
  })

  it('shows agents what another person has approved and what is in force', async () => {
    const { body } = await enter('knowledge', { ...article, ownerUnitId: desk.township })
    expect(await found('公交卡')).toBe(0)
    const url = `/api/registers/knowledge/${body.id}`
    expect((await desk.call('registrar', 'POST', `${url}/approve`)).body.code).toBe('ledger/duties-apart')
    expect((await desk.call('supervisor', 'POST', `${url}/approve`)).status).toBe(200)
    expect(await found('公交卡')).toBe(1)
    const due = (await desk.call('liaison', 'GET', '/api/knowledge/due')).body['items'] as { id: string }[]
    expect(due.map(({ id }) => id)).toEqual([body.id])
    expect(
      ((await desk.call('otherLiaison', 'GET', '/api/knowledge/due')).body['items'] as object[]).length,
    ).toBe(0)
    const change = { changes: { answer: '可在手机上办理。' }, reason: '流程变更' }
    await desk.call('registrar', 'PATCH', url, change, { 'if-match': '"2"' })
    expect(await found('公交卡')).toBe(0)
  })

  it('counts in a period what was in force in it, also what began before or ended within', async () => {
    const days = { fromDay: '2015-12-05', toDay: '2016-05-31', reviewDay: '2016-05-01' }
    const { body } = await enter('knowledge', { ...article, ...days, ownerUnitId: desk.township })
    await desk.call('supervisor', 'POST', `/api/registers/knowledge/${body.id}/approve`)
    const current = async (query: string) => (await texts('knowledge', query)).get('knowledge.approved')
    const of = async (query: string) => (await current(query))?.text
    expect(await of('from=2016-01-01&to=2016-01-31')).toBe('1条')
    expect(await of('from=2016-05-31&to=2016-06-30')).toBe('1条')
    expect(await of('from=2015-12-01&to=2015-12-04')).toBe('0条')
    expect(await of('from=2016-06-01&to=2016-06-30')).toBe('0条')
    const list = (await current('from=2016-01-01&to=2016-01-31'))?.list ?? ''
    expect((await rowsBehind(list))['items']).toMatchObject([{ id: body.id }])
  })
})

describe('spreadsheets', () => {
  const csv =
    '年度,编制类型,编制数,在职人数\r\n2020,行政编制,6,6\r\n2020,事业编制,10,8\r\n２０２０,工勤编制,1,1\r\n'

  it('come in as they go out, once however often', async () => {
    expect(await upload('staffing', ledgerOf(csv))).toMatchObject({
      status: 201,
      body: { known: false, rows: 3 },
    })
    expect((await upload('staffing', ledgerOf(csv))).body).toMatchObject({ known: true, rows: 3 })
    expect([...(await texts('staffing')).values()].map(({ text }) => text)).toEqual(['17名', '15人'])
    for (const format of ['csv', 'xlsx'] as const) {
      // What was exported is read again; only that it is there already stands against it.
      const back = await upload('staffing', await exported('staffing', format), `编制.${format}`)
      expect(back.body['errors']).toMatchObject([
        { message: '该年度此类编制已登记' },
        { message: '该年度此类编制已登记' },
        { message: '该年度此类编制已登记' },
      ])
    }
    expect(await desk.events(desk.staff.leader.id)).toContain('register.exported')
  })

  it.each(['csv', 'xlsx'] as const)('leave every text as it was written, as %s', async (format) => {
    const answer = '①凭身份证，到窗口（一楼）办理：面积≥50㎡。\n-电话：１２３４５\n=免费'
    const own = {
      ownerUnitId: desk.township,
      topic: 'traffic',
      fromDay: '2020-01-01',
      reviewDay: '2020-12-01',
    }
    const texts = { question: `＝公交卡如何办理${format}`, answer, basis: `'-依据` }
    const { body } = await enter('knowledge', { ...own, ...texts })
    const bytes = await exported('knowledge', format)
    const all = (await desk.call('leader', 'GET', '/api/registers/knowledge?limit=100')).body['items']
    for (const { id } of all as { id: string }[])
      await desk.call('registrar', 'POST', `/api/registers/knowledge/${id}/void`, { reason: '重新导入' })
    expect((await upload('knowledge', bytes, `知识库.${format}`)).status).toBe(201)
    const { items } = (await desk.call('leader', 'GET', '/api/registers/knowledge?limit=100')).body
    const back = (items as { id: string; row: Record<string, unknown> }[]).find(
      ({ row }) => row['question'] === texts.question,
    )
    expect(back?.id).not.toBe(body.id)
    expect(back?.row).toMatchObject(texts)
  })

  it.each([
    [
      'project',
      { year: 2017, name: '非贫困村（龙洞村）第一书记', budgetFen: 1000, executedFen: 5, fiscalFen: 1 },
    ],
    ['project', { year: 2017, name: '-专项经费', budgetFen: 1000, executedFen: 500, fiscalFen: 100 }],
    ['training', { topic: '＋业务培训', fromDay: '2017-04-10', sessions: 2, attendees: 69, accounts: 64 }],
  ] as const)('that were exported add nothing when they come in again: %s %j', async (register, row) => {
    expect((await enter(register, row)).status).toBe(201)
    const count = async () => (await desk.call('leader', 'GET', `/api/registers/${register}`)).body['total']
    const before = await count()
    for (const format of ['csv', 'xlsx'] as const) {
      const back = await upload(register, await exported(register, format), `登记.${format}`)
      expect(back).toMatchObject({ status: 422, body: { code: 'register/invalid-row' } })
      expect((back.body['errors'] as object[]).length).toBe(before)
    }
    expect(await count()).toBe(before)
  })

  it('of a figure that there is none of are refused, and not on record as exported', async () => {
    const before = await desk.events(desk.staff.leader.id)
    const response = await download('/api/registers/duty.csv?figure=none')
    expect(response.statusCode).toBe(422)
    expect(response.json()).toMatchObject({ code: 'kpi/unknown-metric' })
    expect(await desk.events(desk.staff.leader.id)).toEqual(before)
  })

  it('with one wrong cell bring nothing in and name it', async () => {
    const wrong =
      '年度,编制类型,编制数,在职人数\r\n2021,行政编制,6,6\r\n2021,临聘,4,四\r\n2021,事业编制,,1\r\n'
    const { status, body } = await upload('staffing', ledgerOf(wrong))
    expect(status).toBe(422)
    expect(body['errors']).toMatchObject([
      { pointer: '/row/3/编制类型', message: '应为:行政编制、事业编制、工勤编制', value: '临*' },
      { pointer: '/row/3/在职人数', message: '应为整数', value: '四' },
      { pointer: '/row/4/编制数', message: '不能为空' },
    ])
    expect((await texts('staffing', 'from=2021-01-01&to=2021-12-31')).get('staffing.established')?.text).toBe(
      '0名',
    )
    const doubled = await upload(
      'staffing',
      ledgerOf('年度,编制类型,编制数,编制数,在职人数\r\n2021,行政编制,6,7,6\r\n'),
    )
    expect(doubled.body['errors']).toMatchObject([{ message: '“编制数”和“编制数”是同一列，请只留一列' }])
    const headless = await upload('staffing', ledgerOf('年度,编制数\r\n2021,6\r\n'))
    expect(headless.body['errors']).toMatchObject([
      { message: '缺少“编制类型”一列' },
      { message: '缺少“在职人数”一列' },
    ])
  })
})

describe('what a row refers to', () => {
  const head = '责任单位,主题,问题,答复口径,生效日期,复核日期\r\n'
  const told = (unit: string, question: string) =>
    `${head}${unit},交通运输,${question},答复口径,2019-01-01,2019-12-01\r\n`
  const article = (ownerUnitId: string, question: string) =>
    enter('knowledge', {
      ...{ topic: 'traffic', question, answer: '凭身份证办理。', ownerUnitId },
      ...{ fromDay: '2018-01-01', toDay: '2018-12-31', reviewDay: '2018-12-01' },
    })
  const abolished = async () => {
    const [id, heir] = [
      await desk.unit('建设局', { kind: 'department' }),
      await desk.unit('住建局', { kind: 'department' }),
    ]
    const patch = { validTo: '2020-08-01', successorId: heir }
    await desk.deps.db.query(
      { name: 'test.abolish', text: 'update units set valid_to = $2, successor_id = $3 where id = $1' },
      [id, patch.validTo, patch.successorId],
    )
    return { id, heir }
  }

  it('is there and not gone: the field and the successor are told, and what was so before stands', async () => {
    const unit = await desk.unit('交通局', { kind: 'department' })
    const { body } = await article(unit, '停车收费标准')
    const { id } = await abolished()
    expect((await article(id, '违建举报')).body).toMatchObject({
      ...{ code: 'register/invalid-row' },
      errors: [{ pointer: '/body/ownerUnitId', message: '单位已撤销，请改用住建局' }],
    })
    expect((await article(body.id, '违建举报')).body['errors']).toMatchObject([
      { pointer: '/body/ownerUnitId', message: '没有这个单位' },
    ])
    const indicator = { kind: 'quantity', name: '培训人次', expected: '100人', projectId: body.id }
    expect(await enter('indicator', indicator)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/body/projectId', message: '没有这个项目' }] },
    })
    await desk.deps.db.query(
      { name: 'test.gone', text: `update units set valid_to = '2020-08-01' where id = $1` },
      [unit],
    )
    const url = `/api/registers/knowledge/${body.id}`
    const correct = (changes: object) =>
      desk.call('registrar', 'PATCH', url, { changes, reason: '更正口径' }, { 'if-match': '"1"' })
    expect((await correct({ ownerUnitId: id })).body['errors']).toMatchObject([
      { pointer: '/body/changes/ownerUnitId' },
    ])
    expect((await correct({ answer: '按现行标准收费。' })).status).toBe(200)
  })

  it('is named in files, in full or in short, and comes in again as it went out', async () => {
    const unit = await desk.unit('利州区住房和城乡建设局', { kind: 'department', shortName: '区住建局' })
    expect(await upload('knowledge', ledgerOf(told('区住建局', '房屋安全鉴定')))).toMatchObject({
      status: 201,
    })
    expect((await upload('knowledge', ledgerOf(told('利州区住房和城乡建设局', '维修资金')))).status).toBe(201)
    const { items } = (await desk.call('leader', 'GET', '/api/registers/knowledge?limit=100')).body
    const owners = (items as { row: Record<string, unknown> }[])
      .filter(({ row }) => ['房屋安全鉴定', '维修资金'].includes(String(row['question'])))
      .map(({ row }) => row['ownerUnitId'])
    expect(owners).toEqual([unit, unit])
    const text = (await exported('knowledge', 'csv')).toString('utf8')
    expect(text).toContain('利州区住房和城乡建设局,交通运输,房屋安全鉴定')
    expect(text.split('\r\n').slice(1).join('\n')).not.toContain(unit)
    expect((await upload('knowledge', ledgerOf(told('区城管局', '占道')))).body['errors']).toMatchObject([
      { pointer: '/row/2/责任单位', message: '没有这个单位' },
    ])
    expect((await upload('knowledge', ledgerOf(told('建设局', '占道')))).body['errors']).toMatchObject([
      { pointer: '/row/2/责任单位', message: '单位已撤销，请改用住建局' },
    ])
    await desk.unit('住建所甲', { kind: 'department', shortName: '住建所' })
    await desk.unit('住建所乙', { kind: 'department', shortName: '住建所' })
    expect((await upload('knowledge', ledgerOf(told('住建所', '占道')))).body['errors']).toMatchObject([
      { pointer: '/row/2/责任单位', message: '“住建所”不止一个，请写全称' },
    ])
  })

  it('is a project by its name, with its year where one name stands for several', async () => {
    const project = (year: number) =>
      enter('project', { year, name: '接访大厅改造', budgetFen: 1000, executedFen: 5, fiscalFen: 1 })
    const { body } = await project(2018)
    const line = (name: string, indicator: string) =>
      ledgerOf(`项目,指标类型,指标,预期值\r\n${name},数量指标,${indicator},1处\r\n`)
    expect((await upload('indicator', line('接访大厅改造', '改造面积'))).status).toBe(201)
    await project(2019)
    expect((await upload('indicator', line('接访大厅改造', '窗口数'))).body['errors']).toMatchObject([
      { pointer: '/row/2/项目', message: '“接访大厅改造”不止一个，请写全称' },
    ])
    expect((await upload('indicator', line('2018年接访大厅改造', '窗口数'))).status).toBe(201)
    const { items } = (await desk.call('leader', 'GET', '/api/registers/indicator?limit=100')).body
    const mine = (items as { row: Record<string, unknown> }[]).filter(
      ({ row }) => row['projectId'] === body.id,
    )
    expect(mine).toHaveLength(2)
    expect((await exported('indicator', 'csv')).toString('utf8')).toContain(
      '2018年接访大厅改造,数量指标,窗口数',
    )
  })
})

describe('a figure from outside', () => {
  it('is of days that have passed', async () => {
    const told = { name: '全市受理量', value: 1000, unit: '件', fromDay: '2020-01-01', source: '市平台通报' }
    expect((await enter('external', { ...told, toDay: '2027-12-31' })).body['errors']).toMatchObject([
      { pointer: '/body/toDay', message: '日期不能晚于今天' },
    ])
    expect((await enter('external', { ...told, toDay: '2020-08-14' })).status).toBe(201)
  })
})
