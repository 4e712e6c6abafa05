// The petition procedure as the people whose work it is: clocks of the law, refusals that name their article, reviews, finality.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { epochMs, instantFromMs, plusDays } from '../../src/platform/clock.ts'
import { readCalendar } from '../../src/calendar/queries.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import type { Act } from '../../src/matters/workflow.ts'
import { openDesk, type Desk } from './desk.ts'
import { bringEscalation, bringFinal, bringPetition, bringReview, inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const does = (
  who: Parameters<Desk['does']>[0],
  id: string,
  act: Parameters<Desk['does']>[2],
  body?: unknown,
) => desk.does(who, id, act, body ?? inputs(desk)[act])
const ask = (who: keyof Desk['staff'], id: string, body: object = {}) =>
  desk.call(who, 'POST', `/api/matters/${id}/request-review`, {
    content: '不服处理意见，请求复查。',
    ...body,
  })

/** A desk of its own whose clock begins at this moment. */
async function deskAt<T>(start: string, work: (desk: Desk) => Promise<T>): Promise<T> {
  const own = await openDesk()
  const days = (Date.parse(start) - Date.parse(own.clock.now())) / 1000
  own.clock.forward({ seconds: days })
  try {
    return await work(own)
  } finally {
    await own.close()
  }
}
const dueOf = async (of: Desk, id: string) => (await of.legs(id)).at(-1)?.effectiveDueAt.slice(0, 10)

/** A recheck twenty days old, and a hearing of so many days that begins today, on a working day. */
async function heardFor(days: number) {
  const id = await bringReview(desk, 'handling', 'recheck')
  desk.clock.forward({ days: 20 })
  const from = desk.clock.now().slice(0, 10)
  const inDays = (n: number) => plusDays(from, n)
  await desk.does('secondReviewClerk', id, 'open-hearing', { from, to: inDays(days - 1) })
  return { id, from, inDays }
}

async function sweep() {
  const once = () => desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))
  while ((await once()) > 0);
}

/** By its row, and by the list of what is overdue. */
async function isLate(id: string) {
  const { lateFrom } = await desk.row(id)
  const listed = await desk.call('leader', 'GET', '/api/matters?clock=overdue&channel=recheck&limit=100')
  return [
    lateFrom !== null && lateFrom < desk.clock.now(),
    (listed.body['items'] as { id: string }[]).some((item) => item.id === id),
  ]
}

describe('the limits of the law', () => {
  it.each([
    ['2020-01-10T10:00:00+08:00', '2020-02-03'],
    ['2020-09-20T10:00:00+08:00', '2020-10-09'],
  ])('forwarded on %s, acceptance is due on %s: days that rest run on', (start, due) =>
    deskAt(start, async (own) => {
      const id = await bringPetition(own, 'entered')
      await own.does('dispatcher', id, 'forward', { leadUnitId: own.township })
      expect(await dueOf(own, id)).toBe(due)
    }),
  )

  it('accepted on 2020-12-01, the opinion is due on the first working day after sixty days', () =>
    deskAt('2020-12-01T10:00:00+08:00', async (own) => {
      const id = await bringPetition(own, 'handling')
      expect(await dueOf(own, id)).toBe('2021-02-01')
    }))

  it('the law of the registration governs every clock, also after the new one has come', () =>
    deskAt('2022-04-30T23:59:59.999+08:00', async (own) => {
      const old = await bringPetition(own, 'entered')
      own.clock.forward({ seconds: 1 })
      const new_ = await bringPetition(own, 'entered')
      const regime = async (id: string) =>
        ((await own.open('leader', id)).body['petition'] as { regime: { code: string } }).regime.code
      expect([await regime(old), await regime(new_)]).toEqual(['XF2005', 'XF2022'])
      await own.does('dispatcher', new_, 'forward', { leadUnitId: own.township })
      own.clock.forward({ days: 12 })
      const late = await own.act('liaison', new_, 'object', { reason: '不属于本单位职权范围' })
      expect(late.body).toMatchObject({ code: 'matter/objection-too-late' })
      expect(JSON.stringify(late.body)).toContain('信访工作条例 art. 23(3)')
    }))

  it('the office’s own fifteen days run from receipt, and forwarding late stays late', async () => {
    const id = await bringPetition(desk, 'entered')
    desk.clock.forward({ days: 20 })
    await does('dispatcher', id, 'forward')
    await does('liaison', id, 'accept')
    const legs = await desk.legs(id)
    expect(legs.map(({ kind, lateFrom }) => [kind, lateFrom !== null])).toEqual([
      ['route', true],
      ['accept', false],
      // Late only once its due has passed: until then this is when that would be.
      ['handle', true],
    ])
    await does('liaison', id, 'opine')
    await does('chief', id, 'issue', { opinionNo: '利州信〔2020〕一号' })
    expect(await desk.row(id)).toMatchObject({ firstOnTime: false })
  })

  it('simple handling has ten working days, and made ordinary wins none beyond the sixty', async () => {
    const id = await bringPetition(desk, 'entered')
    await desk.does('dispatcher', id, 'forward', { leadUnitId: desk.township, simple: true })
    await does('liaison', id, 'accept')
    const simple = await dueOf(desk, id)
    const refused = await desk.act('liaison', id, 'ask-prolongation', inputs(desk)['ask-prolongation'])
    expect(refused.body.code).toBe('matter/simple-not-prolonged')
    await does('liaison', id, 'make-ordinary')
    const ordinary = await dueOf(desk, id)
    expect(simple !== undefined && ordinary !== undefined && simple < ordinary).toBe(true)
  })
})

describe('prolongation', () => {
  it('is asked before expiry, granted by another, told to the petitioner, and thirty days in all', async () => {
    const id = await bringPetition(desk, 'handling')
    const before = await dueOf(desk, id)
    await does('liaison', id, 'ask-prolongation', { days: 20, reason: '需要专业鉴定' })
    expect((await desk.act('liaison', id, 'grant-prolongation', { toldAt: desk.clock.now() })).status).toBe(
      403,
    )
    await does('chief', id, 'grant-prolongation')
    const after = await dueOf(desk, id)
    expect(before !== undefined && after !== undefined && before < after).toBe(true)
    const more = await desk.act('liaison', id, 'ask-prolongation', { days: 11, reason: '仍需鉴定' })
    expect(more.status).toBe(422)
    expect(JSON.stringify(more.body)).toContain('累计不得超过30日，已延长20日（信访条例 art. 33）')
    desk.clock.forward({ days: 100 })
    const late = await desk.act('liaison', id, 'ask-prolongation', { days: 5, reason: '仍需鉴定' })
    expect(late.body.code).toBe('matter/extension-after-expiry')
  })
})

describe('objection on competence', () => {
  it('stops the unit’s clock when upheld, binds when refused', async () => {
    const id = await bringPetition(desk, 'objecting')
    await does('dispatcher', id, 'uphold-objection')
    expect((await desk.legs(id)).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['route', 'routed'],
      ['accept', 'returned'],
      ['route', null],
    ])
    await desk.does('dispatcher', id, 'forward', { leadUnitId: desk.other })
    await desk.does('otherLiaison', id, 'object', { reason: '不属于本单位职权范围' })
    await does('dispatcher', id, 'refuse-objection')
    const again = await desk.act('otherLiaison', id, 'object', { reason: '还是不属于本单位' })
    expect(again.body.code).toBe('matter/return-binding')
  })
})

describe('the opinion', () => {
  it('tells the right to a review, or is refused with its article', async () => {
    const id = await bringPetition(desk, 'handling')
    const silent = { ...(inputs(desk).opine as object), reviewRightTold: false }
    const refused = await desk.act('liaison', id, 'opine', silent)
    expect(refused.status).toBe(422)
    expect(JSON.stringify(refused.body)).toContain('信访条例 art. 32')
  })

  it('is issued by another than who wrote it, delivered not before, and the feedback duty has a clock of its own', async () => {
    const id = await bringPetition(desk, 'issued')
    const early = { ...(inputs(desk).deliver as object), deliveredAt: '2020-08-01T09:00:00+08:00' }
    expect((await desk.act('liaison', id, 'deliver', early)).body.code).toBe('matter/time-order')
    await does('liaison', id, 'deliver')
    await does('liaison', id, 'feed-back')
    const feedback = (await desk.legs(id)).find(({ kind }) => kind === 'feedback')
    expect(feedback).toMatchObject({ outcome: 'replied', lateFrom: null })
    expect((await desk.act('liaison', id, 'feed-back', { text: '再次反馈' })).body.code).toBe(
      'matter/nothing-to-feed-back',
    )
  })

  it('is concluded when the time for a review has passed, or the petitioner agrees', async () => {
    const id = await bringPetition(desk, 'delivered')
    const refused = await desk.act('reviewer', id, 'conclude', { agreed: false })
    expect(refused.body).toMatchObject({ code: 'matter/review-period-open', article: '信访条例 art. 34' })
    desk.clock.forward({ days: 40 })
    expect((await desk.does('reviewer', id, 'conclude', { agreed: false })).state).toBe('closed')
  })
})

describe('review and recheck', () => {
  it('a request after thirty days is refused with its article; a leader may hear it for a good reason', async () => {
    const id = await bringPetition(desk, 'delivered')
    desk.clock.forward({ days: 45 })
    const late = await ask('reviewClerk', id)
    expect(late.status).toBe(409)
    expect(late.body).toMatchObject({ code: 'matter/review-too-late', article: '信访条例 art. 34' })
    expect((await ask('reviewClerk', id, { lateReason: '住院治疗期间' })).status).toBe(409)
    const heard = await desk.call('leader', 'POST', `/api/matters/${id}/request-review`, {
      content: '不服处理意见，请求复查。',
      lateReason: '住院治疗期间无法申请',
    })
    expect(heard.status).toBe(201)
    const punctual = await ask('leader', await bringPetition(desk, 'delivered'))
    expect([punctual.status, punctual.body['code']]).toEqual([403, 'matter/act-not-yours'])
  })

  it('keeps the petition from being concluded until it has ended', async () => {
    const id = await bringPetition(desk, 'delivered')
    const { body } = await ask('reviewClerk', id)
    for (const agreed of [true, false])
      expect((await desk.act('reviewer', id, 'conclude', { agreed })).body.code).toBe('matter/under-review')
    await does('reviewClerk', body.id, 'withdraw-review', { reason: '信访人书面撤回复查申请' })
    expect((await desk.does('reviewer', id, 'conclude', { agreed: true })).state).toBe('closed')
  })

  it('has the title of the petition, no character of which is cut in half', async () => {
    const id = await bringPetition(desk, 'delivered', { title: '😀'.repeat(100) })
    const { body } = await ask('reviewClerk', id)
    const { title } = (await desk.open('leader', body.id)).body
    expect(title).toBe(`信访复查申请：${'😀'.repeat(100)}`)
  })

  it('goes to the office also where a unit’s counter takes it in: not to whose opinion it is', async () => {
    const counter = await desk.account(['registrar'], { unitId: desk.township })
    const id = await bringPetition(desk, 'delivered')
    const { status, body } = await desk.call(counter, 'POST', `/api/matters/${id}/request-review`, {
      content: '不服处理意见，请求复查。',
    })
    expect(status).toBe(201)
    expect((await desk.open('liaison', body.id)).status).toBe(404)
    await desk.does('reviewClerk', body.id, 'accept-review')
  })

  it('whoever handled a petition does not confirm that it is concluded', async () => {
    const both = await desk.account(['handler', 'reviewer'])
    const id = await bringPetition(desk, 'entered')
    await does('dispatcher', id, 'forward', { leadUnitId: desk.officeUnit })
    const chief = await desk.account(['unit-reviewer'])
    for (const [who, act] of [
      [both, 'accept'],
      [both, 'opine'],
      [chief, 'issue'],
      [both, 'deliver'],
    ] as const) {
      const { status } = await desk.call(who, 'POST', `/api/matters/${id}/${act}`, inputs(desk)[act])
      expect([act, status]).toEqual([act, 200])
    }
    const own = await desk.call(both, 'POST', `/api/matters/${id}/conclude`, inputs(desk).conclude)
    expect(own.body.code).toBe('matter/duties-apart')
    await does('reviewer', id, 'conclude')
  })

  describe('is for the next higher organ each time', () => {
    const refusedAt = ({ status, body }: Awaited<ReturnType<typeof ask>>) => [
      status,
      body.code,
      (body['errors'] as { pointer: string }[])[0]?.pointer,
    ]
    const refused = [422, 'matter/organ-not-higher', '/body/organ']
    const organOf = async (id: string) =>
      ((await desk.open('leader', id)).body['petition'] as { organ: string }).organ

    it('the office reviews unless another organ is named, and that is not whose opinion it is', async () => {
      const id = await bringPetition(desk, 'delivered')
      const own = await ask('reviewClerk', id, { organ: ' 荣山镇 ' })
      expect(refusedAt(own)).toEqual(refused)
      expect(JSON.stringify(own.body)).toContain('信访条例 art. 34')
      expect((await desk.open('leader', id)).body['chain']).toEqual([])
      expect(await organOf((await ask('reviewClerk', id)).body.id)).toBe('利州区群众工作局')
      const elsewhere = await bringPetition(desk, 'delivered')
      const { body } = await ask('reviewClerk', elsewhere, { organ: '利州区人民政府' })
      expect(await organOf(body.id)).toBe('利州区人民政府')
    })

    it('of what the office itself opined the organ above it must be named', async () => {
      const id = await bringPetition(desk, 'entered')
      await does('dispatcher', id, 'forward', { leadUnitId: desk.officeUnit })
      const [writer, issuer] = [await desk.account(['handler']), await desk.account(['unit-reviewer'])]
      for (const [who, act] of [
        [writer, 'accept'],
        [writer, 'opine'],
        [issuer, 'issue'],
        [writer, 'deliver'],
      ] as const) {
        await desk.call(who, 'POST', `/api/matters/${id}/${act}`, inputs(desk, id)[act])
      }
      expect(refusedAt(await ask('reviewClerk', id))).toEqual(refused)
      expect((await ask('reviewClerk', id, { organ: '利州区人民政府' })).status).toBe(201)
    })

    it('a recheck names its organ: neither that of the review nor that of the opinion', async () => {
      const id = await bringReview(desk, 'closed')
      for (const organ of [{}, { organ: '利州区群众工作局' }, { organ: '荣山镇' }]) {
        const answer = await ask('reviewClerk', id, organ)
        expect([organ, ...refusedAt(answer)]).toEqual([organ, ...refused])
        expect(JSON.stringify(answer.body)).toContain('信访条例 art. 35(1)')
      }
      const { status, body } = await ask('reviewClerk', id, { organ: '广元市信访局' })
      expect(status).toBe(201)
      expect(await organOf(body.id)).toBe('广元市信访局')
    })
  })

  it('is about a delivered opinion, once', async () => {
    const early = await bringPetition(desk, 'issued')
    expect((await ask('reviewClerk', early)).body.code).toBe('matter/review-not-due')
    const id = await bringPetition(desk, 'delivered')
    const both = await Promise.all([ask('reviewClerk', id), ask('reviewClerk', id)])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  })

  describe('is not decided by whoever decided what it is about', () => {
    const actsOf = async (who: keyof Desk['staff'] | { id: string }, id: string) => {
      const { body } = await desk.call(who, 'GET', `/api/matters/${id}`)
      return (body['acts'] as { act: string }[]).map(({ act }) => act)
    }
    const post = (who: keyof Desk['staff'] | { id: string }, id: string, act: Act) =>
      desk.call(who, 'POST', `/api/matters/${id}/${act}`, inputs(desk, id)[act])
    /** Refused for that reason alone, not offered, and open to another of the same office. */
    async function keptApart(who: { id: string }, other: keyof Desk['staff'], id: string, acts: Act[]) {
      const article = other.startsWith('second') ? '信访条例 art. 35(1)' : '信访条例 art. 34'
      for (const act of acts) {
        const { body } = await post(who, id, act)
        expect([act, body.code, body['article']]).toEqual([act, 'matter/duties-apart', article])
        expect(await actsOf(other, id)).toContain(act)
      }
      expect((await actsOf(who, id)).filter((act) => acts.includes(act as Act))).toEqual([])
    }
    const inIntake: Act[] = ['accept-review', 'decline-review', 'coordinate']
    const inHandling: Act[] = ['open-hearing', 'opine-review']
    const atIssue: Act[] = ['issue-review', 'return-review']

    it('neither who wrote the opinion nor who issued it reviews it, though others of their unit may', async () => {
      const writer = await desk.account(['handler', 'review-clerk', 'leader'])
      const issuer = await desk.account(['unit-reviewer', 'review-clerk', 'leader'])
      const id = await bringPetition(desk, 'entered')
      await does('dispatcher', id, 'forward', { leadUnitId: desk.officeUnit })
      for (const [who, act] of [
        [writer, 'accept'],
        [writer, 'opine'],
        [issuer, 'issue'],
        [writer, 'deliver'],
      ] as const) {
        expect([act, (await post(who, id, act)).status]).toEqual([act, 200])
      }
      const { body } = await desk.call(issuer, 'POST', `/api/matters/${id}/request-review`, {
        content: '不服处理意见,请求复查。',
        organ: '利州区人民政府',
      })
      for (const who of [writer, issuer]) await keptApart(who, 'reviewClerk', body.id, inIntake)
      await does('reviewClerk', body.id, 'accept-review')
      for (const who of [writer, issuer]) await keptApart(who, 'reviewClerk', body.id, inHandling)
      await does('reviewClerk', body.id, 'opine-review')
      for (const who of [writer, issuer]) await keptApart(who, 'leader', body.id, atIssue)
      expect((await post('leader', body.id, 'issue-review')).status).toBe(200)
      // To hand over what others decided is nobody's judgement.
      expect((await post(writer, body.id, 'deliver-review')).status).toBe(200)
    })

    it('nor does who sent an opinion back before another issued it', async () => {
      const strict = await desk.account(['unit-reviewer', 'review-clerk'])
      const id = await bringPetition(desk, 'entered')
      await does('dispatcher', id, 'forward', { leadUnitId: desk.officeUnit })
      const writer = await desk.account(['handler'])
      const issuer = await desk.account(['unit-reviewer'])
      for (const [who, act] of [
        [writer, 'accept'],
        [writer, 'opine'],
        [strict, 'return-opinion'],
        [writer, 'opine'],
        [issuer, 'issue'],
        [writer, 'deliver'],
      ] as const) {
        expect([act, (await post(who, id, act)).status]).toEqual([act, 200])
      }
      const { body } = await ask('reviewClerk', id, { organ: '利州区人民政府' })
      await keptApart(strict, 'reviewClerk', body.id, inIntake)
    })

    it('a recheck looks at the review and at the petition', async () => {
      const id = await bringPetition(desk, 'entered')
      await does('dispatcher', id, 'forward', { leadUnitId: desk.officeUnit })
      const writer = await desk.account(['handler', 'review-clerk', 'leader'])
      const issuer = await desk.account(['unit-reviewer'])
      for (const [who, act] of [
        [writer, 'accept'],
        [writer, 'opine'],
        [issuer, 'issue'],
        [writer, 'deliver'],
      ] as const) {
        expect([act, (await post(who, id, act)).status]).toEqual([act, 200])
      }
      const review = (await ask('reviewClerk', id, { organ: '利州区人民政府' })).body.id
      const both = await desk.account(['review-clerk', 'leader'])
      for (const [who, act] of [
        [both, 'accept-review'],
        ['reviewClerk', 'opine-review'],
        ['leader', 'issue-review'],
        ['reviewClerk', 'deliver-review'],
      ] as const) {
        expect([act, (await post(who, review, act)).status]).toEqual([act, 200])
      }
      const recheck = (await ask('reviewClerk', review, { organ: '广元市人民政府' })).body.id
      const earlier = [writer, both]
      for (const who of [...earlier, desk.staff.reviewClerk])
        await keptApart(who, 'secondReviewClerk', recheck, inIntake)
      await does('secondReviewClerk', recheck, 'accept-review')
      for (const who of [...earlier, desk.staff.reviewClerk])
        await keptApart(who, 'secondReviewClerk', recheck, inHandling)
      await does('secondReviewClerk', recheck, 'opine-review')
      for (const who of [...earlier, desk.staff.leader])
        await keptApart(who, 'secondLeader', recheck, atIssue)
      expect((await post('secondLeader', recheck, 'issue-review')).body.state).toBe('issued')
    })
  })

  it('the time of a hearing is not counted of a recheck, and no day of it twice', async () => {
    const id = await bringReview(desk, 'handling', 'recheck')
    const before = await dueOf(desk, id)
    desk.clock.forward({ days: 3 })
    const from = desk.clock.now().slice(0, 10)
    await does('secondReviewClerk', id, 'open-hearing', { from })
    expect(
      (await desk.act('secondReviewClerk', id, 'opine-review', inputs(desk)['opine-review'])).body.code,
    ).toBe('matter/hearing-open')
    desk.clock.forward({ days: 6 })
    await does('secondReviewClerk', id, 'end-hearing')
    const timeline = (await desk.open('leader', id)).body['timeline'] as { type: string; data: object }[]
    const days = { hearingFrom: from, hearingTo: desk.clock.now().slice(0, 10) }
    expect(timeline.find(({ type }) => type === 'matter.end-hearing')?.data).toMatchObject(days)
    const after = await dueOf(desk, id)
    expect(after !== undefined && before !== undefined && after > before).toBe(true)
    expect(((await desk.open('leader', id)).body['petition'] as { hearingDays: number }).hearingDays).toBe(7)
    const again = await desk.act('secondReviewClerk', id, 'open-hearing', { from })
    expect(again.body).toMatchObject({ code: 'matter/time-order', errors: [{ pointer: '/body/from' }] })
  })

  it('the time of a hearing counts of a review: the laws say otherwise only of rechecks', async () => {
    const id = await bringReview(desk, 'handling')
    const before = await dueOf(desk, id)
    await does('reviewClerk', id, 'open-hearing', { from: desk.clock.now().slice(0, 10) })
    await does('reviewClerk', id, 'end-hearing')
    expect(await dueOf(desk, id)).toBe(before)
  })

  it('a hearing that is told of after expiry moves no limit', async () => {
    const id = await bringReview(desk, 'handling', 'recheck')
    const from = desk.clock.now().slice(0, 10)
    desk.clock.forward({ days: 45 })
    const { status, body } = await desk.act('secondReviewClerk', id, 'open-hearing', { from })
    expect([status, body.code]).toEqual([409, 'matter/extension-after-expiry'])
  })

  it('a recheck is not late while the hearing goes on that was told of in time, nor warned of, nor listed', async () => {
    const { id, from, inDays } = await heardFor(20)
    desk.clock.forward({ days: 15 })
    await sweep()
    const [leg] = await desk.legs(id)
    expect(leg).toMatchObject({ warned: false, red: false, overdue: false })
    expect(await isLate(id)).toEqual([false, false])
    // It ends sooner than planned: the limit grows by the days on which it was held.
    const longer = String(await dueOf(desk, id))
    await does('secondReviewClerk', id, 'end-hearing', { to: inDays(9), record: '听证会形成一致意见。' })
    expect(String(await dueOf(desk, id)) < longer).toBe(true)
    expect((await desk.open('leader', id)).body['petition']).toMatchObject({
      hearingDays: 10,
      hearingTo: inDays(9),
    })
    expect(await desk.act('secondReviewClerk', id, 'open-hearing', { from })).toMatchObject({
      body: { code: 'matter/time-order' },
    })
  })

  it('a hearing that is never said to have ended hides no lateness, nor does one ended late win more than was planned', async () => {
    const { id, inDays } = await heardFor(5)
    const planned = await dueOf(desk, id)
    desk.clock.forward({ days: 40 })
    await sweep()
    expect((await desk.legs(id))[0]).toMatchObject({ overdue: true })
    expect(await isLate(id)).toEqual([true, true])
    await does('secondReviewClerk', id, 'end-hearing', { to: inDays(30), record: '听证会形成一致意见。' })
    expect(await dueOf(desk, id)).toBe(planned)
    expect(await isLate(id)).toEqual([true, true])
  })

  it('a hearing that is said to have ended before the limit counts all its days, also beyond its plan', async () => {
    const { id, inDays } = await heardFor(2)
    const planned = String(await dueOf(desk, id))
    desk.clock.forward({ days: 8 })
    await does('secondReviewClerk', id, 'end-hearing', { to: inDays(7), record: '听证会形成一致意见。' })
    expect(String(await dueOf(desk, id)) > planned).toBe(true)
  })

  it('a hearing is planned for no longer than the limit that it interrupts, and does not end before it begins', async () => {
    const id = await bringReview(desk, 'handling', 'recheck')
    const from = desk.clock.now().slice(0, 10)
    for (const to of [plusDays(from, -1), plusDays(from, 30)]) {
      const { status, body } = await desk.act('secondReviewClerk', id, 'open-hearing', { from, to })
      expect([status, body['errors']]).toMatchObject([422, [{ pointer: '/body/to' }]])
    }
    expect(
      (await desk.act('secondReviewClerk', id, 'open-hearing', { from, to: plusDays(from, 29) })).status,
    ).toBe(200)
  })

  it('a recheck that is withdrawn while it is heard is not late for the days of the hearing', async () => {
    const { id } = await heardFor(30)
    desk.clock.forward({ days: 20 })
    await does('secondReviewClerk', id, 'withdraw-review', { reason: '申请人书面撤回' })
    expect((await desk.row(id)).lateFrom).toBeNull()
  })

  it('a petition that is withdrawn while its opinion, given in time, waits for review is not late', async () => {
    const id = await bringPetition(desk, 'replied')
    desk.clock.forward({ days: 90 })
    await does('dispatcher', id, 'withdraw', { reason: '信访人书面撤回' })
    expect((await desk.row(id)).lateFrom).toBeNull()
  })

  it('neither the ordinary way nor a prolongation passes the deadline of a superior', async () => {
    const inDays = (days: number) => instantFromMs(epochMs(desk.clock.now()) + days * 86_400_000)
    const entered = async (upstreamDueAt: string, simple: boolean) => {
      const id = await bringPetition(desk, 'entered', { upstreamDueAt })
      await does('dispatcher', id, 'forward', { leadUnitId: desk.township, simple })
      await does('liaison', id, 'accept', { matterClass: 'claim' })
      return id
    }
    const superior = inDays(20)
    const simple = await entered(superior, true)
    await does('liaison', simple, 'make-ordinary', { reason: '案情复杂，需要调查' })
    expect(await dueOf(desk, simple)).toBe(superior.slice(0, 10))
    const ordinary = await entered(inDays(75), false)
    const asked = await desk.act('liaison', ordinary, 'ask-prolongation', {
      days: 30,
      reason: '需要专业鉴定',
    })
    expect([asked.status, asked.body.code]).toEqual([409, 'matter/upstream-deadline'])
  })

  it('a superior’s deadline is missed by whoever holds the petition when it passes, and binds nobody after', async () => {
    const inDays = (days: number) => instantFromMs(epochMs(desk.clock.now()) + days * 86_400_000)
    const lateness = async (id: string) =>
      (await desk.legs(id)).map(({ kind, lateFrom }) => [
        kind,
        lateFrom !== null && lateFrom < desk.clock.now(),
      ])
    const [office, unit] = [
      await bringPetition(desk, 'entered', { upstreamDueAt: inDays(5) }),
      await bringPetition(desk, 'entered', { upstreamDueAt: inDays(5) }),
    ]
    await does('dispatcher', unit, 'forward')
    desk.clock.forward({ days: 7 })
    await sweep()
    expect(await desk.legs(office)).toMatchObject([{ kind: 'route', overdue: true }])
    await does('dispatcher', office, 'forward')
    for (const id of [office, unit]) await does('liaison', id, 'accept')
    expect(await lateness(office)).toEqual([
      ['route', true],
      ['accept', false],
      ['handle', false],
    ])
    expect(await lateness(unit)).toEqual([
      ['route', false],
      ['accept', true],
      ['handle', false],
    ])
    await does('liaison', office, 'opine')
    await does('chief', office, 'issue', { opinionNo: '利州信〔2020〕上级1号' })
    expect(await desk.row(office)).toMatchObject({ firstOnTime: false })
  })

  it('a revoked opinion is handled anew, and the first opinion stays the measured one', async () => {
    const id = await bringPetition(desk, 'delivered')
    const measured = (await desk.open('leader', id)).body['firstRepliedAt']
    const { body } = await ask('reviewClerk', id)
    const foreign = await bringReview(desk, 'closed')
    expect((await desk.act('dispatcher', id, 'rehandle', { reviewId: foreign })).body.code).toBe(
      'matter/not-revoked',
    )
    await does('reviewClerk', body.id, 'accept-review')
    const revoked = { ...(inputs(desk)['opine-review'] as object), result: 'revoked' }
    await does('reviewClerk', body.id, 'opine-review', revoked)
    await does('leader', body.id, 'issue-review', { opinionNo: '利州复〔2020〕撤1号' })
    await does('dispatcher', id, 'rehandle', { reviewId: body.id })
    await does('liaison', id, 'opine')
    await does('chief', id, 'issue', { opinionNo: '利州信〔2020〕重1号' })
    const seen = (await desk.open('leader', id)).body
    expect(seen['firstRepliedAt']).toBe(measured)
    expect(seen['chain']).toMatchObject([{ id: body.id, channel: { label: '信访复查' } }])
  })

  it('of what was handled anew a review may be asked for again, once, and one revocation has it handled anew once', async () => {
    const id = await bringPetition(desk, 'delivered')
    const first = await ask('reviewClerk', id)
    await does('reviewClerk', first.body.id, 'accept-review')
    const revoked = { ...(inputs(desk)['opine-review'] as object), result: 'revoked' }
    await does('reviewClerk', first.body.id, 'opine-review', revoked)
    await does('leader', first.body.id, 'issue-review', { opinionNo: '利州复〔2020〕撤2号' })
    await does('dispatcher', id, 'rehandle', { reviewId: first.body.id })
    expect((await ask('reviewClerk', id)).body.code).toBe('matter/review-not-due')
    await does('liaison', id, 'opine')
    await does('chief', id, 'issue', { opinionNo: '利州信〔2020〕重2号' })
    desk.clock.forward({ days: 1 })
    const delivery = { way: 'post', receipt: 'signed', deliveredAt: desk.clock.now() }
    await does('liaison', id, 'deliver', delivery)
    expect((await desk.act('dispatcher', id, 'rehandle', { reviewId: first.body.id })).body.code).toBe(
      'matter/not-revoked',
    )
    const second = await ask('reviewClerk', id)
    expect(second.status).toBe(201)
    expect((await ask('reviewClerk', id)).body.code).toBe('matter/review-asked-already')
    expect((await desk.open('leader', id)).body['chain']).toMatchObject([
      { id: first.body.id },
      { id: second.body.id },
    ])
  })

  it('after the recheck the same facts are no longer accepted, and nothing further may be asked for', async () => {
    const final = await bringFinal(desk)
    const further = await ask('reviewClerk', final)
    expect(further.body).toMatchObject({ code: 'matter/concluded-finally', article: '信访条例 art. 35(3)' })
    const again = await bringPetition(desk, 'entered')
    const unfinished = await bringPetition(desk, 'handling')
    const wrong = await desk.act('dispatcher', again, 'no-longer-accept', {
      finalId: unfinished,
      reason: '同一事实和理由',
    })
    expect(JSON.stringify(wrong.body)).toContain('信访条例 art. 35(3)')
    const unknown = await desk.act('dispatcher', again, 'no-longer-accept', {
      finalId: crypto.randomUUID(),
      reason: '同一事实和理由',
    })
    expect(unknown.body).toMatchObject({
      ...{ code: 'matter/other-not-found', errors: [{ pointer: '/body/finalId' }] },
    })
    const done = await desk.does('dispatcher', again, 'no-longer-accept', {
      finalId: final,
      reason: '同一事实和理由',
    })
    expect(done.state).toBe('no-longer-accepted')
    expect((await desk.open('leader', final)).body['chain']).toHaveLength(2)
  })
})

describe('a refusal names the article that it rests on', () => {
  const laws = ['2021-06-01T10:00:00+08:00', '2022-06-01T10:00:00+08:00'] as const
  const articleIn = async (own: Desk, id: string, act: Act) => {
    const { timeline } = (await own.open('leader', id)).body as unknown as {
      timeline: { type: string; data: { article?: string } }[]
    }
    return timeline.find(({ type }) => type === `matter.${act}`)?.data.article
  }

  const grounds = [
    ['other-power', '信访条例 art. 15; 信访条例 art. 21(1)(一)', '信访工作条例 art. 22(2)'],
    ['skip-level', '信访条例 art. 16; 国信发〔2014〕4号', '信访工作条例 art. 20(1); 国信发〔2014〕4号'],
    ['pending', '信访条例 art. 16', '信访工作条例 art. 19(3)'],
    ['no-review-asked', '信访条例 art. 34; 国信发〔2014〕4号', '信访工作条例 art. 35; 国信发〔2014〕4号'],
    ['review-lapsed', '信访条例 art. 34; 国信发〔2014〕4号', '信访工作条例 art. 35; 国信发〔2014〕4号'],
    ['concluded', '信访条例 art. 35(3)', '信访工作条例 art. 36(3)'],
    ['legal-route', '信访条例 art. 21(1)(一)', '信访工作条例 art. 22(2); 信访工作条例 art. 31'],
  ] as const
  const bringVisit = async (own: Desk, visit: object) => {
    const { body } = await own.call('registrar', 'POST', '/api/visits', {
      ...{ title: '反映征地补偿标准', content: '对征地补偿标准有异议。', topic: 'land' },
      visit: { level: 'city', ...visit },
      source: 'notified',
    })
    await own.does('dispatcher', body.id, 'forward', inputs(own).forward)
    return body.id
  }
  const skipping = (own: Desk, listNo: string) =>
    bringVisit(own, { competentLevel: 'township', listNo, listDay: own.clock.now().slice(0, 10) })

  it.each(laws.map((start, n) => [n, start] as const))('declined, on each ground, by law %i', (n, start) =>
    deskAt(start, async (own) => {
      for (const [ground, ...articles] of grounds) {
        const id = await skipping(own, ground)
        await own.does('liaison', id, 'decline', { ground, reason: '请按告知的途径办理。' })
        expect(await articleIn(own, id, 'decline')).toBe(articles[n])
      }
    }),
  )

  it.each(laws.map((start, n) => [n, start] as const))(
    'told of a legal route, and of a review, by law %i',
    (n, start) =>
      deskAt(start, async (own) => {
        for (const [route, ...articles] of [
          ['court', '信访条例 art. 21(1)(一)', '信访工作条例 art. 31(一)'],
          ['arbitration', '信访条例 art. 21(1)(一)', '信访工作条例 art. 31(二)'],
          ['administrative', '信访条例 art. 21(1)(一)', '信访工作条例 art. 31(四)'],
        ] as const) {
          const id = await bringPetition(own, 'entered')
          await own.does('dispatcher', id, 'redirect', { route, reason: '请依法向有关机关提出。' })
          expect(await articleIn(own, id, 'redirect')).toBe(articles[n])
        }
        for (const [ground, ...articles] of [
          ['legal-route', '信访条例 art. 21(1)(一)', '信访工作条例 art. 31'],
          ['pending', '信访条例 art. 16', '信访工作条例 art. 19(3)'],
          ['late', '信访条例 art. 34', '信访工作条例 art. 35'],
        ] as const) {
          const id = await bringReview(own, 'requested')
          await own.does('reviewClerk', id, 'decline-review', { ground, reason: '不属于复查范围。' })
          expect(await articleIn(own, id, 'decline-review')).toBe(articles[n])
        }
      }),
  )
})

describe('a ground of visits', () => {
  const declined = async (id: string, ground: string) => {
    const { status, body } = await desk.act('liaison', id, 'decline', {
      ground,
      reason: '请按告知的途径办理。',
    })
    return [status, JSON.stringify(body)] as const
  }

  it('refuses no letter', async () => {
    const id = await bringPetition(desk, 'routed')
    for (const ground of ['skip-level', 'no-review-asked', 'review-lapsed']) {
      const [status, told] = await declined(id, ground)
      expect(status).toBe(422)
      expect(told).toContain('matter/ground-not-of-matter')
      expect(told).toContain('国信发〔2014〕4号')
      expect(told).toContain('/body/ground')
    }
    expect((await desk.row(id))['state']).toBe('routed')
    expect((await declined(id, 'legal-route'))[0]).toBe(200)
  })

  it('refuses as skip-level only a visit that skips a level', async () => {
    const { body } = await desk.call('registrar', 'POST', '/api/visits', {
      ...{ title: '反映征地补偿标准', content: '对征地补偿标准有异议。', topic: 'land' },
      visit: { level: 'district', competentLevel: 'district' },
    })
    await desk.does('dispatcher', body.id, 'forward', inputs(desk).forward)
    const [status, told] = await declined(body.id, 'skip-level')
    expect(status).toBe(422)
    expect(told).toContain('信访条例 art. 16')
    expect((await declined(body.id, 'no-review-asked'))[0]).toBe(200)
  })
})

describe('the three classes', () => {
  const others = [
    ['suggestion', '信访工作条例 art. 29'],
    ['accusation', '信访工作条例 art. 30'],
  ] as const
  const accepted = async (own: Desk, matterClass: string, given: object = {}) => {
    const id = await bringPetition(own, 'entered', { ...given })
    await own.does('dispatcher', id, 'assign', inputs(own).assign)
    await own.does('liaison', id, 'accept', { matterClass })
    return id
  }
  const response = { answer: '已研究论证，建议予以采纳并列入明年计划。', approvedBy: '荣山镇镇长' }

  it.each(others)(
    'of the new regulation, %s runs by no clock of claims and is answered by its own article',
    (class_, article) =>
      deskAt('2022-06-01T10:00:00+08:00', async (own) => {
        const id = await accepted(own, class_)
        expect(await own.row(id)).toMatchObject({ state: 'handling', dueAt: null, lateFrom: null })
        for (const act of ['opine', 'ask-prolongation', 'mediate', 'make-ordinary'] as const) {
          const { status, body } = await own.act('liaison', id, act, inputs(own)[act])
          expect([act, status, body.code, body['article']]).toEqual([
            act,
            409,
            'matter/act-not-of-class',
            article,
          ])
        }
        const { acts, timeline } = (await own.open('liaison', id)).body as unknown as {
          acts: { act: string }[]
          timeline: { type: string; data: object }[]
        }
        expect(acts.map(({ act }) => act)).toEqual(expect.arrayContaining(['respond', 'make-claim']))
        expect(acts.map(({ act }) => act)).not.toContain('opine')
        expect(timeline.find(({ type }) => type === 'matter.accept')?.data).toMatchObject({ article })
        own.clock.forward({ days: 100 })
        expect((await own.does('liaison', id, 'respond', response)).state).toBe('closed')
        expect(await own.row(id)).toMatchObject({ firstOnTime: true })
        // The answer is also what whoever assigned it wanted to hear.
        expect((await own.legs(id)).find(({ kind }) => kind === 'feedback')).toMatchObject({
          outcome: 'replied',
        })
        const review = await own.call('reviewClerk', 'POST', `/api/matters/${id}/request-review`, {
          content: '不服答复，请求复查。',
        })
        expect([review.status, review.body.code, review.body['article']]).toEqual([
          409,
          'matter/no-review-of-class',
          article,
        ])
      }),
  )

  it('what a superior wants back by a day is due then, of whatever class', () =>
    deskAt('2022-06-01T10:00:00+08:00', async (own) => {
      const id = await accepted(own, 'suggestion', { upstreamDueAt: '2022-06-20T18:00:00+08:00' })
      expect((await own.row(id))['dueAt']).toBe('2022-06-20T18:00:00.000+08:00')
      own.clock.forward({ days: 30 })
      await own.does('liaison', id, 'respond', response)
      expect(await own.row(id)).toMatchObject({ firstOnTime: false })
    }))

  it('what turns out to be a claim gets the sixty days from its acceptance, and the way of claims', () =>
    deskAt('2022-06-01T10:00:00+08:00', async (own) => {
      const id = await accepted(own, 'suggestion')
      own.clock.forward({ days: 10 })
      await own.does('liaison', id, 'make-claim', { reason: '信访人实为主张自身权益' })
      expect((await own.row(id))['dueAt']).toMatch(/^2022-08-01/)
      expect((await own.act('liaison', id, 'respond', response)).body).toMatchObject({
        ...{ code: 'matter/act-not-of-class', article: '信访工作条例 art. 32' },
      })
      await own.does('liaison', id, 'opine', inputs(own).opine)
    }))

  it('the old regulation knows one way for all', async () => {
    const id = await accepted(desk, 'suggestion')
    expect((await desk.act('liaison', id, 'respond', response)).body).toMatchObject({
      ...{ code: 'matter/act-not-of-class', article: '信访条例 art. 32' },
    })
    expect((await desk.row(id))['dueAt']).not.toBeNull()
    await desk.does('liaison', id, 'opine', inputs(desk).opine)
  })
})

describe('finality', () => {
  const final = (about: string) => ({ finalId: about, reason: '同一事实和理由再次信访' })
  const rootOf = async (id: string) =>
    ((await desk.open('leader', id)).body['petition'] as { rootId: string }).rootId
  const actsOf = async (id: string) =>
    ((await desk.open('dispatcher', id)).body['acts'] as { act: string }[]).map(({ act }) => act)
  const refused = async (who: Parameters<Desk['act']>[0], id: string, act: Act) => {
    const { status, body } = await desk.act(who, id, act, inputs(desk)[act])
    return [status, body.code, body['article'], body['way']]
  }
  const WAY = [409, 'matter/concluded-finally', '信访条例 art. 35(3)', 'no-longer-accept']
  const link = (id: string, otherId: string) =>
    desk.call('dispatcher', 'POST', `/api/matters/${id}/links`, { otherId })

  it('what repeats a concluded matter is neither sent anywhere nor accepted, whichever of its chain it names', async () => {
    const recheck = await bringFinal(desk)
    for (const named of [recheck, await rootOf(recheck)]) {
      const id = await bringPetition(desk, 'entered', { repeatOfId: named })
      expect(await refused('dispatcher', id, 'forward')).toEqual(WAY)
      expect(await refused('dispatcher', id, 'assign')).toEqual(WAY)
      expect(await actsOf(id)).not.toContain('forward')
      expect(await actsOf(id)).toContain('no-longer-accept')
      // And a repeat of the repeat.
      const next = await bringPetition(desk, 'entered', { repeatOfId: id })
      expect(await refused('dispatcher', next, 'forward')).toEqual(WAY)
      expect((await desk.does('dispatcher', id, 'no-longer-accept', final(named))).state).toBe(
        'no-longer-accepted',
      )
    }
  })

  it('nor what a clerk confirmed to be the same thing, until the link is undone because the facts are others', async () => {
    const recheck = await bringFinal(desk)
    const id = await bringPetition(desk, 'routed')
    expect((await link(id, await rootOf(recheck))).status).toBe(200)
    expect(await refused('liaison', id, 'accept')).toEqual(WAY)
    const undone = await desk.call('dispatcher', 'POST', `/api/matters/${id}/links/undo`, {
      otherId: await rootOf(recheck),
      reason: '反映的是新的事实',
    })
    expect([undone.status, undone.body]).toMatchObject([200, {}])
    expect((await desk.does('liaison', id, 'accept', inputs(desk).accept)).state).toBe('handling')
  })

  it('a matter is not concluded because a supervised case joins it with one that is', async () => {
    const recheck = await bringFinal(desk)
    const id = await bringPetition(desk, 'entered')
    const escalation = await bringEscalation(desk, 'entered')
    for (const other of [id, await rootOf(recheck)]) expect((await link(escalation, other)).status).toBe(200)
    await does('dispatcher', id, 'forward')
  })

  it('no matter concludes itself', async () => {
    const id = await bringPetition(desk, 'entered', { repeatOfId: await bringFinal(desk) })
    const { status, body } = await desk.act('dispatcher', id, 'no-longer-accept', final(id))
    expect([status, body.code]).toEqual([422, 'matter/not-final'])
  })
})

describe('who sees it', () => {
  it('the organ that holds it, the office, and nobody else', async () => {
    const id = await bringPetition(desk, 'handling')
    expect((await desk.open('liaison', id)).status).toBe(200)
    expect((await desk.open('otherLiaison', id)).status).toBe(404)
    const mine = await desk.call('liaison', 'GET', '/api/matters?mine=lead&limit=100')
    expect((mine.body['items'] as { id: string }[]).some((item) => item.id === id)).toBe(true)
  })

  it('never the accused unit, on any way', async () => {
    const id = await bringPetition(desk, 'entered', { category: 'report', accusedUnitIds: [desk.township] })
    for (const act of ['forward', 'assign'] as const) {
      const refused = await desk.act('dispatcher', id, act, inputs(desk)[act])
      expect(refused.body.code).toBe('matter/accused-unit')
    }
    expect((await desk.open('liaison', id)).status).toBe(404)
  })
})
