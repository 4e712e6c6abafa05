// A file of the city platform goes in: uploaded, checked, confirmed, taken over; again, newer, wrong, half wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readCalendar } from '../../src/calendar/queries.ts'
import { purgeImports } from '../../src/imports/leftovers.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { takeTurn } from '../../src/imports/records.ts'
import { chainHash } from '../../src/platform/events.ts'
import { statement } from '../../src/platform/db.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { inputs } from '../matters/scenes.ts'
import { generateIdNo, generatePhone, seeded } from '../support/identity.ts'
import { answered, csvOf, openImportDesk, rated, row } from './import-desk.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
beforeAll(async () => {
  desk = await openImportDesk()
})
afterAll(async () => {
  const { findings } = await verifyChains(desk.deps.db, desk.deps.vault, provable)
  await desk.close()
  expect(findings).toEqual([])
})

const eventsOf = statement<{ type: string; seq: number; canon: string; hash: Buffer; actorId: string }>(
  'test.import-events',
  'select type, seq, canon, hash, actor_id as "actorId" from events where subject_id = $1 order by seq',
)
const headOf = statement<{ seq: number; head: Buffer }>(
  'test.import-head',
  'select seq, head from matters where id = $1',
)
const dataOf = (event: { canon: string } | undefined) =>
  (JSON.parse(event?.canon ?? '{}') as { data: Record<string, unknown> }).data

test('nothing changes before it is confirmed, all of it after', async () => {
  const before = await desk.counts()
  const told = await desk.check([
    row('A-0001'),
    row('A-0002', rated),
    row('A-0003', { ...answered, leadUnit: '大石镇' }),
  ])
  expect(told).toMatchObject({
    status: { code: 'checked' },
    counts: { rows: 3, ok: 3, errors: 0, new: 3, changed: 0, unchanged: 0 },
  })
  expect(await desk.counts()).toEqual(before)

  expect(await desk.post(`/api/imports/${told.id}/commit`, { mode: 'all-or-nothing' })).toMatchObject({
    status: 202,
  })
  await desk.work()
  expect(await desk.told(told.id)).toMatchObject({ status: { code: 'committed' }, acts: [] })
  expect(await desk.counts()).toEqual({
    matters: 3,
    legs: 3,
    people: 3,
    replies: 2,
    calls: 1,
    extensions: 0,
    orders: 3,
    events: 3,
  })
  expect(await desk.matter('A-0001')).toMatchObject({
    state: 'handling',
    no: expect.stringMatching(/^RX-510802-20200814-\d{6}$/),
    name: '王*明',
    importId: told.id,
    registeredBy: desk.clerk.id,
  })
  expect(await desk.matter('A-0002')).toMatchObject({
    state: 'closed',
    rating: 'satisfied',
    firstOnTime: true,
    publicReply: '已更换灯泡。',
  })
  expect(await desk.events(told.id)).toEqual([
    'import.requested',
    'import.checked',
    'import.commit-requested',
    'import.committed',
  ])
})

test('each matter has a chain that holds, by the clerk who confirmed, with the history and nothing personal', async () => {
  const { id } = await desk.matter('A-0002')
  const [event] = await eventsOf(desk.deps.db, [id])
  const [matter] = await headOf(desk.deps.db, [id])
  expect(event).toMatchObject({ type: 'matter.import', seq: 1, actorId: desk.clerk.id })
  expect(chainHash(null, event?.canon ?? '')).toEqual(event?.hash)
  expect(matter).toEqual({ seq: 1, head: event?.hash })
  expect(dataOf(event)).toMatchObject({ imported: true, externalNo: 'A-0002', to: 'closed' })
  expect((dataOf(event).history as { act: string }[]).map(({ act }) => act)).toEqual([
    'register',
    'dispatch',
    'sign',
    'reply',
    'approve',
    'call-back',
  ])
  expect(event?.canon).not.toMatch(/王小明|15412345678|路灯|幸福路/)
})

test('a liaison of the unit sees the order with its history, masked', async () => {
  const { id } = await desk.matter('A-0001')
  const answer = await desk.open('liaison', id)
  expect(answer.body).toMatchObject({
    state: { code: 'handling' },
    externalNo: 'A-0001',
    caller: { name: '王*明', phone: '154****5678' },
    legs: [{ no: 1, imported: true, dueAt: '2020-08-19T23:59:59.999+08:00' }],
    acts: expect.arrayContaining([expect.objectContaining({ act: 'reply' })]),
  })
  expect((await desk.open('otherLiaison', id)).status).toBe(404)
})

describe('the same again', () => {
  const rows = [row('B-0001'), row('B-0002', rated)]
  test('the same file answers with its earlier import', async () => {
    const bytes = csvOf(rows)
    const first = await desk.take(bytes)
    const { status, body } = await desk.upload(bytes)
    expect([status, body]).toMatchObject([202, { id: first.id, known: true, status: 'committed' }])
  })
  test('asked for once more, it is compared and changes nothing', async () => {
    const before = await desk.counts()
    const told = await desk.take(csvOf(rows), 'all-or-nothing', true)
    expect(told.counts).toMatchObject({ rows: 2, new: 0, changed: 0, unchanged: 2 })
    expect(await desk.counts()).toEqual(before)
  })
  test('so does another file with the same orders', async () => {
    const before = await desk.counts()
    const told = await desk.take(rows.toReversed())
    expect(told.counts).toMatchObject({ unchanged: 2, changed: 0, new: 0 })
    expect(await desk.counts()).toEqual(before)
  })
})

describe('a newer file', () => {
  test('brings what has happened since, and says which columns changed', async () => {
    await desk.take([row('C-0001'), row('C-0002')])
    const before = await desk.counts()
    desk.clock.forward({ days: 14 })
    const told = await desk.take([row('C-0001', { ...rated, topic: '供电' }), row('C-0002')])
    expect(told.counts).toMatchObject({ changed: 1, unchanged: 1 })
    const { items } = await desk.rows(told.id, '&verdict=changed')
    expect(items).toMatchObject([
      {
        externalNo: 'C-0001',
        changes: ['热点', '回复时间', '回复内容', '审核时间', '回访时间', '回访结果', '满意度', '评价时间'],
      },
    ])
    const matter = await desk.matter('C-0001')
    expect(matter).toMatchObject({
      state: 'closed',
      rating: 'satisfied',
      version: 2,
      seq: 2,
      firstOnTime: true,
      publicReply: '已更换灯泡。',
    })
    expect(await desk.counts()).toEqual({
      ...before,
      replies: (before?.replies ?? 0) + 1,
      calls: (before?.calls ?? 0) + 1,
      events: (before?.events ?? 0) + 1,
    })
    const events = await eventsOf(desk.deps.db, [matter.id])
    expect(events.map(({ type }) => type)).toEqual(['matter.import', 'matter.import-update'])
    expect(chainHash(events[0]?.hash ?? null, events[1]?.canon ?? '')).toEqual(events[1]?.hash)
    expect(dataOf(events[1])).toMatchObject({
      changed: { repliedAt: [null, '2020-08-12T10:00:00.000+08:00'], rating: [null, 'satisfied'] },
      texts: ['reply'],
    })
    expect(events[1]?.canon).not.toContain('灯泡')
  })

  test('that leaves the title or the content blank leaves them as they are', async () => {
    const bare = { title: '', content: '' }
    await desk.take([row('C-0021', rated), row('C-0022', rated), row('C-0023', { title: '' })])
    expect(await desk.matter('C-0023')).toMatchObject({ title: '村口路灯已三日不亮,出行不便。' })
    const told = await desk.take([
      row('C-0021', { ...rated, ...bare, content: '又坏了两盏。', topic: '供电' }),
      row('C-0022', { ...rated, ...bare, title: '路灯又不亮', topic: '供电' }),
      row('C-0023', { ...rated, title: '' }),
    ])
    expect(told.counts).toMatchObject({ changed: 3, errors: 0 })
    const content = '村口路灯已三日不亮,出行不便。'
    expect(await desk.matter('C-0021')).toMatchObject({ title: '路灯不亮', content: '又坏了两盏。' })
    expect(await desk.matter('C-0022')).toMatchObject({ title: '路灯又不亮', content })
    expect(await desk.matter('C-0023')).toMatchObject({ title: content, content })
    const again = [row('C-0022', { ...rated, title: '路灯又不亮', topic: '供电' })]
    expect((await desk.take(again)).counts).toMatchObject({ unchanged: 1 })
    const named = [row('C-0023', { ...rated, title: '路灯' })]
    expect((await desk.take(named)).counts).toMatchObject({ changed: 1 })
    expect(await desk.matter('C-0023')).toMatchObject({ title: '路灯', content })
  })

  test('keeps the texts that it replaces, for those who may see the matter; a new or unchanged order keeps none', async () => {
    const first = { ...rated, title: '旧标题路灯', reply: '旧的答复内容。' }
    await desk.take([row('C-0031', first), row('C-0032', first)])
    const told = await desk.take([
      row('C-0031', { ...first, title: '新标题路灯', reply: '新的答复内容。' }),
      row('C-0032', first),
    ])
    expect(told.counts).toMatchObject({ changed: 1, unchanged: 1 })
    const textsOf = async (no: string) =>
      (await desk.open('leader', (await desk.matter(no)).id)).body['texts']
    expect(await textsOf('C-0031')).toMatchObject([
      { seq: 2, field: { code: 'reply', label: '答复' }, text: '旧的答复内容。' },
      { seq: 2, field: { code: 'title', label: '标题' }, text: '旧标题路灯' },
    ])
    expect(await textsOf('C-0032')).toEqual([])
  })

  test('does not make a late order punctual; says so in the row and in the timeline', async () => {
    const late = { repliedAt: '2020-08-21 10:00:00', reply: '已处理' }
    await desk.take([row('C-0003', late)])
    const told = await desk.take([
      row('C-0003', {
        ...late,
        repliedAt: '2020-08-18 10:00:00',
        calledBackAt: '2020-08-24',
        rating: '满意',
      }),
    ])
    const { items } = await desk.rows(told.id)
    expect(items[0]?.warnings).toContainEqual(
      expect.objectContaining({ column: '回复时间', code: 'merge/closed-kept' }),
    )
    const matter = await desk.matter('C-0003')
    expect(matter).toMatchObject({
      firstOnTime: false,
      lateFrom: '2020-08-19T23:59:59.999+08:00',
      rating: 'satisfied',
    })
    const events = await eventsOf(desk.deps.db, [matter.id])
    expect(dataOf(events[1])).toMatchObject({
      kept: { repliedAt: ['2020-08-21T10:00:00.000+08:00', '2020-08-18T10:00:00.000+08:00'] },
    })
  })

  test('that only tells otherwise what is closed is put on record once, and taken over never', async () => {
    await desk.take([row('C-0011', answered)])
    const corrected = row('C-0011', { ...answered, repliedAt: '2020-08-11 09:00:00' })
    expect((await desk.take([corrected])).counts).toMatchObject({ changed: 1, warnings: 1 })
    const { id } = await desk.matter('C-0011')
    const events = await eventsOf(desk.deps.db, [id])
    expect(dataOf(events[1])).toMatchObject({
      changed: {},
      kept: { repliedAt: ['2020-08-12T10:00:00.000+08:00', '2020-08-11T09:00:00.000+08:00'] },
    })
    expect(await desk.legs(id)).toMatchObject([{ stoppedAt: '2020-08-12T10:00:00.000+08:00' }])
    expect((await desk.take([corrected, row('C-0012')])).counts).toMatchObject({ unchanged: 1, new: 1 })
    expect((await eventsOf(desk.deps.db, [id])).length).toBe(2)
  })

  test('gives the order to another unit: the first keeps its leg', async () => {
    await desk.take([row('C-0004', { signedAt: '' })])
    await desk.take([
      row('C-0004', { signedAt: '', leadUnit: '大石镇', dispatchedAt: '2020-08-11 09:00:00' }),
    ])
    const { id } = await desk.matter('C-0004')
    expect(await desk.legs(id)).toMatchObject([
      { no: 1, unitId: desk.township, outcome: 'redispatched' },
      { no: 2, unitId: desk.other, kind: 'redispatch', outcome: null },
    ])
  })

  test('ends no leg before it became late here, whatever it leaves out', async () => {
    const numbers = ['C-0013', 'C-0014', 'C-0015']
    await desk.take(numbers.map((no) => row(no)))
    desk.clock.forward({ days: 14 })
    const [handedAt, now] = ['2020-08-21T10:00:00.000+08:00', desk.clock.now()]
    await desk.take([
      row('C-0013', { leadUnit: '大石镇', dispatchedAt: '2020-08-21 10:00:00', signedAt: '' }),
      row('C-0014', { leadUnit: '大石镇' }),
      row('C-0015', { state: '已撤销' }),
    ])
    for (const [i, outcome] of ['redispatched', 'redispatched', 'terminated'].entries()) {
      const { id, lateFrom } = await desk.matter(numbers[i] ?? '')
      expect(lateFrom).toBe('2020-08-19T23:59:59.999+08:00')
      expect((await desk.legs(id))[0]).toMatchObject({
        ...{ unitId: desk.township, outcome, lateFrom },
        stoppedAt: i === 0 ? handedAt : now,
      })
    }
  })

  test('that accuses holds for the escalated case about the order and for what the order was merged into', async () => {
    await desk.take([row('C-0017'), row('C-0018')])
    const [order, merged] = [await desk.matter('C-0017'), await desk.matter('C-0018')]
    const into = await desk.register({ dispatch: { leadUnitId: desk.other } })
    await desk.does('dispatcher', merged.id, 'merge', { intoId: into.id, reason: '同一诉求人同一事项' })
    const cases: string[] = []
    for (const about of [order.id, into.id]) {
      const made = await desk.call('supervisor', 'POST', '/api/escalations', {
        ...{ source: 'office', ground: 'overdue', title: '督办案件', content: '信访人多次反映。' },
        ...{ topic: 'land', leaderName: '陈区长', leaderPost: '常务副区长', matterIds: [about] },
      })
      expect(made.status).toBe(201)
      await desk.does('supervisor', made.body.id, 'hand-over', inputs(desk)['hand-over'])
      cases.push(made.body.id)
    }
    const accusing = { accused: '荣山镇', category: '举报' }
    expect((await desk.take([row('C-0017', accusing), row('C-0018', accusing)])).counts.changed).toBe(2)
    for (const id of cases) {
      expect((await desk.open('liaison', id)).status).toBe(404)
      expect((await desk.open('leader', id)).body).toMatchObject({ state: { code: 'entered' } })
    }
    expect((await desk.open('leader', into.id)).body['accusedUnitIds']).toEqual([desk.township])
    await desk.does('dispatcher', merged.id, 'unmerge', { reason: '并非同一事项' })
    expect((await desk.row(merged.id))['state']).toBe('registered')
    expect((await desk.legs(merged.id)).at(-1)).toMatchObject({
      ...{ unitId: desk.township, outcome: 'redispatched' },
    })
  })

  test('that accuses the unit to which our own desk sent the order takes it from that unit at once', async () => {
    const bare = { dispatchedAt: '', leadUnit: '', signedAt: '' }
    await desk.take([row('C-0141', bare), row('C-0142', bare)])
    const [late, other] = [(await desk.matter('C-0141')).id, (await desk.matter('C-0142')).id]
    await desk.does('dispatcher', late, 'dispatch', { leadUnitId: desk.township, coUnitIds: [desk.other] })
    await desk.does('dispatcher', other, 'dispatch', { leadUnitId: desk.other })
    await desk.does('liaison', late, 'sign')
    desk.clock.forward({ days: 20 })
    const accusing = { ...bare, accused: '荣山镇', category: '举报' }
    await desk.take([row('C-0141', accusing), row('C-0142', accusing)])
    const legs = await desk.legs(late)
    expect(legs).toMatchObject([
      { unitId: desk.township, outcome: 'redispatched', stoppedAt: desk.clock.now() },
      { unitId: desk.other, role: 'co', outcome: 'redispatched' },
    ])
    expect(legs[0]?.lateFrom).not.toBeNull()
    expect((await desk.open('leader', late)).body).toMatchObject({
      ...{ state: { code: 'registered' }, accusedUnitIds: [desk.township], overdue: true },
    })
    expect((await desk.open('liaison', late)).status).toBe(404)
    expect((await desk.events(late)).at(-1)).toBe('matter.edit')
    expect(await desk.legs(other)).toMatchObject([{ unitId: desk.other, outcome: null }])
    // It waits for our desk now: the next file neither gives it back nor ends it.
    await desk.take([row('C-0141', { ...accusing, title: '路灯不亮(催)' })])
    expect(await desk.legs(late)).toEqual(legs)
    await desk.does('dispatcher', late, 'dispatch', { leadUnitId: desk.other })
    expect((await desk.row(late))['state']).toBe('assigned')
  })

  test('moves the due time by an extension: it is warned of and overdue anew, once', async () => {
    const sweep = async () => {
      while ((await desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))) > 0);
    }
    await desk.take([row('C-0016')])
    const { id } = await desk.matter('C-0016')
    desk.clock.forward({ days: 14 })
    await sweep()
    expect(await desk.legs(id)).toMatchObject([{ overdue: true }])
    const extension = { extensionAskedAt: '2020-08-18 10:00:00', extensionGrantedAt: '2020-08-18 11:00:00' }
    await desk.take([row('C-0016', { ...extension, extendedTo: '2020-10-30' })])
    await sweep()
    expect(await desk.legs(id)).toMatchObject([{ warned: false, red: false, overdue: false }])
    desk.clock.forward({ days: 70 })
    await sweep()
    await sweep()
    expect((await desk.events(id)).filter((type) => type === 'matter.overdue')).toHaveLength(2)
  })

  test('corrects the caller of its own order only, and leaves alone what it does not tell', async () => {
    const rng = seeded(11)
    const [phone, idNo] = [generatePhone(rng), generateIdNo(rng)]
    await desk.take([
      row('C-0005', { callerPhone: phone, callerIdNo: idNo }),
      row('C-0006', { callerPhone: phone }),
    ])
    const [before, other] = [await desk.matter('C-0005'), await desk.matter('C-0006')]
    expect(before.personId).not.toBe(other.personId)
    const told = await desk.take([row('C-0005', { callerName: '李建国', callerPhone: phone })])
    expect(told.counts.changed).toBe(1)
    const after = await desk.matter('C-0005')
    expect(after).toMatchObject({ personId: before.personId, name: '李*国', personVersion: 2 })
    expect(await desk.matter('C-0006')).toMatchObject({ name: '王*明', personVersion: 1 })
    const [person] = await idOf(desk.deps.db, [after.personId])
    expect(person?.masked).toBe(`${idNo.slice(0, 6)}********${idNo.slice(-4)}`)
  })
  const idOf = statement<{ masked: string }>(
    'test.import-id',
    'select id_masked as masked from people where id = $1',
  )

  test('masks the caller who has asked for confidence since', async () => {
    await desk.take([row('C-0010')])
    await desk.take([row('C-0010', { confidential: '是' })])
    expect(await desk.matter('C-0010')).toMatchObject({ name: '保密', phone: '保密', version: 2 })
    const taken = await desk.take([row('C-0010', { confidential: '否' })])
    expect(taken.counts).toMatchObject({ changed: 1, warnings: 1 })
    expect(await desk.matter('C-0010')).toMatchObject({ name: '保密', phone: '保密' })
  })

  test('leaves to our own people what they have done since', async () => {
    await desk.take([row('C-0007')])
    const { id } = await desk.matter('C-0007')
    await desk.does('liaison', id, 'reply', desk.answer)
    const told = await desk.take([row('C-0007', { ...rated, title: '路灯不亮(催)' })])
    const { items } = await desk.rows(told.id)
    expect(items[0]?.changes).toEqual(['标题'])
    expect(items[0]?.warnings.map(({ code }) => code)).toContain('merge/touched')
    expect(await desk.matter('C-0007')).toMatchObject({
      state: 'replied',
      title: '路灯不亮(催)',
      rating: null,
    })
    const again = await desk.take(
      [row('C-0007', { ...rated, title: '路灯不亮(催)', content: '村口路灯已三日不亮,出行不便。' })].concat([
        row('C-0008'),
      ]),
    )
    expect(again.counts).toMatchObject({ unchanged: 1, new: 1, warnings: 0 })
  })

  test('leaves to them what they have done however many files follow, a rating of our own call-back too', async () => {
    await desk.take([row('C-0131', { signedAt: '' }), row('C-0132', answered)])
    const [handled, called] = [(await desk.matter('C-0131')).id, (await desk.matter('C-0132')).id]
    await desk.does('liaison', handled, 'sign')
    await desk.does('liaison', handled, 'reply', desk.answer)
    await desk.does('callback', called, 'call-back', {
      result: 'reached',
      rating: 'satisfied',
      resolved: true,
    })
    const before = await desk.legs(handled)
    const warned: string[][] = []
    for (const title of ['路灯不亮(一)', '路灯不亮(二)', '路灯不亮(三)']) {
      const told = await desk.take([
        row('C-0131', { signedAt: '', title }),
        row('C-0132', { ...rated, rating: title.endsWith('三)') ? '基本满意' : '不满意', title }),
      ])
      const { items } = await desk.rows(told.id)
      warned.push((items[1]?.warnings ?? []).map(({ column, code }) => `${code} ${column}`))
      expect(await desk.matter('C-0131')).toMatchObject({ state: 'replied', title })
      expect(await desk.matter('C-0132')).toMatchObject({ state: 'rated', title, rating: 'satisfied' })
    }
    expect(await desk.legs(handled)).toEqual(before)
    // Each rating that is not ours is told of when a file first has it.
    expect(warned.map((all) => all.includes('merge/touched 满意度'))).toEqual([true, false, true])
    await desk.does('reviewer', handled, 'approve', {})
  })

  test('takes no call of before the answer that waits for one, nor of before our own', async () => {
    await desk.take([row('C-0133', answered)])
    const { id } = await desk.matter('C-0133')
    const call = { result: 'reached', rating: 'dissatisfied', resolved: false }
    await desk.does('callback', id, 'call-back', call)
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', { ...desk.answer, contactedAt: desk.clock.now() })
    await desk.does('reviewer', id, 'approve', {})
    const told = await desk.take([row('C-0133', rated)])
    const { items } = await desk.rows(told.id)
    expect(items[0]?.warnings.map(({ column }) => column)).toContain('满意度')
    expect(await desk.matter('C-0133')).toMatchObject({ state: 'reviewed', rating: 'dissatisfied' })
    desk.clock.forward({ hours: 1 })
    const later = { calledBackAt: desk.clock.now().slice(0, 19).replace('T', ' '), rating: '基本满意' }
    await desk.take([row('C-0133', { ...answered, ...later })])
    expect(await desk.matter('C-0133')).toMatchObject({ state: 'rated', rating: 'basic' })
  })

  test('an order that was registered here by hand is an error, not a second matter', async () => {
    await desk.register({ externalNo: 'C-0009', source: 'city-platform' })
    const told = await desk.check([row('C-0009')])
    expect(told.counts).toMatchObject({ errors: 1, new: 0 })
    expect((await desk.rows(told.id)).items[0]?.errors).toMatchObject([{ code: 'order/own' }])
  })
})

describe('rows with errors', () => {
  const rng = seeded(5)
  const idNo = generateIdNo(rng)
  const wrong = idNo.slice(0, 17) + (idNo.endsWith('1') ? '2' : '1')
  const rows = [
    row('D-0001'),
    row('D-0002', { leadUnit: '不存在局' }),
    row('D-0001'),
    row('D-0004', { callerIdNo: wrong }),
    row('D-0005', rated),
  ]

  test('are listed with row, column and reason; the number of the first row where one stands twice', async () => {
    const told = await desk.check(rows)
    expect(told.counts).toMatchObject({ rows: 5, ok: 2, errors: 3, new: 2 })
    const { items } = await desk.rows(told.id, '&verdict=error')
    expect(items).toMatchObject([
      { row: 3, errors: [{ column: '承办单位', code: 'unit/unknown', value: '不存在局' }] },
      { row: 4, errors: [{ column: '工单编号', code: 'order/twice', message: '文件中第2行已有此工单编号' }] },
      {
        row: 5,
        errors: [{ column: '身份证号', code: 'person/invalid', message: '身份证号码校验位不符，请核对' }],
      },
    ])
  })

  test('keep everything out when all rows are to be right', async () => {
    const before = await desk.counts()
    const { id } = await desk.check(rows)
    expect(await desk.post(`/api/imports/${id}/commit`, { mode: 'all-or-nothing' })).toMatchObject({
      status: 409,
      body: { code: 'import/has-errors' },
    })
    expect(await desk.counts()).toEqual(before)
  })

  test('stay out when only the good ones are wanted', async () => {
    const before = await desk.counts()
    const told = await desk.take(rows, 'good-rows-only')
    expect(told).toMatchObject({ status: { code: 'committed' }, counts: { errors: 3, new: 2 } })
    expect((await desk.counts())?.matters).toBe((before?.matters ?? 0) + 2)
  })

  test('can be put right by checking again, once the unit exists', async () => {
    const told = await desk.check([row('D-0006', { leadUnit: '新设街道' })])
    expect(told.counts.errors).toBe(1)
    await desk.unit3('新设街道')
    expect(await desk.post(`/api/imports/${told.id}/recheck`)).toMatchObject({ status: 202 })
    await desk.work()
    expect((await desk.told(told.id)).counts).toMatchObject({ errors: 0, new: 1 })
  })

  test('show the beginning of a long cell, and of a long heading, in whole characters', async () => {
    const told = await desk.check([row('D-0009', { leadUnit: `局${'😀'.repeat(80)}` })])
    expect(told.status.code).toBe('checked')
    const { items } = await desk.rows(told.id)
    expect(items[0]?.errors).toMatchObject([{ code: 'unit/unknown', value: `局${'😀'.repeat(59)}` }])
    const lines = csvOf([row('D-0010')])
      .toString('utf8')
      .split('\r\n')
    const wider = lines.map((line, i) =>
      line === '' ? '' : `${line},${i === 0 ? `列${'😀'.repeat(80)}` : ''}`,
    )
    const { id } = (await desk.upload(Buffer.from(wider.join('\r\n')))).body
    await desk.work()
    expect((await desk.told(id)).ignoredColumns).toEqual([`列${'😀'.repeat(39)}`])
  })

  test('come as a CSV for Excel', async () => {
    const { id } = await desk.check([row('D-0007', { leadUnit: '=cmd局' }), ...rows])
    const response = await desk.get(`/api/imports/${id}/report.csv`)
    expect(response.headers['content-type']).toContain('text/csv')
    expect(response.body.startsWith('\ufeff行号,工单编号')).toBe(true)
    expect(response.body).toContain(`2,D-0007,有误,错误,承办单位,没有名为“=cmd局”的单位,'=cmd局`)
  })

  test('keep their row and order numbers in it as they are', async () => {
    const { id } = await desk.check([row('2020081400123', { leadUnit: '＝SUM局' })])
    const { body } = await desk.get(`/api/imports/${id}/report.csv`)
    expect(body).toContain('\r\n2,2020081400123,有误,')
    expect(body).not.toMatch(/,[=＝]/)
  })

  test('name nobody: not in rows, events or the log', async () => {
    const phone = generatePhone(rng).slice(0, 10)
    const told = await desk.check([
      row('D-0008', { callerPhone: phone, callerIdNo: wrong, callerName: '欧阳修远', leadUnit: '欧阳修远' }),
    ])
    const { items } = await desk.rows(told.id)
    const csv = (await desk.get(`/api/imports/${told.id}/report.csv`)).body
    const [stored] = await storedRows(desk.deps.db, [told.id])
    const events = await eventsOf(desk.deps.db, [told.id])
    const everything = JSON.stringify([items, csv, stored, events.map(({ canon }) => canon)])
    expect(items[0]?.errors).toHaveLength(3)
    expect(everything).not.toMatch(new RegExp(`${phone}|${wrong}|欧阳修远|${wrong.slice(6, 14)}`))
  })
  const storedRows = statement<{ all: string }>(
    'test.import-stored',
    'select json_agg(r)::text as all from import_rows r where import_id = $1',
  )
})

describe('a file that cannot be read', () => {
  test('without a header fails, says why, and can be uploaded again', async () => {
    const told = await desk.check(Buffer.from('甲,乙\r\n1,2\r\n'))
    expect(told).toMatchObject({
      status: { code: 'failed' },
      problem: { code: 'import/header', errors: [{ code: 'header/missing' }] },
    })
    expect((await desk.upload(Buffer.from('甲,乙\r\n1,2\r\n'))).body).toMatchObject({ known: false })
    await desk.work()
  })
  test('with missing columns names them', async () => {
    const told = await desk.check(Buffer.from('工单编号,受理时间\r\nX-0001,2020-01-01\r\n'))
    expect(told.problem?.errors?.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('“承办单位”'),
    )
  })
  test('with a header alone holds no rows', async () => {
    expect(await desk.check([])).toMatchObject({
      status: { code: 'failed' },
      problem: { code: 'import/no-rows' },
    })
  })
  test('of another kind is refused at once', async () => {
    expect((await desk.upload(Buffer.from('%PDF-1.4'), { name: '表.pdf' })).status).toBe(415)
  })
})

describe('who may, and when', () => {
  test('a liaison may neither upload nor look', async () => {
    const { liaison } = desk.staff
    expect((await desk.upload(csvOf([row('E-0001')]), { who: liaison })).status).toBe(403)
    expect((await desk.get('/api/imports', liaison)).statusCode).toBe(403)
  })
  test('who sees one unit’s matters alone neither reads nor runs imports of all units', async () => {
    const unitClerk = await desk.account(['statistician'], { unitId: desk.township })
    const { id } = await desk.check([row('E-0011')])
    for (const url of ['', `/${id}`, `/${id}/rows`, `/${id}/report.csv`])
      expect((await desk.get(`/api/imports${url}`, unitClerk)).statusCode).toBe(403)
    expect((await desk.upload(csvOf([row('E-0012')]), { who: unitClerk })).status).toBe(403)
    for (const act of ['commit', 'recheck', 'discard']) {
      const mode = act === 'commit' ? { mode: 'good-rows-only' } : undefined
      expect((await desk.post(`/api/imports/${id}/${act}`, mode, unitClerk)).status).toBe(403)
    }
    expect(await desk.told(id)).toMatchObject({ status: { code: 'checked' } })
    await desk.post(`/api/imports/${id}/discard`)
    await desk.work()
  })
  describe('a row that is withheld from its reader is not listed to them:', () => {
    const seenBy = async (who: { id: string }, id: string) => {
      const rows = await desk.get(`/api/imports/${id}/rows?limit=100`, who)
      const report = await desk.get(`/api/imports/${id}/report.csv`, who)
      expect([rows.statusCode, report.statusCode]).toEqual([200, 200])
      return rows.body + report.body
    }
    test('whom an order of an import names, whatever its later rows come to', async () => {
      const named = await desk.account(['leader', 'dispatcher'], { name: '司马导入' })
      const first = await desk.take([row('E-0021'), row('E-0022', { topic: '奇事' })])
      const { id } = await desk.matter('E-0022')
      const accused = await desk.call('dispatcher', 'POST', `/api/matters/${id}/accused`, {
        name: '司马导入',
      })
      expect(accused.status).toBe(200)
      const wrong = await desk.check([row('E-0022', { receivedAt: '2030-01-01' }), row('E-0021')])
      for (const { id: importId } of [first, wrong]) {
        const seen = await seenBy(named, importId)
        expect(seen).toContain('E-0021')
        expect(seen).not.toContain('E-0022')
        expect(seen).not.toContain(id)
        expect(await seenBy(desk.clerk, importId)).toContain('E-0022')
      }
    })
    test('nobody of the office for accusing the office: that is told, and not taken in', async () => {
      const office = '利州区群众工作局'
      const told = await desk.check([row('E-0023', { accused: office, category: '举报' }), row('E-0024')])
      expect(told.counts).toMatchObject({ rows: 2, errors: 0, warnings: 1 })
      expect(await seenBy(desk.staff.leader, told.id)).toContain('unit/accused-office')
      const other = await desk.check([row('E-0025', { accused: '荣山镇', category: '举报' })])
      expect(await seenBy(desk.staff.leader, other.id)).toContain('unit/accused-holds')
    })
  })
  test('what is committed cannot be committed again, given up or checked again', async () => {
    const { id } = await desk.take([row('E-0002')])
    for (const act of ['commit', 'discard', 'recheck']) {
      const answer = await desk.post(
        `/api/imports/${id}/${act}`,
        act === 'commit' ? { mode: 'good-rows-only' } : undefined,
      )
      expect(answer).toMatchObject({ status: 409, body: { code: 'import/wrong-status' } })
    }
  })
  test('a discarded import leaves nothing behind, its file neither', async () => {
    const before = await desk.counts()
    const told = await desk.check([row('E-0003')])
    expect(await desk.post(`/api/imports/${told.id}/discard`)).toMatchObject({ status: 202 })
    await desk.work()
    expect(await desk.counts()).toEqual(before)
    const [left] = await leftBehind(desk.deps.db)
    expect(left).toEqual({ tables: 0, files: 0 })
  })
  test.each([
    ['that can be read', csvOf([row('E-0005')])],
    ['that cannot be read', Buffer.from('甲,乙\r\n1,2\r\n')],
  ])('a file %s can be given up while it is checked, and stays so', async (_what, bytes) => {
    const before = await desk.counts()
    const { id } = (await desk.upload(bytes)).body
    let checked: Promise<void> | undefined
    await desk.deps.db.transaction(async (tx) => {
      await takeTurn(tx, id)
      checked = desk.work()
      await expect.poll(async () => (await desk.told(id)).status.code).toBe('checking')
      expect(await desk.told(id)).toMatchObject({ acts: [{ act: 'discard' }] })
      expect(await desk.post(`/api/imports/${id}/discard`)).toMatchObject({ status: 202 })
    })
    await checked
    await desk.work()
    expect(await desk.told(id)).toMatchObject({ status: { code: 'discarded' } })
    expect(await desk.counts()).toEqual(before)
    expect(await leftBehind(desk.deps.db)).toEqual([{ tables: 0, files: 0 }])
  })
  // Imports of other tests that wait for their confirmation keep theirs.
  const leftBehind = statement<{ tables: number; files: number }>(
    'test.import-left',
    `select (select count(*)::int from pg_tables where schemaname = 'staging' and not exists (
         select from imports i where i.status = 'checked' and tablename like 'i' || replace(i.id::text, '-', '') || '%')) as tables,
       (select count(*)::int from files f join imports i on i.id = f.subject_id
        where f.removed_at is null and i.status in ('committed', 'discarded')) as files`,
  )
  test('what nobody confirms within a month is given up, with its file', async () => {
    const told = await desk.check([row('E-0004')])
    desk.clock.forward({ days: 31 })
    expect((await purgeImports(desk.deps)).discarded).toBeGreaterThan(0)
    await desk.work()
    expect(await desk.told(told.id)).toMatchObject({ status: { code: 'discarded' } })
    expect(await leftBehind(desk.deps.db)).toEqual([{ tables: 0, files: 0 }])
  })
  test('the list shows the newest first, page by page', async () => {
    const first = (await desk.get('/api/imports?limit=2')).json<{ items: { id: string }[]; next: string }>()
    const second = (await desk.get(`/api/imports?limit=2&cursor=${first.next}`)).json<{
      items: { id: string }[]
    }>()
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(4)
    const foreign = Buffer.from('["x","y"]').toString('base64url')
    const refused = await desk.get(`/api/imports?cursor=${foreign}`)
    expect([refused.statusCode, refused.json()]).toMatchObject([
      422,
      { errors: [{ pointer: '/query/cursor' }] },
    ])
    expect((await desk.get('/api/imports/columns')).json<{ items: object[] }>().items.length).toBeGreaterThan(
      30,
    )
  })
})
