// Spreadsheets of the registers, grants and meetings: on record before the first byte leaves, read page by page.
import type { Deps } from '../deps.ts'
import type { Actor } from './actor.ts'
import { recordRowExport } from './exports.ts'
import { contentDisposition } from './file-names.ts'
import { formats, writeSheet, type Format, type SheetColumn } from './spreadsheets.ts'

interface Page<Item> {
  items: Item[]
  next: string | null
}

interface Receiver {
  header(name: string, value: string): unknown
  type(mime: string): { send(body: unknown): unknown }
}

export async function sendSheet<Item>(
  { db, config }: Pick<Deps, 'db' | 'config'>,
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
  const number = await db.transaction((tx) =>
    recordRowExport(tx, actor, config, 'register.exported', { register, format }),
  )
  void reply.header('content-disposition', contentDisposition(`${label}.${format}`))
  return reply
    .type(formats[format])
    .send(writeSheet(format, label, sheet.columns, pagesOf(sheet.page), number))
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
