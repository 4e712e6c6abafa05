// API keys: shown once, for service accounts, from known addresses, for a limited time.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOffice, type Office } from './office.ts'

let office: Office
let cookie: string

beforeAll(async () => {
  office = await openOffice({ SESSION_IDLE_MINUTES: '240', SESSION_ABSOLUTE_HOURS: '24' })
  cookie = (await office.person(['security-admin'])).cookie
})
afterAll(() => office.close())

const by = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
  office.call(method, url, { cookie }, payload === undefined ? {} : { payload })
const service = () => office.account(['registrar'], { kind: 'service', passwordHash: undefined as never })
const issue = (accountId: string, rest = {}) =>
  by('POST', '/api/keys', { accountId, name: '市平台同步', validThrough: '2020-12-31', ...rest })
const status = async (key: string, address?: string) =>
  (await office.call('GET', '/api/session', { key, ...(address === undefined ? {} : { address }) }))
    .statusCode

test('a key calls as its service account and is stored only as a hash', async () => {
  const { id } = await service()
  const issued = await issue(id)
  expect(issued.statusCode).toBe(201)
  const { key, secret } = issued.json()
  expect(secret).toMatch(/^bj_[0-9a-f]{32}_[\w-]{43}$/)
  expect(key.expiresAt).toBe('2021-01-01T00:00:00.000+08:00')
  expect((await office.call('GET', '/api/session', { key: secret })).json()).toMatchObject({
    id,
    kind: 'service',
  })
  const listed = await by('GET', `/api/keys?accountId=${id}`)
  expect(listed.json().items).toHaveLength(1)
  expect(listed.body).not.toContain(secret.slice(-43))
  await expect
    .poll(async () => (await by('GET', `/api/keys?accountId=${id}`)).json().items[0].lastUsedAt)
    .toBe(office.clock.now())
  expect(await office.events(id)).toEqual(['account.created', 'key.created'])
})

test('a key’s secret belongs to its id', async () => {
  const { id } = await service()
  const [one, two] = [(await issue(id)).json(), (await issue(id)).json()]
  const swapped = `${one.secret.slice(0, 36)}${two.secret.slice(36)}`
  expect(await status(one.secret)).toBe(200)
  expect(await status(swapped)).toBe(401)
})

test('a write with a key needs an Idempotency-Key', async () => {
  const { id } = await service()
  const { secret } = (await issue(id)).json()
  const response = await office.call(
    'DELETE',
    '/api/session',
    {},
    { headers: { authorization: `Bearer ${secret}` } },
  )
  expect(response.json().code).toBe('idempotency/key-required')
})

test('a revoked key is refused from the next request on', async () => {
  const { id } = await service()
  const { key, secret } = (await issue(id)).json()
  expect(await status(secret)).toBe(200)
  expect((await by('DELETE', `/api/keys/${key.id}`)).json().revokedAt).toBe(office.clock.now())
  expect(await status(secret)).toBe(401)
  expect((await by('DELETE', `/api/keys/${key.id}`)).statusCode).toBe(200)
  expect((await by('DELETE', `/api/keys/${crypto.randomUUID()}`)).statusCode).toBe(404)
  expect((await office.events(id)).filter((type) => type === 'key.revoked')).toHaveLength(1)
})

test('a key works from its addresses only', async () => {
  const { id } = await service()
  const { secret } = (await issue(id, { ips: ['10.4.0.0/16', '192.168.7.9', '2001:db8::/32'] })).json()
  for (const [address, expected] of [
    ['10.4.200.1', 200],
    ['10.5.0.1', 401],
    ['192.168.7.9', 200],
    ['192.168.7.8', 401],
    ['::ffff:10.4.0.1', 200],
    ['2001:db8:1::1', 200],
    ['2001:db9::1', 401],
  ] as const) {
    expect([address, await status(secret, address)]).toEqual([address, expected])
  }
  expect((await issue(id, { ips: ['10.4.0.0/33'] })).statusCode).toBe(422)
  expect((await issue(id, { ips: ['the office'] })).statusCode).toBe(422)
})

test('two keys are active at most, for changing over', async () => {
  const { id } = await service()
  const made = await Promise.all(Array.from({ length: 12 }, () => issue(id)))
  expect(made.filter((r) => r.statusCode === 201)).toHaveLength(2)
  expect(made.filter((r) => r.statusCode === 409)).toHaveLength(10)
  const { key } = made.find((r) => r.statusCode === 201)?.json() ?? {}
  await by('DELETE', `/api/keys/${key.id}`)
  expect((await issue(id)).statusCode).toBe(201)
})

test('keys are for service accounts, and for a year at most', async () => {
  const person = await office.account(['agent'])
  expect((await issue(person.id)).json().code).toBe('key/account-not-service')
  const { id } = await service()
  for (const validThrough of ['2020-08-13', '2021-08-16', '2099-01-01']) {
    expect((await issue(id, { validThrough })).json()).toMatchObject({ code: 'key/expiry-invalid' })
  }
  expect((await issue(crypto.randomUUID())).statusCode).toBe(404)
  const { cookie: other } = await office.person(['system-admin'])
  expect((await office.call('GET', '/api/keys', { cookie: other })).statusCode).toBe(403)
})

test('a key ends after its last day, and with its account', async () => {
  const { id } = await service()
  const { secret } = (await issue(id, { validThrough: '2020-08-14' })).json()
  const { secret: longer } = (await issue(id)).json()
  expect(await status(secret)).toBe(200)
  office.clock.forward({ hours: 14, minutes: 59 })
  expect(await status(secret)).toBe(200)
  office.clock.forward({ minutes: 1 })
  expect(await status(secret)).toBe(401)
  expect(await status(longer)).toBe(200)
  cookie = (await office.person(['security-admin'])).cookie
  expect((await by('POST', `/api/accounts/${id}/disable`)).statusCode).toBe(200)
  expect(await status(longer)).toBe(401)
  expect((await issue(id)).json().code).toBe('account/disabled')
})
