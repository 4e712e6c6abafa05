// Errors that a person can act on, and their RFC 9457 form.
import type { EventData } from './events.ts'
import { problems } from './problems.data.ts'

export type ProblemCode = keyof typeof problems

/** One wrong field: a JSON pointer (`/body/phone`, `/query/from`, `/row/12/签收时间`) and what to do, in Chinese. */
export interface FieldError {
  pointer: string
  code: string
  message: string
  /** Of a file: what stands in the cell, as far as it may be shown. */
  value?: string
}

export interface ProblemOptions {
  /** English, for integrators and logs; never personal data. */
  detail?: string
  errors?: FieldError[]
  /** Further members of the document: `state`, `version`, `retryAfter` (seconds). */
  extras?: Record<string, unknown>
  /** What is recorded of the caller although the write is undone: an attempt that must be seen. */
  record?: { type: string; data: EventData }
}

/** An error that a person can act on; anything else that is thrown is a 500. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly options: ProblemOptions
  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(`${code}${options.detail === undefined ? '' : `: ${options.detail}`}`)
    this.code = code
    this.options = options
  }
  get status(): number {
    return problems[this.code].status
  }
}

/** A problem of one field. */
export function fieldProblem(code: ProblemCode, pointer: string, message: string): Problem {
  return new Problem(code, { errors: [{ pointer, code, message }] })
}

/** An edit of something whose version is now this one must be of that version. */
export function demandVersion(version: number, ifMatch: number | undefined): void {
  if (ifMatch !== version) throw new Problem('request/stale', { extras: { version } })
}

/** The `application/problem+json` document. */
export function problemDocument(problem: Problem, requestId: string) {
  const { status, zh, en } = problems[problem.code]
  const { detail, errors, extras } = problem.options
  return {
    ...extras,
    type: `/problems/${problem.code}`,
    title: zh,
    status,
    detail: detail ?? en,
    code: problem.code,
    requestId,
    ...(errors === undefined ? {} : { errors }),
  }
}

/** Throws `kpi/period-reversed` when the period of a query, where it has one, ends before it begins. */
export function refuseReversed({ from, to }: { from?: string; to?: string }): void {
  if (from !== undefined && to !== undefined && from > to)
    throw fieldProblem('kpi/period-reversed', '/query/to', '截止日期不能早于起始日期')
}
