// Makes a year's orders as the city platform has them: from the recipe to what stands in each column.
import { hotline } from '../../src/matters/channels/hotline.ts'
import type { Calendar } from '../../src/calendar/days.ts'
import type { FieldId } from '../../src/imports/columns.ts'
import { platformStates } from '../../src/imports/words.ts'
import { callResults, ratings, topics, urgencies } from '../../src/matters/terms.ts'
import { dayOf, type Day, type Instant } from '../../src/platform/clock.ts'
import { seeded, type Rng } from '../../test/support/identity.ts'
import { makeCallers, pickCaller, type Caller } from './callers.ts'
import { oneOf, pick, weighted } from './draw.ts'
import { endingOf, historyOf, type History } from './history.ts'
import { planYear, type Plan } from './plan.ts'
import { opinionsOf, type Opinion } from './ratings.ts'
import type { YearRecipe } from './recipe.ts'
import { extensionReasons, gaps, returnReasons } from './subjects.data.ts'
import { departments, dissolvedTowns, townships, type DemoUnit } from './units.data.ts'

/** What the platform exports of one order; a field that is left out is an empty cell. */
export type DemoOrder = Partial<Record<FieldId, string>> & { externalNo: string; dispatchedAt: Instant }

/** In the order in which they were received. The same recipe gives the same orders, to the last character. */
export function makeOrders(recipe: YearRecipe, calendar: Calendar): DemoOrder[] {
  const rng = seeded(recipe.seed)
  const plans = planYear(recipe, calendar, rng)
  const ending = endingOf(recipe, calendar)
  const made = plans.map((plan) => ({ plan, history: historyOf(plan, ending, calendar, rng) }))
  const opinions = opinionsOf(made, recipe, calendar, rng)
  const callers = makeCallers(Math.ceil(plans.length * 0.62), rng)
  return made
    .map(({ plan, history }, i) => ({ plan, history, opinion: opinions[i] ?? null }))
    .toSorted((a, b) => (a.history.receivedAt < b.history.receivedAt ? -1 : 1))
    .map(({ plan, history, opinion }, i) => {
      const externalNo = `GY${dayOf(history.receivedAt).replaceAll('-', '')}${String(i + 1).padStart(5, '0')}`
      return { externalNo, ...orderOf(plan, history, opinion, pickCaller(callers, rng), rng) }
    })
}

function orderOf(
  plan: Plan,
  history: History,
  opinion: Opinion | null,
  caller: Caller,
  rng: Rng,
): Omit<DemoOrder, 'externalNo'> {
  const { subject } = plan
  const day = dayOf(history.dispatchedAt)
  const town = pickTown(rng, day)
  const lead = subject.unit === 'township' ? town : departmentOf(subject.unit)
  const helper = subject.with === undefined || !plan.coHandled ? undefined : departmentOf(subject.with)
  const accused = subject.accuses === undefined || rng() < 0.4 ? undefined : pickTown(rng, day)
  const fill = filler(rng)
  const title = fill(subject.title)
  return present({
    receivedAt: history.receivedAt,
    dispatchedAt: history.dispatchedAt,
    leadUnit: lead.name,
    coUnits: helper?.name,
    accused: accused?.name,
    category: hotline.categories[subject.category],
    urgency: urgencies[plan.urgency],
    title,
    content: fill(subject.content),
    topic: topics[subject.topic],
    confidential: subject.category === 'report' && rng() < 0.3 ? '是' : '否',
    callerName: rng() < 0.04 ? '匿名' : caller.name,
    callerPhone: caller.phone,
    callerIdNo: caller.idNo,
    address: caller.address,
    area: town.shortName,
    signedAt: history.signedAt,
    dueAt: history.dueAt,
    ...extensionOf(history, rng),
    repliedAt: history.repliedAt,
    contactedAt: history.contactedAt,
    reply: history.repliedAt === null ? null : fill(subject.reply),
    reviewedAt: history.reviewedAt,
    ...opinionOf(opinion),
    returnedAt: history.returnedAt,
    returnReason: history.returnedAt === null ? null : oneOf(rng, returnReasons),
    state: stateOf(history, opinion),
  })
}

function extensionOf({ extension }: History, rng: Rng) {
  if (extension === null) return {}
  return {
    extensionAskedAt: extension.askedAt,
    extensionGrantedAt: extension.grantedAt,
    extendedTo: extension.to,
    extensionReason: oneOf(rng, extensionReasons),
  }
}

function opinionOf(opinion: Opinion | null) {
  if (opinion === null) return {}
  const { rating, resolved, screening, redo } = opinion
  return {
    calledBackAt: opinion.calledBackAt,
    callResult: callResults[opinion.callResult],
    rating: rating === null ? '未评价' : ratings[rating],
    ratedAt: opinion.ratedAt,
    resolved: resolved === null ? null : resolved ? '已解决' : '未解决',
    screening: screening === null ? null : screening.upheld ? '甄别成立' : '甄别不成立',
    screenedAt: screening?.at,
    screeningReason: screening?.reason,
    redone: redo === null ? '否' : '是',
    redoAt: redo?.at,
    redoRepliedAt: redo?.repliedAt,
  }
}

function stateOf({ repliedAt, extension }: History, opinion: Opinion | null): string {
  if (repliedAt === null) return extension === null ? platformStates.handling : '延期中'
  if (opinion === null || opinion.callResult === 'missed') return platformStates.reviewed
  return opinion.rating === 'dissatisfied' ? platformStates.closed : platformStates.archived
}

/** How many people live there, roughly: what share of the orders comes from there. */
const shares: Readonly<Record<string, number>> = {
  ...{ 东坝街道: 22, 嘉陵街道: 14, 河西街道: 9, 雪峰街道: 10, 南河街道: 9, 上西街道: 8, 万缘街道: 8 },
  ...{ 荣山镇: 4, 大石镇: 4, 盘龙镇: 3, 宝轮镇: 7, 三堆镇: 3, 赤化镇: 2, 工农镇: 2 },
}
const before = weighted(townsBefore(true))
const after = weighted(townsBefore(false))
const reform = townships.find(({ validFrom }) => validFrom !== undefined)?.validFrom ?? ''

function townsBefore(reformed: boolean): [DemoUnit, number][] {
  const towns = reformed
    ? [...townships.filter((unit) => unit.validFrom === undefined), ...dissolvedTowns]
    : townships
  return towns.map((unit) => [unit, shares[unit.shortName] ?? 1])
}

/** A township as they were on that day. */
function pickTown(rng: Rng, day: Day): DemoUnit {
  return pick(rng, day < reform ? before : after)
}

const byShortName = new Map(departments.map((unit) => [unit.shortName, unit]))

function departmentOf(shortName: string): DemoUnit {
  const found = byShortName.get(shortName)
  if (found === undefined) throw new RangeError(`no department ${shortName}`)
  return found
}

/** Fills the gaps of one order's texts; the same gap gets the same word in title, content and reply. */
function filler(rng: Rng): (text: string) => string {
  const chosen = new Map<string, string>()
  return (text) =>
    text.replace(/\{(.)(.?)\}/gu, (_, first: string, second: string) => {
      const gap = first + second
      const known = chosen.get(gap)
      if (known !== undefined) return known
      const picked = oneOf(rng, Object.entries(gaps).find(([name]) => name === gap)?.[1] ?? [])
      chosen.set(gap, picked)
      return picked
    })
}

function present<T extends Record<string, string | null | undefined>>(
  fields: T,
): Omit<DemoOrder, 'externalNo'> {
  const given = Object.entries(fields).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return Object.fromEntries(given) as unknown as Omit<DemoOrder, 'externalNo'>
}
