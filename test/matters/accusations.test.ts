// An accusation never reaches whom it accuses: every route of the API is walked as each of them, and nothing of it shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiDocument } from '../../scripts/docs/openapi.ts'
import { roleNames, roles, type Role } from '../../src/orgs/rules.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringPetition, inputs } from './scenes.ts'
import { runWaiting } from './waiting.ts'

const CANARY = '金丝雀线索'
const PERSON = '司马被举报'
type Who = Parameters<Desk['call']>[0]
let desk: Desk
let matter: { id: string; no: string }
let publication: string
let squad: string
let heir: string
/** Everybody from whom it is withheld, each by what makes them so. */
const withheld = new Map<string, { id: string }>()
const paths: string[] = []

beforeAll(async () => {
  desk = await openDesk()
  squad = await desk.unit('荣山镇综合执法队', { parentId: desk.township })
  heir = await desk.unit('荣山新区', { kind: 'township' })
  const { body } = await desk.call('registrar', 'POST', '/api/matters', {
    ...{
      title: `反映${CANARY}问题`,
      content: `举报内容${CANARY},请依法核查。`,
      category: 'report',
      topic: 'conduct',
    },
    ...{ accusedUnitIds: [desk.township], caller: { name: '欧阳举报', phone: '15401200099' } },
  })
  matter = { id: body.id, no: body.no }
  await desk.does('dispatcher', matter.id, 'dispatch', { leadUnitId: desk.other })
  const named = await desk.account(['dispatcher', 'reviewer', 'supervisor', 'leader', 'statistician'], {
    name: PERSON,
  })
  await desk.call('dispatcher', 'POST', `/api/matters/${matter.id}/accused`, { name: PERSON, post: '镇长' })
  withheld.set('被反映单位经办人', desk.staff.liaison)
  withheld.set('被反映单位审核人', desk.staff.chief)
  withheld.set('下属单位', await desk.account(['handler'], { unitId: squad }))
  withheld.set('被反映人本人', named)
  for (const role of roleNames) {
    if (roles[role].sees === 'none') continue
    const account = await desk.account([role])
    await desk.call('leader', 'POST', `/api/matters/${matter.id}/recuse`, {
      accountId: account.id,
      reason: '有直接利害关系',
    })
    withheld.set(`回避的${roles[role].label}`, account)
  }
  const item = await desk.call('registrar', 'POST', '/api/ledger/items', {
    ...{ foundDay: '2020-08-10', foundByUnitId: desk.officeUnit, level: 'local', title: `${CANARY}纠纷` },
    ...{ demand: '依法核查', topic: 'conduct', leadUnitId: desk.other, territorialUnitId: desk.other },
  })
  await desk.call('registrar', 'POST', `/api/ledger/items/${item.body.id}/matters`, {
    matterId: matter.id,
    reason: '同一事项',
  })
  await desk.call('registrar', 'POST', '/api/meetings', {
    ...{ day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'bureau' },
    items: [
      { matterId: matter.id, decision: `${CANARY}依法核查`, leadUnitId: desk.other, dueDay: '2020-09-01' },
    ],
  })
  const published = await desk.call('leader', 'POST', '/api/reports/periods/2020-08/publish', {})
  expect(published.status).toBe(201)
  publication = published.body.id
  await runWaiting(desk, 'index')
  const document = (await openApiDocument()) as { paths: Record<string, Record<string, unknown>> }
  for (const [path, methods] of Object.entries(document.paths)) {
    // One's own name stands on one's own session, whoever is accused.
    if ('get' in methods && path !== '/api/session') paths.push(path)
  }
})
afterAll(() => desk.close())

const secrets = () => [CANARY, PERSON, matter.no, '欧阳举报', '欧*举报', '154****0099', '司马*报']
const period = 'from=2020-01-01&to=2020-12-31'
/** Questions that would bring it up if anything could. */
const questions: Record<string, string[]> = {
  '/api/matters': [
    '',
    '?limit=100',
    `?q=${encodeURIComponent(CANARY)}`,
    '?category=report',
    '?state=assigned,handling',
  ],
  '/api/kpi': [`?${period}`, `?${period}&groupBy=topic`, `?${period}&groupBy=category`],
  '/api/kpi/matters': [`?${period}&metric=M01`, `?${period}&metric=M01&category=report`],
  '/api/kpi/tallies': [`?${period}`],
  '/api/kpi/tallies/{tally}/matters': [`?${period}`],
  '/api/meetings': [`?${period}`],
  '/api/kpi/board': [`?${period}`, `?${period}&groupBy=topic`, `?${period}&groupBy=category`],
  '/api/kpi/rankings': [`?${period}&metric=M14&floor=0`],
  '/api/kpi/hot-spots': [`?${period}&floor=0`],
  '/api/kpi/stock/matters': ['opening', 'received', 'closed', 'closing'].map(
    (flow) => `?${period}&flow=${flow}`,
  ),
  '/api/reports/publications/{id}/cases': ['M01', 'M03', 'stock.received', 'meetings.subjects'].map(
    (figure) => `?figure=${figure}`,
  ),
  '/api/reports/publications/{id}/differences': ['', '?asOf=now'],
  '/api/ledger/items': ['?limit=100'],
  '/api/people/links': ['?status=suggested'],
}

function filled(path: string): string {
  return path
    .replace('/publications/{id}', `/publications/${publication}`)
    .replace('{period}', '2020-08')
    .replace('{tally}', 'letters')
    .replace('{format}', 'csv')
    .replaceAll(/\{[^}]+\}/g, matter.id)
}

describe('whoever is accused, below the accused, or has stepped aside', () => {
  it('finds nothing of it on any way of reading', async () => {
    // Somebody from whom it is not withheld does find it there.
    for (const list of [
      `/api/kpi/stock/matters?${period}&flow=received`,
      `/api/reports/publications/${publication}/cases?figure=meetings.subjects`,
      `/api/kpi/holding/matters?${period}&unit=${desk.other}`,
    ])
      expect(JSON.stringify((await desk.call('leader', 'GET', list)).body)).toContain(CANARY)
    expect(paths.length).toBeGreaterThan(40)
    for (const [who, account] of withheld) {
      for (const path of paths) {
        const held = path === '/api/kpi/holding/matters' ? [`?${period}&unit=${desk.township}`] : undefined
        for (const question of held ?? questions[path] ?? ['', `?${period}`]) {
          const answer = await desk.call(account, 'GET', `${filled(path)}${question}`).catch(() => undefined)
          const text = JSON.stringify([answer?.body, answer?.headers])
          for (const secret of secrets())
            expect(text.includes(secret), `${who} ${path}${question} ${secret}`).toBe(false)
        }
      }
    }
  })

  it('can do nothing with it, is told exactly what is told of nothing, and is on record', async () => {
    const nothing = '0198a3b0-0000-7000-8000-000000000000'
    for (const [who, account] of withheld) {
      const before = (await desk.events(account.id)).filter((type) => type === 'account.view-refused').length
      for (const [act, body] of Object.entries(inputs(desk, matter.id))) {
        const real = await desk.call(account, 'POST', `/api/matters/${matter.id}/${act}`, body)
        const none = await desk.call(account, 'POST', `/api/matters/${nothing}/${act}`, body)
        expect({ ...real.body, requestId: '' }, `${who} ${act}`).toEqual({ ...none.body, requestId: '' })
        expect(real.status).toBe(none.status)
      }
      const read = await desk.call(account, 'GET', `/api/matters/${matter.id}`)
      expect(read.status).toBe(404)
      const after = (await desk.events(account.id)).filter((type) => type === 'account.view-refused').length
      expect([who, after > before]).toEqual([who, true])
    }
  })

  it('is on record wherever its id may be sent: in a field of another matter, for a file, for a notice', async () => {
    const barred = await desk.account(['registrar', 'dispatcher', 'reviewer', 'review-clerk', 'supervisor'])
    const recusal = { accountId: barred.id, reason: '有直接利害关系' }
    expect((await desk.call('leader', 'POST', `/api/matters/${matter.id}/recuse`, recusal)).status).toBe(200)
    const order = await desk.register()
    const [letter, delivered] = [await bringPetition(desk, 'entered'), await bringPetition(desk, 'delivered')]
    const { version } = await desk.row(letter)
    const held = { 'if-match': `"${Number(version)}"` }
    const written = { title: '反映补偿', content: '反映补偿款未到账问题。', category: 'claim', topic: 'land' }
    const to = (id: string, act: string, body: object) =>
      desk.call(barred, 'POST', `/api/matters/${id}/${act}`, body)
    const tries = (
      id: string,
    ): Record<string, () => Promise<{ status: number; body: { code: string } }>> => ({
      merge: () => to(order.id, 'merge', { intoId: id, reason: '同一事项' }),
      'no longer accept': () => to(letter, 'no-longer-accept', { finalId: id, reason: '同一事实和理由' }),
      rehandle: () => to(delivered, 'rehandle', { reviewId: id }),
      'repeat of': () => desk.call(barred, 'POST', '/api/letters', { ...written, repeatOfId: id }),
      'correct to a repeat of': () =>
        desk.call(barred, 'PATCH', `/api/letters/${letter}`, { repeatOfId: id, reason: '补登重复件' }, held),
      file: () => desk.call(barred, 'GET', `/api/matters/${id}/files/${id}`),
      notice: () => desk.call(barred, 'GET', `/api/matters/${id}/documents/receipt`),
    })
    const refusals = async () =>
      (await desk.events(barred.id)).filter((type) => type === 'account.view-refused').length
    const unknown = tries('0198a3b0-0000-7000-8000-000000000000')
    for (const [what, attempt] of Object.entries(tries(matter.id))) {
      const before = await refusals()
      const { status, body } = await attempt()
      expect([what, await refusals()]).toEqual([what, before + 1])
      const none = await unknown[what]?.()
      expect([status, body.code]).toEqual([none?.status, none?.body.code])
      expect([what, await refusals()]).toEqual([what, before + 1])
    }
  })

  it('gets figures that are less by exactly this matter', async () => {
    const count = async (account: { id: string }) => {
      const { body } = await desk.call(account, 'GET', `/api/kpi?${period}&metrics=M01`)
      return (body['figures'] as { numerator: number; list: string }[])[0]
    }
    const all = await count(desk.staff.leader)
    const less = await count(withheld.get('被反映人本人') ?? { id: '' })
    expect(less?.numerator).toBe((all?.numerator ?? 0) - 1)
    const { body } = await desk.call(withheld.get('被反映人本人') ?? { id: '' }, 'GET', less?.list ?? '')
    expect(body['total']).toBe(less?.numerator)
  })

  it('is not shown it by searching for the person, by earlier matters, or by merging', async () => {
    const named = withheld.get('被反映人本人') ?? { id: '' }
    const found = await desk.call(named, 'POST', '/api/people/search', { by: 'phone', text: '15401200099' })
    expect(found.body['items']).toEqual([])
    const earlier = await desk.call(named, 'POST', '/api/matters/earlier', {
      by: 'phone',
      text: '15401200099',
    })
    expect(earlier.body['people']).toEqual([])
    const { id } = await desk.register()
    const merged = await desk.call(named, 'POST', `/api/matters/${id}/merge`, {
      intoId: matter.id,
      reason: '同一事项',
    })
    expect(merged.body['errors']).toMatchObject([{ pointer: '/body/intoId' }])
  })
})

describe('the office', () => {
  it('never sends it to the accused unit, those below it or what took over from it, and each attempt is on record', async () => {
    const { abolishUnit } = await import('../../src/orgs/unit-commands.ts')
    const old = await desk.unit('旧镇', { kind: 'township' })
    const { id } = await desk.register({ category: 'report', accusedUnitIds: [old] })
    await desk.deps.db.transaction((tx) =>
      abolishUnit(tx, desk.system, old, 1, { on: '2020-08-01', successorId: heir }),
    )
    const before = (await desk.events(desk.staff.dispatcher.id)).length
    const refused = await desk.act('dispatcher', id, 'dispatch', { leadUnitId: heir })
    expect(refused.body.code).toBe('matter/accused-unit')
    for (const leadUnitId of [desk.township, squad]) {
      const answer = await desk.act('dispatcher', matter.id, 'redispatch', { leadUnitId, reason: '职责调整' })
      expect(answer.body.code).toBe('matter/accused-unit')
    }
    const told = (await desk.events(desk.staff.dispatcher.id)).slice(before)
    expect(told).toEqual(['account.transfer-refused', 'account.transfer-refused', 'account.transfer-refused'])
  })

  it('takes it at once from a unit that comes to be accused; what was late stays late', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })
    await desk.does('liaison', id, 'sign')
    desk.clock.forward({ days: 30 })
    await desk.does('liaison', id, 'reply', inputs(desk).reply)
    const edited = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [desk.township] },
      { 'if-match': '"3"' },
    )
    expect(edited.body).toMatchObject({ state: 'registered', dueAt: null })
    const [lead, co] = await desk.legs(id)
    expect(lead).toMatchObject({ outcome: 'redispatched' })
    expect(lead?.lateFrom).not.toBeNull()
    expect(co).toMatchObject({ outcome: 'redispatched' })
    expect((await desk.open('liaison', id)).status).toBe(404)
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.other })
    expect((await desk.row(id)).lateFrom).toBe(lead?.lateFrom)
  })

  it('does not take in what accuses it: nobody in it could handle that, and it would be buried', async () => {
    const refusal = { code: 'matter/accused-office', errors: [{ pointer: '/body/accusedUnitIds/0' }] }
    const accusing = { category: 'report', accusedUnitIds: [desk.officeUnit] }
    const { id } = await desk.register()
    const order = { title: '反映办事大厅收费', content: '反映办事大厅工作人员收费。', topic: 'conduct' }
    const said = [
      await desk.call('registrar', 'POST', '/api/matters', { ...order, ...accusing }),
      await desk.call('dispatcher', 'PATCH', `/api/matters/${id}`, accusing, { 'if-match': '"1"' }),
    ]
    for (const { body } of said) expect(body).toMatchObject(refusal)
    expect((await desk.open('dispatcher', id)).status).toBe(200)
  })

  const lift = (who: Who, id: string, step: 'ask-lift-bar' | 'lift-bar', barred: object, more = {}) =>
    desk.call(who, 'POST', `/api/matters/${id}/${step}`, {
      barred,
      reason: '经核实并非所反映的对象',
      ...more,
    })

  it('lets a namesake in again on the word of two, the second a leader, and nobody lets themselves in', async () => {
    const named = withheld.get('被反映人本人') ?? { id: '' }
    const barred = { accountId: named.id }
    const [url, { id }] = [`/api/matters/${matter.id}`, matter]
    expect((await lift('dispatcher', id, 'lift-bar', barred)).status).toBe(403)
    expect((await lift(named, id, 'lift-bar', barred)).status).toBe(404)
    expect((await lift(named, id, 'ask-lift-bar', barred)).status).toBe(404)
    expect((await lift('leader', id, 'lift-bar', barred)).body.code).toBe('matter/nothing-pending')
    expect((await lift('dispatcher', id, 'ask-lift-bar', barred)).status).toBe(200)
    expect((await desk.call(named, 'GET', url)).status).toBe(404)
    expect((await lift('leader', id, 'lift-bar', barred, { agreed: false })).status).toBe(200)
    expect((await lift('leader', id, 'lift-bar', barred)).body.code).toBe('matter/nothing-pending')
    await lift('dispatcher', id, 'ask-lift-bar', barred)
    expect((await lift('leader', id, 'lift-bar', barred)).status).toBe(200)
    expect((await desk.call(named, 'GET', url)).status).toBe(200)
  })

  it('clears an accused unit on the word of two, the second a leader: nobody does so alone', async () => {
    const both = await desk.account(['dispatcher', 'leader'])
    const { id, version } = await desk.register({ accusedUnitIds: [desk.township, desk.other] })
    const corrected = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [desk.other] },
      { 'if-match': `"${version}"` },
    )
    expect(corrected.body).toMatchObject({
      ...{ code: 'matter/second-decider', errors: [{ pointer: '/body/accusedUnitIds' }] },
    })
    const barred = { unitId: desk.township }
    expect((await lift(both, id, 'ask-lift-bar', barred)).status).toBe(200)
    expect((await lift(both, id, 'lift-bar', barred)).body.code).toBe('matter/second-decider')
    expect((await desk.open('leader', id)).body['accusedUnitIds']).toEqual([desk.township, desk.other])
    const refused = await desk.act('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    expect(refused.body.code).toBe('matter/accused-unit')
    expect((await lift('leader', id, 'lift-bar', barred)).status).toBe(200)
    expect((await lift('leader', id, 'lift-bar', barred)).body.code).toBe('matter/not-barred')
    expect((await desk.open('leader', id)).body['accusedUnitIds']).toEqual([desk.other])
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    expect(await desk.events(id)).toEqual([
      ...['matter.register', 'matter.ask-lift-bar', 'matter.bar-lifted', 'matter.dispatch'],
    ])
  })

  it.each(['closed', 'archived', 'merged', 'terminated'] as const)(
    'may still be told whom a matter accuses that is %s, and nothing else of it',
    async (state) => {
      const id = await bring(desk, state)
      expect((await desk.open('liaison', id)).status).toBe(200)
      const { version } = await desk.row(id)
      const edit = (body: object, at = Number(version)) =>
        desk.call('dispatcher', 'PATCH', `/api/matters/${id}`, body, { 'if-match': `"${at}"` })
      const accusing = { accusedUnitIds: [desk.township] }
      expect((await edit({ ...accusing, title: '反映镇政府' })).body.code).toBe('matter/closed')
      const edited = await edit(accusing)
      expect([edited.status, edited.body.state]).toEqual([200, state])
      expect((await desk.open('liaison', id)).status).toBe(404)
      expect((await edit({ accusedUnitIds: [] }, Number(version) + 1)).body.code).toBe(
        'matter/second-decider',
      )
    },
  )

  it('steps aside by itself; a colleague steps aside on a leader’s order alone', async () => {
    const { id } = await desk.register()
    const clerk = await desk.account(['reviewer'])
    const order = { accountId: clerk.id, reason: '与诉求人系近亲属' }
    expect((await desk.call('dispatcher', 'POST', `/api/matters/${id}/recuse`, order)).status).toBe(403)
    expect(
      (await desk.call(clerk, 'POST', `/api/matters/${id}/recuse`, { reason: '与诉求人系近亲属' })).status,
    ).toBe(200)
    expect((await desk.call(clerk, 'GET', `/api/matters/${id}`)).status).toBe(404)
    expect(await desk.events(id)).toContain('matter.recused')
  })
})

describe('an account that bears the name of the accused', () => {
  const status = async (who: { id: string }, id: string) =>
    (await desk.call(who, 'GET', `/api/matters/${id}`)).status
  const accuse = async (id: string, name: string, more = {}) =>
    desk.call('dispatcher', 'POST', `/api/matters/${id}/accused`, { name, ...more })

  it('is barred in whatever form the name was typed', async () => {
    const spaced = await desk.account(['reviewer'], { name: '张 三九' })
    const dotted = await desk.account(['reviewer'], { name: '阿不都•热合曼' })
    const { id } = await desk.register({ category: 'report' })
    for (const [name, who] of [
      ['张三九', spaced],
      ['阿不都·热合曼', dotted],
    ] as const) {
      expect((await accuse(id, name)).body['barred']).toBe(1)
      expect(await status(who, id)).toBe(404)
    }
  })

  it('is barred when it is made or renamed later, from what hangs on the matter too', async () => {
    const security = await desk.account(['security-admin'])
    const renamed = await desk.account(['supervisor'], { name: '司马甲乙' })
    const { id } = await desk.register({ category: 'report' })
    const escalated = await desk.call('supervisor', 'POST', '/api/escalations', {
      ...{
        source: 'office',
        ground: 'overdue',
        title: '督办案件',
        content: '信访人多次反映。',
        topic: 'land',
      },
      ...{ leaderName: '陈区长', leaderPost: '常务副区长', matterIds: [id] },
    })
    expect((await accuse(id, '司马更名')).status).toBe(200)
    const made = await desk.account(['reviewer', 'supervisor'], { name: '司马 更名' })
    const change = { name: '司马更名' }
    const answer = await desk.call(security, 'PATCH', `/api/accounts/${renamed.id}`, change, {
      'if-match': '"1"',
    })
    expect(answer).toMatchObject({ status: 200 })
    await runWaiting(desk, 'namesakes')
    for (const who of [made, renamed]) {
      expect(await status(who, id)).toBe(404)
      expect(await status(who, escalated.body.id)).toBe(404)
    }
  })

  it('stays let in once a leader said so, and in another unit than the one told it is never barred', async () => {
    const security = await desk.account(['security-admin'])
    const { id } = await desk.register({ category: 'report' })
    expect((await accuse(id, '司马同名', { unitId: desk.other })).status).toBe(200)
    const elsewhere = await desk.account(['reviewer'], { name: '司马同名' })
    await runWaiting(desk, 'namesakes')
    expect(await status(elsewhere, id)).toBe(200)
    expect((await accuse(id, '司马同名')).body['barred']).toBe(1)
    expect(await status(elsewhere, id)).toBe(404)
    const lift = { barred: { accountId: elsewhere.id }, reason: '同名不同人' }
    await desk.call('dispatcher', 'POST', `/api/matters/${id}/ask-lift-bar`, lift)
    expect((await desk.call('leader', 'POST', `/api/matters/${id}/lift-bar`, lift)).status).toBe(200)
    const answer = await desk.call(
      security,
      'PATCH',
      `/api/accounts/${elsewhere.id}`,
      { name: '司马 同名' },
      {
        'if-match': '"1"',
      },
    )
    expect(answer.status).toBe(200)
    await runWaiting(desk, 'namesakes')
    expect(await status(elsewhere, id)).toBe(200)
    expect((await accuse(id, '司马同名')).body.code).toBe('matter/accused-already')
  })

  it('is barred in the unit told and in every unit below it, at once and when it comes there', async () => {
    const below = await desk.account(['handler'], { unitId: squad, name: '司马下属' })
    const beside = await desk.account(['handler'], { unitId: desk.other, name: '司马下属' })
    const { id } = await desk.register({
      ...{ category: 'report', dispatch: { leadUnitId: squad, coUnitIds: [desk.other] } },
    })
    expect([await status(below, id), await status(beside, id)]).toEqual([200, 200])
    expect((await accuse(id, '司马下属', { unitId: desk.township })).body['barred']).toBe(1)
    const late = await desk.account(['handler'], { unitId: squad, name: '司马 下属' })
    await runWaiting(desk, 'namesakes')
    expect([await status(below, id), await status(late, id)]).toEqual([404, 404])
    expect(await status(beside, id)).toBe(200)
  })

  it('is barred by naming the person again, who is on the matter once', async () => {
    const { id } = await desk.register({ category: 'report' })
    expect((await accuse(id, '司马再名')).status).toBe(200)
    const late = await desk.account(['reviewer'], { name: '司马再名' })
    expect((await accuse(id, '司马再名')).body['barred']).toBe(1)
    expect(await status(late, id)).toBe(404)
    expect((await desk.open('leader', id)).body['accused']).toHaveLength(1)
    expect((await accuse(id, '司马再名')).body.code).toBe('matter/accused-already')
  })

  it('is looked for by one name: several in one field are refused', async () => {
    const { id } = await desk.register({ category: 'report' })
    for (const several of ['司马张三、司马李四', '司马张三，司马李四', '司马张三,司马李四']) {
      const answer = await accuse(id, several)
      expect(answer.status).toBe(422)
      expect(answer.body['errors']).toMatchObject([
        { pointer: '/body/name', message: '一次登记一名被反映人，多人请逐人登记' },
      ])
    }
  })
})

it('every role that reads matters was among those walked', () => {
  const walked = [...withheld.keys()].join(' ')
  for (const role of roleNames.filter((name: Role) => roles[name].sees !== 'none')) {
    expect(walked).toContain(roles[role].label)
  }
})
