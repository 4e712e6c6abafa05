// Makes an order of a row, or says what is wrong with it: cells first, then what they say together. Pure.
import type { Calendar } from '../calendar/days.ts'
import { safeValue } from '../people/safe-values.ts'
import { dayOf, type Instant } from '../platform/clock.ts'
import type { FieldId } from './columns.ts'
import type { Finding } from './findings.ts'
import type { Header } from './header.ts'
import type { Caller, Order } from './order.ts'
import { readAcceptance, readRating, readReply, readScreening, readState } from './outcomes.ts'
import type { Places } from './places.ts'
import { readPromises } from './promises.ts'
import { readerOf, type RowReader } from './readers.ts'
import type { SheetRow } from './sheet.ts'
import { isRedoUntold } from './states.ts'
import { readTimes, type Times } from './times.ts'
import { topicOf, words } from './words.ts'

export interface CheckSetting {
  header: Header
  /** Everything later is the future. */
  now: Instant
  calendar: Calendar
  places: Places
}

export interface Checked {
  row: number
  /** The number, as far as it can be read. */
  externalNo: string | null
  /** Null when there is an error. */
  order: Order | null
  /** Null when nothing of the caller is known. */
  caller: Caller | null
  errors: Finding[]
  warnings: Finding[]
}

export function checkRow(row: SheetRow, setting: CheckSetting): Checked {
  const reader = readerOf(row, setting.header, setting.now)
  if (row.merged !== undefined) reader.fail(null, 'value/merged', row.merged.slice(0, 3).join('、'))
  const externalNo = readNumber(row, reader, setting.header)
  const times = readTimes(reader, setting.calendar)
  const order = externalNo === null || times === null ? null : readOrder(externalNo, times, reader, setting)
  const caller = readCaller(reader, setting.now)
  const { errors, warnings } = reader
  return { row: row.n, externalNo, order: errors.length > 0 ? null : order, caller, errors, warnings }
}

function readNumber(row: SheetRow, reader: RowReader, header: Header): string | null {
  const cell = row.cells[header.at.get('externalNo') ?? -1]
  const text = reader.code('externalNo')
  if (text === null) {
    reader.fail('externalNo', 'value/missing')
  } else if (typeof cell?.v === 'number' && !Number.isSafeInteger(cell.v)) {
    reader.fail('externalNo', 'value/precision-lost')
  } else if (/^(?:1[3-9]\d{9}|\d{17}[\dXx])$/.test(text)) {
    reader.fail('externalNo', 'value/looks-personal')
  } else if (!/^[A-Za-z0-9_\-/.()〔〕[\]第号]{4,40}$/.test(text)) {
    reader.fail('externalNo', 'value/number-format', '', safeValue(text))
  } else {
    return text
  }
  return null
}

function readOrder(externalNo: string, times: Times, reader: RowReader, setting: CheckSetting): Order | null {
  const { places } = setting
  const { receivedAt, dispatchedAt } = times
  const day = dayOf(dispatchedAt ?? receivedAt)
  const { title, content } = readTexts(reader)
  const category = readWord(reader, 'category', words.category, 'word/category-unknown')
  const urgency = readWord(reader, 'urgency', words.urgency, 'word/urgency-unknown')
  const accusedUnitIds = readAccused(reader, places, day)
  const leadUnitId = readLead(reader, places, day, times)
  if (leadUnitId !== null && accusedUnitIds.some((id) => places.within(leadUnitId, id))) {
    reader.warnOfAccused('accused', 'unit/accused-holds', accusedUnitIds)
  }
  const { promise, extension, redo } = readPromises(reader, times, { category, urgency }, setting.calendar)
  const state = readState(reader, times)
  const settled = readRating(reader, times)
  const order: Order = {
    externalNo,
    receivedAt,
    dispatchedAt,
    leadUnitId,
    coUnitIds: readCoUnits(reader, places, day, leadUnitId),
    accusedUnitIds,
    category,
    urgency,
    topic: readWord(reader, 'topic', topicOf, 'word/topic-unknown'),
    title,
    content,
    confidential: reader.flag('confidential'),
    regionCode: readArea(reader, places, day),
    givenSignDueAt: times.signDueAt,
    givenDueAt: times.dueAt,
    promise,
    signedAt: times.signedAt,
    contactedAt: times.contactedAt,
    extension,
    returnedAt: times.returnedAt,
    returnReason: reader.text('returnReason'),
    repliedAt: times.repliedAt,
    reply: readReply(reader, times),
    acceptedAt: readAcceptance(reader, times, settled.calledBackAt, state),
    ...settled,
    screening: readScreening(reader, times, settled),
    redo,
    state,
  }
  if (isRedoUntold(order)) reader.warn('redoAt', 'redo/reply-missing')
  return order
}

function readTexts(reader: RowReader): Pick<Order, 'title' | 'content'> {
  const content = reader.text('content')
  const title = reader.text('title')
  if (content === null && title === null) reader.fail('content', 'content/missing')
  return { title, content }
}

function readWord<M extends string>(
  reader: RowReader,
  field: FieldId,
  find: (text: string) => M | '' | undefined,
  code: 'word/category-unknown' | 'word/urgency-unknown' | 'word/topic-unknown',
): M | null {
  const text = reader.code(field)
  if (text === null) return null
  const found = find(text)
  if (found === undefined) reader.warn(field, code, safeValue(text))
  return found === undefined || found === '' ? null : found
}

function findUnit(
  reader: RowReader,
  field: FieldId,
  places: Places,
  text: string,
  day: string,
): string | null {
  const found = places.unit(text, day)
  if ('id' in found) return found.id
  if (found.code === 'unit/abolished') {
    const insert = found.successor === null ? found.name : `${found.name}(已并入${found.successor})`
    reader.fail(field, found.code, insert, found.name)
  } else if (found.code === 'unit/not-yet') {
    reader.fail(field, found.code, found.name, found.name)
  } else {
    reader.fail(field, found.code, safeValue(text), safeValue(text))
  }
  return null
}

function readLead(reader: RowReader, places: Places, day: string, times: Times): string | null {
  const text = reader.code('leadUnit')
  if (text !== null) {
    if (times.dispatchedAt === null) reader.fail('dispatchedAt', 'unit/dispatch-missing')
    return findUnit(reader, 'leadUnit', places, text, day)
  }
  if (times.dispatchedAt !== null) reader.fail('leadUnit', 'unit/missing')
  else if (times.signedAt !== null || times.returnedAt !== null)
    reader.fail('dispatchedAt', 'unit/dispatch-missing')
  return null
}

function namesIn(reader: RowReader, field: FieldId): string[] {
  const parts = reader.code(field)?.split(/[、,,;;/|\n]+/) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

function readCoUnits(reader: RowReader, places: Places, day: string, lead: string | null): string[] {
  const found = namesIn(reader, 'coUnits').flatMap(
    (part) => findUnit(reader, 'coUnits', places, part, day) ?? [],
  )
  return [...new Set(found)].filter((id) => id !== lead)
}

function readAccused(reader: RowReader, places: Places, day: string): string[] {
  const { ids, left } = places.accused(namesIn(reader, 'accused'), day)
  for (const code of left) reader.warn('accused', code)
  return ids
}

function readArea(reader: RowReader, places: Places, day: string): string | null {
  const text = reader.code('area')
  if (text === null) {
    const address = reader.has('address') ? reader.code('address') : null
    return address === null ? null : places.areaOfAddress(address, day)
  }
  const found = places.area(text, day)
  if (found === undefined) reader.warn('area', 'area/unknown', '', safeValue(text))
  else if (found.dissolvedInto !== undefined)
    reader.warn('area', 'area/dissolved', found.dissolvedInto, safeValue(text))
  return found?.code ?? null
}

function readCaller(reader: RowReader, now: Instant): Caller | null {
  const caller = {
    name: reader.name('callerName'),
    phone: reader.phone('callerPhone'),
    idNo: reader.idNo('callerIdNo', dayOf(now)),
    address: reader.address('address'),
  }
  const known =
    caller.name !== null || caller.phone !== null || caller.idNo !== null || caller.address !== null
  return known ? caller : null
}
