// The catalogue of background work: which jobs follow which event, and which come by the clock.
import { inboxRules } from './notices/inbox-rules.ts'
import { templatesAfter } from './notices/templates.ts'

/**
 * Event type → jobs that must follow it. `matter.*` stands for every type that begins with `matter.`. Whom an event concerns,
 * and which message follows it, is data of its own: such events are followed by `notify` besides.
 */
export const reactions: Record<string, readonly string[]> = {
  'matter.*': ['rollup'],
  'matter.register': ['index'],
  'matter.edit': ['index'],
  'matter.approve': ['index'],
  'matter.direct-reply': ['index'],
  'matter.answer-at-once': ['index'],
  'matter.redirect': ['index'],
  'matter.decline': ['index'],
  'matter.no-longer-accept': ['index'],
  'matter.issue': ['index'],
  'matter.decline-review': ['index'],
  'matter.issue-review': ['index'],
  'matter.accept-investigation': ['index'],
  'account.created': ['namesakes'],
  'account.edited': ['namesakes'],
  'import.requested': ['import'],
  'import.commit-requested': ['import'],
  'import.discarded': ['import'],
  'import.committed': ['rollup', 'index-import'],
  'calendar.year-published': ['redue'],
  'sms.queued': ['sms'],
  'sms-batch.released': ['sms'],
}

/** Jobs that take many events at once: one queue job for a whole batch of outbox rows. */
export const batchJobs: ReadonlySet<string> = new Set(['rollup', 'index', 'notify'])

export interface Schedule {
  name: string
  /** Cron pattern in Asia/Shanghai; once a day, and made up for after a night that the machine was off. */
  pattern?: string
  /** Milliseconds between two runs. */
  every?: number
}

/** Sweeping the outbox is not among them: it must go on when the queue and its schedules are lost (`workers/outbox.ts`). */
export const schedules: readonly Schedule[] = [
  { name: 'sweep', every: 60_000 },
  { name: 'sms', every: 60_000 },
  { name: 'reports', every: 300_000 },
  { name: 'backup-age', every: 3_600_000 },
  { name: 'checkpoint', pattern: '10 0 * * *' },
  { name: 'backup', pattern: '10 1 * * *' },
  { name: 'recount', pattern: '10 2 * * *' },
  { name: 'verify', pattern: '40 2 * * *' },
  { name: 'purge', pattern: '30 3 * * *' },
  { name: 'watch', pattern: '5 8 * * *' },
]

const known = new Map<string, readonly string[]>()

/** The jobs that must follow an event of this type. */
export function jobsFor(eventType: string): readonly string[] {
  let jobs = known.get(eventType)
  if (jobs === undefined) {
    const subject = eventType.slice(0, eventType.indexOf('.') + 1)
    const notified = Object.hasOwn(inboxRules, eventType) || templatesAfter(eventType).length > 0
    jobs = [
      ...(reactions[eventType] ?? []),
      ...(reactions[`${subject}*`] ?? []),
      ...(notified ? ['notify'] : []),
    ]
    known.set(eventType, jobs)
  }
  return jobs
}
