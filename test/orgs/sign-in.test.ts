// Signing in: refusals that tell nothing, locks that hold everywhere and for a while, sessions that end when they must.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPasswords } from '../../src/orgs/passwords.ts'
import { statement } from '../../src/platform/db.ts'
import { openOffice, PASSWORD, type Office } from './office.ts'

let office: Office
let address = 0
const elsewhere = () => `10.${20 + Math.floor(++address / 200)}.${address % 200}.9`

beforeAll(async () => {
  office = await openOffice({}, 2)
})
afterAll(() => office.close())

const me = (cookie: string | undefined, url = '/api/session') => office.call('GET', url, { cookie })

test('a person signs in, is told who they are, and signs out', async () => {
  const { id, login } = await office.account(['dispatcher', 'callback'])
  const { response, cookie } = await office.signIn(` ${login.toUpperCase()} `)
  expect(response.statusCode).toBe(201)
  expect(response.json()).toMatchObject({ id, login, sees: 'all', mustChangePassword: false })
  expect(response.json().permissions).toContain('matters.read')
  expect(response.headers['set-cookie']).toMatch(/^bj=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
  expect((await me(cookie)).json()).toEqual(response.json())

  const out = await office.call('DELETE', '/api/session', { cookie })
  expect(out.statusCode).toBe(200)
  expect(out.headers['clear-site-data']).toBe('"cache", "cookies", "storage"')
  expect(out.headers['set-cookie']).toContain('Max-Age=0')
  expect((await me(cookie)).statusCode).toBe(401)
  expect(await office.events(id)).toEqual(['account.created', 'session.signed-in', 'session.signed-out'])
})

test('behind TLS the cookie is __Host- and Secure', async () => {
  const secure = await openOffice({ COOKIE_SECURE: 'true' })
  try {
    const { login } = await secure.account(['agent'])
    const { response, cookie } = await secure.signIn(login)
    expect(response.headers['set-cookie']).toMatch(
      /^__Host-bj=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    )
    expect((await secure.call('GET', '/api/session', { cookie })).statusCode).toBe(200)
    const plain = cookie?.replace('__Host-', '')
    expect((await secure.call('GET', '/api/session', { cookie: plain })).statusCode).toBe(401)
  } finally {
    await secure.close()
  }
})

test('an unknown login, a wrong password and a disabled account get the same answer', async () => {
  const { login } = await office.account(['agent'])
  const disabled = await office.account(['agent'])
  await office.deps.db.query(
    { name: 'test.disable', text: 'update accounts set disabled_at = now() where id = $1' },
    [disabled.id],
  )
  const service = await office.account(['agent'], { kind: 'service', passwordHash: undefined as never })
  const answers = []
  for (const [who, password] of [
    [login, 'Wrong-password-1'],
    ['nobody-of-this-name', 'Wrong-password-1'],
    [disabled.login, PASSWORD],
    [service.login, PASSWORD],
  ] as const) {
    const { response } = await office.signIn(who, password, { address: elsewhere() })
    const { 'x-request-id': requestId, date: _date, ...headers } = response.headers
    answers.push({ status: response.statusCode, body: response.body.replace(String(requestId), ''), headers })
  }
  expect(answers[0]?.status).toBe(401)
  expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
    code: 'session/refused',
    title: '账号或密码不正确',
  })
  for (const answer of answers) expect(answer).toEqual(answers[0])
})

test('an unknown login takes as long as a wrong password', async () => {
  const { login } = await office.account(['agent'])
  const spans: Record<string, number[]> = { known: [], unknown: [] }
  for (let round = 0; round < 15; round++) {
    for (const kind of ['known', 'unknown']) {
      await office.deps.db.query({ name: 'test.forget', text: 'delete from sign_in_attempts' })
      const start = performance.now()
      await office.signIn(kind === 'known' ? login : `unknown${round}`, 'Wrong-password-1', {
        address: elsewhere(),
      })
      spans[kind]?.push(performance.now() - start)
    }
  }
  const median = (values: number[] = []) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  // One of them without a hash would be five times faster; the machine's own noise stays well below that.
  expect(median(spans['unknown']) / median(spans['known'])).toBeGreaterThan(0.6)
  expect(median(spans['unknown']) / median(spans['known'])).toBeLessThan(1.7)
})

test('five failures lock the login on every server, also after a restart, and the lock ends by itself', async () => {
  const { id, login } = await office.account(['agent'])
  for (let i = 0; i < 5; i++) {
    const { response } = await office.signIn(login, 'Wrong-password-1', {
      address: elsewhere(),
      server: i % 2,
    })
    expect(response.json().code).toBe('session/refused')
  }
  const tries = async (server: number) =>
    (await office.signIn(login, PASSWORD, { address: elsewhere(), server })).response
  const locked = await tries(0)
  expect(locked.statusCode).toBe(429)
  expect(locked.json()).toMatchObject({ code: 'session/too-many-attempts', retryAfter: 300 })
  expect(locked.headers['retry-after']).toBe('300')
  expect((await tries(1)).statusCode).toBe(429)
  await office.startServer()
  expect((await tries(2)).statusCode).toBe(429)

  office.clock.forward({ minutes: 5 })
  const wrong = await office.signIn(login, 'Wrong-password-1', { address: elsewhere() })
  expect(wrong.response.statusCode).toBe(401)
  office.clock.forward({ minutes: 5 })
  expect((await tries(0)).json()).toMatchObject({ retryAfter: 300 }) // ten minutes by now
  office.clock.forward({ minutes: 5 })
  expect((await tries(0)).statusCode).toBe(201)
  expect((await office.events(id)).filter((type) => type === 'session.refused')).toHaveLength(6)
  // A success starts anew.
  for (let i = 0; i < 4; i++) await office.signIn(login, 'Wrong-password-1', { address: elsewhere() })
  expect((await tries(0)).statusCode).toBe(201)
})

test('an unknown login locks like a known one', async () => {
  for (let i = 0; i < 5; i++) await office.signIn('ghost', 'Wrong-password-1', { address: elsewhere() })
  const { response } = await office.signIn('ghost', 'Wrong-password-1', { address: elsewhere() })
  expect(response.json()).toMatchObject({ code: 'session/too-many-attempts', retryAfter: 300 })
})

test('no lock is longer than a quarter of an hour', async () => {
  const { login } = await office.account(['agent'])
  for (let i = 0; i < 12; i++) {
    office.clock.forward({ minutes: 15 })
    await office.signIn(login, 'Wrong-password-1', { address: elsewhere() })
  }
  office.clock.forward({ minutes: 15 })
  expect((await office.signIn(login, PASSWORD, { address: elsewhere() })).response.statusCode).toBe(201)
})

test('fifty guesses at once are five guesses', async () => {
  const { id, login } = await office.account(['agent'])
  const guesses = Array.from({ length: 50 }, (_, i) =>
    office.signIn(login, 'Wrong-password-1', { address: elsewhere(), server: i % 2 }),
  )
  const statuses = (await Promise.all(guesses)).map(({ response }) => response.statusCode)
  expect(statuses.filter((status) => status === 401)).toHaveLength(5)
  expect(statuses.filter((status) => status === 429)).toHaveLength(45)
  expect((await office.events(id)).filter((type) => type === 'session.refused')).toHaveLength(5)
})

test('attempts that find no turn are turned away and do not count', async () => {
  const { login } = await office.account(['agent'])
  const crowd = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      office.signIn(`crowd${i}`, 'Wrong-password-1', { address: elsewhere() }),
    ),
  )
  const busy = crowd.filter(({ response }) => response.json().code === 'request/too-many')
  expect(busy.length).toBeGreaterThan(0)
  expect(busy[0]?.response.headers['retry-after']).toBe('3')
  for (let i = 0; i < 3; i++) {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        office.signIn(n < 39 ? `crowd${i}-${n}` : login, 'Wrong-password-1', { address: elsewhere() }),
      ),
    )
  }
  expect((await office.signIn(login)).response.statusCode).toBe(201)
})

test('an address that tries many logins is locked, without locking those logins or other addresses', async () => {
  const from = elsewhere()
  const victim = await office.account(['agent'])
  for (let i = 0; i < 20; i++) await office.signIn(`spray${i}`, 'Wrong-password-1', { address: from })
  for (let i = 0; i < 5; i++) {
    expect(
      (await office.signIn(victim.login, 'Wrong-password-1', { address: from })).response.statusCode,
    ).toBe(429)
  }
  expect((await office.signIn(victim.login, PASSWORD, { address: from })).response.statusCode).toBe(429)
  expect((await office.signIn(victim.login, PASSWORD, { address: elsewhere() })).response.statusCode).toBe(
    201,
  )
})

test('ten sign-ins a minute come from one address, however many processes there are', async () => {
  const strict = await openOffice({ SIGN_INS_PER_MINUTE: '10' }, 2)
  try {
    const { login } = await strict.account(['agent'])
    const from = async (address: string, n: number) =>
      (await strict.signIn(n % 3 === 0 ? 'nobody' : login, PASSWORD, { address, server: n % 2 })).response
    for (let n = 1; n <= 5; n++) expect((await from('10.8.0.7', n)).statusCode).not.toBe(429)
    strict.clock.forward({ seconds: 20 })
    const crowd = await Promise.all(Array.from({ length: 9 }, (_, n) => from('10.8.0.7', n)))
    const refused = crowd.filter((each) => each.json().code === 'session/too-many-sign-ins')
    expect(refused).toHaveLength(4)
    expect(refused[0]?.statusCode).toBe(429)
    expect(refused[0]?.json().title).toBe('此网络地址一分钟内登录次数过多，请稍后再试')
    expect(refused[0]?.headers['retry-after']).toBe('40')
    expect((await from('10.8.0.8', 1)).statusCode).toBe(201)
    strict.clock.forward({ seconds: 39 })
    expect((await from('10.8.0.7', 1)).statusCode).toBe(429)
    strict.clock.forward({ seconds: 1 })
    expect((await from('10.8.0.7', 1)).statusCode).toBe(201)
    // Set back, a clock does not make the minute an hour.
    await Promise.all(Array.from({ length: 9 }, () => from('10.8.0.7', 1)))
    expect((await from('10.8.0.7', 1)).statusCode).toBe(429)
    strict.clock.forward({ minutes: -60 })
    expect((await from('10.8.0.7', 1)).statusCode).toBe(201)
  } finally {
    await strict.close()
  }
})

test('many people who sign in from one address do not lock it', async () => {
  const { login } = await office.account(['agent'])
  const from = elsewhere()
  for (let i = 0; i < 25; i++) {
    expect((await office.signIn(login, PASSWORD, { address: from })).response.statusCode).toBe(201)
  }
})

test('a session ends after 20 idle minutes, and after 10 hours in any case', async () => {
  const { login } = await office.account(['agent'])
  const { cookie } = await office.signIn(login)
  for (let minutes = 0; minutes < 9 * 60; minutes += 15) {
    office.clock.forward({ minutes: 15 })
    expect((await me(cookie)).statusCode).toBe(200)
    await waitForTouch(login)
  }
  office.clock.forward({ minutes: 19 })
  expect((await me(cookie)).statusCode).toBe(200)
  office.clock.forward({ minutes: 41 })
  expect((await me(cookie)).statusCode).toBe(401)

  const idle = (await office.signIn(login)).cookie
  office.clock.forward({ minutes: 20 })
  expect((await me(idle)).statusCode).toBe(401)
})

test('the absolute limit holds for a session that is never idle', async () => {
  const { login } = await office.account(['agent'])
  const { cookie } = await office.signIn(login)
  let answered = 0
  for (let minutes = 0; minutes < 11 * 60; minutes += 10) {
    office.clock.forward({ minutes: 10 })
    if ((await me(cookie)).statusCode !== 200) break
    answered += 10
    await waitForTouch(login)
  }
  expect(answered).toBe(10 * 60 - 10)
})

test('the last use is written at most once a minute', async () => {
  const { login } = await office.account(['agent'])
  const { cookie } = await office.signIn(login)
  const seenAt = async () => (await me(cookie, '/api/sessions')).json().items[0].seenAt
  const first = await seenAt()
  office.clock.forward({ seconds: 59 })
  await me(cookie)
  expect(await seenAt()).toBe(first)
  office.clock.forward({ seconds: 2 })
  await me(cookie)
  await expect.poll(seenAt).toBe(office.clock.now())
})

test('a planted or older cookie is not taken over at sign-in: a new token, the old session ended', async () => {
  const { login } = await office.account(['agent'])
  const planted = `bj=${'A'.repeat(43)}`
  const first = await office.signIn(login, PASSWORD, { cookie: planted })
  expect(first.cookie).not.toBe(planted)
  expect((await me(planted)).statusCode).toBe(401)
  const second = await office.signIn(login, PASSWORD, { cookie: first.cookie })
  expect(second.cookie).not.toBe(first.cookie)
  expect((await me(first.cookie)).statusCode).toBe(401)
  expect((await me(second.cookie)).statusCode).toBe(200)
})

test('malformed cookies and keys are nobody', async () => {
  for (const cookie of ['bj=', 'bj=x', `bj=${'A'.repeat(44)}`, 'bj=%00', `xbj=${'A'.repeat(43)}`]) {
    expect((await me(cookie)).statusCode).toBe(401)
  }
  for (const authorization of [
    'Bearer',
    'Bearer bj_1_2',
    'Basic YTpi',
    `Bearer bj_${'0'.repeat(32)}_${'A'.repeat(43)}`,
  ]) {
    const response = await office.call('GET', '/api/session', {}, { headers: { authorization } })
    expect(response.statusCode).toBe(401)
  }
})

test('a fourth session ends the first one', async () => {
  const { login } = await office.account(['agent'])
  const cookies = []
  for (let i = 0; i < 4; i++) {
    cookies.push((await office.signIn(login)).cookie)
    office.clock.forward({ seconds: 5 })
  }
  const statuses = await Promise.all(cookies.map(async (cookie) => (await me(cookie)).statusCode))
  expect(statuses).toEqual([401, 200, 200, 200])
})

test('one lists and ends one’s own sessions, and nobody else’s', async () => {
  const { id, login } = await office.account(['agent'])
  const here = (await office.signIn(login)).cookie
  const there = (await office.signIn(login)).cookie
  const stranger = await office.person(['agent'])
  const { items } = (await me(here, '/api/sessions')).json()
  expect(items).toHaveLength(2)
  const other = items.find((one: { current: boolean }) => !one.current)
  const ending = (cookie: string | undefined) =>
    office.call('DELETE', `/api/sessions/${other.id}`, { cookie })
  expect((await ending(stranger.cookie)).statusCode).toBe(404)
  expect((await me(there)).statusCode).toBe(200)
  expect((await ending(here)).statusCode).toBe(200)
  expect((await me(there)).statusCode).toBe(401)
  expect((await ending(here)).statusCode).toBe(404)
  expect(await office.events(id)).toContain('session.ended')
})

test('a password hashed with older parameters is hashed anew at sign-in', async () => {
  const { id, login } = await office.account(['agent'])
  const stored = statement<{ hash: string }>(
    'test.hash',
    'select password_hash as hash from accounts where id = $1',
  )
  const passwords = openPasswords(office.deps.vault)
  // Of the same password, with m=8 MiB.
  const weak = await hashWith(8_192)
  await office.deps.db.query(
    { name: 'test.weaken', text: 'update accounts set password_hash = $2 where id = $1' },
    [id, weak],
  )
  expect((await office.signIn(login)).response.statusCode).toBe(201)
  const [row] = await stored(office.deps.db, [id])
  expect(row?.hash).not.toBe(weak)
  expect(passwords.outdated(row?.hash ?? '')).toBe(false)
  expect((await office.signIn(login)).response.statusCode).toBe(201)
})

async function hashWith(memory: number): Promise<string> {
  const { argon2Sync, randomBytes } = await import('node:crypto')
  const { keyId, mac } = office.deps.vault.pepper(PASSWORD)
  const nonce = randomBytes(16)
  const tag = argon2Sync('argon2id', {
    message: mac,
    nonce,
    memory,
    passes: 2,
    parallelism: 1,
    tagLength: 32,
  })
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=${memory},t=2,p=1,k=${keyId}$${text(nonce)}$${text(tag)}`
}

async function waitForTouch(login: string): Promise<void> {
  const seen = statement<{ at: string }>(
    'test.seen',
    'select last_seen_at as at from accounts where login = $1',
  )
  await expect
    .poll(async () => (await seen(office.deps.db, [login]))[0]?.at, { interval: 5 })
    .toBe(office.clock.now())
}
