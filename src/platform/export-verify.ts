// Proves an export from its own files alone: every file, every hash of the history, every seal.
import { createHash, verify, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { checkpointText } from './checkpoint.ts'
import { instantFromJson, type Day } from './clock.ts'
import { chainHash } from './events.ts'
import { EXPORT_MANIFEST, exportShape, type ExportManifest } from './export.ts'
import { listTree, unlessGone } from './file-copies.ts'

export interface ExportVerification {
  manifest: ExportManifest
  /** SHA-256 of the manifest, which the event of the export holds. */
  sha256: string
  events: number
  chains: number
  checkpoints: number
  findings: string[]
  /** Findings beyond those listed. */
  more: number
}

const LISTED = 1_000

interface EventLine {
  id: string
  subject: string
  subject_id: string
  seq: number
  type: string
  at: string
  actor_id: string
  canon: string
  hash: string
  /** Hash of the event before the first of its chain in here. */
  before?: string | null
}

interface HeadLine {
  subject_id: string
  seq: number
  hash: string
  day: Day
}

interface CheckpointLine {
  day: Day
  at: string
  chains: number
  events: number
  digest: string
  key_id: number
  signature: string
}

export async function verifyExport(folder: string): Promise<ExportVerification> {
  const text = await readFile(join(folder, EXPORT_MANIFEST), 'utf8')
  const parsed = exportShape.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(`${folder} 不是本版本能读的导出`)
  const manifest = parsed.data
  const sha256 = createHash('sha256').update(text).digest('hex')
  const result: ExportVerification = {
    ...{ manifest, sha256, events: 0, chains: 0, checkpoints: 0, findings: [], more: 0 },
  }
  const find = (finding: string) => {
    if (result.findings.length < LISTED) result.findings.push(finding)
    else result.more++
  }
  await verifyFiles(folder, manifest, find)
  await verifyHistory(folder, result, find)
  return result
}

type Find = (finding: string) => void

async function verifyFiles(folder: string, manifest: ExportManifest, find: Find): Promise<void> {
  const known = new Set([EXPORT_MANIFEST])
  for (const file of [...manifest.tables, ...manifest.schema]) {
    known.add(file.path)
    const found = await hashed(join(folder, file.path)).catch(unlessGone(undefined))
    if (found === undefined) find(`${file.path}  文件不见了`)
    else if (found !== file.sha256) find(`${file.path}  文件被改动：散列值不符`)
  }
  for (const path of (await listTree(folder)).files) if (!known.has(path)) find(`${path}  清单中没有此文件`)
}

async function hashed(path: string): Promise<string> {
  const sum = createHash('sha256')
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer)
  return sum.digest('hex')
}

/** Events and the heads that were sealed lie in the same order, and are read side by side. */
async function verifyHistory(folder: string, result: ExportVerification, find: Find): Promise<void> {
  const checkpoints: CheckpointLine[] = []
  for await (const line of linesOf<CheckpointLine>(folder, 'checkpoints', find)) checkpoints.push(line)
  const seals = sealsOf(checkpoints)
  const heads = linesOf<HeadLine>(folder, 'sealed_heads', find)
  const nextHead = async () => {
    const { value, done } = await heads.next()
    if (done === true) return undefined
    seals.take(value)
    return value
  }
  let head = await nextHead()
  let previous: EventLine | undefined
  /** Of a year, what was sealed on its first day may have happened before it. */
  const pass = (lost: HeadLine, first: EventLine | undefined) => {
    const before = first === undefined || first.subject_id !== lost.subject_id || lost.seq < first.seq
    if (result.manifest.year === null || !before) find(`${placeOf(lost)}  ${lost.day} 已封存的事件不见了`)
  }
  let first: EventLine | undefined
  for await (const event of linesOf<EventLine>(folder, 'events', find)) {
    if (previous?.subject_id !== event.subject_id) {
      // What is left of the chain before is compared with that one's first event.
      for (; head !== undefined && head.subject_id < event.subject_id; head = await nextHead())
        pass(head, first)
      first = event
      result.chains++
    }
    for (; head !== undefined && order(head, event) < 0; head = await nextHead()) pass(head, first)
    if (head !== undefined && order(head, event) === 0) {
      if (head.hash !== event.hash) find(`${placeOf(event)}  ${head.day} 已封存的事件被重写`)
      head = await nextHead()
    }
    verifyEvent(event, previous?.subject_id === event.subject_id ? previous : undefined, result, find)
    result.events++
    previous = event
  }
  for (; head !== undefined; head = await nextHead()) pass(head, first)
  seals.end(result, find)
}

const placeOf = ({ subject_id, seq }: { subject_id: string; seq: number }) => `${subject_id} #${seq}`
const bytesOf = (hex: string) => Buffer.from(hex.slice(2), 'hex')

function order(a: HeadLine, b: EventLine): number {
  if (a.subject_id !== b.subject_id) return a.subject_id < b.subject_id ? -1 : 1
  return a.seq - b.seq
}

function verifyEvent(
  event: EventLine,
  previous: EventLine | undefined,
  { manifest }: ExportVerification,
  find: Find,
): void {
  const before = previous?.hash ?? event.before ?? null
  const begins = manifest.year !== null && event.before ? event.seq : 1
  const expected = previous === undefined ? begins : previous.seq + 1
  if (event.seq !== expected) find(`${placeOf(event)}  事件链不连续：此处应为第 ${expected} 条`)
  if (!chainHash(before === null ? null : bytesOf(before), event.canon).equals(bytesOf(event.hash)))
    find(`${placeOf(event)}  事件或其前一条被改动：散列值不符`)
  const { id, subject, subject_id: subjectId, seq, type, actor_id: actorId } = event
  const columns = { id, subject, subjectId, seq, type, at: instantFromJson(event.at), actorId }
  const told = parsed<Record<string, unknown>>(event.canon)
  if (!Object.entries(columns).every(([name, value]) => told?.[name] === value))
    find(`${placeOf(event)}  事件各列与其原文不一致`)
}

/** The digest of each day from its heads, which come chain by chain: one sum under way for each day. */
function sealsOf(checkpoints: readonly CheckpointLine[]) {
  const days = new Map<Day, { sum: Hash; chains: number; events: number }>()
  const before = new Map(checkpoints.map(({ day }, at) => [day, checkpoints[at - 1]?.digest]))
  let last: HeadLine | undefined
  return {
    take(head: HeadLine) {
      const known = last?.subject_id === head.subject_id ? last.seq : 0
      last = head
      const day = dayOf(head.day)
      day.sum.update(`${head.subject_id} ${head.seq} ${head.hash.slice(2)}\n`)
      day.events += head.seq - known
      if (known === 0) day.chains++
    },
    end(result: ExportVerification, find: Find) {
      const { year, publicKeys } = result.manifest
      let [chains, events] = [0, 0]
      for (const checkpoint of checkpoints) {
        const { day, key_id: keyId, at } = checkpoint
        const signed = { ...checkpoint, at: instantFromJson(at), digest: bytesOf(checkpoint.digest) }
        const key = publicKeys[String(keyId)]
        if (key === undefined || !verify(null, checkpointText(signed), key, bytesOf(checkpoint.signature)))
          find(`${day}  封存的签名不符`)
        result.checkpoints++
        if (year !== null && !day.startsWith(`${year}-`)) continue
        const sealed = dayOf(day)
        days.delete(day)
        if (!sealed.sum.digest().equals(signed.digest)) find(`${day}  封存的内容被改动：摘要不符`)
        chains += sealed.chains
        events += sealed.events
        if (year === null && (checkpoint.chains !== chains || checkpoint.events !== events))
          find(`${day}  封存的链数或事件数不符`)
      }
      for (const day of days.keys()) find(`${day}  有封存的事件，却没有当日的封存`)
    },
  }

  function dayOf(day: Day) {
    let found = days.get(day)
    if (found === undefined) {
      const digest = before.get(day)
      const sum = createHash('sha256').update(digest === undefined ? '' : bytesOf(digest))
      found = { sum, chains: 0, events: 0 }
      days.set(day, found)
    }
    return found
  }
}

/** The rows of a table, one in memory at a time; a line that is none ends it. */
async function* linesOf<T>(folder: string, table: string, find: Find): AsyncGenerator<T, undefined> {
  const path = `tables/${table}.ndjson`
  const input = createReadStream(join(folder, path))
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const row = parsed<T>(line)
      if (row === undefined) {
        find(`${path}  此行不是JSON，其后未读`)
        return undefined
      }
      yield row
    }
  } catch (error) {
    unlessGone(undefined)(error) // told with the files
  }
  return undefined
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T
  } catch {
    return undefined
  }
}
