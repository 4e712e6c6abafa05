// A place that is named by its code exists: one of the office's own regions, or a division of the country.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadShippedRegions } from '../../src/orgs/region-commands.ts'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await desk.deps.db.transaction(loadShippedRegions)
})
afterAll(() => desk.close())

const told = { title: '夜间施工噪声扰民', content: '小区旁工地夜间施工。', topic: 'environment' }

describe('the code of a place', () => {
  const counted = async () => {
    const counts = ['matters', 'people', 'ledger_items'].map((table) => `(select count(*) from app.${table})`)
    const sql = `select array[${counts.join(', ')}]::int[] as n`
    return ((await desk.deps.db.bulk((client) => client.query(sql))).rows as { n: number[] }[])[0]?.n
  }
  const item = () => ({
    ...{ foundDay: '2020-08-14', foundByUnitId: desk.township, title: told.title, demand: told.content },
    ...{ groupTag: 'other', topic: 'environment', level: 'local' },
    ...{ leadUnitId: desk.township, territorialUnitId: desk.township },
  })
  const ways = (): [who: 'registrar' | 'supervisor', url: string, body: object][] => [
    ['registrar', '/api/matters', { ...told, category: 'help' }],
    ['registrar', '/api/letters', { ...told, category: 'claim' }],
    ['registrar', '/api/people', { name: '赵德全' }],
    ['registrar', '/api/ledger/items', item()],
  ]

  it.each(['510802999', '999999999', '519902001'])(
    'is refused where there is no such place: %s',
    async (code) => {
      const before = await counted()
      for (const [who, url, body] of ways()) {
        const { status, body: said } = await desk.call(who, 'POST', url, { ...body, regionCode: code })
        expect([url, status, said['errors']]).toMatchObject([
          url,
          422,
          [{ pointer: '/body/regionCode', message: `没有代码为${code}的行政区划` }],
        ])
      }
      expect(await counted()).toEqual(before)
    },
  )

  it.each(['510802001', '510703001'])('is taken where there is one, here or elsewhere: %s', async (code) => {
    for (const [who, url, body] of ways()) {
      const { status } = await desk.call(who, 'POST', url, { ...body, regionCode: code })
      expect([url, status]).toEqual([url, 201])
    }
  })

  it.each([
    ['510000', true],
    ['510800', true],
    ['440305', true],
    ['999999', false],
    ['810000', true],
    ['990000', false],
    ['519902', false],
  ])('may be of a province, a prefecture or a county: %s', async (code, there) => {
    const { status } = await desk.call('registrar', 'POST', '/api/people', {
      name: '赵德全',
      regionCode: code,
    })
    expect(status).toBe(there ? 201 : 422)
  })

  it('is looked at when a matter or a person is corrected', async () => {
    const { id } = await desk.register()
    const person = (await desk.call('registrar', 'POST', '/api/people', { name: '赵德全' })).body.id
    for (const url of [`/api/matters/${id}`, `/api/people/${person}`]) {
      const correct = (regionCode: string) =>
        desk.call('registrar', 'PATCH', url, { regionCode }, { 'if-match': '"1"' })
      expect((await correct('510802999')).body.code).toBe('region/unknown')
      expect((await correct('510802001')).status).toBe(200)
    }
  })
})
