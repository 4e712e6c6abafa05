// Where the rows that are tallied come from, and the day that each counts on.
const midnight = (day: string) => `(${day})::timestamp at time zone interval '8 hours'`
const received = {
  day: `(m.received_at at time zone interval '8 hours')::date`,
  within: (from: string, to: string) =>
    `m.received_at >= ${midnight(from)} and m.received_at < ${midnight(`${to} + 1`)}`,
  by: 'm.received_at <= $1',
}

interface Relation {
  from: string
  /** The day that a row counts on, and whether it lies between two dates. */
  day: string
  within: (from: string, to: string) => string
  /** Whether it had come by the instant `$1`. What came in a period belongs to it, however late it is entered. */
  by: string
}

/** Where the rows of tallies come from: SQL over `m` (matters) and what stands beside it. */
export const relations = {
  visits: {
    from: 'matters m join visits v on v.id = m.id join petitions p on p.id = m.id',
    day: 'v.day',
    within: (from, to) => `v.day between ${from} and ${to}`,
    by: `v.day <= ($1::timestamptz at time zone interval '8 hours')::date`,
  },
  letters: { from: `petitions p join matters m on m.id = p.id and m.channel = 'letter'`, ...received },
  mailboxes: { from: `(select * from matters where channel = 'mailbox') m`, ...received },
  reviews: { from: `petitions p join matters m on m.id = p.id and m.channel = 'review'`, ...received },
  escalations: {
    from: `matters m join escalations e on e.id = m.id and m.channel = 'escalation'`,
    ...received,
  },
  /** Orders with a superior's deadline. */
  bound: { from: '(select * from matters where upstream_due_at is not null) m', ...received },
  /** Orders that clerks confirmed to be one thing with others. */
  linked: {
    from: `matter_cases c join matters m on m.id = c.matter_id and m.channel = 'hotline'`,
    day: 'm.dispatched_day',
    within: (from, to) => `m.dispatched_day between ${from} and ${to}`,
    by: 'm.dispatched_at <= $1',
  },
} as const satisfies Record<string, Relation>

export type RelationName = keyof typeof relations
