// Time limits as dated data: from which day, which category and urgency, how long, in which unit.
import type { Limit } from '../calendar/rules.ts'

/** 疑难 is decided when an order is dispatched. */
export type LimitClass = 'ordinary' | 'complex'

export interface Policy {
  id: string
  /** First and last day on which a dispatch falls under it (null: still in force). */
  from: string
  to: string | null
  source: string
  sign: { ordinary: Limit; urgent: Limit }
  /** Working days after the signing limit in which a return may still be asked. */
  returnWithin: Limit
  /** Granted returns of one matter before the office's decision binds. */
  returns: number
  handle: Record<string, Limit>
  /** 疑难: needs approval when dispatched. */
  complex: Limit
  urgent: Limit
  critical: Limit
  extension: { max: Limit; times: number; timesWithLeader: number }
  callBack: Limit
  screening: Limit
  /** Unanswered calls after which a matter may be closed without a rating. */
  missedCalls: number
  /** Yellow when so many working days are left. */
  warning: Limit
}

const workdays = (n: number): Limit => ({ n, unit: 'workday' })

/** domain.md 2.1: Aba 2020 practice, Jinan and Weifang regulations; the office's own defaults where no text was found. */
const sc2020: Policy = {
  id: 'SC-2020',
  from: '2016-01-01',
  to: '2025-12-31',
  source: '四川省12345热线2020年前后实践',
  sign: { ordinary: workdays(1), urgent: { n: 2, unit: 'workhour' } },
  returnWithin: workdays(1),
  returns: 1,
  handle: {
    consult: workdays(3),
    help: workdays(7),
    suggest: workdays(7),
    praise: workdays(7),
    complain: workdays(7),
    report: workdays(7),
    other: workdays(7),
  },
  complex: workdays(15),
  urgent: { n: 24, unit: 'hour' },
  critical: { n: 2, unit: 'hour' },
  extension: { max: workdays(15), times: 1, timesWithLeader: 2 },
  callBack: workdays(2),
  screening: workdays(3),
  missedCalls: 2,
  warning: workdays(1),
}

export const policies: readonly Policy[] = [
  sc2020,
  {
    ...sc2020,
    id: 'SC-2026',
    from: '2026-01-01',
    to: null,
    source: '四川省12345政务服务便民热线管理办法 (2025-12)',
    handle: { ...sc2020.handle, complain: workdays(15), report: workdays(15) },
  },
]
