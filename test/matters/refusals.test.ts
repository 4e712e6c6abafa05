// A refused act sent again under its key is refused in the same words, whatever has happened to the matter in between.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const dispatched = async () => (await desk.register({ dispatch: { leadUnitId: desk.township } })).id

const redispatch = (id: string, leadUnitId: string) =>
  desk.does('dispatcher', id, 'redispatch', { ...(inputs(desk).redispatch as object), leadUnitId })

/** Signs as a program does whose answer got lost: always with the same key. */
function signing(who: Parameters<Desk['cookie']>[0], id: string, key: string = randomUUID()) {
  return async () => {
    const headers = { 'idempotency-key': key }
    const reply = await desk.ask(desk.staff[who], 'POST', `/api/matters/${id}/sign`, {}, headers)
    return { status: reply.statusCode, text: reply.body, replayed: 'idempotent-replayed' in reply.headers }
  }
}

/** Everything of a problem but the number of the request. */
function wordsOf(text: string, id: string): unknown {
  const { requestId, ...words } = JSON.parse(text.replaceAll(id, 'the matter')) as Record<string, unknown>
  expect(requestId).toMatch(/^[\da-f-]{36}$/)
  return words
}

describe('a signature that was refused', () => {
  it('stays refused under its key after the order has come back to be signed, and is given under another', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    const sign = signing('liaison', id)
    const first = await sign()
    expect([first.status, JSON.parse(first.text).code]).toEqual([409, 'matter/act-not-allowed'])
    await redispatch(id, desk.other)
    await redispatch(id, desk.township)
    expect((await desk.row(id))['state']).toBe('assigned')
    expect(await sign()).toEqual({ ...first, replayed: true })
    expect((await desk.row(id))['state']).toBe('assigned')
    expect((await signing('liaison', id)()).status).toBe(200)
  })

  it('is refused to ten at once in the same words', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    const before = await desk.row(id)
    const sign = signing('liaison', id)
    const answers = await Promise.all(Array.from({ length: 10 }, sign))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(await desk.row(id)).toEqual(before)
  })

  it('is told no more to somebody who has lost the role', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    const sign = signing('liaison', id)
    const first = await sign()
    const roles = async (names: string) =>
      desk.deps.db.bulk((client) =>
        client.query('update app.accounts set roles = $2 where id = $1', [desk.staff.liaison.id, names]),
      )
    await roles('{}')
    const without = await sign()
    expect([without.status, without.replayed]).toEqual([403, false])
    await roles('{handler}')
    expect(await sign()).toEqual({ ...first, replayed: true })
  })

  it('for a unit that has nothing to do with it says as much as of a matter that does not exist, for good', async () => {
    const id = await dispatched()
    const sign = signing('otherLiaison', id)
    const [first, nowhere] = [await sign(), randomUUID()]
    const absent = await signing('otherLiaison', nowhere)()
    expect([first.status, absent.status]).toEqual([404, 404])
    expect(wordsOf(first.text, id)).toEqual(wordsOf(absent.text, nowhere))
    await redispatch(id, desk.other)
    expect(await sign()).toEqual({ ...first, replayed: true })
    expect((await signing('otherLiaison', id)()).status).toBe(200)
  })

  it('is nobody else’s answer: the same key in other hands is another request', async () => {
    const [id, key] = [await dispatched(), randomUUID()]
    expect((await signing('otherLiaison', id, key)()).status).toBe(404)
    expect(await signing('liaison', id, key)()).toMatchObject({ status: 200, replayed: false })
  })
})

describe('an edit of a version that is past', () => {
  it('is refused under its key again; with the version read anew it needs a key of its own', async () => {
    const { id } = await desk.register()
    const edit = (version: number, key: string) =>
      desk.call(
        'reviewer',
        'PATCH',
        `/api/matters/${id}`,
        { title: '更正后的标题' },
        {
          'if-match': `"${version}"`,
          'idempotency-key': key,
        },
      )
    const key = randomUUID()
    const first = await edit(7, key)
    expect([first.status, first.body.code]).toEqual([412, 'request/stale'])
    expect((await edit(7, key)).body).toEqual(first.body)
    expect((await edit(1, key)).body.code).toBe('idempotency/key-reused')
    expect((await edit(1, randomUUID())).status).toBe(200)
    expect((await edit(7, key)).body).toEqual(first.body)
  })
})
