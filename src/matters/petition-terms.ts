// The vocabularies of petitions as data: levels and venues of visits, classes, routes, grounds with their articles, outcomes.
import type { RegimeId } from './regimes.ts'

/** Where a visit went, the nearest first; domain.md 3.1. */
export const visitLevels = { district: '到区', city: '到市', province: '到省', beijing: '进京' } as const
export type VisitLevel = keyof typeof visitLevels

/** Which organ is competent, in the same order: a visit that goes more than one level above it skips a level. */
export const competentLevels = { township: '乡镇（街道）', ...visitLevels } as const
export type CompetentLevel = keyof typeof competentLevels

export const venues = { reception: '接待场所', 'non-reception': '非接待场所' } as const
export const visitModes = { onsite: '现场', video: '视频接访' } as const
export const receptionKinds = { received: '接访', field: '下访', appointed: '约访' } as const

/** 信访工作条例 arts 29–31. */
export const matterClasses = {
  suggestion: '建议意见类',
  accusation: '检举控告类',
  claim: '申诉求决类',
} as const
export type MatterClass = keyof typeof matterClasses

/** 信访条例 art. 21(1); 信访工作条例 arts 22(2), 31(1)–(5): the procedure that the petitioner is told of. */
export const legalRoutes = {
  court: '诉讼、检察、公安程序',
  arbitration: '仲裁',
  party: '党员申诉、申请复审',
  administrative: '行政复议、裁决、确认、许可、处罚等行政程序',
  protection: '申请查处、履行保护职责',
  congress: '人民代表大会及其常务委员会职权',
} as const
export type LegalRoute = keyof typeof legalRoutes

type Articles = Record<RegimeId, string>
const otherRoute = '信访条例 art. 21(1)(一)'
const otherPower: Articles = {
  XF2005: `信访条例 art. 15; ${otherRoute}`,
  XF2022: '信访工作条例 art. 22(2)',
}

/** Where it stands that each is told; several sources apart by `; `. */
export const routeArticles: Record<LegalRoute, Articles> = {
  court: { XF2005: otherRoute, XF2022: '信访工作条例 art. 31(一)' },
  arbitration: { XF2005: otherRoute, XF2022: '信访工作条例 art. 31(二)' },
  party: { XF2005: otherRoute, XF2022: '信访工作条例 art. 31(三)' },
  administrative: { XF2005: otherRoute, XF2022: '信访工作条例 art. 31(四)' },
  protection: { XF2005: otherRoute, XF2022: '信访工作条例 art. 31(五)' },
  congress: otherPower,
}

/** 国信发〔2014〕4号: when a visit is not accepted; the routes stand beside them. */
export const declineGrounds = {
  'other-power': '属于人大、法院、检察院职权范围',
  'skip-level': '跨越本级和上一级机关走访',
  pending: '已经受理或者正在办理',
  'no-review-asked': '对处理意见不服，未提出复查（复核）请求',
  'review-lapsed': '无正当理由超过复查（复核）申请期限',
  concluded: '已经审核认定办结或复查复核终结备案',
  'legal-route': '依法应当通过其他法定途径解决',
} as const
export type DeclineGround = keyof typeof declineGrounds

/** Grounds that only a visit can have, or only one that skips a level. */
export const groundsOfVisits: Partial<Record<DeclineGround, 'visit' | 'skip'>> = {
  'skip-level': 'skip',
  'no-review-asked': 'visit',
  'review-lapsed': 'visit',
}

const stepwiseRule = '国信发〔2014〕4号'
const pendingElsewhere: Articles = { XF2005: '信访条例 art. 16', XF2022: '信访工作条例 art. 19(3)' }
const reviewInstead: Articles = {
  XF2005: `信访条例 art. 34; ${stepwiseRule}`,
  XF2022: `信访工作条例 art. 35; ${stepwiseRule}`,
}

/** What refusing on each ground rests on. */
export const declineArticles: Record<DeclineGround, Articles> = {
  'other-power': otherPower,
  'skip-level': {
    XF2005: `信访条例 art. 16; ${stepwiseRule}`,
    XF2022: `信访工作条例 art. 20(1); ${stepwiseRule}`,
  },
  pending: pendingElsewhere,
  'no-review-asked': reviewInstead,
  'review-lapsed': reviewInstead,
  concluded: { XF2005: '信访条例 art. 35(3)', XF2022: '信访工作条例 art. 36(3)' },
  'legal-route': { XF2005: otherRoute, XF2022: '信访工作条例 art. 22(2); 信访工作条例 art. 31' },
}

/** 信访条例 art. 32; 信访工作条例 art. 32. */
export const opinionOutcomes = {
  supported: '予以支持',
  explained: '合理但缺乏法律依据，解释说明',
  'not-supported': '不予支持',
} as const

export const deliveryWays = { personal: '当面', post: '邮寄', other: '其他' } as const
export const deliveryReceipts = { signed: '签收', refused: '拒收' } as const

/** How a request for review was taken in; domain.md 3.1. */
export const reviewIntakes = {
  accepted: '受理',
  'not-accepted': '不予受理',
  coordinated: '协调处理',
} as const

export const reviewGrounds = {
  'legal-route': '应当通过其他法定途径解决',
  'wrong-organ': '不属于本机关的复查复核范围',
  late: '无正当理由超过申请期限',
  pending: '正在办理',
  'new-matter': '超出原信访事项的新请求',
} as const
export type ReviewGround = keyof typeof reviewGrounds

/** What refusing a review rests on where it is not the article of the review itself. */
export const reviewGroundArticles: Partial<Record<ReviewGround, Articles>> = {
  'legal-route': { XF2005: otherRoute, XF2022: '信访工作条例 art. 31' },
  pending: pendingElsewhere,
}

export const reviewResults = { upheld: '维持', changed: '变更', revoked: '撤销并责令重新办理' } as const

/** 是否依法逐级走访: what skips no level goes level by level. */
export const stepwise = { yes: '依法逐级走访', no: '越级走访' } as const

const ranks = Object.keys(competentLevels) as CompetentLevel[]

/** 越级 (信访条例 art. 16; 信访工作条例 art. 20(1)): beyond the competent organ's own level and the next higher one. */
export function skipsLevel(visited: VisitLevel, competent: CompetentLevel): boolean {
  return ranks.indexOf(visited) - ranks.indexOf(competent) > 1
}
