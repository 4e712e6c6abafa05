// What is withheld from a reader is not told on other matters either: by no id, no number, no line of a story.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { bringFinal, bringPetition, bringReview, inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const text = (answer: { body: unknown }) => JSON.stringify(answer.body)
const timeline = (answer: { body: unknown }) =>
  (answer.body as { timeline: { type: string; data: Record<string, unknown> }[] }).timeline

async function accuse(id: string, accusedUnitIds: string[]) {
  const { version } = await desk.row(id)
  const ifMatch = { 'if-match': `"${Number(version)}"` }
  const answer = await desk.call('dispatcher', 'PATCH', `/api/matters/${id}`, { accusedUnitIds }, ifMatch)
  expect(answer).toMatchObject({ status: 200 })
}

async function name(id: string, person: string) {
  const answer = await desk.call('dispatcher', 'POST', `/api/matters/${id}/accused`, { name: person })
  expect(answer).toMatchObject({ status: 200 })
}

async function letter(given: Record<string, unknown> = {}) {
  const answer = await desk.call('registrar', 'POST', '/api/letters', {
    ...{ title: '反映补偿', content: '反映补偿款未到账问题。', category: 'claim', topic: 'land', ...given },
  })
  expect(answer).toMatchObject({ status: 201 })
  return answer.body
}

describe('the story of a matter', () => {
  it('does not tell into what it was merged once that accuses its unit', async () => {
    const merged = await desk.register({ dispatch: { leadUnitId: desk.township } })
    const into = await desk.register({ dispatch: { leadUnitId: desk.other } })
    await desk.does('dispatcher', merged.id, 'merge', { intoId: into.id, reason: '同一诉求人同一事项' })
    expect(text(await desk.open('liaison', merged.id))).toContain(into.no)
    await accuse(into.id, [desk.township])
    const seen = await desk.open('liaison', merged.id)
    expect(seen.status).toBe(200)
    expect(timeline(seen).find(({ type }) => type === 'matter.merge')?.data).toMatchObject({
      ...{ intoId: null, intoNo: null },
    })
    for (const secret of [into.id, into.no]) expect(text(seen)).not.toContain(secret)
    expect(text(await desk.open('leader', merged.id))).toContain(into.no)
  })

  it('does not tell into what it was merged to whom that names', async () => {
    const named = await desk.account(['reviewer'], { name: '司马并单' })
    const merged = await desk.register({ dispatch: { leadUnitId: desk.township } })
    const into = await desk.register({ dispatch: { leadUnitId: desk.other } })
    await name(into.id, '司马并单')
    await desk.does('dispatcher', merged.id, 'merge', { intoId: into.id, reason: '同一诉求人同一事项' })
    const seen = await desk.call(named, 'GET', `/api/matters/${merged.id}`)
    expect(seen.status).toBe(200)
    for (const secret of [into.id, into.no]) expect(text(seen)).not.toContain(secret)
  })

  it('does not tell the accused unit that a petition repeats an accusation, as registered or as corrected', async () => {
    const first = await letter({ category: 'report', accusedUnitIds: [desk.township] })
    const registered = await letter({ repeatOfId: first.id })
    const corrected = await letter()
    for (const { id } of [registered, corrected])
      await desk.does('dispatcher', id, 'forward', { leadUnitId: desk.township })
    const correction = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/letters/${corrected.id}`,
      { repeatOfId: first.id, reason: '补登重复件' },
      { 'if-match': '"2"' },
    )
    expect(correction).toMatchObject({ status: 200 })
    for (const { id } of [registered, corrected]) {
      const seen = await desk.open('liaison', id)
      expect(seen.status).toBe(200)
      expect(text(seen)).not.toContain(first.id)
      expect(text(await desk.open('leader', id))).toContain(first.id)
    }
  })

  it('says nothing of a review to whom the review names', async () => {
    const named = await desk.account(['reviewer', 'supervisor'], { name: '司马再查' })
    const parent = await bringPetition(desk, 'delivered')
    const asked = { content: '不服,举报承办人。' }
    const { body } = await desk.call('reviewClerk', 'POST', `/api/matters/${parent}/request-review`, asked)
    await name(body.id, '司马再查')
    const seen = await desk.call(named, 'GET', `/api/matters/${parent}`)
    expect(seen.status).toBe(200)
    for (const secret of [body.id, body.no, 'review-requested']) expect(text(seen)).not.toContain(secret)
    expect(text(await desk.open('leader', parent))).toContain(body.no)
  })

  it('does not tell the final review that names its reader', async () => {
    const final = await bringFinal(desk)
    const { id } = await letter()
    const ground = { finalId: final, reason: '同一事实和理由再次信访' }
    await desk.does('dispatcher', id, 'no-longer-accept', ground)
    const named = await desk.account(['reviewer'], { name: '司马终结' })
    await name(final, '司马终结')
    const seen = await desk.call(named, 'GET', `/api/matters/${id}`)
    expect(seen.status).toBe(200)
    expect(text(seen)).not.toContain(final)
    expect(text(await desk.open('leader', id))).toContain(final)
  })

  it('of a review names no petition from which its reader has stepped aside', async () => {
    const review = await bringReview(desk, 'closed')
    const before = (await desk.open('leader', review)).body as unknown as { petition: { parentId: string } }
    const { parentId } = before.petition
    const clerk = await desk.account(['reviewer'])
    const aside = { accountId: clerk.id, reason: '有直接利害关系' }
    expect((await desk.call('leader', 'POST', `/api/matters/${parentId}/recuse`, aside)).status).toBe(200)
    expect(text(await desk.call(clerk, 'GET', `/api/matters/${review}`))).not.toContain(parentId)
  })

  it('loses the line of a link when the other side comes to accuse, and gets none when it does already', async () => {
    const own = await desk.register({ dispatch: { leadUnitId: desk.township } })
    const other = await desk.register({})
    await desk.call('dispatcher', 'POST', `/api/matters/${own.id}/links`, { otherId: other.id })
    await accuse(other.id, [desk.township])
    const before = await desk.open('liaison', own.id)
    expect(text(before)).not.toContain(other.id)
    expect(timeline(before).map(({ type }) => type)).not.toContain('matter.link')
    const report = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const linked = await desk.call('dispatcher', 'POST', `/api/matters/${own.id}/links`, {
      otherId: report.id,
    })
    expect(linked).toMatchObject({ status: 200 })
    expect(text(await desk.open('liaison', own.id))).toBe(text(before))
    expect(timeline(await desk.open('leader', report.id)).at(-1)?.data).toMatchObject({ otherId: own.id })
  })
})

it('asking for a review once more tells the number of the first only to whom that is shown', async () => {
  const named = await desk.account(['registrar'], { name: '司马登记' })
  const parent = await bringPetition(desk, 'delivered')
  const ask = (who: Parameters<Desk['call']>[0], content: string) =>
    desk.call(who, 'POST', `/api/matters/${parent}/request-review`, { content })
  const { body: review } = await ask('reviewClerk', '不服,举报登记员。')
  await name(review.id, '司马登记')
  const again = await ask(named, '再次申请复查。')
  expect(again.body.code).toBe('matter/review-asked-already')
  expect(text(again)).not.toContain(review.no)
  expect((await ask('reviewClerk', '再次申请复查。')).body).toMatchObject({ no: review.no })
})

describe('what a matter comes to accuse', () => {
  const escalate = async (matterIds: string[]) => {
    const made = await desk.call('supervisor', 'POST', '/api/escalations', {
      ...{
        source: 'office',
        ground: 'overdue',
        title: '督办案件',
        content: '信访人多次反映。',
        topic: 'land',
      },
      ...{ leaderName: '陈区长', leaderPost: '常务副区长', matterIds },
    })
    expect(made).toMatchObject({ status: 201 })
    return made.body
  }
  const review = async (parent: string) => {
    const asked = { content: '不服处理意见,请求复查。' }
    const answer = await desk.call('reviewClerk', 'POST', `/api/matters/${parent}/request-review`, asked)
    expect(answer).toMatchObject({ status: 201 })
    return answer.body
  }
  const status = async (who: Parameters<Desk['call']>[0], id: string) =>
    (await desk.call(who, 'GET', `/api/matters/${id}`)).status

  it('holds for its review: for whom is named, for who steps aside, for accused units', async () => {
    const named = await desk.account(['reviewer', 'supervisor'], { name: '司马复查' })
    const aside = await desk.account(['reviewer'])
    const parent = await bringPetition(desk, 'delivered')
    const { id } = await review(parent)
    expect([await status(named, id), await status(aside, id)]).toEqual([200, 200])
    await name(parent, '司马复查')
    expect(
      (await desk.call(aside, 'POST', `/api/matters/${parent}/recuse`, { reason: '系近亲属' })).status,
    ).toBe(200)
    await accuse(parent, [desk.township])
    expect([await status(named, id), await status(aside, id)]).toEqual([404, 404])
    const seen = await desk.open('leader', id)
    expect(seen.body).toMatchObject({ accusedUnitIds: [desk.township], accused: [{ name: '司**查' }] })
    expect(timeline(seen).map(({ type }) => type)).toEqual([
      ...['matter.register', 'matter.accused', 'matter.recused', 'matter.edit'],
    ])
  })

  it('stands on a review that is asked for afterwards, with the names', async () => {
    const parent = await bringPetition(desk, 'delivered')
    await name(parent, '司马传承')
    const { id } = await review(parent)
    expect((await desk.open('leader', id)).body).toMatchObject({ accused: [{ name: '司**承' }] })
  })

  it('holds for the escalated case about it, which is taken from an accused unit', async () => {
    const named = await desk.account(['supervisor'], { name: '司马案后' })
    const { id } = await desk.register({ category: 'report' })
    const made = await escalate([id])
    await desk.does('supervisor', made.id, 'hand-over', inputs(desk)['hand-over'])
    expect([await status('liaison', made.id), await status(named, made.id)]).toEqual([200, 200])
    await accuse(id, [desk.township])
    await name(id, '司马案后')
    expect([await status('liaison', made.id), await status(named, made.id)]).toEqual([404, 404])
    expect((await desk.open('leader', made.id)).body).toMatchObject({ state: { code: 'entered' } })
    expect((await desk.legs(made.id)).at(-1)).toMatchObject({ outcome: 'redispatched' })
    const again = await desk.act('supervisor', made.id, 'hand-over', inputs(desk)['hand-over'])
    expect(again.body.code).toBe('matter/accused-unit')
  })

  it('holds for what it is merged into and the escalated case about that, then and later', async () => {
    const named = await desk.account(['supervisor'], { name: '司马并入' })
    const later = await desk.account(['supervisor'], { name: '司马并后' })
    const [into, merged] = [await desk.register(), await desk.register({ accusedUnitIds: [desk.township] })]
    await name(merged.id, '司马并入')
    const made = await escalate([into.id])
    await desk.does('supervisor', made.id, 'hand-over', inputs(desk)['hand-over'])
    await desk.does('dispatcher', merged.id, 'merge', { intoId: into.id, reason: '同一诉求人同一事项' })
    expect([await status('liaison', made.id), await status(named, made.id)]).toEqual([404, 404])
    expect((await desk.open('leader', made.id)).body).toMatchObject({
      ...{ state: { code: 'entered' }, accused: [{ name: '司**入' }] },
    })
    expect((await desk.open('leader', into.id)).body).toMatchObject({ accused: [{ name: '司**入' }] })
    await name(merged.id, '司马并后')
    expect([await status(later, into.id), await status(later, made.id)]).toEqual([404, 404])
    expect(await status(later, merged.id)).toBe(404)
  })

  it('holds for every case that is linked with the one about it', async () => {
    const [near, far] = [await escalate([]), await escalate([])]
    expect(
      (await desk.call('dispatcher', 'POST', `/api/matters/${near.id}/links`, { otherId: far.id })).status,
    ).toBe(200)
    await desk.does('supervisor', far.id, 'hand-over', inputs(desk)['hand-over'])
    const { id } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    await name(id, '司马远案')
    const linked = await desk.call('dispatcher', 'POST', `/api/matters/${id}/links`, { otherId: near.id })
    expect(linked).toMatchObject({ status: 200 })
    expect(await status('liaison', far.id)).toBe(404)
    expect((await desk.open('leader', far.id)).body).toMatchObject({
      ...{ state: { code: 'entered' }, accusedUnitIds: [desk.township], accused: [{ name: '司**案' }] },
    })
  })

  it('is not linked with a case that the accused unit has in hand, and holds for any other case', async () => {
    const { id } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    await name(id, '司马后连')
    const [held, free] = [await escalate([]), await escalate([])]
    await desk.does('supervisor', held.id, 'hand-over', inputs(desk)['hand-over'])
    const before = (await desk.events(desk.staff.dispatcher.id)).length
    for (const [one, otherId] of [
      [held.id, id],
      [id, held.id],
    ]) {
      const linked = await desk.call('dispatcher', 'POST', `/api/matters/${one}/links`, { otherId })
      expect([linked.status, linked.body.code]).toEqual([422, 'matter/accused-unit'])
    }
    expect((await desk.events(desk.staff.dispatcher.id)).slice(before)).toEqual([
      ...['account.transfer-refused', 'account.transfer-refused'],
    ])
    expect(
      (await desk.call('dispatcher', 'POST', `/api/matters/${free.id}/links`, { otherId: id })).status,
    ).toBe(200)
    expect((await desk.open('leader', free.id)).body).toMatchObject({
      ...{ accusedUnitIds: [desk.township], accused: [{ name: '司**连' }] },
    })
    const handed = await desk.act('supervisor', free.id, 'hand-over', inputs(desk)['hand-over'])
    expect(handed.body.code).toBe('matter/accused-unit')
  })
})
