// What registering a petition lays down besides the matter: its procedure, the visit, and the office's own clock.
import { due, type Limit } from '../../calendar/rules.ts'
import { NIL } from '../../platform/actor.ts'
import { dayOf, instantOf, type Day, type Instant } from '../../platform/clock.ts'
import { fieldProblem } from '../../platform/problems.ts'
import { calendarOf, type Case, type Change, type NewLeg, type Petition, type Setting } from '../case.ts'
import { skipsLevel, type CompetentLevel, type MatterClass, type VisitLevel } from '../petition-terms.ts'
import { regimeAt, regimeOf } from '../regimes.ts'

export interface VisitEntry {
  /** Everybody present; untold, those who are named. */
  personCount?: number | undefined
  involvedCount?: number | undefined
  /** As the caller of the API counts it; refused where the number of people says otherwise. */
  collective?: boolean | undefined
  level: VisitLevel
  competentLevel: CompetentLevel
  venue: 'reception' | 'non-reception'
  mode: 'onsite' | 'video'
  listNo?: string | undefined
  listDay?: string | undefined
  place?: string | undefined
  reception?: {
    kind: 'received' | 'field' | 'appointed'
    leaderName: string
    leaderPost: string
    opinion?: string | undefined
    /** By when the leader wants it done: a deadline from outside, as a superior's is. */
    dueDay?: Day | undefined
  }
}

export interface PetitionEntry {
  matterClass?: MatterClass | undefined
  signatories?: number | undefined
  anonymous?: boolean | undefined
  nationalFirst?: boolean | undefined
  repeatOfId?: string | undefined
  upstreamDueAt?: Instant | undefined
  visit?: VisitEntry | undefined
}

interface Counted {
  /** People named on the visit. */
  representatives: number
  /** From how many people on a visit is collective. */
  collectiveFrom: number
  /** Where the registration stands in the request. */
  at: string
}

/**
 * The procedure begins: a petition that the office itself received must be forwarded, assigned or answered in 15 days from
 * receipt (信访条例 art. 21; 信访工作条例 art. 22). What a superior only told us of has no such clock of ours.
 */
export function enter(subject: Case, entry: PetitionEntry, setting: Setting, counted: Counted): Change {
  const { matter } = subject
  const regime = regimeAt(setting.now)
  const visit =
    entry.visit === undefined ? undefined : visitRow(entry.visit, matter.receivedAt, counted, setting.now)
  const upstreamDueAt = entry.upstreamDueAt ?? leadersDue(entry.visit, setting.now, counted.at)
  const leg = clockLeg(subject, setting, {
    kind: 'route',
    unitId: setting.actor.unitId ?? NIL,
    limit: regime.clocks.route.limit,
    regime: regime.id,
    from: matter.receivedAt,
    atMost: upstreamDueAt,
  })
  return {
    matter: {},
    openLegs: matter.source === 'notified' ? [] : [leg],
    insert: {
      petitions: {
        id: matter.id,
        regime: regime.id,
        matterClass: entry.matterClass ?? null,
        signatories: entry.signatories ?? null,
        anonymous: entry.anonymous ?? false,
        officeFirst: entry.repeatOfId === undefined,
        nationalFirst: entry.nationalFirst ?? null,
        repeatOfId: entry.repeatOfId ?? null,
        upstreamDueAt,
      },
      ...(visit === undefined ? {} : { visits: { id: matter.id, ...visit } }),
    },
    data: {
      regime: regime.id,
      ...(entry.repeatOfId === undefined ? {} : { repeatOfId: entry.repeatOfId }),
      ...(visit === undefined
        ? {}
        : { level: visit.level, persons: visit.personCount, collective: visit.collective }),
    },
  }
}

function leadersDue(visit: VisitEntry | undefined, now: Instant, at: string): Instant | null {
  const dueDay = visit?.reception?.dueDay
  if (dueDay === undefined) return null
  if (dueDay < dayOf(now))
    throw fieldProblem('matter/past-time', `${at}/visit/reception/dueDay`, '领导要求办结的日期不能早于今天')
  return instantOf(dueDay, '23:59:59.999')
}

function visitRow(
  visit: VisitEntry,
  receivedAt: Instant,
  { representatives, collectiveFrom, at }: Counted,
  now: Instant,
) {
  const { personCount = Math.max(1, representatives) } = visit
  if (personCount < representatives) {
    throw fieldProblem(
      'matter/fewer-than-representatives',
      `${at}/visit/personCount`,
      `来访人数不能少于登记的代表人数(${representatives}人)`,
    )
  }
  const collective = personCount >= collectiveFrom
  if (visit.collective !== undefined && visit.collective !== collective) {
    throw fieldProblem(
      'matter/not-collective',
      `${at}/visit/collective`,
      collective ? `${collectiveFrom}人以上为集体访` : `集体访应有${collectiveFrom}人以上`,
    )
  }
  if (visit.listDay !== undefined && visit.listDay > dayOf(now))
    throw fieldProblem('matter/future-time', `${at}/visit/listDay`, '通报日期不能晚于今天')
  const { level, competentLevel, reception } = visit
  return {
    day: dayOf(receivedAt),
    personCount,
    involvedCount: visit.involvedCount ?? null,
    collective,
    level,
    competentLevel,
    skipLevel: skipsLevel(level, competentLevel),
    venue: visit.venue,
    mode: visit.mode,
    listNo: visit.listNo ?? null,
    listDay: visit.listDay ?? null,
    place: visit.place ?? null,
    receptionKind: reception?.kind ?? null,
    leaderName: reception?.leaderName ?? null,
    leaderPost: reception?.leaderPost ?? null,
    leaderOpinion: reception?.opinion ?? null,
  }
}

/** Begins a clock of the procedure as a leg: nothing to sign for, due by the law that the petition was registered under. */
export function clockLeg(
  subject: Case,
  setting: Setting,
  given: {
    kind: 'route' | 'accept' | 'handle' | 'feedback' | 'review'
    unitId: string
    limit: Limit
    regime: string
    from?: Instant
    /** A deadline from outside, where it is earlier and has not passed when the clock begins. */
    atMost?: Instant | null
    role?: 'lead' | 'co'
    ahead?: number
  },
): NewLeg {
  const from = given.from ?? setting.now
  const lawful = due(calendarOf(setting), from, given.limit)
  const bound = boundFrom(from, given.atMost ?? null)
  const fixed = bound !== null && bound < lawful.dueAt
  const dueAt = fixed ? bound : lawful.dueAt
  return {
    id: setting.newId(),
    matterId: subject.matter.id,
    no: subject.legs.length + 1 + (given.ahead ?? 0),
    role: given.role ?? 'lead',
    kind: given.kind,
    unitId: given.unitId,
    dispatchedAt: from,
    policy: given.regime,
    limit: fixed ? null : given.limit,
    signDueAt: dueAt,
    signedAt: from,
    dueAt,
    effectiveDueAt: dueAt,
    provisional: !fixed && lawful.provisional,
  }
}

/**
 * A deadline from outside as it binds a clock that begins at `from`. One that had passed was missed by whoever held the petition
 * when it did, on their leg; it binds nobody anew.
 */
export function boundFrom(from: Instant, deadline: Instant | null): Instant | null {
  return deadline !== null && deadline > from ? deadline : null
}

/** The procedure of a petition's case; the act must declare that it needs it. */
export function petitionOf({ petition }: Case): Petition {
  if (petition === null) throw new Error('the act must declare that it needs the petition')
  return petition
}

export function lawOf(subject: Case) {
  return regimeOf(petitionOf(subject).regime)
}
