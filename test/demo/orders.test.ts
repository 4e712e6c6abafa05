// The demonstration's orders are what the recipe says, tell a history that could have been, and pass the import's own checks.
import { readXlsx } from 'hucre'
import { describe, expect, it } from 'vitest'
import { recipes, type YearRecipe } from '../../scripts/demo/recipe.ts'
import { makeOrders, type DemoOrder } from '../../scripts/demo/orders.ts'
import { reportedFigures, reportedTopics, reportedTopicsTotal } from '../../scripts/demo/reported.ts'
import { expectedFigures } from '../../scripts/demo/expected.ts'
import { departments, dissolvedTowns, handlingUnits, townships } from '../../scripts/demo/units.data.ts'
import { workbooksOf } from '../../scripts/demo/workbooks.ts'
import { addWorkdays } from '../../src/calendar/rules.ts'
import { checkRow } from '../../src/imports/checks.ts'
import { resolveHeader } from '../../src/imports/header.ts'
import { placesOf, type NamedUnit } from '../../src/imports/places.ts'
import type { SheetRow } from '../../src/imports/sheet.ts'
import { percent } from '../../src/platform/numbers.ts'
import { metrics } from '../../src/kpi/metrics.ts'
import { topics } from '../../src/matters/terms.ts'
import { shippedRegions } from '../../src/orgs/regions.data.ts'
import { checkIdNo } from '../../src/people/id-number.ts'
import { checkName, checkPhone } from '../../src/people/rules.ts'
import { shippedCalendar } from '../calendar/calendars.ts'
import { smallRecipe } from './small-recipe.ts'

const calendar = shippedCalendar()
const years = recipes.map((recipe) => ({ recipe, year: recipe.year, orders: makeOrders(recipe, calendar) }))

describe.each(years)('the orders of $year', ({ recipe, orders }) => {
  it('are as many of each kind as the recipe says, told by their times alone', () => {
    const found = { onTime: 0, late: 0, openInTime: 0, openOverdue: 0 }
    const extended = { ...found }
    for (const order of orders) {
      const outcome = outcomeOf(order, recipe)
      found[outcome]++
      if (order.extendedTo !== undefined) extended[outcome]++
    }
    expect({ orders: found, extended }).toEqual({ orders: recipe.orders, extended: recipe.extended })
  })

  it('are signed, rated, screened, returned and redone as the recipe says', () => {
    const count = (is: (order: DemoOrder) => boolean) => orders.filter(is).length
    expect(count(({ signedAt }) => signedAt !== undefined)).toBe(orders.length)
    expect({
      satisfied: count(({ rating }) => rating === '满意'),
      basic: count(({ rating }) => rating === '基本满意'),
      dissatisfied: count((order) => order.rating === '不满意' && order.screening !== '甄别成立'),
    }).toEqual(recipe.ratings)
    expect(count(({ screening }) => screening === '甄别成立')).toBe(recipe.screenedOut)
    expect(count(({ screening }) => screening === '甄别不成立')).toBe(recipe.screeningRefused)
    expect(count(({ redone }) => redone === '是')).toBe(recipe.redone)
    expect(count(({ returnedAt }) => returnedAt !== undefined)).toBe(recipe.returned)
    expect(count(({ coUnits }) => coUnits !== undefined)).toBe(recipe.coHandled)
  })

  it('have exactly so many of the topics that the recipe names, all answered', () => {
    for (const [topic, n] of Object.entries(recipe.topics)) {
      const label = topics[topic as keyof typeof topics]
      const ofTopic = orders.filter((order) => order.topic === label)
      expect([topic, ofTopic.length]).toEqual([topic, n])
      expect(
        ofTopic.every(
          ({ repliedAt, dispatchedAt }) => repliedAt !== undefined && dispatchedAt >= recipe.topicsFrom,
        ),
      ).toBe(true)
    }
  })

  it('lie in their year, end before the export, and follow one another as they must', () => {
    const steps = [
      'receivedAt',
      'dispatchedAt',
      'signedAt',
      'repliedAt',
      'reviewedAt',
      'calledBackAt',
      'ratedAt',
    ] as const
    const wrong = orders.flatMap((order) => {
      const lines = [
        steps.flatMap((step) => order[step] ?? []),
        order.extendedTo === undefined
          ? []
          : [order.signedAt, order.extensionAskedAt, order.extensionGrantedAt, order.dueAt, order.extendedTo],
        order.redoAt === undefined ? [] : [order.ratedAt, order.redoAt, order.redoRepliedAt],
        order.returnedAt === undefined ? [] : [order.dispatchedAt, order.returnedAt, order.signedAt],
        order.contactedAt === undefined
          ? []
          : [order.signedAt, order.contactedAt, order.repliedAt ?? recipe.exportedAt],
      ]
      const late = Object.entries(order).filter(
        ([field, at]) => /^(?!due).*At$/.test(field) && at >= recipe.exportedAt,
      )
      const turned = lines.filter((line) => line.some((at, i) => i > 0 && String(line[i - 1]) >= String(at)))
      const elsewhere = order.dispatchedAt.slice(0, 4) === String(recipe.year) ? [] : ['another year']
      const found = [...late, ...turned, ...elsewhere]
      return found.length > 0 ? [{ order: order.externalNo, found }] : []
    })
    expect(wrong).toEqual([])
  })

  it('name people who pass every check, and no number twice for two of them', () => {
    const phones = new Map<string, string>()
    const wrong = orders.filter(({ callerName = '', callerPhone = '', callerIdNo }) => {
      const idNo = callerIdNo === undefined ? undefined : checkIdNo(callerIdNo)
      const named = callerName !== '匿名'
      const another = named && (phones.get(callerPhone) ?? callerName) !== callerName
      if (named) phones.set(callerPhone, callerName)
      const doubtful = idNo !== undefined && (!idNo.ok || idNo.warnings.length > 0)
      return another || doubtful || !checkPhone(callerPhone).ok || !checkName(callerName).ok
    })
    expect(wrong).toEqual([])
    expect(phones.size).toBeGreaterThan(orders.length / 4)
  })
})

const layouts = ['present', 'earlier'] as const

describe.each(layouts)('the workbooks in the %s layout', (layout) => {
  const recipe = { ...smallRecipe, layout }
  const orders = makeOrders(recipe, calendar)

  it('are the same bytes whenever they are written', async () => {
    const [one, two] = [
      await workbooksOf(recipe, orders),
      await workbooksOf(recipe, makeOrders(recipe, calendar)),
    ]
    for (const [i, { bytes }] of one.entries())
      expect(Buffer.from(bytes).equals(two[i]?.bytes ?? Buffer.of())).toBe(true)
  })

  it('hold every order, and the import finds nothing wrong with any of them', async () => {
    const numbers: string[] = []
    for (const { bytes, orders: n } of await workbooksOf(recipe, orders)) {
      const rows = await readBack(bytes)
      const resolved = resolveHeader(rows.slice(0, 10))
      if (!('header' in resolved)) throw new Error(JSON.stringify(resolved))
      const { header } = resolved
      expect(header.ignored).toEqual(layout === 'earlier' ? ['序号'] : [])
      const data = rows.filter((row) => row.n > header.lastRow)
      expect(data.length).toBe(n)
      for (const row of data) {
        const checked = checkRow(row, { header, now: '2026-01-01T00:00:00.000+08:00', calendar, places })
        const told = checked.warnings.filter(({ code }) => code !== 'return/then-handled')
        expect({ errors: checked.errors, told }).toEqual({ errors: [], told: [] })
        numbers.push(checked.externalNo ?? '')
      }
    }
    expect(numbers.toSorted()).toEqual(orders.map(({ externalNo }) => externalNo).toSorted())
  })
})

it('a recipe that asks for more than its orders give is refused', () => {
  expect(() => makeOrders({ ...smallRecipe, returned: 10_000 }, calendar)).toThrow('too few')
  const ratings = { satisfied: 10_000, basic: 0, dissatisfied: 0 }
  expect(() => makeOrders({ ...smallRecipe, ratings }, calendar)).toThrow('more ratings')
})

it('the recipe of 2020 gives every figure that the office reported', () => {
  const recipe = recipes.find(({ year }) => year === 2020) ?? smallRecipe
  const expected = expectedFigures(recipe)
  for (const { metric, value } of reportedFigures) {
    const { numerator, denominator } = expected[metric] ?? { numerator: -1, denominator: null }
    const decimals = metrics.find(({ id }) => id === metric)?.decimals
    expect([
      metric,
      denominator === null ? String(numerator) : percent(numerator, denominator, decimals),
    ]).toEqual([metric, value])
  }
  expect(percent(expected['M05b']?.numerator ?? 0, expected['M05b']?.denominator ?? 0, 2)).toBe('94.93')
  expect(reportedTopics.map(({ topic, value }) => [topic, value])).toEqual(Object.entries(recipe.topics))
  expect(reportedTopics.reduce((sum, { value }) => sum + value, 0)).toBe(reportedTopicsTotal)
})

it('there are 64 handling units, the townships those of the regions', () => {
  expect([handlingUnits.length, townships.length, departments.length]).toEqual([64, 15, 49])
  expect(new Set(handlingUnits.flatMap(({ name, shortName }) => [name, shortName])).size).toBe(128)
  const current = shippedRegions.filter(({ level, validTo }) => level === 'township' && validTo === null)
  expect(townships.map(({ regionCode, shortName }) => [regionCode, shortName])).toEqual(
    current.map(({ code, name }) => [code, name]),
  )
})

/** From the times alone, as a person would tell it. */
function outcomeOf(order: DemoOrder, { exportedAt }: YearRecipe): keyof YearRecipe['orders'] {
  const days = { 咨询: 3 }[order.category ?? ''] ?? 7
  const promised = { 紧急: plus(order.dispatchedAt, 24), 特急: plus(order.dispatchedAt, 2) }[
    order.urgency ?? ''
  ]
  const due = order.extendedTo ?? promised ?? addWorkdays(calendar, order.dispatchedAt, days)
  if (order.repliedAt === undefined) return due < exportedAt ? 'openOverdue' : 'openInTime'
  return order.repliedAt <= due ? 'onTime' : 'late'
}

function plus(at: string, hours: number): string {
  const local = new Date(Date.parse(`${at.slice(0, 23)}Z`) + hours * 3_600_000)
  return `${local.toISOString().slice(0, 23)}+08:00`
}

const units: NamedUnit[] = [...handlingUnits, ...dissolvedTowns].map((unit) => ({
  id: unit.shortName,
  name: unit.name,
  shortName: unit.shortName,
  kind: 'department',
  validFrom: unit.validFrom ?? '2019-01-01',
  validTo: unit.dissolved?.on ?? null,
  successorId: unit.dissolved?.into ?? null,
  parentId: null,
}))
const places = placesOf(units, shippedRegions)

async function readBack(bytes: Uint8Array): Promise<SheetRow[]> {
  const { sheets } = await readXlsx(bytes)
  const rows = sheets[0]?.rows ?? []
  return rows.map((cells, i) => ({
    n: i + 1,
    cells: cells.map((value) => {
      if (value === null || value === undefined || value === '') return null
      if (value instanceof Date)
        return { v: value.toISOString().slice(0, 19).replace('T', ' '), kind: 'date' as const }
      return typeof value === 'number'
        ? { v: value, kind: 'number' as const }
        : { v: String(value), kind: 'text' as const }
    }),
  }))
}
