// The audit trail as the audit administrator reads it: who did what and when, without personal data.
import type { Actor } from '../platform/actor.ts'
import { NIL } from '../platform/actor.ts'
import { instantOf, type Day, type Instant } from '../platform/clock.ts'
import { statement, type Db } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { id, instant, placeOf, writeCursor } from '../platform/fields.ts'
import { z } from 'zod'
import { harmlessTo, withheldFrom } from './access.ts'
import { auditTypeNames, auditTypes, type AuditType } from './audit-terms.ts'

interface AuditRow {
  id: string
  at: Instant
  type: keyof typeof auditTypes
  subject: string
  subjectId: string | null
  matterId: string | null
  actorId: string
  actorLogin: string | null
  actorName: string | null
  canon: string
}

// Each type by itself along its index; a matter that accuses the reader, or from which the reader stepped aside, is named to
// them by nothing, and asking for it finds nothing.
const page = statement<AuditRow>(
  'audit.page',
  `select f.*, a.login as "actorLogin", a.name as "actorName" from unnest($1::text[]) t(type) cross join lateral (
     select e.id, e.at, e.type, e.subject, case when m.id is null or ${harmlessTo(1, 'm')} then e.subject_id end as "subjectId",
       case when m.id is null or ${harmlessTo(1, 'm')} then r.id end as "matterId", e.actor_id as "actorId", e.canon
     from events e cross join lateral (select (e.canon::jsonb #>> '{data,matterId}')::uuid as id) r
       left join matters m on m.id = r.id
     where e.type = t.type and ($2::timestamptz is null or e.at >= $2) and ($4::timestamptz is null or e.at <= $4)
       and ($5::timestamptz is null or (e.at, e.id) < ($5, $6::uuid))
       and ($7::uuid is null or e.actor_id = $7 or e.subject = 'account' and e.subject_id = $7)
       and ($8::uuid is null or r.id = $8 and (m.id is null or ${harmlessTo(1, 'm')}))
     order by e.at desc, e.id desc limit $9) f
   left join accounts a on a.id = f."actorId" order by f.at desc, f.id desc limit $9`,
)
const place = z.tuple([instant, id])

export interface AuditQuestion {
  from?: Day | undefined
  to?: Day | undefined
  type?: keyof typeof auditTypes | undefined
  accountId?: string | undefined
  matterId?: string | undefined
  limit: number
  cursor?: string | undefined
}

/** Newest first. */
export async function readAudit(db: Db, actor: Actor, asked: AuditQuestion) {
  const { from, to, type, accountId = null, matterId = null, limit, cursor } = asked
  const after = placeOf(cursor, place) ?? [null, null]
  const rows = await page(db, [
    type === undefined ? auditTypeNames : [type],
    from === undefined ? null : instantOf(from, '00:00:00.000'),
    withheldFrom(actor),
    to === undefined ? null : instantOf(to, '23:59:59.999'),
    ...after,
    accountId,
    matterId,
    limit + 1,
  ])
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map(entryOf),
    next: last === undefined ? null : writeCursor([last.at, last.id]),
  }
}

function entryOf({ type, actorId, actorLogin, actorName, canon, ...row }: AuditRow) {
  const { label, shows = [] }: AuditType = auditTypes[type]
  const { data } = JSON.parse(canon) as { data: EventData }
  return {
    ...row,
    type: { code: type, label },
    actor: actorId === NIL ? null : { id: actorId, login: actorLogin, name: actorName },
    facts: Object.fromEntries(shows.flatMap((key) => (key in data ? [[key, data[key]]] : []))),
  }
}
