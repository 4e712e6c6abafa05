// Enters visits, letters, mailboxes and reviews of the demonstration, with their way through the units.
import type { Calendar } from '../../../src/calendar/days.ts'
import type { Day } from '../../../src/platform/clock.ts'
import { seeded, type Rng } from '../../../test/support/identity.ts'
import { makeCallers, type Caller } from '../callers.ts'
import { oneOf } from '../draw.ts'
import { loginOfChief, loginOfUnit } from '../office.ts'
import type { DemoDesk } from './desk.ts'
import type { DeskRecipe } from './recipe.ts'
import { moment, shares, spread, workdaysOf, type Step } from './schedule.ts'
import { petitionSubjects } from './subjects.data.ts'

export interface DistrictCounts {
  batches: number
  persons: number
  collective: { batches: number; persons: number }
}

interface Year {
  days: readonly Day[]
  rng: Rng
  callers: readonly Caller[]
  units: number
}

/** So many working days a petition takes at most from coming in to being delivered. */
const COURSE = 24

/** All steps of both years, in no order. */
export function petitionSteps(recipe: DeskRecipe, calendar: Calendar, units: number): Step[] {
  const rng = seeded(recipe.seed)
  const callers = makeCallers(600, rng)
  const year = (of: number): Year => ({ days: workdaysOf(calendar, of), rng, callers, units })
  const [now, before] = [year(recipe.year), year(recipe.year - 1)]
  return [
    ...Object.entries(recipe.visits).flatMap(([level, counts]) => [
      ...visitSteps(now, level, counts.now, level === 'district' ? recipe.assigned : 0, recipe.year),
      ...visitSteps(before, level, counts.before, 0, recipe.year - 1),
    ]),
    ...letterSteps(now, recipe),
    ...Array.from({ length: recipe.lettersBefore }, (_, i) =>
      letterBefore(before, i, recipe.lettersBefore),
    ).flat(),
    ...mailboxSteps(now, recipe),
  ]
}

const shownCaller = ({ name, phone, idNo, address }: Caller) => ({
  name,
  phone,
  ...(idNo === null ? {} : { idNo }),
  ...(address === null ? {} : { address }),
})
const subject = (rng: Rng) => {
  const { title, content, topic } = oneOf(rng, petitionSubjects)
  return { title, content, topic }
}

function visitSteps(year: Year, level: string, counts: DistrictCounts, assigned: number, of: number): Step[] {
  const single = counts.batches - counts.collective.batches
  const people = [
    ...shares(counts.collective.persons, counts.collective.batches, 5, 1000),
    ...shares(counts.persons - counts.collective.persons, single, 1, 4),
  ]
  return people.flatMap((persons, n) => {
    // Collective visits come first in the list, not in the year.
    const place = (n * 7919) % people.length
    const index = spread(year.days, place, people.length, COURSE)
    const [caller, unit] = [oneOf(year.rng, year.callers), Math.floor(year.rng() * year.units)]
    const about = subject(year.rng)
    const own = level === 'district'
    let id = ''
    const register: Step = {
      at: moment(year.days, index, '09:10'),
      async run(desk) {
        const entry = {
          ...{ ...about, caller: shownCaller(caller), source: own ? 'own' : 'notified' },
          visit: { personCount: persons, level, ...(own ? {} : { listNo: `${of}-${level}-${n + 1}` }) },
        }
        id = (await desk.post('registrar', '/api/visits', entry)).id
      },
    }
    if (!own)
      return [
        register,
        step(year, index, '10:00', (desk) =>
          desk.act('dispatcher', id, 'file', { reason: '上级通报,登记存查' }),
        ),
      ]
    if (place >= assigned) {
      const answer = { answer: '当场解释政策和办理途径,来访人表示理解。' }
      return [
        register,
        step(year, index, '10:00', (desk) => desk.act('registrar', id, 'answer-at-once', answer)),
      ]
    }
    return [register, ...course(year, index, unit, () => id, 'assign')]
  })
}

const step = (year: Year, index: number, time: string, act: (desk: DemoDesk) => Promise<unknown>): Step => ({
  at: moment(year.days, index, time),
  async run(desk) {
    await act(desk)
  },
})

/** From the office to a unit, accepted, handled, its opinion issued by a second person and delivered. */
function course(
  year: Year,
  index: number,
  unit: number,
  id: () => string,
  way: 'forward' | 'assign',
): Step[] {
  const [handler, chief] = [loginOfUnit(unit), loginOfChief(unit)]
  const at = (after: number, time: string, act: (desk: DemoDesk) => Promise<unknown>) =>
    step(year, index + after, time, act)
  return [
    at(0, '10:00', (desk) =>
      desk.act('dispatcher', id(), way, {
        leadUnitId: desk.unitOf(handler),
        ...(way === 'assign' ? { feedbackDue: dayAfter(year.days, index + COURSE - 2) } : {}),
      }),
    ),
    at(2, '11:00', (desk) => desk.act(handler, id(), 'accept', { matterClass: 'claim' })),
    at(9, '14:00', (desk) =>
      desk.act(handler, id(), 'opine', {
        ...{ claim: '请求依法处理', facts: '经调查,反映情况部分属实。', basis: '有关法律法规和政策' },
        ...{ opinion: '已依法处理并向信访人说明。', outcome: 'supported', reviewRightTold: true },
      }),
    ),
    at(10, '15:00', (desk) => desk.act(chief, id(), 'issue', { opinionNo: `处理意见〔${id()}〕` })),
    at(11, '16:00', (desk) =>
      desk.act(handler, id(), 'deliver', { deliveredAt: desk.now(), way: 'personal', receipt: 'signed' }),
    ),
    ...(way === 'assign'
      ? [at(12, '16:30', (desk) => desk.act(handler, id(), 'feed-back', { text: '已办结,信访人息诉。' }))]
      : []),
  ]
}

const dayAfter = (days: readonly Day[], index: number) => days[Math.min(index, days.length - 1)] ?? ''

function letterSteps(year: Year, recipe: DeskRecipe): Step[] {
  const sources = Object.entries(recipe.letters).flatMap(([source, n]) =>
    Array.from({ length: n }, () => source),
  )
  const intakes = Object.entries(recipe.reviews).flatMap(([intake, n]) =>
    Array.from({ length: n }, () => intake),
  )
  return sources.flatMap((source, n) => {
    const place = (n * 7919) % sources.length
    const index = spread(year.days, place, sources.length, COURSE)
    const [caller, unit] = [oneOf(year.rng, year.callers), Math.floor(year.rng() * year.units)]
    const about = subject(year.rng)
    let id = ''
    const register = step(year, index, '09:20', async (desk) => {
      const entry = { ...about, source, caller: shownCaller(caller) }
      id = (await desk.post('registrar', '/api/letters', entry)).id
    })
    const intake = intakes[place]
    return [
      register,
      ...course(year, index, unit, () => id, 'forward'),
      ...(intake === undefined ? [] : reviewSteps(year, index, () => id, intake)),
    ]
  })
}

function reviewSteps(year: Year, index: number, parent: () => string, intake: string): Step[] {
  let id = ''
  const decisions: Record<string, [string, object]> = {
    accepted: ['accept-review', {}],
    'not-accepted': ['decline-review', { ground: 'legal-route', reason: '应当通过其他法定途径解决。' }],
    coordinated: ['coordinate', { text: '已协调有关部门处理。' }],
  }
  const [act = '', body = {}] = decisions[intake] ?? []
  return [
    step(year, index + 14, '09:30', async (desk) => {
      const asked = { content: '不服处理意见,请求复查。' }
      id = (await desk.post('review-clerk', `/api/matters/${parent()}/request-review`, asked)).id
    }),
    step(year, index + 16, '10:30', (desk) => desk.act('review-clerk', id, act, body)),
  ]
}

function letterBefore(year: Year, n: number, count: number): Step[] {
  const index = spread(year.days, n, count, COURSE)
  const caller = oneOf(year.rng, year.callers)
  const about = subject(year.rng)
  let id = ''
  return [
    step(year, index, '09:20', async (desk) => {
      id = (await desk.post('registrar', '/api/letters', { ...about, caller: shownCaller(caller) })).id
    }),
    step(year, index, '10:00', (desk) =>
      desk.act('registrar', id, 'answer-at-once', { answer: '已书面答复。' }),
    ),
  ]
}

function mailboxSteps(year: Year, recipe: DeskRecipe): Step[] {
  const sources = Object.entries(recipe.mailboxes).flatMap(([source, n]) =>
    Array.from({ length: n }, () => source),
  )
  return sources.flatMap((source, n) => {
    const index = spread(year.days, (n * 7919) % sources.length, sources.length, COURSE)
    const [caller, unit] = [oneOf(year.rng, year.callers), Math.floor(year.rng() * year.units)]
    const about = subject(year.rng)
    const handler = loginOfUnit(unit)
    let id = ''
    return [
      step(year, index, '09:30', async (desk) => {
        const entry = {
          ...{ ...about, channel: 'mailbox', source, externalNo: `${source}-${recipe.year}-${n + 1}` },
          ...{ category: 'help', caller: shownCaller(caller) },
        }
        id = (await desk.post('registrar', '/api/matters', entry)).id
      }),
      step(year, index, '10:00', (desk) =>
        desk.act('dispatcher', id, 'dispatch', { leadUnitId: desk.unitOf(handler) }),
      ),
      step(year, index, '11:00', (desk) => desk.act(handler, id, 'sign')),
      step(year, index + 2, '14:00', (desk) =>
        desk.act(handler, id, 'reply', {
          ...{
            contactedAt: desk.now(),
            contactWay: 'phone',
            facts: '经核实,情况属实。',
            measures: '已督促整改。',
          },
          ...{ result: '已办结并答复来信人。', approvedBy: '单位负责人' },
        }),
      ),
      step(year, index + 2, '16:00', (desk) => desk.act('reviewer', id, 'approve')),
      step(year, index + 3, '10:00', (desk) =>
        desk.act('callback', id, 'call-back', { result: 'reached', rating: 'satisfied', resolved: true }),
      ),
      step(year, index + 3, '11:00', (desk) => desk.act('callback', id, 'close')),
    ]
  })
}
