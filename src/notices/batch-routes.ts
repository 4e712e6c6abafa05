// URLs of messages to regions: whom they go to, asking, releasing; and what the gateway brings back.
import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { safeValue } from '../people/safe-values.ts'
import { personal, text } from '../platform/column-kinds.ts'
import { id, instant, pageOf, pageQuery, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { rowsOfSheet, type ReadTable, type Sheet } from '../platform/sheet-rows.ts'
import {
  askBatch,
  cancelBatch,
  enterContacts,
  releaseBatch,
  voidContact,
  type ContactEntry,
} from './batches.ts'
import { listBatches, listContacts } from './queries.ts'
import { takeReceipts, takeReply } from './returns.ts'
import { batchStates } from './terms.ts'

const tag = '短信'
const byId = z.strictObject({ id })
const moment = z.string().nullable()
const regionCode = z.string().regex(/^\d{6,12}$/, { error: '行政区划代码应为6至12位数字' })
const written = z.object({ id: z.string(), state: z.string(), recipients: z.int().describe('接收号码数') })

/** How a spreadsheet of contacts is laid out. */
const contactSheet: Sheet = {
  columns: {
    regionCode: text('区划代码', 6, 12),
    post: text('职务', 1, 60),
    name: personal(text('姓名', 1, 60)),
    number: personal(text('手机号码', 5, 20)),
  },
  references: {},
  show: safeValue,
}

/** `read` gives the rows of an uploaded table safely. */
export function batchRoutes(http: Http, { read }: { read: ReadTable }): void {
  const { vault, files } = http.deps

  http.writes(
    {
      url: '/api/sms/contacts',
      summary: '登记短信联系人',
      description: '村社区干部、单位联络员等；不是信访人。姓名和号码加密保存。',
      tag,
      for: 'sms.ask',
      body: z.strictObject({
        regionCode,
        post: textOf(1, 60).describe('职务'),
        name: textOf(1, 60),
        number: textOf(5, 20).describe('手机号码'),
      }),
      status: 201,
      reply: z.object({ id: z.string() }),
    },
    async (tx, actor, { body }) => {
      const [contactId = ''] = await enterContacts(tx, vault, actor, [{ at: '/body', row: body }])
      return { id: contactId }
    },
  )

  http.uploads(
    {
      url: '/api/sms/contacts/import',
      summary: '导入短信联系人',
      description: '列：区划代码、职务、姓名、手机号码；有一行有误则都不导入。',
      tag,
      for: 'sms.ask',
      allow: ['xlsx', 'csv'],
      maxBytes: 2 * 1024 * 1024,
      reply: z.object({ contacts: z.int() }),
      problems: ['register/header', 'register/no-rows', 'register/invalid-row', 'register/too-many-rows'],
    },
    async (tx, actor, { file }) => {
      const rows = await rowsOfSheet(tx, contactSheet, read(files.path(file.hash)))
      const entries = rows.map(({ at, row }) => ({ at, row: row as unknown as ContactEntry }))
      return { contacts: (await enterContacts(tx, vault, actor, entries)).length }
    },
  )

  http.reads(
    {
      url: '/api/sms/contacts',
      summary: '短信联系人',
      tag,
      for: 'sms.read',
      query: z.strictObject({ regionCode: regionCode.optional(), ...pageQuery }),
      reply: pageOf(
        z.object({
          id: z.string(),
          regionCode: z.string(),
          post: z.string(),
          name: z.string(),
          number: z.string(),
          at: z.string(),
        }),
      ),
    },
    (db, _actor, { query }) => listContacts(db, query),
  )

  http.writes(
    {
      url: '/api/sms/contacts/:id/void',
      summary: '作废短信联系人',
      tag,
      for: 'sms.ask',
      params: byId,
      reply: z.object({ id: z.string() }),
    },
    (tx, actor, { params }) => voidContact(tx, actor, params.id),
  )

  http.writes(
    {
      url: '/api/sms/batches',
      summary: '申请向区划群发短信',
      tag,
      for: 'sms.ask',
      body: z.strictObject({
        text: textOf(2, 500).describe('内容；不得含有信访人的个人信息'),
        regionCodes: z.array(regionCode).min(1).max(50).describe('区划及其下级'),
      }),
      status: 201,
      reply: written,
      problems: ['sms/no-recipients', 'sms/no-gateway'],
    },
    (tx, actor, { body }) => {
      if (http.deps.sms === undefined) throw new Problem('sms/no-gateway')
      return askBatch(tx, actor, body)
    },
  )

  for (const [act, summary, command] of [
    ['release', '审核并下发群发短信', (tx, actor, batchId) => releaseBatch(tx, vault, actor, batchId)],
    ['cancel', '撤销群发短信', cancelBatch],
  ] as const satisfies readonly [string, string, (...given: Parameters<typeof cancelBatch>) => unknown][]) {
    http.writes(
      {
        url: `/api/sms/batches/:id/${act}`,
        summary,
        tag,
        for: 'sms.release',
        params: byId,
        reply: written,
        problems: ['sms/second-person', 'sms/batch-decided', 'sms/no-recipients'],
      },
      (tx, actor, { params }) => command(tx, actor, params.id),
    )
  }

  http.reads(
    {
      url: '/api/sms/batches',
      summary: '群发短信及其送达',
      tag,
      for: 'sms.read',
      query: z.strictObject(pageQuery),
      reply: pageOf(
        z.object({
          id: z.string(),
          text: z.string(),
          regionCodes: z.array(z.string()),
          state: z.object({ code: z.string(), label: z.string() }),
          recipients: z.int(),
          askedAt: z.string(),
          askedBy: z.string().nullable(),
          decidedAt: moment,
          decidedBy: moment,
          sent: z.int(),
          delivered: z.int(),
          failed: z.int(),
        }),
      ),
    },
    async (db, _actor, { query }) => {
      const { items, next } = await listBatches(db, query)
      const labels: Record<string, string> = batchStates
      const view = (state: string) => ({ code: state, label: labels[state] ?? state })
      return { items: items.map((row) => ({ ...row, state: view(row.state) })), next }
    },
  )

  gatewayRoutes(http)
}

/** What the gateway calls, with its own token; docs/sms.md is the contract. */
function gatewayRoutes(http: Http): void {
  const { db, vault, config } = http.deps
  const demandGateway = (header: unknown) => {
    const told = Buffer.from(typeof header === 'string' ? header : '')
    const own = Buffer.from(config.SMS_CALLBACK_TOKEN ?? '')
    if (own.length === 0 || told.length !== own.length || !timingSafeEqual(told, own))
      throw new Problem('access/not-signed-in')
  }

  http.secrets(
    {
      url: '/api/sms/receipts',
      summary: '短信网关回执',
      description: '由网关以 X-Sms-Token 调用；重复、先到和无关的回执都可以。',
      tag,
      for: 'anyone',
      limit: { perMinute: 6000, by: 'address' },
      body: z.strictObject({
        receipts: z
          .array(
            z.strictObject({
              id: id.describe('发送时的编号'),
              state: z.enum(['delivered', 'failed']),
              at: instant,
              reason: textOf(1, 60).optional(),
            }),
          )
          .min(1)
          .max(100),
      }),
      reply: z.object({ noted: z.int() }),
    },
    async (_actor, { body, request }) => {
      demandGateway(request.headers['x-sms-token'])
      return { noted: await db.transaction((tx) => takeReceipts(tx, body.receipts)) }
    },
  )

  http.secrets(
    {
      url: '/api/sms/replies',
      summary: '短信网关上行',
      description: '由网关以 X-Sms-Token 调用；同一条只计一次。回应不含任何事项信息。',
      tag,
      for: 'anyone',
      limit: { perMinute: 6000, by: 'address' },
      body: z.strictObject({
        gatewayId: textOf(1, 100).describe('网关的上行编号'),
        from: textOf(5, 20).describe('手机号码'),
        text: z.string().max(1000),
      }),
      reply: z.object({ taken: z.boolean() }),
    },
    async (_actor, { body, request }) => {
      demandGateway(request.headers['x-sms-token'])
      await db.transaction((tx) => takeReply(tx, vault, body, config.SMS_CALLBACK_HOURS))
      return { taken: true }
    },
  )
}
