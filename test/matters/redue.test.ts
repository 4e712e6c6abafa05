// A calendar year that is published or amended moves the open deadlines that it changes, and nothing else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DayKind } from '../../src/calendar/days.ts'
import { listDays, readCalendar } from '../../src/calendar/queries.ts'
import { moveDues } from '../../src/matters/due-moves.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { plausible2027 } from '../calendar/years-to-come.ts'
import { openImportDesk, row } from '../imports/import-desk.ts'
import { bring } from './scenes.ts'
import { redue } from '../../workers/redue.ts'
import { runWaiting, waitingFor } from './waiting.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
let publisher: { id: string }
beforeAll(async () => {
  desk = await openImportDesk()
  publisher = await desk.account(['system-admin'])
})
afterAll(() => desk.close())

interface Clocks {
  id: string
  no: string
  role: string
  signDueAt: string
  dueAt: string
  effectiveDueAt: string
  provisional: boolean
  outcome: string | null
  lateFrom: string | null
  marked: boolean
}
const clocksOf = (id: string) =>
  desk.deps.db.query<Clocks>(
    {
      name: 'test.clocks',
      text: `select l.id, m.no, l.role, l.sign_due_at as "signDueAt", l.due_at as "dueAt",
         l.effective_due_at as "effectiveDueAt", l.provisional, l.outcome, l.late_from as "lateFrom",
         coalesce(l.warned_at, l.red_at, l.overdue_at) is not null as marked
       from legs l join matters m on m.id = l.matter_id where $1::uuid is null or m.id = $1 order by l.matter_id, l.no`,
    },
    [id === '' ? null : id],
  )
const everyClock = () => clocksOf('')
/** The day on which the last leg of a matter is due. */
const dueOf = async (id: string) => (await clocksOf(id)).at(-1)?.effectiveDueAt.slice(0, 10)

const idOf = async (externalNo: string) => (await desk.matter(externalNo)).id
const dispatched = async (given: Record<string, unknown> = {}) =>
  (await desk.register({ dispatch: { leadUnitId: desk.township }, ...given })).id
const replied = () => ({ ...desk.answer, contactedAt: desk.clock.now() })

/** Forward to the opening of a day. */
function on(day: string): void {
  const days = (Date.parse(day) - Date.parse(desk.clock.now().slice(0, 10))) / 86_400_000
  if (days < 0) throw new Error(`${day} has passed`)
  desk.clock.forward({ days })
}

/** The notice that makes these days what is told and leaves the rest of the year. */
async function notice(given: Record<string, DayKind>): Promise<object> {
  const year = Number(Object.keys(given)[0]?.slice(0, 4))
  const standing = await listDays(desk.deps.db, year)
  // 2020 would otherwise lose too many working days for one year: they are made up for long before any matter here.
  const spare = standing
    .filter(({ day, kind }) => kind === 'restday' && day < '2020-07-01')
    .map(({ day }) => day)
  const madeUp = spare.slice(0, Object.keys(given).length).map((day) => [day, 'makeup' as const])
  const changes: Record<string, DayKind> = { ...Object.fromEntries(madeUp), ...given }
  const arranged = standing.map(({ day, kind, name }) => ({
    ...{ day, kind: changes[day] ?? kind },
    name: name ?? '临时安排',
  }))
  const named = (kind: DayKind) =>
    arranged.filter((one) => one.kind === kind).map(({ day, name }) => ({ day, name }))
  const source = `${Object.keys(given).join('、')} 通知`
  return { year, source, holidays: named('holiday'), makeups: named('makeup') }
}

type Moves = {
  matterNo: string
  deadline: 'sign' | 'reply'
  kind: string
  oldDue: string
  newDue: string
  turns: 'late' | 'punctual' | null
}[]
const publish = (body: object) => desk.call(publisher, 'POST', '/api/calendar/years', body)
const follow = () => runWaiting(desk, 'redue')

/** Previews, publishes, lets the job run, and holds the one against the other. */
async function amend(body: object): Promise<Moves> {
  const preview = await publish({ ...body, dryRun: true })
  expect(preview.status, `told ${JSON.stringify(preview.body)}`).toBe(200)
  const before = await everyClock()
  expect((await publish(body)).status).toBe(200)
  expect(await everyClock()).toEqual(before)
  await follow()
  const after = new Map((await everyClock()).map((leg) => [leg.id, leg]))
  const applied = before.flatMap((leg) => {
    const now = after.get(leg.id)
    return [
      { matterNo: leg.no, deadline: 'sign', oldDue: leg.signDueAt, newDue: now?.signDueAt },
      { matterNo: leg.no, deadline: 'reply', oldDue: leg.effectiveDueAt, newDue: now?.effectiveDueAt },
    ].filter(({ oldDue, newDue }) => oldDue !== newDue)
  })
  const moves = preview.body['moves'] as Moves
  const sorted = (list: object[]) => list.map((each) => JSON.stringify(each)).toSorted()
  const spoken = moves.map(({ matterNo, deadline, oldDue, newDue }) => ({
    matterNo,
    deadline,
    oldDue,
    newDue,
  }))
  expect(sorted(applied)).toEqual(sorted(spoken))
  expect(preview.body['movesTotal']).toBe(moves.length)
  return moves
}

const timeline = async (id: string) =>
  (
    (await desk.open('leader', id)).body['timeline'] as { type: string; data: Record<string, unknown> }[]
  ).filter(({ type }) => type === 'matter.due-moved')
const verified = async () => (await verifyChains(desk.deps.db, desk.deps.vault, provable)).findings

describe('amending a published year', () => {
  it('moves open deadlines by the day that was taken out, and tells old and new', async () => {
    // A Friday; seven working days end on the 22nd.
    on('2020-09-11')
    const id = await dispatched()
    const soon = await dispatched({ category: 'consult' })
    const { no } = (await desk.open('leader', id)).body
    const moves = await amend(await notice({ '2020-09-17': 'holiday' }))
    expect(moves).toEqual([
      {
        ...{ matterNo: no, deadline: 'reply', kind: 'dispatch', turns: null },
        ...{ oldDue: '2020-09-22T23:59:59.999+08:00', newDue: '2020-09-23T23:59:59.999+08:00' },
      },
    ])
    expect(await dueOf(id)).toBe('2020-09-23')
    expect(await dueOf(soon)).toBe('2020-09-16')
    expect((await desk.row(id)).dueAt).toBe('2020-09-23T23:59:59.999+08:00')
    expect((await clocksOf(id))[0]?.dueAt).toBe('2020-09-22T23:59:59.999+08:00')
    const told = await timeline(id)
    expect(told).toHaveLength(1)
    expect(told[0]?.data).toMatchObject({
      oldDueAt: '2020-09-22T23:59:59.999+08:00',
      newDueAt: '2020-09-23T23:59:59.999+08:00',
    })
    expect(await timeline(soon)).toEqual([])
    await follow()
    expect(await timeline(id)).toHaveLength(1)
    expect(await verified()).toEqual([])
    // A preview says which of them would become late by it, and which would be late no more.
    const turned = async (day: string, given: Record<string, DayKind>) => {
      on(day)
      const { body } = await publish({ ...(await notice(given)), dryRun: true })
      const move = (body['moves'] as Moves).find((each) => each.matterNo === no && each.deadline === 'reply')
      return move?.turns
    }
    expect(await turned('2020-09-23', { '2020-09-19': 'makeup' })).toBe('late')
    expect(await turned('2020-09-24', { '2020-09-18': 'holiday' })).toBe('punctual')
  })

  it('lays granted extensions on again, also those of a leg that undoing a merge reopened', async () => {
    // A Friday before a working Saturday; due on the 19th, three days more are the 22nd.
    on('2020-10-09')
    const extended = async () => {
      const id = await dispatched()
      await desk.does('liaison', id, 'sign')
      await desk.does('liaison', id, 'ask-extension', { workdays: 3, reason: '需要第三方检测' })
      await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
      return id
    }
    const [plain, merged] = [await extended(), await extended()]
    const target = await dispatched({ category: 'consult' })
    await desk.does('dispatcher', merged, 'merge', { intoId: target, reason: '同一事项' })
    await desk.does('dispatcher', merged, 'unmerge', { reason: '并非同一事项' })
    expect([await dueOf(plain), await dueOf(merged)]).toEqual(['2020-10-22', '2020-10-22'])
    await amend(await notice({ '2020-10-21': 'holiday' }))
    expect([await dueOf(plain), await dueOf(merged)]).toEqual(['2020-10-23', '2020-10-23'])
    await amend(await notice({ '2020-10-15': 'holiday' }))
    expect([await dueOf(plain), await dueOf(merged)]).toEqual(['2020-10-26', '2020-10-26'])
    const [closed] = await clocksOf(merged)
    expect(closed).toMatchObject({ outcome: 'merged', effectiveDueAt: '2020-10-22T23:59:59.999+08:00' })
  })

  it('moves what was merged when the year came, as soon as the merge is undone', async () => {
    // A Friday; due on the 3rd of November, two days more are the 5th.
    on('2020-10-23')
    const extended = async () => {
      const id = await dispatched()
      await desk.does('liaison', id, 'sign')
      await desk.does('liaison', id, 'ask-extension', { workdays: 2, reason: '需要第三方检测' })
      await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
      return id
    }
    const [plain, merged] = [await extended(), await extended()]
    await desk.does('dispatcher', merged, 'merge', { intoId: await dispatched(), reason: '同一事项' })
    await amend(await notice({ '2020-10-28': 'holiday' }))
    const { dueAt } = await desk.does('dispatcher', merged, 'unmerge', { reason: '并非同一事项' })
    expect([await dueOf(plain), await dueOf(merged)]).toEqual(['2020-11-06', '2020-11-06'])
    expect(dueAt.slice(0, 10)).toBe('2020-11-06')
  })

  it('grants an extension that was asked before from where the due time is now', async () => {
    // A Friday; due on the 17th.
    on('2020-11-06')
    const id = await dispatched()
    await desk.does('liaison', id, 'sign')
    await desk.does('liaison', id, 'ask-extension', { workdays: 2, reason: '需要第三方检测' })
    await amend(await notice({ '2020-11-12': 'holiday' }))
    expect(await dueOf(id)).toBe('2020-11-18')
    await desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
    expect(await dueOf(id)).toBe('2020-11-20')
    expect(await amend(await notice({ '2020-11-30': 'holiday' }))).toEqual([])
  })

  it('moves what is left to sign, and leaves what was signed; hours of the clock stand still until they are extended', async () => {
    // A Friday: to be signed on Monday.
    on('2020-12-04')
    const [unsigned, signed] = [await dispatched(), await dispatched()]
    await desk.does('liaison', signed, 'sign')
    const urgent = await dispatched({ urgency: 'urgent' })
    const prolonged = await dispatched({ urgency: 'urgent' })
    await desk.does('liaison', prolonged, 'sign')
    await desk.does('liaison', prolonged, 'ask-extension', { workdays: 1, reason: '需要第三方检测' })
    await desk.does('reviewer', prolonged, 'grant-extension', { callerToldAt: desk.clock.now() })
    expect(await dueOf(prolonged)).toBe('2020-12-07')
    await amend(await notice({ '2020-12-07': 'holiday' }))
    const signDue = async (id: string) => (await clocksOf(id))[0]?.signDueAt.slice(0, 10)
    expect([await signDue(unsigned), await signDue(signed)]).toEqual(['2020-12-08', '2020-12-07'])
    expect([await dueOf(unsigned), await dueOf(signed)]).toEqual(['2020-12-16', '2020-12-16'])
    expect([await dueOf(urgent), await dueOf(prolonged)]).toEqual(['2020-12-05', '2020-12-08'])
    const [row] = await desk.deps.db.query<{ sign: string; late: string; lead: string }>(
      {
        name: 'test.sign',
        text: 'select sign_due_at as sign, sign_late_from as late, lead_sign_late_from as lead from matters where id = $1',
      },
      [unsigned],
    )
    const due = '2020-12-08T23:59:59.999+08:00'
    expect(row).toEqual({ sign: due, late: due, lead: due })
  })

  it('leaves closed legs and what another matter hastened, and every co-handling leg follows on its own', async () => {
    // A Monday.
    on('2021-01-04')
    const co = (await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })).id
    const early = await dispatched({ category: 'consult' })
    const hastened = await dispatched()
    await desk.does('dispatcher', early, 'merge', { intoId: hastened, reason: '同一诉求人同一事项' })
    const answered = await dispatched()
    await desk.does('liaison', answered, 'sign')
    await desk.does('liaison', answered, 'reply', replied())
    await desk.does('reviewer', answered, 'approve')
    const returned = await dispatched()
    await desk.does('liaison', returned, 'ask-return', { reason: '不属于本单位职责' })
    await desk.does('dispatcher', returned, 'grant-return')
    const ended = await bring(desk, 'terminated')
    const still = [hastened, early, answered, returned, ended]
    const before = await Promise.all(still.map(clocksOf))
    const moves = await amend(await notice({ '2021-01-06': 'holiday' }))
    expect(await Promise.all(still.map(clocksOf))).toEqual(before)
    expect(await dueOf(hastened)).toBe('2021-01-07')
    expect((await clocksOf(co)).map((leg) => leg.effectiveDueAt.slice(0, 10))).toEqual([
      '2021-01-14',
      '2021-01-13',
    ])
    expect(await timeline(co)).toHaveLength(2)
    const { no } = (await desk.open('leader', co)).body
    expect(moves.filter((move) => move.matterNo === no)).toHaveLength(2)
    expect(await verified()).toEqual([])
  })

  it('undoes a lateness that the new calendar knows nothing of, and warns anew', async () => {
    // A Monday; three working days end on Thursday the 4th.
    on('2021-03-01')
    const id = await dispatched({ category: 'consult' })
    const sweep = async () => {
      while ((await desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))) > 0);
    }
    on('2021-03-06')
    await sweep()
    expect((await desk.row(id)).lateFrom).toBe('2021-03-04T23:59:59.999+08:00')
    expect((await desk.open('leader', id)).body['overdue']).toBe(true)
    await amend(await notice({ '2021-03-03': 'holiday', '2021-03-04': 'holiday' }))
    expect(await clocksOf(id)).toMatchObject([
      { effectiveDueAt: '2021-03-08T23:59:59.999+08:00', marked: false },
    ])
    expect((await desk.row(id)).lateFrom).toBe('2021-03-08T23:59:59.999+08:00')
    expect((await desk.open('leader', id)).body['overdue']).toBe(false)
    on('2021-03-10')
    await sweep()
    expect((await desk.events(id)).filter((type) => type === 'matter.overdue')).toHaveLength(2)
    expect(await verified()).toEqual([])
  })

  it('draws no due time in behind a reply that waits for its review', async () => {
    // A Monday; due on the 14th, the reply comes on the last day.
    on('2021-04-06')
    const [waiting, running] = [await dispatched(), await dispatched()]
    await amend(await notice({ '2021-04-12': 'holiday' }))
    expect([await dueOf(waiting), await dueOf(running)]).toEqual(['2021-04-16', '2021-04-16'])
    on('2021-04-16')
    await desk.does('liaison', waiting, 'sign')
    await desk.does('liaison', waiting, 'reply', replied())
    await amend(await notice({ '2021-04-12': 'workday' }))
    expect([await dueOf(waiting), await dueOf(running)]).toEqual(['2021-04-16', '2021-04-15'])
    await desk.does('reviewer', waiting, 'approve')
    expect((await desk.row(waiting)).firstOnTime).toBe(true)
  })

  it('goes page by page, and begins again after a page that failed, to the same end', async () => {
    on('2021-06-01')
    const ids = []
    for (let i = 0; i < 11; i++) ids.push(await dispatched())
    const calls = await notice({ '2021-06-08': 'holiday' })
    const { moves } = (await publish({ ...calls, dryRun: true })).body as unknown as { moves: Moves }
    expect(moves.length).toBeGreaterThanOrEqual(11)
    await publish(calls)
    const page = (after: string | undefined, fails = false) =>
      desk.deps.db.transaction(async (tx) => {
        const next = await moveDues(tx, after, 4)
        if (fails) throw new Error('lost')
        return next
      })
    const second = await page(undefined)
    await expect(page(second ?? undefined, true)).rejects.toThrow('lost')
    let pages = 0
    for (let after: string | null | undefined; after !== null; pages++) after = await page(after)
    expect(pages).toBeGreaterThanOrEqual(3)
    for (const id of ids) {
      expect(await dueOf(id)).toBe('2021-06-11')
      expect(await timeline(id)).toHaveLength(1)
    }
    await follow()
    for (const id of ids) expect(await timeline(id)).toHaveLength(1)
    expect(await verified()).toEqual([])
  })

  it('undoes nothing of a newer publication by a run that began before it', async () => {
    // A Tuesday; due on the 8th of July.
    on('2021-06-29')
    const id = await dispatched()
    await publish(await notice({ '2021-07-01': 'holiday' }))
    const [older] = await waitingFor(desk, 'redue')
    const { db } = desk.deps
    let begun = 0
    const transaction: typeof db.transaction = async (work) => {
      // The first says that the job runs; the newer year comes before its first page.
      if (++begun === 2) {
        await publish(await notice({ '2021-07-01': 'workday' }))
        await redue(desk.deps, {
          eventIds: (await waitingFor(desk, 'redue')).filter((each) => each !== older),
        })
        expect(await dueOf(id)).toBe('2021-07-08')
      }
      return db.transaction(work)
    }
    await redue({ ...desk.deps, db: { ...db, transaction } }, { eventIds: [older] })
    expect(begun).toBeGreaterThanOrEqual(2)
    expect(await waitingFor(desk, 'redue')).toEqual([])
    expect(await dueOf(id)).toBe('2021-07-08')
  })

  it('carries nothing past the deadline of a superior that was later than the limit', async () => {
    // A Monday; due on the 14th.
    on('2021-07-05')
    const upstreamDueAt = '2021-07-15T12:00:00.000+08:00'
    const bound = await dispatched({ source: 'upper', upstreamDueAt })
    const plain = await dispatched()
    expect([await dueOf(bound), await dueOf(plain)]).toEqual(['2021-07-14', '2021-07-14'])
    await amend(await notice({ '2021-07-07': 'holiday' }))
    expect((await clocksOf(plain))[0]?.effectiveDueAt).toBe('2021-07-15T23:59:59.999+08:00')
    expect((await clocksOf(bound))[0]?.effectiveDueAt).toBe(upstreamDueAt)
    await amend(await notice({ '2021-07-07': 'workday' }))
    expect([await dueOf(bound), await dueOf(plain)]).toEqual(['2021-07-14', '2021-07-14'])
  })

  it('moves the signing of what others have fixed the due time of, unless the platform fixed it too', async () => {
    // A Friday: to be signed on Monday.
    on('2021-07-16')
    const superiors = await dispatched({ source: 'upper', upstreamDueAt: '2021-07-21T12:00:00.000+08:00' })
    const soon = await dispatched({ source: 'upper', upstreamDueAt: '2021-07-20T12:00:00.000+08:00' })
    const times = { receivedAt: '2021-07-16 00:10', dispatchedAt: '2021-07-16 00:20', signedAt: '' }
    const granted = { extensionAskedAt: '2021-07-16 00:30', extensionGrantedAt: '2021-07-16 00:40' }
    await desk.take([
      row('R-0011', times),
      row('R-0012', { ...times, dueAt: '2021-08-11' }),
      row('R-0013', { ...times, ...granted, extendedTo: '2021-08-10' }),
      row('R-0014', { ...times, signDueAt: '2021-07-19' }),
      row('R-0015', { ...times, urgency: '紧急', dueAt: '2021-08-11' }),
    ])
    await desk.take([row('R-0015', { ...times, urgency: '普通', dueAt: '2021-08-11' })])
    const imported = await Promise.all([1, 2, 3, 4, 5].map((n) => idOf(`R-001${n}`)))
    const ids = [superiors, soon, ...imported]
    const signs = async () =>
      (await Promise.all(ids.map(clocksOf))).map(([leg]) => leg?.signDueAt.slice(8, 16).replace('T', ' '))
    const before = ['19 23:59', '19 23:59', '19 23:59', '19 23:59', '19 23:59', '19 23:59', '16 11:00']
    expect(await signs()).toEqual(before)
    const dues = await Promise.all(ids.slice(3, 5).map(dueOf))
    await amend(await notice({ '2021-07-19': 'holiday' }))
    expect(await signs()).toEqual([
      '20 23:59',
      '20 12:00',
      ...['20 23:59', '20 23:59', '20 23:59', '19 23:59', '16 11:00'],
    ])
    expect(await Promise.all(ids.slice(3, 5).map(dueOf))).toEqual(dues)
    await amend(await notice({ '2021-07-19': 'workday' }))
    expect(await signs()).toEqual(before)
  })

  it('moves imported orders, also those that our own desk extended, and leaves what the platform fixed', async () => {
    // A Sunday: dispatched on Friday, due on the 3rd of August.
    on('2021-07-25')
    const times = {
      receivedAt: '2021-07-23 09:00',
      dispatchedAt: '2021-07-23 10:00',
      signedAt: '2021-07-23 11:00',
    }
    const granted = { extensionAskedAt: '2021-07-23 12:00', extensionGrantedAt: '2021-07-23 13:00' }
    await desk.take([
      row('R-0001', times),
      row('R-0002', times),
      row('R-0003', { ...times, ...granted, extendedTo: '2021-08-10' }),
      row('R-0004', { ...times, dueAt: '2021-08-11' }),
    ])
    const ids = await Promise.all(['R-0001', 'R-0002', 'R-0003', 'R-0004'].map(idOf))
    const own = ids[1] ?? ''
    await desk.does('liaison', own, 'ask-extension', { workdays: 2, reason: '需要第三方检测' })
    await desk.does('reviewer', own, 'grant-extension', { callerToldAt: desk.clock.now() })
    const dues = () => Promise.all(ids.map(dueOf))
    expect(await dues()).toEqual(['2021-08-03', '2021-08-05', '2021-08-10', '2021-08-11'])
    await amend(await notice({ '2021-07-29': 'holiday' }))
    expect(await dues()).toEqual(['2021-08-04', '2021-08-06', '2021-08-10', '2021-08-11'])
    await amend(await notice({ '2021-07-29': 'workday' }))
    expect(await dues()).toEqual(['2021-08-03', '2021-08-05', '2021-08-10', '2021-08-11'])
  })
})

describe('a year that is not published yet', () => {
  const provisional = async (id: string) => {
    const [leg] = await clocksOf(id)
    const { body } = await desk.open('leader', id)
    expect(body['provisional']).toBe(leg?.provisional)
    return leg?.provisional
  }

  it('makes deadlines in it provisional until it is, whether they move or not', async () => {
    on('2026-12-28')
    const thisYear = await dispatched({ category: 'consult' })
    const stays = await dispatched()
    const urgent = await dispatched({ urgency: 'urgent' })
    const prolonged = await dispatched({ category: 'consult' })
    await desk.does('liaison', prolonged, 'sign')
    await desk.does('liaison', prolonged, 'ask-extension', { workdays: 2, reason: '需要第三方检测' })
    await desk.does('reviewer', prolonged, 'grant-extension', { callerToldAt: desk.clock.now() })
    expect([await dueOf(thisYear), await dueOf(stays)]).toEqual(['2026-12-31', '2027-01-07'])
    expect([await provisional(thisYear), await provisional(urgent)]).toEqual([false, false])
    expect([await provisional(stays), await provisional(prolonged)]).toEqual([true, true])
    on('2027-01-29')
    const moves = await dispatched()
    expect([await dueOf(moves), await provisional(moves)]).toEqual(['2027-02-09', true])

    const { no } = (await desk.open('leader', moves)).body
    const moved = await amend(plausible2027())
    expect(moved.filter((move) => move.matterNo === no)).toMatchObject([
      { matterNo: no, oldDue: '2027-02-09T23:59:59.999+08:00', newDue: '2027-02-17T23:59:59.999+08:00' },
    ])
    for (const id of [thisYear, stays, urgent, prolonged, moves]) expect(await provisional(id)).toBe(false)
    expect(await dueOf(stays)).toBe('2027-01-07')
    expect(await timeline(stays)).toEqual([])
    expect(await verified()).toEqual([])
  })

  it('says so in the list', async () => {
    on('2027-12-27')
    const id = await dispatched()
    const list = await desk.call('liaison', 'GET', '/api/matters?mine=lead&limit=100')
    const found = (list.body['items'] as { id: string; provisional: boolean }[]).find(
      (item) => item.id === id,
    )
    expect(found?.provisional).toBe(true)
  })
})
