// Which line of history an archive continues a backup on: every restore begins a line of its own, and only some lead on.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { unlessGone } from './file-copies.ts'

/** Where a backup ends: its timeline and the place in the log, `0/3000158`. */
export interface BackupEnd {
  timeline: number
  lsn: string
}

/**
 * The newest timeline in the archive that goes through the end of the backup. Others began before it: the log that follows
 * the backup is not on them. undefined when the backup's own timeline is the newest such.
 */
export async function timelineAfter(end: BackupEnd, archiveFolder: string): Promise<number | undefined> {
  const names = await readdir(archiveFolder).catch(unlessGone([]))
  const known = names
    .map((name) => /^([0-9A-F]{8})\.history\.gz$/.exec(name)?.[1])
    .filter((hex) => hex !== undefined)
    .toSorted()
    .toReversed()
  for (const hex of known) {
    const history = gunzipSync(await readFile(join(archiveFolder, `${hex}.history.gz`))).toString()
    if (leadsOn(end, history)) return Number.parseInt(hex, 16)
  }
  return undefined
}

/** Whether a timeline with this history left the backup's own one at its end or later. */
export function leadsOn(end: BackupEnd, history: string): boolean {
  return history.split('\n').some((line) => {
    const [, timeline, lsn] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? []
    return lsn !== undefined && Number(timeline) === end.timeline && placeOf(lsn) >= placeOf(end.lsn)
  })
}

function placeOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
