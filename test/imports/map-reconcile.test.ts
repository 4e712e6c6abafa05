// A newer file changes what has changed, never what was promised, closed or late; and says what it left out.
import { randomUUIDv7 } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Matter } from '../../src/matters/case.ts'
import { lateFrom, signLateFrom } from '../../src/matters/deadlines.ts'
import { clockOf, derive } from '../../src/imports/history.ts'
import type { StoredLeg } from '../../src/imports/legs.ts'
import { reconcile, type Held } from '../../src/imports/reconcile.ts'
import { snapshotOf } from '../../src/imports/snapshot.ts'
import { reconcileTouched } from '../../src/imports/touched.ts'
import { calendar, fullHeader, housing, orderOf, urban, type Cells } from './map-support.ts'

const matterId = randomUUIDv7()
const open = { repliedAt: '', calledBackAt: '', rating: '' }
const DUE = '2020-08-26T23:59:59.999+08:00'

/** When the newer file is taken in. */
const NOW = '2020-09-10T09:00:00.000+08:00'

/** What is held after a first file that was exported at `seenAt`. */
function held(cells: Cells, seenAt: string): Held {
  const order = orderOf(cells)
  const { legs } = derive(order, { matterId, legs: [], seenAt: null, now: null })
  return { matterId, snapshot: snapshotOf(order), legs: legs.map(stored), seenAt, now: NOW }
}

function stored(leg: ReturnType<typeof derive>['legs'][number]): StoredLeg {
  const blank = {
    signedAt: null,
    submittedAt: null,
    stoppedAt: null,
    outcome: null,
    provisional: false,
    extensions: 0,
    limit: null,
  }
  return { ...blank, ...leg }
}

function lay(cells: Cells, over: Held, header?: typeof fullHeader) {
  const result = reconcile(orderOf(cells, header === undefined ? {} : { header }), over, calendar, () => true)
  const history = derive(result.order, over)
  return {
    ...result,
    history,
    changedParts: result.changed.map(({ part }) => part),
    keptParts: result.kept.map(({ part, code }) => [part, code]),
  }
}

const EARLY = '2020-08-19T09:00:00.000+08:00'
const AFTER_DUE = '2020-08-28T09:00:00.000+08:00'

test('the same row again changes nothing', () => {
  const { changed, kept, history } = lay({}, held({}, AFTER_DUE))
  expect([changed, kept]).toEqual([[], []])
  const first = derive(orderOf(), { matterId, legs: [], seenAt: null, now: null })
  // The title that the matter took from its content stays with it.
  const { title, ...matter } = first.matter
  expect(title).toBe('夜间施工噪声扰民')
  expect(history).toEqual({ ...first, matter })
})

test('what happened since is taken over: signed, replied, rated', () => {
  const { changedParts, keptParts, history } = lay(
    {},
    held({ ...open, signedAt: '' }, EARLY.replace('19', '17').replace('09:', '11:')),
  )
  expect(changedParts).toEqual([
    'signedAt',
    'repliedAt',
    'acceptedAt',
    'calledBackAt',
    'callResult',
    'rating',
    'ratedAt',
  ])
  expect(keptParts).toEqual([])
  expect(history.matter).toMatchObject({ state: 'closed', lateFrom: null, firstOnTime: true })
  expect(history.legs).toMatchObject([{ no: 1, outcome: 'replied' }])
})

test('a contact before the reply is no contradiction', () => {
  const { keptParts, history } = lay({ contactedAt: '2020-08-18 10:00' }, held(open, EARLY))
  expect(keptParts).toEqual([])
  expect(history.matter).toMatchObject({ state: 'closed', contactedOnTime: true, rating: 'satisfied' })
})

test('what a file leaves blank takes nothing away, and is told where the column is there', () => {
  const { changedParts, keptParts, history } = lay(
    { ...open, topic: '' },
    held({ topic: '噪声', calledBackAt: '', rating: '' }, EARLY),
  )
  expect(changedParts).toEqual([])
  expect(keptParts).toContainEqual(['repliedAt', 'merge/vanished'])
  expect(history.matter).toMatchObject({ topic: 'environment', state: 'reviewed' })
})

describe('lateness that was known stays:', () => {
  test('an order seen open after its due cannot turn out to have been answered before it', () => {
    const { changedParts, keptParts, history } = lay({}, held(open, AFTER_DUE))
    expect(keptParts).toContainEqual(['repliedAt', 'merge/late-kept'])
    expect(changedParts).toEqual([])
    expect(history.matter).toMatchObject({ state: 'handling', lateFrom: DUE })
  })

  test('an order seen open before its due may have been answered in time', () => {
    expect(lay({}, held(open, EARLY)).history.matter).toMatchObject({ state: 'closed', firstOnTime: true })
  })

  test('an extension that appears after the due was missed is left out, the late reply is taken', () => {
    const late = {
      extensionAskedAt: '2020-08-25',
      extendedTo: '2020-09-02',
      repliedAt: '2020-09-01',
      calledBackAt: '',
      rating: '',
    }
    const { keptParts, history } = lay(late, held(open, AFTER_DUE))
    expect(keptParts).toEqual([['extension', 'merge/late-kept']])
    expect(history.matter).toMatchObject({
      lateFrom: DUE,
      firstOnTime: false,
      extendedAt: null,
      state: 'reviewed',
    })
  })

  test('a late reply cannot move into the time limit, on-time call-backs are taken', () => {
    const before = held({ repliedAt: '2020-08-28', calledBackAt: '', rating: '' }, AFTER_DUE)
    const { keptParts, changedParts, history } = lay(
      { repliedAt: '2020-08-26 10:00', calledBackAt: '2020-08-31', rating: '满意' },
      before,
    )
    expect(keptParts).toContainEqual(['repliedAt', 'merge/closed-kept'])
    expect(changedParts).toContain('rating')
    expect(history.matter).toMatchObject({ lateFrom: DUE, firstOnTime: false, rating: 'satisfied' })
  })

  test('nor can a signature that was missing after its limit', () => {
    const { keptParts, history } = lay({}, held({ ...open, signedAt: '' }, '2020-08-20T09:00:00.000+08:00'))
    expect(keptParts).toEqual([['signedAt', 'merge/late-kept']])
    expect(history.matter).toMatchObject({ signLateFrom: '2020-08-18T23:59:59.999+08:00', state: 'closed' })
  })

  test('nor can the due or the dispatch of a leg move', () => {
    const { keptParts, history } = lay(
      { ...open, dueAt: '2020-09-30', dispatchedAt: '2020-08-17 14:00' },
      held({ ...open, dueAt: '2020-08-24' }, EARLY),
    )
    expect(keptParts).toEqual([
      ['dispatchedAt', 'merge/promise-kept'],
      ['givenDueAt', 'merge/promise-kept'],
    ])
    expect(history.legs).toMatchObject([
      { dueAt: '2020-08-24T23:59:59.999+08:00', dispatchedAt: '2020-08-17T10:00:00.000+08:00' },
    ])
  })

  test('nor is an extension in time that was granted after the due which was promised, asked for nobody knows when', () => {
    const granted = { dueAt: '2020-08-31', extensionGrantedAt: '2020-08-27 09:00', extendedTo: '2020-09-02' }
    const { history } = lay(
      { ...open, ...granted },
      held({ ...open, dueAt: '2020-08-24' }, EARLY),
      fullHeader,
    )
    expect(history.matter.lateFrom).toBe('2020-08-24T23:59:59.999+08:00')
    expect(history.extensions).toHaveLength(1)
  })

  test('a withdrawal dated back does not end a leg before it was late', () => {
    const { history } = lay({ ...open, state: '已撤销' }, held(open, AFTER_DUE))
    expect(history.matter.lateFrom).toBe(DUE)
  })

  test('whatever two files say, no leg that was late as of the first is punctual after the second', () => {
    const day = fc.integer({ min: 17, max: 31 }).map((n) => `2020-08-${n}`)
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: '' as const, freq: 3 })
    const cells = fc.record({
      signedAt: maybe(day),
      repliedAt: maybe(day),
      returnedAt: fc.option(day, { nil: '', freq: 1 }),
      dueAt: maybe(day),
      extensionAskedAt: maybe(day),
      extendedTo: maybe(day),
      leadUnit: fc.constantFrom('综合执法局', '住建局'),
      state: fc.constantFrom('', '办理中', '已办结', '已撤销'),
      redoAt: maybe(day),
      redoRepliedAt: maybe(day),
    })
    const readable = cells.filter((each) => {
      try {
        return orderOf({ ...each, calledBackAt: '', rating: '' }) !== null
      } catch {
        return false
      }
    })
    fc.assert(
      fc.property(readable, readable, day, (first, second, seen) => {
        const seenAt = `${seen}T12:00:00.000+08:00`
        const before = held({ ...first, calledBackAt: '', rating: '' }, seenAt)
        const { history } = lay({ ...second, calledBackAt: '', rating: '' }, before)
        const late = (at: string | null) => at !== null && at < seenAt
        for (const leg of before.legs) {
          const after = history.legs.find(({ id }) => id === leg.id)
          expect(after).toBeDefined()
          if (after === undefined) continue
          if (late(lateFrom(leg))) expect(late(lateFrom(clockOf(after)))).toBe(true)
          if (late(signLateFrom(leg))) expect(late(signLateFrom(clockOf(after)))).toBe(true)
          if (leg.outcome !== null) expect(stored(after)).toEqual(leg)
          expect([after.dueAt, after.dispatchedAt, after.unitId]).toEqual([
            leg.dueAt,
            leg.dispatchedAt,
            leg.unitId,
          ])
        }
        expect(new Set(history.legs.map(({ no }) => no)).size).toBe(history.legs.length)
      }),
      { numRuns: 600, seed: 3 },
    )
  })
})

test('another unit takes over: the first keeps its leg until then, the second gets a new one', () => {
  const { history, changedParts } = lay(
    { ...open, leadUnit: '住建局', dispatchedAt: '2020-08-20 09:00', signedAt: '' },
    held({ ...open, signedAt: '' }, EARLY),
  )
  expect(changedParts).toEqual(['dispatchedAt', 'leadUnitId'])
  expect(history.legs).toMatchObject([
    { no: 1, unitId: urban.id, outcome: 'redispatched', stoppedAt: '2020-08-20T09:00:00.000+08:00' },
    {
      no: 2,
      unitId: housing.id,
      kind: 'redispatch',
      outcome: null,
      dispatchedAt: '2020-08-20T09:00:00.000+08:00',
    },
  ])
  expect(history.matter).toMatchObject({
    leadUnitId: housing.id,
    dispatchedAt: '2020-08-17T10:00:00.000+08:00',
  })
})

describe('a leg that has become late since the last file stays late', () => {
  const to = (more: Cells) => lay({ ...open, leadUnit: '住建局', ...more }, held(open, EARLY)).history
  const legsOf = (history: ReturnType<typeof derive>) =>
    history.legs.map((leg) => [leg.unitId, leg.outcome, leg.stoppedAt, lateFrom(clockOf(leg))])

  test('given to another unit afterwards: until then it was the first unit’s', () => {
    const history = to({ dispatchedAt: '2020-08-28 09:00', signedAt: '' })
    expect(legsOf(history)[0]).toEqual([urban.id, 'redispatched', '2020-08-28T09:00:00.000+08:00', DUE])
    expect(history.matter.lateFrom).toBe(DUE)
  })

  test('and a contact after its due is late, whatever limit the next unit has', () => {
    const next = { dispatchedAt: '2020-08-28 09:00', signedAt: '2020-08-28 10:00' }
    const contacted = (contactedAt: string) =>
      to({ ...next, contactedAt, repliedAt: '2020-08-31 10:00' }).matter.contactedOnTime
    expect(contacted('2020-08-28 11:00')).toBe(false)
    expect(contacted('2020-08-26 11:00')).toBe(true)
  })

  test('nothing of it goes to a unit that is told to have had it all along', () => {
    expect(legsOf(to({}))).toEqual([
      [urban.id, 'redispatched', NOW, DUE],
      [housing.id, null, null, DUE],
    ])
    expect(legsOf(to({ state: '已撤销' }))).toEqual([
      [urban.id, 'redispatched', NOW, DUE],
      [housing.id, 'terminated', NOW, DUE],
    ])
  })

  test('but is not late when another unit answered in time', () => {
    const answered = '2020-08-20T16:00:00.000+08:00'
    expect(legsOf(to({ repliedAt: '2020-08-20 16:00' }))).toEqual([
      [urban.id, 'redispatched', answered, null],
      [housing.id, 'replied', answered, null],
    ])
  })

  test('a co-handling unit that is no longer told of held it until the answer, or until now', () => {
    const before = held({ ...open, coUnits: '住建局' }, EARLY)
    const left = (cells: Cells) => {
      const { legs } = lay({ ...open, coUnits: '东坝街道', ...cells }, before).history
      return legs.find(({ unitId }) => unitId === housing.id)
    }
    expect(left({})).toMatchObject({ outcome: 'redispatched', stoppedAt: NOW })
    expect(left({ repliedAt: '2020-08-20 16:00' })).toMatchObject({
      stoppedAt: '2020-08-20T16:00:00.000+08:00',
    })
  })

  test('withdrawn without a moment: it was there until now, and still is in later files', () => {
    const before = held({ ...open, coUnits: '住建局' }, EARLY)
    const { history, order, keptParts } = lay({ ...open, state: '已撤销' }, before)
    expect(keptParts).toEqual([['coUnitIds', 'merge/vanished']])
    expect(history.legs).toMatchObject([
      { role: 'lead', outcome: 'terminated', stoppedAt: NOW },
      { role: 'co', outcome: 'terminated', stoppedAt: NOW },
    ])
    const ended = { state: 'terminated', lateFrom: DUE, endedAt: NOW, withdrawnAt: NOW }
    expect(history.matter).toMatchObject(ended)
    const next = { ...before, snapshot: snapshotOf(order), legs: history.legs.map(stored) }
    const later = { ...next, now: '2020-10-10T09:00:00.000+08:00' }
    expect(lay({ ...open, state: '已撤销', title: '另一标题' }, later).history.matter).toMatchObject(ended)
  })

  test('a redo that is over ended with the call that followed, or now', () => {
    const redone = { rating: '不满意', calledBackAt: '2020-08-21 10:00', redoAt: '2020-08-24 09:00' }
    const before = held(redone, '2020-08-24T09:00:00.000+08:00')
    const redo = (cells: Cells) => lay({ ...redone, state: '已办结', ...cells }, before).history.legs[1]
    expect(redo({})).toMatchObject({ kind: 'redo', outcome: 'terminated', stoppedAt: NOW })
    expect(redo({ calledBackAt: '2020-08-26 10:00' })).toMatchObject({
      stoppedAt: '2020-08-26T10:00:00.000+08:00',
    })
  })
})

describe('a unit that gets the order after another', () => {
  const taken = { ...open, leadUnit: '住建局', dispatchedAt: '2020-08-20 09:00', signedAt: '' }

  test('has neither signed nor answered by what the first had done', () => {
    const before = held({ repliedAt: '2020-08-19 10:00', calledBackAt: '', rating: '' }, EARLY)
    const legs = before.legs.map((leg) => ({ ...leg, stoppedAt: null, outcome: null }))
    const waiting = { ...before, legs, snapshot: { ...before.snapshot, acceptedAt: null } }
    const { history } = lay(taken, waiting)
    expect(history.matter).toMatchObject({ state: 'assigned', leadUnitId: housing.id, submittedAt: null })
    expect(history.legs).toMatchObject([
      { unitId: urban.id, outcome: 'redispatched', stoppedAt: '2020-08-19T10:00:00.000+08:00' },
      { unitId: housing.id, signedAt: null, submittedAt: null, stoppedAt: null, outcome: null },
    ])
  })

  test('nor after a return', () => {
    const before = held({ ...open, returnedAt: '2020-08-18 10:00' }, EARLY)
    const { history } = lay({ ...taken, returnedAt: '2020-08-18 10:00' }, before)
    expect(history.matter).toMatchObject({ state: 'assigned', returns: 1 })
    expect(history.legs).toMatchObject([{ outcome: 'returned' }, { unitId: housing.id, signedAt: null }])
  })

  test('has no more time by what was granted to the first, which counts as extended', () => {
    const extended = { extensionAskedAt: '2020-08-19', extendedTo: '2020-09-30' }
    const { history } = lay(taken, held({ ...open, ...extended }, EARLY))
    const due = '2020-08-31T23:59:59.999+08:00'
    expect(history.legs[1]).toMatchObject({ unitId: housing.id, effectiveDueAt: due, extensions: 0 })
    expect(history.matter.extendedAt).toContain('2020-08-19')
  })
})

test('a file from before the order went to another unit does not bring it back, nor the signature of the first', () => {
  const before = { ...open, signedAt: '2020-08-17 12:00', state: '办理中' }
  const second = {
    ...open,
    leadUnit: '住建局',
    dispatchedAt: '2020-08-20 09:00',
    signedAt: '',
    state: '已派单',
  }
  const first = held(before, EARLY)
  const { order, history } = lay(second, first)
  const newer = { ...first, snapshot: snapshotOf(order), legs: history.legs.map(stored) }
  const { changedParts, history: after } = lay(before, newer)
  expect(changedParts).toEqual([])
  expect(after.legs).toEqual(history.legs)
  expect(after.matter).toMatchObject({ state: 'assigned', leadUnitId: housing.id })
})

describe('an order that the platform withdrew and handles again', () => {
  const withdrawn = () => {
    const before = held({ ...open, coUnits: '住建局' }, EARLY)
    const { history, order } = lay({ ...open, coUnits: '住建局', state: '已撤销' }, before)
    return { ...before, snapshot: snapshotOf(order), legs: history.legs.map(stored) }
  }

  test('goes on as new legs that run, and stays late by the first', () => {
    const { history, keptParts } = lay({ ...open, coUnits: '住建局', state: '办理中' }, withdrawn())
    expect(keptParts).toEqual([])
    expect(history.matter).toMatchObject({ state: 'handling', lateFrom: DUE, dueAt: DUE, withdrawnAt: null })
    expect(history.legs).toMatchObject([
      { no: 1, role: 'lead', outcome: 'terminated', stoppedAt: NOW },
      { no: 2, role: 'co', outcome: 'terminated', stoppedAt: NOW },
      { no: 3, role: 'lead', unitId: urban.id, outcome: null, effectiveDueAt: DUE },
      { no: 4, role: 'co', unitId: housing.id, outcome: null },
    ])
  })

  test('dispatched anew, to the same unit or another, it is to be signed and answered anew', () => {
    for (const leadUnit of ['综合执法局', '东坝街道']) {
      const again = { ...open, leadUnit, dispatchedAt: '2020-08-28 09:00', signedAt: '', state: '已派单' }
      const { history } = lay(again, withdrawn())
      expect(history.matter).toMatchObject({ state: 'assigned', lateFrom: DUE })
      expect(history.legs.findLast(({ role }) => role === 'lead')).toMatchObject({
        dispatchedAt: '2020-08-28T09:00:00.000+08:00',
        ...{ signedAt: null, outcome: null },
      })
    }
  })

  test('answered late since, it is late', () => {
    const { history } = lay({ ...open, repliedAt: '2020-08-28', state: '已办结' }, withdrawn())
    expect(history.matter).toMatchObject({ state: 'closed', firstOnTime: false })
    expect(history.legs.filter(({ outcome }) => outcome === 'replied')).toHaveLength(1)
  })
})

test('differences carry no free text, only its digest', () => {
  const { changed } = lay({ content: '另一段内容' }, held({}, EARLY))
  expect(changed).toMatchObject([{ part: 'content' }])
  expect(JSON.stringify(changed)).not.toMatch(/内容|噪声/)
})

describe('a matter that people here have handled', () => {
  const order = orderOf(open)
  const matter = (more: Partial<Matter>) =>
    ({
      id: matterId,
      title: order.title,
      content: order.content,
      category: 'help',
      topic: 'other',
      regionCode: null,
      missedCalls: 0,
      confidential: false,
      accusedUnitIds: [],
      ...more,
    }) as Matter
  const local = {
    state: 'handling',
    signedAt: '2020-08-17T15:00:00.000+08:00',
    leadUnitId: urban.id,
    dueAt: DUE,
  } as const

  test('takes what nobody here has changed, and refuses what belongs to our own acts', () => {
    const next = orderOf({
      ...open,
      content: '补充:每晚十点后',
      signedAt: '2020-08-17 16:00',
      extensionAskedAt: '2020-08-20',
      extendedTo: '2020-09-02',
    })
    const { patch, changed, kept } = reconcileTouched(next, snapshotOf(order), matter(local), () => true)
    expect(changed.map(({ part }) => part)).toEqual(['content'])
    expect(patch).toMatchObject({ content: '补充:每晚十点后' })
    expect(kept.map(({ part }) => part)).toEqual(['signedAt', 'extension'])
  })

  test('keeps a title that was corrected here', () => {
    const next = orderOf({ ...open, title: '平台新标题' })
    const { patch, kept } = reconcileTouched(
      next,
      snapshotOf(order),
      matter({ ...local, title: '本局更正的标题' }),
      () => true,
    )
    expect(patch).toEqual({ confidential: false, accusedUnitIds: [] })
    expect(kept).toMatchObject([{ part: 'title', code: 'merge/touched' }])
  })

  test('protects from now on whom the platform says to protect', () => {
    const next = orderOf({ ...open, confidential: '是', accused: '住建局' })
    const { patch, kept } = reconcileTouched(next, snapshotOf(order), matter(local), () => true)
    expect(patch).toEqual({ confidential: true, accusedUnitIds: [housing.id] })
    expect(kept).toEqual([])
  })

  test('takes the platform’s call-back where it is awaited', () => {
    const next = orderOf({ calledBackAt: '2020-08-22 10:00', rating: '不满意' })
    const reviewed = matter({
      ...local,
      state: 'reviewed',
      firstRepliedAt: '2020-08-20T16:00:00.000+08:00',
      firstAcceptedAt: '2020-08-20T17:00:00.000+08:00',
    })
    const { patch, callBacks, kept } = reconcileTouched(next, snapshotOf(order), reviewed, () => true)
    expect(patch).toMatchObject({ state: 'rated', rating: 'dissatisfied', callResult: 'reached' })
    expect(callBacks).toHaveLength(1)
    expect(kept.map(({ part }) => part)).toEqual(['acceptedAt'])
  })
})
