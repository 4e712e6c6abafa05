// Visits, letters and a morning's mail at the counter: sensible defaults, every wrong field told, nothing half registered.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateIdNo, seeded } from '../support/identity.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const visit = (given: Record<string, unknown> = {}) =>
  desk.call('registrar', 'POST', '/api/visits', {
    title: '反映拖欠工资',
    content: '工地拖欠农民工工资三个月。',
    caller: { name: '王小明', phone: '15401200011' },
    ...given,
  })
const letter = (given: Record<string, unknown> = {}) => ({
  title: '反映道路积水',
  content: '雨后道路长期积水,影响出行。',
  ...given,
})
const opened = async (id: string) => (await desk.open('leader', id)).body as Record<string, unknown>
const counted = async () =>
  (
    await desk.deps.db.query<{ n: number }>({
      name: 'test.matters-people',
      text: "select (select count(*) from matters)::int + (select count(*) from people)::int + (select count(*) from events where subject = 'matter')::int as n",
    })
  )[0]?.n

describe('a visit at the counter', () => {
  it('needs little: today, to the district, at the reception, one person', async () => {
    const { status, body } = await visit()
    expect(status).toBe(201)
    expect(body.no).toMatch(/^LF-510802-20200814-\d{6}$/)
    expect((await opened(body.id))['visit']).toMatchObject({
      ...{ day: '2020-08-14', personCount: 1, collective: false, skipLevel: false },
      ...{ level: { code: 'district' }, venue: { code: 'reception' }, mode: { code: 'onsite' } },
    })
  })

  it('counts those who are named where nobody says how many came', async () => {
    const others = [{ name: '李秀英' }, { name: '张建国' }]
    const { status, body } = await visit({ others })
    expect(status).toBe(201)
    expect((await opened(body.id))['visit']).toMatchObject({ personCount: 3, collective: false })
  })

  it('that a leader received carries the leader’s day, as a superior’s deadline does', async () => {
    const reception = { kind: 'received', leaderName: '陈区长', leaderPost: '区长', dueDay: '2020-08-21' }
    const { body } = await visit({ visit: { reception } })
    const dueAt = '2020-08-21T23:59:59.999+08:00'
    expect(await opened(body.id)).toMatchObject({ dueAt, petition: { upstreamDueAt: dueAt } })
    const past = await visit({ visit: { reception: { ...reception, dueDay: '2020-08-13' } } })
    expect(past.body['errors']).toMatchObject([{ pointer: '/body/visit/reception/dueDay' }])
  })

  it('of five and more is collective, representatives are named and masked', async () => {
    const others = [
      { name: '李秀英', phone: '15401200012' },
      { name: '张建国', phone: '15401200013' },
    ]
    const { body } = await visit({ others, visit: { personCount: 5 } })
    const seen = await opened(body.id)
    expect(seen['visit']).toMatchObject({ personCount: 5, collective: true })
    expect(seen['otherPeople']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: '李*英', phone: '154****0012' })]),
    )
    expect(JSON.stringify(seen)).not.toContain('15401200012')
  })

  it('skips a level where it goes beyond the next higher one, whatever anybody enters', async () => {
    const told = async (level: string, competentLevel: string, listNo: string) => {
      const { body } = await visit({ source: 'notified', visit: { level, competentLevel, listNo } })
      const seen = (await opened(body.id))['visit'] as { skipLevel: boolean; stepwise: { label: string } }
      expect(seen.stepwise.label).toBe(seen.skipLevel ? '越级走访' : '依法逐级走访')
      return seen.skipLevel
    }
    expect(await told('city', 'township', 'S-1')).toBe(true)
    expect(await told('city', 'district', 'S-2')).toBe(false)
    expect(await told('beijing', 'district', 'S-3')).toBe(true)
    expect((await visit({ visit: { skipLevel: false } })).status).toBe(422)
  })

  it('with a leader keeps who received, how, and what they said', async () => {
    const reception = { kind: 'field', leaderName: '陈局长', leaderPost: '局长', opinion: '请荣山镇限期解决' }
    const { body } = await visit({ visit: { reception, mode: 'video', place: '荣山镇政府' } })
    expect((await opened(body.id))['visit']).toMatchObject({
      ...{ receptionKind: { label: '下访' }, leaderName: '陈局长', mode: { label: '视频接访' } },
    })
  })

  it('in the last minute of the year belongs to that year', async () => {
    const own = await openDesk()
    own.clock.forward({
      seconds: (Date.parse('2021-01-01T00:30:00+08:00') - Date.parse(own.clock.now())) / 1000,
    })
    const { body } = await own.call('registrar', 'POST', '/api/visits', {
      ...letter(),
      receivedAt: '2020-12-31T23:59:59.999+08:00',
    })
    expect((await own.open('leader', body.id)).body['visit']).toMatchObject({ day: '2020-12-31' })
    await own.close()
  })
})

describe('what is wrong is told with its field, and nothing is written', () => {
  it.each<[what: string, given: Record<string, unknown>, pointer: string, text: string]>([
    [
      'fewer people than representatives',
      { others: [{ name: '李秀英' }], visit: { personCount: 1 } },
      '/body/visit/personCount',
      '不能少于登记的代表人数(2人)',
    ],
    [
      'a collective visit of four',
      { visit: { personCount: 4, collective: true } },
      '/body/visit/collective',
      '集体访应有5人以上',
    ],
    [
      'a visit to Beijing received at our own counter',
      { visit: { level: 'beijing' } },
      '/body/visit/level',
      '进京走访由上级通报',
    ],
    [
      'six representatives',
      { others: Array.from({ length: 5 }, () => ({ name: '李秀英' })) },
      '/body/others',
      '代表最多5人',
    ],
    ['a day to come', { receivedAt: '2020-08-15T09:00:00+08:00' }, '/body/receivedAt', '不能晚于现在'],
    [
      'an ID number with a wrong check digit',
      { caller: { name: '王小明', idNo: '110105194912310021' } },
      '/body/caller/idNo',
      '',
    ],
    ['an unknown topic', { topic: 'weather' }, '/body/topic', '没有这个主题'],
    ['a notified visit without its number', { source: 'notified' }, '/body/visit/listNo', '通报编号'],
    [
      'an earlier matter that does not exist',
      { repeatOfId: '0198a3b0-0000-7000-8000-000000000000' },
      '/body/repeatOfId',
      '没有这件办件',
    ],
  ])('%s', async (_what, given, pointer, text) => {
    const before = await counted()
    const { status, body } = await visit(given)
    expect(status).toBe(422)
    expect(body['errors']).toEqual(
      expect.arrayContaining([expect.objectContaining({ pointer, message: expect.stringContaining(text) })]),
    )
    expect(await counted()).toBe(before)
  })

  it('one number of a superior’s list is one visit, also when two clerks enter it at once', async () => {
    const entry = { source: 'notified', visit: { level: 'city', listNo: '市通报202008-17' } }
    const both = await Promise.all([visit(entry), visit(entry)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
    expect((await visit(entry)).body.code).toBe('matter/list-no-taken')
    const elsewhere = { source: 'notified', visit: { level: 'province', listNo: '市通报202008-17' } }
    expect((await visit(elsewhere)).status).toBe(201)
  })
})

describe('correcting a visit', () => {
  const patch = (id: string, body: object, version = 1, who: 'registrar' | 'callback' = 'registrar') =>
    desk.call(
      who,
      'PATCH',
      `/api/visits/${id}`,
      { reason: '登记有误', ...body },
      { 'if-match': `"${version}"` },
    )

  it('counts anew what follows from it, and the story tells what it was', async () => {
    const { body } = await visit({ visit: { personCount: 4 } })
    const done = await patch(body.id, { personCount: 6, level: 'province', competentLevel: 'district' })
    expect(done.status).toBe(200)
    const seen = await opened(body.id)
    expect(seen['visit']).toMatchObject({ personCount: 6, collective: true, skipLevel: true })
    const [told] = (seen['timeline'] as { type: string; data: object }[]).filter(
      ({ type }) => type === 'matter.visit-corrected',
    )
    expect(told?.data).toMatchObject({
      before: { personCount: 4, collective: false, level: 'district' },
      after: { personCount: 6, collective: true, level: 'province' },
    })
    const same = await patch(body.id, { personCount: 6 }, 2)
    expect(same.body.version).toBe(2)
  })

  it('is refused with the field, and changes nothing', async () => {
    const { body } = await visit({ visit: { personCount: 2 }, others: [{ name: '李秀英' }] })
    const before = await counted()
    for (const [changes, pointer] of [
      [{ personCount: 1 }, '/body/personCount'],
      [{ day: '2020-08-15' }, '/body/day'],
      [{ listNo: '川信2020-1' }, '/body/listNo'],
      [{ repeatOfId: body.id }, '/body/repeatOfId'],
      [{ level: 'moon' }, '/body/level'],
    ] as const) {
      const { status, body: told } = await patch(body.id, changes)
      expect([status, (told['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
    }
    expect((await patch(body.id, { personCount: 3 }, 9)).status).toBe(412)
    expect((await patch(body.id, { personCount: 3 }, 1, 'callback')).status).toBe(403)
    expect(await counted()).toBe(before)
  })

  it('knows a list’s number once for each level, and letters have their own', async () => {
    const told = (listNo: string) =>
      visit({ source: 'notified', caller: undefined, visit: { personCount: 1, level: 'city', listNo } })
    const [one, two] = [(await told('广信更〔2020〕1')).body, (await told('广信更〔2020〕2')).body]
    expect((await patch(two.id, { listNo: '广信更〔2020〕1' })).body.code).toBe('matter/list-no-taken')
    expect((await patch(two.id, { listNo: '广信更〔2020〕3' })).status).toBe(200)
    const written = await desk.call('registrar', 'POST', '/api/letters', letter())
    const url = `/api/letters/${written.body.id}`
    const corrected = await desk.call(
      'registrar',
      'PATCH',
      url,
      { reason: '系联名信', signatories: 12, repeatOfId: one.id },
      { 'if-match': '"1"' },
    )
    expect(corrected.status).toBe(200)
    expect((await opened(written.body.id))['petition']).toMatchObject({ signatories: 12, officeFirst: false })
    expect((await patch(written.body.id, { personCount: 3 }, 2)).body.code).toBe('matter/act-not-of-channel')
  })

  it('a leader’s reception told afterwards stands with its day; what the opinion was is kept, and no event tells it', async () => {
    const { body } = await visit()
    const reception = { kind: 'received', leaderName: '陈区长', leaderPost: '区长', opinion: '请人社局速办' }
    expect((await patch(body.id, { reception: { ...reception, dueDay: '2020-08-21' } })).status).toBe(200)
    const dueAt = '2020-08-21T23:59:59.999+08:00'
    expect(await opened(body.id)).toMatchObject({
      ...{ dueAt, petition: { upstreamDueAt: dueAt } },
      visit: { receptionKind: { code: 'received' }, leaderName: '陈区长', leaderOpinion: '请人社局速办' },
    })
    const past = await patch(body.id, { reception: { ...reception, dueDay: '2020-08-13' } }, 2)
    expect(past.body['errors']).toMatchObject([{ pointer: '/body/reception/dueDay' }])
    await patch(body.id, { reception: { ...reception, opinion: '请人社局一周内办结' } }, 2)
    const seen = await opened(body.id)
    expect(seen['texts']).toMatchObject([{ field: { label: '领导意见' }, text: '请人社局速办' }])
    expect(seen['timeline']).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ fields: ['leaderOpinion'] }) }),
    )
    expect(JSON.stringify(seen['timeline'])).not.toMatch(/陈区长|速办|一周内/)
    await patch(body.id, { reception: null }, 3)
    const none = await opened(body.id)
    expect(none).toMatchObject({
      dueAt,
      visit: { receptionKind: null, leaderName: null },
      petition: { upstreamDueAt: null },
    })
  })

  it('representatives are added and taken off, five at most and no more than came', async () => {
    const { body } = await visit({ visit: { personCount: 3 } })
    const [one, two, three, four] = ['李秀英', '张建国', '陈思远', '刘德福'].map((name) => ({ name }))
    const before = await counted()
    for (const [changes, pointer] of [
      [{ others: [one, two, three] }, '/body/others'],
      [{ others: [one, two, three], personCount: 3 }, '/body/personCount'],
      [{ others: [{ name: '' }] }, '/body/others/0'],
      [{ notOthers: [body.id] }, '/body/notOthers/0'],
    ] as const) {
      const { status, body: told } = await patch(body.id, changes)
      expect([status, (told['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
    }
    expect(await counted()).toBe(before)
    expect((await patch(body.id, { others: [one, two] })).status).toBe(200)
    const people = async () => (await opened(body.id))['otherPeople'] as { id: string; name: string }[]
    const found = await people()
    expect(found.map(({ name }) => name).toSorted()).toEqual(['张*国', '李*英'])
    const many = await patch(body.id, { others: [one, three, four], personCount: 9 }, 2)
    expect(many.body['errors']).toMatchObject([{ pointer: '/body/others', message: '代表最多5人' }])
    const gone = found.find(({ name }) => name === '李*英')?.id
    expect((await patch(body.id, { notOthers: [gone], others: [three] }, 2)).status).toBe(200)
    expect((await people()).map(({ name }) => name).toSorted()).toEqual(['张*国', '陈*远'])
    const { timeline } = await opened(body.id)
    expect(timeline).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ representativesRemoved: [gone] }) }),
    )
    expect(JSON.stringify(timeline)).not.toMatch(/李秀英|陈思远/)
  })
})

describe('correcting a letter', () => {
  const written = async (given: object = {}) =>
    (await desk.call('registrar', 'POST', '/api/letters', letter({ source: 'upper', ...given }))).body
  const patch = (id: string, body: object, version = 1) =>
    desk.call(
      'registrar',
      'PATCH',
      `/api/letters/${id}`,
      { reason: '登记有误', ...body },
      { 'if-match': `"${version}"` },
    )

  it('a superior’s number stands once', async () => {
    const [one, two] = [await written({ externalNo: '川转2020-1' }), await written()]
    const taken = await patch(two.id, { externalNo: '川转2020-1' })
    expect(taken.body).toMatchObject({
      code: 'matter/external-no-taken',
      errors: [{ pointer: '/body/externalNo', message: `此上级编号已登记为${one.no}` }],
    })
    expect((await patch(two.id, { externalNo: '川转2020-2' })).status).toBe(200)
    const seen = await opened(two.id)
    expect(seen['externalNo']).toBe('川转2020-2')
    expect(seen['timeline']).toContainEqual(
      expect.objectContaining({
        data: expect.objectContaining({
          before: { externalNo: null },
          after: { externalNo: '川转2020-2' },
        }),
      }),
    )
  })

  it('an earlier deadline of a superior binds the running clock; a later one makes no late leg punctual', async () => {
    const { id } = await written({ receivedAt: '2020-08-10T09:00:00+08:00' })
    const at = (day: string) => `2020-08-${day}T18:00:00.000+08:00`
    const before = await counted()
    const early = await patch(id, { upstreamDueAt: '2020-08-10T09:00:00+08:00' })
    expect(early.body['errors']).toMatchObject([{ pointer: '/body/upstreamDueAt' }])
    expect(await counted()).toBe(before)
    expect((await patch(id, { upstreamDueAt: at('12') })).status).toBe(200)
    const late = await opened(id)
    expect(late).toMatchObject({ dueAt: at('12'), petition: { upstreamDueAt: at('12') } })
    expect((await patch(id, { upstreamDueAt: at('28') }, 2)).status).toBe(200)
    expect(await opened(id)).toMatchObject({ dueAt: at('12'), petition: { upstreamDueAt: at('28') } })
    expect((await patch(id, { upstreamDueAt: null }, 3)).status).toBe(200)
    expect(await opened(id)).toMatchObject({ dueAt: at('12'), petition: { upstreamDueAt: null } })
  })
})

describe('who came before', () => {
  const earlier = (by: string, text: string, who: keyof Desk['staff'] = 'registrar') =>
    desk.call(who, 'POST', '/api/matters/earlier', { by, text })
  type Found = { personId: string; name: string; matters: { no: string; channel: { label: string } }[] }[]

  it('is shown as typed, masked, with the matters of every channel, and the search is on record', async () => {
    const caller = { name: '赵德全', phone: '15401200031' }
    const first = await visit({ caller })
    const { body } = await earlier('phone', '154 0120 0031')
    const [found] = body['people'] as Found
    expect(found).toMatchObject({
      name: '赵*全',
      matters: [{ no: first.body.no, channel: { label: '来访' } }],
    })
    const second = await desk.call(
      'registrar',
      'POST',
      '/api/letters',
      letter({ personId: found?.personId, repeatOfId: first.body.id }),
    )
    const again = (await earlier('name', '赵德全')).body['people'] as Found
    expect(again[0]?.matters.map(({ no }) => no)).toEqual(
      expect.arrayContaining([first.body.no, second.body.no]),
    )
    expect((await opened(second.body.id))['petition']).toMatchObject({
      officeFirst: false,
      repeatOfId: first.body.id,
    })
    expect(await desk.events(desk.staff.registrar.id)).toContain('person.searched')
    expect((await earlier('name', '赵德全', 'liaison')).status).toBe(403)
  })

  it('other representatives are found as well, and of who asked for confidence nothing is', async () => {
    const { body } = await visit({
      others: [{ name: '钱多多', phone: '15401200032' }],
      visit: { personCount: 2 },
    })
    const [found] = (await earlier('phone', '15401200032')).body['people'] as Found
    expect(found?.matters.map(({ no }) => no)).toEqual([body.no])
    await visit({ caller: { name: '孙不言', phone: '15401200033' }, confidential: true })
    expect((await earlier('phone', '15401200033')).body['people']).toEqual([])
  })

  it('confidence that is asked for later keeps the other representatives too', async () => {
    const [main, other] = ['15401200034', '15401200035']
    const others = [{ name: '周不语', phone: other }]
    const { body } = await visit({
      caller: { name: '孙不语', phone: main },
      others,
      visit: { personCount: 2 },
    })
    const find = async (phone: string) =>
      (await desk.call('registrar', 'POST', '/api/people/search', { by: 'phone', text: phone })).body[
        'items'
      ] as { id: string }[]
    const [found] = await find(other)
    expect(found).toBeDefined()
    const kept = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${body.id}`,
      { confidential: true },
      { 'if-match': '"1"' },
    )
    expect(kept.status).toBe(200)
    expect([await find(main), await find(other)]).toEqual([[], []])
    const url = `/api/people/${found?.id}/reveal`
    const reason = '核实身份信息'
    expect((await desk.call('registrar', 'POST', url, { fields: ['phone'], reason })).status).toBe(403)
  })

  it('an ID number of an unknown area is taken and told to be doubtful', async () => {
    const { status, body } = await visit({
      caller: { name: '李四', idNo: generateIdNo(seeded(3), { region: '590001' }) },
    })
    expect(status).toBe(201)
    expect(body['warnings']).toMatchObject([{ pointer: '/body/caller/idNo' }])
  })
})

describe('the day of the list that told of a visit', () => {
  it('has come, as it is told and as it is corrected', async () => {
    const told = { source: 'notified', visit: { level: 'city', listNo: '八月-77', personCount: 1 } }
    const answer = await visit({ ...told, visit: { ...told.visit, listDay: '2027-05-01' } })
    expect(answer.body['errors']).toMatchObject([
      { pointer: '/body/visit/listDay', message: '通报日期不能晚于今天' },
    ])
    const { id } = (await visit(told)).body
    const corrected = await desk.call(
      'registrar',
      'PATCH',
      `/api/visits/${id}`,
      { listDay: '2027-05-01', reason: '更正通报日期' },
      { 'if-match': '"1"' },
    )
    expect(corrected.body['errors']).toMatchObject([{ pointer: '/body/listDay' }])
  })
})

describe('a superior’s list of a month', () => {
  const list = {
    month: '2020-07',
    level: 'city',
    source: '市信访局通报7月',
    batches: 2,
    persons: 8,
    collectiveBatches: 1,
    collectivePersons: 6,
  }

  it('stands beside our records, and is reconciled by a person who says why they differ', async () => {
    await visit({
      source: 'notified',
      receivedAt: '2020-07-31T23:59:59+08:00',
      visit: { level: 'city', listNo: '七月-1', personCount: 6 },
    })
    await visit({
      source: 'notified',
      receivedAt: '2020-08-01T00:00:00+08:00',
      visit: { level: 'city', listNo: '八月-1', personCount: 9 },
    })
    const { status, body } = await desk.call('registrar', 'POST', '/api/visit-lists', list)
    expect(status).toBe(201)
    expect((await desk.call('registrar', 'POST', '/api/visit-lists', list)).body.code).toBe(
      'visit/list-taken',
    )
    const read = async () =>
      (
        (await desk.call('leader', 'GET', '/api/visit-lists?year=2020')).body['items'] as Record<
          string,
          unknown
        >[]
      )[0]
    expect(await read()).toMatchObject({
      ...{ ours: { batches: 1, persons: 6, collectiveBatches: 1, collectivePersons: 6 } },
      differs: ['batches', 'persons'],
    })
    const url = `/api/visit-lists/${body.id}`
    const silent = await desk.call('registrar', 'POST', `${url}/reconcile`)
    expect(silent.body).toMatchObject({ code: 'visit/list-differs', errors: [{ pointer: '/body/note' }] })
    expect(
      (await desk.call('registrar', 'POST', `${url}/reconcile`, { note: '一批次未收到名单' })).status,
    ).toBe(200)
    const right = { batches: 1, persons: 6, collectiveBatches: 1, collectivePersons: 6 }
    expect((await desk.call('registrar', 'PATCH', url, right)).status).toBe(428)
    await desk.call('registrar', 'PATCH', url, right, { 'if-match': '"2"' })
    expect(await read()).toMatchObject({ differs: [], reconciledAt: null, version: 3 })
    expect((await desk.call('registrar', 'POST', `${url}/reconcile`)).status).toBe(200)
    expect(await desk.events(body.id)).toEqual([
      ...['visit-list.entered', 'visit-list.reconciled', 'visit-list.corrected', 'visit-list.reconciled'],
    ])
  })

  it('is the office’s: a township enters, corrects and reconciles none, and takes no month from it', async () => {
    const clerk = await desk.account(['registrar'], { unitId: desk.township })
    const told = { ...list, level: 'province', month: '2020-05' }
    expect((await desk.call(clerk, 'POST', '/api/visit-lists', told)).status).toBe(403)
    const { status, body } = await desk.call('registrar', 'POST', '/api/visit-lists', told)
    expect(status).toBe(201)
    const url = `/api/visit-lists/${body.id}`
    expect((await desk.call(clerk, 'POST', `${url}/reconcile`, { note: '一致' })).status).toBe(403)
    const { batches, persons, collectiveBatches, collectivePersons } = list
    const counts = { batches, persons, collectiveBatches, collectivePersons }
    expect((await desk.call(clerk, 'PATCH', url, counts, { 'if-match': '"1"' })).status).toBe(403)
  })

  it('cannot say what cannot be', async () => {
    const wrong = await desk.call('registrar', 'POST', '/api/visit-lists', {
      ...list,
      month: '2020-06',
      batches: 9,
      collectiveBatches: 10,
    })
    expect(wrong.body['errors']).toMatchObject([
      { pointer: '/body/persons', message: '人次不能少于批次' },
      { pointer: '/body/collectiveBatches' },
      { pointer: '/body/collectivePersons' },
    ])
    const counts = (
      batches: number,
      persons: number,
      collectiveBatches: number,
      collectivePersons: number,
    ) => ({ batches, persons, collectiveBatches, collectivePersons })
    for (const [given, pointer, message] of [
      [counts(0, 3, 0, 0), 'persons', '没有批次就没有人次'],
      [counts(-1, 3, 0, 0), 'batches', undefined],
      [counts(3, 20, 2, 9), 'collectivePersons', '集体访每批次不少于5人'],
      [counts(3, 20, 0, 6), 'collectivePersons', '没有集体访批次就没有集体访人次'],
      [counts(3, 12, 1, 11), 'collectivePersons', '集体访以外的批次与人次不符'],
      [counts(2, 12, 2, 11), 'collectivePersons', '集体访以外的批次与人次不符'],
      [{ month: '2020-13' }, 'month', '月份格式应为 2020-08'],
      [{ month: '2020-12' }, 'month', '月份不能晚于本月'],
    ] as const) {
      const told = await desk.call('registrar', 'POST', '/api/visit-lists', {
        ...{ ...list, month: '2020-06' },
        ...given,
      })
      const [first] = told.body['errors'] as object[]
      expect(first, `first of ${pointer}`).toMatchObject({
        ...{ pointer: `/body/${pointer}`, ...(message === undefined ? {} : { message }) },
      })
    }
  })
})

describe('letters', () => {
  it('a number from above that is taken is named as such', async () => {
    const body = {
      ...letter(),
      ...{ source: 'upper', externalNo: 'SJ-2020-0001' },
    }
    const sent = () => desk.call('registrar', 'POST', '/api/letters', body)
    const first = await sent()
    expect(first.status).toBe(201)
    const again = await sent()
    expect(again.body['errors']).toMatchObject([
      { pointer: '/body/externalNo', message: `此上级编号已登记为${first.body.no}` },
    ])
    expect(again.body['title']).not.toContain('工单')
  })

  it('of several sources, joint or anonymous', async () => {
    const { body } = await desk.call('registrar', 'POST', '/api/letters', {
      ...letter({ source: 'governor', externalNo: '省2020-8', signatories: 12 }),
      upstreamDueAt: '2020-08-25T23:59:59+08:00',
    })
    expect(body.no).toMatch(/^XJ-/)
    expect(await opened(body.id)).toMatchObject({
      source: { label: '省长信箱' },
      petition: { signatories: 12, anonymous: false },
      // The superior's day holds from the beginning, before the fifteen days for each of the first two steps.
      dueAt: '2020-08-25T23:59:59.000+08:00',
    })
    await desk.does('dispatcher', body.id, 'forward', { leadUnitId: desk.township })
    await desk.does('liaison', body.id, 'accept', { matterClass: 'claim' })
    const days = (await desk.legs(body.id)).map(({ kind, effectiveDueAt }) => [
      kind,
      effectiveDueAt.slice(0, 10),
    ])
    expect(days).toEqual(['route', 'accept', 'handle'].map((kind) => [kind, '2020-08-25']))
    const before = await desk.call('registrar', 'POST', '/api/letters', {
      ...letter({ source: 'governor', receivedAt: '2020-08-10T09:00:00+08:00' }),
      upstreamDueAt: '2020-08-10T08:00:00+08:00',
    })
    expect([before.status, before.body['errors']]).toMatchObject([422, [{ pointer: '/body/upstreamDueAt' }]])
    const named = await desk.call(
      'registrar',
      'POST',
      '/api/letters',
      letter({ anonymous: true, caller: { name: '王小明' } }),
    )
    expect(named.body['errors']).toMatchObject([{ pointer: '/body/anonymous' }])
  })

  it('from before the calendar are refused by the field that says so', async () => {
    const old = letter({ receivedAt: '2003-05-06T09:00:00+08:00' })
    expect((await desk.call('registrar', 'POST', '/api/letters', old)).body).toMatchObject({
      ...{ code: 'calendar/day-not-covered', errors: [{ pointer: '/body/receivedAt' }] },
    })
  })

  it('of a morning go in together or not at all, and once however often they are sent', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      letter({ title: `来信${i}`, caller: { name: '王小明', phone: '15401200020' } }),
    )
    const send = (letters: object[], key?: string) =>
      desk.call(
        'registrar',
        'POST',
        '/api/letters/batch',
        { letters },
        key === undefined ? {} : { 'idempotency-key': key },
      )
    const before = await counted()
    const wrong = await send([...many.slice(0, 3), letter({ receivedAt: '2021-01-01T00:00:00+08:00' })])
    expect(wrong.body['errors']).toMatchObject([{ pointer: '/body/letters/3/receivedAt' }])
    expect(await counted()).toBe(before)
    const first = await send(many, 'mail-1')
    expect(first.status).toBe(201)
    expect(new Set((first.body['letters'] as { no: string }[]).map(({ no }) => no)).size).toBe(100)
    expect((await send(many, 'mail-1')).body).toEqual(first.body)
    expect((await send([...many, letter()])).body['errors']).toMatchObject([
      { pointer: '/body/letters', message: '一次最多100封' },
    ])
  })
})

describe('leaders’ mailboxes', () => {
  it('go the way of an order, under their own number and sources', async () => {
    const order = await desk.register({
      ...{ channel: 'mailbox', source: 'mayor', externalNo: '市长信箱2020-1' },
      dispatch: { leadUnitId: desk.township },
    })
    expect(order.no).toMatch(/^YX-/)
    await desk.does('liaison', order.id, 'sign')
    const foreign = await desk.call('registrar', 'POST', '/api/matters', {
      ...letter({ channel: 'mailbox', source: 'city-platform', category: 'help' }),
    })
    expect(foreign.body['errors']).toMatchObject([{ pointer: '/body/source' }])
    const listed = await desk.call('leader', 'GET', '/api/matters?channel=mailbox')
    expect((listed.body['items'] as { id: string }[]).map(({ id }) => id)).toEqual([order.id])
  })
})
