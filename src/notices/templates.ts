// The texts of messages as data: what is shipped, the placeholders each may hold, and how one is filled and counted.

/** What may stand in a text, with a value to show it by. */
export const placeholders = {
  office: { label: '单位名称', sample: '利州区群众工作局' },
  no: { label: '办件编号', sample: 'RX-510802-20200814-000001' },
  queryCode: { label: '查询码', sample: 'K7QF-2MPX-9TRD' },
} as const
export type Placeholder = keyof typeof placeholders

export interface Template {
  label: string
  /** The events behind which it is sent. */
  events: readonly string[]
  /** Channels whose matters it is sent for; all without it. */
  channels?: readonly string[]
  text: string
  /** Whether it is sent until the office decides otherwise. */
  enabled: boolean
}

export const templates = {
  registered: {
    label: '登记告知',
    events: ['matter.register'],
    text: '【{office}】您反映的事项已登记，编号{no}，查询码{queryCode}，凭查询码和手机号后四位可查询办理情况。',
    enabled: false,
  },
  'ask-rating': {
    label: '满意度回访',
    events: ['matter.approve', 'matter.direct-reply'],
    channels: ['hotline', 'mailbox'],
    text: '【{office}】您反映的事项（编号{no}）已答复，请回复数字评价：1满意 2基本满意 3不满意。',
    enabled: true,
  },
  replied: {
    label: '答复告知',
    events: ['matter.issue', 'matter.answer-at-once'],
    text: '【{office}】您反映的事项（编号{no}）已有答复，凭查询码{queryCode}和手机号后四位可查询。',
    enabled: false,
  },
} as const satisfies Record<string, Template>
export type TemplateKey = keyof typeof templates

export const templateKeys = Object.keys(templates) as [TemplateKey, ...TemplateKey[]]

/** Template keys by the event behind which they are sent. */
export function templatesAfter(eventType: string): TemplateKey[] {
  return templateKeys.filter((key) => (templates[key].events as readonly string[]).includes(eventType))
}

const PLACE = /\{([^{}]*)\}/g

/** The first placeholder of a text that there is none of, or undefined. */
export function unknownPlaceholder(text: string): string | undefined {
  return [...text.matchAll(PLACE)]
    .map(([, name = '']) => name)
    .find((name) => !Object.hasOwn(placeholders, name))
}

export function fill(text: string, values: Readonly<Record<Placeholder, string>>): string {
  return text.replaceAll(PLACE, (_, name: string) => values[name as Placeholder])
}

/** How many messages a text is charged as: 70 characters in one, 67 in each of several. */
export function segmentsOf(text: string): number {
  const length = text.length // UTF-16 units, as the networks count
  return length <= 70 ? 1 : Math.ceil(length / 67)
}

/** A rating as people type it: 1, １, 1满意, 「2。」, 不满意; undefined when it cannot be told. */
export function readRating(text: string): 'satisfied' | 'basic' | 'dissatisfied' | undefined {
  const plain = text.normalize('NFKC').replaceAll(/[\s。.,，!！"“”「」'、]/g, '')
  const match = /^(?:([123])(满意|基本满意|不满意)?|(满意|基本满意|不满意))$/.exec(plain)
  if (match === null) return undefined
  const byWord = WORDS[match[2] ?? match[3] ?? '']
  const byDigit = DIGITS[match[1] ?? '']
  // 「1不满意」says two things, so it says nothing.
  if (byWord !== undefined && byDigit !== undefined && byWord !== byDigit) return undefined
  return byDigit ?? byWord
}

const DIGITS: Record<string, 'satisfied' | 'basic' | 'dissatisfied'> = {
  1: 'satisfied',
  2: 'basic',
  3: 'dissatisfied',
}
const WORDS: Record<string, 'satisfied' | 'basic' | 'dissatisfied'> = {
  满意: 'satisfied',
  基本满意: 'basic',
  不满意: 'dissatisfied',
}
