// URLs of matters: register, list, open, correct, one POST for each act, why a leg is due when it is.
import { z } from 'zod'
import { readCalendar } from '../calendar/queries.ts'
import { explain } from '../calendar/explain.ts'
import { id, pageOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { actRules } from './acts/index.ts'
import { act } from './commands.ts'
import { edit } from './corrections.ts'
import { joining } from './joining.ts'
import { listMatters } from './listing.ts'
import { candidateShape, viewCandidate } from './candidate-views.ts'
import { samePerson } from './candidates.ts'
import { readMatter } from './queries.ts'
import { register } from './registering.ts'
import { correctionShape, listQuery, registrationShape } from './shapes.ts'
import { matterDetail, matterItem, viewItem, viewMatter, writtenShape } from './views.ts'
import { actLabel, actNames, rolesOf, states, workflows, type Act, type Transition } from './workflow.ts'

const tag = '办件'
const byId = z.strictObject({ id })

export function matterRoutes(http: Http): void {
  const { clock, vault, config } = http.deps

  http.writes(
    {
      url: '/api/matters',
      summary: '登记办件，可同时派单',
      tag,
      for: 'matters.register',
      body: registrationShape,
      status: 201,
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        'matter/external-no-taken',
        'matter/accused-unit',
        'matter/unit-abolished',
        'matter/future-time',
        'matter/past-time',
        'matter/act-not-yours',
        'region/unknown',
      ],
    },
    (tx, actor, { body }) =>
      register(tx, actor, body, {
        vault,
        region: config.OFFICE_REGION,
        collectiveFrom: config.COLLECTIVE_MIN_PERSONS,
      }),
  )

  http.reads(
    {
      url: '/api/matters',
      summary: '查询办件',
      description: '按编号、状态、单位、期限、类别、主题、时间和全文检索；分页用 next 续查，顺序稳定。',
      tag,
      for: 'matters.read',
      query: listQuery,
      reply: pageOf(matterItem),
      problems: ['matter/search-too-short'],
    },
    async (db, actor, { query }) => {
      const now = clock.now()
      const page = await listMatters(db, actor, query, now)
      return { items: page.items.map((row) => viewItem(row, now)), next: page.next }
    },
  )

  http.reads(
    {
      url: '/api/matters/:id',
      summary: '查看办件及其办理过程',
      tag,
      for: 'matters.read',
      params: byId,
      reply: matterDetail,
      etag: (matter) => matter.version,
      problems: ['matter/not-found'],
    },
    async (db, actor, { params }) => viewMatter(await readMatter(db, actor, params.id), actor, clock.now()),
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/matters/:id',
      summary: '更正登记内容',
      description:
        '已承诺的期限不因更正类别或紧急程度而改变。被反映单位只能增补，办结后亦可；撤销须另行申请，由他人决定。',
      tag,
      for: 'matters.edit',
      params: byId,
      body: correctionShape,
      reply: writtenShape,
      ifMatch: 'required',
      etag: (written) => written.version,
      problems: ['matter/not-found', 'matter/closed', 'matter/second-decider', 'region/unknown'],
    },
    (tx, actor, { params, body, ifMatch }) => edit(tx, actor, params.id, body, ifMatch),
  )

  for (const name of actNames) {
    const by = rolesOf(name)
    http.writes(
      {
        url: `/api/matters/:id/${name}`,
        summary: actLabel(name),
        description: describe(name),
        tag: '办理',
        for: 'matters.read',
        admits: ({ roles }) =>
          by.some((role) => roles.includes(role))
            ? undefined
            : new Problem('matter/act-not-yours', { detail: `${name} is for ${by.join(', ')}` }),
        params: byId,
        body: actRules[name].input,
        reply: writtenShape,
        ifMatch: 'accepted',
        etag: (written) => written.version,
        problems: [
          'matter/not-found',
          'matter/act-not-allowed',
          'matter/act-not-of-channel',
          'matter/act-not-yours',
          'matter/duties-apart',
        ],
      },
      (tx, actor, { params: { id: matterId }, body, ifMatch }) =>
        joining[name]?.(tx, actor, matterId, body, { ifMatch, vault }) ??
        act(tx, actor, matterId, name, body, ifMatch),
    )
  }

  http.reads(
    {
      url: '/api/matters/:id/same-person',
      summary: '可能是同一诉求人的其他办件',
      description: '仅供工作人员辨认，不自动合并。',
      tag,
      for: 'people.search',
      params: byId,
      reply: z.object({ items: z.array(candidateShape) }),
      problems: ['matter/not-found'],
    },
    async (db, actor, { params }) => {
      await readMatter(db, actor, params.id)
      return { items: (await samePerson(db, actor, params.id)).map(viewCandidate) }
    },
  )

  http.reads(
    {
      url: '/api/matters/:id/legs/:legId/why',
      summary: '为何此日到期',
      description: '从派单之日起逐日说明是否计入期限。',
      tag,
      for: 'matters.read',
      params: z.strictObject({ id, legId: id }),
      reply: z.object({
        dispatchedAt: z.string(),
        limit: z.object({ n: z.number(), unit: z.string() }).nullable(),
        policy: z.string(),
        dueAt: z.string(),
        effectiveDueAt: z.string(),
        days: z.array(z.record(z.string(), z.unknown())),
      }),
      problems: ['matter/not-found'],
    },
    async (db, actor, { params }) => {
      const matter = await readMatter(db, actor, params.id)
      const leg = matter.legs.find((each) => each.id === params.legId)
      if (leg === undefined) throw new Problem('matter/not-found')
      const { limit, policy, dispatchedAt, dueAt, effectiveDueAt } = leg
      const days = limit === null ? [] : explain(await readCalendar(db), dispatchedAt, limit as never)
      return { dispatchedAt, limit, policy, dueAt, effectiveDueAt, days: days.map((day) => ({ ...day })) }
    },
  )
}

/** From which states to which, in each workflow that has the act. */
function describe(name: Act): string {
  const rules = Object.values(workflows).map((acts) => (acts as Partial<Record<Act, Transition>>)[name])
  return rules.flatMap((rule) => (rule === undefined ? [] : [wayOf(rule)])).join('或')
}

function wayOf(rule: Transition): string {
  const from = rule.from.map((state) => states[state].label).join('、')
  const to = rule.to.map((state) => states[state].label).join('或')
  const source = rule.source === undefined ? '' : `依据：${rule.source}。`
  return `${from}${to === '' ? '，状态不变' : ` → ${to}`}。${source}`
}
