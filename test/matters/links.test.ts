// One thing in several channels: suggested with its reasons, linked by a clerk alone, undone, and counted openly.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { runWaiting } from './waiting.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

interface Found {
  id: string
  reasons: { code: string }[]
  alike: number
}

async function letter(given: Record<string, unknown>): Promise<string> {
  const answer = await desk.call('registrar', 'POST', '/api/letters', {
    ...{ title: '反映工地夜间施工', content: '来信反映。', category: 'claim', topic: 'environment' },
    ...given,
  })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body.id
}

const order = async (given: Record<string, unknown>) => (await desk.register(given)).id
const links = async (id: string, who: Parameters<Desk['call']>[0] = 'registrar') =>
  (await desk.call(who, 'GET', `/api/matters/${id}/links`)).body as never as {
    members: { id: string }[]
    links: { matter: { id: string }; state: { code: string }; reasons: { code: string }[] }[]
    suggestions: Found[]
  }
const decide = (way: '' | '/reject' | '/undo', id: string, otherId: string, more = {}) =>
  desk.call('registrar', 'POST', `/api/matters/${id}/links${way}`, { otherId, ...more })
const reasonsOf = (found: Found | undefined) => found?.reasons.map(({ code }) => code)

const NOISE = '东坝街道滨河花园三期工地夜间十一点以后仍在打桩,噪声很大,老人小孩无法休息。'

describe('suggestions', () => {
  it('tell why: the phone, the words, the place, the accused; and what has nothing in common is none', async () => {
    const caller = { name: '欧阳同一', phone: '15401200071' }
    const one = await order({ content: NOISE, caller, regionCode: '510802001' })
    const two = await letter({ content: `${NOISE}请求责令停工。`, caller })
    const three = await order({ content: `${NOISE}多次投诉无果。`, regionCode: '510802001' })
    const other = await letter({
      title: '咨询社保',
      content: '咨询城乡居民养老保险补缴办法。',
      topic: 'labour',
    })
    const accused = { category: 'report', topic: 'conduct', accusedUnitIds: [desk.township] }
    const charge = await order({ ...accused, title: '反映不作为', content: '长期推诿,不解决低保申请。' })
    const again = await letter({
      ...accused,
      category: 'report',
      title: '再次反映',
      content: '吃拿卡要问题。',
    })
    await runWaiting(desk, 'index')
    const { suggestions } = await links(one)
    expect(reasonsOf(suggestions.find(({ id }) => id === two))).toEqual(['phone', 'text'])
    expect(reasonsOf(suggestions.find(({ id }) => id === three))).toEqual(['place', 'text'])
    expect(suggestions.map(({ id }) => id)).not.toContain(other)
    expect(suggestions.map(({ id }) => id)).not.toContain(one)
    expect(reasonsOf((await links(charge)).suggestions.find(({ id }) => id === again))).toEqual(['accused'])
  })

  it('keep silent on the person who asked for confidence', async () => {
    const caller = { name: '慕容保密', phone: '15401200072' }
    const open = await order({ title: '咨询', content: '低保办理条件是什么,请告知。', caller })
    const sealed = await order({
      title: '甲乙丙丁',
      content: '子丑寅卯辰巳午未申酉戌亥。',
      caller,
      confidential: true,
    })
    await runWaiting(desk, 'index')
    expect((await links(open)).suggestions.map(({ id }) => id)).not.toContain(sealed)
    expect((await links(sealed)).suggestions.map(({ id }) => id)).not.toContain(open)
  })
})

describe('a clerk', () => {
  const text = (i: number) => ({
    title: `小区电梯故障${i}`,
    content: `龙潭乡安置小区${i}号楼电梯经常停运,无人维修。`,
  })

  it('links, and the case is all that hangs together; undoing the bridge parts it again', async () => {
    const ids = [await order(text(1)), await letter(text(2)), await order(text(3)), await letter(text(4))]
    const [a = '', b = '', c = '', d = ''] = ids
    await runWaiting(desk, 'index')
    await Promise.all([decide('', a, b), decide('', c, d)])
    expect((await decide('', b, c)).body).toMatchObject({ members: 4 })
    expect((await links(d)).members.map(({ id }) => id).toSorted()).toEqual([a, b, c].toSorted())
    const undone = await decide('/undo', c, b, { reason: '地点不同' })
    expect(undone.body).toMatchObject({ members: 2 })
    expect((await links(a)).members.map(({ id }) => id)).toEqual([b])
    expect((await links(d)).members.map(({ id }) => id)).toEqual([c])
    const events = await desk.events(b)
    expect(events.filter((type) => type.startsWith('matter.link'))).toEqual([
      'matter.link',
      'matter.link',
      'matter.link-undo',
    ])
  })

  it('joining from both ends at once makes one case', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, (_, i) => order(text(10 + i))))
    const [first = ''] = ids
    await Promise.all(ids.slice(1).map((id, i) => decide('', ids[i] ?? '', id)))
    expect((await links(first)).members).toHaveLength(5)
  })

  it('is not asked again about a pair that was rejected, and may think better of it', async () => {
    const [one, two] = [await order(text(20)), await letter(text(20))]
    await runWaiting(desk, 'index')
    expect((await links(one)).suggestions.map(({ id }) => id)).toContain(two)
    await decide('/reject', one, two, { note: '两栋楼' })
    expect((await links(two)).suggestions.map(({ id }) => id)).not.toContain(one)
    expect((await decide('/reject', two, one)).body.code).toBe('matter/link-decided')
    expect((await decide('', two, one)).status).toBe(200)
    expect((await decide('', one, two)).body.code).toBe('matter/linked-already')
    expect((await decide('/undo', one, two, { reason: '误操作' })).status).toBe(200)
    expect((await decide('/undo', one, two, { reason: '误操作' })).body.code).toBe('matter/not-linked')
  })

  it('gets a clear error for a matter that is none, and for itself', async () => {
    const one = await order(text(30))
    for (const otherId of [one, '0198a3b0-0000-7000-8000-000000000000']) {
      const { status, body } = await decide('', one, otherId)
      expect(status).toBe(422)
      expect(body['errors']).toMatchObject([{ pointer: '/body/otherId' }])
    }
    const unit = await desk.call('liaison', 'POST', `/api/matters/${one}/links`, { otherId: one })
    expect(unit.status).toBe(403)
  })
})

describe('an accusation', () => {
  it('does not come to the accused by a link: neither as a member, nor in the story of the other matter', async () => {
    const plain = await order({ dispatch: { leadUnitId: desk.township } })
    const charge = await order({ category: 'report', accusedUnitIds: [desk.township] })
    expect((await decide('', plain, charge)).status).toBe(200)
    const seen = await desk.open('liaison', plain)
    expect(seen.status).toBe(200)
    expect(JSON.stringify(seen.body)).not.toContain(charge)
    const deputy = await desk.account(['registrar'], { unitId: desk.township })
    const { body, status } = await desk.call(deputy, 'GET', `/api/matters/${plain}/links`)
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toContain(charge)
    const tried = await desk.call(deputy, 'POST', `/api/matters/${plain}/links/undo`, {
      otherId: charge,
      reason: '看看有没有',
    })
    expect(tried.status).toBe(422)
    expect(await desk.events(deputy.id)).toContain('account.view-refused')
  })
})

it('figures say how linked matters were counted, and list them', async () => {
  const period = 'from=2020-01-01&to=2020-12-31'
  const { body } = await desk.call('leader', 'GET', `/api/kpi/tallies?${period}`)
  const note = body['linked'] as { matters: number; cases: number; text: string; list: string }
  expect(note.text).toContain(`${note.matters}件`)
  const list = await desk.call('leader', 'GET', `${note.list}&limit=100`)
  expect(list.body['items']).toHaveLength(note.matters)
  expect(note.cases).toBeGreaterThan(1)
  const less = await desk.call('liaison', 'GET', `/api/kpi/tallies?${period}`)
  expect((less.body['linked'] as { matters: number }).matters).toBeLessThan(note.matters)
})
