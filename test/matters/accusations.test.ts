// An accusation never reaches whom it accuses: every route of the API is walked as each of them, and nothing of it shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roleNames, roles, type Role } from '../../src/orgs/rules.ts'
import { everythingIn } from '../support/docx.ts'
import type { Desk } from './desk.ts'
import { allRoutes, bodyOf, bringAccusation, urlsOf, type Accusation, type Route } from './everywhere.ts'
import { bring, bringPetition, inputs } from './scenes.ts'
import { runWaiting } from './waiting.ts'

type Who = Parameters<Desk['call']>[0]
let accusation: Accusation
let desk: Accusation['desk']
let matter: Accusation['matter']
let withheld: Accusation['withheld']
let squad: string
let heir: string
let routes: Route[]

beforeAll(async () => {
  accusation = await bringAccusation()
  ;({ desk, matter, withheld, squad } = accusation)
  heir = await desk.unit('荣山新区', { kind: 'township' })
  routes = await allRoutes()
})
afterAll(() => desk.close())

/** Where it is found by who may: there the walk would see it. */
const TELLING = [
  ...['/api/meetings.csv', '/api/meetings.xlsx', '/api/meetings/{id}', '/api/relief/grants/{id}'],
  ...['/api/relief/grants.csv', '/api/relief/grants.xlsx'],
  ...['/api/matters', '/api/matters/{id}', '/api/matters/{id}/links', '/api/matters/{id}/same-person'],
  ...['/api/matters/{id}/alarm', '/api/matters/{id}/files/{fileId}', '/api/matters/{id}/documents/{kind}'],
  ...['/api/matters/{id}/likely-disputes', '/api/ledger/items', '/api/ledger/items/{id}'],
  ...['/api/meetings', '/api/meetings/subjects', '/api/people/{id}', '/api/people/links', '/api/inbox'],
  ...['/api/kpi/matters', '/api/kpi/matters.csv', '/api/kpi/matters.xlsx', '/api/kpi/stock/matters'],
  ...['/api/kpi/holding/matters', '/api/kpi/tallies/{tally}/matters', '/api/imports/{id}/rows'],
  ...['/api/reports/publications/{id}/cases', '/api/audit'],
  // By which the accused person signs in: it bears the name.
  '/api/accounts',
]

const period = 'from=2020-01-01&to=2020-12-31'

/** All that an answer says, of a file what is written in it. */
async function textOf(who: { id: string }, url: string): Promise<{ status: number; text: string }> {
  const { statusCode, rawPayload, headers } = await desk.ask(who, 'GET', url)
  const zipped = rawPayload.subarray(0, 2).toString() === 'PK'
  const text = zipped ? everythingIn(rawPayload) : rawPayload.toString('utf8')
  return { status: statusCode, text: `${text}\n${decodeURIComponent(JSON.stringify(headers))}` }
}

describe('whoever is accused, below the accused, or has stepped aside', () => {
  it('finds nothing of it on any way of reading', { timeout: 300_000 }, async () => {
    const administrators = ['system-admin', 'security-admin', 'audit-admin'] as const
    const others = [
      desk.staff.leader,
      await desk.account(roleNames.filter((role) => roles[role].sees === 'all')),
      ...(await Promise.all(administrators.map((role) => desk.account([role])))),
    ]
    const telling = new Set<string>()
    const unanswered: string[] = []
    for (const { path } of routes.filter(({ method }) => method === 'get')) {
      const urls = urlsOf(path, accusation)
      expect(urls, `how is ${path} asked?`).toBeDefined()
      let answered = urls?.length === 0
      for (const url of urls ?? []) {
        const secrets = accusation.secrets.filter((secret) => !url.includes(secret))
        for (const other of others) {
          const { status, text } = await textOf(other, url)
          answered ||= status === 200
          if (status === 200 && secrets.some((secret) => text.includes(secret))) telling.add(path)
        }
        for (const [who, account] of withheld) {
          const { text } = await textOf(account, url)
          for (const secret of secrets) expect(text.includes(secret), `${who} ${url} ${secret}`).toBe(false)
        }
      }
      if (!answered) unanswered.push(path)
    }
    // Whoever adds a route says in `everywhere.ts` how it is asked so that somebody is answered.
    expect(unanswered).toEqual([])
    expect([...telling].toSorted()).toEqual(TELLING.toSorted())
  })

  it('can do nothing with it, is told exactly what is told of nothing, and is on record', async () => {
    const nothing = '0198a3b0-0000-7000-8000-000000000000'
    const before = new Map<string, number>()
    const refusals = async (id: string) =>
      (await desk.events(id)).filter((type) => type === 'account.view-refused').length
    for (const [who, account] of withheld) before.set(who, await refusals(account.id))
    const own = /^\/api\/(?:matters|visits|letters)\/\{id\}/
    for (const route of routes.filter(({ method, path }) => method !== 'get' && own.test(path))) {
      const body = bodyOf(route, accusation)
      expect(body, `what is sent to ${route.path}?`).toBeDefined()
      const id =
        { letters: accusation.letter, visits: accusation.visit }[route.path.split('/')[2] ?? ''] ?? matter.id
      const headers = {
        ...(route.method !== 'post' ? { 'if-match': '"1"' } : {}),
        ...(typeof body === 'string' ? { 'content-type': 'multipart/form-data; boundary=b' } : {}),
      }
      const statuses = new Set<number>()
      for (const [who, account] of withheld) {
        const [real, none] = await Promise.all(
          [id, nothing].map(async (each) => {
            const url = route.path.replace('{id}', each).replace('{fileId}', accusation.ids.fileId)
            const method = route.method.toUpperCase() as 'POST'
            return desk.call(account, method, url, body ?? undefined, headers)
          }),
        )
        expect({ ...real?.body, requestId: '' }, `${who} ${route.path}`).toEqual({
          ...none?.body,
          requestId: '',
        })
        expect(real?.status).toBe(none?.status)
        statuses.add(real?.status ?? 0)
      }
      expect(statuses, `${route.method} ${route.path}`).toContain(404)
    }
    for (const [who, account] of withheld) {
      expect((await desk.call(account, 'GET', `/api/matters/${matter.id}`)).status).toBe(404)
      expect([who, (await refusals(account.id)) > (before.get(who) ?? 0)]).toEqual([who, true])
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
    const { body: dispute } = await desk.call('registrar', 'POST', '/api/ledger/items', {
      ...{ foundDay: '2020-08-10', foundByUnitId: desk.officeUnit, level: 'local', title: '邻里纠纷' },
      ...{ demand: '依法核查', topic: 'land', leadUnitId: desk.other, territorialUnitId: desk.other },
    })
    const post = (url: string, body: object) => desk.call(barred, 'POST', url, body)
    const entry = { day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'bureau' }
    const subject = { decision: '依法核查', leadUnitId: desk.other, dueDay: '2020-09-01' }
    const visit = await post('/api/visits', written)
    const fixed = { reason: '补登重复件' }
    const escalation = {
      ...{ source: 'office', ground: 'overdue', title: '督办案件', content: '信访人多次反映。' },
      ...{ topic: 'land', leaderName: '陈区长', leaderPost: '常务副区长' },
    }
    const tries = (
      id: string,
    ): Record<string, () => Promise<{ status: number; body: { code: string } }>> => ({
      'post /api/matters/{id}/merge': () => to(order.id, 'merge', { intoId: id, reason: '同一事项' }),
      'post /api/matters/{id}/no-longer-accept': () =>
        to(letter, 'no-longer-accept', { finalId: id, reason: '同一事实和理由' }),
      'post /api/matters/{id}/rehandle': () => to(delivered, 'rehandle', { reviewId: id }),
      'post /api/matters/{id}/links': () => to(order.id, 'links', { otherId: id }),
      'post /api/matters/{id}/links/reject': () => to(order.id, 'links/reject', { otherId: id }),
      'post /api/matters/{id}/links/undo': () => to(order.id, 'links/undo', { otherId: id, reason: '看看' }),
      'post /api/visits': () => post('/api/visits', { ...written, repeatOfId: id }),
      'post /api/letters': () => post('/api/letters', { ...written, repeatOfId: id }),
      'post /api/letters/batch': () =>
        post('/api/letters/batch', { letters: [{ ...written, repeatOfId: id }] }),
      'patch /api/visits/{id}': () =>
        desk.call(
          barred,
          'PATCH',
          `/api/visits/${visit.body.id}`,
          { ...fixed, repeatOfId: id },
          { 'if-match': '"1"' },
        ),
      'patch /api/letters/{id}': () =>
        desk.call(barred, 'PATCH', `/api/letters/${letter}`, { ...fixed, repeatOfId: id }, held),
      'post /api/escalations': () => post('/api/escalations', { ...escalation, matterIds: [id] }),
      'post /api/ledger/items/{id}/matters': () =>
        post(`/api/ledger/items/${dispute.id}/matters`, { matterId: id, reason: '同一事项' }),
      'post /api/meetings': () => post('/api/meetings', { ...entry, items: [{ ...subject, matterId: id }] }),
      file: () => desk.call(barred, 'GET', `/api/matters/${id}/files/${id}`),
      notice: () => desk.call(barred, 'GET', `/api/matters/${id}/documents/receipt`),
    })
    const naming = routes.filter(({ method, names }) => method !== 'get' && names.length > 0)
    expect(Object.keys(tries(matter.id))).toEqual(
      expect.arrayContaining(naming.map(({ method, path }) => `${method} ${path}`)),
    )
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

  it('gets figures that are less by exactly the two orders that were dispatched', async () => {
    const count = async (account: { id: string }) => {
      const { body } = await desk.call(account, 'GET', `/api/kpi?${period}&metrics=M01`)
      return (body['figures'] as { numerator: number; list: string }[])[0]
    }
    const all = await count(desk.staff.leader)
    const less = await count(withheld.get('被反映人本人') ?? { id: '' })
    expect(less?.numerator).toBe((all?.numerator ?? 0) - 2)
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
