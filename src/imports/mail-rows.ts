// Reads one row of a register of letters and mailbox messages into what registering takes, and says what is wrong with it. Pure.
import { channels } from '../matters/channels/index.ts'
import type { Registration } from '../matters/registering.ts'
import { safeValue } from '../people/safe-values.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import { beginning } from '../platform/texts.ts'
import type { Finding } from './findings.ts'
import type { Header } from './header.ts'
import { mailCatalogue, type MailField } from './mail-columns.ts'
import type { Places } from './places.ts'
import { readerIn, type RowReader } from './readers.ts'
import type { SheetRow } from './sheet.ts'
import { topicOf, words } from './words.ts'

export interface MailRow {
  n: number
  errors: Finding[]
  warnings: Finding[]
  /** What to register; null where there are errors. */
  entry: Registration | null
  /** The unit to which it goes at once. */
  leadUnitId: string | null
}

export interface MailSetting {
  header: Header<MailField>
  places: Places
  now: Instant
  /** Deadlines cannot be reckoned before it. */
  firstDay: Day
  /** The reader of the file may forward and dispatch. */
  dispatches: boolean
}

const both = [channels.letter, channels.mailbox] as const
const bySource = new Map<string, { channel: 'letter' | 'mailbox'; source: string }>(
  both.flatMap(({ id, sources }) =>
    Object.entries(sources).flatMap(([source, label]) =>
      [label, label.replace('信箱', ''), source].map(
        (word) => [plain(word), { channel: id, source }] as const,
      ),
    ),
  ),
)
for (const [word, source] of [
  ['来信', 'letter'],
  ['信件', 'letter'],
  ['人民网', 'people-daily'],
  ['人民网留言', 'people-daily'],
  ['上级交办', 'upper'],
  ['上级转办', 'upper'],
] as const)
  bySource.set(word, { channel: 'letter', source })

const PURPOSES: Record<string, keyof typeof channels.letter.categories> = {
  consult: 'consult',
  help: 'claim',
  complain: 'claim',
  report: 'report',
  suggest: 'suggest',
  praise: 'other',
  other: 'other',
}

function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '')
}

export function readMailRow(row: SheetRow, setting: MailSetting): MailRow {
  const reader = readerIn(row, setting.header, setting.now, mailCatalogue)
  if (row.merged !== undefined) reader.fail(null, 'value/merged', row.merged.join('、'))
  const receivedAt = reader.moment('receivedAt')
  if (receivedAt === null && reader.errors.length === 0) reader.fail('receivedAt', 'value/missing')
  const { channel, source } = readSource(reader)
  const day = dayOf(receivedAt ?? setting.now)
  if (day < setting.firstDay) reader.fail('receivedAt', 'time/not-covered', '', day)
  const content = reader.text('content') ?? reader.text('title') ?? ''
  if (Array.from(content).length < 2) reader.fail('content', 'content/missing')
  const title = reader.text('title') ?? beginning(content.split('\n', 1)[0] ?? '', 40)
  const caller = readCaller(reader, setting.now)
  const signatories = readCount(reader)
  const accused = readUnits(reader, setting.places, day)
  const leadUnitId = readLead(reader, setting, accused)
  const upstreamDueAt = reader.deadline('upstreamDueAt')
  if (upstreamDueAt !== null && receivedAt !== null && upstreamDueAt <= receivedAt)
    reader.fail('upstreamDueAt', 'time/order', mailCatalogue.of('receivedAt').label)
  const externalNo = readNumber(reader)
  const entry: Registration = {
    channel,
    source,
    ...(externalNo === null ? {} : { externalNo }),
    title: Array.from(title).length < 2 ? `${title}（来信）` : title,
    content,
    category: readCategory(reader, channel),
    urgency: word(reader, 'urgency', words.urgency, 'value/unknown-word') ?? 'normal',
    topic: word(reader, 'topic', topicOf, 'mail/topic-unknown') ?? 'other',
    regionCode: readArea(reader, setting.places, day) ?? undefined,
    receivedAt: receivedAt ?? setting.now,
    confidential: reader.flag('confidential') ?? false,
    accusedUnitIds: accused,
    ...(caller === null ? {} : { caller }),
    ...(channel === 'letter'
      ? {
          petition: {
            ...(signatories === null ? {} : { signatories }),
            anonymous: caller === null,
            ...(upstreamDueAt === null ? {} : { upstreamDueAt }),
          },
        }
      : upstreamDueAt === null
        ? {}
        : { upstreamDueAt }),
  }
  const { errors, warnings } = reader
  return { n: row.n, errors, warnings, entry: errors.length > 0 ? null : entry, leadUnitId }
}

function readSource(reader: RowReader<MailField>) {
  const text = reader.code('source')
  const found = text === null ? undefined : bySource.get(plain(text))
  if (text !== null && found === undefined) reader.fail('source', 'mail/source-unknown', safeValue(text))
  return found ?? { channel: 'letter' as const, source: 'letter' }
}

function readNumber(reader: RowReader<MailField>): string | null {
  const text = reader.code('externalNo')
  if (text !== null && Array.from(text).length > 60) reader.fail('externalNo', 'value/too-long', '60')
  return text
}

function readCaller(reader: RowReader<MailField>, now: Instant) {
  const caller = {
    name: reader.name('name'),
    phone: reader.phone('phone'),
    idNo: reader.idNo('idNo', dayOf(now)),
    address: reader.address('address'),
  }
  return Object.values(caller).some((value) => value !== null) ? caller : null
}

/** 联名: two and more; an empty cell is a letter of one. */
function readCount(reader: RowReader<MailField>): number | null {
  const text = reader.code('signatories')
  if (text === null) return null
  const count = /^\d{1,6}人?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  if (!Number.isInteger(count) || count < 2 || count > 100_000) {
    reader.fail('signatories', 'mail/count', safeValue(text))
    return null
  }
  return count
}

function readCategory(reader: RowReader<MailField>, channel: 'letter' | 'mailbox'): string {
  const fallback = channel === 'letter' ? 'claim' : 'other'
  const text = reader.code('category')
  if (text === null) return fallback
  const own = Object.entries(channels[channel].categories).find(([, label]) => label === plain(text))
  if (own !== undefined) return own[0]
  const spoken = words.category(text)
  if (spoken === undefined || spoken === '') {
    reader.fail('category', 'mail/purpose-unknown', safeValue(text))
    return fallback
  }
  return channel === 'letter' ? (PURPOSES[spoken] ?? fallback) : spoken
}

function word<M extends string>(
  reader: RowReader<MailField>,
  field: 'urgency' | 'topic',
  find: (text: string) => M | '' | undefined,
  code: 'value/unknown-word' | 'mail/topic-unknown',
): M | null {
  const text = reader.code(field)
  if (text === null) return null
  const found = find(text)
  if (found === undefined) reader.fail(field, code, safeValue(text))
  return found === undefined || found === '' ? null : found
}

function readUnits(reader: RowReader<MailField>, places: Places, day: string): string[] {
  const parts = (reader.code('accused') ?? '').split(/[、,，;；/|\n]+/).filter((part) => part.trim() !== '')
  const { ids, left } = places.accused(parts, day)
  for (const code of left) reader.warn('accused', code)
  return ids
}

function readLead(
  reader: RowReader<MailField>,
  { places, now, dispatches }: MailSetting,
  accused: readonly string[],
): string | null {
  const text = reader.code('leadUnit')
  if (text === null) return null
  if (!dispatches) reader.fail('leadUnit', 'mail/not-dispatcher')
  const found = places.unit(text, dayOf(now))
  if (!('id' in found)) {
    const insert =
      found.code === 'unit/abolished'
        ? found.successor === null
          ? found.name
          : `${found.name}(已并入${found.successor})`
        : safeValue(text)
    reader.fail('leadUnit', found.code, insert, safeValue(text))
    return null
  }
  if (accused.some((unit) => places.within(found.id, unit))) reader.fail('leadUnit', 'mail/accused-holds')
  return found.id
}

function readArea(reader: RowReader<MailField>, places: Places, day: string): string | null {
  const text = reader.code('area')
  if (text === null) return null
  const found = places.area(text, day)
  if (found === undefined) reader.warn('area', 'area/unknown', '', safeValue(text))
  return found?.code ?? null
}
