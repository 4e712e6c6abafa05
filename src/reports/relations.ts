// What must hold between figures, as data: parts and wholes, batches and people, rates and their counts, stock and flow.
import { letter } from '../matters/channels/letter.ts'
import { reviewIntakes, visitLevels } from '../matters/petition-terms.ts'
import { levels, statuses } from '../ledger/workflow.ts'
import type { Stated } from './figures.ts'

/** `F` is an id of the catalogue in the data, and a figure where the relation is applied. */
export type RelationOf<F> =
  /**
   * The parts together are the wholes together; `exact: false`: they may be fewer, as a list need not name all.
   * `others`: parts that a report need not print where there are none.
   */
  | { kind: 'sum'; wholes: F[]; parts: F[]; others?: F[]; exact: boolean }
  | { kind: 'subset'; part: F; whole: F }
  /** People are no fewer than batches; of collective visits at least five each. */
  | { kind: 'visits'; batches: F; persons: F; least: 1 | 5 }
  | { kind: 'share'; rate: F; numerator: F; denominator: F }
  /** What something grew by, printed as an amount and as a change in per cent. */
  | { kind: 'growth'; now: F; increase: F }
  /** Each of `count` received between `least` and `most`. */
  | { kind: 'bounds'; sum: F; count: F; range: F }
  | { kind: 'flow'; opening: F; received: F; closed: F; closing: F }
  /** 超期 holds late replies and open matters past due; the on-time rate knows only the replies. `others`: the two, printed apart. */
  | { kind: 'late'; rate: F; done: F; open: F; overdue: F; others: F[] }

export type Relation = RelationOf<Stated>
type Known = RelationOf<string>

const sum = (whole: string, ...parts: string[]): Known => ({
  kind: 'sum',
  wholes: [whole],
  parts,
  exact: true,
})
const subset = (part: string, whole: string): Known => ({ kind: 'subset', part, whole })
const share = (rate: string, numerator: string, denominator: string): Known => ({
  ...{ kind: 'share', rate, numerator, denominator },
})

const visits = Object.keys(visitLevels).flatMap((level): Known[] => {
  const of = (kind: string, unit: string) => `visits.${level}${kind === '' ? '' : `.${kind}`}.${unit}`
  return [
    ...(['', 'collective', 'individual', 'skip', 'stepwise', 'non-reception'] as const).map(
      (kind): Known => ({
        ...{ kind: 'visits', batches: of(kind, 'batches'), persons: of(kind, 'persons') },
        least: kind === 'collective' ? 5 : 1,
      }),
    ),
    ...(['batches', 'persons'] as const).flatMap((unit) => [
      sum(of('', unit), of('individual', unit), of('collective', unit)),
      sum(of('', unit), of('skip', unit), of('stepwise', unit)),
      ...(['collective', 'individual', 'skip', 'stepwise', 'non-reception'] as const).map((kind) =>
        subset(of(kind, unit), of('', unit)),
      ),
    ]),
    subset(`visits.${level}.assigned`, of('', 'batches')),
  ]
})

const ledgerStatuses = Object.keys(statuses).map((status) => `ledger.status.${status}`)
const ledgerLevels = Object.keys(levels).map((level) => `ledger.level.${level}`)

const relations: readonly Known[] = [
  ...visits,
  {
    ...{ kind: 'sum', wholes: ['letters'], exact: true },
    parts: Object.keys(letter.sources).flatMap((source) => (source === 'upper' ? [] : `letters.${source}`)),
    others: ['letters.upper'],
  },
  sum('reviews', ...Object.keys(reviewIntakes).map((intake) => `reviews.${intake}`)),
  sum('M01', 'M02', 'M03'),
  subset('M01', 'M01a'),
  subset('M07r', 'M02'),
  subset('M07o', 'M03'),
  subset('M07r', 'M07'),
  subset('M07o', 'M07'),
  share('M14', 'M02', 'M01'),
  {
    ...{ kind: 'late', rate: 'M05', done: 'M02', open: 'M03', overdue: 'M07' },
    others: ['M07r', 'M07o'],
  },
  sum('ledger.total', ...ledgerLevels),
  sum('ledger.total', ...ledgerStatuses),
  { kind: 'sum', wholes: ledgerLevels, parts: ledgerStatuses, exact: true },
  ...ledgerStatuses.map((status) => sum(status, ...Object.keys(levels).map((level) => `${status}.${level}`))),
  subset('meetings.by-district-leaders', 'meetings'),
  { kind: 'bounds', sum: 'relief.sum', count: 'relief.people', range: 'relief.most' },
  subset('sms.delivered', 'sms.sent'),
  share('sms.rate', 'sms.delivered', 'sms.sent'),
  share('project.rate', 'project.executed', 'project.budget'),
  {
    ...{ kind: 'flow', opening: 'stock.opening', received: 'stock.received' },
    ...{ closed: 'stock.closed', closing: 'stock.closing' },
  },
]

/** The ids that must all be there. */
const members = (known: Known): string[] =>
  placesOf(known).flatMap(([key, value]) => (key === 'others' ? [] : value))

/** What of a relation are ids. */
function placesOf(known: Known): [key: string, ids: string | string[]][] {
  return Object.entries(known as Record<string, unknown>).flatMap(([key, value]) =>
    key !== 'kind' && (typeof value === 'string' || Array.isArray(value))
      ? [[key, value as string | string[]]]
      : [],
  )
}

const byFirst = Map.groupBy(
  relations.map((known) => ({ known, ids: members(known) })),
  ({ ids }) => ids[0] ?? '',
)

/**
 * The relations that hold among these figures by what they count. Figures of one paragraph, period and source are taken
 * together; a rate also with counts that stand elsewhere, the first of each.
 */
export function relationsAmong(figures: readonly Stated[]): Relation[] {
  const groups = new Map<string, Map<string, Stated>>()
  const anywhere = new Map<string, Stated>()
  for (const stated of figures) {
    if (stated.metric === undefined || stated.goal || stated.claim) continue
    const of = `${stated.source} ${stated.period?.from ?? ''}`
    const key = `${of} ${stated.period?.to ?? ''} ${stated.paragraph}`
    const group = groups.get(key) ?? new Map<string, Stated>()
    groups.set(key, group)
    if (!group.has(stated.metric)) group.set(stated.metric, stated)
    if (!anywhere.has(`${of} ${stated.metric}`)) anywhere.set(`${of} ${stated.metric}`, stated)
  }
  const beside = [...groups.values()].flatMap((group) =>
    [...group.keys()].flatMap((first) =>
      (byFirst.get(first) ?? []).flatMap(({ known, ids }) =>
        ids.every((id) => group.has(id)) ? [applied(known, (id) => group.get(id))] : [],
      ),
    ),
  )
  return [...beside, ...sharesElsewhere(figures, anywhere)]
}

const shares = relations.filter((known) => known.kind === 'share')

function sharesElsewhere(figures: readonly Stated[], anywhere: ReadonlyMap<string, Stated>): Relation[] {
  return figures.flatMap((rate) =>
    shares.flatMap((known): Relation[] => {
      if (rate.metric !== known.rate || rate.goal || rate.claim) return []
      const of = `${rate.source} ${rate.period?.from ?? ''}`
      const [numerator, denominator] = [known.numerator, known.denominator].map((id) =>
        anywhere.get(`${of} ${id}`),
      )
      if (numerator === undefined || denominator === undefined) return []
      // Beside each other they are related already.
      if (numerator.paragraph === rate.paragraph && denominator.paragraph === rate.paragraph) return []
      return [{ kind: 'share', rate, numerator, denominator }]
    }),
  )
}

/** The relation with figures in the places of ids. */
function applied(known: Known, at: (id: string) => Stated | undefined): Relation {
  const figures = placesOf(known).map(([key, ids]) => {
    if (typeof ids === 'string') return [key, at(ids)]
    return [key, ids.map(at).filter((each) => each !== undefined)]
  })
  return { ...known, ...Object.fromEntries(figures) } as Relation
}
