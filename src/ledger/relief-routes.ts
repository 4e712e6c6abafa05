// URLs of relief grants.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import { CONFIDENTIAL } from '../people/masks.ts'
import { dayOf } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { day, id, instant, pageQuery, placeOf, textOf, writeCursor } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { yuan } from '../platform/numbers.ts'
import { Problem } from '../platform/problems.ts'
import { sendSheet } from '../platform/sheet-out.ts'
import { formats, type Format, type SheetColumn } from '../platform/spreadsheets.ts'
import { fenShape, programmeRoutes } from './programme-routes.ts'
import { listGrants, openGrant, sumGrants, type GrantFilter, type GrantRow } from './relief-queries.ts'
import { askGrant, cancelGrant, correctGrant, decideGrant, openAccount, payGrant } from './relief.ts'
import { byId, figure, keysOf, label, labelled, someOf, versions } from './shapes.ts'
import { grantStates } from './terms.ts'

const tag = '困难救助'
const told = {
  grade: textOf(1, 40).describe('困难等级'),
  amountFen: fenShape,
  basis: textOf(2, 1000).describe('救助理由'),
  account: textOf(8, 60).describe('银行账号'),
}
const grantWritten = z.object({ id, version: z.int(), state: z.string() })

const listed = z.object({
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
})
const shown = <G extends { amountFen: number; state: string }>(grant: G) => ({
  ...grant,
  amount: yuan(grant.amountFen),
  state: label(grantStates, grant.state),
})
const sheetColumns: SheetColumn<GrantRow>[] = [
  { header: '救助项目', width: 30, cell: (row) => row.programme },
  { header: '救助对象', width: 14, cell: (row) => row.name },
  { header: '困难等级', width: 14, cell: (row) => row.grade },
  {
    header: '救助理由',
    width: 40,
    cell: (row) => (row.basis !== null && row.confidential ? CONFIDENTIAL : row.basis),
  },
  { header: '金额（分）', width: 14, cell: (row) => row.amountFen },
  { header: '状态', width: 14, cell: (row) => label(grantStates, row.state).label },
  { header: '银行账号', width: 24, cell: (row) => row.accountMasked },
  { header: '申请日期', width: 14, cell: (row) => dayOf(row.askedAt) },
  {
    header: '审批日期',
    width: 14,
    cell: (row) => (row.decidedAt === null ? null : dayOf(row.decidedAt)),
  },
  { header: '发放日期', width: 14, cell: (row) => row.paidDay },
  { header: '收据编号', width: 20, cell: (row) => row.receipt },
]

export function reliefRoutes(http: Http): void {
  const { db, vault } = http.deps

  programmeRoutes(http)

  http.writes(
    {
      url: '/api/relief/grants',
      summary: '申请救助',
      description: '一人一项目一次；银行账号加密保存，只显示后四位。',
      tag,
      for: 'relief.ask',
      body: z.strictObject({
        ...{ programmeId: id, personId: id.describe('救助对象') },
        ...{ ...told, account: told.account.optional() },
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
        items: z.array(listed),
        next: z.string().nullable(),
      }),
    },
    async (reader, actor, { query: { limit, cursor, ...filter } }) => {
      const { items, next } = await pageOf(reader, actor, filter, limit, cursor)
      return { items: items.map(shown), next }
    },
  )

  for (const format of Object.keys(formats) as Format[]) {
    http.streams(
      {
        ...{
          url: `/api/relief/grants.${format}`,
          summary: `导出困难救助(${format})`,
          tag,
          for: 'relief.read',
        },
        ...{ query: z.strictObject(filters), produces: formats[format] },
        problems: ['export/too-many'],
      },
      async (actor, { query, reply }) => {
        const page = (cursor: string | undefined) => pageOf(db, actor, query, 500, cursor)
        const sheet = { register: 'relief', label: tag, format, columns: sheetColumns, page }
        return sendSheet(http.deps, actor, reply, sheet)
      },
    )
  }

  http.reads(
    {
      url: '/api/relief/grants/:id',
      summary: '查看救助及其更正',
      tag,
      for: 'relief.read',
      params: byId,
      reply: z.object({
        ...listed.shape,
        ...{ basis: z.string(), note: z.string().nullable(), history: versions },
      }),
      etag: (grant) => grant.version,
      problems: ['relief/not-found'],
    },
    async (reader, actor, { params }) => {
      const grant = await openGrant(reader, actor, params.id)
      return { ...shown(grant), history: grant.history.map((each) => ({ ...each, row: shown(each.row) })) }
    },
  )

  http.writes(
    {
      method: 'PATCH',
      url: '/api/relief/grants/:id',
      summary: '更正救助',
      description: '发放前可以更正；已批准的须重新审批。',
      tag,
      for: 'relief.ask',
      params: byId,
      body: z.strictObject({ changes: someOf(told), reason: textOf(2, 500).describe('更正理由') }),
      reply: grantWritten,
      ifMatch: 'required',
      etag: (grant) => grant.version,
      problems: ['relief/not-found', 'relief/not-now', 'relief/out-of-bounds', 'relief/not-running'],
    },
    (tx, actor, { params, body, ifMatch }) => correctGrant(tx, vault, actor, params.id, body, ifMatch),
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
          of('least', '每人最低救助金额', '分', sums.minFen),
          of('most', '每人最高救助金额', '分', sums.maxFen),
        ],
      }
    },
  )

  actRoutes(http)
}

async function pageOf(
  db: Db,
  actor: Actor,
  filter: GrantFilter,
  limit: number,
  cursor: string | undefined,
): Promise<{ items: GrantRow[]; next: string | null }> {
  const at = placeOf(cursor, z.tuple([instant, id]))
  const after = at === undefined ? undefined : { at: at[0], id: at[1] }
  const rows = await listGrants(db, actor, filter, { limit: limit + 1, after })
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit),
    next: last === undefined ? null : writeCursor([last.askedAt, last.id]),
  }
}

function actRoutes(http: Http): void {
  const { db, vault } = http.deps
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
