// A report of a period: facts, the checks that they pass, and sentences, with what people wrote between them.
import { hash } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Database, Db, Sql, Tx } from '../platform/db.ts'
import { collectBulletin, type Bulletin } from './bulletin.ts'
import { checkFigures } from './checks.ts'
import { checkText } from './check-text.ts'
import { contextOf } from './context.ts'
import type { Fact } from './fact.ts'
import { collectFacts, type PeriodFacts } from './collecting.ts'
import { statedOf, statedUnits, type Stated } from './figures.ts'
import type { Finding } from './finding.ts'
import type { ReportPeriod } from './periods.ts'
import { filled, paragraphsOf, type Paragraph } from './sentences.ts'
import { freeParagraphs, overridesOf, wordingNow, type FreeParagraph } from './written.ts'

export interface JudgedFinding extends Finding {
  /** Of what is found: an explanation holds for exactly this. */
  mark: string
  explained: { by: string; explanation: string } | null
}

export interface Summary {
  period: ReportPeriod
  asOf: Instant
  title: string
  office: string
  paragraphs: (Paragraph & { covers?: FreeParagraph['covers'] })[]
  facts: Fact[]
  findings: JudgedFinding[]
  months: PeriodFacts['months']
  units: PeriodFacts['units']
  /** Null in the report of a year. */
  bulletin: Bulletin | null
  /** Version of the wording of each section that an office worded anew. */
  wording: Record<string, number>
}

export interface Asked {
  period: ReportPeriod
  asOf: Instant
  now: Instant
  office: string
  /** The district, by its code: what people the figures are about. */
  region: string
}

const ONE_SNAPSHOT: Sql = { name: '', text: 'set transaction isolation level repeatable read read only' }

/** For counting that takes long: without a time limit, and of one moment of the database. */
export function inOneSnapshot<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.bulkTransaction(async (tx) => {
    await tx.query(ONE_SNAPSHOT)
    return work(tx)
  })
}

/** Everything of the period as the viewer may see it, as of an instant. */
export async function makeSummary(db: Db, actor: Actor, asked: Asked): Promise<Summary> {
  const { period, asOf, now, office } = asked
  const [facts, wording, free, overrides, context] = await Promise.all([
    collectFacts(db, actor, period, asOf, now),
    wordingNow(db, period.kind),
    freeParagraphs(db, period.id),
    overridesOf(db, period.id),
    contextOf(db, { year: Number(period.from.slice(0, 4)), region: asked.region }),
  ])
  const bulletin = period.kind === 'year' ? null : await collectBulletin(db, actor, facts, now)
  const paragraphs = woven(paragraphsOf(facts, wording.sections), free)
  const all = [...facts.facts.values()]
  const year = Number(period.from.slice(0, 4))
  // The counts on record are of whole years: a month, or a year that runs, is compared with as much of the year before.
  const { previous, ...others } = context
  const known =
    period.kind === 'year' && facts.to === period.to && previous ? { ...others, previous } : others
  const findings = [
    ...checkFigures(statedFacts(all, facts), known),
    ...checkText(textOf(paragraphs), known, year).findings,
  ]
  return {
    ...{ period, asOf, office, title: filled(wording.title, facts), paragraphs, facts: all },
    findings: findings.map((finding) => {
      const mark = markOf(finding)
      return { ...finding, mark, explained: overrides.get(mark) ?? null }
    }),
    months: facts.months,
    units: facts.units,
    bulletin,
    wording: wording.versions,
  }
}

/** What stands in the way of publishing: errors that nobody explained. */
export function blocking({ findings }: Pick<Summary, 'findings'>): JudgedFinding[] {
  return findings.filter(({ severity, explained }) => severity === 'error' && explained === null)
}

function markOf({ check, figure = '', zh }: Finding): string {
  return hash('sha256', `${check} ${figure} ${zh}`, 'hex').slice(0, 16)
}

/** The report as a plain text, an item a line: what the checks read. */
function textOf(paragraphs: readonly Paragraph[]): string {
  let n = 0
  return paragraphs
    .map(({ heading, text }) => {
      if (heading === '') return text
      n += 1
      return `${n}、${heading}。${text}`
    })
    .join('\n')
}

/** Free paragraphs behind the section that they follow; those of a section that says nothing come last. */
function woven(paragraphs: Paragraph[], free: readonly FreeParagraph[]): Summary['paragraphs'] {
  const plain = ({ after, text, covers }: FreeParagraph) => ({
    ...{ section: after, heading: '', text, facts: [], covers },
  })
  const known = new Set(['', ...paragraphs.map(({ section }) => section)])
  return [
    ...free.filter(({ after }) => after === '').map(plain),
    ...paragraphs.flatMap((paragraph) => [
      paragraph,
      ...free.filter(({ after }) => after === paragraph.section).map(plain),
    ]),
    ...free.filter(({ after }) => !known.has(after)).map(plain),
  ]
}

/** What was counted, in the form of the checks; what no report prints as a number is left out. */
function statedFacts(facts: readonly Fact[], { period, asOf }: PeriodFacts): Stated[] {
  return facts.flatMap((fact, i) => {
    const unit = statedUnits.find((each) => each === fact.unit)
    const digits = /^\d+(?:\.\d+)?/.exec(fact.text)?.[0]
    if (unit === undefined || digits === undefined) return []
    const { key, name, numerator, denominator } = fact
    return [
      statedOf({
        ...{ line: i + 1, id: key, metric: key, name, digits, unit, source: 'computed', asOf },
        period: { from: period.from, to: period.to },
        ...(denominator === null ? {} : { of: { numerator: numerator ?? 0, denominator } }),
      }),
    ]
  })
}
