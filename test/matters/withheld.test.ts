// What is withheld from a reader is not told on other matters either: by no id, no number, no line of a story.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { bringFinal, bringPetition, bringReview } from './scenes.ts'

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
  const ifMatch = { 'if-match': `"${version}"` }
  const answer = await desk.call('dispatcher', 'PATCH', `/api/matters/${id}`, { accusedUnitIds }, ifMatch)
  expect(answer.status, text(answer)).toBe(200)
}

async function name(id: string, person: string) {
  const answer = await desk.call('dispatcher', 'POST', `/api/matters/${id}/accused`, { name: person })
  expect(answer.status, text(answer)).toBe(200)
}

async function letter(given: Record<string, unknown> = {}) {
  const answer = await desk.call('registrar', 'POST', '/api/letters', {
    ...{ title: '反映补偿', content: '反映补偿款未到账问题。', category: 'claim', topic: 'land', ...given },
  })
  expect(answer.status, text(answer)).toBe(201)
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
    expect(correction.status, text(correction)).toBe(200)
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
    expect(linked.status, text(linked)).toBe(200)
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
