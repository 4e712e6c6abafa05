// An accusation with all that can hang on it, and how each route of the API is asked for it: a route that is not told here fails the walk.
import { expect } from 'vitest'
import { openApiDocument } from '../../scripts/docs/openapi.ts'
import { roleNames, roles } from '../../src/orgs/rules.ts'
import { statement } from '../../src/platform/db.ts'
import { openImportDesk, row } from '../imports/import-desk.ts'
import { bringPetition, inputs } from './scenes.ts'
import { runWaiting } from './waiting.ts'

const CANARY = '金丝雀线索'
const PERSON = '司马被举报'
const CALLER = { name: '欧阳举报', phone: '15401200099' }

const held = statement<{ id: string; no: string; channel: string; personId: string; legId: string | null }>(
  'test.held',
  `select id, no, channel, person_id as "personId", lead_leg_id as "legId" from matters order by no`,
)

export type Accusation = Awaited<ReturnType<typeof bringAccusation>>

/** Accuses the township and a person by name, in every channel and with everything on it. */
export async function bringAccusation() {
  const desk = await openImportDesk()
  const squad = await desk.unit('荣山镇综合执法队', { parentId: desk.township })
  const must = async (...asked: Parameters<typeof desk.call>) => {
    const answer = await desk.call(...asked)
    expect([asked[2], answer.status, answer.status < 300 ? '' : answer.body]).toEqual([
      asked[2],
      answer.status,
      '',
    ])
    return answer.body
  }
  const told = { title: `反映${CANARY}问题`, content: `举报内容${CANARY},请依法核查。` }
  const accusing = { ...told, topic: 'conduct', accusedUnitIds: [desk.township], caller: CALLER }

  // The letter and what it was merged from were the township's own until they came to accuse it.
  const letter = await bringPetition(desk, 'delivered', { ...told, caller: CALLER })
  const order = await must('registrar', 'POST', '/api/matters', { ...accusing, category: 'report' })
  const visit = await must('registrar', 'POST', '/api/visits', { ...accusing, category: 'report' })
  const twin = await must('registrar', 'POST', '/api/matters', { ...accusing, category: 'report' })
  await desk.take([
    row('E-9001', {
      title: told.title,
      content: told.content,
      accused: '荣山镇',
      leadUnit: '大石镇',
      category: '举报',
    }),
  ])
  const imported = await desk.matter('E-9001')
  await desk.does('dispatcher', order.id, 'dispatch', { leadUnitId: desk.other })
  const reviewed = await must('reviewClerk', 'POST', `/api/matters/${letter}/request-review`, {
    content: `不服,再次反映${CANARY}。`,
  })
  await desk.does('reviewClerk', reviewed.id, 'accept-review')
  const escalated = await must('supervisor', 'POST', '/api/escalations', {
    ...{ source: 'office', ground: 'overdue', ...told, topic: 'conduct' },
    ...{ leaderName: '陈区长', leaderPost: '常务副区长', matterIds: [order.id] },
  })

  /** Everybody from whom it is withheld, each by what makes them so. */
  const withheld = new Map<string, { id: string }>([
    ['被反映单位经办人', desk.staff.liaison],
    ['被反映单位审核人', desk.staff.chief],
    ['下属单位', await desk.account(['handler'], { unitId: squad })],
    [
      '被反映人本人',
      await desk.account(['dispatcher', 'reviewer', 'supervisor', 'leader', 'statistician'], {
        name: PERSON,
      }),
    ],
  ])
  for (const role of roleNames.filter((name) => roles[name].sees !== 'none'))
    withheld.set(`回避的${roles[role].label}`, await desk.account([role]))
  for (const id of [letter, order.id, visit.id, twin.id, imported.id]) {
    await must('dispatcher', 'POST', `/api/matters/${id}/accused`, { name: PERSON, post: '镇长' })
    for (const [who, account] of withheld) {
      const recusal = { accountId: account.id, reason: '有直接利害关系' }
      if (who.startsWith('回避')) await must('leader', 'POST', `/api/matters/${id}/recuse`, recusal)
    }
  }
  const { version } = await desk.row(letter)
  const ifMatch = { 'if-match': `"${Number(version)}"` }
  await must('dispatcher', 'PATCH', `/api/matters/${letter}`, { accusedUnitIds: [desk.township] }, ifMatch)
  await desk.does('dispatcher', twin.id, 'merge', { intoId: order.id, reason: '同一诉求人同一事项' })

  const form = { 'content-type': 'multipart/form-data; boundary=b' }
  const file = await must('dispatcher', 'POST', `/api/matters/${order.id}/files`, fileOf(CANARY), form)
  await must('supervisor', 'POST', `/api/matters/${order.id}/alarm`, { reason: `${CANARY}可能引发聚集` })
  const item = await must('registrar', 'POST', '/api/ledger/items', {
    ...{ foundDay: '2020-08-10', foundByUnitId: desk.officeUnit, level: 'local', title: `${CANARY}纠纷` },
    ...{ demand: '依法核查', topic: 'conduct', leadUnitId: desk.other, territorialUnitId: desk.other },
  })
  const same = { matterId: order.id, reason: '同一事项' }
  await must('registrar', 'POST', `/api/ledger/items/${item.id}/matters`, same)
  const meeting = await must('registrar', 'POST', '/api/meetings', {
    ...{ day: '2020-08-13', kind: 'working', convenor: '陈区长', convenorRank: 'bureau' },
    items: [
      { matterId: order.id, decision: `${CANARY}依法核查`, leadUnitId: desk.other, dueDay: '2020-09-01' },
    ],
  })
  const publication = await must('leader', 'POST', '/api/reports/periods/2020-08/publish', {})
  for (const job of ['index', 'notify', 'namesakes'] as const) await runWaiting(desk, job)

  const ours = [letter, order.id, visit.id, twin.id, imported.id, reviewed.id, escalated.id]
  const rows = (await held(desk.deps.db)).filter(({ id }) => ours.includes(id))
  const one = rows.find(({ id }) => id === order.id)
  const [{ items: imports }] = [(await desk.get('/api/imports')).json<{ items: { id: string }[] }>()]
  const programme = await must('leader', 'POST', '/api/relief/programmes', {
    ...{ name: '困难救助', basis: '区委会议纪要', minFen: 100, maxFen: 200, fromDay: '2020-01-01' },
  })
  const grant = await must('registrar', 'POST', '/api/relief/grants', {
    ...{ programmeId: programme.id, personId: one?.personId, grade: '二级', amountFen: 100, basis: CANARY },
  })
  return {
    ...{ desk, squad, withheld, matter: { id: order.id, no: order.no }, letter, visit: visit.id, rows },
    /** By the name of the parameter, below the path. */
    ids: {
      ...{ legId: one?.legId ?? '', fileId: String(file['fileId']), personId: one?.personId ?? '' },
      ...{ meeting: meeting.id, programme: programme.id, grant: grant.id },
      ...{ item: item.id, publication: publication.id, importId: imports[0]?.id ?? '' },
    },
    /** The accused person's own name stands on their own account; the letters' ids on what they may see. */
    secrets: [
      ...[CANARY, PERSON, CALLER.name, '欧阳*报', '欧*举报', '154****0099', '司马*报'],
      ...rows.flatMap(({ id, no }) => [id, no]),
    ],
  }
}

const fileOf = (text: string) =>
  `--b\r\nContent-Disposition: form-data; name="file"; filename="${text}.txt"\r\n\r\n${text}\r\n--b--\r\n`

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
export interface Route {
  method: Method
  path: string
  /** Names of other matters in what is sent. */
  names: string[]
}

const OF_MATTERS = /^(?:matterIds?|otherId|intoId|finalId|repeatOfId|reviewId)$/

/** Every route of the API. */
export async function allRoutes(): Promise<Route[]> {
  const document = (await openApiDocument()) as {
    paths: Record<string, Record<Method, { requestBody?: unknown }>>
  }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      ...{ method: method as Method, path },
      names: [...new Set(membersOf(requestBody))].filter((name) => OF_MATTERS.test(name)),
    })),
  )
}

function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : []
  return [...own, ...Object.values(schema).flatMap(membersOf)]
}

// Of two matters that are not there, the one with the lesser id is told of.
const LAST = 'ffffffff-ffff-4fff-bfff-ffffffffffff'

const period = 'from=2020-01-01&to=2020-12-31'
/** Tables of figures, each also as two files. */
const tables: Record<string, string[]> = {
  '/api/kpi': ['', '&groupBy=topic', '&groupBy=category'].map((more) => `?${period}${more}`),
  '/api/kpi/board': ['', '&groupBy=topic', '&groupBy=category'].map((more) => `?${period}${more}`),
  '/api/kpi/rankings': [`?${period}&metric=M14&floor=0`],
  '/api/kpi/hot-spots': [`?${period}&floor=0`],
  '/api/kpi/stock': [`?${period}`],
  '/api/kpi/ageing': [''],
  '/api/kpi/holding': [`?${period}`],
  '/api/kpi/tallies': [`?${period}`],
  '/api/kpi/matters': ['', '&category=report'].map((more) => `?${period}&metric=M01${more}`),
}
/** Questions that would bring it up if anything could. */
const questions: Record<string, string[]> = {
  '/api/calendar/days': ['?year=2020'],
  '/api/calendar/due': ['?from=2020-08-14T09:00:00%2B08:00&n=5&unit=workday'],
  '/api/visit-lists': ['?year=2020'],
  '/api/knowledge': [`?q=${encodeURIComponent(CANARY)}`],
  '/api/matters': [
    ...['', '?limit=100', '?category=report', '?state=assigned,handling', '?channel=letter'],
    `?q=${encodeURIComponent(CANARY)}`,
  ],
  '/api/kpi/stock/matters': ['opening', 'received', 'closed', 'closing'].map(
    (flow) => `?${period}&flow=${flow}`,
  ),
  '/api/reports/publications/{id}/cases': [
    'M01',
    'M03',
    'stock.received',
    'meetings.subjects',
    'ledger.total',
  ].map((figure) => `?figure=${figure}`),
  '/api/reports/publications/{id}/differences': ['', '?asOf=now'],
  '/api/ledger/items': ['?limit=100'],
  '/api/people/links': ['?status=suggested'],
  '/api/sms/volumes': ['?from=2020-01&to=2020-12'],
  '/api/sms/messages': ['?month=2020-08', ''],
  ...Object.fromEntries(
    ['', '.csv', '.xlsx'].flatMap((ending) =>
      Object.entries(tables).map(([path, asked]) => [`${path}${ending}`, asked]),
    ),
  ),
}

/** What is no business of any matter: its rows are written by hand, or printed elsewhere. */
const APART =
  /^\/api\/registers\/\w+\/\{id\}$|^\/api\/reports\/declared\/|^\/api\/reports\/runs\/|^\/api\/session$|^\/api\/keys$/

/** The URLs by which a path is asked for the accusation; undefined where nobody said how, and none for what is apart. */
export function urlsOf(path: string, { ids, rows, desk }: Accusation): string[] | undefined {
  if (APART.test(path)) return []
  const fill = (values: Record<string, string>) =>
    path.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
  const { legId, fileId, item, publication, importId, personId, meeting, programme, grant } = ids
  const under: [string, Record<string, string>[]][] = [
    ['/api/matters/{id}', rows.map(({ id }) => ({ id, legId, fileId, kind: 'receipt' }))],
    ['/api/ledger/items/{id}', [{ id: item }]],
    ['/api/people/{id}', [{ id: personId }]],
    ['/api/meetings/{id}', [{ id: meeting }]],
    ['/api/relief/programmes/{id}', [{ id: programme }]],
    ['/api/relief/grants/{id}', [{ id: grant }]],
    ['/api/accounts/{id}', [{ id: desk.staff.liaison.id }]],
    ['/api/units/{id}', [{ id: desk.township }]],
    ['/api/imports/{id}', [{ id: importId }]],
    ['/api/reports/publications/{id}', [{ id: publication }]],
    ['/api/reports/periods/{period}', [{ period: '2020-08' }]],
    ['/api/reports/wordings/{kind}', [{ kind: 'month' }]],
    ['/api/kpi/tallies/{tally}', ['letters', 'reviews', 'escalations', 'visits'].map((tally) => ({ tally }))],
    ['/problems/', [{ slice: 'matter', code: 'not-found' }]],
  ]
  const [, values = [{}]] = under.find(([prefix]) => path.startsWith(prefix)) ?? []
  const urls = values.map(fill)
  if (urls.some((url) => url.includes('{'))) return undefined
  const asked =
    path === '/api/kpi/holding/matters'
      ? [desk.other, desk.township].map((unit) => `?${period}&unit=${unit}`)
      : (questions[path] ?? ['', `?${period}`])
  return urls.flatMap((url) => asked.map((question) => `${url}${question}`))
}

/** What to send to a route of the matter itself: undefined where nobody said it, null for nothing. */
export function bodyOf(
  { method, path }: Route,
  { desk, matter }: Accusation,
): object | string | null | undefined {
  const barred = { unitId: desk.township }
  const reason = '经核实并非所反映的对象'
  const bodies: Record<string, object | string | null> = {
    ...Object.fromEntries(
      Object.entries(inputs(desk, matter.id)).map(([act, body]) => [
        `post /api/matters/{id}/${act}`,
        body as object,
      ]),
    ),
    'patch /api/matters/{id}': { title: '更正后的标题' },
    'patch /api/visits/{id}': { personCount: 2, reason: '更正人数' },
    'patch /api/letters/{id}': { signatories: 2, reason: '更正人数' },
    'post /api/matters/{id}/request-review': { content: '不服处理意见,请求复查。' },
    'post /api/matters/{id}/accused': { name: '司马另人' },
    'post /api/matters/{id}/recuse': { reason: '有直接利害关系' },
    'post /api/matters/{id}/ask-lift-bar': { barred, reason },
    'post /api/matters/{id}/lift-bar': { barred, reason },
    'post /api/matters/{id}/links': { otherId: LAST },
    'post /api/matters/{id}/links/reject': { otherId: LAST },
    'post /api/matters/{id}/links/undo': { otherId: LAST, reason },
    'post /api/matters/{id}/alarm': { reason },
    'post /api/matters/{id}/alarm/report': { to: ['区委办'], text: '情况报告。' },
    'post /api/matters/{id}/alarm/ask-off': { reason },
    'post /api/matters/{id}/alarm/decide-off': { agreed: true },
    'post /api/matters/{id}/query-code': null,
    'post /api/matters/{id}/files': fileOf('说明'),
    'delete /api/matters/{id}/files/{fileId}': null,
  }
  return bodies[`${method} ${path}`]
}
