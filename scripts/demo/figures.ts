// Reads a year's figures through the API, opens the list behind each, and says whether all agree: report, recipe and lists.
import { percent } from '../../src/platform/numbers.ts'
import type { Calls } from './calls.ts'
import { expectedFigures } from './expected.ts'
import type { YearRecipe } from './recipe.ts'
import { reportedFigures, reportedTopics } from './reported.ts'

/** As `GET /api/kpi` answers. */
interface Figure {
  metric: string
  name: string
  numerator: number
  denominator: number | null
  value: string | null
  unit: string
  text: string
  list: string
  denominatorList: string | null
}

export interface Checked {
  metric: string
  label: string
  numerator: number
  denominator: number | null
  text: string
  /** As the office printed it; null where its report says nothing. */
  reported: string | null
  /** From the recipe; null where it does not tell. */
  expected: { numerator: number; denominator: number | null } | null
  list: string
  /** How many different matters the list has. */
  listed: number
  agrees: boolean
}

/** What is printed of a year, in this order; decimals where the office's table wants more than the metric's own. */
const shown: readonly { metric: string; label: string; decimals?: number }[] = [
  { metric: 'M01', label: '受理交办' },
  { metric: 'M02', label: '已办' },
  { metric: 'M03', label: '正在办理' },
  { metric: 'M04', label: '及时签收率' },
  { metric: 'M05', label: '按期回复率' },
  { metric: 'M05b', label: '按期办结率（从严）', decimals: 2 },
  { metric: 'M06', label: '延期率' },
  { metric: 'M07', label: '超期' },
  { metric: 'M07r', label: '　其中已回复超期' },
  { metric: 'M07o', label: '　其中在办超期' },
  { metric: 'M10', label: '总满意度' },
  { metric: 'M10s', label: '甄别剔除' },
  { metric: 'M13a', label: '退单率', decimals: 1 },
  { metric: 'M13b', label: '重办率', decimals: 1 },
]

/** The figures of a year as of its export. `reported`: whether the office's report is about this year. */
export async function checkYear(
  calls: Calls,
  recipe: YearRecipe,
  { reported }: { reported: boolean },
): Promise<Checked[]> {
  const expected = expectedFigures(recipe)
  const metrics = shown.map(({ metric }) => metric).join(',')
  const { figures } = await calls.get<{ figures: Figure[] }>(`/api/kpi?${period(recipe)}&metrics=${metrics}`)
  const checked: Checked[] = []
  for (const { metric, label, decimals } of shown) {
    const figure = figures.find((each) => each.metric === metric)
    if (figure === undefined) throw new Error(`the service gave no figure ${metric}`)
    const printed = reported ? reportedFigures.find((each) => each.metric === metric) : undefined
    checked.push(
      await check(calls, figure, {
        label,
        text:
          decimals === undefined || figure.denominator === null
            ? figure.text
            : precise(figure, figure.denominator, decimals),
        reported: printed === undefined ? null : `${printed.value}${figure.unit}`,
        expected: expected[metric] ?? null,
      }),
    )
  }
  return checked
}

/** How many orders there were of each topic that the office's report counts. */
export async function checkTopics(
  calls: Calls,
  recipe: YearRecipe,
  { reported }: { reported: boolean },
): Promise<Checked[]> {
  const names = reportedTopics.filter(({ topic }) => topic in recipe.topics)
  const checked: Checked[] = []
  for (const { topic, label, value } of names) {
    const { figures } = await calls.get<{ figures: Figure[] }>(
      `/api/kpi?${period(recipe)}&metrics=M01&topic=${encodeURIComponent(topic)}`,
    )
    const [figure] = figures
    if (figure === undefined) throw new Error(`the service gave no figure of ${topic}`)
    const expected = { numerator: recipe.topics[topic as keyof typeof recipe.topics] ?? 0, denominator: null }
    const printed = reported ? `${value}${figure.unit}` : null
    checked.push(await check(calls, figure, { label, text: figure.text, reported: printed, expected }))
  }
  return checked
}

/** All epidemic orders together: their number, and that every one of them is answered. */
export async function checkTopicTotal(
  calls: Calls,
  recipe: YearRecipe,
  { reported }: { reported: number | null },
): Promise<Checked[]> {
  const { figures } = await calls.get<{ figures: Figure[] }>(
    `/api/kpi?${period(recipe)}&metrics=M01,M14&topic=epidemic`,
  )
  const total = Object.values(recipe.topics).reduce((sum, n) => sum + n, 0)
  const checked: Checked[] = []
  for (const figure of figures) {
    const isCount = figure.denominator === null
    const printed = reported === null ? null : isCount ? `${reported}件` : '100%'
    const expected = { numerator: total, denominator: isCount ? null : total }
    const label = isCount ? '涉疫交办件合计' : '　办结率'
    checked.push(await check(calls, figure, { label, text: figure.text, reported: printed, expected }))
  }
  return checked
}

async function check(
  calls: Calls,
  figure: Figure,
  given: Pick<Checked, 'label' | 'text' | 'reported' | 'expected'>,
): Promise<Checked> {
  const { metric, numerator, denominator, list, denominatorList } = figure
  const { reported, expected, text } = given
  const listed = await countListed(calls, list)
  const ofDenominator = denominatorList === null ? null : (await page(calls, denominatorList, 1)).total
  const asExpected =
    expected === null || (expected.numerator === numerator && expected.denominator === denominator)
  const agrees =
    asExpected &&
    (reported === null || reported === text) &&
    listed === numerator &&
    ofDenominator === denominator
  return { metric, numerator, denominator, list, listed, agrees, ...given }
}

interface Page {
  total: number
  items: { id: string }[]
  next: string | null
}

const PAGE = 100

/** Reads a list to its end and counts the matters in it, each once. */
async function countListed(calls: Calls, list: string): Promise<number> {
  const ids = new Set<string>()
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, next } = await page(calls, list, PAGE, cursor)
    for (const { id } of items) ids.add(id)
    cursor = next
  }
  return ids.size
}

function page(calls: Calls, list: string, limit: number, cursor?: string): Promise<Page> {
  const place = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
  return calls.get<Page>(`${list}&limit=${limit}${place}`)
}

function period({ year, exportedAt }: YearRecipe): string {
  return new URLSearchParams({ from: `${year}-01-01`, to: `${year}-12-31`, asOf: exportedAt }).toString()
}

function precise({ numerator }: Figure, denominator: number, decimals: number): string {
  const value = percent(numerator, denominator, decimals)
  return value === null ? '无' : `${value}%`
}
