// What a written notice may state of a matter: each field from the record, or null where nothing is on record yet.
import type { Limit } from '../calendar/rules.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import type { Petition } from './case.ts'
import {
  declineArticles,
  declineGrounds,
  legalRoutes,
  opinionOutcomes,
  reviewGroundArticles,
  reviewGrounds,
  reviewResults,
  routeArticles,
  type DeclineGround,
  type LegalRoute,
  type ReviewGround,
} from './petition-terms.ts'
import type { DocumentField } from './document-terms.ts'
import type { Opened } from './queries.ts'
import { regimeOf } from './regimes.ts'
import { classOf } from './rules.ts'

export type DocumentFacts = Record<DocumentField, string | null>

const titles: Record<string, string> = {
  '国信发〔2014〕4号': '关于进一步规范信访事项受理办理程序引导来访人依法逐级走访的办法',
  '国信发〔2016〕8号': '信访事项简易办理办法（试行）',
}

/** 《信访条例》第二十一条第一款第（一）项 for `信访条例 art. 21(1)(一)`; several apart by `; `; what is no article stays as it is. */
export function articleText(sources: string): string {
  return sources.split('; ').map(oneArticle).join('、')
}

function oneArticle(source: string): string {
  const parts = /^(\S+) arts?\.? (\d+)(?:\((\d+)\))?(?:\(([一二三四五六七八九十]+)\))?/.exec(source)
  if (parts === null) return source in titles ? `《${titles[source]}》（${source}）` : source
  const [, law = '', article = '', clause, item] = parts
  const inClause = clause === undefined ? '' : `第${numeral(Number(clause))}款`
  return `《${law}》第${numeral(Number(article))}条${inClause}${item === undefined ? '' : `第（${item}）项`}`
}

const DIGITS = '零一二三四五六七八九'

/** 1 to 99 as articles are numbered. */
export function numeral(n: number): string {
  const tens = Math.floor(n / 10)
  const ones = n % 10
  const head = tens === 0 ? '' : `${tens === 1 ? '' : DIGITS[tens]}十`
  return `${head}${ones === 0 && tens > 0 ? '' : DIGITS[ones]}`
}

/** 2020年8月14日. */
function dayText(at: Instant): string {
  const [year, month, day] = dayOf(at).split('-').map(Number)
  return `${year}年${month}月${day}日`
}

const units = { day: '日', workday: '个工作日', hour: '小时', workhour: '个工作小时' } as const
const limitText = ({ n, unit }: Limit) => `${n}${units[unit]}`

/** The stage that it is itself; none for what it is asked of. */
const stageOf = ({ channel }: Opened) => (channel === 'review' || channel === 'recheck' ? channel : undefined)
const stageNames = { review: '复查', recheck: '复核' } as const

function groundSource(matter: Opened, { declineGround, regime }: Petition): string {
  const { id: law, clocks } = regimeOf(regime)
  const stage = stageOf(matter)
  if (stage === undefined) return declineArticles[declineGround as DeclineGround][law]
  return reviewGroundArticles[declineGround as ReviewGround]?.[law] ?? clocks[stage].article
}

/** `name` is the petitioner's, opened by the caller; everything else is on the matter. */
export function documentFacts(
  matter: Opened,
  given: { name: string | null; office: string; now: Instant; queryCode: string | null },
): DocumentFacts {
  const { petition } = matter
  if (petition === null) throw new Error('only petitions have written notices')
  const { id: law, clocks, articles, prolongation, label, otherWays } = regimeOf(petition.regime)
  const stage = stageOf(matter)
  const opinion = (matter.opinions ?? []).findLast(({ accepted }) => accepted === true)
  const routed = matter.legs.find(({ kind }) => kind === 'accept')
  const prolonged = matter.extensions.findLast(({ granted, days }) => granted === true && days !== null)
  const outcomes: Record<string, string> = { ...opinionOutcomes, ...reviewResults }
  const grounds: Record<string, string> = stage === undefined ? declineGrounds : reviewGrounds
  const routes: Record<string, string> = legalRoutes
  const way = otherWays[classOf({ petition })]
  const handle = matter.legs.findLast(({ kind }) => kind === (stage === undefined ? 'handle' : 'review'))
  const finality = articleText(articles.finality)
  const day = (at: Instant | null | undefined) => (at === null || at === undefined ? null : dayText(at))
  const known = (table: Record<string, string>, key: string | null | undefined) =>
    key === null || key === undefined ? null : (table[key] ?? key)
  // What the state said is gone once it is archived.
  const noLonger = matter.events.some(({ type }) => type === 'matter.no-longer-accept')
  const decided =
    ['redirected', 'not-accepted', 'no-longer-accepted'].includes(matter.state) ||
    petition.route !== null ||
    petition.declineGround !== null
  const dueDay = petition.acceptedAt === null ? null : day(handle?.effectiveDueAt)
  // What was granted or begun anew since, acceptance did not promise. A leg that became another class's was never a claim's.
  const first = matter.legs.find(({ kind, outcome }) => kind === 'handle' && outcome !== 'accepted')
  const grown = matter.extensions.find(({ granted, legId }) => granted === true && legId === first?.id)
  const promisedDay = petition.acceptedAt === null ? null : day(grown?.oldDueAt ?? first?.effectiveDueAt)
  // Neither simple handling, nor a superior's deadline, nor a review is prolonged.
  const mayGrow = stage === undefined && !petition.simple && handle?.limit !== null
  const prolonging = mayGrow ? '；情况复杂需要延长期限的，本单位将书面告知延长理由' : ''
  const inTime = promisedDay === null ? null : `该事项应当于${promisedDay}前办结${prolonging}`
  const handling = petition.simple ? clocks.simpleHandle : clocks.handle
  const accepting = petition.simple ? clocks.simpleAccept : clocks.accept
  const asking = clocks[stage === 'review' ? 'requestRecheck' : 'requestReview']
  const unit = routed === undefined ? null : matter.leadUnit
  return {
    office: given.office,
    organ: (stage === undefined ? unit : petition.organ) ?? given.office,
    unit,
    name: given.name,
    no: matter.no,
    // A review's own title says that it is one, and of what.
    title: matter.title.replace(/^(?:信访复[查核]申请[:：])+/, ''),
    receivedDay: day(matter.receivedAt),
    today: day(given.now),
    queryCode: given.queryCode,
    forwardedDay: day(routed?.dispatchedAt),
    acceptedDay: day(petition.acceptedAt),
    dueDay,
    oldDueDay: day(prolonged?.oldDueAt),
    prolongReason: prolonged?.reason ?? null,
    routeName: known(routes, petition.route),
    reason: decided ? matter.publicReply : null,
    groundName: noLonger ? null : known(grounds, petition.declineGround),
    claim: opinion?.claim ?? null,
    facts: opinion?.facts ?? null,
    basis: opinion?.basis ?? null,
    opinion: opinion?.opinion ?? null,
    outcomeName: known(outcomes, opinion?.outcome),
    stageName: stage === undefined ? null : stageNames[stage],
    coordination: matter.notes.findLast(({ act }) => act === 'coordinate')?.text ?? null,
    opinionNo: petition.opinionNo,
    deliveredDay: day(petition.deliveredAt),
    law: label,
    routeArticle: articleText(clocks.route.article),
    routeLimit: limitText(clocks.route.limit),
    wayArticle:
      petition.route === null ? null : articleText(routeArticles[petition.route as LegalRoute][law]),
    groundArticle: petition.declineGround === null ? null : articleText(groundSource(matter, petition)),
    acceptArticle: articleText(stage === undefined ? accepting.article : clocks[stage].article),
    acceptLimit: stage === undefined ? limitText(accepting.limit) : null,
    acceptDuty: stage === undefined ? accepting.duty : null,
    handleArticle: petition.acceptedAt === null ? null : articleText((way ?? handling).article),
    handlePromise: way === undefined ? inTime : way.promise,
    prolongArticle: articleText(prolongation.article),
    opinionArticle: articleText(stage === undefined ? articles.opinion : clocks[stage].article),
    reviewArticle: articleText(asking.article),
    reviewLimit: limitText(asking.limit),
    finalityArticle: noLonger || stage === 'recheck' ? finality : null,
    conclusion: stage === 'recheck' ? concluding(opinion?.outcome, finality) : null,
  }
}

/** What follows from a recheck opinion: only one that stands ends the matter. */
function concluding(outcome: string | null | undefined, finality: string): string | null {
  if (outcome === null || outcome === undefined) return null
  return outcome === 'revoked'
    ? '原意见已撤销，该信访事项由原办理机关、单位重新办理，办理结果将另行书面告知你（们）。'
    : `本复核意见为该信访事项的终结意见。根据${finality}的规定，你（们）对本意见不服，仍然以同一事实和理由提出投诉请求的，各级机关、单位不再受理。`
}
