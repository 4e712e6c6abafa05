// The metrics once more, as a plain loop over rows: what `src/kpi` must agree with, written from domain.md and not from it.
import type { Instant } from '../../src/platform/clock.ts'
import { dayIn, lateFrom, type History, type LegRow } from './histories.ts'

type Part = 'numerator' | 'denominator'

export interface FoldQuery {
  from: string
  to: string
  asOf: Instant
  /** Null: the office. */
  units: readonly string[] | null
  accused?: readonly string[]
  category?: string
  topic?: string
}

/** Whether a history counts in this part of this metric. */
function counts({ matter: m, legs }: History, metric: string, part: Part, q: FoldQuery): boolean {
  if (m.dispatched_at === null) return false
  const day = dayIn(m.dispatched_at)
  if (day < q.from || day > q.to) return false
  if (q.category !== undefined && m.category !== q.category) return false
  if (q.topic !== undefined && m.topic !== q.topic && !m.topic.startsWith(`${q.topic}.`)) return false
  if (m.accused_unit_ids.some((id) => q.accused?.includes(id) === true)) return false

  const since = (at: Instant | null) => at !== null && at <= q.asOf
  const passed = (at: Instant | null) => at !== null && at < q.asOf
  const dispatched = since(m.dispatched_at)
  const away = since(m.merged_at) || since(m.withdrawn_at)
  const led = q.units === null || (m.lead_unit_id !== null && q.units.includes(m.lead_unit_id))
  const accepted = dispatched && !away && led
  const lateLegs = (role: LegRow['role']) =>
    legs.filter(
      (l) => l.role === role && passed(lateFrom(l)) && (q.units === null || q.units.includes(l.unit_id)),
    )
  const late = dispatched && lateLegs('lead').length > 0
  const everLate = legs.some((l) => l.role === 'lead' && passed(lateFrom(l)))
  const signLate = passed(q.units === null ? m.sign_late_from : m.lead_sign_late_from)
  const signed = since(q.units === null ? m.signed_at : m.lead_signed_at)
  const replied = since(m.first_accepted_at)
  const onTime = replied && m.first_on_time === true
  const done = since(m.done_at)
  const calledBack = since(m.called_back_at)
  const rated = since(m.rated_at)
  const pleased = rated && (m.rating === 'satisfied' || m.rating === 'basic')
  const screened = since(m.screened_out_at)
  const reached = calledBack && m.call_result === 'reached'

  const formulas: Record<string, [boolean] | [boolean, boolean]> = {
    M01: [accepted],
    M01a: [dispatched && !since(m.withdrawn_at) && led],
    M02: [accepted && done],
    M03: [accepted && !done],
    M04: [accepted && signed && !signLate, accepted && (signed || signLate)],
    M05: [accepted && onTime, accepted && replied],
    M05b: [accepted && onTime, accepted && (replied || everLate)],
    M06: [accepted && since(m.extended_at), accepted],
    M07: [late],
    M07r: [late && done],
    M07o: [late && !done && !away],
    M07m: [late && !done && away],
    M07b: [dispatched && lateLegs('co').length > 0],
    M08: [accepted && replied && calledBack, accepted && replied],
    M09: [accepted && calledBack && rated, accepted && calledBack],
    M10: [accepted && pleased && !screened, accepted && rated && !screened],
    M10r: [accepted && pleased, accepted && rated],
    M10l: [accepted && pleased && !screened, accepted && (replied || rated) && !screened],
    M10n: [accepted && replied && !calledBack && !rated],
    M10u: [accepted && replied && calledBack && !reached && !rated],
    M10d: [accepted && replied && reached && !rated],
    M10s: [accepted && rated && screened],
    M11: [accepted && since(m.contacted_at) && m.contacted_on_time === true, accepted],
    M12: [accepted && reached && m.resolved === true, accepted && reached],
    M13a: [accepted && since(m.returned_at), accepted],
    M13b: [accepted && replied && since(m.redone_at), accepted && replied],
    M14: [accepted && done, accepted],
  }
  const formula = formulas[metric]
  if (formula === undefined) throw new Error(`the loop does not know ${metric}`)
  return (part === 'numerator' ? formula[0] : formula[1]) === true
}

export function fold(all: readonly History[], metric: string, part: Part, q: FoldQuery): number {
  return all.filter((history) => counts(history, metric, part, q)).length
}
