// A year of an office goes in as workbooks and comes out as figures: through the API, the import, the queue and the rollup.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callsTo } from '../../scripts/demo/calls.ts'
import { expectedFigures } from '../../scripts/demo/expected.ts'
import { checkYear } from '../../scripts/demo/figures.ts'
import { settle } from '../../scripts/demo/loading.ts'
import { issueKey, prepareOffice } from '../../scripts/demo/office.ts'
import { runDemo, type Report } from '../../scripts/demo/run.ts'
import { serve, type Serving } from '../../scripts/demo/service.ts'
import { outboxState } from '../../src/platform/outbox.ts'
import { statement } from '../../src/platform/db.ts'
import { smallDesk, smallDeskFigures } from '../demo/small-desk.ts'
import { smallRecipe } from '../demo/small-recipe.ts'
import { openDependencies, type Opened } from '../platform/opened.ts'
import { redisUrl } from '../support/redis.ts'

const redis = redisUrl()
const backends = redis === undefined ? ['postgres'] : ['postgres', 'redis']
const written = statement<{ matters: number; events: number; heads: string }>(
  'test.written',
  `select count(*)::int as matters, (select count(*)::int from events where subject = 'matter') as events,
     md5(string_agg(id::text || version || encode(head, 'hex'), ',' order by id)) as heads from matters`,
)

describe.each(backends)('a small office with the queue on %s', (backend) => {
  let deps: Opened
  let serving: Serving
  let report: Report
  const run = () =>
    runDemo(serving, {
      recipes: [smallRecipe],
      folder: join(deps.config.dataDir, 'workbooks'),
      reported: null,
      desk: { recipe: smallDesk, figures: smallDeskFigures },
      tell: () => undefined,
    })

  beforeAll(async () => {
    const settings = { SCHEDULES: 'false', RATE_LIMIT_PER_MINUTE: '1000000' }
    deps = await openDependencies({
      ...settings,
      ...(backend === 'redis' && redis !== undefined ? { REDIS_URL: redis } : {}),
    })
    expect(deps.queue.backend).toBe(backend)
    await deps.queue.obliterate()
    await prepareOffice(deps)
    serving = await serve(deps, deps.databaseUrl)
    report = await run()
  }, 120_000)
  afterAll(async () => {
    await serving.close()
    await deps.queue.obliterate()
    await deps.close()
  })

  it('takes in every order', () => {
    const created = report.imports.reduce((sum, each) => sum + each.created, 0)
    const all = Object.values(smallRecipe.orders).reduce((sum, n) => sum + n, 0)
    expect(created).toBe(all)
    expect(report.imports.map(({ changed, unchanged }) => changed + unchanged)).toEqual([0, 0])
  })

  it('counts exactly what the recipe says, each figure as many as its list', () => {
    const [year] = report.years
    const expected = expectedFigures(smallRecipe)
    for (const { metric, numerator, denominator, listed } of year?.figures ?? []) {
      expect({ metric, numerator, denominator }).toEqual({ metric, ...expected[metric] })
      expect({ metric, listed }).toEqual({ metric, listed: numerator })
    }
    expect(year?.topics.map(({ numerator, listed }) => [numerator, listed])).toEqual([
      [5, 5],
      [17, 17],
      [22, 22],
      [22, 22],
    ])
    expect(report.agrees).toBe(true)
  })

  it('has nothing left to do, and a rollup that a recount confirms', async () => {
    expect(await outboxState(deps.db)).toEqual([])
    expect(report.rollupDifferences).toBe(0)
  })

  it('changes nothing when it is all done again', async () => {
    const before = await written(deps.db)
    const again = await run()
    await settle(deps)
    expect(again.imports.map(({ created, changed }) => [created, changed])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(again.years).toEqual(report.years)
    expect(await written(deps.db)).toEqual(before)
  })

  it('says which figures are not what they should be', async () => {
    const key = await issueKey(deps)
    const { orders } = smallRecipe
    const other = { ...smallRecipe, orders: { ...orders, onTime: orders.onTime - 1, late: orders.late + 1 } }
    const figures = await checkYear(callsTo(serving.url, key.secret), other, { reported: false })
    await key.revoke()
    const wrong = figures.filter(({ agrees }) => !agrees).map(({ metric }) => metric)
    expect(wrong).toEqual(['M05', 'M05b', 'M07', 'M07r'])
  })

  it('leaves no key behind that would open the door', async () => {
    const key = await issueKey(deps)
    const calls = callsTo(serving.url, key.secret)
    expect(await calls.get('/api/session')).toMatchObject({ login: 'demo-import' })
    await key.revoke()
    await expect(calls.get('/api/session')).rejects.toThrow('401')
  })
})
