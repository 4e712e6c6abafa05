// Reads one table file in this process, whichever format its content shows.
import { readCsv } from './csv.ts'
import type { Batch } from './sheet.ts'
import { sniff } from './sniff.ts'
import { readXlsx, type ReadOptions } from './xlsx.ts'

/** For content from outside use `parseFile`, which does this in a process of its own. */
export async function* readTable(path: string, options: ReadOptions): AsyncGenerator<Batch> {
  yield* sniff(path, options.limits) === 'xlsx' ? readXlsx(path, options) : readCsv(path, options)
}
