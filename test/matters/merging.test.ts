// Merging 并单: what may join what, whose promise holds for both, and what undoing it gives back.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringEscalation, bringPetition, bringReview } from './scenes.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const dispatched = async (given: Record<string, unknown> = {}) =>
  (await desk.register({ dispatch: { leadUnitId: desk.township }, ...given })).id
const into = (intoId: string) => ({ intoId, reason: '同一诉求人同一事项' })
const merge = (id: string, intoId: string) => desk.does('dispatcher', id, 'merge', into(intoId))
const lead = async (id: string) =>
  (await desk.legs(id)).findLast(({ role }) => role === 'lead') ?? expect.fail('no lead leg')
const late = async (id: string) => {
  const { lateFrom } = await desk.row(id)
  return lateFrom !== null && lateFrom < desk.clock.now()
}

describe('an order', () => {
  it('is merged into an order only: no petition, review or escalated case takes it, nor its clock', async () => {
    const id = await dispatched({ category: 'consult' })
    for (const target of [
      await bringPetition(desk, 'handling'),
      await bringReview(desk, 'handling', 'recheck'),
      await bringEscalation(desk, 'handling'),
    ]) {
      const before = await desk.legs(target)
      expect(await desk.act('dispatcher', id, 'merge', into(target))).toMatchObject({
        status: 422,
        body: { code: 'matter/merge-target', errors: [{ pointer: '/body/intoId' }] },
      })
      expect(await desk.legs(target)).toEqual(before)
    }
    expect((await desk.row(id))['state']).toBe('assigned')
  })
})
