// The written notices 告知书 of petitions as data: for which matters each is given, what it must state, and its shipped wording.
import type { ChannelId } from './channels/index.ts'

/** What may stand in a wording; a notice is given only where all that its wording names is on record. */
export const documentFields = {
  office: '本机关名称',
  organ: '作出意见的机关名称：复查（复核）机关或者责任单位',
  unit: '责任单位名称',
  name: '信访人姓名',
  no: '编号',
  title: '信访事项',
  receivedDay: '收到日期',
  today: '出具日期',
  queryCode: '查询码',
  forwardedDay: '转送、交办日期',
  acceptedDay: '受理日期',
  dueDay: '办理期限',
  oldDueDay: '原办理期限',
  prolongReason: '延长理由',
  routeName: '法定途径',
  reason: '理由',
  groundName: '不予受理的情形',
  claim: '投诉请求',
  facts: '查明的事实',
  basis: '法律法规依据',
  opinion: '处理意见',
  outcomeName: '结论',
  stageName: '复查或者复核',
  coordination: '协调处理情况',
  opinionNo: '文号',
  deliveredDay: '送达日期',
  law: '所依据的法规',
  routeArticle: '登记、转送的条款',
  routeLimit: '登记、转送的期限',
  wayArticle: '法定途径的条款',
  groundArticle: '不予受理的条款',
  acceptArticle: '受理的条款',
  acceptLimit: '受理的期限',
  acceptDuty: '受理期限内应当告知的内容',
  handleArticle: '办理的条款',
  handlePromise: '办理期限或者办理方式',
  prolongArticle: '延长期限的条款',
  opinionArticle: '处理意见的条款',
  reviewArticle: '申请复查（复核）的条款',
  reviewLimit: '申请复查（复核）的期限',
  finalityArticle: '终结的条款',
  conclusion: '终结的告知，撤销的为重新办理的告知',
} as const
export type DocumentField = keyof typeof documentFields

export interface DocumentKind {
  label: string
  channels: readonly ChannelId[]
  /** A line begins with `# ` (title), `> ` (signature at the right) or `@ ` (addressee); every other one is a paragraph. */
  wording: string
}

const petitions = ['visit', 'letter'] as const
const reviews = ['review', 'recheck'] as const
const signed = '> {office}\n> {today}'
const signedByOrgan = '> {organ}\n> {today}'
const signedByUnit = '> {unit}\n> {today}'

export const documents = {
  receipt: {
    label: '信访事项登记凭证',
    channels: petitions,
    wording: `# 信访事项登记凭证
@ {name}：
你（们）反映的“{title}”信访事项，本机关已于{receivedDay}收到并登记，编号{no}。
根据{routeArticle}的规定，本机关将在收到之日起{routeLimit}内转送、交办有权处理的机关，或者告知你（们）办理途径。
凭查询码{queryCode}和登记的电话号码后四位，可以查询办理情况。
${signed}`,
  },
  forwarding: {
    label: '转送（交办）告知书',
    channels: petitions,
    wording: `# 信访事项转送告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），依法属于{unit}职责范围。根据{routeArticle}的规定，本机关已于{forwardedDay}将该事项转送（交办）{unit}处理。
{unit}将根据{acceptArticle}的规定，自收到之日起{acceptLimit}内{acceptDuty}。请与该单位联系，并配合其依法办理。
${signed}`,
  },
  acceptance: {
    label: '受理告知书',
    channels: petitions,
    wording: `# 信访事项受理告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），根据{acceptArticle}的规定，本单位于{acceptedDay}决定予以受理。
根据{handleArticle}的规定，{handlePromise}。
${signedByUnit}`,
  },
  refusal: {
    label: '不予受理告知书',
    channels: petitions,
    wording: `# 信访事项不予受理告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），经审查，属于“{groundName}”的情形，根据{groundArticle}的规定，决定不予受理。
理由和应当通过的途径：{reason}
${signedByUnit}`,
  },
  route: {
    label: '程序性告知书',
    channels: petitions,
    wording: `# 信访事项程序性告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），经审查，应当通过“{routeName}”途径解决。根据{wayArticle}的规定，现告知如下：
{reason}
请依照法定程序向有关机关提出。
${signed}`,
  },
  final: {
    label: '不再受理告知书',
    channels: petitions,
    wording: `# 信访事项不再受理告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），经审查，与已经复核终结的信访事项系同一事实和理由。根据{finalityArticle}的规定，各级机关、单位不再受理。
说明：{reason}
${signed}`,
  },
  prolongation: {
    label: '延长办理期限告知书',
    channels: petitions,
    wording: `# 信访事项延长办理期限告知书
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），原定办理期限为{oldDueDay}。因{prolongReason}，情况复杂，根据{prolongArticle}的规定，经本单位负责人批准，办理期限延长至{dueDay}。
${signedByUnit}`,
  },
  opinion: {
    label: '信访事项处理意见书',
    channels: petitions,
    wording: `# 信访事项处理意见书
## {opinionNo}
@ {name}：
你（们）反映的“{title}”信访事项（编号{no}），本单位依法受理并调查核实，现根据{opinionArticle}的规定答复如下：
一、投诉请求：{claim}
二、查明的事实：{facts}
三、依据：{basis}
四、处理意见（{outcomeName}）：{opinion}
如对本处理意见不服，根据{reviewArticle}的规定，可以自收到本意见书之日起{reviewLimit}内，向本单位的上一级机关、单位书面申请复查。
${signedByUnit}`,
  },
  'review-acceptance': {
    label: '复查（复核）申请受理告知书',
    channels: reviews,
    wording: `# 信访事项{stageName}申请受理告知书
@ {name}：
你（们）就“{title}”信访事项提出的{stageName}申请（编号{no}），本机关已于{receivedDay}收到，于{acceptedDay}决定予以受理，根据{acceptArticle}的规定，将于{dueDay}前作出{stageName}意见并书面答复你（们）。
${signedByOrgan}`,
  },
  'review-refusal': {
    label: '复查（复核）申请不予受理告知书',
    channels: reviews,
    wording: `# 信访事项{stageName}申请不予受理告知书
@ {name}：
你（们）就“{title}”信访事项提出的{stageName}申请（编号{no}），经审查，属于“{groundName}”的情形，根据{groundArticle}的规定，决定不予受理。
理由：{reason}
${signedByOrgan}`,
  },
  'review-coordination': {
    label: '复查（复核）申请协调处理告知书',
    channels: reviews,
    wording: `# 信访事项{stageName}申请协调处理告知书
@ {name}：
你（们）就“{title}”信访事项提出的{stageName}申请（编号{no}），本机关已于{receivedDay}收到。经审查，该申请转协调处理，现将协调处理情况告知如下：
{coordination}
${signedByOrgan}`,
  },
  review: {
    label: '信访事项复查意见书',
    channels: ['review'],
    wording: `# 信访事项复查意见书
## {opinionNo}
@ {name}：
你（们）因不服“{title}”信访事项处理意见提出的复查申请（编号{no}），本机关依法受理并复查，现根据{opinionArticle}的规定答复如下：
一、申请请求：{claim}
二、查明的事实：{facts}
三、依据：{basis}
四、复查意见（{outcomeName}）：{opinion}
如对本复查意见不服，根据{reviewArticle}的规定，可以自收到本意见书之日起{reviewLimit}内，向本机关的上一级机关、单位书面申请复核。
${signedByOrgan}`,
  },
  recheck: {
    label: '信访事项复核意见书',
    channels: ['recheck'],
    wording: `# 信访事项复核意见书
## {opinionNo}
@ {name}：
你（们）因不服“{title}”信访事项复查意见提出的复核申请（编号{no}），本机关依法受理并复核，现根据{opinionArticle}的规定答复如下：
一、申请请求：{claim}
二、查明的事实：{facts}
三、依据：{basis}
四、复核意见（{outcomeName}）：{opinion}
{conclusion}
${signedByOrgan}`,
  },
  delivery: {
    label: '送达回证',
    channels: [...petitions, ...reviews],
    wording: `# 送达回证
送达文书：{opinionNo}
受送达人：{name}
信访事项：{title}（编号{no}）
送达日期：{deliveredDay}
受送达人签名：
送达人签名：
${signedByOrgan}`,
  },
} as const satisfies Record<string, DocumentKind>
export type DocumentId = keyof typeof documents
export const documentIds = Object.keys(documents) as [DocumentId, ...DocumentId[]]
