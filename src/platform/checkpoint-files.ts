// Checkpoints as small files in a folder on another disk or host: who holds them can prove what history was on that day.
import { open, mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { checkpointText, listCheckpoints, type Checkpoint } from './checkpoint.ts'
import type { Db } from './db.ts'
import type { Vault } from './vault.ts'

const NAME = /^banjian-checkpoint-(\d{4}-\d\d-\d\d)\.json$/
const nameOf = (day: string) => `banjian-checkpoint-${day}.json`

const fileShape = z.object({
  day: z.string(),
  at: z.string(),
  chains: z.int(),
  events: z.int(),
  digest: z.string(),
  keyId: z.int(),
  signature: z.string(),
})

/** Writes the files of all checkpoints that have none in the folder yet; returns how many. */
export async function exportCheckpoints(db: Db, vault: Vault, dir: string): Promise<number> {
  await mkdir(dir, { recursive: true })
  const present = new Set(await readdir(dir))
  const missing = (await listCheckpoints(db)).filter(({ day }) => !present.has(nameOf(day)))
  for (const checkpoint of missing) {
    const text = { ...writable(checkpoint), signed: checkpointText(checkpoint).toString('utf8') }
    const file = JSON.stringify({ ...text, publicKey: vault.publicKey(checkpoint.keyId) }, null, 2)
    await writeWhole(dir, nameOf(checkpoint.day), `${file}\n`)
  }
  return missing.length
}

/** The days whose file in the folder says something else than the database, or cannot be read. */
export async function differingFiles(checkpoints: readonly Checkpoint[], dir: string): Promise<string[]> {
  const known = new Map(
    checkpoints.map((checkpoint) => [checkpoint.day, JSON.stringify(writable(checkpoint))]),
  )
  const differing: string[] = []
  for (const name of (await readdir(dir)).toSorted()) {
    const day = NAME.exec(name)?.[1]
    if (day === undefined) continue
    const parsed = fileShape.safeParse(readJson(await readFile(join(dir, name), 'utf8')))
    if (!parsed.success || JSON.stringify(parsed.data) !== known.get(day)) differing.push(day)
  }
  return differing
}

function writable({
  day,
  at,
  chains,
  events,
  digest,
  keyId,
  signature,
}: Checkpoint): z.infer<typeof fileShape> {
  return {
    day,
    at,
    chains,
    events,
    digest: digest.toString('hex'),
    keyId,
    signature: signature.toString('base64'),
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a torn or foreign file differs like any other
  }
}

async function writeWhole(dir: string, name: string, text: string): Promise<void> {
  const written = join(dir, `.${name}.${process.pid}.tmp`)
  const file = await open(written, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(written, join(dir, name))
  // Windows cannot open a folder to flush it, and flushes renames itself.
  if (process.platform === 'win32') return
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
