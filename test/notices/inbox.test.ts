// The inbox: who is concerned is told, once; nobody else; and what somebody may no longer see is gone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from '../matters/desk.ts'
import { bring, bringPetition, bringReview, inputs } from '../matters/scenes.ts'
import { runWaiting } from '../matters/waiting.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

interface Item {
  id: string
  text: string
  readAt: string | null
  link: string | null
  matter: { id: string } | null
}
type Who = Parameters<Desk['call']>[0]
async function inbox(who: Who, query = ''): Promise<Item[]> {
  await runWaiting(desk, 'notify')
  const { body } = await desk.call(who, 'GET', `/api/inbox?limit=100${query}`)
  return body['items'] as Item[]
}
const textsOn = async (who: Who, id: string) =>
  (await inbox(who)).filter(({ matter }) => matter?.id === id).map(({ text }) => text)
const unread = async (who: Who) => (await desk.call(who, 'GET', '/api/inbox/count')).body['unread']

describe('an assignment', () => {
  it('is told to the staff of the unit and of co-handling units, once each, and to nobody else', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })
    expect(await textsOn('liaison', id)).toEqual(['新交办件，请及时签收'])
    expect(await textsOn('chief', id)).toHaveLength(1)
    expect(await textsOn('otherLiaison', id)).toHaveLength(1)
    for (const who of ['reviewer', 'dispatcher', 'leader'] as const)
      expect(await textsOn(who, id)).toEqual([])
    await runWaiting(desk, 'notify')
    expect(await textsOn('liaison', id)).toHaveLength(1)
  })

  it('of a petition says what the law wants of the unit', async () => {
    const id = await bringPetition(desk, 'routed')
    expect(await textsOn('liaison', id)).toEqual(['交办信访件，请在期限内决定是否受理并反馈结果'])
  })
})

describe('a decision', () => {
  it('is asked of those who decide, and told to who asked', async () => {
    const id = await bring(desk, 'handling')
    await desk.does('liaison', id, 'ask-extension', inputs(desk)['ask-extension'])
    expect(await textsOn('reviewer', id)).toEqual(['延期申请待审'])
    expect(await textsOn('leader', id)).toEqual(['延期申请待审'])
    await desk.does('reviewer', id, 'refuse-extension', inputs(desk)['refuse-extension'])
    expect(await textsOn('liaison', id)).toContain('延期申请被驳回，请按期办理')
    expect(await textsOn('chief', id)).toHaveLength(1)
  })

  it('of a reviewer reaches who answered', async () => {
    const id = await bring(desk, 'replied')
    expect(await textsOn('reviewer', id)).toEqual(['回复待审核'])
    await desk.does('reviewer', id, 'reject', inputs(desk).reject)
    expect(await textsOn('liaison', id)).toContain('回复被退回，请重新办理')
  })
})

describe('casework', () => {
  const linked = async (who: Who, link: string) =>
    (await inbox(who)).filter((item) => item.link === link).map(({ text }) => text)

  it('a request for review, its opinion and a refusal to accept come before those whose turn it is', async () => {
    const declined = await bringPetition(desk, 'not-accepted')
    expect(await textsOn('dispatcher', declined)).toEqual(['承办单位决定不予受理，请核对'])
    const petition = await bringPetition(desk, 'delivered')
    const asked = await desk.call('registrar', 'POST', `/api/matters/${petition}/request-review`, {
      content: '对处理意见不服，申请复查。',
    })
    expect(asked.status).toBe(201)
    expect(await textsOn('reviewClerk', petition)).toEqual(['收到复查、复核申请，请审查是否受理'])
    const review = await bringReview(desk, 'replied')
    expect(await textsOn('leader', review)).toEqual(['复查、复核意见待出具'])
  })

  it('a unit is told of disputes that it leads and of what a meeting gave it to do, unless it is accused there', async () => {
    const dispute = await desk.call('registrar', 'POST', '/api/ledger/items', {
      ...{ title: '安置房质量纠纷', demand: '业主要求维修', topic: 'land', level: 'local' },
      ...{ foundDay: '2020-08-13', involved: 12, leadUnitId: desk.township },
      ...{ territorialUnitId: desk.other, foundByUnitId: desk.other },
    })
    expect(dispute.status).toBe(201)
    expect(await linked('liaison', `/api/ledger/items/${dispute.body.id}`)).toEqual([
      '台账事项由本单位牵头化解',
    ])
    expect(await linked('otherLiaison', `/api/ledger/items/${dispute.body.id}`)).toEqual([])
    const [first, second] = [await desk.register(), await desk.register()]
    const item = { decision: '限期办结', dueDay: '2020-09-30' }
    const meeting = await desk.call('registrar', 'POST', '/api/meetings', {
      ...{ day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'district-leader' },
      items: [
        { ...item, matterId: first.id, leadUnitId: desk.township },
        { ...item, matterId: second.id, leadUnitId: desk.other },
      ],
    })
    expect(meeting.status).toBe(201)
    const version = (await desk.row(second.id))['version']
    const accused = await desk.call(
      ...(['reviewer', 'PATCH', `/api/matters/${second.id}`, { accusedUnitIds: [desk.other] }] as const),
      { 'if-match': `"${version as number}"` },
    )
    expect(accused.status).toBe(200)
    const told = '联席会议议定事项由本单位落实，请按时限办理'
    expect(await linked('liaison', `/api/meetings/${meeting.body.id}`)).toEqual([told])
    expect(await linked('otherLiaison', `/api/meetings/${meeting.body.id}`)).toEqual([])
  })

  it('a grant that was asked for waits in the inbox of those who decide', async () => {
    const programme = await desk.call('leader', 'POST', '/api/relief/programmes', {
      ...{ name: '困难群体救助', basis: '会议纪要', groupTag: 'investors' },
      ...{ minFen: 50_000, maxFen: 200_000, stepFen: 50_000, fromDay: '2020-01-01' },
    })
    const person = await desk.call('registrar', 'POST', '/api/people', {
      name: '赵德全',
      phone: '15400000001',
    })
    const grant = await desk.call('registrar', 'POST', '/api/relief/grants', {
      ...{ programmeId: programme.body.id, personId: person.body.id, grade: '二级' },
      ...{ amountFen: 100_000, basis: '家庭困难' },
    })
    expect(grant.status).toBe(201)
    expect(await linked('leader', '/api/relief/grants?state=asked')).toEqual(['困难救助申请待审批'])
    expect(await linked('registrar', '/api/relief/grants?state=asked')).toEqual([])
  })
})

describe('reading', () => {
  it('marks one’s own, once, and leaves everybody else’s alone', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    const mine = (await inbox('liaison', '&unread=true')).find(({ matter }) => matter?.id === id)
    expect(mine?.readAt).toBeNull()
    const before = await unread('liaison')
    const elsewhere = await desk.call('chief', 'POST', '/api/inbox/read', { ids: [mine?.id] })
    expect(elsewhere.body).toEqual({ read: 0 })
    expect((await desk.call('liaison', 'POST', '/api/inbox/read', { ids: [mine?.id] })).body).toEqual({
      read: 1,
    })
    expect((await desk.call('liaison', 'POST', '/api/inbox/read', { ids: [mine?.id] })).body).toEqual({
      read: 0,
    })
    expect(await unread('liaison')).toBe(Number(before) - 1)
    await desk.call('liaison', 'POST', '/api/inbox/read', { until: desk.clock.now() })
    expect(await unread('liaison')).toBe(0)
    const both = await desk.call('liaison', 'POST', '/api/inbox/read', {})
    expect(both.status).toBe(422)
  })

  it('goes page by page, each entry once', async () => {
    for (let i = 0; i < 7; i++) await desk.register({ dispatch: { leadUnitId: desk.other } })
    const all = (await inbox('otherLiaison')).map((item) => item.id)
    const found: string[] = []
    for (let cursor = ''; ;) {
      const { body } = await desk.call('otherLiaison', 'GET', `/api/inbox?limit=3${cursor}`)
      found.push(...(body['items'] as Item[]).map((item) => item.id))
      if (body['next'] === null) break
      cursor = `&cursor=${body['next'] as string}`
    }
    expect(found).toEqual(all)
    expect((await desk.call('otherLiaison', 'GET', '/api/inbox?cursor=nonsense')).status).toBe(422)
  })
})

describe('an accusation', () => {
  it('never reaches the inbox of the accused; what comes to accuse them leaves it', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    expect(await textsOn('liaison', id)).toHaveLength(1)
    const version = (await desk.row(id))['version']
    await desk.call(
      'reviewer',
      'PATCH',
      `/api/matters/${id}`,
      { accusedUnitIds: [desk.township] },
      { 'if-match': `"${version as number}"` },
    )
    expect(await textsOn('liaison', id)).toEqual([])
    const charge = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const inCharge = await desk.account(['leader'])
    await desk.call('dispatcher', 'POST', `/api/matters/${charge.id}/alarm`, {
      reason: '涉及面广，可能引发聚集',
    })
    expect(await textsOn(inCharge, charge.id)).toHaveLength(1)
    await desk.call(inCharge, 'POST', `/api/matters/${charge.id}/recuse`, { reason: '与被反映人有利害关系' })
    expect(await textsOn(inCharge, charge.id)).toEqual([])
  })
})

it('warnings of the clock reach the unit, and the overdue ones who supervises', async () => {
  const { sweep } = await import('../../workers/sweep.ts')
  const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
  desk.clock.forward({ days: 40 })
  await sweep(desk.deps, {})
  expect(await textsOn('liaison', id)).toContain('已超期')
  expect(await textsOn('supervisor', id)).toEqual(['有事项超期'])
})

it('nothing of a person and nothing of what they wrote is stored', async () => {
  await desk.register({
    title: '金丝雀标题',
    caller: { name: '欧阳通知', phone: '15401200088' },
    dispatch: { leadUnitId: desk.township },
  })
  await runWaiting(desk, 'notify')
  const rows = await desk.deps.db.query<{ all: string }>(
    { name: 'test.inbox', text: "select string_agg(i::text, e'\\n') as all from inbox i" },
    [],
  )
  expect(rows[0]?.all).toBeTruthy()
  expect(rows[0]?.all).not.toMatch(/金丝雀|欧阳|15401200088/)
})
