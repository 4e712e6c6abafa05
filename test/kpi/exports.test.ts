// Files of rows are few an hour for one account, in all processes together; tables of figures are not counted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDesk, type Desk } from '../matters/desk.ts'

const YEAR = 'from=2020-01-01&to=2020-12-31'
const LISTS = [
  `/api/kpi/matters.csv?metric=M01&${YEAR}`,
  '/api/registers/duty.xlsx',
  `/api/meetings.csv?${YEAR}`,
  '/api/relief/grants.xlsx',
  `/api/kpi/matters.xlsx?metric=M05&${YEAR}`,
]

let desk: Desk
beforeAll(async () => {
  desk = await openDesk({ EXPORTS_PER_HOUR: '5', EXPORTS_PER_HOUR_BY_KEY: '7' })
  await desk.startServer()
})
afterAll(() => desk.close())

/** What somebody is answered who takes a file from one of the two processes. */
async function take(who: 'leader' | 'secondLeader', url: string, process = 0) {
  const headers = { cookie: await desk.cookie(who) }
  return processes(process).inject({ method: 'GET', url, headers, remoteAddress: '10.8.0.1' })
}
function processes(n: number) {
  const server = desk.servers[n]
  if (server === undefined) throw new Error('no such process')
  return server.app
}
const exportsOf = async (id: string) =>
  (await desk.events(id)).filter((type) => type === 'kpi.list-exported' || type === 'register.exported')
const codeOf = ({ statusCode, body }: { statusCode: number; body: string }) =>
  statusCode === 200 ? 200 : (JSON.parse(body).code as string)

describe('files of matters, registers, meetings and grants', () => {
  it('are five an hour for one person, whichever they are and whichever process gives them', async () => {
    for (const [n, url] of LISTS.entries()) {
      expect(codeOf(await take('leader', url, n % 2))).toBe(200)
      desk.clock.forward({ minutes: 5 })
    }
    for (const process of [0, 1]) {
      const refused = await take('leader', LISTS[process] ?? '', process)
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '2100'])
      expect(refused.json()).toMatchObject({
        code: 'export/too-many',
        title: '一小时内导出次数过多，请稍后再试',
      })
    }
    expect(await exportsOf(desk.staff.leader.id)).toHaveLength(5)
    expect(codeOf(await take('secondLeader', LISTS[0] ?? ''))).toBe(200)
    desk.clock.forward({ minutes: 35, seconds: -1 })
    expect(codeOf(await take('leader', LISTS[0] ?? ''))).toBe('export/too-many')
    desk.clock.forward({ seconds: 1 })
    expect(codeOf(await take('leader', LISTS[0] ?? ''))).toBe(200)
    expect(codeOf(await take('leader', LISTS[0] ?? ''))).toBe('export/too-many')
  })

  it('are five as well when ten are asked for at the same moment', async () => {
    desk.clock.forward({ hours: 2 })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => take('leader', LISTS[n % 5] ?? '', n % 2)),
    )
    const codes = answers.map(codeOf)
    expect(codes.filter((code) => code === 200)).toHaveLength(5)
    expect(codes.filter((code) => code === 'export/too-many')).toHaveLength(5)
  })

  it('leave the tables of figures alone, and those leave them alone', async () => {
    desk.clock.forward({ hours: 2 })
    for (let n = 0; n < 8; n++) expect(codeOf(await take('leader', `/api/kpi.csv?${YEAR}`))).toBe(200)
    for (const url of LISTS) expect(codeOf(await take('leader', url))).toBe(200)
    expect(codeOf(await take('leader', LISTS[0] ?? ''))).toBe('export/too-many')
    expect(codeOf(await take('leader', `/api/kpi.xlsx?${YEAR}`))).toBe(200)
  })

  it('are more for a job that comes with a key, by its account and not by its key', async () => {
    const { id: accountId } = await desk.account(['statistician'], {
      kind: 'service',
      passwordHash: undefined as never,
    })
    const security = await desk.account(['security-admin'])
    const issue = async () => {
      const body = { accountId, name: '统计任务', validThrough: '2020-12-31' }
      return String((await desk.call(security, 'POST', '/api/keys', body)).body['secret'])
    }
    const keys = [await issue(), await issue()]
    const fetch = async (n: number) => {
      const headers = { authorization: `Bearer ${keys[n % 2]}` }
      return codeOf(await processes(0).inject({ method: 'GET', url: LISTS[n % 5] ?? '', headers }))
    }
    for (let n = 0; n < 7; n++) expect(await fetch(n)).toBe(200)
    for (const n of [0, 1]) expect(await fetch(n)).toBe('export/too-many')
  })
})
