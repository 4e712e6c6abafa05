// The checks over figures that were counted or entered: a consistent year passes, one figure spoiled is told by the check whose kind it is.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkText } from '../../src/reports/check-text.ts'
import type { CheckId } from '../../src/reports/checks.data.ts'
import { checkFigures } from '../../src/reports/checks.ts'
import { previousOf } from '../../src/reports/exact.ts'
import { statedOf, type GivenFigure } from '../../src/reports/figures.ts'
import type { Context } from '../../src/reports/finding.ts'
import { caseload, figuresOf, sentencesOf, type Caseload } from './caseload.ts'

const told = (figures: readonly GivenFigure[], context: Context = {}) =>
  checkFigures(figures.map(statedOf), context).filter(({ severity }) => severity !== 'note')
const spoil = (figures: readonly GivenFigure[], metric: string, change: (value: number) => number) =>
  figures.map((each) =>
    each.metric === metric ? { ...each, digits: String(change(Number(each.digits))) } : each,
  )

describe('a consistent year', () => {
  it('gives no error, whatever its numbers', () => {
    fc.assert(
      fc.property(caseload, (year) => {
        const errors = told(figuresOf(year), { population: 1_000_000 }).filter(
          ({ severity }) => severity === 'error',
        )
        expect(errors).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('gives no error in sentences of other words, in one paragraph a sentence or all in one', () => {
    fc.assert(
      fc.property(caseload, fc.constantFrom('\n', ''), (year, between) => {
        const { findings } = checkText(sentencesOf(year).join(between), { population: 1_000_000 })
        expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

/** Spoils one figure of a year; where the year has no room for this fault, nothing. */
type Spoiling = [CheckId, string, (year: Caseload) => ((value: number) => number) | undefined]
const spoilings: Spoiling[] = [
  ['SUM', 'letters.letter', () => (value) => value + 1],
  ['SUM', 'reviews', () => (value) => value + 3],
  ['SUM', 'M03', () => (value) => value + 1],
  ['SUM', 'ledger.status.watch', () => (value) => value + 7],
  ['SUM', 'ledger.level.local', () => (value) => value + 1],
  ['SUM', 'ledger.status.resolved.local', () => (value) => value + 1],
  [
    'SUM',
    'visits.district.individual.persons',
    // As long as it is no more than the whole.
    ({ district }) => (district.collectivePersons === 0 ? undefined : (value) => value + 1),
  ],
  [
    'SUBSET',
    'visits.district.collective.batches',
    ({ district }) =>
      () =>
        district.batches + 1,
  ],
  [
    'SUBSET',
    'M07o',
    ({ open }) =>
      () =>
        open + 1,
  ],
  [
    'SUBSET',
    'M07r',
    ({ done }) =>
      () =>
        done + 1,
  ],
  [
    'PERSONS≥BATCHES',
    'visits.city.persons',
    ({ city }) => (city.batches === 0 ? undefined : () => city.batches - 1),
  ],
  [
    'MIN5',
    'visits.city.collective.persons',
    ({ city }) => (city.collective === 0 ? undefined : () => 5 * city.collective - 1),
  ],
  ['POPULATION', 'visits.city.persons', () => () => 1_000_001],
  ['RATE_RANGE', 'M05', () => () => 101],
  ['RATE_MATCH', 'M14', () => (value) => (value > 50 ? value - 7 : value + 7)],
  ['STOCK', 'stock.closing', () => (value) => value + 1],
  ['STOCK', 'stock.opening', () => (value) => value + 1],
]

describe('one figure spoiled', () => {
  it.each(spoilings)('%s is told for %s', (check, metric, spoiling) => {
    fc.assert(
      fc.property(caseload, (year) => {
        const change = spoiling(year)
        if (change === undefined) return
        const findings = told(spoil(figuresOf(year), metric, change), { population: 1_000_000 })
        expect(findings.map((finding) => finding.check)).toContain(check)
      }),
    )
  })

  it('two of one metric are told as a contradiction, a figure in another unit as a foreign one', () => {
    fc.assert(
      fc.property(caseload, (year) => {
        const figures = figuresOf(year)
        const twice = { line: 99, metric: 'reviews', name: '复查申请', digits: '99999', unit: '件' } as const
        expect(told([...figures, twice]).map(({ check }) => check)).toContain('CONTRADICTION')
        const foreign = figures.map((each) =>
          each.metric === 'ledger.status.watch' ? { ...each, unit: '人' as const } : each,
        )
        expect(told(foreign).map(({ check }) => check)).toContain('UNIT')
      }),
    )
  })

  it('ten times as much as in three years is told by DIGITS', () => {
    fc.assert(
      fc.property(caseload, ({ district, ...year }) => {
        const figures = figuresOf({ ...year, district })
        const most = Math.max(3, district.batches)
        const history = new Map([['visits.district.batches', most]])
        expect(told(figures, { history })).toEqual(told(figures))
        const more = told(
          spoil(figures, 'visits.district.batches', () => 10 * most + 1),
          { history },
        )
        expect(more.map(({ check }) => check)).toContain('DIGITS')
      }),
    )
  })
})

describe('a printed change', () => {
  const counts = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }))
  const changeOf = (now: number, before: number, decimals: number) => {
    const scale = 10 ** decimals
    const percent =
      Number(
        (2n * BigInt(Math.abs(now - before)) * BigInt(100 * scale) + BigInt(before)) / (2n * BigInt(before)),
      ) / scale
    return { direction: now >= before ? 'up' : 'down', percent, decimals, named: true } as const
  }

  it('that some count of the year before gives is never called impossible, and that count is within the told range', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 2 }), ([now, before], decimals) => {
        const change = changeOf(now, before, decimals)
        // No change to speak of is not printed as one.
        fc.pre(change.percent > 0)
        const range = previousOf(now, change)
        expect(range?.from).toBeLessThanOrEqual(before)
        if (now > 0) expect(range?.to).toBeGreaterThanOrEqual(before)
      }),
      { numRuns: 2000 },
    )
  })

  it('that no count gives is told, against all counts tried one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 99 }), (now, percent) => {
        const change = { direction: 'down', percent, decimals: 0, named: true } as const
        const tried = Array.from({ length: 100 * now + 200 }, (_, i) => i + 1).some(
          (before) => before >= now && changeOf(now, before, 0).percent === percent,
        )
        expect(previousOf(now, change) !== undefined).toBe(tried)
      }),
      { numRuns: 500 },
    )
  })

  it('is held against the year before where that is known', () => {
    const given = {
      line: 1,
      name: '到区走访',
      digits: '308',
      unit: '批',
      metric: 'visits.district.batches',
    } as const
    const change = { direction: 'down', percent: 42, decimals: 0, named: true } as const
    expect(told([{ ...given, change, previous: 531 }])).toEqual([])
    const [finding] = told([{ ...given, change, previous: 500 }])
    expect(finding).toMatchObject({ check: 'YOY_FEASIBLE', severity: 'warning', proposal: '下降38%' })
  })
})

describe('numbers written as one', () => {
  it('are taken apart whenever the split is the only one, and it is the right one', () => {
    const pasted = fc.record({
      now: fc.integer({ min: 2, max: 60 }),
      more: fc.integer({ min: 0, max: 300 }),
      before: fc.integer({ min: 61, max: 200 }),
      moreBefore: fc.integer({ min: 0, max: 900 }),
    })
    const down = (now: number, before: number) =>
      Math.floor((2 * (before - now) * 100 + before) / (2 * before))
    let taken = 0
    fc.assert(
      fc.property(pasted, ({ now, more, before, moreBefore }) => {
        const [people, peopleBefore] = [5 * now + more, 5 * before + moreBefore]
        fc.pre(people < peopleBefore)
        const text = `到市走访${now + 50}批${people + 60}人次。其中集体访${now}${before}批次${people}${peopleBefore}人次，与去年相比批次下降${down(now, before)}%，人次下降${down(people, peopleBefore)}%。`
        const { findings } = checkText(text, { population: 600_000 })
        const concat = findings.find(({ check }) => check === 'CONCAT')
        expect(findings.map(({ check }) => check)).toContain('SUBSET')
        // Where another split meets the changes too, nothing is proposed.
        if (concat === undefined) return
        taken += 1
        expect(concat.proposal).toBe(`${now}批${people}人次（上年${before}批${peopleBefore}人次）`)
      }),
      { numRuns: 300 },
    )
    expect(taken).toBeGreaterThan(150)
  })
})
