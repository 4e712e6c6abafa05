// The board of the ledger: its partition by status and level as of any moment, each figure open to its list.
import type { Actor } from '../platform/actor.ts'
import type { Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { AS_OF, conditionsOf, instantOfList, type ItemFilter } from './queries.ts'
import { levels, statuses, type Level, type Status } from './workflow.ts'

interface BoardFigure {
  key: string
  name: string
  unit: '件' | '人'
  value: number
  /** The list of exactly these items, as of the same instant, for the same reader. */
  list: string
}

/**
 * The partition of the ledger as of an instant: the total, each level, each status, each pair of both. One statement; the
 * parts make up the whole because every item has exactly one status and one level.
 */
export async function board(
  db: Db,
  actor: Actor,
  filter: Pick<ItemFilter, 'campaignId' | 'from' | 'to' | 'asOf' | 'unitId'>,
  now: Instant,
): Promise<{ asOf: Instant; figures: BoardFigure[] }> {
  const asOf = instantOfList(filter, now)
  const { values, found } = conditionsOf(actor, filter, asOf)
  const rows = await db.query<{ status: Status; level: Level; n: number; involved: number }>(
    {
      name: '',
      text: `select s.status, s.level, count(*)::int as n, sum(i.involved)::int as involved
        from ${AS_OF} where ${found.join(' and ')} group by 1, 2`,
    },
    values,
  )
  const sum = (of: (row: (typeof rows)[number]) => boolean, what: 'n' | 'involved' = 'n') =>
    rows.filter(of).reduce((total, row) => total + row[what], 0)
  const link = (more: Record<string, string>) => {
    const { campaignId, from, to, unitId } = filter
    const given = Object.entries({ campaignId, from, to, unitId, asOf, ...more })
    const asked = given.filter((pair): pair is [string, string] => pair[1] !== undefined)
    return `/api/ledger/items?${new URLSearchParams(asked).toString()}`
  }
  const figure = (
    key: string,
    name: string,
    value: number,
    more: Record<string, string> = {},
  ): BoardFigure => ({
    ...{ key, name, unit: '件', value, list: link(more) },
  })
  const [allStatuses, allLevels] = [Object.entries(statuses), Object.entries(levels)]
  return {
    asOf,
    figures: [
      figure(
        'total',
        '排查事项',
        sum(() => true),
      ),
      {
        ...figure(
          'involved',
          '涉及人数',
          sum(() => true, 'involved'),
        ),
        unit: '人',
      },
      ...allLevels.map(([level, name]) =>
        figure(
          `level.${level}`,
          name,
          sum((row) => row.level === level),
          { level },
        ),
      ),
      ...allStatuses.map(([status, { label }]) =>
        figure(
          `status.${status}`,
          label,
          sum((row) => row.status === status),
          { status },
        ),
      ),
      ...allStatuses.flatMap(([status, { label }]) =>
        allLevels.map(([level, name]) =>
          figure(
            `status.${status}.${level}`,
            `${label}(${name})`,
            sum((row) => row.status === status && row.level === level),
            { status, level },
          ),
        ),
      ),
    ],
  }
}
