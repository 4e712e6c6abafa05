// The two regimes of petition law as dated data: which holds for a petition, its limits, and the articles they stand in.
import type { Limit } from '../calendar/rules.ts'
import type { Instant } from '../platform/clock.ts'
import type { MatterClass } from './petition-terms.ts'

export type RegimeId = 'XF2005' | 'XF2022'

export interface Clock {
  limit: Limit
  article: string
}

/** What the organ to which a petition is routed owes the petitioner within the limit, as the petitioner is told. */
interface FirstDuty extends Clock {
  duty: string
}

/** How a class is handled that is no claim. */
export interface OtherWay {
  article: string
  /** What the petitioner is told with the acceptance. */
  promise: string
}

/** domain.md 1.3; days are calendar days that run on past a rest day, unless they say working days. */
export interface Regime {
  id: RegimeId
  label: string
  /** First day (Asia/Shanghai) of registration on which it holds; a petition keeps the regime it was registered under. */
  from: string
  clocks: Record<
    | 'route'
    | 'object'
    | 'handle'
    | 'simpleHandle'
    | 'review'
    | 'recheck'
    | 'requestReview'
    | 'requestRecheck',
    Clock
  > &
    Record<'accept' | 'simpleAccept', FirstDuty>
  /** Calendar days that may be added to handling in all, approved by the head of the organ, the petitioner told why. */
  prolongation: { days: number; article: string }
  /** The classes that are not handled as claims: no sixty days, no handling opinion, no review. Empty where all are. */
  otherWays: Partial<Record<MatterClass, OtherWay>>
  articles: { representatives: string; opinion: string; finality: string }
}

const days = (n: number): Limit => ({ n, unit: 'day' })
const workdays = (n: number): Limit => ({ n, unit: 'workday' })
const simple = '国信发〔2016〕8号'
const decides = '决定是否受理并书面告知你（们）'

export const regimes: Record<RegimeId, Regime> = {
  XF2005: {
    id: 'XF2005',
    label: '信访条例(2005)',
    from: '2005-05-01',
    clocks: {
      route: { limit: days(15), article: '信访条例 art. 21(1)' },
      accept: { limit: days(15), article: '信访条例 art. 21(2)', duty: decides },
      // The old regulation knows no limit of its own: whoever objects does so before it must decide on acceptance.
      object: { limit: days(15), article: '信访条例 art. 21(2)' },
      handle: { limit: days(60), article: '信访条例 art. 33' },
      simpleAccept: { limit: workdays(3), article: simple, duty: decides },
      simpleHandle: { limit: workdays(10), article: simple },
      review: { limit: days(30), article: '信访条例 art. 34' },
      recheck: { limit: days(30), article: '信访条例 art. 35(1)' },
      requestReview: { limit: days(30), article: '信访条例 art. 34' },
      requestRecheck: { limit: days(30), article: '信访条例 art. 35(1)' },
    },
    prolongation: { days: 30, article: '信访条例 art. 33' },
    otherWays: {},
    articles: {
      representatives: '信访条例 art. 18(2)',
      opinion: '信访条例 art. 32',
      finality: '信访条例 art. 35(3)',
    },
  },
  XF2022: {
    id: 'XF2022',
    label: '信访工作条例(2022)',
    from: '2022-05-01',
    clocks: {
      route: { limit: days(15), article: '信访工作条例 art. 22(1)' },
      accept: {
        limit: days(15),
        article: '信访工作条例 art. 23(3)',
        duty: '书面告知你（们）接收情况以及处理途径和程序',
      },
      object: { limit: workdays(5), article: '信访工作条例 art. 23(3)' },
      handle: { limit: days(60), article: '信访工作条例 art. 34' },
      simpleAccept: { limit: workdays(3), article: simple, duty: decides },
      simpleHandle: { limit: workdays(10), article: simple },
      review: { limit: days(30), article: '信访工作条例 art. 35' },
      recheck: { limit: days(30), article: '信访工作条例 art. 36(1)' },
      requestReview: { limit: days(30), article: '信访工作条例 art. 35' },
      requestRecheck: { limit: days(30), article: '信访工作条例 art. 36(1)' },
    },
    prolongation: { days: 30, article: '信访工作条例 art. 34' },
    otherWays: {
      suggestion: { article: '信访工作条例 art. 29', promise: '本单位将认真研究论证，并予以回复' },
      accusation: { article: '信访工作条例 art. 30', promise: '本单位将依规依纪依法办理，并予以反馈' },
    },
    articles: {
      representatives: '信访工作条例 art. 20(3)',
      opinion: '信访工作条例 art. 32',
      finality: '信访工作条例 art. 36(3)',
    },
  },
}

/** The regime of a petition registered at this moment: its law governs every clock of it, also those begun later. */
export function regimeAt(registeredAt: Instant): Regime {
  return registeredAt < `${regimes.XF2022.from}T00:00:00.000+08:00` ? regimes.XF2005 : regimes.XF2022
}

export function regimeOf(id: string): Regime {
  const regime = (regimes as Record<string, Regime>)[id]
  if (regime === undefined) throw new Error(`no regime ${id}`)
  return regime
}
