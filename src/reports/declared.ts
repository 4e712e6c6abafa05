// Declared reports: what somebody printed, kept figure by figure, checked like what the system counts, and compared with it.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { percent, percentText } from '../platform/numbers.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { findCountable } from './catalogue.ts'
import { checkText } from './check-text.ts'
import { checkFigures } from './checks.ts'
import type { PeriodFacts } from './collecting.ts'
import { declaredFigures, declaredReports } from './declared-tables.ts'
import type { Fact } from './fact.ts'
import { statedOf, type Stated, type StatedChange } from './figures.ts'
import type { Context, Finding } from './finding.ts'

export interface DeclaredReport {
  id: string
  year: number
  title: string
  text: string | null
  at: Instant
  by: string
}

export interface DeclaredFigure {
  key: string
  version: number
  digits: string
  /** 上升42%; null where none was printed. */
  change: string | null
  line: number
  by: string
  at: Instant
}

export interface GivenDeclared {
  key: string
  digits: string
  change?: string | null | undefined
}

const REPORT = `r.id, r.year, r.title, r.at, coalesce(a.name, '系统') as "by"`
const listed = statement<Omit<DeclaredReport, 'text'> & { figures: number }>(
  'declared.list',
  `select ${REPORT}, (select count(*)::int from (
       select distinct on (f.key) f.removed from declared_figures f where f.report_id = r.id
       order by f.key, f.version desc) f where not f.removed) as figures
   from declared_reports r left join accounts a on a.id = r.by_id order by r.year desc, r.id desc limit 200`,
)
const found = statement<DeclaredReport>(
  'declared.report',
  `select ${REPORT}, r.text from declared_reports r left join accounts a on a.id = r.by_id where r.id = $1`,
)
const figuresNow = statement<DeclaredFigure & { removed: boolean }>(
  'declared.figures',
  `select distinct on (f.key) f.key, f.version, f.digits, f.change, f.line, f.removed, f.at,
     coalesce(a.name, '系统') as "by"
   from declared_figures f left join accounts a on a.id = f.by_id where f.report_id = $1
   order by f.key, f.version desc`,
)
const lock = statement('declared.lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 17))')

export function listDeclared(db: Db) {
  return listed(db)
}

/** Throws `report/no-declared`. */
export async function openDeclared(
  db: Db,
  id: string,
): Promise<DeclaredReport & { figures: DeclaredFigure[] }> {
  const [report] = await found(db, [id])
  if (report === undefined) throw new Problem('report/no-declared')
  return { ...report, figures: await declaredNow(db, id) }
}

async function declaredNow(db: Db, id: string): Promise<DeclaredFigure[]> {
  const rows = await figuresNow(db, [id])
  return rows
    .flatMap(({ removed, ...figure }) => (removed ? [] : [figure]))
    .toSorted((a, b) => a.line - b.line || (a.key < b.key ? -1 : 1))
}

/**
 * Keeps a printed report: the figures as entered, or those that its text speaks of. Throws `request/invalid` for what no
 * figure is called or no number is.
 */
export async function declare(
  tx: Tx,
  actor: Actor,
  given: { year: number; title: string } & ({ figures: readonly GivenDeclared[] } | { text: string }),
): Promise<{ id: string; figures: number }> {
  const id = randomUUIDv7()
  const read = 'text' in given ? figuresIn(given.text, given.year) : entered(given.figures)
  const text = 'text' in given ? given.text : null
  insertRow(tx, declaredReports, { id, year: given.year, title: given.title, text, at: tx.now, by: actor.id })
  for (const figure of read)
    insertRow(tx, declaredFigures, { ...figure, reportId: id, version: 1, at: tx.now, by: actor.id })
  await record(tx, actor, {
    ...{ subject: 'declared-report', subjectId: id, type: 'declared-report.entered' },
    data: { year: given.year, figures: read.length },
  })
  return { id, figures: read.length }
}

/** Shares and amounts of money have decimals, nothing else that is counted has. */
function demandWhole(key: string, digits: string, pointer: string): void {
  const { unit = '件' } = findCountable(key) ?? {}
  if (digits.includes('.') && !['%', '元'].includes(unit))
    throw fieldProblem('request/invalid', pointer, `${unit}数应为整数`)
}

interface Entered {
  key: string
  digits: string
  change: string | null
  line: number
}

function entered(figures: readonly GivenDeclared[]): Entered[] {
  const known = new Set<string>()
  return figures.map(({ key, digits, change = null }, i) => {
    const at = `/body/figures/${i}`
    if (findCountable(key) === undefined) throw fieldProblem('request/invalid', `${at}/key`, '没有这项指标')
    if (known.has(key)) throw fieldProblem('request/invalid', `${at}/key`, '这项指标已在前面')
    known.add(key)
    demandWhole(key, digits, `${at}/digits`)
    if (change !== null && changeOf(change) === undefined)
      throw fieldProblem('request/invalid', `${at}/change`, '变化应写作“上升42%”或“下降3.5%”')
    return { key, digits, change, line: i + 1 }
  })
}

/** What is said in words (“零”…) and what is a goal is no figure; of a key the first that is printed counts. */
function figuresIn(text: string, year: number): Entered[] {
  const first = new Map<string, Entered>()
  for (const { metric: key, digits, change, goal, claim, place, unit } of checkText(text, {}, year).figures) {
    if (key === undefined || goal || claim || first.has(key) || findCountable(key)?.unit !== unit) continue
    first.set(key, { key, digits, change: change === undefined ? null : wordsOf(change), line: place.line })
  }
  return [...first.values()]
}

const wordsOf = ({ direction, percent, decimals }: StatedChange) =>
  `${direction === 'up' ? '上升' : '下降'}${percent.toFixed(decimals)}%`

function changeOf(words: string): StatedChange | undefined {
  const [, direction, digits] = /^(上升|下降)(\d{1,6}(?:\.\d{1,2})?)%$/.exec(words) ?? []
  if (digits === undefined) return undefined
  return {
    direction: direction === '上升' ? 'up' : 'down',
    ...{ percent: Number(digits), decimals: digits.split('.')[1]?.length ?? 0, named: true },
  }
}

/** A figure's next version, a figure that was left out, or (`null`) its removal. Throws `report/no-declared`, `report/no-figure`, `request/stale`. */
export async function correctDeclared(
  tx: Tx,
  actor: Actor,
  at: { id: string; key: string; version: number | undefined },
  given: Omit<GivenDeclared, 'key'> | null,
): Promise<{ key: string; version: number }> {
  await lock(tx, [at.id])
  const { figures } = await openDeclared(tx, at.id)
  if (findCountable(at.key) === undefined) throw new Problem('report/no-figure')
  const now = figures.find(({ key }) => key === at.key)
  if (now === undefined && given === null) throw new Problem('report/no-figure')
  if (now !== undefined && at.version === undefined) throw new Problem('request/if-match-required')
  if (at.version !== undefined && at.version !== now?.version) throw new Problem('request/stale')
  if (given !== null) demandWhole(at.key, given.digits, '/body/digits')
  const change = given === null ? (now?.change ?? null) : (given.change ?? null)
  if (change !== null && changeOf(change) === undefined)
    throw fieldProblem('request/invalid', '/body/change', '变化应写作“上升42%”或“下降3.5%”')
  const all = await figuresNow(tx, [at.id])
  const version = (all.find(({ key }) => key === at.key)?.version ?? 0) + 1
  insertRow(tx, declaredFigures, {
    ...{ reportId: at.id, key: at.key, version, change, at: tx.now, by: actor.id },
    ...{ digits: given?.digits ?? now?.digits ?? '0', removed: given === null },
    line: now?.line ?? Math.max(0, ...figures.map(({ line }) => line)) + 1,
  })
  await record(tx, actor, {
    ...{ subject: 'declared-report', subjectId: at.id, type: 'declared-report.corrected' },
    data: { key: at.key, version, before: now?.digits ?? null, after: given?.digits ?? null },
  })
  return { key: at.key, version }
}

export interface DeclaredFindings {
  /** Of the figures as they stand now, corrected. */
  figures: Finding[]
  /** Of the text as it was printed; empty where there is none. */
  text: Finding[]
}

/** Every check over the figures, and over the text line by line. */
export function findingsOf(
  { year, text, figures }: Pick<DeclaredReport, 'year' | 'text'> & { figures: readonly DeclaredFigure[] },
  context: Context,
): DeclaredFindings {
  return {
    figures: checkFigures(
      figures.map((figure) => statedFrom(figure, year)),
      context,
    ),
    text: text === null ? [] : checkText(text, context, year).findings,
  }
}

function statedFrom({ key, digits, change, line }: DeclaredFigure, year: number): Stated {
  const { name = key, unit = '件' } = findCountable(key) ?? {}
  const moved = change === null ? undefined : changeOf(change)
  return statedOf({
    ...{ line, id: key, metric: key, name, digits, unit, source: 'declared' },
    period: { from: `${year}-01-01`, to: `${year}-12-31` },
    ...(moved === undefined ? {} : { change: moved }),
  })
}

/** A computed rate to the decimals that were printed: 6% is 6.2% where 6.2 is what its counts make. */
function rateAs(digits: string, fact: Fact | undefined): string | undefined {
  if (fact === undefined || fact.unit !== '%' || fact.denominator === null) return undefined
  return percentText(percent(fact.numerator ?? 0, fact.denominator, digits.split('.')[1]?.length ?? 0))
}

export interface ComparedDeclared {
  key: string
  name: string
  declared: string
  /** Null where the system counts no such figure of that year. */
  computed: string | null
  equal: boolean
  list: string | null
}

/** Each declared figure beside what the system counts of the same year, with its list. */
export function comparedWith(figures: readonly DeclaredFigure[], { facts }: PeriodFacts): ComparedDeclared[] {
  return figures.map(({ key, digits }) => {
    const { name = key, unit = '件' } = findCountable(key) ?? {}
    const declared = `${digits}${unit}`
    const fact = facts.get(key)
    const computed = fact?.text ?? null
    const equal = computed === declared || rateAs(digits, fact) === declared
    return { key, name, declared, computed, equal, list: fact?.list ?? null }
  })
}
