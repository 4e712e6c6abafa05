// When messages were queued, and every minute: sends what is due.
import { sendDue } from '../src/notices/sending.ts'
import { runBatch } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

export const sms: Job = async (deps, data) => {
  const { db, clock, vault, config, sms: gateway } = deps
  if (gateway !== undefined) {
    const [from = '', to = ''] = config.SMS_QUIET_HOURS.split('-')
    await sendDue({ db, clock, vault, gateway, quiet: { from, to }, perDay: config.SMS_DAILY_PER_NUMBER })
  }
  // What could not be sent now waits in its own table, for the next minute.
  await runBatch(deps, 'sms', eventsOf(data), async () => undefined)
}
