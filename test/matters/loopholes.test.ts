// Ways round the rules that were found by trying: pending applications, accused and abolished units, calls, other people's delays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCalendar } from '../../src/calendar/queries.ts'
import { sweepDue } from '../../src/matters/sweeping.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, inputs } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const ask = (id: string) =>
  desk.does('liaison', id, 'ask-extension', { workdays: 2, reason: '需要第三方检测' })
const grant = (id: string) => desk.does('reviewer', id, 'grant-extension', { callerToldAt: desk.clock.now() })
const reply = (id: string) => desk.does('liaison', id, 'reply', inputs(desk).reply)
const dispatched = async (given: Record<string, unknown> = {}) =>
  (await desk.register({ dispatch: { leadUnitId: desk.township }, ...given })).id
const accuse = async (id: string, accusedUnitIds: string[]) => {
  const { version } = await desk.row(id)
  const edited = await desk.call(
    'dispatcher',
    'PATCH',
    `/api/matters/${id}`,
    { accusedUnitIds },
    { 'if-match': `"${Number(version)}"` },
  )
  expect(edited.status).toBe(200)
}

describe('an application for an extension', () => {
  it('is decided before the leg it belongs to ends, so that none is left to be granted to a later one', async () => {
    const id = await bring(desk, 'handling')
    await ask(id)
    const ended = await desk.act('reviewer', id, 'terminate', inputs(desk).terminate)
    expect(ended.body.code).toBe('matter/extension-pending')
    await reply(id)
    expect((await desk.act('reviewer', id, 'approve')).body.code).toBe('matter/extension-pending')
    await desk.does('reviewer', id, 'refuse-extension', { note: '已经回复' })
    await desk.does('reviewer', id, 'approve')
    await desk.does('callback', id, 'call-back', inputs(desk)['call-back'])
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', id, 'sign')
    await ask(id)
    const before = (await desk.legs(id)).at(-1)?.effectiveDueAt ?? ''
    const { dueAt } = await grant(id)
    expect(dueAt > before).toBe(true)
    expect((await desk.legs(id)).at(-1)?.effectiveDueAt).toBe(dueAt)
  })

  it('of the matter that another is merged into cannot bring back what the merge took', async () => {
    const target = await bring(desk, 'handling')
    const early = await dispatched({ category: 'consult' })
    await ask(target)
    const into = { intoId: target, reason: '同一诉求人同一事项' }
    expect((await desk.act('dispatcher', early, 'merge', into)).body.code).toBe('matter/extension-pending')
    await desk.does('reviewer', target, 'refuse-extension', { note: '理由不充分' })
    await desk.does('dispatcher', early, 'merge', into)
    expect((await desk.row(target)).dueAt).toBe((await desk.legs(early))[0]?.effectiveDueAt)
  })

  it('that is granted after the due time counts, and the new due time is watched like any other', async () => {
    const id = await bring(desk, 'handling', { category: 'consult' })
    await ask(id)
    const sweep = async () => {
      while ((await desk.deps.db.transaction(async (tx) => sweepDue(tx, await readCalendar(tx)))) > 0);
    }
    desk.clock.forward({ days: 6 })
    await sweep()
    const marks = async () => (await desk.events(id)).filter((type) => type === 'matter.overdue').length
    expect(await marks()).toBeGreaterThan(0)
    const before = await marks()
    desk.clock.forward({ hours: 1 })
    await grant(id)
    desk.clock.forward({ days: 10 })
    await sweep()
    expect(await marks()).toBe(before + 1)
  })
})

describe('an accused unit', () => {
  it('is not given the matter to do again, nor is one below it, nor one that is no more', async () => {
    const squad = await desk.unit('荣山镇执法队', { parentId: desk.township })
    const id = await bring(desk, 'rated')
    await accuse(id, [desk.township])
    const redo = (leadUnitId?: string) =>
      desk.act('reviewer', id, 'redo', { reason: '诉求人不满意', ...(leadUnitId && { leadUnitId }) })
    expect((await redo()).body.code).toBe('matter/accused-unit')
    expect((await redo(squad)).body.code).toBe('matter/accused-unit')
    expect((await redo('0198a3b0-0000-7000-8000-00000000dead')).body.code).toBe('matter/unknown-unit')
    const gone = await desk.unit('已撤销的单位')
    await desk.deps.db.transaction((tx) =>
      tx.query({ name: 'test.abolish', text: `update units set valid_to = '2020-08-01' where id = $1` }, [
        gone,
      ]),
    )
    expect((await redo(gone)).body.code).toBe('matter/unit-abolished')
    const done = await redo(desk.other)
    expect(done.body.state).toBe('assigned')
    expect((await desk.legs(id)).at(-1)).toMatchObject({ kind: 'redo', unitId: desk.other })
    expect((await desk.open('liaison', id)).status).toBe(404)
  })

  it('does not receive the accusation by a merge into what it handles, or what a unit below it handles, nor the other way', async () => {
    const squad = await desk.unit('大石镇执法队', { parentId: desk.other })
    const handled = (await desk.register({ dispatch: { leadUnitId: squad } })).id
    const accusing = (
      await desk.register({ accusedUnitIds: [desk.other], dispatch: { leadUnitId: desk.township } })
    ).id
    for (const [from, intoId] of [
      [accusing, handled],
      [handled, accusing],
    ] as const) {
      const refused = await desk.act('dispatcher', from, 'merge', { intoId, reason: '同一事项' })
      expect(refused.body.code).toBe('matter/accused-unit')
      expect((await desk.row(from)).state).toBe('assigned')
    }
  })

  it('is not shown the number of what its matter was merged into before it was accused', async () => {
    const target = await dispatched()
    const id = (await desk.register({ dispatch: { leadUnitId: desk.other } })).id
    await desk.does('dispatcher', id, 'merge', { intoId: target, reason: '同一诉求人同一事项' })
    const seen = async (who: 'leader' | 'otherLiaison') => (await desk.open(who, id)).body['mergedInto']
    expect(await seen('otherLiaison')).toMatchObject({ id: target })
    await accuse(target, [desk.other])
    expect(await seen('otherLiaison')).toBeNull()
    expect(await seen('leader')).toMatchObject({ id: target })
    expect((await desk.open('leader', target)).body['accusedUnitIds']).toEqual([desk.other])
  })
})

describe('what is not one’s own delay', () => {
  it('a co-handling unit is not late by the time that the review of the lead unit’s reply takes', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })
    await desk.does('liaison', id, 'sign')
    desk.clock.forward({ hours: 1 })
    await reply(id)
    const answered = desk.clock.now()
    desk.clock.forward({ days: 30 })
    await desk.does('reviewer', id, 'approve')
    expect((await desk.legs(id))[1]).toMatchObject({
      outcome: 'terminated',
      stoppedAt: answered,
      lateFrom: null,
    })
  })

  it('but it stays late when it was so before the reply', async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township, coUnitIds: [desk.other] } })
    await desk.does('liaison', id, 'sign')
    desk.clock.forward({ days: 30 })
    await reply(id)
    await desk.does('reviewer', id, 'approve')
    expect((await desk.legs(id))[1]?.lateFrom).not.toBeNull()
  })
})

describe('calls', () => {
  it('that went unanswered before a redo do not close the matter after it', async () => {
    const id = await bring(desk, 'reviewed')
    await desk.does('callback', id, 'call-back', { result: 'missed' })
    await desk.does('callback', id, 'call-back', { result: 'missed' })
    await desk.does('callback', id, 'call-back', inputs(desk)['call-back'])
    await desk.does('reviewer', id, 'redo', { reason: '诉求人不满意' })
    await desk.does('liaison', id, 'sign')
    await reply(id)
    await desk.does('reviewer', id, 'approve')
    expect((await desk.act('callback', id, 'close')).body.code).toBe('matter/call-back-first')
  })

  it('answered directly at the desk and found wanting are redone by the unit that is told', async () => {
    const id = await bring(desk, 'registered')
    await desk.does('agent', id, 'direct-reply', inputs(desk)['direct-reply'])
    await desk.does('callback', id, 'call-back', inputs(desk)['call-back'])
    expect((await desk.act('reviewer', id, 'redo', { reason: '诉求人不满意' })).body.code).toBe(
      'matter/no-open-leg',
    )
    const done = await desk.does('reviewer', id, 'redo', {
      reason: '诉求人不满意',
      leadUnitId: desk.township,
    })
    expect(done.state).toBe('assigned')
  })
})

describe('merging', () => {
  it('into what does not exist, is closed, or is the matter itself is refused, with the field', async () => {
    const id = await dispatched()
    for (const intoId of [
      '0198a3b0-0000-7000-8000-00000000dead',
      await bring(desk, 'closed'),
      await bring(desk, 'merged'),
      id,
    ]) {
      const refused = await desk.act('dispatcher', id, 'merge', { intoId, reason: '同一事项' })
      expect(refused).toMatchObject({
        ...{ status: 422, body: { code: 'matter/merge-target', errors: [{ pointer: '/body/intoId' }] } },
      })
    }
  })

  it('each into the other at once: one goes, and nobody waits for ever', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b] = [await dispatched(), await dispatched()]
      const merge = (id: string, intoId: string) =>
        desk.act('dispatcher', id, 'merge', { intoId, reason: '同一事项' })
      const answers = await Promise.all([merge(a, b), merge(b, a)])
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 422])
    }
  })
})

describe('merging an order whose caller asked for confidence', () => {
  it.each(['from', 'into'])('keeps the same person on both: %s it', async (way) => {
    const phone = way === 'from' ? '15401300044' : '15401300045'
    const caller = { name: '欧阳并密', phone }
    const kept = await dispatched({ caller, confidential: true })
    const plain = await dispatched({ caller })
    const [id, intoId] = way === 'from' ? [kept, plain] : [plain, kept]
    await desk.call('dispatcher', 'POST', `/api/matters/${id}/links`, { otherId: intoId })
    await desk.does('dispatcher', id, 'merge', { intoId, reason: '同一诉求人同一事项' })
    for (const each of [kept, plain]) {
      const { body } = await desk.open('liaison', each)
      expect(body['caller']).toMatchObject({ name: '保密', phone: '保密' })
      const url = `/api/people/${String(body['personId'])}/reveal`
      const asked = { fields: ['phone'], reason: '核实身份信息' }
      expect((await desk.call('liaison', 'POST', url, asked)).status).toBe(403)
    }
    const found = await desk.call('registrar', 'POST', '/api/people/search', { by: 'phone', text: phone })
    expect(found.body['items']).toEqual([])
    await desk.does('dispatcher', id, 'unmerge', { reason: '并非同一事项' })
    expect((await desk.open('liaison', plain)).body['caller']).toMatchObject({ name: '保密' })
  })
})

describe('a correction', () => {
  it('that changes nothing leaves no version and no event', async () => {
    const { id } = await desk.register({ title: '路灯不亮', topic: 'urban' })
    const same = await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${id}`,
      { title: ' 路灯不亮 ', topic: 'urban' },
      { 'if-match': '"1"' },
    )
    expect(same).toMatchObject({ status: 200, headers: { etag: '"1"' } })
    expect(await desk.events(id)).toEqual(['matter.register'])
  })
})

describe('an attachment', () => {
  const put = async (id: string) => {
    const form = {
      'content-type': 'multipart/form-data; boundary=b',
    }
    const payload = `--b\r\nContent-Disposition: form-data; name="file"; filename="说明.txt"\r\n\r\n情况说明\r\n--b--\r\n`
    const answer = await desk.call('liaison', 'POST', `/api/matters/${id}/files`, payload, form)
    expect(answer.status).toBe(201)
    return answer.body as unknown as { fileId: string; version: number }
  }

  it('is taken off once, also by two at once, and not by who read an older version', async () => {
    const id = await dispatched()
    const { fileId, version } = await put(id)
    const remove = (headers = {}) =>
      desk.call('dispatcher', 'DELETE', `/api/matters/${id}/files/${fileId}`, undefined, headers)
    expect((await remove({ 'if-match': `"${version - 1}"` })).status).toBe(412)
    expect((await remove()).status).toBe(428)
    const now = { 'if-match': `"${version}"` }
    const answers = await Promise.all([remove(now), remove(now)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
    expect((await desk.events(id)).filter((type) => type === 'matter.detach')).toHaveLength(1)
    expect((await desk.open('leader', id)).body['files']).toEqual([])
  })
})
