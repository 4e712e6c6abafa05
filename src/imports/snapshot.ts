// What an import keeps of an order to compare the next file with: its facts, and digests of its texts. Pure.
import { hash } from 'node:crypto'
import type { FieldId } from './columns.ts'
import type { Order } from './order.ts'

/** An order without its deadlines (the legs hold them) and with digests in the place of texts. */
export type Snapshot = Omit<Order, 'promise'> & {
  /** What a file told and we did not take over: the timeline has it, once. */
  heard?: Partial<Record<Part, Form>>
}

/** What is compared: the part of an order → the column that it comes from. */
export const parts = {
  title: 'title',
  content: 'content',
  category: 'category',
  urgency: 'urgency',
  topic: 'topic',
  regionCode: 'area',
  confidential: 'confidential',
  coUnitIds: 'coUnits',
  accusedUnitIds: 'accused',
  receivedAt: 'receivedAt',
  dispatchedAt: 'dispatchedAt',
  leadUnitId: 'leadUnit',
  givenSignDueAt: 'signDueAt',
  givenDueAt: 'dueAt',
  signedAt: 'signedAt',
  contactedAt: 'contactedAt',
  extension: 'extendedTo',
  returnedAt: 'returnedAt',
  returnReason: 'returnReason',
  repliedAt: 'repliedAt',
  reply: 'reply',
  acceptedAt: 'reviewedAt',
  calledBackAt: 'calledBackAt',
  callResult: 'callResult',
  rating: 'rating',
  ratedAt: 'ratedAt',
  resolved: 'resolved',
  screening: 'screening',
  redo: 'redoAt',
  state: 'state',
} as const satisfies Partial<Record<keyof Order, FieldId>>

export type Part = keyof typeof parts
export const partNames = Object.keys(parts) as Part[]

const texts: ReadonlySet<Part> = new Set(['title', 'content', 'reply', 'returnReason'])

/** Whether a part is free text, which may hold personal data and never leaves its row. */
export function isText(part: Part): boolean {
  return texts.has(part)
}

const DIGEST = /^~[\w-]{22}$/

function digest(text: string): string {
  return DIGEST.test(text) ? text : `~${hash('sha256', text, 'base64url').slice(0, 22)}`
}

/** `before`: where texts that a newer file leaves blank have their digests from. */
export function snapshotOf(order: Order, before?: Snapshot, heard?: Snapshot['heard']): Snapshot {
  const { promise: _, ...facts } = order
  const { extension, screening } = facts
  const reply = facts.reply ?? before?.reply ?? null
  const returnReason = facts.returnReason ?? before?.returnReason ?? null
  const title = facts.title ?? before?.title ?? null
  const content = facts.content ?? before?.content ?? null
  return {
    ...facts,
    title: title === null ? null : digest(title),
    content: content === null ? null : digest(content),
    reply: reply === null ? null : digest(reply),
    returnReason: returnReason === null ? null : digest(returnReason),
    extension: extension === null ? null : { ...extension, reason: null },
    screening: screening === null ? null : { ...screening, reason: null },
    ...(heard === undefined || Object.keys(heard).length === 0 ? {} : { heard }),
  }
}

/** As it is stored: what says nothing is left out. */
export function writeSnapshot(snapshot: Snapshot): string {
  let json = ''
  for (const key of MEMBERS) {
    const value = snapshot[key]
    if (value === null || value === undefined || isEmpty(value)) continue
    json += `${json === '' ? '' : ','}"${key}":${JSON.stringify(value)}`
  }
  return `{${json}}`
}

export function parseSnapshot(text: string): Snapshot {
  return { ...SILENT, ...(JSON.parse(text) as Partial<Snapshot>) }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

const SILENT: Snapshot = {
  ...{
    externalNo: '',
    receivedAt: '',
    dispatchedAt: null,
    leadUnitId: null,
    coUnitIds: [],
    accusedUnitIds: [],
  },
  ...{
    category: null,
    urgency: null,
    topic: null,
    title: null,
    content: null,
    confidential: null,
    regionCode: null,
  },
  ...{ givenSignDueAt: null, givenDueAt: null, signedAt: null, contactedAt: null, extension: null },
  ...{
    returnedAt: null,
    returnReason: null,
    repliedAt: null,
    reply: null,
    acceptedAt: null,
    calledBackAt: null,
  },
  ...{
    callResult: null,
    rating: null,
    ratedAt: null,
    resolved: null,
    screening: null,
    redo: null,
    state: null,
  },
}

const MEMBERS = [...Object.keys(SILENT), 'heard'] as (keyof Snapshot)[]

/** A kept text of which only the digest is known says nothing: the row has the text. */
export function withoutDigests(order: Order): Order {
  const known = (text: string | null) => (text === null || DIGEST.test(text) ? null : text)
  return {
    ...order,
    title: known(order.title),
    content: known(order.content),
    reply: known(order.reply),
    returnReason: known(order.returnReason),
  }
}

/** What parts are compared by. */
export type Form = string | boolean | null

/** One comparable form of a part; null when it says nothing. */
export function formOf(order: Order | Snapshot, part: Part): Form {
  switch (part) {
    case 'extension': {
      const { extension } = order
      return extension === null
        ? null
        : [extension.askedAt, extension.grantedAt, extension.newDueAt].join(' ')
    }
    case 'screening':
      return order.screening === null
        ? null
        : `${order.screening.upheld ? 'upheld' : 'rejected'} ${order.screening.at}`
    case 'redo':
      return order.redo === null ? null : [order.redo.at, order.redo.repliedAt ?? ''].join(' ')
    case 'coUnitIds':
    case 'accusedUnitIds':
      return order[part].length === 0 ? null : order[part].toSorted().join(' ')
    default: {
      const value = order[part]
      return typeof value === 'string' && texts.has(part) ? digest(value) : value
    }
  }
}
