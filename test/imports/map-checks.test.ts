// A row of the export becomes an order or a list of what is wrong with it; nothing personal is ever repeated.
import { describe, expect, test } from 'vitest'
import { generateIdNo, generatePhone, seeded } from '../support/identity.ts'
import { check, codesOf, dongba, fullHeader, housing, orderOf, team, urban } from './map-support.ts'

const rng = seeded(7)

test('a plain row becomes an order with the promise of the policy', () => {
  expect(orderOf()).toMatchObject({
    externalNo: 'GY202008170001',
    leadUnitId: urban.id,
    category: 'help',
    title: null,
    dispatchedAt: '2020-08-17T10:00:00.000+08:00',
    promise: {
      policy: 'SC-2020',
      limit: { n: 7, unit: 'workday' },
      signDueAt: '2020-08-18T23:59:59.999+08:00',
      dueAt: '2020-08-26T23:59:59.999+08:00',
    },
    acceptedAt: '2020-08-20T16:00:00.000+08:00',
    callResult: 'reached',
    rating: 'satisfied',
    ratedAt: '2020-08-21T10:00:00.000+08:00',
  })
})

describe('odd values are read as meant:', () => {
  test.each([
    ['a serial number', 44_060.5, '2020-08-17T12:00:00.000+08:00'],
    ['full-width digits', '2020-08-17 11:05:00', '2020-08-17T11:05:00.000+08:00'],
    ['Chinese', '2020年8月17日 11时5分', '2020-08-17T11:05:00.000+08:00'],
    ['non-breaking spaces', '\u00a02020/8/17\u00a011:05\u00a0', '2020-08-17T11:05:00.000+08:00'],
    ['a day alone, not before what happened that day', '2020-08-17', '2020-08-17T09:00:00.000+08:00'],
  ])('%s', (_what, dispatchedAt, expected) => {
    expect(orderOf({ dispatchedAt }).dispatchedAt).toBe(expected)
  })

  test('a deadline given as a day is its last moment, and the platform’s own stands over the policy', () => {
    const order = orderOf({ dueAt: '2020-08-24' })
    expect(order.promise).toMatchObject({ dueAt: '2020-08-24T23:59:59.999+08:00', limit: null })
  })

  test('the number of an order with spaces and full-width letters', () => {
    expect(orderOf({ externalNo: ' GY202008170001\u00a0' }).externalNo).toBe('GY202008170001')
  })

  test.each([
    ['非常满意', 'satisfied'],
    ['满意', 'satisfied'],
    ['基本满意', 'basic'],
    ['一般', 'basic'],
    ['不满意', 'dissatisfied'],
    ['非常不满意', 'dissatisfied'],
    ['未评价', null],
    ['默认满意', null],
  ])('the rating %s', (rating, expected) => {
    expect(orderOf({ rating }).rating).toBe(expected)
  })

  test.each([
    ['感谢', 'praise'],
    ['投诉举报', 'complain'],
    ['求助 类', 'help'],
    [null, null],
  ])('the category %s', (category, expected) => {
    expect(orderOf({ category }).category).toBe(expected)
  })

  test.each([
    ['疫情防控/道路封堵', 'epidemic.roads'],
    ['健康证明', 'epidemic.health-certificates'],
    ['城市管理-违章建筑', 'urban'],
    ['生态环境>噪声', 'environment'],
  ])('the topic %s', (topic, expected) => {
    expect(orderOf({ topic }).topic).toBe(expected)
  })

  test('a rating that stands in the column of the call', () => {
    expect(orderOf({ rating: '', callResult: '不满意' })).toMatchObject({
      rating: 'dissatisfied',
      callResult: 'reached',
    })
    expect(orderOf({ rating: '', callResult: '无人接听' })).toMatchObject({
      rating: null,
      callResult: 'missed',
    })
  })

  test('blanks by many names say nothing', () => {
    expect(orderOf({ callerName: '-', callerPhone: '无', address: '——', topic: 'N/A' })).toMatchObject({
      topic: null,
    })
    expect(check({ callerName: '匿名', callerPhone: '无' }).caller).toBeNull()
  })

  test('units by full name, short name, without the district, several for co-handling', () => {
    const order = orderOf({
      leadUnit: '综合行政执法局',
      coUnits: '住建局、东坝街道办事处;综合执法局',
      callerPhone: '',
    })
    expect(order.coUnitIds).toEqual([housing.id, dongba.id])
    expect(orderOf({ leadUnit: '广元市利州区住房和城乡建设局' }).leadUnitId).toBe(housing.id)
  })

  test('an abolished unit is right for a dispatch while it existed', () => {
    const then = {
      receivedAt: '2019-08-16',
      dispatchedAt: '2019-08-16',
      signedAt: '2019-08-16',
      repliedAt: '2019-08-19',
    }
    expect(orderOf({ ...then, leadUnit: '工农镇' }).leadUnitId).toBeTruthy()
  })

  test('the township comes from its column, else from the address', () => {
    expect(orderOf({ area: '东坝街道' }).regionCode).toBe('510802001')
    expect(orderOf({ address: '广元市利州区宝轮镇紫兰大道1号' }).regionCode).toBe('510802103')
  })
})

describe('wrong rows are refused with the heading, the reason and no personal value:', () => {
  test.each([
    ['no number', { externalNo: '' }, ['value/missing']],
    ['a number that lost its digits', { externalNo: 2.020_081_400_012_34e17 }, ['value/precision-lost']],
    ['a phone in the place of the number', { externalNo: generatePhone(rng) }, ['value/looks-personal']],
    ['no time of receipt', { receivedAt: '' }, ['value/missing']],
    ['a day that does not exist', { signedAt: '2020-02-30' }, ['time/unreadable']],
    [
      'a reply before the dispatch',
      { repliedAt: '2020-08-17 09:30', signedAt: '', calledBackAt: '', rating: '' },
      ['time/order'],
    ],
    ['a reply before the signature', { repliedAt: '2020-08-17 14:00' }, ['time/order']],
    ['a call-back before the reply', { calledBackAt: '2020-08-19 10:00' }, ['time/order']],
    ['the future', { repliedAt: '2021-01-10 12:01', calledBackAt: '', rating: '' }, ['time/future']],
    [
      'a time before the calendar',
      { receivedAt: '1999-01-01', dispatchedAt: '1999-01-01' },
      ['time/not-covered', 'time/not-covered'],
    ],
    ['a rating without a reply', { repliedAt: '', calledBackAt: '' }, ['rating/without-reply']],
    ['a rating of a missed call', { callResult: '无人接听' }, ['rating/not-reached']],
    ['an unknown rating', { rating: '马马虎虎' }, ['value/unknown-word']],
    ['an unknown unit', { leadUnit: '某某局' }, ['unit/unknown']],
    ['no unit', { leadUnit: '' }, ['unit/missing']],
    ['a unit that is gone', { leadUnit: '工农镇人民政府' }, ['unit/abolished']],
    ['no dispatch for a unit', { dispatchedAt: '' }, ['unit/dispatch-missing']],
    ['neither title nor content', { content: '', title: '' }, ['content/missing']],
    ['a title without end', { title: '长'.repeat(201) }, ['value/too-long']],
    [
      'a new due before the old',
      { extensionAskedAt: '2020-08-20', extendedTo: '2020-08-26' },
      ['extension/not-later'],
    ],
    ['an error of a formula', { signedAt: { v: '#REF!', kind: 'error' as const } }, ['value/cell-error']],
    [
      'a formula without its result',
      { content: { v: null, kind: 'formula' as const } },
      ['value/formula-empty', 'content/missing'],
    ],
  ])('%s', (_what, cells, codes) => {
    const { order, errors } = check(cells)
    expect(codesOf(errors)).toEqual(codes)
    expect(order).toBeNull()
    for (const error of errors)
      expect(error).toMatchObject({
        row: 2,
        column: expect.any(String),
        message: expect.stringMatching(/\p{Script=Han}/u),
      })
  })

  test('merged cells among the data', () => {
    expect(codesOf(check({}, { row: { merged: ['A2:A3'] } }).errors)).toEqual(['value/merged'])
  })

  test('an abolished unit names its successor', () => {
    expect(check({ leadUnit: '工农镇' }).errors).toMatchObject([
      { message: '单位已撤销:工农镇人民政府(已并入东坝街道办事处)' },
    ])
  })

  test('an ID number with a wrong check digit, and a phone too short: masked', () => {
    const right = generateIdNo(rng)
    const callerIdNo = right.slice(0, 17) + (right.endsWith('1') ? '2' : '1')
    const callerPhone = generatePhone(rng).slice(0, 9)
    const { errors } = check({ callerIdNo, callerPhone })
    expect(codesOf(errors)).toEqual(['person/invalid', 'person/invalid'])
    expect(JSON.stringify(errors)).not.toMatch(new RegExp(`${callerIdNo.slice(4, 14)}|${callerPhone}`))
  })

  test('shifted columns give nobody away', () => {
    const [phone, idNo] = [generatePhone(rng), generateIdNo(rng)]
    const { errors, warnings } = check({
      leadUnit: '张三丰',
      signedAt: phone,
      category: `李四${idNo}`,
      rating: phone,
      area: '王五',
    })
    const told = JSON.stringify([errors, warnings])
    expect(told).not.toMatch(new RegExp(`张三丰|${phone}|${idNo}|王五`))
  })
})

describe('doubtful rows are taken with a warning:', () => {
  test('an extension granted late of which nobody tells when it was asked for', () => {
    const granted = { extensionGrantedAt: '2020-08-27 09:00', extendedTo: '2020-09-02' }
    const { warnings, order } = check(
      { ...granted, repliedAt: '', calledBackAt: '', rating: '' },
      { header: fullHeader },
    )
    expect(codesOf(warnings)).toEqual(['extension/asked-unknown'])
    expect(order?.extension).toMatchObject({ askedAt: null, tooLate: true })
  })

  test.each([
    [
      'a late application',
      {
        extensionAskedAt: '2020-08-27 09:00',
        extendedTo: '2020-09-02',
        repliedAt: '2020-08-28',
        calledBackAt: '2020-08-29',
      },
      'extension/asked-late',
    ],
    ['an extension without its new due', { extensionAskedAt: '2020-08-20' }, 'extension/incomplete'],
    ['an unknown category', { category: '疫情咨询热线' }, 'word/category-unknown'],
    ['an unknown township', { area: '某某镇' }, 'area/unknown'],
    ['a dissolved township', { area: '赤化镇' }, 'area/dissolved'],
    ['a state against the times', { state: '待签收' }, 'state/contradicts'],
    ['a state that nobody knows', { state: '挂起' }, 'word/state-unknown'],
    ['a rating without its time', { calledBackAt: '' }, 'rating/time-missing'],
    ['a masked phone', { callerPhone: '138****1234' }, 'person/masked'],
    ['a screening of a good rating', { screening: '成立' }, 'screening/without-rating'],
    ['a redo without its time', { redone: '是' }, 'redo/time-missing'],
    [
      'a reply without its time',
      { repliedAt: '', calledBackAt: '', rating: '', reply: '已处理' },
      'reply/without-time',
    ],
    [
      'an accused unit above the one that holds it',
      { accused: '综合执法局', leadUnit: team.name },
      'unit/accused-holds',
    ],
  ])('%s', (_what, cells, code) => {
    const { order, warnings } = check(cells)
    expect(order).not.toBeNull()
    expect(codesOf(warnings)).toContain(code)
  })

  test('what accuses the office itself is told, and not held against it: all in it would be kept from the order', () => {
    const { order, warnings } = check({ accused: '群工局、住建局' })
    expect(order?.accusedUnitIds).toEqual([housing.id])
    expect(codesOf(warnings)).toEqual(['unit/accused-office'])
  })

  test('of several phones the first is taken', () => {
    const [a, b] = [generatePhone(rng), generatePhone(rng)]
    const { caller, warnings } = check({ callerPhone: `${a}、${b}` })
    expect(caller?.phone).toBe(a)
    expect(codesOf(warnings)).toEqual(['person/several-phones'])
  })

  test('a due time that holds the extension already: the promise is that of the policy', () => {
    const { order, warnings } = check({
      dueAt: '2020-09-02',
      extendedTo: '2020-09-02',
      extensionAskedAt: '2020-08-20',
    })
    expect(codesOf(warnings)).toEqual(['extension/in-due'])
    expect(order?.promise?.dueAt).toBe('2020-08-26T23:59:59.999+08:00')
    expect(order?.extension).toMatchObject({
      newDueAt: '2020-09-02T23:59:59.999+08:00',
      workdays: 5,
      tooLate: false,
    })
  })
})

describe('whether a reply is accepted:', () => {
  const reply = { calledBackAt: '', rating: '' }
  test('where the file tells of reviews, only a reviewed one', () => {
    expect(orderOf(reply, { header: fullHeader }).acceptedAt).toBeNull()
    expect(orderOf({ ...reply, reviewedAt: '2020-08-21' }, { header: fullHeader }).acceptedAt).toContain(
      '2020-08-21',
    )
  })
  test('a reply that was called back about was accepted', () => {
    expect(orderOf({}, { header: fullHeader }).acceptedAt).toContain('2020-08-20')
  })
  test('a state 待审核 says that it waits', () => {
    expect(orderOf({ ...reply, state: '待审核' }).acceptedAt).toBeNull()
  })
})
