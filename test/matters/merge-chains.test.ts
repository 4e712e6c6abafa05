// Chains of merges: whichever is undone first, what it brought is let go all the way up, and nothing else is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plusDays } from '../../src/platform/clock.ts'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const merge = (id: string, intoId: string) =>
  desk.does('dispatcher', id, 'merge', { intoId, reason: '同一诉求人同一事项' })
const unmerge = (id: string) => desk.does('dispatcher', id, 'unmerge', { reason: '并非同一事项' })
const inDays = (days: number) => `${plusDays(desk.clock.now().slice(0, 10), days)}T18:00:00.000+08:00`

/** One of a chain: what it is, when it is dispatched, and which of the others it is merged into, else the next. */
interface Member {
  given?: () => Record<string, unknown>
  /** At once, or only after what was merged into it brought its deadline, or never. */
  dispatched?: 'later' | 'never'
  coUnit?: true
  into?: number
}

const normal: Member = {}
const consult: Member = { given: () => ({ category: 'consult' }) }
const urgent: Member = { given: () => ({ urgency: 'urgent' }) }
const upper = (days: number): Member => ({
  given: () => ({ source: 'upper', upstreamDueAt: inDays(days) }),
  dispatched: 'never',
})
const waiting: Member = { dispatched: 'never' }
const later: Member = { dispatched: 'later' }
const shared = (member: Member): Member => ({ ...member, coUnit: true })

const intoOf = (members: readonly Member[], i: number) => members[i]?.into ?? i + 1

/** Registers, merges those that are `joined`, and dispatches, in the order of the chain. */
async function lay(members: readonly Member[], joined: readonly number[]): Promise<string[]> {
  const to = ({ coUnit }: Member) => ({
    leadUnitId: desk.township,
    ...(coUnit ? { coUnitIds: [desk.other] } : {}),
  })
  const ids: string[] = []
  for (const each of members) {
    const dispatch = each.dispatched === undefined ? { dispatch: to(each) } : {}
    ids.push((await desk.register({ ...each.given?.(), ...dispatch })).id)
  }
  for (const [i, each] of members.entries()) {
    if (each.dispatched === 'later') await desk.does('dispatcher', ids[i] ?? '', 'dispatch', to(each))
    if (joined.includes(i)) await merge(ids[i] ?? '', ids[intoOf(members, i)] ?? '')
  }
  return ids
}

/** The clocks that run on each that is not merged away: legs, and the deadline that binds the legs to come. */
async function clocks(ids: readonly string[]) {
  return Promise.all(
    ids.map((id) =>
      desk.deps.db.query<{ state: string; upstream: string | null; role: string; due: string }>(
        {
          name: 'test.chain-clocks',
          text: `select m.upstream_due_at as upstream, m.due_at as "dueAt", m.late_from as late, l.role,
              l.effective_due_at as due, l.sign_due_at as sign, l.time_limit as "limit", l.provisional
            from matters m left join legs l on l.matter_id = m.id and l.outcome is null
            where m.id = $1 and m.merged_into_id is null order by l.no`,
        },
        [id],
      ),
    ),
  )
}

/**
 * Undoes the merges in every order, some days after they were made: what stands after each, and what stands where those undone
 * had never been.
 */
async function undone(members: readonly Member[], days = 0) {
  const all = members.slice(0, -1).map((_, i) => i)
  const orders = ordersOf(all)
  const chains: string[][] = []
  for (const _ of orders) chains.push(await lay(members, all))
  const like = new Map<string, string[]>()
  for (const left of subsetsOf(all)) like.set(left.join(), await lay(members, left))
  desk.clock.forward({ days })
  const stands: Record<string, Awaited<ReturnType<typeof clocks>>> = {}
  const wanted: typeof stands = {}
  for (const [n, order] of orders.entries()) {
    const ids = chains[n] ?? []
    for (let many = 0; many <= order.length; many++) {
      if (many > 0) await unmerge(ids[order[many - 1] ?? 0] ?? '')
      const gone = order.slice(0, many)
      const left = all.filter((i) => !gone.includes(i))
      const key = `without ${gone.join(', then ')}`
      stands[key] = await clocks(ids)
      wanted[key] = await clocks(like.get(left.join()) ?? [])
    }
  }
  return { stands, wanted }
}

function ordersOf(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]]
  return of.flatMap((first) => ordersOf(of.filter((each) => each !== first)).map((rest) => [first, ...rest]))
}

function subsetsOf(of: readonly number[]): number[][] {
  return of.reduce<number[][]>((known, each) => [...known, ...known.map((some) => [...some, each])], [[]])
}

describe('in whichever order a chain is undone, each that took others is held by those alone that are still merged', () => {
  const kinds = Object.entries({ normal, consult, urgent })
  const triples = kinds.flatMap(([a, first]) =>
    kinds.flatMap(([b, second]) =>
      kinds.map(([c, third]): [string, Member[]] => [`${a} → ${b} → ${c}`, [first, second, third]]),
    ),
  )
  it.each(triples)('%s', async (_, members) => {
    const { stands, wanted } = await undone(members)
    expect(stands).toEqual(wanted)
  })

  describe.each<[string, Member[]]>([
    ['four, the earliest first', [urgent, consult, normal, normal]],
    ['four, the earliest in the middle', [normal, urgent, consult, normal]],
    ['with co-handling units', [consult, shared(normal), shared(normal), normal]],
    ['two into one, which goes into another', [{ ...consult, into: 2 }, urgent, normal, shared(normal)]],
    ['two chains into one', [consult, { ...normal, into: 3 }, urgent, normal]],
    ["a superior's deadline, into what runs", [upper(2), normal, shared(normal)]],
    ["a superior's deadline, into what is dispatched under it", [upper(2), shared(later), normal]],
    ["a superior's deadline, through what was never dispatched", [upper(2), waiting, normal, normal]],
    ["a superior's deadline, through two into what is dispatched", [upper(2), waiting, later, normal]],
    ["a superior's deadline, and a later one", [upper(2), upper(4), shared(later), normal]],
    [
      "a superior's deadline, and a later one beside it",
      [{ ...upper(2), into: 2 }, upper(4), waiting, normal],
    ],
    ["a superior's deadline, and an earlier one", [upper(4), upper(2), waiting, normal]],
  ])('%s', (_, members) => {
    it.each([0, 3, 20])('%d days later', async (days) => {
      const { stands, wanted } = await undone(members, days)
      expect(stands).toEqual(wanted)
    })
  })
})

it('what an order held through another that was itself merged is let go where it went, which the timeline tells', async () => {
  const [early = '', middle = '', target = ''] = await lay([consult, normal, normal], [0, 1])
  const [promised, own] = [await desk.legs(early), await desk.legs(middle)].map(([leg]) => leg?.dueAt)
  expect((await desk.row(target)).dueAt).toBe(promised)
  await unmerge(early)
  expect((await desk.row(target)).dueAt).toBe(own)
  const { body } = await desk.open('dispatcher', target)
  const told = (body['timeline'] as { type: string; data: object }[]).at(-1)
  expect(told).toMatchObject({
    type: 'matter.unmerge',
    data: { fromId: early, oldDueAt: promised, newDueAt: own },
  })
})

it('merges of one chain that are undone at once all are, and leave each its own clock', async () => {
  for (let round = 0; round < 5; round++) {
    const ids = await lay([consult, normal, normal, normal], [0, 1, 2])
    await Promise.all(ids.slice(0, -1).map(unmerge))
    expect(await clocks(ids)).toEqual(await clocks(await lay([consult, normal, normal, normal], [])))
  }
})
