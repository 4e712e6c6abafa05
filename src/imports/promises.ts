// What was promised by when: the platform's deadlines or those of the policy, the extension, the redo. Pure.
import type { Calendar } from '../calendar/days.ts'
import { due, workdaysLeft } from '../calendar/rules.ts'
import type { Instant } from '../platform/clock.ts'
import { coLimit, promise } from '../matters/deadlines.ts'
import type { Extension, Promise, Redo } from './order.ts'
import type { RowReader } from './readers.ts'
import type { Times } from './times.ts'

interface Kind {
  category: string | null
  urgency: string | null
}

export interface Promises {
  /** Null when nothing was dispatched. */
  promise: Promise | null
  extension: Extension | null
  redo: Redo | null
}

export function readPromises(reader: RowReader, times: Times, kind: Kind, calendar: Calendar): Promises {
  const { dispatchedAt } = times
  const redo = readRedo(reader, times, kind, calendar)
  if (dispatchedAt === null) return { promise: null, extension: null, redo: null }
  const told = promiseOf(calendar, dispatchedAt, kind, times)
  if (times.extendedTo === null || times.extendedTo !== times.dueAt) {
    return { promise: told, extension: readExtension(reader, times, told.dueAt, calendar), redo }
  }
  // The platform has moved its due time already: the promise is what the policy gives.
  const own = promiseOf(calendar, dispatchedAt, kind, { signDueAt: times.signDueAt, dueAt: null })
  if (own.dueAt < times.extendedTo) reader.warn('dueAt', 'extension/in-due', shown(own.dueAt))
  return { promise: own, extension: readExtension(reader, times, own.dueAt, calendar), redo }
}

export function promiseOf(
  calendar: Calendar,
  from: Instant,
  kind: Kind,
  given: { signDueAt: Instant | null; dueAt: Instant | null },
): Promise {
  const told = { category: kind.category ?? 'other', urgency: kind.urgency ?? 'normal' }
  const own = promise(calendar, from, told, 'ordinary')
  const dueAt = given.dueAt ?? own.dueAt
  const signDueAt = given.signDueAt ?? own.signDueAt
  return {
    policy: own.policy,
    limit: given.dueAt === null ? own.limit : null,
    signDueAt: signDueAt < dueAt ? signDueAt : dueAt,
    dueAt,
    coDueAt: given.dueAt ?? due(calendar, from, coLimit(own.limit)).dueAt,
    provisional: given.dueAt === null && own.provisional,
  }
}

function readExtension(
  reader: RowReader,
  times: Times,
  oldDueAt: Instant,
  calendar: Calendar,
): Extension | null {
  const { extendedTo: newDueAt, extensionAskedAt: askedAt } = times
  const grantedAt = times.extensionGrantedAt ?? (reader.has('extensionGrantedAt') ? null : askedAt)
  const reason = reader.text('extensionReason')
  if (newDueAt === null || grantedAt === null) {
    if (newDueAt !== null || grantedAt !== null) reader.warn('extendedTo', 'extension/incomplete')
    return null
  }
  if (newDueAt <= oldDueAt) {
    reader.fail('extendedTo', 'extension/not-later', shown(oldDueAt))
    return null
  }
  const tooLate = isTooLate({ askedAt, grantedAt }, oldDueAt)
  if (tooLate)
    reader.warn('extensionAskedAt', askedAt === null ? 'extension/asked-unknown' : 'extension/asked-late')
  const workdays = workdaysLeft(calendar, oldDueAt, newDueAt)
  return { askedAt, grantedAt, oldDueAt, newDueAt, workdays, reason, tooLate }
}

/** Asked after the due time; one of which only the granting is told was not asked before. */
export function isTooLate(
  { askedAt, grantedAt }: Pick<Extension, 'askedAt' | 'grantedAt'>,
  dueAt: Instant,
): boolean {
  return (askedAt ?? grantedAt) > dueAt
}

function readRedo(reader: RowReader, times: Times, kind: Kind, calendar: Calendar): Redo | null {
  const flagged = reader.flag('redone')
  const { redoAt, redoRepliedAt, repliedAt, dispatchedAt } = times
  if (redoAt === null) {
    if (flagged === true || redoRepliedAt !== null) reader.warn('redoAt', 'redo/time-missing')
    return null
  }
  if (repliedAt === null || dispatchedAt === null) {
    reader.fail('redoAt', 'redo/without-reply')
    return null
  }
  const promised = promiseOf(calendar, redoAt, kind, { signDueAt: null, dueAt: null })
  return { at: redoAt, promise: promised, repliedAt: redoRepliedAt }
}

function shown(at: Instant): string {
  return at.slice(0, 16).replace('T', ' ')
}
