// Whatever is put into whichever field of the routes of matters: a clear refusal or a proper answer, never a failure or a word of SQL.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from '../../src/app.ts'
import { workflows, type Act, type State } from '../../src/matters/workflow.ts'
import type { Database } from '../../src/platform/db.ts'
import { hostileJson, hostileTexts } from '../support/dictionary.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, inputs } from './scenes.ts'

/** A database that undoes every transaction once its work is done, so that each request finds the same matters. */
function undoing(db: Database): Database {
  const transaction: Database['transaction'] = async (work) => {
    const kept: Awaited<ReturnType<typeof work>>[] = []
    await db
      .transaction(async (tx) => {
        kept.push(await work(tx))
        // What travels with the commit must have arrived, or its failure would go unheard.
        await tx.query({ name: 'test.one', text: 'select 1' })
        throw new Undone()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error
      })
    return kept[0] as Awaited<ReturnType<typeof work>>
  }
  return Object.create(db, { transaction: { value: transaction } }) as Database
}
class Undone extends Error {}

let desk: Desk
let app: FastifyInstance
const at = new Map<State, string>()
beforeAll(async () => {
  desk = await openDesk()
  app = await buildApp({ ...desk.deps, db: undoing(desk.deps.db) })
  for (const state of [
    'registered',
    'assigned',
    'returning',
    'handling',
    'replied',
    'reviewed',
    'rated',
    'screening',
    'closed',
    'merged',
  ] as const) {
    at.set(state, await bring(desk, state))
  }
})
afterAll(async () => {
  await app.close()
  await desk.close()
})
const matterIn = (state: State) => at.get(state) ?? ''

const LEAK =
  /\b(select|insert into|update \w+ set|delete from|syntax error|violates|relation "|column "|pg_|sqlstate|node_modules|\.ts:\d+|at \w+ \()/i
let sent = 0
let accepted = 0

/** What is wrong with answers that nobody meant. */
const wrong: string[] = []

interface Document {
  code: string
  title: string
  errors?: { pointer: string; message: string }[]
}

/** Sends it, and notes what is wrong with the answer. */
async function send(
  who: keyof Desk['staff'],
  request: InjectOptions & { url: string },
  what: string,
): Promise<void> {
  const answer = async () =>
    app.inject({
      ...request,
      remoteAddress: '10.8.0.1',
      headers: { cookie: await desk.cookie(who), 'x-banjian': '1', ...request.headers },
    })
  let { statusCode, body, headers } = await answer()
  // A machine that is busy with other things makes the service refuse for a moment; what fails for good goes on failing.
  for (let i = 0; i < 5 && statusCode === 503; i++) {
    await pause(600)
    ;({ statusCode, body, headers } = await answer())
  }
  sent++
  if (statusCode < 400) accepted++
  const fault = faultOf(statusCode, String(headers['content-type']), body)
  if (fault !== undefined) wrong.push(`${fault}: ${what.slice(0, 200)} → ${statusCode} ${body.slice(0, 300)}`)
}

function faultOf(status: number, type: string, body: string): string | undefined {
  if (status >= 500) return 'failed'
  if (status < 400) return undefined
  if (type !== 'application/problem+json; charset=utf-8') return 'is no problem document'
  if (LEAK.test(body)) return 'leaks'
  const { code, title, errors = [] } = JSON.parse(body) as Document
  if (!/^[a-z-]+\/[a-z-]+$/.test(code) || !/[\u4e00-\u9fff]/.test(title)) return 'says nothing to a person'
  if (status === 422 && errors.length === 0) return 'does not say where'
  const placed = errors.every(({ pointer, message }) => PLACE.test(pointer) && message !== '')
  return placed ? undefined : 'points nowhere'
}
const PLACE = /^\/(?:body|query|path|headers)(?:\/|$)/

/** Every place in a body, as the body's text with a hole in that place. */
function holes(body: unknown): string[] {
  const found: string[] = []
  const HOLE = '\u0001hole'
  const cut = (whole: unknown) => JSON.stringify(whole).replace(JSON.stringify(HOLE), HOLE)
  const walk = (value: unknown, put: (inner: unknown) => unknown) => {
    found.push(cut(put(HOLE)))
    if (Array.isArray(value)) {
      for (const [i, each] of value.entries()) walk(each, (inner) => put(value.with(i, inner)))
    } else if (value !== null && typeof value === 'object') {
      for (const [key, each] of Object.entries(value)) walk(each, (inner) => put({ ...value, [key]: inner }))
      found.push(cut(put({ ...value, unheardOf: HOLE })))
    }
  }
  walk(body, (inner) => inner)
  return found.map((text) => text.replace(HOLE, HOLE))
}
const fill = (hole: string, json: string) => hole.replace('\u0001hole', () => json)

/** One in `nth` of all pairs, another one for each place. */
async function sendBodies(
  who: keyof Desk['staff'],
  request: InjectOptions & { url: string },
  body: unknown,
  nth: number,
): Promise<void> {
  for (const [i, hole] of holes(body).entries()) {
    for (const [j, json] of hostileJson.entries()) {
      if ((i * 7 + j) % nth !== 0) continue
      const payload = fill(hole, json)
      const headers = { 'content-type': 'application/json', ...request.headers }
      await send(
        who,
        { ...request, headers, payload },
        `${request.method} ${request.url} ${json.slice(0, 60)} in ${hole.slice(0, 300)}`,
      )
    }
  }
}

describe('hostile values', () => {
  const checkAnswers = () => expect(wrong.splice(0)).toEqual([])

  it('in registering and correcting', async () => {
    const registration = {
      ...{
        channel: 'hotline',
        source: 'counter',
        externalNo: 'SZ-1',
        title: '标题',
        content: '内容',
        category: 'help',
      },
      ...{
        urgency: 'normal',
        topic: 'other',
        regionCode: '510802',
        receivedAt: desk.clock.now(),
        confidential: false,
      },
      accusedUnitIds: [desk.other],
      caller: {
        name: '王小明',
        phone: '15400000001',
        phone2: '15400000002',
        idNo: '11010519491231002X',
        address: '荣山镇',
      },
      dispatch: { leadUnitId: desk.township, coUnitIds: [], limitClass: 'ordinary', note: '请办理' },
    }
    await sendBodies('counter', { method: 'POST', url: '/api/matters' }, registration, 2)
    const { caller: _, ...known } = registration
    await sendBodies(
      'counter',
      { method: 'POST', url: '/api/matters' },
      { ...known, personId: desk.township },
      9,
    )
    const correction = {
      title: '新标题',
      content: '新内容',
      category: 'help',
      urgency: 'urgent',
      topic: 'land',
      regionCode: null,
      confidential: true,
      accusedUnitIds: [desk.other],
    }
    const headers = { 'if-match': '"2"' }
    await sendBodies(
      'dispatcher',
      { method: 'PATCH', url: `/api/matters/${matterIn('assigned')}`, headers },
      correction,
      2,
    )
    checkAnswers()
  })

  it('in every act, in a state in which it is possible', async () => {
    const more: Partial<Record<Act, object>> = {
      dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other], limitClass: 'complex', note: '疑难' },
      redispatch: {
        leadUnitId: desk.other,
        coUnitIds: [desk.township],
        limitClass: 'complex',
        note: '疑难',
        reason: '职责调整',
      },
      reply: { ...(inputs(desk).reply as object), nextStep: '继续跟踪' },
      'grant-extension': { callerToldAt: desk.clock.now(), note: '同意' },
      'ask-extension': { workdays: 1, reason: '需要检测', callerToldAt: desk.clock.now() },
      'ask-return': { reason: '不属于本单位职责', suggestedUnitId: desk.other },
      supervise: { ground: 'overdue', text: '请说明', answerBy: '2020-09-01T00:00:00+08:00' },
      'call-back': { result: 'reached', rating: 'basic', resolved: true, note: '满意' },
      redo: { reason: '不满意', leadUnitId: desk.township },
      approve: { note: '同意' },
      close: { note: '办结' },
    }
    const doers: Partial<Record<Act, keyof Desk['staff']>> = {
      'co-sign': 'otherLiaison',
      'co-reply': 'otherLiaison',
      'call-back': 'callback',
      screen: 'screenerOne',
      'direct-reply': 'agent',
      close: 'callback',
    }
    for (const act of Object.keys(workflows.order) as (keyof typeof workflows.order)[]) {
      const rule = workflows.order[act]
      const state = rule.from.findLast((from) => at.has(from)) ?? 'assigned'
      const byRole = {
        lead: 'liaison',
        co: 'otherLiaison',
        office: rule.by[0] as keyof Desk['staff'],
      } as const
      const request = { method: 'POST', url: `/api/matters/${matterIn(state)}/${act}` } as const
      const body = more[act] ?? inputs(desk, matterIn('handling'))[act]
      await sendBodies(doers[act] ?? byRole[rule.leg], request, body, 2)
    }
    checkAnswers()
  })

  it('in every question of a list', async () => {
    const names = [
      'no',
      'externalNo',
      'state',
      'unitId',
      'mine',
      'clock',
      'category',
      'urgency',
      'topic',
      'source',
      'from',
      'to',
      'personId',
      'q',
      'limit',
      'cursor',
      '__proto__',
      'constructor',
      'a[b]',
    ]
    for (const [i, name] of names.entries()) {
      for (const [j, text] of hostileTexts.entries()) {
        if (text.length > 2_000 || !text.isWellFormed()) continue
        const url =
          (i + j) % 3 === 0
            ? `/api/matters?${name}=${encodeURIComponent(text)}&${name}=1`
            : `/api/matters?${name}=${encodeURIComponent(text)}`
        await send('leader', { method: 'GET', url }, url)
      }
    }
    for (const url of [
      '?limit=%E0%A4%A',
      '?q=%ff%fe',
      '?cursor=%00',
      `?q=${'%F0%A0%AE%B7'.repeat(90)}`,
      '?&&&',
      '?=',
      `?${'state=closed&'.repeat(300)}`,
    ]) {
      await send('leader', { method: 'GET', url: `/api/matters${url}` }, url)
    }
    checkAnswers()
  })

  it('in the address and in the headers', async () => {
    const id = matterIn('handling')
    for (const text of hostileTexts) {
      if (text.length > 500 || !text.isWellFormed()) continue
      const part = encodeURIComponent(text)
      for (const url of [
        `/api/matters/${part}`,
        `/api/matters/${id}/legs/${part}/why`,
        `/api/matters/${id}/files/${part}`,
        `/api/matters/${part}/same-person`,
      ]) {
        await send('registrar', { method: 'GET', url }, url)
      }
      await send(
        'supervisor',
        { method: 'POST', url: `/api/matters/${part}/supervise`, payload: inputs(desk).supervise as object },
        `supervise ${part}`,
      )
      if (!/^[\x20-\x7e]*$/.test(text)) continue
      for (const header of ['if-match', 'idempotency-key']) {
        const request = {
          method: 'POST',
          url: `/api/matters/${id}/supervise`,
          headers: { [header]: text },
          payload: inputs(desk).supervise as object,
        } as const
        await send('supervisor', request, `${header}: ${text}`)
      }
    }
    for (const match of ['*', 'W/"1"', '"1", "2"', '"-1"', '"99999999999999999999"', '1', '""']) {
      await send(
        'supervisor',
        {
          method: 'POST',
          url: `/api/matters/${id}/supervise`,
          headers: { 'if-match': match },
          payload: inputs(desk).supervise as object,
        },
        match,
      )
    }
    checkAnswers()
  })

  it('in attachments', async () => {
    const url = `/api/matters/${matterIn('handling')}/files`
    const form = (name: string, content: string) => ({
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      payload: `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n${content}\r\n--b--\r\n`,
    })
    for (const text of hostileTexts) {
      if (text.length > 1_000 || !text.isWellFormed()) continue
      await send(
        'liaison',
        { method: 'POST', url, ...form(`${text.replaceAll(/[\r\n"]/g, '')}.txt`, '附件内容') },
        `file ${text}`,
      )
    }
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      'application/json',
      'text/plain; charset=gbk',
    ]) {
      await send(
        'liaison',
        { method: 'POST', url, headers: { 'content-type': type }, payload: '--b\r\n' },
        type,
      )
    }
    checkAnswers()
  })

  it('were six thousand, some of them good, and changed nothing', async () => {
    expect(sent).toBeGreaterThanOrEqual(6_000)
    expect(accepted).toBeGreaterThan(100)
    for (const [state, id] of at) expect(await desk.row(id)).toMatchObject({ state })
  })
})
