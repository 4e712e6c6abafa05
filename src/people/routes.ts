// URLs of people: entering, correcting, searching, revealing and linking. Nothing personal ever stands in a URL.
import { z } from 'zod'
import { id, pageOf, pageQuery, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { correctPerson, createPerson, revealPerson, searchPeople } from './commands.ts'
import { personEntryShape } from './fields.ts'
import { decideLink, listLinks } from './links.ts'
import { readPeople, type KnownPeople } from './queries.ts'
import { PERSON_FIELDS } from './seal.ts'
import { linkView, personView } from './views.ts'

const tag = '群众'
const byId = z.strictObject({ id })
const finding = z.object({ pointer: z.string(), code: z.string(), message: z.string() })
const written = z.object({
  id,
  version: z.int(),
  warnings: z.array(finding).describe('存疑但已保存的内容'),
})

const person = z
  .object({
    id,
    name: z.string().nullable(),
    phone: z.string().nullable(),
    idNo: z.string().nullable(),
    township: z.string().nullable(),
    regionCode: z.string().nullable(),
    confidential: z.boolean(),
    createdAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Person', description: '脱敏后的群众信息' })

const reason = z.enum(['idNo', 'phone', 'name']).describe('证件号码、电话相同，或同一乡镇（街道）同名')
const status = z.enum(['suggested', 'confirmed', 'rejected'])
const link = z
  .object({
    id,
    status,
    reason,
    suggestedAt: z.string(),
    decidedAt: z.string().nullable(),
    people: z.array(person).length(2),
  })
  .meta({ id: 'PersonLink' })

const search = z.strictObject({
  by: z.enum(['phone', 'idNo', 'name']),
  text: textOf(1, 60).describe('完整的电话、证件号码或姓名'),
})

const reveal = z.strictObject({
  fields: z
    .array(z.enum(PERSON_FIELDS))
    .min(1)
    .max(PERSON_FIELDS.length)
    .refine((fields) => new Set(fields).size === fields.length, { error: '不能重复' }),
  reason: textOf(4, 200).describe('查看理由，记入审计；请勿写入个人信息'),
})
const value = z.string().nullable().optional()
const revealed = z.object({ name: value, phone: value, phone2: value, idNo: value, address: value })

/** `known` answers from the matters which people an actor may know of. */
export function peopleRoutes(http: Http, { known }: { known: KnownPeople }) {
  const { vault, db } = http.deps

  http.writes(
    {
      url: '/api/people',
      summary: '登记群众信息',
      tag,
      for: 'matters.register',
      body: personEntryShape,
      reply: written,
      status: 201,
      etag: (r) => r.version,
      problems: ['region/unknown'],
    },
    (tx, actor, { body }) => createPerson(tx, vault, actor, body),
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/people/:id',
      summary: '更正群众信息',
      tag,
      for: 'matters.edit',
      params: byId,
      body: personEntryShape,
      reply: written,
      ifMatch: 'required',
      etag: (r) => r.version,
      problems: ['region/unknown'],
    },
    (tx, actor, { params, body, ifMatch = 0 }) =>
      correctPerson(tx, vault, actor, params.id, { ifMatch, changes: body, known }),
  )

  http.reads(
    {
      url: '/api/people/:id',
      summary: '查看脱敏的群众信息',
      tag,
      for: 'people.reveal',
      params: byId,
      reply: person,
      etag: (r) => r.version,
    },
    async (reader, actor, { params }) => {
      const [[found], visible] = await Promise.all([
        readPeople(reader, [params.id]),
        known(reader, actor, [params.id]),
      ])
      if (found === undefined || !visible.has(found.id)) throw new Problem('request/not-found')
      return personView(found)
    },
  )

  http.secrets(
    {
      url: '/api/people/search',
      summary: '按完整的姓名、电话或证件号码查找',
      description: '每次查找都记入审计（不记内容）。',
      tag,
      for: 'people.search',
      limit: { perMinute: 60, by: 'account' },
      body: search,
      reply: z.object({ items: z.array(person), more: z.boolean().describe('还有更多，请缩小范围') }),
    },
    async (actor, { body }) => {
      const { people, more } = await db.transaction((tx) =>
        searchPeople(tx, vault, actor, { ...body, known }),
      )
      return { items: people.map(personView), more }
    },
  )

  http.secrets(
    {
      url: '/api/people/:id/reveal',
      summary: '查看群众的真实信息',
      description: '先记入审计，后显示；理由至少四个字。',
      tag,
      for: 'people.reveal',
      params: byId,
      body: reveal,
      reply: revealed,
    },
    async (actor, { params, body }) => {
      const values = await db.transaction((tx) =>
        revealPerson(tx, vault, actor, params.id, { ...body, known }),
      )
      if (values === undefined)
        throw new Problem('access/forbidden', { detail: 'the person asked for confidence' })
      return values
    },
  )

  http.reads(
    {
      url: '/api/people/links',
      summary: '疑似同一人的登记',
      tag,
      for: 'people.link',
      query: z.strictObject({ ...pageQuery, status: status.default('suggested'), personId: id.optional() }),
      reply: pageOf(link),
    },
    async (reader, actor, { query }) => {
      const { items, next } = await listLinks(reader, actor, known, query)
      return { items: items.map(linkView), next }
    },
  )

  for (const [act, decided, summary] of [
    ['confirm', 'confirmed', '确认为同一人'],
    ['reject', 'rejected', '不是同一人'],
  ] as const) {
    http.writes(
      {
        url: `/api/people/links/:id/${act}`,
        summary,
        tag,
        for: 'people.link',
        params: byId,
        reply: z.object({ id, status: z.enum(['confirmed', 'rejected']) }),
        problems: ['person/link-decided'],
      },
      (tx, actor, { params }) => decideLink(tx, actor, params.id, { status: decided, known }),
    )
  }
}
