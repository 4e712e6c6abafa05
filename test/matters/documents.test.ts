// Written notices: given when what they state is on record, under the law of the registration, to whom may know the name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { articleText, numeral } from '../../src/matters/document-facts.ts'
import { paragraphsOf } from '../support/docx.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringPetition, bringReview, inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

type Who = Parameters<Desk['call']>[0] & string
async function get(who: Who | { id: string }, id: string, kind: string) {
  const { app } = desk.servers[0] ?? expect.fail('no server')
  const cookie = typeof who === 'string' ? await desk.cookie(who as never) : expect.fail('by name')
  return app.inject({
    ...{ method: 'GET', url: `/api/matters/${id}/documents/${kind}`, remoteAddress: '10.8.0.1' },
    headers: { cookie, 'x-banjian': '1' },
  })
}
/** The text of a document, paragraph by paragraph. */
async function textOf(who: Who, id: string, kind: string): Promise<string[]> {
  const response = await get(who, id, kind)
  expect(response.statusCode, `${kind}: ${response.body.slice(0, 300)}`).toBe(200)
  return paragraphsOf(response.rawPayload)
}
const offered = async (id: string) =>
  (await desk.call('leader', 'GET', `/api/matters/${id}/documents`)).body['items'] as {
    id: string
    missing: string[]
  }[]
const given = async (id: string) =>
  (await offered(id)).filter(({ missing }) => missing.length === 0).map((each) => each.id)

describe('which notices can be given', () => {
  it('follows what is on record', async () => {
    expect(await given(await bringPetition(desk, 'entered'))).toEqual(['receipt'])
    expect(await given(await bringPetition(desk, 'routed'))).toEqual(['receipt', 'forwarding'])
    expect(await given(await bringPetition(desk, 'handling'))).toEqual([
      'receipt',
      'forwarding',
      'acceptance',
    ])
    expect(await given(await bringPetition(desk, 'not-accepted'))).toEqual([
      'receipt',
      'forwarding',
      'refusal',
    ])
    expect(await given(await bringPetition(desk, 'redirected'))).toEqual(['receipt', 'route'])
    expect(await given(await bringPetition(desk, 'no-longer-accepted'))).toEqual(['receipt', 'final'])
    expect(await given(await bringPetition(desk, 'delivered'))).toEqual([
      ...['receipt', 'forwarding', 'acceptance', 'opinion', 'delivery'],
    ])
    expect(await given(await bringReview(desk, 'requested'))).toEqual([])
    expect(await given(await bringReview(desk, 'not-accepted'))).toEqual(['review-refusal'])
    expect(await given(await bringReview(desk, 'coordinated'))).toEqual(['review-coordination'])
    expect(await given(await bringReview(desk, 'closed'))).toEqual([
      'review-acceptance',
      'review',
      'delivery',
    ])
    expect(await given(await bringReview(desk, 'closed', 'recheck'))).toEqual([
      ...['review-acceptance', 'recheck', 'delivery'],
    ])
    expect(await given(await bring(desk, 'handling'))).toEqual([])
  })

  it('an acceptance notice before acceptance is refused, and says what is missing', async () => {
    const id = await bringPetition(desk, 'routed')
    const response = await get('liaison', id, 'acceptance')
    expect(response.statusCode).toBe(409)
    expect(response.json<{ code: string; errors: { message: string }[] }>()).toMatchObject({
      code: 'matter/document-not-due',
      errors: [
        { message: '尚无受理日期' },
        { message: '尚无办理的条款' },
        { message: '尚无办理期限或者办理方式' },
      ],
    })
    const order = await bring(desk, 'handling')
    expect((await get('liaison', order, 'receipt')).json()).toMatchObject({
      code: 'matter/document-not-of-channel',
    })
  })
})

describe('what a notice says', () => {
  it('the opinion: addressee, claim, facts, basis, conclusion, and the right to a review within thirty days', async () => {
    const id = await bringPetition(desk, 'delivered')
    const text = await textOf('liaison', id, 'opinion')
    expect(text[0]).toBe('信访事项处理意见书')
    expect(text[1]).toMatch(/^利州信〔2020〕/)
    expect(text[2]).toBe('李秀英：')
    const whole = text.join('\n')
    const { claim, facts, basis, opinion } = inputs(desk).opine as Record<string, string>
    for (const said of [
      claim,
      facts,
      basis,
      opinion,
      '不予支持',
      '30日内',
      '《信访条例》第三十四条',
      '荣山镇',
    ])
      expect(whole).toContain(said)
    expect(text.slice(-2)).toEqual(['荣山镇', '2020年8月14日'])
  })

  it('what is not taken up is refused by the article of its ground, what goes another way by that of its route', async () => {
    const declined = (await textOf('liaison', await bringPetition(desk, 'not-accepted'), 'refusal')).join('')
    expect(declined).toContain('根据《信访条例》第十六条的规定，决定不予受理')
    const redirected = (await textOf('leader', await bringPetition(desk, 'redirected'), 'route')).join('')
    expect(redirected).toContain('根据《信访条例》第二十一条第一款第（一）项的规定')
  })

  it('acceptance names the limit of the law, simplified handling its own', async () => {
    const ordinary = (await textOf('liaison', await bringPetition(desk, 'handling'), 'acceptance')).join('')
    expect(ordinary).toContain('《信访条例》第三十三条')
    expect(ordinary).toContain('2020年10月13日前办结')
    const id = await bringPetition(desk, 'entered')
    await desk.does('dispatcher', id, 'forward', { leadUnitId: desk.township, simple: true })
    const forwarded = (await textOf('liaison', id, 'forwarding')).join('')
    expect(forwarded).toMatch(/简易办理办法.*自收到之日起3个工作日内决定是否受理/)
    expect(forwarded).not.toMatch(/收到之日起15日/)
    await desk.does('liaison', id, 'accept', { matterClass: 'claim' })
    const simple = (await textOf('liaison', id, 'acceptance')).join('')
    expect(simple).toContain('简易办理')
    expect(simple).toContain('前办结')
    expect(simple).not.toContain('延长')
  })

  it('what is registered is not accepted yet, nor is it called so', async () => {
    const id = await bringPetition(desk, 'entered')
    const response = await get('registrar', id, 'receipt')
    expect(decodeURIComponent(String(response.headers['content-disposition']))).toContain('登记凭证')
    const text = paragraphsOf(response.rawPayload)
    expect(text[0]).toBe('信访事项登记凭证')
    expect(text.join('')).toContain('15日内转送、交办')
  })

  it('acceptance of a suggestion or accusation promises what its own article does, and no sixty days', async () => {
    const own = await openDesk()
    own.clock.forward({ seconds: (Date.parse('2022-06-01') - Date.parse(own.clock.now())) / 1000 })
    const { app } = own.servers[0] ?? expect.fail('no server')
    for (const [matterClass, article, promise] of [
      ['suggestion', '第二十九条', '研究论证'],
      ['accusation', '第三十条', '反馈'],
    ] as const) {
      const id = await bringPetition(own, 'routed')
      await own.does('liaison', id, 'accept', { matterClass })
      const written = await app.inject({
        ...{ method: 'GET', url: `/api/matters/${id}/documents/acceptance`, remoteAddress: '10.8.0.1' },
        headers: { cookie: await own.cookie('liaison'), 'x-banjian': '1' },
      })
      const text = paragraphsOf(written.rawPayload).join('')
      expect(text).toContain(`《信访工作条例》${article}`)
      expect(text).toContain(promise)
      expect(text).not.toMatch(/第三十四条|办结|延长/)
    }
    await own.close()
  })

  it('prolonged handling tells the old day, the new one and why', async () => {
    const id = await bringPetition(desk, 'handling')
    await desk.does('liaison', id, 'ask-prolongation', inputs(desk)['ask-prolongation'])
    await desk.does('chief', id, 'grant-prolongation', inputs(desk)['grant-prolongation'])
    const text = (await textOf('chief', id, 'prolongation')).join('')
    for (const said of ['2020年10月13日', '2020年11月12日', '需要专业鉴定']) expect(text).toContain(said)
  })

  it('acceptance given again promises what it promised then, also when handling was prolonged or begun anew since', async () => {
    const promised = async (id: string) =>
      /应当于(.+?)前办结/.exec((await textOf('liaison', id, 'acceptance')).join(''))?.[1]
    const id = await bringPetition(desk, 'handling')
    const before = await promised(id)
    expect(before).toBe('2020年10月13日')
    await desk.does('liaison', id, 'ask-prolongation', inputs(desk)['ask-prolongation'])
    await desk.does('chief', id, 'grant-prolongation', inputs(desk)['grant-prolongation'])
    expect(await promised(id)).toBe(before)
    const revoked = await bringReview(desk, 'requested')
    const { parentId } = (await desk.open('leader', revoked)).body['petition'] as { parentId: string }
    const asked = await promised(parentId)
    await desk.does('reviewClerk', revoked, 'accept-review')
    await desk.does('reviewClerk', revoked, 'opine-review', {
      ...(inputs(desk)['opine-review'] as object),
      result: 'revoked',
    })
    await desk.does('leader', revoked, 'issue-review', { opinionNo: '复查〔2020〕9号' })
    desk.clock.forward({ days: 1 })
    await desk.does('dispatcher', parentId, 'rehandle', { reviewId: revoked })
    expect(await promised(parentId)).toBe(asked)
    desk.clock.forward({ days: -1 })
  })

  it('who delivers an opinion signs for it: the unit its own', async () => {
    const text = await textOf('liaison', await bringPetition(desk, 'delivered'), 'delivery')
    expect(text.at(-2)).toBe('荣山镇')
  })

  it('a recheck says that it is final', async () => {
    const text = (await textOf('reviewClerk', await bringReview(desk, 'closed', 'recheck'), 'recheck')).join(
      '',
    )
    expect(text).toContain('《信访条例》第三十五条第三款')
    expect(text).toContain('不再受理')
  })

  it('a recheck that revokes says that the matter is handled anew, and calls nothing final', async () => {
    const id = await bringReview(desk, 'handling', 'recheck')
    const opinion = {
      ...(inputs(desk)['opine-review'] as object),
      opinion: '撤销原意见。',
      result: 'revoked',
    }
    await desk.does('secondReviewClerk', id, 'opine-review', opinion)
    await desk.does('secondLeader', id, 'issue-review', { opinionNo: '广信复核〔2020〕9号' })
    const text = (await textOf('secondReviewClerk', id, 'recheck')).join('')
    expect(text).toContain('由原办理机关、单位重新办理')
    expect(text).not.toContain('不再受理')
    expect(text).not.toContain('终结')
  })

  it('a review is taken in by its own article, until its own day', async () => {
    for (const [stage, name, article] of [
      ['review', '复查', '《信访条例》第三十四条'],
      ['recheck', '复核', '《信访条例》第三十五条第一款'],
    ] as const) {
      const id = await bringReview(desk, 'handling', stage)
      const due = (await desk.legs(id)).at(-1)?.effectiveDueAt.slice(0, 10).split('-').map(Number) ?? []
      const text = await textOf('reviewClerk', id, 'review-acceptance')
      expect(text[0]).toBe(`信访事项${name}申请受理告知书`)
      expect(text[2]).toContain(`根据${article}的规定`)
      expect(text[2]).toContain(`${due[0]}年${due[1]}月${due[2]}日前作出${name}意见`)
    }
  })

  it('what a review or recheck comes to is signed by the organ that decides it', async () => {
    const signatures = async (who: Who, id: string) =>
      Promise.all((await given(id)).map(async (kind) => (await textOf(who, id, kind)).at(-2)))
    const recheck = await bringReview(desk, 'closed', 'recheck')
    expect(await signatures('secondReviewClerk', recheck)).toEqual(Array(3).fill('广元市信访局'))
    const review = await bringReview(desk, 'closed')
    expect(await signatures('reviewClerk', review)).toEqual(Array(3).fill('利州区群众工作局'))
  })

  it('a review that is refused, or coordinated instead, says why, and how that went', async () => {
    const late = await bringReview(desk, 'requested')
    const reason = '申请人于期满后提出，未说明理由。'
    await desk.does('reviewClerk', late, 'decline-review', { ground: 'late', reason })
    const refused = (await textOf('reviewClerk', late, 'review-refusal')).join('')
    for (const said of ['复查申请', '无正当理由超过申请期限', '根据《信访条例》第三十四条的规定', reason])
      expect(refused).toContain(said)
    const routed = await bringReview(desk, 'not-accepted')
    expect((await textOf('reviewClerk', routed, 'review-refusal')).join('')).toMatch(
      /“应当通过其他法定途径解决”的情形，根据《信访条例》第二十一条第一款第（一）项的规定/,
    )
    const coordinated = await bringReview(desk, 'coordinated', 'recheck')
    const told = (await textOf('secondReviewClerk', coordinated, 'review-coordination')).join('')
    for (const said of ['复核申请', '协调处理', '已协调有关部门处理。']) expect(told).toContain(said)
  })

  it('a petition is refused on the ground of petitions, not on that of the same kind of reviews', async () => {
    const id = await bringPetition(desk, 'not-accepted')
    expect((await textOf('liaison', id, 'refusal')).join('')).toContain('“已经受理或者正在办理”的情形')
    expect((await desk.open('leader', id)).body['petition']).toMatchObject({
      declineGround: { label: '已经受理或者正在办理' },
    })
  })

  it('a petition that a unit refuses because it was concluded is told so; what is no longer accepted keeps its own notice', async () => {
    const refused = await bringPetition(desk, 'routed')
    const reason = '该事项已审核认定办结，请按原意见书告知的途径申请复查。'
    await desk.does('liaison', refused, 'decline', { ground: 'concluded', reason })
    const final = await bringPetition(desk, 'no-longer-accepted')
    for (const [id, kind, says] of [
      [refused, 'refusal', '属于“已经审核认定办结或复查复核终结备案”的情形'],
      [final, 'final', '《信访条例》第三十五条第三款'],
    ] as const) {
      const own = async () => (await given(id)).filter((each) => ['refusal', 'final'].includes(each))
      expect(await own()).toEqual([kind])
      await desk.does('reviewer', id, 'archive')
      expect(await own()).toEqual([kind])
      expect((await textOf('leader', id, kind)).join('')).toContain(says)
    }
  })

  it('under the law of 2022 where the petition was registered under it', async () => {
    const before = desk.clock.now()
    const days = Math.round((Date.parse('2023-03-01T09:00:00+08:00') - Date.parse(before)) / 86_400_000)
    desk.clock.forward({ days })
    const text = (await textOf('liaison', await bringPetition(desk, 'delivered'), 'opinion')).join('')
    expect(text).toContain('《信访工作条例》第三十二条')
    expect(text).toContain('《信访工作条例》第三十五条')
    expect(text).not.toContain('《信访条例》')
    // Of the organ it wants word of what it received and how that goes on, not whether it accepts.
    const forwarded = (await textOf('liaison', await bringPetition(desk, 'routed'), 'forwarding')).join('')
    expect(forwarded).toContain(
      '根据《信访工作条例》第二十三条第三款的规定，自收到之日起15日内书面告知你（们）接收情况以及处理途径和程序',
    )
    expect(forwarded).not.toContain('受理')
    desk.clock.forward({ days: -days })
  })
})

describe('the name in it', () => {
  it('is opened on record, with the purpose', async () => {
    const id = await bringPetition(desk, 'delivered')
    const personId = (await desk.open('leader', id)).body['personId'] as string
    await textOf('liaison', id, 'opinion')
    expect(await desk.events(personId)).toEqual(['person.revealed'])
    expect(await desk.events(desk.staff.liaison.id)).toContain('account.document-written')
  })

  it('of who asked for confidence is for who is on the list, and the attempt is on record', async () => {
    const id = await bringPetition(desk, 'delivered', { confidential: true })
    const personId = (await desk.open('leader', id)).body['personId'] as string
    expect((await get('liaison', id, 'opinion')).statusCode).toBe(403)
    expect(await desk.events(personId)).toContain('person.reveal-refused')
    const naming = { accountId: desk.staff.liaison.id, reason: '需要送达意见书' }
    await desk.call('leader', 'POST', `/api/people/${personId}/confidants`, naming)
    expect((await textOf('liaison', id, 'opinion'))[2]).toBe('李秀英：')
  })

  it('reaches neither another unit nor the accused', async () => {
    const id = await bringPetition(desk, 'delivered')
    expect((await get('otherLiaison', id, 'opinion')).statusCode).toBe(404)
    const charge = await bringPetition(desk, 'entered', {
      category: 'report',
      accusedUnitIds: [desk.township],
    })
    expect((await get('liaison', charge, 'receipt')).statusCode).toBe(404)
    expect((await desk.call('liaison', 'GET', `/api/matters/${charge}/documents`)).status).toBe(404)
  })
})

describe('the wording', () => {
  it('is the office’s own, version by version, and may name nothing that there is not', async () => {
    const system = await desk.account(['system-admin'])
    const put = (text: string) =>
      desk.call(system, 'PUT', '/api/documents/receipt', { text }, { 'if-match': '"0"' })
    expect(
      (await desk.call(system, 'PUT', '/api/documents/receipt', { text: '# 登记回执\n已收到。' })).status,
    ).toBe(428)
    expect((await put('# 回执\n@ {phone}：')).body['errors']).toMatchObject([{ pointer: '/body/text' }])
    expect(
      (await put('# 登记回执\n@ {name}：\n编号{no}，收到日期{receivedDay}。\n> {office}')).body,
    ).toMatchObject({ version: 1 })
    expect((await put('# 登记回执\n已收到。')).status, 'of an older version').toBe(412)
    const text = await textOf('registrar', await bringPetition(desk, 'entered'), 'receipt')
    expect(text[0]).toBe('登记回执')
    expect(text.at(-1)).toBe('利州区群众工作局')
    expect(
      (
        await desk.call('registrar', 'PUT', '/api/documents/receipt', {
          text: '# 自拟回执\n@ {name}：\n已收到。',
        })
      ).status,
    ).toBe(403)
  })
})

it('articles are named as Chinese papers name them', () => {
  expect(articleText('信访条例 art. 21(1)')).toBe('《信访条例》第二十一条第一款')
  expect(articleText('信访工作条例 art. 31(五)')).toBe('《信访工作条例》第三十一条第（五）项')
  expect(articleText('信访条例 art. 16; 国信发〔2014〕4号')).toBe(
    '《信访条例》第十六条、《关于进一步规范信访事项受理办理程序引导来访人依法逐级走访的办法》（国信发〔2014〕4号）',
  )
  expect(articleText('信访工作条例 art. 34')).toBe('《信访工作条例》第三十四条')
  expect([1, 9, 10, 11, 20, 21, 35, 50].map(numeral)).toEqual([
    ...['一', '九', '十', '十一', '二十', '二十一', '三十五', '五十'],
  ])
})
