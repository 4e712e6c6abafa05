// URLs of the dispute ledger: campaigns, items, one POST for each act, links to matters, the board.
import { z } from 'zod'
import { topics } from '../matters/terms.ts'
import { findVisible } from '../matters/queries.ts'
import { day, id, instant, pageQuery, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ledgerRules } from './acts.ts'
import { board } from './board.ts'
import { actOnItem, linkMatter, openCampaign, openItem, unlinkMatter } from './commands.ts'
import { likelyDisputes, listCampaigns, listItems, readItem, type ItemRow } from './queries.ts'
import { openLedgerActs, roleRefusal } from './rules.ts'
import { byId, free, keysOf, label, labelled } from './shapes.ts'
import { groupTags } from './terms.ts'
import { ledgerActNames, ledgerActs, levels, statuses, type LedgerTransition } from './workflow.ts'

const tag = '矛盾纠纷台账'
const written = z.object({ id, no: z.string(), version: z.int(), status: z.string() })
const figure = z.object({
  key: z.string(),
  name: z.string(),
  unit: z.enum(['件', '人']),
  value: z.int(),
  list: z.string(),
})
const itemShape = z.object({
  id,
  no: z.string(),
  title: z.string(),
  status: labelled,
  level: labelled,
  topic: labelled,
  groupTag: labelled,
  involved: z.int().describe('涉及人数；与件数分开计'),
  foundDay: z.string(),
  leadUnitId: z.string(),
  leadUnit: z.string(),
  territorialUnitId: z.string(),
  territorialUnit: z.string(),
  leader: z.string().nullable(),
  planDue: z.string().nullable(),
  reviewDay: z.string().nullable(),
  version: z.int(),
})
const filters = {
  campaignId: id.optional(),
  status: z.enum(keysOf(statuses)).optional(),
  level: z.enum(keysOf(levels)).optional(),
  unitId: id.optional().describe('牵头或属地单位'),
  regionCode: z.string().max(9).optional(),
  topic: z.enum(keysOf(topics)).optional(),
  leader: textOf(1, 40).optional().describe('包案领导'),
  due: z.enum(['plan', 'review']).optional().describe('化解时限已过；复核日期已到'),
  from: day.optional().describe('排查日期起（含）'),
  to: day.optional().describe('排查日期止（含）'),
  asOf: instant.optional().describe('截至的时刻；缺省为现在'),
}
const problems = ['ledger/not-found'] as const

export function ledgerRoutes(http: Http): void {
  const { clock, config, db } = http.deps

  http.writes(
    {
      url: '/api/ledger/campaigns',
      summary: '开展排查活动',
      tag,
      for: 'ledger.edit',
      body: z
        .strictObject({
          name: textOf(2, 100),
          fromDay: day,
          toDay: day.optional(),
          discipline: textOf(2, 500).optional().describe('工作纪律'),
        })
        .refine((c) => c.toDay === undefined || c.toDay >= c.fromDay, {
          path: ['toDay'],
          error: '结束日期不能早于开始日期',
        }),
      status: 201,
      reply: z.object({ id }),
      problems: ['ledger/campaign-taken'],
    },
    (tx, actor, { body }) => openCampaign(tx, actor, body),
  )

  http.reads(
    {
      url: '/api/ledger/campaigns',
      summary: '排查活动',
      tag,
      for: 'ledger.read',
      reply: z.object({
        items: z.array(
          z.object({
            id,
            name: z.string(),
            fromDay: z.string(),
            toDay: z.string().nullable(),
            discipline: z.string().nullable(),
          }),
        ),
      }),
    },
    async (reader) => ({ items: await listCampaigns(reader) }),
  )

  http.writes(
    {
      url: '/api/ledger/items',
      summary: '登记排查出的事项',
      description: '一件纠纷为一件；涉及人数只是一个数，不登记人员名单。',
      tag,
      for: 'ledger.edit',
      body: z.strictObject({
        campaignId: id.optional(),
        foundDay: day.describe('排查日期'),
        foundByUnitId: id.describe('排查单位'),
        regionCode: z
          .string()
          .regex(/^\d{9}$/, { error: '区划代码应为9位数字' })
          .optional(),
        title: textOf(2, 200),
        demand: textOf(2, 4000).describe('诉求'),
        involved: z.int().min(1).max(1_000_000).default(1).describe('涉及人数'),
        groupTag: z.enum(keysOf(groupTags)).default('none').describe('群体'),
        topic: z.enum(keysOf(topics), { error: '没有这个主题' }).default('other'),
        level: z.enum(keysOf(levels)).describe('层级'),
        leadUnitId: id.describe('牵头部门'),
        territorialUnitId: id.describe('属地单位'),
        leader: z
          .strictObject({ name: textOf(1, 40), post: textOf(1, 60) })
          .optional()
          .describe('包案领导'),
      }),
      status: 201,
      reply: written,
      etag: (item) => item.version,
      problems: [
        ...(['ledger/no-campaign', 'ledger/future-day', 'matter/unknown-unit'] as const),
        ...(['matter/unit-abolished', 'region/unknown'] as const),
      ],
    },
    (tx, actor, { body }) => openItem(tx, actor, body, { region: config.OFFICE_REGION }),
  )

  http.reads(
    {
      url: '/api/ledger/items',
      summary: '查询台账',
      tag,
      for: 'ledger.read',
      query: z.strictObject({ ...filters, ...pageQuery }),
      reply: z.object({
        asOf: z.string(),
        total: z.int(),
        involved: z.int(),
        items: z.array(itemShape),
        next: z.string().nullable(),
      }),
      problems: ['kpi/as-of-in-future'],
    },
    async (reader, actor, { query }) => {
      const page = await listItems(reader, actor, query, clock.now())
      return { ...page, items: page.items.map(viewItem) }
    },
  )

  http.reads(
    {
      url: '/api/ledger/board',
      summary: '台账分类统计',
      description: '每个数都可打开为对应的事项清单；各状态之和、各层级之和均等于总数。',
      tag,
      for: 'ledger.read',
      query: z.strictObject({
        campaignId: filters.campaignId,
        unitId: filters.unitId,
        from: filters.from,
        to: filters.to,
        asOf: filters.asOf,
      }),
      reply: z.object({ asOf: z.string(), figures: z.array(figure) }),
      problems: ['kpi/as-of-in-future'],
    },
    (reader, actor, { query }) => board(reader, actor, query, clock.now()),
  )

  http.reads(
    {
      url: '/api/ledger/items/:id',
      summary: '查看台账事项',
      description: '查看持续关注、落实属地责任的事项记入审计。',
      tag,
      for: 'ledger.read',
      params: byId,
      reply: z.looseObject({
        id,
        no: z.string(),
        version: z.int(),
        status: labelled,
        level: labelled,
        acts: z.array(z.object({ act: z.string(), label: z.string() })),
      }),
      etag: (item) => item.version,
      problems,
    },
    async (_reader, actor, { params }) => {
      const item = await db.transaction((tx) => readItem(tx, actor, params.id))
      return {
        ...item,
        status: { code: item.status, label: statuses[item.status].label },
        level: { code: item.level, label: levels[item.level] },
        acts: openLedgerActs(item, actor),
      }
    },
  )

  for (const act of ledgerActNames) {
    const rule: LedgerTransition = ledgerActs[act]
    http.writes(
      {
        url: `/api/ledger/items/:id/${act}`,
        summary: rule.label,
        tag,
        for: 'ledger.read',
        admits: (actor) => roleRefusal(act, actor),
        params: byId,
        body: ledgerRules[act].input,
        reply: written,
        ifMatch: 'accepted',
        etag: (item) => item.version,
        problems: [...problems, 'ledger/act-not-allowed', 'ledger/act-not-yours'],
      },
      (tx, actor, { params, body, ifMatch }) => actOnItem(tx, actor, params.id, act, body, ifMatch),
    )
  }

  http.writes(
    {
      url: '/api/ledger/items/:id/matters',
      summary: '关联信访件',
      tag,
      for: 'ledger.edit',
      params: byId,
      body: z.strictObject({ matterId: id, reason: textOf(2, 500).describe('关联理由') }),
      reply: written,
      etag: (item) => item.version,
      problems: [...problems, 'matter/not-found', 'matter/accused-unit', 'ledger/linked-already'],
    },
    (tx, actor, { params, body }) => linkMatter(tx, actor, params.id, body),
  )

  http.writes(
    {
      url: '/api/ledger/items/:id/matters/:matterId/unlink',
      summary: '取消关联',
      tag,
      for: 'ledger.edit',
      params: z.strictObject({ id, matterId: id }),
      body: z.strictObject({ reason: textOf(2, 500) }),
      reply: written,
      etag: (item) => item.version,
      problems: [...problems, 'ledger/not-linked'],
    },
    (tx, actor, { params, body }) => unlinkMatter(tx, actor, params.id, params.matterId, body.reason),
  )

  http.reads(
    {
      url: '/api/matters/:id/likely-disputes',
      summary: '可能属于的台账事项',
      description: '按属地或主题和标题用词提示，由工作人员确认，不自动关联。',
      tag,
      for: 'ledger.read',
      params: byId,
      reply: z.object({ items: z.array(free) }),
      problems: ['matter/not-found'],
    },
    async (reader, actor, { params }) => {
      await findVisible(reader, actor, params.id)
      const items = await likelyDisputes(reader, actor, params.id)
      return {
        items: items.map((item) => ({
          ...item,
          status: { code: item.status, label: statuses[item.status].label },
        })),
      }
    },
  )
}

function viewItem(row: ItemRow): z.input<typeof itemShape> {
  return {
    ...row,
    status: { code: row.status, label: statuses[row.status].label },
    level: label(levels, row.level),
    topic: label(topics, row.topic),
    groupTag: label(groupTags, row.groupTag),
  }
}
