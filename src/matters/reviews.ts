// Asking for a review 复查 or recheck 复核: a matter of its own, chained to the opinion that it is about.
import { randomUUIDv7 } from 'node:crypto'
import { holdCalendar } from '../calendar/queries.ts'
import { due } from '../calendar/rules.ts'
import { NIL, type Actor } from '../platform/actor.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import { statement, type Tx } from '../platform/db.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { beginning } from '../platform/texts.ts'
import type { Vault } from '../platform/vault.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { clockLeg } from './acts/entering.ts'
import { newCase, type Case, type Setting } from './case.ts'
import { channels, firstState } from './channels/index.ts'
import { openMatter, takeNumber, writeChange, type Written } from './commands.ts'
import { lockCase } from './reading.ts'
import { regimeAt, regimeOf } from './regimes.ts'
import { classArticle, classOf } from './rules.ts'
import { copyNames } from './spreading.ts'

export interface ReviewRequest {
  /** When the request arrived; now unless told. */
  receivedAt?: Instant | undefined
  content: string
  /** 复查机关, 复核机关; the office unless told, where the office may decide it. */
  organ?: string | undefined
  /** Why a late request is heard all the same; a leader's decision. */
  lateReason?: string | undefined
}

// About the opinion that stands: of what was handled anew because a review revoked it, another may be asked for.
const childOf = statement<{ no: string; visible: boolean }>(
  'review.child',
  `select m.no, ${visibleTo(2)} as visible from petitions p join matters m on m.id = p.id join petitions o on o.id = p.parent_id
   where p.parent_id = $1 and m.withdrawn_at is null and m.received_at >= o.delivered_at`,
)

const officeUnit = statement<{ id: string | null }>(
  'review.office',
  `select id from units where kind = 'office' and valid_to is null order by created_at, id limit 1`,
)

/** Who decided so far: the unit of the opinion, and the organ of the review that the matter is; null where it is none. */
const organsOf = statement<{ unit: string | null; organ: string | null }>(
  'review.organs',
  `select u.name as unit, case when p.parent_id is not null then coalesce(p.organ, $2) end as organ from petitions p
   join matters r on r.id = coalesce(p.root_id, p.id) left join units u on u.id = r.lead_unit_id where p.id = $1`,
)

/**
 * Opens the review of a delivered opinion, or the recheck of a review that was issued. Throws `matter/review-not-due`,
 * `matter/no-review-of-class`,
 * `matter/review-too-late` (30 days from delivery: 信访条例 arts 34, 35; 信访工作条例 arts 35, 36), `matter/concluded-finally`,
 * `matter/organ-not-higher`.
 */
export async function requestReview(
  tx: Tx,
  actor: Actor,
  parentId: string,
  input: ReviewRequest,
  office: { region: string; name: string; vault: Vault },
): Promise<Written> {
  const [parent, calendar, [asked], [decided]] = await Promise.all([
    lockCase(tx, actor, parentId, ['petition']),
    holdCalendar(tx),
    childOf(tx, [parentId, ...visibilityValues(actor)]),
    organsOf(tx, [parentId, office.name]),
  ])
  const { matter } = parent
  const procedure = parent.petition
  const stage = stageAfter(parent)
  if (procedure === null || stage === undefined) throw new Problem('matter/review-not-due')
  if (asked !== undefined)
    throw new Problem('matter/review-asked-already', asked.visible ? { extras: { no: asked.no } } : {})
  const receivedAt = input.receivedAt ?? tx.now
  checkTimes(receivedAt, procedure.deliveredAt, tx.now)

  const clock = regimeOf(procedure.regime).clocks[stage === 'review' ? 'requestReview' : 'requestRecheck']
  const until = due(calendar, procedure.deliveredAt ?? tx.now, clock.limit).dueAt
  if (receivedAt > until) refuseLate(actor, input, until, clock.article)
  else if (!actor.can.has('matters.register'))
    throw new Problem('matter/act-not-yours', { detail: 'a leader registers late requests only' })

  const organ = input.organ ?? (stage === 'review' ? office.name : undefined)
  demandHigher(organ, decided, clock.article)

  const regime = regimeAt(tx.now)
  const id = randomUUIDv7()
  const row = {
    id,
    no: await takeNumber(tx, stage, office.region),
    channel: stage,
    source: 'petitioner',
    state: firstState(stage),
    title: beginning(`${channels[stage].label}申请：${matter.title}`, 200),
    content: input.content,
    category: matter.category,
    urgency: matter.urgency,
    topic: matter.topic,
    regionCode: matter.regionCode,
    personId: matter.personId,
    confidential: matter.confidential,
    accusedUnitIds: matter.accusedUnitIds,
    barredIds: matter.barredIds,
    receivedAt,
    registeredAt: tx.now,
    registeredBy: actor.id,
  }
  const subject = newCase(row)
  const setting: Setting = {
    ...{ now: tx.now, actor, calendar, receivers: new Map(), others: [], newId: () => randomUUIDv7() },
  }
  // Whose opinion it is does not review it: what a unit's counter takes in is for the office.
  const [holder] = actor.sees === 'all' ? [{ id: actor.unitId }] : await officeUnit(tx, [])
  const leg = clockLeg(subject, setting, {
    kind: 'review',
    unitId: holder?.id ?? NIL,
    limit: regime.clocks[stage].limit,
    regime: regime.id,
    from: receivedAt,
  })
  const written = openMatter(
    tx,
    actor,
    row,
    {
      matter: {},
      openLegs: [leg],
      insert: {
        petitions: {
          id,
          regime: regime.id,
          matterClass: procedure.matterClass,
          parentId,
          rootId: procedure.rootId ?? parentId,
          organ,
        },
      },
    },
    { parentId, stage, organ, dueAt: leg.dueAt, article: regime.clocks[stage].article },
  )
  await copyNames(tx, office.vault, [parentId], id)
  const told = { matter: {}, data: { reviewId: id, reviewNo: row.no, stage } }
  writeChange(tx, actor, parent, told, matter.state, 'matter.review-requested')
  return written
}

/** What may be asked for now: the review of a petition's delivered opinion, the recheck of a review's. */
function stageAfter({ matter, petition }: Case): 'review' | 'recheck' | undefined {
  if (petition?.final === true) {
    const article = regimeOf(petition.regime).articles.finality
    throw new Problem('matter/concluded-finally', {
      detail: `final by recheck (${article})`,
      extras: { article },
    })
  }
  if (petition === null) return undefined
  if (petition.deliveredAt === null && classOf({ petition }) !== 'claim') {
    const article = classArticle({ petition })
    throw new Problem('matter/no-review-of-class', {
      detail: `there is no opinion to review (${article})`,
      extras: { article },
    })
  }
  if (petition.deliveredAt === null) return undefined
  if (matter.channel === 'review') return petition.reviewResult === null ? undefined : 'recheck'
  return matter.channel === 'recheck' ? undefined : 'review'
}

/** The next higher organ each time: none that decided before decides again (信访条例 arts 34, 35; 信访工作条例 arts 35, 36). */
function demandHigher(
  organ: string | undefined,
  decided: { unit: string | null; organ: string | null } | undefined,
  article: string,
): void {
  const plain = (name: string) => name.normalize('NFKC').replaceAll(/\s/g, '')
  const same = (name: string | null | undefined) =>
    typeof name === 'string' && organ !== undefined && plain(name) === plain(organ)
  const refuse = (message: string) =>
    fieldProblem('matter/organ-not-higher', '/body/organ', `${message}（${article}）`)
  if (organ === undefined) throw refuse('请写明复核机关：复查机关的上一级机关')
  if (same(decided?.organ)) throw refuse('复核机关不能是作出复查意见的机关，应为其上一级机关')
  if (same(decided?.unit)) throw refuse('复查、复核机关不能是作出原处理意见的机关，应为其上一级机关')
}

function checkTimes(receivedAt: Instant, deliveredAt: Instant | null, now: Instant): void {
  if (receivedAt > now)
    throw fieldProblem('matter/future-time', '/body/receivedAt', '收到申请的时间不能晚于现在')
  if (deliveredAt !== null && receivedAt < deliveredAt) {
    throw fieldProblem('matter/time-order', '/body/receivedAt', '收到申请的时间不能早于意见书送达的时间')
  }
}

function refuseLate(actor: Actor, { lateReason }: ReviewRequest, until: Instant, article: string): void {
  if (lateReason !== undefined && actor.roles.includes('leader')) return
  const message = `已于${dayOf(until)}超过申请期限(${article});有正当理由的由分管领导登记并说明`
  throw new Problem('matter/review-too-late', {
    detail: `the time for asking ended at ${until} (${article})`,
    errors: [{ pointer: '/body/receivedAt', code: 'matter/review-too-late', message }],
    extras: { until, article },
  })
}
