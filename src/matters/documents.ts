// Writes the notices 告知书 that a petitioner is handed: the wording, filled with what is on record, as a Word document.
import { revealPerson } from '../people/commands.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Db, type Tx } from '../platform/db.ts'
import { writeDocx, type Block } from '../platform/docx.ts'
import { record } from '../platform/events.ts'
import { demandVersion, fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { documentFacts, type DocumentFacts } from './document-facts.ts'
import { documentWordings } from './document-tables.ts'
import {
  documentFields,
  documentIds,
  documents,
  type DocumentField,
  type DocumentId,
} from './document-terms.ts'
import { queryCodeOf } from './query-codes.ts'
import { knownPeople, readMatter, type Opened } from './queries.ts'

export interface Wording {
  text: string
  /** 0: as shipped. */
  version: number
}

const newest = statement<{ key: DocumentId; text: string; version: number }>(
  'documents.wordings',
  'select distinct on (key) key, text, version from document_wordings order by key, version desc',
)

/** The wording of each notice that counts now. */
export async function documentWordingsNow(db: Db): Promise<Record<DocumentId, Wording>> {
  const own = new Map((await newest(db)).map((row) => [row.key, row]))
  return Object.fromEntries(
    documentIds.map((id) => [id, own.get(id) ?? { text: documents[id].wording, version: 0 }]),
  ) as Record<DocumentId, Wording>
}

const PLACE = /\{([^{}]*)\}/g
const fieldsIn = (text: string) => [...new Set([...text.matchAll(PLACE)].map(([, name = '']) => name))]

export interface Available {
  id: DocumentId
  label: string
  /** What is not on record yet, in words; empty where the notice can be given. */
  missing: string[]
}

/** Every notice of the matter's channel, with what stands in the way of each. Throws `matter/not-found`. */
export async function availableDocuments(
  db: Db,
  actor: Actor,
  id: string,
  office: string,
): Promise<Available[]> {
  const matter = await readMatter(db, actor, id)
  if (matter.petition === null) return []
  const wordings = await documentWordingsNow(db)
  const name = matter.personId === null ? null : '…'
  const queryCode = matter.personId === null ? null : '…'
  const facts = documentFacts(matter, { name, office, now: matter.receivedAt, queryCode })
  return ofChannel(matter).map((each) => ({
    id: each,
    label: documents[each].label,
    missing: missingIn(wordings[each].text, facts),
  }))
}

const ofChannel = ({ channel }: Opened) =>
  documentIds.filter((id) => (documents[id].channels as readonly string[]).includes(channel))

function missingIn(text: string, facts: DocumentFacts): string[] {
  return fieldsIn(text)
    .filter((field) => (facts as Record<string, string | null>)[field] === null)
    .map((field) => documentFields[field as DocumentField])
}

/**
 * Opens the petitioner's name for this purpose, on record before it is shown, and writes the notice. Undefined when the person
 * asked for confidence and the actor is not on the list: commit, then refuse. Throws `matter/document-not-of-channel`,
 * `matter/document-not-due`.
 */
export async function writeDocument(
  tx: Tx,
  vault: Vault,
  actor: Actor,
  id: string,
  kind: DocumentId,
  office: string,
): Promise<{ name: string; bytes: Buffer } | undefined> {
  const matter = await readMatter(tx, actor, id)
  if (matter.petition === null || !ofChannel(matter).includes(kind))
    throw new Problem('matter/document-not-of-channel')
  const { label } = documents[kind]
  const { text, version } = (await documentWordingsNow(tx))[kind]
  const queryCode = matter.personId === null ? null : queryCodeOf(vault, id)
  const facts = documentFacts(matter, {
    name: matter.personId === null ? null : '…',
    office,
    now: tx.now,
    queryCode,
  })
  const missing = missingIn(text, facts)
  if (missing.length > 0) {
    throw new Problem('matter/document-not-due', {
      detail: 'what the notice states is not on record',
      errors: missing.map((field) => ({
        pointer: '/path/kind',
        code: 'matter/document-not-due',
        message: `尚无${field}`,
      })),
    })
  }
  if (matter.personId !== null && fieldsIn(text).includes('name')) {
    const reason = `出具${label}`
    const shown = await revealPerson(tx, vault, actor, matter.personId, {
      fields: ['name'],
      reason,
      known: knownPeople,
    })
    if (shown === undefined) return undefined
    facts.name = shown.name ?? '信访人'
  }
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'account.document-written',
    data: { matterId: id, document: kind, wording: version },
  })
  const bytes = await writeDocx(blocksOf(text, facts), { title: label, creator: office })
  return { name: `${label} ${matter.no}.docx`, bytes }
}

function blocksOf(text: string, facts: DocumentFacts): Block[] {
  const blocks: Block[] = []
  for (const line of text.split('\n')) {
    const filled = (from: number) =>
      line.slice(from).replaceAll(PLACE, (_, name: string) => facts[name as DocumentField] ?? '')
    if (line.startsWith('# ')) blocks.push({ kind: 'title', text: filled(2) })
    else if (line.startsWith('## ')) blocks.push({ kind: 'number', text: filled(3) })
    else if (line.startsWith('@ ')) blocks.push({ kind: 'addressee', text: filled(2) })
    else if (line.startsWith('> ')) {
      const last = blocks.at(-1)
      if (last?.kind === 'signature')
        blocks[blocks.length - 1] = { kind: 'signature', lines: [...last.lines, filled(2)] }
      else blocks.push({ kind: 'signature', lines: [filled(2)] })
    } else if (line.trim() !== '') blocks.push({ kind: 'paragraph', text: filled(0) })
  }
  return blocks
}

const lockWording = statement(
  'documents.lock',
  'select pg_advisory_xact_lock(hashtextextended($1::text, 14))',
)

/** Writes an office's own wording; every version stays. Throws `request/invalid` for a field that there is none of. */
export async function wordDocument(
  tx: Tx,
  actor: Actor,
  key: DocumentId,
  text: string,
  ifMatch: number | undefined,
): Promise<{ key: string; version: number }> {
  const unknown = fieldsIn(text).find((name) => !Object.hasOwn(documentFields, name))
  if (unknown !== undefined)
    throw fieldProblem('request/invalid', '/body/text', `没有{${unknown.slice(0, 30)}}这一项`)
  await lockWording(tx, [key])
  const now = (await documentWordingsNow(tx))[key].version
  demandVersion(now, ifMatch)
  const version = now + 1
  insertRow(tx, documentWordings, { key, version, text, at: tx.now, by: actor.id })
  await record(tx, actor, {
    subject: 'account',
    subjectId: actor.id,
    type: 'account.document-worded',
    data: { key, version },
  })
  return { key, version }
}
