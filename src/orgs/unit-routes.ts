// URLs of units and regions: everyone reads them, the system administrator writes them.
import { z } from 'zod'
import { dayOf } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { day, id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { findHeir, findUnit, listRegions, regionsVersion, listUnits } from './queries.ts'
import { replaceRegions } from './region-commands.ts'
import { regionLevels } from './region-rules.ts'
import { abolishUnit, createUnits, editUnit } from './unit-commands.ts'
import { treeOf } from './views.ts'

const tag = '单位与区划'
const kind = z.enum(['office', 'township', 'department', 'platform']).meta({
  description: 'office 区群众工作局 · township 乡镇街道 · department 区级部门 · platform 市平台',
})
const regionCode = z.string().regex(/^\d{6}(\d{3}(\d{3})?)?$/, { error: '应为6、9或12位区划代码' })
const phone = z.string().regex(/^[0-9+() -]{3,30}$/, { error: '应为单位的办公电话' })

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

const unit = z.object({
  id,
  name: z.string(),
  shortName: z.string(),
  kind,
  level: z.int().describe('1 市平台 · 2 区群众工作局 · 3 承办单位'),
  parentId: id.nullable(),
  regionCode: z.string().nullable(),
  validFrom: z.string(),
  validTo: z.string().nullable().describe('自这一天起不再存在'),
  successorId: id.nullable(),
  phone: z.string().nullable(),
  version: z.int(),
})
const unitOnItsOwn = unit.extend({
  heir: z.object({ id, name: z.string() }).nullable().describe('已撤销时：现在承接其职责的单位'),
})
const etag = (reply: { version: number }) => reply.version
const params = z.strictObject({ id })
const fields = {
  name: textOf(2, 60),
  shortName: textOf(1, 20),
  parentId: id.nullable(),
  regionCode: regionCode.nullable(),
  phone: phone.nullable(),
}
const problems = ['unit/not-found', 'unit/abolished', 'unit/not-active'] as const

export function unitRoutes(http: Http): void {
  const { clock } = http.deps

  http.reads(
    {
      url: '/api/units',
      summary: '某日的单位，按隶属排列',
      tag,
      for: 'signed-in',
      query: z.strictObject({
        at: day.optional(),
        history: flag.describe('含所有已撤销的'),
      }),
      reply: z.object({ at: z.string().nullable(), items: z.array(unit.extend({ depth: z.int() })) }),
    },
    async (db, _actor, { query }) => {
      const at = query.history ? null : (query.at ?? dayOf(clock.now()))
      return { at, items: treeOf(await listUnits(db, at)) }
    },
  )

  http.reads(
    {
      url: '/api/units/:id',
      summary: '单位',
      tag,
      for: 'signed-in',
      params,
      reply: unitOnItsOwn,
      etag,
      problems: ['unit/not-found'],
    },
    (db, _actor, input) => view(db, input.params.id),
  )

  http.writes(
    {
      url: '/api/units',
      summary: '新建单位',
      tag,
      for: 'units.manage',
      body: z.strictObject({
        ...fields,
        kind,
        shortName: fields.shortName.optional(),
        regionCode: fields.regionCode.default(null),
        phone: fields.phone.default(null),
        validFrom: day.optional(),
      }),
      reply: unitOnItsOwn,
      status: 201,
      etag,
      problems: ['unit/name-taken', 'unit/not-active', 'region/unknown'],
    },
    async (tx, actor, { body }) => {
      const { shortName = body.name, validFrom = dayOf(tx.now), ...rest } = body
      const [created] = await createUnits(tx, actor, [{ ...rest, shortName, validFrom }])
      return view(tx, created)
    },
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/units/:id',
      summary: '修改单位',
      tag,
      for: 'units.manage',
      params,
      body: z.strictObject(fields).partial(),
      reply: unitOnItsOwn,
      etag,
      ifMatch: 'required',
      problems: [...problems, 'unit/name-taken', 'unit/below-itself', 'region/unknown'],
    },
    async (tx, actor, { params: at, body, ifMatch }) => {
      if (ifMatch === undefined) throw new Problem('request/if-match-required')
      await editUnit(tx, actor, at.id, ifMatch, body)
      return view(tx, at.id)
    },
  )

  http.writes(
    {
      url: '/api/units/:id/abolish',
      summary: '撤销单位，指定继任单位',
      description: '原有办件仍归原单位名下，继任单位的人员可见。须先停用或调出其账号、调整其下级单位。',
      tag,
      for: 'units.manage',
      params,
      body: z.strictObject({ on: day.describe('自这一天起不再存在'), successorId: id.nullable() }),
      reply: unitOnItsOwn,
      etag,
      ifMatch: 'required',
      problems: [...problems, 'unit/still-in-use', 'unit/day-invalid'],
    },
    async (tx, actor, { params: at, body, ifMatch }) => {
      if (ifMatch === undefined) throw new Problem('request/if-match-required')
      await abolishUnit(tx, actor, at.id, ifMatch, body)
      return view(tx, at.id)
    },
  )

  const region = z.strictObject({
    code: regionCode,
    name: textOf(2, 40),
    level: z.enum(regionLevels),
    parentCode: regionCode.nullable(),
    validFrom: day,
    validTo: day.nullable().describe('自这一天起失效'),
    successorCodes: z.array(regionCode).max(20),
  })
  const storedRegion = z.object({ ...region.shape, validFrom: z.string(), validTo: z.string().nullable() })

  http.reads(
    {
      url: '/api/regions',
      summary: '某日的行政区划',
      tag,
      for: 'signed-in',
      query: z.strictObject({
        at: day.optional(),
        history: flag.describe('含所有已失效的'),
      }),
      reply: z.object({ at: z.string().nullable(), version: z.int(), items: z.array(storedRegion) }),
      etag: ({ version }) => version,
    },
    async (db, _actor, { query }) => {
      const at = query.history ? null : (query.at ?? dayOf(clock.now()))
      return { at, version: await regionsVersion(db), items: await listRegions(db, at) }
    },
  )

  http.writes(
    {
      method: 'PUT',
      url: '/api/regions',
      summary: '以新的区划表替换全部行政区划',
      tag,
      for: 'units.manage',
      body: z.strictObject({ items: z.array(region).min(1).max(5000) }),
      bodyLimit: 2 * 1024 * 1024,
      reply: z.object({ count: z.int(), version: z.int() }),
      ifMatch: 'required',
      etag: ({ version }) => version,
      problems: ['region/invalid'],
    },
    async (tx, actor, { body, ifMatch = 0 }) => ({
      count: await replaceRegions(tx, actor, body.items, ifMatch),
      version: ifMatch + 1,
    }),
  )
}

async function view(db: Db, unitId: string | undefined) {
  const found = unitId === undefined ? undefined : await findUnit(db, unitId)
  if (found === undefined) throw new Problem('unit/not-found')
  const heir = found.validTo === null ? undefined : await findHeir(db, found.id)
  return { ...found, heir: heir ?? null }
}
