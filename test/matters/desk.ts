// The hotline desk to test at: an office with its people and two townships, and orders that go through the API.
import { loadShippedYears } from '../../src/calendar/commands.ts'
import { openSession } from '../../src/orgs/sign-in.ts'
import type { Role } from '../../src/orgs/rules.ts'
import { sessionCookie } from '../../src/orgs/tokens.ts'
import { statement } from '../../src/platform/db.ts'
import { openOffice } from '../orgs/office.ts'
import type { Act } from '../../src/matters/workflow.ts'

export type Desk = Awaited<ReturnType<typeof openDesk>>

export interface Answer {
  status: number
  // Tests read bodies of many shapes; what they expect of them is what they assert.
  body: Record<string, unknown> & {
    id: string
    no: string
    version: number
    state: string
    dueAt: string
    code: string
  }
  headers: Record<string, string | string[] | number | undefined>
}

/** `start`: the desk's first moment; accounts sign in anew whenever the clock was moved, so it may be moved freely. */
export async function openDesk(environment: Record<string, string> = {}) {
  // Passwords of this profile do not expire while a test moves the clock by months.
  const office = await openOffice({ PASSWORD_PROFILE: 'asvs', ...environment })
  await office.deps.db.transaction(loadShippedYears)
  const person = async (roles: Role[], unitId = office.officeUnit) => office.account(roles, { unitId })

  const township = await office.unit('荣山镇', { kind: 'township' })
  const other = await office.unit('大石镇', { kind: 'township' })
  const staff = {
    registrar: await person(['registrar']),
    /** Registers and dispatches in one breath, as a small office does. */
    counter: await person(['registrar', 'dispatcher']),
    agent: await person(['agent']),
    dispatcher: await person(['dispatcher']),
    secondDispatcher: await person(['dispatcher']),
    reviewer: await person(['reviewer']),
    callback: await person(['callback']),
    screenerOne: await person(['screening']),
    screenerTwo: await person(['screening']),
    supervisor: await person(['supervisor']),
    leader: await person(['leader']),
    reviewClerk: await person(['review-clerk']),
    /** Who rechecks is not who reviewed. */
    secondReviewClerk: await person(['review-clerk']),
    secondLeader: await person(['leader']),
    chief: await person(['unit-reviewer'], township),
    liaison: await person(['handler'], township),
    otherLiaison: await person(['handler'], other),
  }
  type Name = keyof typeof staff

  // One session for each account and moment of the clock: it never expires, however far the clock goes.
  const sessions = new Map<string, Promise<string>>()
  async function signedIn(accountId: string): Promise<string> {
    const key = `${accountId} ${office.clock.now()}`
    const open = () =>
      office.deps.db.transaction(async (tx) => {
        const { token } = openSession(tx, office.config, accountId, {
          address: '10.8.0.1',
          userAgent: 'test',
        })
        return sessionCookie(office.config, token).split(';')[0] ?? ''
      })
    const known = sessions.get(key) ?? open()
    sessions.set(key, known)
    return known
  }

  async function ask(
    who: { id: string },
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) {
    const cookie = await signedIn(who.id)
    const payload = body === undefined ? {} : { payload: body as object }
    return office.call(method, url, { cookie }, { headers, ...payload })
  }

  async function call(...asked: Parameters<typeof ask>): Promise<Answer> {
    const response = await ask(...asked)
    return {
      status: response.statusCode,
      body: response.body === '' ? {} : response.json(),
      headers: response.headers,
    } as Answer
  }

  return {
    ...office,
    township,
    other,
    staff,
    call: (
      who: Name | { id: string },
      ...rest: Parameters<typeof call> extends [unknown, ...infer R] ? R : never
    ) => call(typeof who === 'string' ? staff[who] : who, ...rest),
    /** The answer as it comes: files, too. */
    ask,
    /** The cookie of somebody's session at this moment, for a process of one's own. */
    cookie: (who: Name) => signedIn(staff[who].id),
    /** Registers an order; fails the test when the desk refuses. */
    async register(
      given: Record<string, unknown> = {},
      who: Name = given['dispatch'] === undefined ? 'registrar' : 'counter',
    ) {
      const answer = await call(staff[who], 'POST', '/api/matters', {
        title: '夜间施工噪声扰民',
        content: '小区旁工地夜间十一点后仍在施工,噪声严重影响休息。',
        category: 'help',
        topic: 'environment',
        ...given,
      })
      if (answer.status !== 201) throw new Error(`not registered: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    /** Does an act; answers whatever the desk says. */
    act: (who: Name, id: string, act: Act, body: unknown = {}, headers: Record<string, string> = {}) =>
      call(staff[who], 'POST', `/api/matters/${id}/${act}`, body, headers),
    /** Does an act that must succeed. */
    async does(who: Name, id: string, act: Act, body: unknown = {}) {
      const answer = await call(staff[who], 'POST', `/api/matters/${id}/${act}`, body)
      if (answer.status !== 200) throw new Error(`${act} by ${who}: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    open: async (who: Name, id: string) => call(staff[who], 'GET', `/api/matters/${id}`),
    async legs(id: string) {
      return legsOf(office.deps.db, [id])
    },
    async row(id: string) {
      const [row] = await matterOf(office.deps.db, [id])
      if (row === undefined) throw new Error('no such matter')
      return row
    },
    answer: {
      contactedAt: office.clock.now(),
      contactWay: 'phone',
      facts: '经现场核实,情况属实。',
      measures: '责令施工单位夜间停工。',
      result: '已停止夜间施工,诉求人表示认可。',
      approvedBy: '审签人',
    },
  }
}

const legsOf = statement<{
  id: string
  no: number
  role: string
  kind: string
  unitId: string
  dueAt: string
  effectiveDueAt: string
  outcome: string | null
  lateFrom: string | null
  signLateFrom: string | null
  stoppedAt: string | null
  warned: boolean
  red: boolean
  overdue: boolean
}>(
  'test.legs',
  `select id, no, role, kind, unit_id as "unitId", due_at as "dueAt", effective_due_at as "effectiveDueAt", outcome,
     late_from as "lateFrom", sign_late_from as "signLateFrom", stopped_at as "stoppedAt",
     warned_at is not null as warned, red_at is not null as red, overdue_at is not null as overdue
   from legs where matter_id = $1 order by no`,
)
const matterOf = statement<
  Record<string, unknown> & { lateFrom: string | null; firstOnTime: boolean | null }
>(
  'test.matter',
  `select state, late_from as "lateFrom", first_on_time as "firstOnTime", contacted_on_time as "contactedOnTime", done_at as "doneAt", rating,
     screened_out_at as "screenedOutAt", extended_at as "extendedAt", due_at as "dueAt", seq, version
   from matters where id = $1`,
)
