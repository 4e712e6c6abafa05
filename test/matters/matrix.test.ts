// Role × act × state: the whole matrix as one text that a change of permission changes, and the desk that keeps to it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Case, Leg, Matter, Petition } from '../../src/matters/case.ts'
import { lockCase } from '../../src/matters/reading.ts'
import { openActs, refusal } from '../../src/matters/rules.ts'
import { channels } from '../../src/matters/channels/index.ts'
import {
  actLabel,
  actsIn,
  actNames,
  rolesOf,
  states,
  workflowHeads,
  workflows,
  type Act,
  type State,
  type WorkflowId,
} from '../../src/matters/workflow.ts'
import { accessOf, roleNames, roles, type Role } from '../../src/orgs/rules.ts'
import { systemActor, type Actor } from '../../src/platform/actor.ts'
import { openDesk, type Desk } from './desk.ts'
import { bring, bringPetition, bringReview, inputs, statesIn, bringEscalation } from './scenes.ts'

const workflowIds = Object.keys(workflows) as WorkflowId[]
const actsOf = (workflow: WorkflowId) => Object.keys(actsIn(workflow)) as Act[]
/** A channel whose matters go through the workflow. */
const channelWith = (workflow: WorkflowId) =>
  Object.values(channels).find((channel) => channel.workflow === workflow)?.id ?? 'none'
const stateNames = Object.keys(states) as State[]

/** Where an actor stands to a matter that `lead`, below `above`, leads and `co` co-handles. */
const standings = {
  /** Sees all below it, and handles for the office alone. */
  'of the office': { at: 'office', unitIds: ['office', 'above', 'lead', 'below', 'co', 'other'] },
  'of the lead unit': { at: 'unit', unitIds: ['lead', 'below'] },
  'of a unit above the lead unit': { at: 'unit', unitIds: ['above', 'lead', 'below'] },
  'of a unit below the lead unit': { at: 'unit', unitIds: ['below'] },
  'of the co-handling unit': { at: 'unit', unitIds: ['co'] },
  'of another unit': { at: 'unit', unitIds: ['other'] },
} as const

function actor(role: Role, standing: keyof typeof standings): Actor {
  const { at, unitIds } = standings[standing]
  const access = accessOf([role], at === 'office')
  const own = at === 'office' && access.sees === 'units' ? ['office'] : unitIds
  return { ...systemActor('matrix'), id: 'somebody', ...access, unitId: own[0] ?? null, unitIds: own }
}

/** Of the class that the act is for. */
function subject(workflow: WorkflowId, state: State, handled: boolean, act?: Act): Case {
  const leg = (id: string, role: string, unitId: string) => ({ id, role, unitId, outcome: null }) as Leg
  const legs = state === 'registered' ? [] : [leg('l', 'lead', 'lead'), leg('c', 'co', 'co')]
  const matter = {
    ...{ channel: channelWith(workflow), state, version: 1, leadLegId: legs[0]?.id ?? null },
    handlerIds: handled ? ['somebody'] : [],
  } as unknown as Matter
  const [matterClass] = (act === undefined ? undefined : actsIn(workflow)[act]?.of) ?? []
  const petition = matterClass === undefined ? null : ({ regime: 'XF2022', matterClass } as Petition)
  return { ...{ matter, legs, extension: null, returnRequest: null }, ...nothing, petition }
}
const nothing = {
  ...{
    screening: null,
    reply: null,
    petition: null,
    earlierIds: [],
    concluded: false,
    skipLevel: null,
    underReview: false,
    opinion: null,
    supervisions: [],
    granted: [],
    holds: [],
  },
  screenedBefore: false,
}

function matrix(): string {
  const lines = [
    '# Who may do what, and in which state of the matter',
    '',
    'One line an act, a role and where its holder stands; what is not listed is refused.',
  ]
  for (const workflow of workflowIds) {
    lines.push('', `# ${workflow} ${workflowHeads[workflow].label}`)
    for (const act of actsOf(workflow)) {
      lines.push('', `## ${act} ${actLabel(act)}`, '')
      for (const role of roleNames) {
        for (const [standing, { at }] of Object.entries(standings)) {
          if (at === 'unit' && roles[role].at === 'office') continue
          const who = actor(role, standing as keyof typeof standings)
          const open = (handled: boolean) =>
            stateNames
              .filter((state) => refusal(act, subject(workflow, state, handled, act), who) === undefined)
              .join(', ')
          if (open(false) === '') continue
          const apart = open(true) === open(false) ? '' : ' (not who handled the matter)'
          lines.push(`- ${role} ${standing}: ${open(false)}${apart}`)
        }
      }
    }
  }
  return `${lines.join('\n')}\n`
}

describe('the matrix', () => {
  it('is what it was: a change of permission is a line here', async () => {
    await expect(matrix()).toMatchFileSnapshot('./permission-matrix.md')
  })

  it('names each act at least once: none is for nobody', () => {
    const text = matrix()
    for (const act of actNames) expect(text).toMatch(new RegExp(`^## ${act} .*\n\n- `, 'm'))
  })

  it('lists as open exactly the acts that are not refused, in the order of the table', () => {
    for (const workflow of workflowIds) {
      for (const role of roleNames) {
        for (const standing of Object.keys(standings) as (keyof typeof standings)[]) {
          const who = actor(role, standing)
          for (const state of stateNames) {
            const of = subject(workflow, state, false)
            const open = actsOf(workflow).filter((act) => refusal(act, of, who) === undefined)
            expect(openActs(of, who)).toEqual(open)
          }
        }
      }
    }
  })

  it('calls an act the same in every workflow, and knows no act of another workflow', () => {
    for (const workflow of workflowIds) {
      for (const act of actNames) {
        const rule = actsIn(workflow)[act]
        if (rule !== undefined) expect(rule.label).toBe(actLabel(act))
        else {
          const refused = refusal(
            act,
            subject(workflow, 'registered', false),
            actor('leader', 'of the office'),
          )
          expect(refused?.code).toBe('matter/act-not-of-channel')
        }
      }
    }
  })

  it('gives the separated administrators and those who only count nothing to do on a matter', () => {
    for (const role of ['system-admin', 'security-admin', 'audit-admin', 'statistician'] as const) {
      for (const workflow of workflowIds) {
        const open = (state: State) => openActs(subject(workflow, state, false), actor(role, 'of the office'))
        expect(stateNames.flatMap(open)).toEqual([])
      }
    }
  })

  it('never lets whoever handled a matter judge it', () => {
    for (const act of ['approve', 'reject', 'call-back', 'screen'] as const) {
      for (const role of roleNames) {
        const who = actor(role, 'of the office')
        const open = (state: State) => refusal(act, subject('order', state, true), who) === undefined
        expect(stateNames.filter(open)).toEqual([])
      }
    }
  })
})

describe('over HTTP', () => {
  let desk: Desk
  /** By workflow and state. */
  const found = new Map<string, string>()
  beforeAll(async () => {
    desk = await openDesk()
    for (const state of statesIn('order')) found.set(`order ${state}`, await bring(desk, state))
    for (const state of statesIn('petition')) {
      found.set(`petition ${state}`, await bringPetition(desk, state))
    }
    for (const state of statesIn('review')) found.set(`review ${state}`, await bringReview(desk, state))
    for (const state of statesIn('escalation'))
      found.set(`escalation ${state}`, await bringEscalation(desk, state))
  })
  afterAll(() => desk.close())

  const people = () => Object.keys(desk.staff) as (keyof Desk['staff'])[]
  /** The actor as the desk makes one, taken from the account itself. */
  async function actorOf(name: keyof Desk['staff']): Promise<Actor> {
    const [row] = await desk.deps.db.query<{
      id: string
      roles: Role[]
      unitId: string
      kind: string
      sees: string[]
      path: string[]
    }>(
      {
        name: 'test.account',
        text: `select a.id, a.roles, u.id as "unitId", u.kind, u.sees, u.path from accounts a join units u on u.id = a.unit_id where a.id = $1`,
      },
      [desk.staff[name].id],
    )
    if (row === undefined) throw new Error('no such account')
    const access = accessOf(row.roles, row.kind === 'office')
    const unitIds = row.kind === 'office' && access.sees === 'units' ? [row.unitId] : row.sees
    return {
      ...systemActor('matrix'),
      id: row.id,
      ...access,
      unitId: row.unitId,
      unitIds,
      unitPath: row.path,
    }
  }
  const caseOf = (id: string) =>
    desk.deps.db.transaction((tx) => lockCase(tx, systemActor('matrix'), id, ['petition']))

  it('shows each reader exactly the acts that are open to them', async () => {
    for (const name of people()) {
      const who = await actorOf(name)
      for (const [state, id] of found) {
        const answer = await desk.open(name, id)
        if (answer.status === 404) {
          expect(who.sees, `${name} ${state}`).toBe('units')
          continue
        }
        const shown = (answer.body['acts'] as { act: Act }[]).map(({ act }) => act)
        expect(shown, `${name} ${state}`).toEqual(openActs(await caseOf(id), who))
      }
    }
  })

  it('refuses what the matrix refuses, with its code, and nothing changes', async () => {
    let refused = 0
    for (const name of people()) {
      const who = await actorOf(name)
      for (const [index, [state, id]] of [...found].entries()) {
        const before = await caseOf(id)
        // Every ninth act of each pair, a different ninth for each: all acts meet all states and all people.
        for (const [n, act] of actNames.entries()) {
          const because = refusal(act, before, who)
          if (because === undefined || (n + index + name.length) % 9 !== 0) continue
          const answer = await desk.act(name, id, act, inputs(desk, found.get('order assigned'))[act])
          const hidden =
            who.sees === 'units' && !before.matter.unitIds.some((unit) => who.unitIds.includes(unit))
          // Who never does the act is told so before it is looked whether there is such a matter.
          const never = !rolesOf(act).some((role) => who.roles.includes(role))
          const expected = never ? 'matter/act-not-yours' : hidden ? 'matter/not-found' : because.code
          expect(answer.body.code, `${name} ${act} in ${state}`).toBe(expected)
          refused++
        }
        expect(await caseOf(id)).toEqual(before)
      }
    }
    expect(refused).toBeGreaterThan(700)
  })

  it('does not let a registrar dispatch by registering', async () => {
    const body = {
      ...{ title: '登记同时派单', content: '窗口登记时直接派给承办单位。', category: 'help' },
      dispatch: { leadUnitId: desk.township },
    }
    for (const name of ['registrar', 'agent'] as const) {
      const answer = await desk.call(name, 'POST', '/api/matters', body)
      expect(answer.body.code).toBe('matter/act-not-yours')
    }
    expect((await desk.call('counter', 'POST', '/api/matters', body)).status).toBe(201)
  })
})
