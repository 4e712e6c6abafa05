// URLs of notices: everybody's inbox, the wording of messages, and what was sent.
import { z } from 'zod'
import { states, eventLabels } from '../matters/workflow.ts'
import { id, instant, pageOf, pageQuery, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { countUnread, readInbox, readThem, type InboxItem } from './inbox.ts'
import { inboxRules, plainLabels } from './inbox-rules.ts'
import { listMessages, listReplies, stateLabel, volumesOf } from './queries.ts'
import { wordings } from './queueing.ts'
import { refuseUnknown, wordTemplate } from './template-commands.ts'
import { fill, placeholders, segmentsOf, templateKeys, templates, type Placeholder } from './templates.ts'
import { replyOutcomes, smsStates, volumes } from './terms.ts'

const tag = '通知'
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
const labelled = z.object({ code: z.string(), label: z.string() })
const moment = z.string().nullable()
const month = z.string().regex(/^(?:19|20)\d{2}-(?:0[1-9]|1[0-2])$/, { error: '月份格式应为 2020-08' })
const smsText = textOf(2, 500).describe('短信内容')

export function noticeRoutes(http: Http): void {
  const { config } = http.deps

  http.reads(
    {
      url: '/api/inbox',
      summary: '我的通知',
      description: '只有本人的通知；不能再看到的事项不在其中。',
      tag,
      for: 'notices.read',
      query: z.strictObject({ ...pageQuery, unread: z.stringbool().default(false).describe('只看未读') }),
      reply: pageOf(
        z.object({
          id: z.string(),
          at: z.string(),
          readAt: moment,
          type: labelled,
          text: z.string(),
          link: z.string().nullable().describe('与办件无关的通知所指'),
          matter: z.object({ id: z.string(), no: z.string(), title: z.string(), state: labelled }).nullable(),
        }),
      ),
    },
    async (db, actor, { query }) => {
      const { items, next } = await readInbox(db, actor, query)
      return { items: items.map(viewItem), next }
    },
  )

  http.reads(
    {
      url: '/api/inbox/count',
      summary: '我的未读通知数',
      tag,
      for: 'notices.read',
      reply: z.object({ unread: z.int() }),
    },
    async (db, actor) => ({ unread: await countUnread(db, actor) }),
  )

  http.writes(
    {
      url: '/api/inbox/read',
      summary: '标记通知为已读',
      tag,
      for: 'notices.read',
      body: z
        .strictObject({
          ids: z.array(id).min(1).max(100).optional(),
          until: instant.optional().describe('此时刻及以前的全部'),
        })
        .refine((body) => (body.ids === undefined) !== (body.until === undefined), {
          path: ['ids'],
          error: '指定若干条，或某一时刻以前的全部',
        }),
      reply: z.object({ read: z.int() }),
    },
    async (tx, actor, { body }) => ({ read: await readThem(tx, actor, body) }),
  )

  const template = z.object({
    key: z.string(),
    label: z.string(),
    text: z.string(),
    enabled: z.boolean(),
    version: z.int().describe('0：出厂'),
    segments: z.int(),
  })
  http.reads(
    {
      url: '/api/sms/templates',
      summary: '短信模板',
      tag,
      for: 'sms.read',
      reply: z.object({ items: z.array(template), placeholders: z.record(z.string(), z.string()) }),
    },
    async (db) => {
      const own = await wordings(db)
      return {
        items: templateKeys.map((key) => ({
          key,
          label: templates[key].label,
          ...own[key],
          segments: segmentsOf(fill(own[key].text, samples(config.OFFICE_NAME))),
        })),
        placeholders: Object.fromEntries(
          Object.entries(placeholders).map(([name, { label }]) => [name, label]),
        ),
      }
    },
  )

  http.writes(
    {
      method: 'PUT',
      url: '/api/sms/templates/:key',
      summary: '改写短信模板',
      description: '每一版都保留；停用的模板不再自动发送。',
      tag,
      for: 'notices.manage',
      params: z.strictObject({ key: z.enum(templateKeys) }),
      body: z.strictObject({ text: smsText, enabled: z.boolean() }),
      reply: z.object({ key: z.string(), version: z.int() }),
      ifMatch: 'required',
      etag: ({ version }) => version,
    },
    (tx, actor, { params, body, ifMatch }) => wordTemplate(tx, actor, params.key, body, ifMatch),
  )

  http.writes(
    {
      url: '/api/sms/preview',
      summary: '预览短信',
      tag,
      for: 'sms.read',
      body: z.strictObject({ text: smsText }),
      reply: z.object({ text: z.string(), characters: z.int(), segments: z.int().describe('计费条数') }),
    },
    async (_tx, _actor, { body }) => {
      refuseUnknown(body.text)
      const text = fill(body.text, samples(config.OFFICE_NAME))
      return { text, characters: text.length, segments: segmentsOf(text) }
    },
  )

  http.reads(
    {
      url: '/api/sms/messages',
      summary: '某月的短信',
      description: '不能看到的事项，其短信不列出、不计数；查询码不显示。',
      tag,
      for: 'sms.read',
      query: z.strictObject({
        month,
        counted: z.enum(keysOf(volumes)).default('queued').describe('按哪一种数来列'),
        state: z.enum(keysOf(smsStates)).optional(),
        batchId: id.optional(),
        ...pageQuery,
      }),
      reply: z.object({
        total: z.int(),
        items: z.array(
          z.object({
            id: z.string(),
            template: z.string(),
            number: z.string(),
            text: z.string(),
            state: labelled,
            attempts: z.int(),
            queuedAt: z.string(),
            sentAt: moment,
            deliveredAt: moment,
            error: z.string().nullable(),
            matterId: z.string().nullable(),
            batchId: z.string().nullable(),
          }),
        ),
        next: z.string().nullable(),
      }),
    },
    async (db, actor, { query }) => {
      const page = await listMessages(db, actor, query)
      return { ...page, items: page.items.map((row) => ({ ...row, state: stateLabel(row.state) })) }
    },
  )

  const figure = z.object({ count: z.int(), list: z.string() })
  http.reads(
    {
      url: '/api/sms/volumes',
      summary: '短信量和送达率',
      tag,
      for: 'sms.read',
      query: z.strictObject({ from: month, to: month }),
      reply: z.object({
        months: z.array(
          z.object({
            month: z.string(),
            ...Object.fromEntries(
              keysOf(volumes).map((name) => [name, figure.describe(volumes[name].label)]),
            ),
            deliveryRate: z.object({ numerator: z.int(), denominator: z.int(), text: z.string() }),
          }),
        ),
      }),
    },
    async (db, actor, { query }) => ({
      months: (await volumesOf(db, actor, query.from, query.to)) as never,
    }),
  )

  http.reads(
    {
      url: '/api/sms/replies',
      summary: '收到的短信回复',
      description: '号码脱敏，原文不保存；无法识别的请电话回访。不能看到的事项，其回复不列出。',
      tag,
      for: 'sms.read',
      query: z.strictObject({ outcome: z.enum(keysOf(replyOutcomes)).optional(), ...pageQuery }),
      reply: pageOf(
        z.object({
          id: z.string(),
          number: z.string(),
          receivedAt: z.string(),
          outcome: labelled,
          messageId: z.string().nullable(),
        }),
      ),
    },
    async (db, actor, { query }) => {
      const { items, next } = await listReplies(db, actor, query)
      const outcomes: Record<string, string> = replyOutcomes
      return {
        items: items.map((row) => ({
          ...row,
          outcome: { code: row.outcome, label: outcomes[row.outcome] ?? row.outcome },
        })),
        next,
      }
    },
  )
}

function viewItem({ matter, type, rule, text, ...item }: InboxItem) {
  return {
    ...item,
    type: { code: type, label: eventLabels[type] ?? plainLabels[type] ?? type },
    text: text ?? inboxRules[type]?.[rule]?.label ?? eventLabels[type] ?? type,
    matter: matter && { ...matter, state: { code: matter.state, label: states[matter.state].label } },
  }
}

function samples(office: string): Record<Placeholder, string> {
  return { office, no: placeholders.no.sample, queryCode: placeholders.queryCode.sample }
}
