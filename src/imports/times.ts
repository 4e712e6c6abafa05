// The times of a row: read, brought into line where only a day is told, and checked against each other. Pure.
import type { Calendar } from '../calendar/days.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import { policies } from '../matters/policies.ts'
import { columnOf, fieldIds, type FieldId } from './columns.ts'
import type { RowReader } from './readers.ts'

type TimeField = {
  [F in FieldId]: F extends `${string}At` | 'extendedTo' ? F : never
}[FieldId]

export type Times = Record<TimeField, Instant | null> & { receivedAt: Instant }

const timeFields = fieldIds.filter((field): field is TimeField =>
  /^(?:moment|deadline)$/.test(columnOf(field).read),
)

/** What follows what: the second never before the first. */
const sequences: readonly (readonly [TimeField, TimeField])[] = [
  ['receivedAt', 'dispatchedAt'],
  ['receivedAt', 'contactedAt'],
  ['receivedAt', 'repliedAt'],
  ['dispatchedAt', 'signedAt'],
  ['dispatchedAt', 'signDueAt'],
  ['dispatchedAt', 'dueAt'],
  ['dispatchedAt', 'extensionAskedAt'],
  ['receivedAt', 'returnedAt'],
  ['dispatchedAt', 'repliedAt'],
  ['extensionAskedAt', 'extensionGrantedAt'],
  ['signedAt', 'repliedAt'],
  ['repliedAt', 'reviewedAt'],
  ['repliedAt', 'calledBackAt'],
  ['repliedAt', 'ratedAt'],
  ['ratedAt', 'screenedAt'],
  ['repliedAt', 'redoAt'],
  ['redoAt', 'redoRepliedAt'],
]

/** Null when nothing further can be made of the row: no time of receipt, or days that no calendar covers. */
export function readTimes(reader: RowReader, calendar: Calendar): Times | null {
  const times = Object.fromEntries(
    timeFields.map((field) => [
      field,
      columnOf(field).read === 'moment' ? reader.moment(field) : reader.deadline(field),
    ]),
  ) as Record<TimeField, Instant | null>
  if (times.receivedAt === null) {
    if (reader.errors.length === 0 || reader.code('receivedAt') === null)
      reader.fail('receivedAt', 'value/missing')
    return null
  }
  if (!isCovered(times, reader, calendar)) return null
  for (const [earlier, later] of sequences) {
    const [first, second] = [times[earlier], times[later]]
    if (first === null || second === null || second >= first) continue
    // A day without a time of day is not before what happened on that day.
    if (second.endsWith('T00:00:00.000+08:00') && dayOf(second) === dayOf(first)) times[later] = first
    else reader.fail(later, 'time/order', columnOf(earlier).label, second.slice(0, 16).replace('T', ' '))
  }
  return times as Times
}

const firstPolicyDay = policies.map(({ from }) => from).toSorted()[0] ?? ''

function isCovered(times: Record<TimeField, Instant | null>, reader: RowReader, calendar: Calendar): boolean {
  const first = [firstPolicyDay, calendar.days[0] ?? ''].toSorted()[1] ?? ''
  const early = timeFields.filter((field) => {
    const at = times[field]
    return at !== null && dayOf(at) < first
  })
  for (const field of early) reader.fail(field, 'time/not-covered', '', times[field]?.slice(0, 10))
  return early.length === 0
}
