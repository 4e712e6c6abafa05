// The demonstration itself, on a service that runs: make the workbooks, take them in, read the figures, hold them together.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Calendar } from '../../src/calendar/days.ts'
import { readCalendar } from '../../src/calendar/queries.ts'
import { compare } from '../../src/kpi/rollup.ts'
import { callsTo } from './calls.ts'
import type { DeskRecipe } from './casework/recipe.ts'
import type { ReportedFigure } from './casework/reported.ts'
import { checkDesk, enterDesk, type DeskChecked } from './casework/run.ts'
import { checkTopics, checkTopicTotal, checkYear, type Checked } from './figures.ts'
import { load, settle, type Loaded } from './loading.ts'
import { issueKey } from './office.ts'
import { makeOrders } from './orders.ts'
import type { YearRecipe } from './recipe.ts'
import type { Serving } from './service.ts'
import { workbookNames, workbooksOf, type Workbook } from './workbooks.ts'

export interface YearReport {
  year: number
  asOf: string
  /** Whether a report of the office about this year is at hand. */
  reported: boolean
  figures: Checked[]
  topics: Checked[]
}

export interface Report {
  agrees: boolean
  imports: Loaded[]
  years: YearReport[]
  /** Visits, letters, mailboxes, reviews, ledger, meetings, relief and registers of the report's year. */
  desk: DeskChecked[]
  /** Counts of the rollup that a recount of every matter contradicts: none. */
  rollupDifferences: number
}

export interface RunOptions {
  recipes: readonly YearRecipe[]
  /** Where the workbooks are kept. */
  folder: string
  /** The year of the office's report, and the sum of the epidemic orders that it gives; null when there is none. */
  reported: { year: number; topicsTotal: number } | null
  /** The rest of the desk, and what the report says of it; null leaves it out. */
  desk: { recipe: DeskRecipe; figures: readonly ReportedFigure[] } | null
  /** Told what is being done. */
  tell: (line: string) => void
}

export async function runDemo({ url, deps, databaseUrl }: Serving, options: RunOptions): Promise<Report> {
  const { recipes, folder, reported, desk, tell } = options
  const calendar = await readCalendar(deps.db)
  const key = await issueKey(deps)
  try {
    const calls = callsTo(url, key.secret)
    const imports: Loaded[] = []
    for (const recipe of recipes) {
      for (const workbook of await delivered(folder, recipe, calendar)) {
        const loaded = await load(calls, deps, workbook)
        tell(told(loaded))
        imports.push(loaded)
      }
    }
    if (desk !== null) {
      const steps = await enterDesk(deps, databaseUrl, desk.recipe, calendar)
      tell(`来访、来信、信箱、复查、台账、会议、救助、登记簿：${steps === 0 ? '已有' : `${steps} 步办理`}`)
    }
    await settle(deps)
    const differences = await compare(deps.db, deps.clock.now())
    tell(`汇总与逐件重算：${differences.length === 0 ? '一致' : `${differences.length} 处不一致`}`)

    const years: YearReport[] = []
    for (const recipe of recipes) {
      const isReported = reported?.year === recipe.year
      const figures = await checkYear(calls, recipe, { reported: isReported })
      const topics = await checkTopics(calls, recipe, { reported: isReported })
      if (topics.length > 0) {
        topics.push(
          ...(await checkTopicTotal(calls, recipe, { reported: isReported ? reported.topicsTotal : null })),
        )
      }
      years.push({ year: recipe.year, asOf: recipe.exportedAt, reported: isReported, figures, topics })
      tell(`${recipe.year}年：${figures.length + topics.length} 个数逐一打开清单核对完毕`)
    }
    const beside = desk === null ? [] : await checkDesk(deps, databaseUrl, desk.recipe, desk.figures)
    if (desk !== null) tell(`${desk.recipe.year}年其他业务：${beside.length} 个数逐一打开清单核对完毕`)
    const all = [...years.flatMap(({ figures, topics }) => [...figures, ...topics]), ...beside]
    const agrees = differences.length === 0 && all.every((each) => each.agrees)
    return { agrees, imports, years, desk: beside, rollupDifferences: differences.length }
  } finally {
    await key.revoke()
  }
}

/** The files that the platform delivered: those of an earlier run, or made and kept now. */
async function delivered(
  folder: string,
  recipe: YearRecipe,
  calendar: Calendar,
): Promise<Pick<Workbook, 'name' | 'bytes'>[]> {
  const names = workbookNames(recipe)
  if (names.every((name) => existsSync(join(folder, name)))) {
    return Promise.all(
      names.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(folder, name))) })),
    )
  }
  await mkdir(folder, { recursive: true })
  const made = await workbooksOf(recipe, makeOrders(recipe, calendar))
  for (const { name, bytes } of made) {
    const draft = join(folder, `${name}.new`)
    await writeFile(draft, bytes)
    await rename(draft, join(folder, name))
  }
  return made
}

function told({ file, rows, created, changed, unchanged, warnings, seconds }: Loaded): string {
  const counts = `${rows} 行：新增 ${created}，更新 ${changed}，无变化 ${unchanged}，提示 ${warnings}`
  return `导入 ${file}  ${counts}  ${seconds.toFixed(1)} 秒`
}
