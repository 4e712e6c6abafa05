// A period that ends before it begins is refused by every list and figure that takes one.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accessOf, roleNames, type Role } from '../../src/orgs/rules.ts'
import { openOffice, type Office } from '../orgs/office.ts'

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: { format?: string }
}

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

it('refuses a reversed period wherever one may be given', async () => {
  const { body } = await office.call('GET', '/openapi.json')
  const { paths } = JSON.parse(body) as {
    paths: Record<string, { get?: { 'x-audience': string; parameters?: Parameter[] } }>
  }
  const sessions = new Map<Role, Promise<{ cookie: string }>>()
  const asked: string[] = []
  for (const [path, { get }] of Object.entries(paths)) {
    const parameters = get?.parameters ?? []
    const named = (name: string) => parameters.find((each) => each.in === 'query' && each.name === name)
    const to = named('to')
    if (get === undefined || to === undefined || named('from') === undefined) continue
    if (parameters.some(({ name, required }) => required && name !== 'from' && name !== 'to')) continue
    const role = roleNames.find((each) => accessOf([each], true).can.has(get['x-audience']))
    if (role === undefined) throw new Error(`nobody may ask ${path}`)
    const session = sessions.get(role) ?? office.person([role])
    sessions.set(role, session)
    const period = to.schema.format === 'date' ? 'from=2020-02-01&to=2020-01-31' : 'from=2020-02&to=2020-01'
    const answer = await office.call('GET', `${path}?${period}`, { cookie: (await session).cookie })
    expect(answer.json(), `asked ${path}`).toMatchObject({
      ...{ code: 'kpi/period-reversed', errors: [{ pointer: '/query/to' }] },
    })
    asked.push(path)
  }
  expect(asked).toEqual(
    expect.arrayContaining(['/api/matters', '/api/ledger/items', '/api/relief/figures', '/api/meetings']),
  )
})
