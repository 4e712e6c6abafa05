// URLs of relief programmes.
import { z } from 'zod'
import { day, id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { yuan } from '../platform/numbers.ts'
import {
  correctProgramme,
  listProgrammes,
  openedProgramme,
  openProgramme,
  type Programme,
} from './programmes.ts'
import { byId, free, keysOf, label, someOf, versions } from './shapes.ts'
import { groupTags } from './terms.ts'

export const fenShape = z.int().min(1).max(100_000_000_00).describe('金额（分）')

const told = {
  name: textOf(2, 100),
  basis: textOf(2, 500).describe('依据'),
  groupTag: z.enum(keysOf(groupTags)),
  ...{ minFen: fenShape, maxFen: fenShape, stepFen: fenShape },
  fromDay: day,
  toDay: day,
}
const shown = ({ groupTag, ...programme }: Programme) => ({
  ...programme,
  groupTag: label(groupTags, groupTag),
  bounds: `${yuan(programme.minFen)}—${yuan(programme.maxFen)}`,
})

export function programmeRoutes(http: Http): void {
  const tag = '困难救助'
  const url = '/api/relief/programmes'

  http.writes(
    {
      url,
      summary: '设立救助项目',
      tag,
      for: 'relief.decide',
      body: z
        .strictObject({
          ...told,
          groupTag: told.groupTag.default('none'),
          stepFen: fenShape.default(1),
          toDay: day.optional(),
        })
        .refine((p) => p.maxFen >= p.minFen, { path: ['maxFen'], error: '上限不能低于下限' })
        .refine((p) => p.toDay === undefined || p.toDay >= p.fromDay, {
          path: ['toDay'],
          error: '结束日期不能早于开始日期',
        }),
      status: 201,
      reply: z.object({ id }),
      problems: ['relief/programme-taken'],
    },
    (tx, actor, { body }) => openProgramme(tx, actor, body),
  )

  http.reads(
    { url, summary: '救助项目', tag, for: 'relief.read', reply: z.object({ items: z.array(free) }) },
    async (reader) => ({ items: (await listProgrammes(reader)).map(shown) }),
  )

  http.reads(
    {
      url: `${url}/:id`,
      summary: '查看救助项目及其更正',
      tag,
      for: 'relief.read',
      params: byId,
      reply: z.object({ id, version: z.int(), history: versions }).catchall(z.unknown()),
      etag: (programme) => programme.version,
      problems: ['relief/programme-not-found'],
    },
    async (reader, _actor, { params }) => {
      const { history, ...programme } = await openedProgramme(reader, params.id)
      return { ...shown(programme), history }
    },
  )

  http.writes(
    {
      method: 'PATCH',
      url: `${url}/:id`,
      summary: '更正救助项目',
      tag,
      for: 'relief.decide',
      params: byId,
      body: z.strictObject({
        changes: someOf({ ...told, toDay: day.nullable().describe('空：不设结束日期') }),
        reason: textOf(2, 500).describe('更正理由'),
      }),
      reply: z.object({ id, version: z.int() }),
      ifMatch: 'required',
      etag: (programme) => programme.version,
      problems: ['relief/programme-not-found', 'relief/programme-taken', 'relief/out-of-bounds'],
    },
    (tx, actor, { params, body, ifMatch }) => correctProgramme(tx, actor, params.id, body, ifMatch),
  )
}
