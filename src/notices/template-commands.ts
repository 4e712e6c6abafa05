// Writes an office's own wording of a message: every version stays, the newest counts.
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { demandVersion, fieldProblem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { wordings } from './queueing.ts'
import { smsTemplates } from './tables.ts'
import { placeholders, unknownPlaceholder, type TemplateKey } from './templates.ts'

const lockTemplates = statement(
  'sms.template-lock',
  'select pg_advisory_xact_lock(hashtextextended($1::text, 13))',
)

/** Throws `request/invalid` for a placeholder that there is none of. */
export async function wordTemplate(
  tx: Tx,
  actor: Actor,
  key: TemplateKey,
  input: { text: string; enabled: boolean },
  ifMatch: number | undefined,
): Promise<{ key: string; version: number }> {
  refuseUnknown(input.text)
  await lockTemplates(tx, [key])
  const now = (await wordings(tx))[key].version
  demandVersion(now, ifMatch)
  const version = now + 1
  insertRow(tx, smsTemplates, { key, version, ...input, at: tx.now, by: actor.id })
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'account.sms-template-worded',
    data: { key, version, enabled: input.enabled },
  })
  return { key, version }
}

export function refuseUnknown(text: string): void {
  const unknown = unknownPlaceholder(text)
  if (unknown === undefined) return
  const known = Object.entries(placeholders).map(([name, { label }]) => `{${name}}${label}`)
  throw fieldProblem(
    'request/invalid',
    '/body/text',
    `没有{${unknown.slice(0, 30)}}这个占位符，可用：${known.join('、')}`,
  )
}
