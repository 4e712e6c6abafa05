// A desk at which files of the city platform are taken in: uploads over HTTP, the job run by hand, rows made up.
import { importFile } from '../../workers/import.ts'
import type { Deps } from '../../src/deps.ts'
import { columnOf, type FieldId } from '../../src/imports/columns.ts'
import { statement } from '../../src/platform/db.ts'
import { createUnits } from '../../src/orgs/unit-commands.ts'
import { systemActor } from '../../src/platform/actor.ts'
import { sessionCookie } from '../../src/orgs/tokens.ts'
import { openSession } from '../../src/orgs/sign-in.ts'
import { openDesk } from '../matters/desk.ts'

export type Cells = Partial<Record<FieldId, string>>

export interface Told {
  id: string
  status: { code: string }
  counts: Record<'rows' | 'ok' | 'errors' | 'warnings' | 'new' | 'changed' | 'unchanged', number>
  problem: { code: string; errors?: { code: string; message: string }[] } | null
  ignoredColumns: string[]
  version: number
  [key: string]: unknown
}

/** Dispatched on 2020-08-10, due on the 19th; what is '' stays blank. */
export const row = (externalNo: string, more: Cells = {}): Cells => ({
  externalNo,
  receivedAt: '2020-08-10 09:00:00',
  dispatchedAt: '2020-08-10 10:00:00',
  leadUnit: '荣山镇',
  category: '求助',
  title: '路灯不亮',
  content: '村口路灯已三日不亮,出行不便。',
  callerName: '王小明',
  callerPhone: '15412345678',
  address: '利州区荣山镇幸福路1号',
  signedAt: '2020-08-10 11:00:00',
  ...more,
})

export const answered: Cells = { repliedAt: '2020-08-12 10:00:00', reply: '已更换灯泡。' }
export const rated: Cells = { ...answered, calledBackAt: '2020-08-13 10:00:00', rating: '满意' }

const COLUMNS: FieldId[] = [
  'externalNo',
  'receivedAt',
  'dispatchedAt',
  'leadUnit',
  'accused',
  'category',
  'urgency',
  'title',
  'content',
  'confidential',
  'topic',
  'callerName',
  'callerPhone',
  'callerIdNo',
  'address',
  'signedAt',
  'signDueAt',
  'dueAt',
  'extensionAskedAt',
  'extensionGrantedAt',
  'extendedTo',
  'returnedAt',
  'repliedAt',
  'reply',
  'calledBackAt',
  'rating',
  'redoAt',
  'redoRepliedAt',
  'state',
]

export function csvOf(rows: readonly Cells[], note = ''): Buffer {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const lines = [
    COLUMNS.map((field) => columnOf(field).label),
    ...rows.map((cells) => COLUMNS.map((field) => cells[field] ?? '')),
  ]
  return Buffer.from(
    `${note === '' ? '' : `${note}\r\n`}${lines.map((line) => line.map(quoted).join(',')).join('\r\n')}\r\n`,
  )
}

const waiting = statement<{ id: string }>(
  'test.import-jobs',
  `select event_id as id from outbox where job = 'import' order by at`,
)

/** Does what the outbox has for the job `import`, as the worker would. */
async function workOff(deps: Deps): Promise<void> {
  for (const { id } of await waiting(deps.db)) await importFile(deps, { eventIds: [id] })
}

export async function openImportDesk() {
  const desk = await openDesk()
  const { deps } = desk
  const clerk = await desk.account(['dispatcher'])
  let files = 0

  async function cookieOf(who: { id: string }): Promise<string> {
    const { token } = await deps.db.transaction(async (tx) =>
      openSession(tx, desk.config, who.id, { address: '10.8.0.1', userAgent: 'test' }),
    )
    return sessionCookie(desk.config, token).split(';')[0] ?? ''
  }

  async function ask(
    method: 'GET' | 'POST',
    url: string,
    who: { id: string },
    rest: { payload?: object; headers?: Record<string, string> } = {},
  ) {
    const [server] = desk.servers
    if (server === undefined) throw new Error('no server')
    const headers = { cookie: await cookieOf(who), 'x-banjian': '1', ...rest.headers }
    return server.app.inject({ method, url, remoteAddress: '10.8.0.1', ...rest, headers })
  }

  async function upload(
    bytes: Buffer,
    options: { name?: string; again?: boolean; who?: { id: string } } = {},
  ) {
    const { name = `热线工单${++files}.csv`, again = false, who = clerk } = options
    const boundary = 'a-boundary-between-parts'
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
    const payload = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
    const response = await ask('POST', `/api/imports?again=${again}`, who, { headers, payload })
    return {
      status: response.statusCode,
      body: response.json<{ id: string; status: string; known: boolean; code?: string }>(),
    }
  }

  const desk2 = {
    ...desk,
    clerk,
    upload,
    work: () => workOff(deps),
    async told(id: string): Promise<Told> {
      return (await ask('GET', `/api/imports/${id}`, clerk)).json<Told>()
    },
    async rows(id: string, query = '') {
      const response = await ask('GET', `/api/imports/${id}/rows?limit=100${query}`, clerk)
      return response.json<{ items: ImportRowView[]; next: string | null }>()
    },
    async get(url: string, who: { id: string } = clerk) {
      return ask('GET', url, who)
    },
    async post(url: string, payload?: object, who: { id: string } = clerk) {
      const response = await ask('POST', url, who, payload === undefined ? {} : { payload })
      return {
        status: response.statusCode,
        body: response.json<{ code?: string; version: number; status: string }>(),
      }
    },
    /** Uploads and checks. */
    async check(rows: readonly Cells[] | Buffer, again = false): Promise<Told> {
      const { status, body } = await upload(Buffer.isBuffer(rows) ? rows : csvOf(rows), { again })
      if (status !== 202) throw new Error(`not uploaded: ${JSON.stringify(body)}`)
      await workOff(deps)
      return desk2.told(body.id)
    },
    /** Uploads, checks and takes over. */
    async take(rows: readonly Cells[] | Buffer, mode = 'all-or-nothing', again = false): Promise<Told> {
      const { id } = await desk2.check(rows, again)
      const answer = await desk2.post(`/api/imports/${id}/commit`, { mode })
      if (answer.status !== 202) throw new Error(`not confirmed: ${JSON.stringify(answer.body)}`)
      await workOff(deps)
      return desk2.told(id)
    },
    async counts() {
      const [found] = await everything(deps.db)
      return found
    },
    async matter(externalNo: string) {
      const [found] = await matterBy(deps.db, [externalNo])
      if (found === undefined) throw new Error(`no ${externalNo}`)
      return found
    },
    async unit3(name: string) {
      const [id = ''] = await deps.db.transaction((tx) =>
        createUnits(tx, systemActor('test'), [
          { name, kind: 'department', parentId: desk.officeUnit, validFrom: '2019-01-01' },
        ]),
      )
      return id
    },
  }
  return desk2
}

export interface ImportRowView {
  row: number
  externalNo: string | null
  verdict: { code: string }
  matterId: string | null
  changes: string[]
  errors: { column: string; code: string; message: string; value?: string }[]
  warnings: { column: string; code: string; message: string; value?: string }[]
}

const everything = statement<Record<string, number>>(
  'test.import-counts',
  `select (select count(*)::int from matters) as matters, (select count(*)::int from legs) as legs,
     (select count(*)::int from people) as people, (select count(*)::int from replies) as replies,
     (select count(*)::int from call_backs) as calls, (select count(*)::int from extensions) as extensions,
     (select count(*)::int from import_orders) as orders,
     (select count(*)::int from events where subject = 'matter') as events`,
)
const matterBy = statement<
  Record<string, unknown> & {
    id: string
    personId: string
    version: number
    seq: number
    state: string
    no: string
  }
>(
  'test.import-matter',
  `select m.id, m.no, m.state, m.title, m.content, m.version, m.seq, m.person_id as "personId", m.signed_at as "signedAt",
     m.late_from as "lateFrom", m.first_on_time as "firstOnTime", m.rating, m.public_reply as "publicReply",
     m.import_id as "importId", m.registered_by as "registeredBy", p.name_masked as name, p.phone_masked as phone,
     p.version as "personVersion"
   from matters m left join people p on p.id = m.person_id where m.external_no = $1`,
)
