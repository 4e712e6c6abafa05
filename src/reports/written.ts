// What people write of a report: its wording, paragraphs of their own, and why a finding does not stand in the way.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { demandVersion, fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { isNameable } from './catalogue.ts'
import type { ReportKind, ReportPeriod } from './periods.ts'
import { brokenLine, keysIn } from './sentences.ts'
import { reportOverrides, reportParagraphs, reportWordings } from './tables.ts'
import { wordings, type LegalContent, type Section } from './wording.ts'

export const TITLE = 'title'

const newestWordings = statement<{ section: string; heading: string; text: string; version: number }>(
  'reports.wordings',
  `select distinct on (section) section, heading, text, version from report_wordings where kind = $1
   order by section, version desc`,
)

/** What counts now: the shipped sections in their order, those that the office worded in its words. */
export async function wordingNow(db: Db, kind: ReportKind) {
  const own = new Map((await newestWordings(db, [kind])).map((row) => [row.section, row]))
  return {
    title: own.get(TITLE)?.text ?? wordings[kind].title,
    sections: wordings[kind].sections.map((section): Section => {
      const worded = own.get(section.id)
      return worded === undefined
        ? section
        : { id: section.id, heading: worded.heading, lines: worded.text.split('\n') }
    }),
    versions: Object.fromEntries([...own.values()].map(({ section, version }) => [section, version])),
  }
}

const lock = statement('reports.lock', 'select pg_advisory_xact_lock(hashtextextended($1::text, 15))')

/** A section's new wording; every version stays. Throws `request/invalid` for what no fact is called, `report/no-section`. */
export async function word(
  tx: Tx,
  actor: Actor,
  { kind, section, ifMatch }: { kind: ReportKind; section: string; ifMatch: number | undefined },
  { heading, text }: { heading: string; text: string },
): Promise<{ version: number }> {
  const known = section === TITLE || wordings[kind].sections.some(({ id }) => id === section)
  if (!known) throw new Problem('report/no-section')
  const broken = brokenLine(text.split('\n'))
  if (broken !== undefined)
    throw fieldProblem('request/invalid', '/body/text', `“${broken.slice(0, 20)}”的括号不完整`)
  const unknown = keysIn(text.split('\n')).find((key) => !isNameable(key))
  if (unknown !== undefined)
    throw fieldProblem('request/invalid', '/body/text', `没有{${unknown.slice(0, 40)}}这一项`)
  // Files are called by the title.
  if (section === TITLE && !/^(?!\[)(?!.*\{(?:yoy|pace) )[^\n\r/\\:*?"<>|]{2,80}$/.test(text))
    throw fieldProblem(
      'request/invalid',
      '/body/text',
      '标题应为一行、不超过80字，没有条件和比较，不含/\\:*?"<>|',
    )
  await lock(tx, [`wording ${kind} ${section}`])
  const { versions } = await wordingNow(tx, kind)
  const now = versions[section] ?? 0
  demandVersion(now, ifMatch)
  const version = now + 1
  insertRow(tx, reportWordings, { kind, section, version, heading, text, at: tx.now, by: actor.id })
  await record(tx, actor, {
    ...{ subject: 'account', subjectId: actor.id, type: 'account.report-worded' },
    data: { kind, section, version },
  })
  return { version }
}

export interface FreeParagraph {
  id: string
  version: number
  after: string
  covers: LegalContent | null
  text: string
  by: string
  at: Instant
}

const paragraphsOfPeriod = statement<FreeParagraph & { removed: boolean }>(
  'reports.paragraphs',
  `select distinct on (p.id) p.id, p.version, p.after_section as "after", p.covers, p.text, p.removed, p.at,
     coalesce(a.name, '系统') as "by"
   from report_paragraphs p left join accounts a on a.id = p.by_id where p.period = $1
   order by p.id, p.version desc`,
)

/** In the order in which they were first written. */
export async function freeParagraphs(db: Db, period: string): Promise<FreeParagraph[]> {
  const rows = await paragraphsOfPeriod(db, [period])
  return rows.flatMap(({ removed, ...paragraph }) => (removed ? [] : [paragraph]))
}

export interface NewParagraph {
  after: string
  covers?: LegalContent | null | undefined
  text: string
}

/** A paragraph of their own, or the next version of one; `null` removes it. Throws `report/no-paragraph`, `request/stale`. */
export async function writeParagraph(
  tx: Tx,
  actor: Actor,
  period: ReportPeriod,
  given: NewParagraph | null,
  edited?: { id: string; version: number | undefined },
): Promise<{ id: string; version: number }> {
  const sections = ['', ...wordings[period.kind].sections.map(({ id }) => id)]
  if (given !== null && !sections.includes(given.after))
    throw fieldProblem('request/invalid', '/body/after', '没有这一部分')
  await lock(tx, [`paragraphs ${period.id}`])
  const now = edited && (await freeParagraphs(tx, period.id)).find(({ id }) => id === edited.id)
  if (edited !== undefined && now === undefined) throw new Problem('report/no-paragraph')
  if (now !== undefined && edited?.version !== now.version) throw new Problem('request/stale')
  const { after, text, covers = null } = given ?? now ?? { after: '', text: '' }
  const row = { id: now?.id ?? randomUUIDv7(), version: (now?.version ?? 0) + 1 }
  insertRow(tx, reportParagraphs, {
    ...{ ...row, period: period.id, after, covers, text, removed: given === null, at: tx.now, by: actor.id },
  })
  await record(tx, actor, {
    ...{ subject: 'account', subjectId: actor.id, type: 'account.report-written' },
    data: { period: period.id, paragraph: row.id, version: row.version, removed: given === null },
  })
  return row
}

const overridesOfPeriod = statement<{ mark: string; explanation: string; by: string }>(
  'reports.overrides',
  `select o.mark, o.explanation, coalesce(a.name, '系统') as "by" from report_overrides o
   left join accounts a on a.id = o.by_id where o.period = $1`,
)

export async function overridesOf(db: Db, period: string) {
  return new Map((await overridesOfPeriod(db, [period])).map(({ mark, ...override }) => [mark, override]))
}

/** A leader's explanation of a finding, once. Throws `report/explained-already`. */
export async function explain(
  tx: Tx,
  actor: Actor,
  period: string,
  { mark, finding, explanation }: { mark: string; finding: string; explanation: string },
): Promise<void> {
  await lock(tx, [`overrides ${period}`])
  if ((await overridesOf(tx, period)).has(mark)) throw new Problem('report/explained-already')
  insertRow(tx, reportOverrides, { period, mark, finding, explanation, at: tx.now, by: actor.id })
  await record(tx, actor, {
    ...{ subject: 'account', subjectId: actor.id, type: 'account.report-explained' },
    data: { period, mark },
  })
}
