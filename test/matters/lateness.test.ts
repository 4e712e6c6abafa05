// Lateness cannot be laundered: returns, refusals, redoing, relabelling, merging and terminating leave a late leg late.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readCalendar } from '../../src/calendar/queries.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { plusDays } from '../../src/platform/clock.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const reply = () => ({ ...desk.answer, contactedAt: desk.clock.now() })
const late = (id: string) =>
  desk.row(id).then((row) => row.lateFrom !== null && row.lateFrom < desk.clock.now())

/** Registered and dispatched just now; seven working days from here are less than twenty days, holidays included. */
async function dispatched(given: Record<string, unknown> = {}): Promise<string> {
  return (await desk.register({ dispatch: { leadUnitId: desk.township }, ...given })).id
}

async function overdue(given: Record<string, unknown> = {}): Promise<string> {
  const id = await dispatched(given)
  await desk.does('liaison', id, 'sign')
  desk.clock.forward({ days: 20 })
  expect(await late(id)).toBe(true)
  return id
}

async function answered(id: string, who: 'liaison' | 'otherLiaison' = 'liaison'): Promise<void> {
  await desk.does(who, id, 'reply', reply())
  await desk.does('reviewer', id, 'approve')
}

describe('a late leg stays late', () => {
  it('when the matter is re-dispatched and the next unit is punctual', async () => {
    const id = await overdue()
    await desk.does('dispatcher', id, 'redispatch', { leadUnitId: desk.other, reason: '职责调整' })
    expect(await late(id)).toBe(true)
    await desk.does('otherLiaison', id, 'sign')
    await answered(id, 'otherLiaison')
    const row = await desk.row(id)
    expect(row).toMatchObject({ firstOnTime: false, contactedOnTime: false })
    expect(await late(id)).toBe(true)
    const [first, second] = await desk.legs(id)
    expect(first).toMatchObject({ outcome: 'redispatched' })
    expect(first?.lateFrom).not.toBeNull()
    expect(second?.lateFrom).toBeNull()
  })

  it('when the return is asked after the due time, there being none to grant', async () => {
    const id = await overdue()
    const refused = await desk.act('liaison', id, 'ask-return', { reason: '不属于本单位职责' })
    expect(refused.body.code).toBe('matter/return-too-late')
  })

  it('when it is redone in time after a late first answer', async () => {
    const id = await overdue()
    await answered(id)
    await desk.does('callback', id, 'call-back', {
      result: 'reached',
      rating: 'dissatisfied',
      resolved: false,
    })
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', id, 'sign')
    await answered(id)
    expect((await desk.row(id)).firstOnTime).toBe(false)
    expect(await late(id)).toBe(true)
  })

  it('when it is merged into a punctual one, and again when the merge is undone', async () => {
    const id = await overdue()
    const target = await dispatched()
    await desk.does('dispatcher', id, 'merge', { intoId: target, reason: '同一诉求人同一事项' })
    expect(await late(id)).toBe(true)
    await desk.does('dispatcher', id, 'unmerge', { reason: '并非同一事项' })
    expect(await late(id)).toBe(true)
    const [before, after] = await desk.legs(id)
    expect(after?.effectiveDueAt).toBe(before?.effectiveDueAt)
  })

  it('when the office terminates it', async () => {
    const id = await overdue()
    await desk.does('reviewer', id, 'terminate', { reason: '诉求人撤回诉求' })
    expect(await late(id)).toBe(true)
  })

  it('when its category or urgency is corrected: what was promised stays promised', async () => {
    const id = await dispatched({ category: 'consult' })
    const { dueAt } = await desk.row(id)
    const edited = await desk.call(
      'registrar',
      'PATCH',
      `/api/matters/${id}`,
      { category: 'complain' },
      { 'if-match': '"1"' },
    )
    expect(edited.status).toBe(200)
    expect((await desk.row(id)).dueAt).toBe(dueAt)
  })

  it('in the database: a closed leg is never rewritten', async () => {
    const id = await overdue()
    await desk.does('reviewer', id, 'terminate', { reason: '诉求人撤回诉求' })
    const [leg] = await desk.legs(id)
    const rewrite = desk.deps.db.query(
      {
        name: 'test.rewrite',
        text: `update legs set effective_due_at = effective_due_at + interval '1 year' where id = $1`,
      },
      [leg?.id],
    )
    await expect(rewrite).rejects.toThrow(/closed/)
  })
})

describe('the clock', () => {
  it('joining a later matter wins no time: the earlier promise holds for both', async () => {
    const early = await dispatched({ category: 'consult' })
    const promised = (await desk.row(early)).dueAt
    const target = await dispatched({ category: 'help' })
    await desk.does('dispatcher', early, 'merge', { intoId: target, reason: '同一诉求人同一事项' })
    expect((await desk.row(target)).dueAt).toBe(promised)
  })

  it('cannot be stopped by merging a dispatched matter into one that nobody has to answer yet', async () => {
    const early = await dispatched()
    const target = (await desk.register()).id
    const refused = await desk.act('dispatcher', early, 'merge', { intoId: target, reason: '同一事项' })
    expect(refused.body.code).toBe('matter/merge-target-not-dispatched')
  })

  it('runs from dispatch, not from signing; not signing is late too', async () => {
    const id = await dispatched()
    const { dueAt } = await desk.row(id)
    desk.clock.forward({ days: 4 })
    await desk.does('liaison', id, 'sign')
    expect((await desk.row(id)).dueAt).toBe(dueAt)
    expect((await desk.legs(id))[0]?.signLateFrom).not.toBeNull()
  })

  it('a reply that is sent back never stopped it', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', reply())
    desk.clock.forward({ days: 20 })
    expect(await late(id)).toBe(false)
    await desk.does('reviewer', id, 'reject', { note: '未说明处理结果' })
    expect(await late(id)).toBe(true)
    await answered(id)
    expect((await desk.row(id)).firstOnTime).toBe(false)
  })

  it('a reply in time stays in time however long its review takes', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'reply', reply())
    desk.clock.forward({ days: 30 })
    await desk.does('reviewer', id, 'approve')
    expect((await desk.row(id)).firstOnTime).toBe(true)
  })

  it('stops for the unit when it asked for a return that is granted, and starts anew for the next unit', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'ask-return', { reason: '不属于本单位职责', suggestedUnitId: desk.other })
    desk.clock.forward({ days: 20 })
    await desk.does('dispatcher', id, 'grant-return')
    expect((await desk.legs(id))[0]).toMatchObject({ outcome: 'returned', lateFrom: null })
    await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.other })
    expect(await late(id)).toBe(false)
    const again = await desk.act('otherLiaison', id, 'ask-return', { reason: '也不属于本单位职责' })
    expect(again.body.code).toBe('matter/returns-exhausted')
  })

  it('a refused return counts as signed and binds: there is no second one', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'ask-return', { reason: '不属于本单位职责' })
    const refused = await desk.does('dispatcher', id, 'refuse-return', { note: '属于本单位职责' })
    expect(refused.state).toBe('handling')
    expect((await desk.act('liaison', id, 'ask-return', { reason: '仍不属于本单位职责' })).body.code).toBe(
      'matter/return-binding',
    )
  })

  it('an extension is asked before expiry, once, within the cap, granted by somebody else, the caller told', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    const ask = (workdays: number) =>
      desk.act('liaison', id, 'ask-extension', { workdays, reason: '需要协调多个部门' })
    expect((await ask(8)).body.code).toBe('matter/extension-too-long')
    expect((await ask(5)).status).toBe(200)
    expect((await ask(5)).body.code).toBe('matter/extension-pending')
    expect((await desk.act('reviewer', id, 'grant-extension')).body.code).toBe('matter/caller-not-told')
    await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
    expect((await ask(2)).status).toBe(200)
    const second = { callerToldAt: desk.clock.now() }
    expect((await desk.act('reviewer', id, 'grant-extension', second)).body.code).toBe(
      'matter/second-extension-needs-leader',
    )
    await desk.does('leader', id, 'grant-extension', second)
    expect((await ask(1)).body.code).toBe('matter/extensions-exhausted')
  })

  it('an extension passes no deadline that a superior fixed, unless it had passed before the dispatch', async () => {
    const day = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`
    const ask = async (id: string, workdays: number) => {
      await desk.does('liaison', id, 'sign')
      return desk.act('liaison', id, 'ask-extension', { workdays, reason: '需要协调多个部门' })
    }
    const until = day(4)
    const upper = (upstreamDueAt: string) => ({ source: 'upper', upstreamDueAt })
    const [fixed, later] = [await dispatched(upper(until)), await dispatched(upper(day(16)))]
    for (const id of [fixed, later]) {
      expect(await ask(id, 7)).toMatchObject({
        status: 409,
        body: { code: 'matter/upstream-deadline', errors: [{ pointer: '/body/workdays' }] },
      })
    }
    expect((await desk.row(fixed))['dueAt']).toBe(until)
    const within = { workdays: 1, reason: '需要协调多个部门' }
    await desk.does('liaison', later, 'ask-extension', within)
    await desk.does('reviewer', later, 'grant-extension', { callerToldAt: desk.clock.now() })
    const waiting = (await desk.register(upper(day(2)))).id
    desk.clock.forward({ days: 4 })
    await desk.does('dispatcher', waiting, 'dispatch', { leadUnitId: desk.township })
    expect((await ask(waiting, 7)).status).toBe(200)
  })

  it('an extension after expiry is refused and changes nothing', async () => {
    const id = await overdue()
    const asked = await desk.act('liaison', id, 'ask-extension', { workdays: 3, reason: '需要协调多个部门' })
    expect(asked.body).toMatchObject({
      code: 'matter/extension-after-expiry',
      errors: [
        { pointer: '/body/workdays', message: expect.stringMatching(/^办理期限已于\d{4}-\d\d-\d\d届满$/) },
      ],
    })
    expect(await late(id)).toBe(true)
  })
})

describe('the sweep', () => {
  beforeEach(async () => {
    while ((await sweep()) > 0);
  })
  const sweep = () => desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))
  const told = async (id: string) => (await desk.events(id)).slice(1)

  it('warns at one working day left, on the last day, and marks what is overdue: each once', async () => {
    const id = await dispatched({ category: 'consult' })
    await sweep()
    const seen: string[][] = []
    for (let day = 0; day < 9; day++) {
      desk.clock.forward({ days: 1 })
      await sweep()
      await sweep()
      seen.push(await told(id))
    }
    expect(seen.at(-1)).toEqual(['matter.warn', 'matter.red', 'matter.overdue'])
  })

  it('two sweeps at once mark each leg once', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => dispatched({ category: 'consult' })))
    desk.clock.forward({ days: 20 })
    await Promise.all([sweep(), sweep(), sweep()])
    await sweep()
    for (const id of ids) expect(await told(id)).toEqual(['matter.overdue'])
  })

  it('warns again for the new due time after an extension', async () => {
    const id = await dispatched({ category: 'consult' })
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'ask-extension', { workdays: 3, reason: '需要协调多个部门' })
    while (!(await told(id)).includes('matter.warn')) {
      desk.clock.forward({ days: 1 })
      await sweep()
    }
    await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
    desk.clock.forward({ days: 12 })
    await sweep()
    expect((await told(id)).filter((type) => type === 'matter.overdue')).toHaveLength(1)
  })
})

describe('ratings', () => {
  async function rated(rating: string): Promise<string> {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    await answered(id)
    await desk.does('callback', id, 'call-back', { result: 'reached', rating })
    return id
  }
  const ask = (id: string) =>
    desk.act('liaison', id, 'ask-screening', { ground: 'beyond-law', evidence: '诉求超出政策范围' })

  it('a dissatisfied one is screened out only by two deciders who both uphold it, and stays visible', async () => {
    const id = await rated('dissatisfied')
    expect((await ask(id)).status).toBe(200)
    await desk.does('screenerOne', id, 'screen', { uphold: true, note: '证据充分' })
    expect((await desk.act('screenerOne', id, 'screen', { uphold: true, note: '证据充分' })).body.code).toBe(
      'matter/second-decider',
    )
    await desk.does('screenerTwo', id, 'screen', { uphold: true, note: '同意' })
    expect(await desk.row(id)).toMatchObject({
      rating: 'dissatisfied',
      screenedOutAt: expect.any(String),
      state: 'rated',
    })
    expect((await ask(id)).body.code).toBe('matter/screened-already')
    expect((await desk.act('reviewer', id, 'redo', { reason: '不满意' })).body.code).toBe(
      'matter/redo-without-ground',
    )
  })

  it('is not screened out when the deciders differ, when it is not dissatisfied, or when the window has closed', async () => {
    const id = await rated('dissatisfied')
    await ask(id)
    await desk.does('screenerOne', id, 'screen', { uphold: true, note: '证据充分' })
    await desk.does('screenerTwo', id, 'screen', { uphold: false, note: '证据不足' })
    expect((await desk.row(id)).screenedOutAt).toBeNull()
    expect((await ask(await rated('basic'))).body.code).toBe('matter/screening-without-ground')
    const old = await rated('dissatisfied')
    desk.clock.forward({ days: 9 })
    expect((await ask(old)).body.code).toBe('matter/screening-too-late')
  })

  it('a dissatisfied one keeps the matter open until it is redone, screened, or the time for screening has passed', async () => {
    const close = (id: string) => desk.act('callback', id, 'close')
    const waited = await rated('dissatisfied')
    const refused = await close(waited)
    expect([refused.status, refused.body.code]).toEqual([409, 'matter/dissatisfied-first'])
    expect(refused.body['limit']).toEqual(expect.any(String))
    const screened = await rated('dissatisfied')
    await ask(screened)
    await desk.does('screenerOne', screened, 'screen', { uphold: false, note: '证据不足' })
    await desk.does('screenerTwo', screened, 'screen', { uphold: false, note: '证据不足' })
    expect((await close(screened)).status).toBe(200)
    const again = await rated('dissatisfied')
    await desk.does('reviewer', again, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', again, 'sign')
    await answered(again)
    await desk.does('callback', again, 'call-back', { result: 'refused' })
    expect((await close(again)).status).toBe(200)
    desk.clock.forward({ days: 9 })
    expect((await close(waited)).status).toBe(200)
    expect((await close(await rated('basic'))).status).toBe(200)
  })

  it('an unanswered call leaves the matter waiting; after two it may be closed without a rating', async () => {
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    await answered(id)
    await desk.does('callback', id, 'call-back', { result: 'missed' })
    expect((await desk.act('callback', id, 'close')).body.code).toBe('matter/call-back-first')
    await desk.does('callback', id, 'call-back', { result: 'missed' })
    expect((await desk.does('callback', id, 'close')).state).toBe('closed')
    const rating = await desk.act('callback', await rated('satisfied'), 'call-back', {
      result: 'refused',
      rating: 'satisfied',
    })
    expect([409, 422]).toContain(rating.status)
  })
})
