// The catalogue of metrics: every formula whole, every share within its whole, every column of the rollup wanted.
import { getTableColumns } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { bitOf, bitsOf, factsIn, movingColumns } from '../../src/kpi/conditions.ts'
import { metrics } from '../../src/kpi/metrics.ts'
import { columnOf, partNames, partOf, type Part, type PartName } from '../../src/kpi/parts.ts'
import { kpiDaily, kpiOfficeDaily } from '../../src/kpi/tables.ts'
import { legged } from '../../src/matters/past-tables.ts'
import { legs, matters } from '../../src/matters/tables.ts'
import { flagsExpression, movingFacts, settledFacts } from '../../src/matters/facts.ts'

const formulas = metrics.flatMap((m) => [m.formula, ...(m.ofUnits === undefined ? [] : [m.ofUnits])])

describe('metrics', () => {
  it('have ids of their own and words in both languages', () => {
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length)
    for (const m of metrics) {
      for (const text of [m.zh, m.en, m.definition.zh, m.definition.en, m.source]) expect(text).not.toBe('')
    }
  })

  it('M01 to M14 are all there', () => {
    const ids = new Set(metrics.map(({ id }) => id))
    const wanted = 'M01 M02 M03 M04 M05 M05b M06 M07 M07b M08 M09 M10 M10r M11 M12 M13a M13b M14'.split(' ')
    expect(wanted.filter((id) => !ids.has(id))).toEqual([])
  })

  it('count nothing that no metric asks for', () => {
    const used = new Set(formulas.flatMap(({ numerator, denominator }) => [numerator, denominator]))
    expect(partNames.filter((name) => !used.has(name))).toEqual([])
  })

  it('have numerators that lie within their denominators for every combination of facts', () => {
    const outside: string[] = []
    for (const { numerator, denominator } of formulas) {
      if (denominator === null) continue
      const [above, below] = [partOf(numerator), partOf(denominator)]
      const facts = [...new Set([...factsIn(above), ...factsIn(below)])]
      for (let chosen = 0; chosen < 2 ** facts.length; chosen++) {
        const has = new Set(facts.filter((_, i) => (chosen & (2 ** i)) !== 0))
        if (met(above, has) && !met(below, has))
          outside.push(`${numerator} of ${denominator}: ${[...has].join(' ')}`)
      }
    }
    expect(outside).toEqual([])
  })

  it('split the late ones without rest or overlap', () => {
    const split = (whole: PartName, ...pieces: PartName[]) => {
      const facts = [...new Set([whole, ...pieces].flatMap((name) => factsIn(partOf(name))))]
      for (let chosen = 0; chosen < 2 ** facts.length; chosen++) {
        const has = new Set(facts.filter((_, i) => (chosen & (2 ** i)) !== 0))
        expect(pieces.filter((piece) => met(partOf(piece), has)).length).toBe(met(partOf(whole), has) ? 1 : 0)
      }
    }
    split('late', 'lateDone', 'lateOpen', 'lateAway')
    split('unitLate', 'unitLateDone', 'unitLateOpen', 'unitLateAway')
    split('accepted', 'done', 'open')
  })
})

describe('facts', () => {
  it('each have a bit of their own in a four-byte integer, settled ones as stored', () => {
    const names = [...Object.keys(settledFacts), ...Object.keys(movingFacts)] as (keyof typeof settledFacts)[]
    expect(bitsOf(names)).toBe(2 ** names.length - 1)
    expect(names.length).toBeLessThan(31)
    for (const [i, name] of Object.keys(settledFacts).entries()) {
      expect(bitOf(name as keyof typeof settledFacts)).toBe(2 ** i)
    }
    expect(flagsExpression).toContain(`else 0 end`)
  })

  it('look at columns that matters have', () => {
    const columns = new Set(Object.values(getTableColumns(matters)).map(({ name }) => name))
    const looked = [...Object.values(settledFacts).map(({ at }) => at), ...movingColumns]
    expect(looked.filter((column) => !columns.has(column))).toEqual([])
  })

  it('look at legs by the names and types that their table has, also where they are kept as they were', () => {
    const types = Object.values(getTableColumns(legs)).map((column) => [column.name, column.getSQLType()])
    const kept = Object.entries(legged).map(([name, type]) => [
      name,
      type === 'timestamptz' ? 'timestamp with time zone' : type,
    ])
    expect(types).toEqual(expect.arrayContaining(kept))
  })
})

it.each([
  { table: kpiDaily, others: 6 },
  { table: kpiOfficeDaily, others: 2 },
])('the rollup has one column a part', ({ table, others }) => {
  const columns = Object.values(getTableColumns(table)).map(({ name }) => name)
  expect(columns).toEqual(expect.arrayContaining(partNames.map(columnOf)))
  expect(new Set(columns).size).toBe(partNames.length + others)
})

function met({ all = [], any, none = [] }: Part, has: ReadonlySet<string>): boolean {
  return (
    all.every((name) => has.has(name)) &&
    !none.some((name) => has.has(name)) &&
    (any === undefined || any.some((name) => has.has(name)))
  )
}
