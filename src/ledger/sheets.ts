// Spreadsheets of the registers, grants and meetings: on record before the first byte leaves, read page by page.
import type { Actor } from '../platform/actor.ts'
import type { Database } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import { contentDisposition } from '../platform/file-names.ts'
import { formats, writeSheet, type Format, type SheetColumn } from '../platform/spreadsheets.ts'

interface Page<Item> {
  items: Item[]
  next: string | null
}

interface Receiver {
  header(name: string, value: string): unknown
  type(mime: string): { send(body: unknown): unknown }
}

export async function sendSheet<Item>(
  db: Database,
  actor: Actor,
  reply: Receiver,
  sheet: {
    register: string
    label: string
    format: Format
    columns: readonly SheetColumn<Item>[]
    page: (cursor: string | undefined) => Promise<Page<Item>>
  },
) {
  const { register, label, format } = sheet
  const event = await db.transaction((tx) =>
    record(tx, actor, {
      subject: 'account',
      subjectId: actor.id,
      type: 'register.exported',
      data: { register, format },
    }),
  )
  void reply.header('content-disposition', contentDisposition(`${label}.${format}`))
  return reply
    .type(formats[format])
    .send(writeSheet(format, label, sheet.columns, pagesOf(sheet.page), event.id))
}

async function* pagesOf<Item>(
  page: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item[]> {
  let cursor: string | undefined
  do {
    const { items, next } = await page(cursor)
    yield items
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
