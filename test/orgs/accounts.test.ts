// Accounts: who makes them, what they may do from the next request on, and passwords chosen by their owners.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Role } from '../../src/orgs/rules.ts'
import { openOffice, PASSWORD, type Office } from './office.ts'

let office: Office
let security: { id: string; cookie: string }

beforeAll(async () => {
  office = await openOffice({ SESSION_IDLE_MINUTES: '240', SESSION_ABSOLUTE_HOURS: '24' })
  security = await office.person(['security-admin'])
})
afterAll(() => office.close())

const as = (
  cookie: string | undefined,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  url: string,
  rest = {},
) => office.call(method, url, { cookie }, rest)
const by = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, version?: number) =>
  as(security.cookie, method, url, {
    ...(payload === undefined ? {} : { payload }),
    ...(version === undefined ? {} : { headers: { 'if-match': `"${version}"` } }),
  })
const status = async (cookie: string | undefined, url = '/api/session') =>
  (await as(cookie, 'GET', url)).statusCode

let n = 0
const newAccount = (roles: Role[], rest = {}) => ({
  login: `made${++n}`,
  name: '测试人员',
  unitId: office.officeUnit,
  roles,
  ...rest,
})

test('a new account gets a password once, and can do nothing before choosing its own', async () => {
  const made = await by('POST', '/api/accounts', newAccount(['dispatcher']))
  expect(made.statusCode).toBe(201)
  expect(made.headers.etag).toBe('"1"')
  const { account, initialPassword } = made.json()
  expect(initialPassword).toMatch(/^[\w]{5}(-[\w]{5}){3}$/)
  expect(JSON.stringify((await by('GET', `/api/accounts/${account.id}`)).json())).not.toContain(
    initialPassword,
  )

  const { response, cookie } = await office.signIn(account.login, initialPassword)
  expect(response.json()).toMatchObject({ mustChangePassword: true })
  for (const url of ['/api/units', '/api/roles', '/api/regions', '/api/accounts']) {
    const refused = await as(cookie, 'GET', url)
    expect(refused.statusCode).toBe(403)
    expect(refused.json().code).toBe('session/password-change-required')
  }
  expect(await status(cookie)).toBe(200)
  expect(await status(cookie, '/api/sessions')).toBe(200)

  const change = (current: string, password: string) =>
    as(cookie, 'PUT', '/api/session/password', { payload: { current, password } })
  const changed = await change(initialPassword, 'Quiet-lantern-88')
  expect(changed.statusCode).toBe(200)
  expect(changed.json()).toMatchObject({ mustChangePassword: false })
  const [next] = String(changed.headers['set-cookie']).split(';')
  expect(await status(cookie)).toBe(401)
  expect(await status(next, '/api/units')).toBe(200)
  expect((await office.signIn(account.login, initialPassword)).response.statusCode).toBe(401)
  expect(await office.events(account.id)).toEqual([
    ...['account.created', 'session.signed-in', 'account.password-changed', 'session.refused'],
  ])
})

test('an initial password that nobody used ends after a day', async () => {
  const { account, initialPassword } = (await by('POST', '/api/accounts', newAccount(['agent']))).json()
  office.clock.forward({ hours: 24 })
  security = { ...security, cookie: (await office.signIn((await login(security.id)) ?? '')).cookie ?? '' }
  const { response } = await office.signIn(account.login, initialPassword)
  expect(response.statusCode).toBe(401)
  expect(response.json().code).toBe('session/initial-password-expired')
  expect((await office.signIn(account.login, 'Wrong-password-1')).response.json().code).toBe(
    'session/refused',
  )

  const reset = await by('POST', `/api/accounts/${account.id}/reset-password`)
  expect(reset.statusCode).toBe(200)
  expect((await office.signIn(account.login, reset.json().initialPassword)).response.statusCode).toBe(201)
})

async function login(id: string): Promise<string | undefined> {
  const text = 'select login from accounts where id = $1'
  return (await office.deps.db.query<{ login: string }>({ name: 'test.login', text }, [id]))[0]?.login
}

test('a password is changed with the old one, ends every other session, and locks who guesses', async () => {
  const person = await office.person(['agent'])
  const elsewhere = (await office.signIn(person.login)).cookie
  const change = (current: string, password: string) =>
    as(person.cookie, 'PUT', '/api/session/password', { payload: { current, password } })

  const wrong = await change('Wrong-password-1', 'Quiet-lantern-88')
  expect(wrong.statusCode).toBe(422)
  expect(wrong.json().errors).toEqual([
    { pointer: '/body/current', code: 'password/current-wrong', message: '原密码不正确' },
  ])
  const weak = await change(PASSWORD, 'short')
  expect(weak.json().errors.map((e: { pointer: string }) => e.pointer)).toContain('/body/password')
  expect((await change(PASSWORD, PASSWORD)).json().code).toBe('password/used-before')
  expect(await status(elsewhere)).toBe(200)

  const changed = await change(PASSWORD, 'Quiet-lantern-88')
  expect(changed.statusCode).toBe(200)
  expect(await status(elsewhere)).toBe(401)
  expect(await status(person.cookie)).toBe(401)
  expect((await office.signIn(person.login)).response.statusCode).toBe(401)
  const { cookie } = await office.signIn(person.login, 'Quiet-lantern-88')

  for (let i = 0; i < 5; i++) {
    const guess = { current: `Wrong-password-${i}`, password: 'Other-lantern-99' }
    expect((await as(cookie, 'PUT', '/api/session/password', { payload: guess })).statusCode).toBe(422)
  }
  const sixth = { current: 'Quiet-lantern-88', password: 'Other-lantern-99' }
  expect((await as(cookie, 'PUT', '/api/session/password', { payload: sixth })).statusCode).toBe(429)
  expect(
    (await office.events(person.id)).filter((t) => t === 'account.password-change-refused'),
  ).toHaveLength(6)
})

test('none of the last five passwords comes back', async () => {
  const person = await office.person(['agent'])
  let cookie: string | undefined = person.cookie
  const change = async (current: string, password: string) => {
    const response = await as(cookie, 'PUT', '/api/session/password', { payload: { current, password } })
    cookie = String(response.headers['set-cookie'] ?? cookie).split(';')[0]
    return response.statusCode
  }
  const used = [PASSWORD, 'Quiet-lantern-81', 'Quiet-lantern-82', 'Quiet-lantern-83', 'Quiet-lantern-84']
  for (const [i, password] of used.slice(1).entries()) expect(await change(used[i] ?? '', password)).toBe(200)
  const current = used.at(-1) ?? ''
  for (const password of used) expect([password, await change(current, password)]).toEqual([password, 422])
  expect(await change(current, 'Quiet-lantern-85')).toBe(200)
  expect(await change('Quiet-lantern-85', PASSWORD)).toBe(200)
})

test('after 90 days a password must be changed', async () => {
  const { login: name } = await office.account(['agent'])
  office.clock.forward({ days: 90, minutes: 1 })
  const { cookie } = await office.signIn(name)
  expect((await as(cookie, 'GET', '/api/units')).json().code).toBe('session/password-change-required')
  security = await office.person(['security-admin'])
})

test('disabling an account ends it with its next request, also while it is signed in', async () => {
  const person = await office.person(['agent'])
  expect(await status(person.cookie)).toBe(200)
  expect((await by('POST', `/api/accounts/${person.id}/disable`)).statusCode).toBe(200)
  expect(await status(person.cookie)).toBe(401)
  expect((await office.signIn(person.login)).response.statusCode).toBe(401)
  expect((await by('POST', `/api/accounts/${person.id}/disable`)).json().code).toBe('account/disabled')
  expect((await by('POST', `/api/accounts/${person.id}/enable`)).json().disabledAt).toBeNull()
  expect(await status(person.cookie)).toBe(401)
  expect((await office.signIn(person.login)).response.statusCode).toBe(201)
})

test('new roles and units hold from the next request on', async () => {
  const person = await office.person(['agent'])
  const unit = await office.unit()
  expect((await as(person.cookie, 'GET', '/api/session')).json()).toMatchObject({ sees: 'all' })
  const edited = await by('PATCH', `/api/accounts/${person.id}`, { roles: ['handler'], unitId: unit }, 1)
  expect(edited.statusCode).toBe(200)
  expect(edited.headers.etag).toBe('"2"')
  const now = (await as(person.cookie, 'GET', '/api/session')).json()
  expect(now).toMatchObject({ sees: 'units', unit: { id: unit } })
  expect(now.permissions).not.toContain('matters.register')
  expect((await as(person.cookie, 'GET', '/api/accounts')).statusCode).toBe(403)
})

test('the administrator ends the sessions of an account and its lock', async () => {
  const person = await office.person(['agent'])
  expect((await by('DELETE', `/api/accounts/${person.id}/sessions`)).json()).toEqual({ ended: 1 })
  expect(await status(person.cookie)).toBe(401)
  for (let i = 0; i < 5; i++)
    await office.signIn(person.login, 'Wrong-password-1', { address: `10.77.0.${i}` })
  expect((await office.signIn(person.login)).response.statusCode).toBe(429)
  expect((await by('GET', `/api/accounts/${person.id}`)).json().lockedUntil).not.toBeNull()
  expect((await by('POST', `/api/accounts/${person.id}/unlock`)).json().lockedUntil).toBeNull()
  expect((await office.signIn(person.login)).response.statusCode).toBe(201)
})

test('an edit needs the version that was read', async () => {
  const { id } = await office.account(['agent'])
  const edit = (version?: number) => by('PATCH', `/api/accounts/${id}`, { name: '改名' }, version)
  expect((await edit()).statusCode).toBe(428)
  expect((await edit(1)).statusCode).toBe(200)
  const stale = await edit(1)
  expect([stale.statusCode, stale.json().version]).toEqual([412, 2])
  const both = await Promise.all([edit(2), edit(2)])
  expect(both.map((r) => r.statusCode).toSorted()).toEqual([200, 412])
})

test('roles that exclude each other, or do not fit the unit or kind of account, are refused', async () => {
  const unit = await office.unit()
  for (const [body, code] of [
    [newAccount(['security-admin', 'audit-admin']), 'account/roles-incompatible'],
    [newAccount(['system-admin', 'registrar']), 'account/roles-incompatible'],
    [newAccount(['handler', 'callback']), 'account/roles-incompatible'],
    [newAccount(['dispatcher'], { unitId: unit }), 'account/role-not-for-unit'],
    [newAccount(['security-admin'], { kind: 'service' }), 'account/role-not-for-service'],
    [newAccount(['agent'], { unitId: crypto.randomUUID() }), 'unit/not-active'],
    [newAccount(['emperor' as Role]), 'request/invalid'],
    [newAccount(['agent', 'agent']), 'request/invalid'],
    [newAccount([]), 'request/invalid'],
    [newAccount(['agent'], { login: '有空格 x' }), 'request/invalid'],
    [newAccount(['agent'], { passwordHash: 'x' }), 'request/invalid'],
  ] as const) {
    const response = await by('POST', '/api/accounts', body)
    expect([response.statusCode, response.json().code]).toEqual([422, code])
    expect(response.json().errors[0].pointer).toMatch(/^\/body\//)
  }
  const { id } = await office.account(['agent'])
  expect((await by('PATCH', `/api/accounts/${id}`, { roles: ['agent', 'audit-admin'] }, 1)).statusCode).toBe(
    422,
  )
})

test('a login belongs to one person, also when two are made at once', async () => {
  const body = newAccount(['agent'])
  const made = await Promise.all([by('POST', '/api/accounts', body), by('POST', '/api/accounts', body)])
  expect(made.map((r) => r.statusCode).toSorted()).toEqual([201, 409])
  const again = await by('POST', '/api/accounts', { ...body, login: body.login.toUpperCase() })
  expect(again.json()).toMatchObject({ code: 'account/login-taken', errors: [{ pointer: '/body/login' }] })
})

test('nobody administers their own account, and nobody else administers', async () => {
  const own = `/api/accounts/${security.id}`
  expect((await by('POST', `${own}/disable`)).json().code).toBe('account/own-account')
  expect((await by('POST', `${own}/reset-password`)).json().code).toBe('account/own-account')
  const { version } = (await by('GET', own)).json()
  expect((await by('PATCH', own, { roles: ['leader'] }, version)).json().code).toBe('account/own-account')
  for (const role of ['system-admin', 'audit-admin', 'leader', 'handler'] as const) {
    const { cookie } = await office.person([role])
    const response = await as(cookie, 'POST', '/api/accounts', { payload: newAccount(['agent']) })
    expect([response.statusCode, response.json().code]).toEqual([403, 'access/forbidden'])
  }
})

test('what is not there is 404', async () => {
  const nowhere = `/api/accounts/${crypto.randomUUID()}`
  expect((await by('GET', nowhere)).statusCode).toBe(404)
  expect((await by('POST', `${nowhere}/disable`)).statusCode).toBe(404)
  expect((await by('POST', `${nowhere}/reset-password`)).statusCode).toBe(404)
  expect((await by('PATCH', nowhere, { name: '某某' }, 1)).statusCode).toBe(404)
})

test('the list of accounts is filtered and paged', async () => {
  const unitId = await office.unit()
  for (let i = 0; i < 5; i++)
    await office.account(['handler'], { unitId, login: `page-${i}`, name: `翻页${i}` })
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
    const response = await by('GET', `/api/accounts?unitId=${unitId}&limit=2${cursor}`)
    const page: { items: { login: string }[]; next: string | null } = response.json()
    expect(page.items.length).toBeLessThanOrEqual(2)
    seen.push(...page.items.map((one) => one.login))
    next = page.next
  }
  expect(seen).toEqual(['page-0', 'page-1', 'page-2', 'page-3', 'page-4'])
  const found = (await by('GET', `/api/accounts?q=${encodeURIComponent('翻页3')}`)).json()
  expect(found.items).toHaveLength(1)
  expect((await by('GET', `/api/accounts?unitId=${unitId}&role=agent`)).json().items).toEqual([])
  expect((await by('GET', '/api/accounts?q=%25')).json().items).toEqual([])
  expect((await by('GET', '/api/accounts?cursor=zzz')).statusCode).toBe(422)
})

test('no answer and no stored event holds a password or its hash', async () => {
  const { id } = await office.account(['agent'])
  const bodies = await Promise.all([by('GET', `/api/accounts/${id}`), by('GET', '/api/accounts?limit=100')])
  for (const { body } of bodies) expect(body).not.toMatch(/argon2|hash/i)
  const events = await office.deps.db.query<{ canon: string }>({
    name: 'test.canon',
    text: 'select canon from events',
  })
  for (const { canon } of events) expect(canon).not.toMatch(/argon2|lantern|mistral/)
  const keys = await office.deps.db.query({ name: 'test.idempotency', text: 'select * from idempotency' })
  expect(JSON.stringify(keys)).not.toMatch(/initialPassword/)
})

test('an account looks people up sixty times a minute and no more', async () => {
  const { cookie: own } = await office.person(['dispatcher'])
  const find = () =>
    office.call('POST', '/api/people/search', { cookie: own }, { payload: { by: 'name', text: '查无此人' } })
  const statuses = []
  for (let n = 0; n < 70; n++) statuses.push((await find()).statusCode)
  expect(statuses.slice(0, 60)).not.toContain(429)
  expect(statuses).toContain(429)
  expect((await find()).headers['retry-after']).toMatch(/^\d+$/)
})
