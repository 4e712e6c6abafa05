// Enters the dispute ledger, joint meetings, relief grants and registers of the demonstration.
import { instantOf, plusDays, type Day } from '../../../src/platform/clock.ts'
import { seeded } from '../../../test/support/identity.ts'
import { makeCallers } from '../callers.ts'
import { between, oneOf } from '../draw.ts'
import { loginOfUnit } from '../office.ts'
import type { DemoDesk } from './desk.ts'
import type { DeskRecipe } from './recipe.ts'
import { shares, type Step } from './schedule.ts'
import { petitionSubjects } from './subjects.data.ts'

const at = (day: Day, time: string, run: (desk: DemoDesk) => Promise<unknown>): Step => ({
  at: instantOf(day, `${time}:00`),
  async run(desk) {
    await run(desk)
  },
})

/** Everything that stands beside the petitions. */
export function recordSteps(recipe: DeskRecipe, units: number): Step[] {
  const items: string[] = []
  return [
    ...ledgerSteps(recipe, units, items),
    ...meetingSteps(recipe, items),
    ...reliefSteps(recipe),
    ...registerSteps(recipe),
  ]
}

export const CAMPAIGN = '矛盾纠纷大排查、大起底、大化解'

function ledgerSteps(recipe: DeskRecipe, units: number, items: string[]): Step[] {
  const rng = seeded(recipe.seed + 1)
  const { year } = recipe
  let campaignId = ''
  const wanted = Object.entries(recipe.ledger).flatMap(([status, [local, more]]) => [
    ...Array.from({ length: local }, () => ({ status, level: 'local' })),
    ...Array.from({ length: more }, () => ({ status, level: 'district-plus' })),
  ])
  const open = at(`${year}-08-01`, '09:00', async (desk) => {
    const campaign = { name: CAMPAIGN, fromDay: `${year}-08-01`, discipline: '应查尽查、应排尽排' }
    campaignId = (await desk.post<{ id: string }>('registrar', '/api/ledger/campaigns', campaign)).id
  })
  return [
    open,
    ...wanted.flatMap(({ status, level }, n) => {
      const found = plusDays(`${year}-08-03`, n % 50)
      const decided = plusDays(found, 14)
      const { title, content, topic } = oneOf(rng, petitionSubjects)
      const [lead, territory] = [
        loginOfUnit(between(rng, 0, units - 1)),
        loginOfUnit(between(rng, 0, Math.min(14, units - 1))),
      ]
      const involved = status === 'territorial' ? 1 : between(rng, 2, 40)
      const group =
        status === 'watch'
          ? oneOf(rng, ['military', 'graduates', 'projectionists', 'teachers', 'investors'])
          : 'none'
      const act = (login: string, name: string, body: object) => (desk: DemoDesk) =>
        desk.post(login, `/api/ledger/items/${items[n]}/${name}`, body)
      const plan = act('registrar', 'plan', { plan: '由牵头部门包案化解,限期办结。', due: `${year}-12-31` })
      const review = { reviewDay: plusDays(decided, 180), reason: '处理权限不在本区,相对稳定' }
      const evidence = { kind: 'agreement', evidence: '双方签订协议并履行完毕。' }
      const ways: Record<string, Step[]> = {
        'needs-study': [],
        'plan-advancing': [at(decided, '10:00', plan)],
        watch: [at(decided, '10:00', act('registrar', 'watch', review))],
        territorial: [at(decided, '10:00', act('registrar', 'hand-to-territory', review))],
        resolved: [
          at(decided, '10:00', plan),
          at(plusDays(decided, 20), '10:00', act(lead, 'ask-strike-off', evidence)),
          at(plusDays(decided, 21), '15:00', act('supervisor', 'strike-off', {})),
        ],
      }
      return [
        at(found, '14:00', async (desk) => {
          const entry = {
            ...{ campaignId, foundDay: found, foundByUnitId: desk.unitOf(territory), level, topic, involved },
            ...{ title, demand: content, groupTag: group },
            ...{ leadUnitId: desk.unitOf(lead), territorialUnitId: desk.unitOf(territory) },
            leader: { name: '演示包案领导', post: '区级领导' },
          }
          items[n] = (await desk.post('registrar', '/api/ledger/items', entry)).id
        }),
        ...(ways[status] ?? []),
      ]
    }),
  ]
}

function meetingSteps({ year, meetings }: DeskRecipe, items: string[]): Step[] {
  const every = Math.floor(meetings.all / meetings.byLeaders)
  return Array.from({ length: meetings.all }, (_, n) => {
    const about = n < meetings.subjects
    const day = about
      ? plusDays(`${year}-10-09`, n * 4)
      : plusDays(`${year}-01-06`, (n - meetings.subjects) * 16)
    return at(day, '16:00', (desk) =>
      desk.post('registrar', '/api/meetings', {
        ...{ day, kind: n % 3 === 0 ? 'special' : 'working', convenor: '演示召集人' },
        convenorRank: n % every === 0 && n / every < meetings.byLeaders ? 'district-leader' : 'bureau',
        items: about
          ? [
              {
                ...{ ledgerItemId: items[n], decision: '由牵头部门限期化解并报告结果' },
                ...{ leadUnitId: desk.unitOf(loginOfUnit(n % 15)), dueDay: `${year}-12-31` },
              },
            ]
          : [],
      }),
    )
  })
}

function reliefSteps({ year, seed, relief }: DeskRecipe): Step[] {
  const { people, least, most, step, sum } = relief
  const callers = makeCallers(people, seeded(seed + 2))
  const amounts = shares(sum / step, people, least / step, most / step).map((n) => n * step)
  // One receives the most, at the expense of those who would receive more than the least.
  for (let i = 1; i < amounts.length && (amounts[0] ?? most) < most; i++) {
    if ((amounts[i] ?? 0) <= least) continue
    amounts[i] = (amounts[i] ?? 0) - step
    amounts[0] = (amounts[0] ?? 0) + step
  }
  let programmeId = ''
  return [
    at(`${year}-11-02`, '09:00', async (desk) => {
      const programme = {
        ...{ name: '投资理财群体困难救助', basis: '区委专题会议纪要', groupTag: 'investors' },
        ...{ minFen: least, maxFen: most, stepFen: step, fromDay: `${year}-11-01`, toDay: `${year}-12-31` },
      }
      programmeId = (await desk.post<{ id: string }>('leader', '/api/relief/programmes', programme)).id
    }),
    ...callers.flatMap((caller, n) => {
      let id = ''
      const day = plusDays(`${year}-11-03`, n % 20)
      return [
        at(day, '09:00', async (desk) => {
          const { name, phone } = caller
          const person = await desk.post<{ id: string }>('registrar', '/api/people', { name, phone })
          const asked = {
            ...{ programmeId, personId: person.id, grade: '困难', amountFen: amounts[n], basis: '家庭困难' },
            account: `62170000000${String(n).padStart(8, '0')}`,
          }
          id = (await desk.post('registrar', '/api/relief/grants', asked)).id
        }),
        at(plusDays(day, 2), '10:00', (desk) =>
          desk.post('leader', `/api/relief/grants/${id}/decide`, { granted: true }),
        ),
        at(plusDays(day, 5), '10:00', (desk) =>
          desk.post('registrar', `/api/relief/grants/${id}/pay`, {
            paidDay: plusDays(day, 5),
            receipt: `SJ-${n + 1}`,
          }),
        ),
      ]
    }),
  ]
}

function registerSteps({ year, duty, training, sms }: DeskRecipe): Step[] {
  const shift = (mission: string, person: string, fromDay: Day, toDay: Day) =>
    at(toDay, '18:00', (desk) =>
      desk.post('registrar', '/api/registers/duty', { mission, person, fromDay, toDay }),
    )
  const inTurn = (mission: string, [people, days]: [number, number], from: Day) =>
    Array.from({ length: people }, (_, n) => {
      const each = days / people
      const begins = plusDays(from, n * each)
      return shift(mission, `派驻人员${n + 1}`, begins, plusDays(begins, each - 1))
    })
  return [
    ...Array.from({ length: duty.guard.people }, (_, n) => {
      const [from, to] = duty.guard.periods[n % duty.guard.periods.length] ?? ['', '']
      return shift('two-sessions', `安保人员${n + 1}`, from, to)
    }),
    ...inTurn('beijing', duty.beijing, `${year}-03-01`),
    ...inTurn('province', duty.province, `${year}-06-01`),
    at(`${year}-04-17`, '17:00', (desk) =>
      desk.post('registrar', '/api/registers/training', {
        ...{ topic: '12345政务服务热线办理业务', fromDay: `${year}-04-16`, sessions: training.sessions },
        ...{ attendees: training.people, accounts: training.accounts },
      }),
    ),
    ...Array.from({ length: 12 }, (_, n) => {
      const month = `${year}-${String(n + 1).padStart(2, '0')}`
      return at(`${month}-28`, '17:30', (desk) =>
        desk.post('registrar', '/api/registers/sms', {
          month,
          source: 'reported',
          sent: sms,
          delivered: sms - 100 - n,
        }),
      )
    }),
  ]
}
