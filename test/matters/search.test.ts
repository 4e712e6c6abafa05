// Finding matters: every filter, full text, pages that lose and repeat nothing, and lists that hold exactly what one may see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gramsOf } from '../../src/matters/search.ts'
import { plusDays } from '../../src/platform/clock.ts'
import { openDesk, type Answer, type Desk } from './desk.ts'
import { bring, bringPetition, inputs } from './scenes.ts'
import { runWaiting } from './waiting.ts'

interface Item {
  id: string
  no: string
  state: { code: string }
  receivedAt: string
  dueAt: string
  overdue: boolean
  callerName: string | null
}
type Who = Parameters<Desk['call']>[0]

const itemsOf = (answer: Answer) => answer.body['items'] as Item[]
const query = (filter: Record<string, string>) => new URLSearchParams(filter).toString()

/** Every page of a list, and what it asks for between two pages. */
async function pages(
  desk: Desk,
  who: Who,
  filter: Record<string, string>,
  between?: () => Promise<unknown>,
): Promise<Item[]> {
  const all: Item[] = []
  let cursor: string | undefined
  for (let page = 0; page < 200; page++) {
    const url = `/api/matters?${query({ ...filter, ...(cursor === undefined ? {} : { cursor }) })}`
    const answer = await desk.call(who, 'GET', url)
    expect(answer.status, `${url} ${answer.body.code}`).toBe(200)
    all.push(...itemsOf(answer))
    cursor = (answer.body['next'] as string | null) ?? undefined
    if (cursor === undefined) return all
    await between?.()
  }
  throw new Error('the pages do not end')
}
const idsOf = (items: { id: string }[]) => items.map(({ id }) => id)

describe('filters', () => {
  let desk: Desk
  beforeAll(async () => {
    desk = await openDesk()
  })
  afterAll(() => desk.close())
  const found = (filter: Record<string, string>, who: Who = 'leader') =>
    pages(desk, who, { limit: '100', ...filter })

  it('by number, the platform’s number, state, unit, category, urgency, topic with its sub-topics, source and person', async () => {
    const one = await desk.register({
      ...{
        externalNo: 'SZ-2020-0001',
        source: 'city-platform',
        topic: 'epidemic.roads',
        category: 'complain',
      },
      ...{ urgency: 'urgent', caller: { name: '王小明' } },
    })
    const two = await desk.register({ topic: 'epidemic', dispatch: { leadUnitId: desk.township } })
    const three = await desk.register({ topic: 'environment' })
    const { personId } = (await desk.open('leader', one.id)).body as unknown as { personId: string }
    const expected: [Record<string, string>, string[]][] = [
      [{ no: one.no }, [one.id]],
      [{ no: ` ${one.no} ` }, [one.id]],
      [{ no: one.no.slice(0, -1) }, []],
      [{ externalNo: 'SZ-2020-0001' }, [one.id]],
      [{ source: 'city-platform' }, [one.id]],
      [{ state: 'assigned' }, [two.id]],
      [{ state: 'registered,assigned', source: 'counter' }, [two.id, three.id]],
      [{ unitId: desk.township }, [two.id]],
      [{ unitId: desk.other }, []],
      [{ category: 'complain' }, [one.id]],
      [{ urgency: 'urgent' }, [one.id]],
      [{ topic: 'epidemic' }, [one.id, two.id]],
      [{ topic: 'epidemic.roads' }, [one.id]],
      [{ topic: 'environment' }, [three.id]],
      [{ personId }, [one.id]],
      [{ topic: 'epidemic', urgency: 'urgent', category: 'complain', state: 'registered' }, [one.id]],
      [{ topic: 'epidemic', urgency: 'urgent', category: 'help' }, []],
    ]
    for (const [filter, ids] of expected) {
      expect(idsOf(await found(filter)).toSorted(), `by ${JSON.stringify(filter)}`).toEqual(ids.toSorted())
    }
  })

  it('by day of receipt, both days included, in the time of the office', async () => {
    const received = async (receivedAt: string) => (await desk.register({ receivedAt })).id
    const before = await received('2019-05-31T23:59:59.999+08:00')
    const first = await received('2019-05-31T16:00:00Z')
    const last = await received('2019-06-30T23:59:59.999+08:00')
    const after = await received('2019-07-01T00:00:00+08:00')
    const june = idsOf(await found({ from: '2019-06-01', to: '2019-06-30' }))
    expect(june).toEqual([last, first])
    expect(idsOf(await found({ to: '2019-06-30' }))).toEqual([last, first, before])
    expect(idsOf(await found({ from: '2019-07-01' }))).toContain(after)
  })

  it('by the clock: due today, on the next working day, overdue; over a holiday the next working day is far', async () => {
    // Sunday 27 September 2020 is a working day; 1 to 8 October are not.
    desk.clock.forward({ days: 44 })
    expect(desk.clock.now()).toContain('2020-09-27')
    const order = (category: string) => desk.register({ category, dispatch: { leadUnitId: desk.township } })
    const atOnce = await order('consult')
    desk.clock.forward({ days: 1 })
    const overHoliday = await order('consult')
    const afterwards = await order('help')
    desk.clock.forward({ days: 2 })
    expect([atOnce.dueAt, overHoliday.dueAt].map((at) => at.slice(0, 10))).toEqual([
      '2020-09-30',
      '2020-10-09',
    ])
    const clock = async (name: string) => {
      const ours = new Set([atOnce.id, overHoliday.id, afterwards.id])
      return idsOf(await found({ clock: name })).filter((id) => ours.has(id))
    }
    expect(await clock('today')).toEqual([atOnce.id])
    expect(await clock('next-workday')).toEqual([overHoliday.id])
    expect(await clock('overdue')).toEqual([])
    desk.clock.forward({ days: 1 })
    expect(await clock('overdue')).toEqual([atOnce.id])
    expect(await clock('today')).toEqual([])
    desk.clock.forward({ days: 8 })
    expect(await clock('today')).toEqual([overHoliday.id])
    desk.clock.forward({ days: 1 })
    expect(await clock('overdue')).toEqual([atOnce.id, overHoliday.id])
    await desk.does('liaison', atOnce.id, 'sign')
    await desk.does('liaison', atOnce.id, 'reply', { ...desk.answer, contactedAt: desk.clock.now() })
    expect(await clock('overdue')).toEqual([overHoliday.id])
  })

  it('by the clock: also what nobody was sent yet, by the superior’s deadline, and what the office has to route', async () => {
    const inDays = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
    const upper = (days: number) => ({ source: 'upper', upstreamDueAt: inDays(days) })
    const soon = (await desk.register(upper(1))).id
    const returned = (await desk.register({ ...upper(2), dispatch: { leadUnitId: desk.township } })).id
    await desk.does('liaison', returned, 'ask-return', { reason: '不属于本单位职责' })
    await desk.does('dispatcher', returned, 'grant-return', {})
    const refused = (await desk.register(upper(1))).id
    await desk.does('dispatcher', refused, 'not-accept', { route: 'litigation', reason: '已进入诉讼程序' })
    const petition = await bringPetition(desk, 'entered', {})
    const ours = new Set([soon, returned, refused, petition])
    const clock = async (name: string) => {
      const items = (await found({ clock: name })).filter(({ id }) => ours.has(id))
      return items.map(({ id, dueAt, overdue }) => [id, dueAt.slice(0, 10), overdue])
    }
    const [first, second] = [inDays(1).slice(0, 10), inDays(2).slice(0, 10)]
    expect(await clock('today')).toEqual([])
    desk.clock.forward({ days: 1 })
    expect(await clock('today')).toEqual([[soon, first, false]])
    desk.clock.forward({ days: 1 })
    expect(await clock('overdue')).toEqual([[soon, first, true]])
    expect(await clock('today')).toEqual([[returned, second, false]])
    desk.clock.forward({ days: 30 })
    const late = await clock('overdue')
    expect(late.map(([id, , overdue]) => [id, overdue])).toEqual([
      ...[soon, returned].map((id) => [id, true]),
      [petition, true],
    ])
    expect((await desk.open('leader', soon)).body).toMatchObject({
      dueAt: expect.stringContaining(first),
      overdue: true,
    })
    await desk.does('dispatcher', soon, 'dispatch', { leadUnitId: desk.township })
    expect((await clock('overdue')).map(([id]) => id)).toEqual([returned, petition])
  })

  it.each([
    ['limit=0', '/query/limit'],
    ['limit=101', '/query/limit'],
    ['limit=-1', '/query/limit'],
    ['limit=1e9', '/query/limit'],
    ['limit=2.5', '/query/limit'],
    ['state=open', '/query/state/0'],
    ['state=', '/query/state/0'],
    ['topic=weather', '/query/topic'],
    ['unitId=1', '/query/unitId'],
    ['from=2020-02-30', '/query/from'],
    ['to=yesterday', '/query/to'],
    ['clock=tomorrow', '/query/clock'],
    ['sort=title', '/query/sort'],
    ['cursor=not-ours', '/query/cursor'],
    [`cursor=${cursorOf(['2020-08-14T09:00:00.000+08:00'])}`, '/query/cursor'],
    [`cursor=${cursorOf(['infinity', '0198a3b0-0000-7000-8000-000000000000'])}`, '/query/cursor'],
    [`cursor=${cursorOf([null, null])}`, '/query/cursor'],
    [`cursor=${cursorOf(['2020-08-14T09:00:00.000+08:00', `'; drop table matters --`])}`, '/query/cursor'],
    [`cursor=${cursorOf([1e308, {}])}`, '/query/cursor'],
    ['no=%00', '/query/no'],
    ['q=%00%00', '/query/q'],
    ['q=', '/query/q'],
    [`q=${'噪'.repeat(101)}`, '/query/q'],
  ])('refuses %s, with the place', async (text, pointer) => {
    const answer = await desk.call('leader', 'GET', `/api/matters?${encodeURI(text).replaceAll('%25', '%')}`)
    expect(answer.status).toBe(422)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect((answer.body['errors'] as { pointer: string }[]).map((error) => error.pointer)).toContain(pointer)
  })
})

function cursorOf(values: unknown): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

describe('full text', () => {
  let desk: Desk
  const ids: Record<string, string> = {}
  const texts = {
    noise: ['夜间施工噪声扰民', '小区旁工地夜间十一点后仍在施工。'],
    wide: ['ＫＴＶ営业扰民', '电话０８３９－３２６００００，要求“ＡＢＣ超市”退款。'],
    percent: ['物业费上涨100%', '去年_今年均为 a\\b 元;收费标准见 C:\\fees'],
    quote: [`O'Brien 咨询 "签证"`, `Robert'); DROP TABLE matters;-- 同学反映`],
    rare: ['𠮷野家门前积水', '𠮷野家门前路面积水 🚧 多日'],
    mixed: ['Wi-Fi信号差', '5G基站 iPhone12 无信号'],
  }
  beforeAll(async () => {
    desk = await openDesk()
    for (const [key, [title, content]] of Object.entries(texts))
      ids[key] = (await desk.register({ title, content })).id
    await runWaiting(desk, 'index')
  })
  afterAll(() => desk.close())
  const keysOf = async (q: string) => {
    const found = new Set(idsOf(await pages(desk, 'leader', { q })))
    return Object.keys(texts).filter((key) => found.has(ids[key] ?? ''))
  }

  it.each([
    ['扰民', ['noise', 'wide']],
    ['噪声扰民', ['noise']],
    ['声扰', ['noise']],
    ['扰 民', 'refused'],
    ['扰民　施工 噪声', ['noise']],
    ['施工 超市', []],
    ['扰民 夜', ['noise']],
    ['民扰', []],
    ['施工噪声', ['noise']],
    ['工地夜间', ['noise']],
    // Title and content are two texts: no word runs from one into the other.
    ['扰民小区', []],
    ['KTV', ['wide']],
    ['ｋｔｖ', ['wide']],
    ['abc超市', ['wide']],
    ['0839-3260000', ['wide']],
    ['100%', ['percent']],
    ['%费', 'refused'],
    ['1_0', 'refused'],
    ['100_', []],
    ['年_今年', ['percent']],
    ['a\\b', 'refused'],
    ['C:\\fees', ['percent']],
    ["O'Brien", ['quote']],
    ["') or 1=1", []],
    ["Robert'); DROP TABLE matters;--", ['quote']],
    ['𠮷野', ['rare']],
    ['野家门前', ['rare']],
    ['吉野', []],
    ['wi-fi', ['mixed']],
    ['IPHONE12', ['mixed']],
    ['5g基站', ['mixed']],
    ['扰', 'refused'],
    ['a', 'refused'],
    ['🚧', 'refused'],
    ['%%', 'refused'],
    ['__', 'refused'],
    ['。。', 'refused'],
  ])('%s', async (q, expected) => {
    if (expected !== 'refused') {
      expect(await keysOf(q)).toEqual(expected)
      return
    }
    const answer = await desk.call('leader', 'GET', `/api/matters?${query({ q })}`)
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({
      code: 'matter/search-too-short',
      errors: [{ pointer: '/query/q', message: '至少输入两个字' }],
    })
  })

  it('follows a correction and the answer once their job has run, also when it runs twice', async () => {
    const { id } = await desk.register({ title: '路灯不亮', content: '巷口路灯已坏两周。' })
    await runWaiting(desk, 'index')
    const finds = async (q: string) => idsOf(await pages(desk, 'leader', { q })).includes(id)
    expect(await finds('路灯')).toBe(true)
    await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { title: '井盖破损', content: '巷口井盖破损。' },
      { 'if-match': '"1"' },
    )
    expect(await finds('路灯')).toBe(false)
    await runWaiting(desk, 'index')
    expect(await finds('井盖')).toBe(true)
    expect(await finds('路灯')).toBe(false)
    const { approvedBy: _, ...answer } = { ...desk.answer, contactedAt: desk.clock.now() }
    const told = { facts: '经查井圈沉降属实', measures: '浇筑混凝土垫层', result: '已更换为球墨铸铁' }
    await desk.does('agent', id, 'direct-reply', { ...answer, ...told })
    await runWaiting(desk, 'index')
    await runWaiting(desk, 'index')
    for (const q of ['球墨铸铁', '井圈沉降', '混凝土垫层', '垫层 铸铁']) expect(await finds(q)).toBe(true)
    expect(await finds('垫层 木盖')).toBe(false)
  })

  it('finds what an approved reply found and did, and nothing of one that waits', async () => {
    const id = await bring(desk, 'handling', { title: '设备嗡鸣', content: '楼下水泵房昼夜嗡鸣。' })
    const given = { ...desk.answer, contactedAt: desk.clock.now(), measures: '加装了隔音挡板' }
    await desk.does('liaison', id, 'reply', given)
    await runWaiting(desk, 'index')
    const finds = async () => idsOf(await pages(desk, 'leader', { q: '隔音挡板' })).includes(id)
    expect(await finds()).toBe(false)
    await desk.does('reviewer', id, 'approve')
    await runWaiting(desk, 'index')
    expect(await finds()).toBe(true)
  })

  it('finds the opinion of a petition by its facts and basis once it is issued', async () => {
    const id = await bringPetition(desk, 'issued')
    await runWaiting(desk, 'index')
    const { facts, basis, claim } = inputs(desk).opine as { facts: string; basis: string; claim: string }
    for (const q of [facts, basis, claim])
      expect(idsOf(await pages(desk, 'leader', { q: q.slice(0, 8) }))).toContain(id)
  })

  it('finds the last words of the longest text that may be entered', async () => {
    // 20,000 different neighbours: every pair is a gram of its own.
    const content = Array.from({ length: 19_990 }, (_, i) =>
      String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
    ).join('')
    const { id } = await desk.register({ content: `${content}终于写到了末尾` })
    await runWaiting(desk, 'index')
    expect(idsOf(await pages(desk, 'leader', { q: '写到了末尾' }))).toEqual([id])
  })

  it('keeps to what the reader may see', async () => {
    expect(await pages(desk, 'liaison', { q: '扰民' })).toEqual([])
  })

  it('a gram is two neighbouring characters, folded; punctuation and space part them', () => {
    expect(gramsOf('ＡＢ，民扰')).toEqual(['ab', '民扰'])
    expect(gramsOf('𠮷野')).toEqual(['𠮷野'])
    expect(gramsOf('a b c')).toEqual([])
  })
})

describe('pages', () => {
  let desk: Desk
  beforeAll(async () => {
    desk = await openDesk()
    await Promise.all(
      Array.from({ length: 23 }, () => desk.register({ dispatch: { leadUnitId: desk.township } })),
    )
  })
  afterAll(() => desk.close())

  it('hold every matter once in a stable order, though all were received and are due at the same moment', async () => {
    for (const filter of [{}, { mine: 'lead' }, { clock: 'next-workday' }] as Record<string, string>[]) {
      const whole = await pages(desk, 'liaison', { limit: '100', ...filter })
      expect(new Set(whole.map((item) => item.receivedAt)).size).toBeLessThanOrEqual(1)
      for (const limit of ['1', '4', '7', '22', '23', '24']) {
        expect(idsOf(await pages(desk, 'liaison', { limit, ...filter }))).toEqual(idsOf(whole))
      }
    }
    expect(await pages(desk, 'liaison', { limit: '100' })).toHaveLength(23)
    expect(await pages(desk, 'liaison', { limit: '100', mine: 'lead' })).toHaveLength(23)
  })

  it('repeat and drop none of them while others are registered between two pages', async () => {
    const before = new Set(idsOf(await pages(desk, 'liaison', { limit: '100' })))
    const added: string[] = []
    const between = async () => {
      // Received at the same moment as all others, and a minute before.
      for (const receivedAt of [undefined, '2020-08-14T08:59:00.000+08:00']) {
        added.push((await desk.register({ receivedAt, dispatch: { leadUnitId: desk.township } })).id)
      }
    }
    for (const filter of [{}, { mine: 'lead' }] as Record<string, string>[]) {
      const seen = idsOf(await pages(desk, 'liaison', { limit: '5', ...filter }, between))
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => before.has(id)).toSorted()).toEqual([...before].toSorted())
    }
    expect(new Set(idsOf(await pages(desk, 'liaison', { limit: '100' })))).toEqual(
      new Set([...before, ...added]),
    )
  })

  it('show the newest first, and what the own units must do by due time', async () => {
    desk.clock.forward({ minutes: 5 })
    const later = await desk.register({ category: 'consult', dispatch: { leadUnitId: desk.township } })
    const all = await pages(desk, 'liaison', { limit: '100' })
    expect(all[0]?.id).toBe(later.id)
    expect(all.map((item) => item.receivedAt)).toEqual(
      all
        .map((item) => item.receivedAt)
        .toSorted()
        .toReversed(),
    )
    const mine = await pages(desk, 'liaison', { limit: '100', mine: 'lead' })
    expect(mine[0]?.id).toBe(later.id)
    expect(mine.map((item) => item.dueAt)).toEqual(mine.map((item) => item.dueAt).toSorted())
  })
})

describe('what a list holds is what its reader may see', () => {
  let desk: Desk
  let department: string
  let squad: string
  const readers: Record<string, { id: string; unit: string }> = {}
  /** What is so about each matter, told by the test itself. */
  const truth: {
    id: string
    units: string[]
    accused: string[]
    open: boolean
    lead: string | null
    co: string[]
  }[] = []

  beforeAll(async () => {
    desk = await openDesk()
    department = await desk.unit('住建局')
    squad = await desk.unit('住建局执法队', { parentId: department })
    const { township, other } = desk
    const at = async (unit: string, role: 'handler' | 'unit-reviewer' | 'registrar' | 'statistician') => ({
      ...(await desk.account([role], { unitId: unit })),
      unit,
    })
    Object.assign(readers, {
      township: await at(township, 'handler'),
      other: await at(other, 'unit-reviewer'),
      department: await at(department, 'registrar'),
      squad: await at(squad, 'handler'),
      counting: await at(department, 'statistician'),
    })
    const units = [township, other, department, squad]
    let turn = 0
    for (const lead of units) {
      for (const accused of [[], [department], [squad], [township, other]]) {
        if (accused.some((unit) => unit === lead || (unit === department && lead === squad))) continue
        const co = units.filter(
          (unit) =>
            unit !== lead && !accused.includes(unit) && !(accused.includes(department) && unit === squad),
        )
        const coUnitIds = turn % 3 === 0 ? co.slice(0, 1) : []
        const { id } = await desk.register({
          accusedUnitIds: accused,
          dispatch: { leadUnitId: lead, coUnitIds },
        })
        truth.push({ id, units: [lead, ...coUnitIds], accused, open: true, lead, co: coUnitIds })
        if (turn++ % 4 === 0) {
          // A unit that held it once goes on seeing it.
          const next = co.find((unit) => !coUnitIds.includes(unit))
          if (next === undefined) continue
          await desk.does('dispatcher', id, 'redispatch', { leadUnitId: next, reason: '职责调整' })
          Object.assign(truth.at(-1) ?? {}, { units: [lead, ...coUnitIds, next], lead: next, co: [] })
        }
      }
    }
    for (const accused of [[], [township]]) {
      const { id } = await desk.register({ accusedUnitIds: accused })
      truth.push({ id, units: [], accused, open: false, lead: null, co: [] })
    }
    // Accused only after it was dispatched to them.
    const { id } = await desk.register({ dispatch: { leadUnitId: squad } })
    await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [department] },
      { 'if-match': '"1"' },
    )
    truth.push({ id, units: [squad], accused: [department], open: true, lead: squad, co: [] })
    truth.push({
      id: await bring(desk, 'closed'),
      units: [township, other],
      accused: [],
      open: false,
      lead: township,
      co: [],
    })
    await runWaiting(desk, 'index')
  })
  afterAll(() => desk.close())

  const below = (unit: string) => (unit === department ? [department, squad] : [unit])
  const above = (unit: string) => (unit === squad ? [squad, department] : [unit])
  const sees = (unit: string) => (matter: (typeof truth)[number]) =>
    unit === 'office' ||
    (below(unit).some((u) => matter.units.includes(u)) &&
      !above(unit).some((u) => matter.accused.includes(u)))
  const everyone = () => [
    ...(Object.keys(desk.staff) as (keyof Desk['staff'])[])
      .filter((name) => !['liaison', 'chief', 'otherLiaison'].includes(name))
      .map((name) => [name, desk.staff[name], 'office'] as const),
    ...Object.entries(readers).map(([name, reader]) => [name, reader, reader.unit] as const),
  ]
  const sorted = (ids: string[]) => ids.toSorted()

  it('for every role and unit, whatever the filter, and each item opens while all others do not exist', async () => {
    expect(truth.length).toBeGreaterThan(14)
    for (const [name, who, unit] of everyone()) {
      const visible = truth.filter(sees(unit))
      expect(sorted(idsOf(await pages(desk, who, { limit: '7' }))), `for ${name}`).toEqual(
        sorted(idsOf(visible)),
      )
      expect(sorted(idsOf(await pages(desk, who, { q: '噪声' }))), `for ${name}`).toEqual(
        sorted(idsOf(visible)),
      )
      for (const matter of truth) {
        const opened = await desk.call(who, 'GET', `/api/matters/${matter.id}`)
        expect(opened.status, `${name} ${matter.id}`).toBe(visible.includes(matter) ? 200 : 404)
        const filtered = await desk
          .call(who, 'GET', `/api/matters?unitId=${matter.lead ?? unit}&limit=100`)
          .catch(() => undefined)
        if (filtered?.status !== 200) continue
        expect(itemsOf(filtered).every((item) => visible.some(({ id }) => id === item.id))).toBe(true)
      }
    }
  })

  it('of the own open ones: those that the own units lead or co-handle, and not what accuses them', async () => {
    for (const [name, reader] of Object.entries(readers)) {
      const mine = truth.filter(sees(reader.unit)).filter((matter) => matter.open)
      const lead = mine.filter((matter) => matter.lead !== null && below(reader.unit).includes(matter.lead))
      const co = mine.filter((matter) => matter.co.some((unit) => below(reader.unit).includes(unit)))
      expect(sorted(idsOf(await pages(desk, reader, { mine: 'lead', limit: '3' }))), `for ${name}`).toEqual(
        sorted(idsOf(lead)),
      )
      expect(sorted(idsOf(await pages(desk, reader, { mine: 'co', limit: '3' }))), `for ${name}`).toEqual(
        sorted(idsOf(co)),
      )
    }
  })

  it('the administrators are let at no list at all', async () => {
    for (const role of ['system-admin', 'security-admin', 'audit-admin'] as const) {
      const who = await desk.account([role])
      for (const path of ['/api/matters', `/api/matters/${truth[0]?.id}`]) {
        expect((await desk.call(who, 'GET', path)).body.code).toBe('access/forbidden')
      }
    }
  })

  it('what is hidden answers every act and every address as what does not exist', async () => {
    const hidden = truth.find((matter) => matter.accused.includes(desk.township))?.id ?? ''
    const nowhere = '0198a3b0-0000-7000-8000-00000000dead'
    const paths = (id: string) => [
      ['GET', `/api/matters/${id}`],
      ['POST', `/api/matters/${id}/sign`],
      ['GET', `/api/matters/${id}/legs/${nowhere}/why`],
      ['GET', `/api/matters/${id}/files/${nowhere}`],
    ]
    for (const [i, [method, path]] of paths(hidden).entries()) {
      const [a, b] = await Promise.all([
        desk.call('liaison', method as 'GET', path ?? '', method === 'POST' ? {} : undefined),
        desk.call(
          'liaison',
          method as 'GET',
          paths(nowhere)[i]?.[1] ?? '',
          method === 'POST' ? {} : undefined,
        ),
      ])
      expect(a.status).toBe(404)
      expect({ ...a.body, requestId: '' }).toEqual({ ...b.body, requestId: '' })
    }
  })
})
