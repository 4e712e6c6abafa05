// The desk's two years: entered once, then every figure asked for, opened to its list and held against the report.
import type { Calendar } from '../../../src/calendar/days.ts'
import type { Deps } from '../../../src/deps.ts'
import { statement } from '../../../src/platform/db.ts'
import { handlingUnits } from '../units.data.ts'
import { openDemoDesk, type DemoDesk } from './desk.ts'
import { petitionSteps } from './entering.ts'
import type { DeskRecipe } from './recipe.ts'
import { CAMPAIGN, recordSteps } from './records.ts'
import type { ReportedFigure } from './reported.ts'
import { perform } from './schedule.ts'

export interface DeskChecked {
  label: string
  /** As the system counts it, and beside the year before. */
  text: string
  change: string | null
  reported: string
  reportedChange: string | null
  list: string
  /** What the list holds: matters, people of visits, fen or rows. */
  listed: number
  value: number
  agrees: boolean
}

const entered = statement<{ there: boolean }>(
  'demo.desk-entered',
  'select exists (select 1 from campaigns where name = $1) as there',
)

/** Enters the records unless an earlier run has; returns how many steps were done. */
export async function enterDesk(
  deps: Deps,
  databaseUrl: string,
  recipe: DeskRecipe,
  calendar: Calendar,
): Promise<number> {
  const [found] = await entered(deps.db, [CAMPAIGN])
  if (found?.there === true) return 0
  const desk = await openDemoDesk(deps, databaseUrl)
  try {
    const units = handlingUnits.length
    const steps = [...petitionSteps(recipe, calendar, units), ...recordSteps(recipe, units)]
    await perform(desk, steps)
    return steps.length
  } finally {
    await desk.close()
  }
}

interface Answered {
  value: number
  text: string
  change: string | null
  list: string
}

/** Asks for each figure as of the end of the year, as the leader, and counts what its list holds. */
export async function checkDesk(
  deps: Deps,
  databaseUrl: string,
  recipe: DeskRecipe,
  figures: readonly ReportedFigure[],
): Promise<DeskChecked[]> {
  const desk = await openDemoDesk(deps, databaseUrl)
  desk.setClock(`${recipe.year + 1}-01-01T00:00:00.000+08:00`)
  try {
    const answers = await answersOf(desk, recipe)
    const checked: DeskChecked[] = []
    for (const { label, from, key, text, atLeast, change } of figures) {
      const found = answers.get(`${from} ${key}`)
      if (found === undefined) throw new Error(`the service gave no figure ${key} of ${from}`)
      const listed = await listedOf(desk, from, key, found)
      const right = atLeast === undefined ? found.text === text : found.value >= atLeast
      const alike = change === undefined || found.change === change
      checked.push({
        ...{ label, ...found, reported: text, reportedChange: change ?? null, listed },
        agrees: right && alike && listed === found.value,
      })
    }
    return checked
  } finally {
    await desk.close()
  }
}

interface RawFigure {
  tally?: string
  key?: string
  id?: string
  numerator?: number
  value: number | string | null
  text?: string
  unit: string
  change?: string
  list: string
}

async function answersOf(desk: DemoDesk, { year, ledgerAsOf }: DeskRecipe): Promise<Map<string, Answered>> {
  const period = `from=${year}-01-01&to=${year}-12-31`
  const campaigns = await desk.get<{ items: { id: string; name: string }[] }>(
    'leader',
    '/api/ledger/campaigns',
  )
  const campaign = campaigns.items.find(({ name }) => name === CAMPAIGN)?.id ?? ''
  const asked: [ReportedFigure['from'], string][] = [
    ['tallies', `/api/kpi/tallies?${period}`],
    ['ledger', `/api/ledger/board?campaignId=${campaign}&asOf=${encodeURIComponent(ledgerAsOf)}`],
    ['meetings', `/api/meetings/figures?${period}`],
    ['relief', `/api/relief/figures?${period}`],
    ...(['duty', 'training', 'sms'] as const).map((register): [ReportedFigure['from'], string] => [
      `registers.${register}`,
      `/api/registers/${register}/figures?${period}`,
    ]),
  ]
  const answers = new Map<string, Answered>()
  for (const [from, url] of asked) {
    const { figures } = await desk.get<{ figures: RawFigure[] }>('leader', url)
    for (const figure of figures) {
      const value = figure.numerator ?? Number(figure.value)
      answers.set(`${from} ${figure.tally ?? figure.key ?? figure.id ?? ''}`, {
        ...{ value, text: figure.text ?? `${value}${figure.unit}`, change: figure.change ?? null },
        list: figure.list,
      })
    }
  }
  return answers
}

interface Listed {
  total?: number
  persons?: number | null
  items: {
    amountFen?: number
    personId?: string
    row?: Record<string, unknown>
  }[]
  next: string | null
}

/** What a list comes to, read to its end and added up by ourselves. */
async function listedOf(desk: DemoDesk, from: string, key: string, { list }: Answered): Promise<number> {
  const items: Listed['items'] = []
  let [next, persons]: [string | null, number | null] = [null, null]
  do {
    const place = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
    const page: Listed = await desk.get('leader', `${list}&limit=100${place}`)
    items.push(...page.items)
    persons = page.persons ?? null
    next = page.next
  } while (next !== null)
  const rows = items.map(({ row }) => row ?? {})
  const numbers = (column: string) => rows.map((row) => Number(row[column]))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const amounts = items.map(({ amountFen }) => amountFen ?? 0)
  const distinct = (values: unknown[]) => new Set(values).size
  const days = () =>
    distinct(rows.flatMap((row) => daysBetween(String(row['fromDay']), String(row['toDay']))))
  switch (true) {
    case from === 'tallies' && key.endsWith('.persons'):
      return persons ?? Number.NaN
    case from === 'relief':
      return (
        {
          people: distinct(items.map(({ personId }) => personId)),
          sum: sum(amounts),
          least: Math.min(...amounts),
          most: Math.max(...amounts),
        }[key] ?? items.length
      )
    case key.endsWith('.people') && from === 'registers.duty':
      return distinct(rows.map((row) => row['person']))
    case key.endsWith('.days'):
      return days()
    case from === 'registers.training':
      return sum(
        numbers({ 'training.people': 'attendees', 'training.accounts': 'accounts' }[key] ?? 'sessions'),
      )
    case key === 'sms.least':
      return Math.min(...numbers('sent'))
    case from === 'registers.sms':
      return sum(numbers('sent'))
    default:
      return items.length
  }
}

function daysBetween(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day <= to;) {
    days.push(day)
    day = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
  }
  return days
}
