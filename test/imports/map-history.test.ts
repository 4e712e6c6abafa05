// What an order becomes here: legs and columns as our own acts would have left them; lateness as it was.
import { randomUUIDv7 } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { derive } from '../../src/imports/history.ts'
import { childId } from '../../src/imports/ids.ts'
import { dongba, fullHeader, housing, orderOf, urban, type Cells } from './map-support.ts'

const matterId = randomUUIDv7()
const history = (cells: Cells = {}, header?: typeof fullHeader) =>
  derive(orderOf(cells, header === undefined ? {} : { header }), {
    matterId,
    legs: [],
    seenAt: null,
    now: null,
  })

const DUE = '2020-08-26T23:59:59.999+08:00'
const open = { repliedAt: '', calledBackAt: '', rating: '' }

describe('the state follows from the times', () => {
  test.each<[string, Cells, string]>([
    ['not dispatched', { ...open, dispatchedAt: '', leadUnit: '', signedAt: '' }, 'registered'],
    ['dispatched', { ...open, signedAt: '' }, 'assigned'],
    ['signed', open, 'handling'],
    ['replied', { calledBackAt: '', rating: '' }, 'reviewed'],
    ['replied, archived by the platform', { calledBackAt: '', rating: '', state: '已归档' }, 'archived'],
    ['called in vain', { rating: '', callResult: '无人接听' }, 'reviewed'],
    [
      'called in vain, closed by the platform',
      { rating: '', callResult: '无人接听', state: '已办结' },
      'closed',
    ],
    ['rated', {}, 'closed'],
    ['archived', { state: '已归档' }, 'archived'],
    ['not content, screening underway', { rating: '不满意', state: '甄别中' }, 'rated'],
    ['not content, closed', { rating: '不满意' }, 'closed'],
    ['screened out', { rating: '不满意', screening: '成立', state: '已回访' }, 'closed'],
    ['returned', { ...open, signedAt: '', returnedAt: '2020-08-18' }, 'registered'],
    ['being redone', { rating: '不满意', redoAt: '2020-08-24 09:00' }, 'handling'],
    [
      'redone, not called again',
      { rating: '不满意', redoAt: '2020-08-24 09:00', redoRepliedAt: '2020-08-26 09:00' },
      'reviewed',
    ],
    ['withdrawn', { ...open, state: '已撤销' }, 'terminated'],
    [
      'answered at the desk',
      { dispatchedAt: '', leadUnit: '', signedAt: '', repliedAt: '2020-08-17 11:00' },
      'closed',
    ],
  ])('%s', (_what, cells, state) => {
    expect(history(cells).matter.state).toBe(state)
  })

  test('a reply that the platform has not reviewed waits for review', () => {
    const { matter, legs } = history({ calledBackAt: '', rating: '' }, fullHeader)
    expect(matter).toMatchObject({
      state: 'replied',
      submittedAt: expect.stringContaining('2020-08-20'),
      firstRepliedAt: null,
    })
    expect(legs[0]).toMatchObject({ outcome: null, stoppedAt: null })
  })
})

test('an order answered in time leaves what our own acts would have left', () => {
  const { matter, legs, replies, callBacks } = history()
  expect(matter).toMatchObject({
    leadUnitId: urban.id,
    leadLegId: legs[0]?.id,
    unitIds: [urban.id],
    dispatchedAt: '2020-08-17T10:00:00.000+08:00',
    signDueAt: '2020-08-18T23:59:59.999+08:00',
    signedAt: '2020-08-17T15:00:00.000+08:00',
    signLateFrom: null,
    dueAt: DUE,
    submittedAt: '2020-08-20T16:00:00.000+08:00',
    lateFrom: null,
    leadLateFrom: null,
    doneAt: '2020-08-20T16:00:00.000+08:00',
    firstRepliedAt: '2020-08-20T16:00:00.000+08:00',
    firstOnTime: true,
    calledBackAt: '2020-08-21T10:00:00.000+08:00',
    callResult: 'reached',
    rating: 'satisfied',
    returns: 0,
    missedCalls: 0,
  })
  expect(legs).toMatchObject([
    {
      no: 1,
      role: 'lead',
      kind: 'dispatch',
      outcome: 'replied',
      stoppedAt: '2020-08-20T16:00:00.000+08:00',
      imported: true,
    },
  ])
  expect(replies).toMatchObject([{ accepted: true, legId: legs[0]?.id }])
  expect(callBacks).toMatchObject([{ result: 'reached', rating: 'satisfied' }])
})

describe('lateness', () => {
  test('a reply after the due is late from the due on', () => {
    const { matter } = history({ repliedAt: '2020-08-27 00:00:01', calledBackAt: '', rating: '' })
    expect(matter).toMatchObject({ lateFrom: DUE, firstOnTime: false })
  })
  test('a reply in the last moment is in time', () => {
    expect(
      history({ repliedAt: '2020-08-26 23:59:59', calledBackAt: '', rating: '' }).matter.lateFrom,
    ).toBeNull()
  })
  test('an open order is late from its due on', () => {
    expect(history(open).matter).toMatchObject({ lateFrom: DUE, dueAt: DUE, submittedAt: null })
  })
  test('a late signature stays late', () => {
    expect(history({ signedAt: '2020-08-19 09:00' }).matter.signLateFrom).toBe(
      '2020-08-18T23:59:59.999+08:00',
    )
  })
  test('an extension in time moves the due', () => {
    const extended = {
      extensionAskedAt: '2020-08-25',
      extendedTo: '2020-09-02',
      repliedAt: '2020-09-01',
      calledBackAt: '',
      rating: '',
    }
    const { matter, legs, extensions } = history(extended)
    expect(matter).toMatchObject({
      lateFrom: null,
      firstOnTime: true,
      extendedAt: expect.stringContaining('2020-08-25'),
    })
    expect(legs[0]).toMatchObject({
      dueAt: DUE,
      effectiveDueAt: '2020-09-02T23:59:59.999+08:00',
      extensions: 1,
    })
    expect(extensions).toMatchObject([{ oldDueAt: DUE, workdays: 5, granted: true, decidedBy: null }])
  })
  test('an extension asked for too late is kept and moves nothing', () => {
    const asked = {
      extensionAskedAt: '2020-08-27 09:00',
      extendedTo: '2020-09-02',
      repliedAt: '2020-09-01',
      calledBackAt: '',
      rating: '',
    }
    const { matter, legs, extensions } = history(asked)
    expect(matter).toMatchObject({ lateFrom: DUE, firstOnTime: false })
    expect(legs[0]).toMatchObject({ effectiveDueAt: DUE })
    expect(extensions).toMatchObject([{ decisionNote: '逾期申请，不改变期限' }])
  })
  test('an extension that was granted too late, asked for nobody knows when, moves nothing', () => {
    const granted = (extensionGrantedAt: string) =>
      history({ ...open, extensionGrantedAt, extendedTo: '2020-09-02' }, fullHeader)
    const { matter, legs, extensions } = granted('2020-08-27 09:00')
    expect(matter).toMatchObject({ lateFrom: DUE, dueAt: DUE })
    expect(legs[0]).toMatchObject({ effectiveDueAt: DUE, extensions: 1 })
    expect(extensions).toMatchObject([{ granted: true, decisionNote: '逾期批准，申请时间不明，不改变期限' }])
    expect(granted('2020-08-26 09:00').legs[0]?.effectiveDueAt).toBe('2020-09-02T23:59:59.999+08:00')
  })
  test('a redo has its own due and does not touch whether the first reply was in time', () => {
    const redone = {
      rating: '不满意',
      redoAt: '2020-08-24 09:00',
      redoRepliedAt: '2020-09-10 09:00',
      state: '已办结',
    }
    const { matter, legs, replies } = history(redone)
    expect(legs).toMatchObject([{ no: 1 }, { no: 2, kind: 'redo', role: 'lead', outcome: 'replied' }])
    expect(matter).toMatchObject({
      firstOnTime: true,
      redoneAt: expect.stringContaining('2020-08-24'),
      lateFrom: legs[1]?.dueAt,
    })
    expect(replies).toHaveLength(2)
  })
})

test('a redo that is over, without the time of its answer, counts as redone and gets no clock', () => {
  const { matter, legs } = history({ rating: '不满意', redoAt: '2020-08-24 09:00', state: '已办结' })
  expect(legs).toHaveLength(1)
  expect(matter).toMatchObject({
    state: 'closed',
    redoneAt: expect.stringContaining('2020-08-24'),
    lateFrom: null,
  })
})

test('a returned order keeps the leg, closed by the return, and no clock runs', () => {
  const { matter, legs, returnRequests } = history({ ...open, signedAt: '', returnedAt: '2020-08-18 10:00' })
  expect(legs).toMatchObject([{ outcome: 'returned', stoppedAt: '2020-08-18T10:00:00.000+08:00' }])
  expect(matter).toMatchObject({
    returns: 1,
    returnedAt: '2020-08-18T10:00:00.000+08:00',
    dueAt: null,
    lateFrom: null,
  })
  expect(returnRequests).toMatchObject([{ granted: true, legId: legs[0]?.id }])
})

test('a return with later handling counts, and the clock runs from the first dispatch', () => {
  const { matter, legs } = history({ returnedAt: '2020-08-17 11:00' })
  expect(legs).toHaveLength(1)
  expect(matter).toMatchObject({ returns: 1, state: 'closed', dispatchedAt: '2020-08-17T10:00:00.000+08:00' })
})

test('co-handling units get legs that are due before the lead unit’s and end with its reply', () => {
  const { matter, legs } = history({ coUnits: '住建局、东坝街道' })
  expect(matter.unitIds).toEqual([urban.id, housing.id, dongba.id])
  expect(legs.slice(1)).toMatchObject([
    {
      no: 2,
      role: 'co',
      kind: 'co',
      dueAt: '2020-08-25T23:59:59.999+08:00',
      limit: { n: 6, unit: 'workday' },
      outcome: 'terminated',
    },
    { no: 3, role: 'co' },
  ])
})

test('a screening is kept with its result; an upheld one takes the rating out', () => {
  expect(history({ rating: '不满意', screening: '不成立' }).matter.screenedOutAt).toBeNull()
  const { matter, screenings } = history({ rating: '不满意', screening: '成立', screenedAt: '2020-08-24' })
  expect(matter.screenedOutAt).toContain('2020-08-24')
  expect(screenings).toMatchObject([{ upheld: true, firstUpheld: true, secondUpheld: true }])
})

test('an order answered at the desk has no leg', () => {
  const { legs, matter, replies } = history({
    dispatchedAt: '',
    leadUnit: '',
    signedAt: '',
    repliedAt: '2020-08-17 11:00',
  })
  expect(legs).toEqual([])
  expect(matter).toMatchObject({ leadUnitId: null, dispatchedAt: null, lateFrom: null, firstOnTime: true })
  expect(replies).toMatchObject([{ legId: null, accepted: true }])
})

test('the timeline lists the acts in the order in which they happened', () => {
  const acts = history({ extensionAskedAt: '2020-08-18', extendedTo: '2020-09-02' }).acts
  expect(acts.map(({ act }) => act)).toEqual([
    'register',
    'dispatch',
    'sign',
    'ask-extension',
    'grant-extension',
    'reply',
    'approve',
    'call-back',
  ])
})

test('ids of a matter’s rows are the same for every file and differ from each other', () => {
  const kinds = ['person', 'leg', 'reply', 'extension', 'return', 'callBack', 'screening'] as const
  const ids = kinds.flatMap((kind) => [0, 1, 2].map((n) => childId(matterId, kind, n)))
  expect(new Set([matterId, ...ids]).size).toBe(22)
  expect(history().legs).toEqual(history().legs)
})
