// Entry of the reading process: reads the one file of its job and writes rows, signs of life and the outcome to stdout.
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { checkBatches } from './checked.ts'
import type { ImportLimits } from './limits.ts'
import type { Meter } from './package-parts.ts'
import { readTable } from './read.ts'
import { refusalOf, refuse } from './refusal.ts'
import { frame, frameOfBatch, frameOfChecked, type ReadJob } from './wire.ts'

const CHECK_BYTES = 4 * 1_048_576
const ALIVE_BYTES = 32 * 1_048_576

function meterOf(limits: ImportLimits): Meter {
  let unchecked = 0
  let silent = 0
  return {
    tick(bytes) {
      unchecked += bytes
      if (unchecked < CHECK_BYTES) return
      silent += unchecked
      unchecked = 0
      const { user, system } = process.cpuUsage()
      if ((user + system) / 1e6 > limits.cpuSeconds) {
        refuse({ code: 'import/too-slow', detail: `took more than ${limits.cpuSeconds} s of processor time` })
      }
      if (silent < ALIVE_BYTES) return
      silent = 0
      process.stdout.write(frame({ t: 'tick' }))
    },
  }
}

/** What may wait while the parent is at other work: it reads only between two pieces of that. */
const AHEAD_BYTES = 1_048_576

/** Waits while the parent is far behind. */
async function send(bytes: Buffer): Promise<void> {
  process.stdout.write(bytes)
  if (process.stdout.writableLength > AHEAD_BYTES) await once(process.stdout, 'drain')
}

/** Where an error of ours arose: without its message, which may quote what was being read, and without folders. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'not an error'
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ +at /.test(line))
  return [error.name, ...frames.slice(0, 4).map((line) => line.trim().replace(/file:\S*\//, ''))].join(' ')
}

async function main(): Promise<void> {
  const { path, scratch, limits, check } = JSON.parse(await text(process.stdin)) as ReadJob
  try {
    const batches = readTable(path, { limits, scratch, meter: meterOf(limits) })
    if (check === undefined) {
      for await (const batch of batches) await send(frameOfBatch(batch))
    } else {
      for await (const batch of checkBatches(batches, check))
        await send('errors' in batch ? frame({ t: 'headless', ...batch }) : frameOfChecked(batch))
    }
    await send(frame({ t: 'end' }))
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal !== undefined) await send(frame({ t: 'refused', error: refusal }))
    else await send(frame({ t: 'failed', detail: placeOf(error) }))
  }
}

await main()
