// URLs of relief grants.
import { z } from 'zod'
import { day, id, instant, pageQuery, placeOf, textOf, writeCursor } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { yuan } from '../platform/numbers.ts'
import { Problem } from '../platform/problems.ts'
import { listProgrammes, openProgramme } from './programmes.ts'
import { askGrant, cancelGrant, decideGrant, listGrants, openAccount, payGrant, sumGrants } from './relief.ts'
import { byId, figure, free, keysOf, label, labelled } from './shapes.ts'
import { grantStates, groupTags } from './terms.ts'

const fen = z.int().min(1).max(100_000_000_00).describe('金额（分）')
const grantWritten = z.object({ id, version: z.int(), state: z.string() })

export function reliefRoutes(http: Http): void {
  const { db, vault } = http.deps
  const tag = '困难救助'

  http.writes(
    {
      url: '/api/relief/programmes',
      summary: '设立救助项目',
      tag,
      for: 'relief.decide',
      body: z
        .strictObject({
          name: textOf(2, 100),
          basis: textOf(2, 500).describe('依据'),
          groupTag: z.enum(keysOf(groupTags)).default('none'),
          minFen: fen,
          maxFen: fen,
          stepFen: fen.default(1),
          fromDay: day,
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
    {
      url: '/api/relief/programmes',
      summary: '救助项目',
      tag,
      for: 'relief.read',
      reply: z.object({ items: z.array(free) }),
    },
    async (reader) => ({
      items: (await listProgrammes(reader)).map((programme) => ({
        ...programme,
        groupTag: label(groupTags, programme.groupTag),
        bounds: `${yuan(programme.minFen)}—${yuan(programme.maxFen)}`,
      })),
    }),
  )

  http.writes(
    {
      url: '/api/relief/grants',
      summary: '申请救助',
      description: '一人一项目一次；银行账号加密保存，只显示后四位。',
      tag,
      for: 'relief.ask',
      body: z.strictObject({
        programmeId: id,
        personId: id.describe('救助对象'),
        grade: textOf(1, 40).describe('困难等级'),
        amountFen: fen,
        basis: textOf(2, 1000).describe('救助理由'),
        account: textOf(8, 60).optional().describe('银行账号'),
      }),
      status: 201,
      reply: grantWritten,
      etag: (grant) => grant.version,
      problems: [
        'relief/no-programme',
        'relief/out-of-bounds',
        'relief/granted-already',
        'relief/not-running',
      ],
    },
    (tx, actor, { body }) => askGrant(tx, vault, actor, body),
  )

  const filters = {
    programmeId: id.optional(),
    state: z.enum(keysOf(grantStates)).optional(),
    from: day.optional().describe('发放日期起（含）'),
    to: day.optional().describe('发放日期止（含）'),
  }
  http.reads(
    {
      url: '/api/relief/grants',
      summary: '救助发放情况',
      tag,
      for: 'relief.read',
      query: z.strictObject({ ...filters, ...pageQuery }),
      reply: z.object({
        items: z.array(
          z.object({
            id,
            programme: z.string(),
            personId: z.string(),
            name: z.string().nullable(),
            grade: z.string(),
            amountFen: z.int(),
            amount: z.string(),
            state: labelled,
            accountMasked: z.string().nullable(),
            askedAt: z.string(),
            paidDay: z.string().nullable(),
            receipt: z.string().nullable(),
            version: z.int(),
          }),
        ),
        next: z.string().nullable(),
      }),
    },
    async (reader, actor, { query: { limit, cursor, ...filter } }) => {
      const at = placeOf(cursor, z.tuple([instant, id]))
      const after = at === undefined ? undefined : { at: at[0], id: at[1] }
      const rows = await listGrants(reader, actor, filter, { limit: limit + 1, after })
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return {
        items: rows.slice(0, limit).map((row) => ({
          ...row,
          amount: yuan(row.amountFen),
          state: label(grantStates, row.state),
        })),
        next: last === undefined ? null : writeCursor([last.askedAt, last.id]),
      }
    },
  )

  http.reads(
    {
      url: '/api/relief/figures',
      summary: '救助的数',
      tag,
      for: 'relief.read',
      query: z.strictObject(filters),
      reply: z.object({ figures: z.array(figure) }),
    },
    async (reader, _actor, { query }) => {
      const asked = { ...query, state: query.state ?? ('paid' as const) }
      const sums = await sumGrants(reader, asked)
      const given = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
      const list = `/api/relief/grants?${new URLSearchParams(given).toString()}`
      const of = (key: string, name: string, unit: string, value: number | null) => {
        const text = value === null ? '无' : unit === '分' ? yuan(value) : `${value}${unit}`
        return { key, name, unit, value, text, list }
      }
      return {
        figures: [
          of('people', '救助人数', '人', sums.people),
          of('grants', '救助笔数', '笔', sums.grants),
          of('sum', '发放救助金', '分', sums.fen),
          of('least', '最低救助金额', '分', sums.minFen),
          of('most', '最高救助金额', '分', sums.maxFen),
        ],
      }
    },
  )

  const act = { tag, params: byId, reply: grantWritten, ifMatch: 'accepted' } as const
  const problems = ['relief/not-found', 'relief/not-now', 'ledger/duties-apart'] as const
  const once = [...problems, 'relief/granted-already'] as const
  http.writes(
    {
      url: '/api/relief/grants/:id/decide',
      summary: '审批救助',
      ...act,
      for: 'relief.decide',
      body: z
        .strictObject({ granted: z.boolean(), note: textOf(2, 500).optional() })
        .refine((d) => d.granted || d.note !== undefined, { path: ['note'], error: '不予救助须说明理由' }),
      etag: (grant) => grant.version,
      problems: once,
    },
    (tx, actor, { params, body, ifMatch }) => decideGrant(tx, vault, actor, params.id, body, ifMatch),
  )
  http.writes(
    {
      url: '/api/relief/grants/:id/pay',
      summary: '发放救助',
      ...act,
      for: 'relief.ask',
      body: z.strictObject({
        paidDay: day.describe('发放日期'),
        receipt: textOf(1, 100).describe('收据编号'),
      }),
      etag: (grant) => grant.version,
      problems: [...once, 'relief/receipt-taken', 'ledger/future-day'],
    },
    (tx, actor, { params, body, ifMatch }) => payGrant(tx, vault, actor, params.id, body, ifMatch),
  )
  http.writes(
    {
      url: '/api/relief/grants/:id/cancel',
      summary: '取消救助',
      ...act,
      for: 'relief.ask',
      body: z.strictObject({ note: textOf(2, 500).describe('取消理由') }),
      etag: (grant) => grant.version,
      problems,
    },
    (tx, actor, { params, body, ifMatch }) => cancelGrant(tx, actor, params.id, body.note, ifMatch),
  )
  http.secrets(
    {
      url: '/api/relief/grants/:id/account',
      summary: '查看银行账号',
      description: '先记入审计，后显示；要求保密的，只有名单上的人员可以查看。',
      tag,
      for: 'relief.decide',
      params: byId,
      body: z.strictObject({ reason: textOf(4, 200).describe('查看理由，记入审计') }),
      reply: z.object({ account: z.string() }),
      problems: ['relief/not-found'],
    },
    async (actor, { params, body }) => {
      const account = await db.transaction((tx) => openAccount(tx, vault, actor, params.id, body.reason))
      if (account === undefined)
        throw new Problem('access/forbidden', { detail: 'the person asked for confidence' })
      return { account }
    },
  )
}
