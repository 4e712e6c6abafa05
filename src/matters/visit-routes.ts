// URLs around visits: a superior's monthly lists, and who came before, asked while a citizen waits.
import { z } from 'zod'
import { personFieldsShape } from '../people/fields.ts'
import { day, id, instant, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import { findEarlier } from './earlier.ts'
import { competentLevels, venues, visitLevels, visitModes } from './petition-terms.ts'
import { number, receptionCorrection } from './shapes.ts'
import { writtenShape } from './views.ts'
import { states } from './workflow.ts'
import { correctPetition, correctVisit } from './visit-corrections.ts'
import { correctList, differences, enterList, readLists, reconcileList } from './visit-lists.ts'

const tag = '信访'
const byId = z.strictObject({ id })
const month = z
  .string()
  .regex(/^(?:19|20)\d{2}-(?:0[1-9]|1[0-2])$/, { error: '月份格式应为 2020-08' })
  .transform((text) => `${text}-01`)
  .meta({ example: '2020-08' })
const level = z.enum(Object.keys(visitLevels) as [keyof typeof visitLevels]).describe('走访层级')
const most = 10_000_000
const keysOf = <K extends string>(table: Record<K, unknown>) => Object.keys(table) as [K, ...K[]]
const petitionCorrection = {
  reason: textOf(2, 500).describe('更正理由；请勿写入个人信息'),
  signatories: z.int().min(2).max(100_000).nullable().optional().describe('联名人数'),
  nationalFirst: z.boolean().nullable().optional().describe('全国初次'),
  repeatOfId: id.nullable().optional().describe('重复信访：原信访件'),
}
const counts = {
  batches: z.int().min(0).max(most).describe('批次'),
  persons: z.int().min(0).max(most).describe('人次'),
  collectiveBatches: z.int().min(0).max(most).describe('其中集体访批次'),
  collectivePersons: z.int().min(0).max(most).describe('其中集体访人次'),
}
interface Counts {
  batches: number
  persons: number
  collectiveBatches: number
  collectivePersons: number
}
/** Of a collective visit are at least as many people as make one, and of every other batch at least one. */
const sound = <S extends z.ZodType<Counts>>(shape: S, collectiveFrom: number) =>
  shape
    .refine((c) => c.persons >= c.batches, { path: ['persons'], error: '人次不能少于批次' })
    .refine((c) => c.batches > 0 || c.persons === 0, { path: ['persons'], error: '没有批次就没有人次' })
    .refine((c) => c.collectiveBatches <= c.batches, {
      path: ['collectiveBatches'],
      error: '集体访批次不能多于总批次',
    })
    .refine((c) => c.collectivePersons <= c.persons, {
      path: ['collectivePersons'],
      error: '集体访人次不能多于总人次',
    })
    .refine((c) => c.collectivePersons >= c.collectiveBatches * collectiveFrom, {
      path: ['collectivePersons'],
      error: `集体访每批次不少于${collectiveFrom}人`,
    })
    .refine((c) => c.collectiveBatches > 0 || c.collectivePersons === 0, {
      path: ['collectivePersons'],
      error: '没有集体访批次就没有集体访人次',
    })
    .refine(
      ({ batches, persons, collectiveBatches, collectivePersons }) =>
        batches === 0 ||
        persons < batches ||
        collectiveBatches > batches ||
        collectivePersons > persons ||
        (batches === collectiveBatches
          ? persons === collectivePersons
          : persons - collectivePersons >= batches - collectiveBatches),
      { path: ['collectivePersons'], error: '集体访以外的批次与人次不符' },
    )
const written = z.object({ id, version: z.int() })
const countsShape = z.object(counts)

export function visitRoutes(http: Http): void {
  const { db, vault, config } = http.deps

  http.writes(
    {
      url: '/api/visit-lists',
      summary: '登记上级走访通报',
      tag,
      for: 'matters.register',
      admits: ofTheOffice,
      body: sound(
        z.strictObject({ month, level, source: textOf(2, 100).describe('通报单位和文号'), ...counts }),
        config.COLLECTIVE_MIN_PERSONS,
      ),
      status: 201,
      reply: written,
      etag: (list) => list.version,
      problems: ['visit/list-taken', 'matter/future-time'],
    },
    (tx, actor, { body }) => enterList(tx, actor, body),
  )

  http.reads(
    {
      url: '/api/visit-lists',
      summary: '上级走访通报与本级登记的核对',
      tag,
      for: 'matters.read',
      query: z.strictObject({ year: z.coerce.number().int().min(1990).max(2100) }),
      reply: z.object({
        items: z.array(
          z.object({
            id,
            month: z.string(),
            level: z.object({ code: z.string(), label: z.string() }),
            source: z.string(),
            listed: countsShape.describe('通报数'),
            ours: countsShape.describe('本级登记数'),
            differs: z.array(z.string()).describe('不一致的数'),
            reconciledAt: z.string().nullable(),
            note: z.string().nullable(),
            version: z.int(),
          }),
        ),
      }),
    },
    async (reader, actor, { query }) => ({
      items: (await readLists(reader, actor, query.year)).map((list) => {
        const { batches, persons, collectiveBatches, collectivePersons } = list
        return {
          ...list,
          month: list.month.slice(0, 7),
          level: { code: list.level, label: visitLevels[list.level] },
          listed: { batches, persons, collectiveBatches, collectivePersons },
          differs: differences(list),
        }
      }),
    }),
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/visit-lists/:id',
      summary: '更正上级走访通报',
      tag,
      for: 'matters.edit',
      admits: ofTheOffice,
      params: byId,
      body: sound(z.strictObject(counts), config.COLLECTIVE_MIN_PERSONS),
      reply: written,
      ifMatch: 'required',
      etag: (list) => list.version,
      problems: ['visit/list-not-found'],
    },
    (tx, actor, { params, body, ifMatch }) => correctList(tx, actor, params.id, body, ifMatch),
  )

  http.writes(
    {
      url: '/api/visit-lists/:id/reconcile',
      summary: '核对上级走访通报',
      description: '与登记不一致的须说明原因。',
      tag,
      for: 'matters.edit',
      admits: ofTheOffice,
      params: byId,
      body: z.strictObject({ note: textOf(2, 1000).optional().describe('不一致的原因') }),
      reply: written,
      ifMatch: 'accepted',
      etag: (list) => list.version,
      problems: ['visit/list-not-found', 'visit/list-differs'],
    },
    (tx, actor, { params, body, ifMatch }) => reconcileList(tx, actor, params.id, body.note, ifMatch),
  )

  http.secrets(
    {
      url: '/api/matters/earlier',
      summary: '某人以前的办件',
      description: '按完整的电话、证件号码或姓名，供登记时边输边看；各信访形式都在内，每次查找记入审计。',
      tag,
      for: 'people.search',
      limit: { perMinute: 60, by: 'account' },
      body: z.strictObject({
        by: z.enum(['phone', 'idNo', 'name']),
        text: textOf(1, 60).describe('完整的电话、证件号码或姓名'),
      }),
      reply: z.object({
        people: z.array(
          z.object({
            personId: z.string(),
            name: z.string().nullable(),
            phone: z.string().nullable(),
            township: z.string().nullable(),
            matters: z.array(
              z.object({
                id: z.string(),
                no: z.string(),
                channel: z.object({ code: z.string(), label: z.string() }),
                title: z.string(),
                state: z.object({ code: z.string(), label: z.string() }),
                receivedAt: z.string(),
                final: z.boolean().describe('已复核终结'),
              }),
            ),
          }),
        ),
        more: z.boolean(),
      }),
    },
    async (actor, { body }) => {
      const found = await db.transaction((tx) => findEarlier(tx, vault, actor, body))
      return {
        ...found,
        people: found.people.map((person) => ({
          ...person,
          matters: person.matters.map((m) => ({
            ...m,
            state: { code: m.state, label: states[m.state].label },
          })),
        })),
      }
    },
  )

  const corrects = {
    method: 'PATCH',
    tag,
    for: 'matters.edit',
    params: byId,
    reply: writtenShape,
    ifMatch: 'required',
    etag: (written: z.input<typeof writtenShape>) => written.version,
  } as const

  http.writes(
    {
      ...corrects,
      url: '/api/visits/:id',
      summary: '更正走访信息',
      description: '集体访、越级随人数和层级重新认定；更正前后都记入办理过程，统计以更正后的为准。',
      body: z.strictObject({
        ...petitionCorrection,
        day: day.optional().describe('来访日期'),
        personCount: z.int().min(1).max(100_000).optional(),
        involvedCount: z.int().min(1).max(10_000_000).nullable().optional(),
        level: level.optional(),
        competentLevel: z.enum(keysOf(competentLevels)).optional(),
        venue: z.enum(keysOf(venues)).optional(),
        mode: z.enum(keysOf(visitModes)).optional(),
        place: textOf(1, 100).nullable().optional(),
        listNo: textOf(1, 60).optional().describe('上级通报编号'),
        listDay: day.nullable().optional(),
        reception: receptionCorrection.nullable().optional().describe('领导接访；未填意见的，原意见不变'),
        others: z.array(personFieldsShape).min(1).max(4).optional().describe('补登的其他代表'),
        notOthers: z.array(id).min(1).max(4).optional().describe('误登的其他代表'),
      }),
      problems: [
        'matter/not-found',
        'matter/act-not-of-channel',
        'matter/fewer-than-representatives',
        'matter/list-no-taken',
        'matter/future-time',
        'matter/past-time',
        'matter/other-not-found',
      ],
    },
    (tx, actor, { params, body, ifMatch }) =>
      correctVisit(tx, actor, params.id, body, {
        ...{ ifMatch, vault },
        collectiveFrom: config.COLLECTIVE_MIN_PERSONS,
      }),
  )

  http.writes(
    {
      ...corrects,
      url: '/api/letters/:id',
      summary: '更正来信信息',
      description: '上级要求的期限改早的，在办环节随之提前；改晚的只对以后的环节有效，已逾期的仍为逾期。',
      body: z.strictObject({
        ...petitionCorrection,
        externalNo: number.nullable().optional().describe('上级编号'),
        upstreamDueAt: instant.nullable().optional().describe('上级要求的办理期限'),
      }),
      problems: [
        'matter/not-found',
        'matter/act-not-of-channel',
        'matter/external-no-taken',
        'matter/past-time',
        'matter/other-not-found',
      ],
    },
    (tx, actor, { params, body, ifMatch }) => correctPetition(tx, actor, params.id, body, ifMatch),
  )
}
