// Attachments of matters: put on, taken off, opened; each on the record.
import { randomUUIDv7 } from 'node:crypto'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { FileKind } from '../platform/file-kinds.ts'
import type { StoredFile } from '../platform/files.ts'
import { Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import { files } from '../platform/tables.ts'
import type { Written } from './commands.ts'
import { noteAttachment } from './corrections.ts'
import { findVisible } from './queries.ts'

export const attachmentKinds: readonly FileKind[] = [
  'pdf',
  'docx',
  'xlsx',
  'doc',
  'xls',
  'txt',
  'jpeg',
  'png',
  'bmp',
  'heic',
  'mp3',
  'wav',
  'amr',
  'm4a',
  'mp4',
]

/** Puts a kept file on a matter that the actor may see. The name may hold personal data: the timeline tells only the id. */
export async function attach(
  tx: Tx,
  actor: Actor,
  matterId: string,
  file: StoredFile,
): Promise<Written & { fileId: string }> {
  const fileId = randomUUIDv7()
  const written = await noteAttachment(tx, actor, matterId, {
    type: 'matter.attach',
    data: { fileId, type: file.type, bytes: file.size },
  })
  insertRow(tx, files, {
    id: fileId,
    purpose: 'attachment',
    subjectId: matterId,
    name: file.name,
    type: file.type,
    bytes: file.size,
    hash: file.hash,
    createdBy: actor.id,
    createdAt: tx.now,
  })
  return { ...written, fileId }
}

interface Attachment {
  id: string
  matterId: string
  name: string
  type: string
  hash: string
}

const findFile = statement<Attachment>(
  'attachment.find',
  `select id, subject_id as "matterId", name, type, hash from files
   where id = $1 and subject_id = $2 and purpose = 'attachment' and removed_at is null`,
)
const removeFile = statement<{ id: string }>(
  'attachment.remove',
  `update files set removed_at = $3
   where id = $1 and subject_id = $2 and purpose = 'attachment' and removed_at is null returning id`,
)

/** Takes an attachment off; its content stays until nothing refers to it. */
export async function detach(
  tx: Tx,
  actor: Actor,
  matterId: string,
  fileId: string,
  ifMatch?: number,
): Promise<Written> {
  // The matter's lock comes first: of two who take the same file off, the second finds none.
  const written = await noteAttachment(tx, actor, matterId, {
    type: 'matter.detach',
    data: { fileId },
    ifMatch,
  })
  const [removed] = await removeFile(tx, [fileId, matterId, tx.now])
  if (removed === undefined) throw new Problem('file/not-found')
  return written
}

/** An attachment of a matter that the actor may see; that they opened it is recorded first. */
export async function openAttachment(
  tx: Tx,
  actor: Actor,
  matterId: string,
  fileId: string,
): Promise<Attachment> {
  await findVisible(tx, actor, matterId)
  const [file] = await findFile(tx, [fileId, matterId])
  if (file === undefined) throw new Problem('file/not-found')
  await record(tx, actor, { subject: 'file', subjectId: fileId, type: 'file.downloaded', data: { matterId } })
  return file
}
