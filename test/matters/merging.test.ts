// Merging 并单: what may join what, whose promise holds for both, and what undoing it gives back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plusDays } from '../../src/platform/clock.ts'
import { readCalendar } from '../../src/calendar/queries.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringEscalation, bringPetition, bringReview } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(async () => {
  const { findings } = await verifyChains(desk.deps.db, desk.deps.vault, provable)
  await desk.close()
  expect(findings).toEqual([])
})

const dispatched = async (given: Record<string, unknown> = {}) =>
  (await desk.register({ dispatch: { leadUnitId: desk.township }, ...given })).id
const into = (intoId: string) => ({ intoId, reason: '同一诉求人同一事项' })
const merge = (id: string, intoId: string) => desk.does('dispatcher', id, 'merge', into(intoId))
const lead = async (id: string) =>
  (await desk.legs(id)).findLast(({ role }) => role === 'lead') ?? expect.fail('no lead leg')
const late = async (id: string) => {
  const { lateFrom } = await desk.row(id)
  return lateFrom !== null && lateFrom < desk.clock.now()
}

describe('an order', () => {
  it('is merged into an order only: no petition, review or escalated case takes it, nor its clock', async () => {
    const id = await dispatched({ category: 'consult' })
    for (const target of [
      await bringPetition(desk, 'handling'),
      await bringReview(desk, 'handling', 'recheck'),
      await bringEscalation(desk, 'handling'),
    ]) {
      const before = await desk.legs(target)
      expect(await desk.act('dispatcher', id, 'merge', into(target))).toMatchObject({
        status: 422,
        body: { code: 'matter/merge-target', errors: [{ pointer: '/body/intoId' }] },
      })
      expect(await desk.legs(target)).toEqual(before)
    }
    expect((await desk.row(id))['state']).toBe('assigned')
  })
})

it('goes into one of the same caller, or into one that a clerk linked with it as the same thing', async () => {
  const by = (caller: object, title: string) => dispatched({ title, caller })
  const water = await by({ name: '张三丰', phone: '13800000001' }, '小区停水三天')
  const wages = await by({ name: '李四光', phone: '13800000002' }, '工地拖欠工资')
  const before = [await desk.row(water), await desk.row(wages)]
  expect(await desk.act('dispatcher', water, 'merge', into(wages))).toMatchObject({
    status: 409,
    body: { code: 'matter/merge-other-caller', errors: [{ pointer: '/body/intoId' }] },
  })
  expect([await desk.row(water), await desk.row(wages)]).toEqual(before)
  await desk.call('dispatcher', 'POST', `/api/matters/${water}/links`, { otherId: wages })
  await merge(water, wages)
  await merge(await by({ name: '李四', phone: '13800000002' }, '催要工资'), wages)
})

it('is no way to try out whose order it is that was given in confidence: its like is merged as one thing that a clerk linked', async () => {
  const caller = { name: '周知秋', phone: '13800000003' }
  const kept = await dispatched({ title: '小区停水三天', caller, confidential: true })
  const guesses = [caller, { name: '吴不知', phone: '13800000004' }]
  const orders = await Promise.all(guesses.map((guess) => dispatched({ title: '试探', caller: guess })))
  const answers = await Promise.all(
    orders.map(async (id) => [
      await desk.act('dispatcher', id, 'merge', into(kept)),
      await desk.act('dispatcher', kept, 'merge', into(id)),
    ]),
  )
  for (const { status, body } of answers.flat())
    expect([status, body.code]).toEqual([409, 'matter/merge-other-caller'])
  await desk.call('dispatcher', 'POST', `/api/matters/${orders[0]}/links`, { otherId: kept })
  await merge(orders[0] ?? '', kept)
  const { personId } = (await desk.open('dispatcher', kept)).body
  const again = await dispatched({ title: '又来电', personId })
  await merge(again, kept)
})

it('whoever handled the order does not judge what it was merged into', async () => {
  const both = await desk.account(['handler', 'reviewer'])
  const { id } = await desk.register({ dispatch: { leadUnitId: desk.officeUnit } })
  const target = await dispatched()
  expect((await desk.call(both, 'POST', `/api/matters/${id}/sign`, {})).status).toBe(200)
  await merge(id, target)
  await desk.does('liaison', target, 'sign')
  await desk.does('liaison', target, 'reply', { ...desk.answer, contactedAt: desk.clock.now() })
  const judged = await desk.call(both, 'POST', `/api/matters/${target}/approve`, {})
  expect(judged.body.code).toBe('matter/duties-apart')
  await desk.does('reviewer', target, 'approve')
})

describe('a promise that was missed', () => {
  /** The orders behind the figure of those overdue. */
  async function overdue(): Promise<string[]> {
    const { body } = await desk.call('leader', 'GET', '/api/kpi?from=2020-01-01&to=2020-12-31&metrics=M07')
    const [found] = body['figures'] as { numerator: number; list: string }[]
    const list = await desk.call('leader', 'GET', `${found?.list}&limit=100`)
    const ids = (list.body['items'] as { id: string }[]).map(({ id }) => id)
    expect(ids).toHaveLength(found?.numerator ?? -1)
    return ids
  }

  it('stays with the order that missed it, once: neither a reply given in time nor a running clock becomes late by it', async () => {
    const ids = [await dispatched({ category: 'consult' }), await dispatched({ category: 'consult' })]
    desk.clock.forward({ days: 20 })
    const [answered, running] = [await bring(desk, 'replied'), await bring(desk, 'handling')]
    const dues = [(await lead(answered)).effectiveDueAt, (await lead(running)).effectiveDueAt]
    const before = await overdue()
    expect(before).toEqual(expect.arrayContaining(ids))
    await merge(ids[0] ?? '', answered)
    await merge(ids[1] ?? '', running)
    for (const id of ids) expect(await late(id)).toBe(true)
    for (const id of [answered, running]) expect(await late(id)).toBe(false)
    expect([(await lead(answered)).effectiveDueAt, (await lead(running)).effectiveDueAt]).toEqual(dues)
    expect((await overdue()).toSorted()).toEqual(before.toSorted())
    await desk.does('reviewer', answered, 'approve')
    expect((await desk.row(answered)).firstOnTime).toBe(true)
    desk.clock.forward({ days: 30 })
    expect(await late(running)).toBe(true)
  })

  it('no more than one yet to be met draws in a reply that waits for its review', async () => {
    const target = await bring(desk, 'replied')
    const { effectiveDueAt } = await lead(target)
    // Due two hours from now: earlier than the target, and yet to come.
    const urgent = await dispatched({ urgency: 'critical' })
    desk.clock.forward({ hours: 1 })
    await merge(urgent, target)
    expect((await lead(target)).effectiveDueAt).toBe(effectiveDueAt)
    desk.clock.forward({ days: 2 })
    expect(await late(target)).toBe(false)
  })
})

describe('a promise that is yet to be met', () => {
  const sendBack = (id: string) => desk.does('reviewer', id, 'reject', { note: '未说明办理结果' })

  it('binds the reply that waited for its review once it is sent back, and no more when the merge is undone', async () => {
    const target = await bring(desk, 'replied')
    const own = (await lead(target)).effectiveDueAt
    const joined = await dispatched({ category: 'consult' })
    await merge(joined, target)
    expect((await lead(target)).effectiveDueAt).toBe(own)
    await sendBack(target)
    expect((await lead(target)).effectiveDueAt).toBe((await lead(joined)).effectiveDueAt)
    await desk.does('dispatcher', joined, 'unmerge', { reason: '并非同一事项' })
    expect((await lead(target)).effectiveDueAt).toBe(own)
  })

  it('binds the co-handling units of what takes it, who answer before the lead unit must, until the merge is undone', async () => {
    const dues = async (id: string) => (await desk.legs(id)).map(({ effectiveDueAt }) => effectiveDueAt)
    for (const state of ['assigned', 'replied'] as const) {
      const target = await bring(desk, state)
      const before = await dues(target)
      const joined = await dispatched({ category: 'consult' })
      await merge(joined, target)
      if (state === 'replied') {
        expect(await dues(target)).toEqual(before)
        await sendBack(target)
      }
      const { effectiveDueAt } = await lead(joined)
      expect(await dues(target)).toEqual([effectiveDueAt, effectiveDueAt])
      await desk.does('dispatcher', joined, 'unmerge', { reason: '并非同一事项' })
      expect(await dues(target)).toEqual(before)
    }
  })

  it('is not won time for by what was granted before to an order that another merge had drawn in', async () => {
    const target = await bring(desk, 'handling')
    await merge(await dispatched({ category: 'consult' }), target)
    const more = { workdays: 7, reason: '需要第三方检测', callerToldAt: desk.clock.now() }
    await desk.does('liaison', target, 'ask-extension', more)
    const { dueAt } = await desk.does('reviewer', target, 'grant-extension')
    desk.clock.forward({ days: 1 })
    const joined = await dispatched()
    const promised = (await lead(joined)).effectiveDueAt
    expect(promised < dueAt).toBe(true)
    await merge(joined, target)
    expect((await lead(target)).effectiveDueAt).toBe(promised)
    // What was granted to the reply before is not taken back with it.
    await desk.does('liaison', target, 'reply', { ...desk.answer, contactedAt: desk.clock.now() })
    await sendBack(target)
    expect((await lead(target)).effectiveDueAt).toBe(promised)
  })
})

describe('a deadline that a superior fixed', () => {
  const inDays = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
  const upper = async (upstreamDueAt: string) => (await desk.register({ source: 'upper', upstreamDueAt })).id

  it('goes over to what an order not yet dispatched is merged into, dispatched or not, and binds its later legs', async () => {
    const until = inDays(2)
    const [running, waiting, sooner] = [
      await dispatched(),
      (await desk.register()).id,
      (await desk.register({ source: 'upper', upstreamDueAt: inDays(1) })).id,
    ]
    for (const target of [running, waiting, sooner]) await merge(await upper(until), target)
    for (const id of [waiting, sooner])
      await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
    expect((await desk.row(running))['dueAt']).toBe(until)
    expect((await desk.row(waiting))['dueAt']).toBe(until)
    expect((await desk.row(sooner))['dueAt']).toBe(inDays(1))
    await desk.does('dispatcher', running, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    expect((await desk.row(running))['dueAt']).toBe(until)
  })

  it('but not where it has passed, nor for a reply that was given', async () => {
    const passed = await upper(inDays(1))
    desk.clock.forward({ days: 2 })
    const [running, answered] = [await dispatched(), await bring(desk, 'replied')]
    const dues = [(await lead(running)).effectiveDueAt, (await lead(answered)).effectiveDueAt]
    await merge(passed, running)
    await merge(await upper(inDays(1)), answered)
    expect([(await lead(running)).effectiveDueAt, (await lead(answered)).effectiveDueAt]).toEqual(dues)
  })
})

describe('an extension', () => {
  it('is no longer than the lawful limit also where a merge drew in the due time', async () => {
    const ask = (id: string, workdays: number) =>
      desk.act('liaison', id, 'ask-extension', { workdays, reason: '需要第三方检测' })
    const target = await dispatched()
    await merge(await dispatched({ category: 'consult' }), target)
    const earlier = await dispatched({ urgency: 'critical' })
    desk.clock.forward({ seconds: 60 })
    const critical = await dispatched({ urgency: 'critical' })
    await merge(earlier, critical)
    for (const id of [target, critical]) await desk.does('liaison', id, 'sign')
    expect((await ask(target, 8)).body.code).toBe('matter/extension-too-long')
    expect((await ask(target, 7)).status).toBe(200)
    expect((await ask(critical, 2)).body.code).toBe('matter/extension-too-long')
    expect((await ask(critical, 1)).status).toBe(200)
  })
})

describe('undoing', () => {
  const unmerge = (id: string) => desk.does('dispatcher', id, 'unmerge', { reason: '并非同一事项' })

  const clock = async (id: string) => {
    const [found] = await desk.deps.db.query<{ due: string; limit: unknown; upstream: string | null }>(
      {
        name: 'test.merged-clock',
        text: `select l.effective_due_at as due, l.time_limit as "limit", m.upstream_due_at as upstream
          from matters m join legs l on l.id = m.lead_leg_id where m.id = $1`,
      },
      [id],
    )
    return found
  }

  it('gives the co-handling units their legs back, each with its own clock', async () => {
    const id = await bring(desk, 'handling')
    const [, co] = await desk.legs(id)
    await merge(id, await dispatched())
    await unmerge(id)
    expect((await desk.legs(id)).slice(2)).toMatchObject([
      { no: 3, role: 'lead', outcome: null },
      { no: 4, role: 'co', outcome: null, unitId: desk.other, effectiveDueAt: co?.effectiveDueAt },
    ])
    await desk.does('otherLiaison', id, 'co-sign')
    await merge(id, await dispatched())
    await unmerge(id)
    expect((await desk.legs(id)).filter(({ outcome }) => outcome === null)).toMatchObject([
      { no: 5, role: 'lead' },
      { no: 6, role: 'co' },
    ])
  })

  it('tells nobody anew what was told before', async () => {
    const sweep = async () => {
      while ((await desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))) > 0);
    }
    const id = await dispatched({ category: 'consult' })
    desk.clock.forward({ days: 15 })
    await sweep()
    await merge(id, await dispatched())
    await unmerge(id)
    await sweep()
    expect((await desk.events(id)).filter((type) => type === 'matter.overdue')).toHaveLength(1)
    expect(await late(id)).toBe(true)
  })

  it('gives the matter that took the other its own due time and limit back, unless another still holds it', async () => {
    const target = await dispatched()
    const before = await clock(target)
    const [first, second] = [
      await dispatched({ urgency: 'urgent' }),
      await dispatched({ category: 'consult' }),
    ]
    await merge(first, target)
    await merge(second, target)
    expect(await clock(target)).toEqual({
      due: (await lead(first)).effectiveDueAt,
      limit: null,
      upstream: null,
    })
    await unmerge(first)
    expect(await clock(target)).toEqual({
      due: (await lead(second)).effectiveDueAt,
      limit: null,
      upstream: null,
    })
    await unmerge(second)
    expect(await clock(target)).toEqual(before)
    expect((await desk.row(target))['dueAt']).toBe(before?.due)
    await merge(second, target)
    await unmerge(second)
    expect(await clock(target)).toEqual(before)
  })

  it('takes the deadline of a superior away again that came with the other', async () => {
    const target = await dispatched()
    const before = await clock(target)
    const upstreamDueAt = `${plusDays(desk.clock.now().slice(0, 10), 2)}T18:00:00.000+08:00`
    const { id } = await desk.register({ source: 'upper', upstreamDueAt })
    await merge(id, target)
    expect(await clock(target)).toEqual({ due: upstreamDueAt, limit: null, upstream: upstreamDueAt })
    await unmerge(id)
    expect(await clock(target)).toEqual(before)
  })

  it('nor does it bind the legs that began under it', async () => {
    const inDays = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
    const upper = async (days: number) =>
      (await desk.register({ source: 'upper', upstreamDueAt: inDays(days) })).id
    const { id } = await desk.register()
    const [first, second] = [await upper(2), await upper(4)]
    for (const each of [first, second]) await merge(each, id)
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township, coUnitIds: [desk.other] })
    const dues = async () => (await desk.legs(id)).map(({ effectiveDueAt }) => effectiveDueAt)
    expect(await dues()).toEqual([inDays(2), inDays(2)])
    await unmerge(first)
    expect(await dues()).toEqual([inDays(4), inDays(4)])
    await unmerge(second)
    const like = await bring(desk, 'assigned')
    expect(await clock(id)).toEqual(await clock(like))
    expect(await dues()).toEqual((await desk.legs(like)).map(({ effectiveDueAt }) => effectiveDueAt))
  })

  it('gives each of a chain its own clock back, in whichever order it is undone', async () => {
    for (const first of ['inner', 'outer'] as const) {
      const ids = [await dispatched({ category: 'consult' }), await dispatched(), await dispatched()] as const
      const before = await Promise.all(ids.map(clock))
      await merge(ids[0], ids[1])
      await merge(ids[1], ids[2])
      expect((await clock(ids[2]))?.due).toBe(before[0]?.due)
      for (const id of first === 'inner' ? [ids[0], ids[1]] : [ids[1], ids[0]]) await unmerge(id)
      expect(await Promise.all(ids.map(clock))).toEqual(before)
    }
  })

  it('keeps what went on as a new leg bound by what was merged into it before, until that is undone', async () => {
    const [early, middle, target] = [
      await dispatched({ category: 'consult' }),
      await dispatched(),
      await dispatched(),
    ]
    const before = await clock(middle)
    await merge(early, middle)
    const held = await clock(middle)
    await merge(middle, target)
    await unmerge(middle)
    expect(await clock(middle)).toEqual(held)
    const urgent = await dispatched({ urgency: 'urgent' })
    await merge(urgent, middle)
    await unmerge(early)
    await unmerge(urgent)
    expect(await clock(middle)).toEqual(before)
  })
})
