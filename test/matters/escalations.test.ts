// Escalated cases: opened by a superior's order or by the office, pressed step by step, answered, and reported back in time or late.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringEscalation, bringPetition, inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const entry = {
  ...{ source: 'office', ground: 'dissatisfied', title: '久拖不决的补偿', content: '多次反映未解决。' },
  ...{ topic: 'land', leaderName: '陈区长', leaderPost: '常务副区长' },
}
const open = (given: object, who: Parameters<Desk['call']>[0] = 'supervisor') =>
  desk.call(who, 'POST', '/api/escalations', { ...entry, ...given })

interface Seen {
  supervisions: {
    id: string
    kind: { code: string; label: string }
    late: boolean
    answer: string | null
    about: string | null
  }[]
  escalation: { leaderName: string; reportedAt: string | null; ground: { code: string } }
}
const seen = async (id: string, who: Parameters<Desk['open']>[0] = 'leader') =>
  (await desk.open(who, id)).body as never as Seen

describe('a case', () => {
  it('of a superior goes to a unit, is investigated, checked by another, and reported back', async () => {
    const id = await bringEscalation(desk, 'closed')
    const { body } = await desk.open('leader', id)
    expect(body.no).toMatch(/^DB-510802-/)
    expect(body).toMatchObject({
      escalation: { superior: '市信访局', documentNo: '广信督〔2020〕7号', reportNo: '利州信督〔2020〕1号' },
      firstOnTime: true,
      overdue: false,
    })
    expect((await desk.legs(id)).map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['feedback', 'replied'],
      ['handle', 'replied'],
    ])
  })

  it('that the office takes up is linked with the matters it is about, which stay as they are', async () => {
    const [order, letter] = [await bring(desk, 'rated'), await bringPetition(desk, 'delivered')]
    const { body, status } = await open({ matterIds: [order, letter] })
    expect(status).toBe(201)
    const { body: links } = await desk.call('leader', 'GET', `/api/matters/${body.id}/links`)
    expect((links['members'] as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(
      [order, letter].toSorted(),
    )
    expect((await desk.open('leader', order)).body.state).toMatchObject({ code: 'rated' })
    const read = await desk.open('leader', body.id)
    expect(read.body.version).toBe(body.version)
  })

  it('inherits what the matters behind it accuse: the accused unit cannot be given it, nor see it', async () => {
    const charge = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const { body } = await open({ matterIds: [charge.id] })
    const refused = await desk.act('supervisor', body.id, 'hand-over', inputs(desk)['hand-over'])
    expect(refused.body.code).toBe('matter/accused-unit')
    const input = { ...(inputs(desk)['hand-over'] as object), leadUnitId: desk.other }
    expect((await desk.act('supervisor', body.id, 'hand-over', input)).status).toBe(200)
    expect((await desk.open('liaison', body.id)).status).toBe(404)
    expect((await desk.open('otherLiaison', body.id)).status).toBe(200)
  })

  it('is refused with the field: no superior, a day that is past, a matter that is none, a unit that is none', async () => {
    const nobody = '0198a3b0-0000-7000-8000-000000000000'
    for (const [given, pointer] of [
      [{ source: 'superior' }, '/body/superior'],
      [{ superior: '市信访局' }, '/body/superior'],
      [{ source: 'superior', superior: '市信访局', reportDay: '2020-08-14' }, '/body/reportDay'],
      [{ matterIds: [nobody] }, '/body/matterIds/0'],
      [{ accusedUnitIds: [nobody] }, '/body/accusedUnitIds/0'],
      [{ ground: 'because' }, '/body/ground'],
    ] as const) {
      const { status, body } = await open(given)
      expect([status, (body['errors'] as { pointer: string }[])[0]?.pointer]).toEqual([422, pointer])
    }
    expect((await open({}, 'registrar')).status).toBe(403)
  })

  it('handed elsewhere keeps the lateness of the first unit', async () => {
    const { body } = await open({})
    await desk.does('supervisor', body.id, 'hand-over', { leadUnitId: desk.township, dueDay: '2020-08-20' })
    desk.clock.forward({ days: 8 })
    await desk.does('leader', body.id, 'hand-elsewhere', inputs(desk)['hand-elsewhere'])
    await desk.does('otherLiaison', body.id, 'investigate', inputs(desk).investigate)
    await desk.does('leader', body.id, 'accept-investigation')
    expect((await desk.row(body.id)).lateFrom).not.toBeNull()
    expect((await desk.row(body.id)).firstOnTime).toBe(false)
  })

  it('sent back was never handed in: a late second report is late', async () => {
    const { body } = await open({})
    const day = desk.clock.now().slice(0, 10)
    await desk.does('supervisor', body.id, 'hand-over', { leadUnitId: desk.township, dueDay: nextDay(day) })
    await desk.does('liaison', body.id, 'investigate', inputs(desk).investigate)
    await desk.does('supervisor', body.id, 'return-investigation', { note: '责任不清' })
    desk.clock.forward({ days: 3 })
    await desk.does('liaison', body.id, 'investigate', inputs(desk).investigate)
    await desk.does('supervisor', body.id, 'accept-investigation')
    expect((await desk.row(body.id)).lateFrom).not.toBeNull()
  })

  it('reported back after the day is late on the office itself', async () => {
    const day = desk.clock.now().slice(0, 10)
    const { body } = await open({ source: 'superior', superior: '市信访局', reportDay: nextDay(day) })
    const far = { leadUnitId: desk.township, dueDay: '2021-12-31' }
    await desk.does('supervisor', body.id, 'hand-over', far)
    await desk.does('liaison', body.id, 'investigate', inputs(desk).investigate)
    await desk.does('supervisor', body.id, 'accept-investigation')
    desk.clock.forward({ days: 2 })
    await desk.does('supervisor', body.id, 'report-result', inputs(desk)['report-result'])
    const report = (await desk.legs(body.id)).find(({ kind }) => kind === 'feedback')
    expect(report?.lateFrom).not.toBeNull()
  })
})

describe('the steps', () => {
  it('are recorded one by one with ground and demand, and end no clock', async () => {
    const id = await bringEscalation(desk, 'handling')
    const due = (await desk.row(id))['dueAt']
    for (const step of ['urge', 'supervise', 'interview', 'circulate', 'list-publicly', 'rectify'] as const) {
      await desk.does('supervisor', id, step, inputs(desk)[step])
    }
    const { supervisions } = await seen(id)
    expect(supervisions.map(({ kind }) => kind.label)).toEqual([
      ...['催办', '督办', '约谈', '通报', '挂牌督办', '限期整改'],
    ])
    expect(supervisions.find(({ kind }) => kind.code === 'interview')?.about).toBe('荣山镇镇长')
    expect((await desk.row(id))['dueAt']).toBe(due)
  })

  it('are answered by the unit once, and an answer after the day is late for good', async () => {
    const id = await bringEscalation(desk, 'handling')
    const day = desk.clock.now().slice(0, 10)
    const step = { ground: 'evasion', text: '限期整改到位。', answerBy: nextDay(day) }
    await desk.does('leader', id, 'rectify', step)
    const [asked] = (await seen(id)).supervisions
    const answer = { supervisionId: asked?.id ?? '', text: '已整改到位。' }
    const elsewhere = await desk.act('otherLiaison', id, 'answer-supervision', answer)
    expect(elsewhere.status).toBe(404)
    desk.clock.forward({ days: 4 })
    expect((await seen(id)).supervisions[0]?.late).toBe(true)
    await desk.does('liaison', id, 'answer-supervision', answer)
    expect((await seen(id)).supervisions[0]).toMatchObject({ late: true, answer: '已整改到位。' })
    const twice = await desk.act('liaison', id, 'answer-supervision', answer)
    expect(twice.body['errors']).toMatchObject([{ pointer: '/body/supervisionId' }])
  })

  it('on an ordinary order are answered likewise', async () => {
    const id = await bring(desk, 'handling')
    await desk.does('supervisor', id, 'supervise', inputs(desk).supervise)
    const [asked] = (await seen(id)).supervisions
    await desk.does('liaison', id, 'answer-supervision', { supervisionId: asked?.id, text: '已说明原因。' })
    expect((await seen(id)).supervisions[0]?.answer).toBe('已说明原因。')
  })
})

it('the leader of a case changes with a reason, and the story tells who it was', async () => {
  const id = await bringEscalation(desk, 'handling')
  await desk.does('leader', id, 'name-leader', inputs(desk)['name-leader'])
  expect((await seen(id)).escalation.leaderName).toBe('赵区长')
  expect(await desk.events(id)).toContain('matter.name-leader')
})

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
