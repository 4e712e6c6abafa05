// How large and how slow an uploaded spreadsheet may be.
import { z } from 'zod'

const MIB = 1024 * 1024
const upTo = (max: number) => z.number().int().min(1).max(max)

export const importLimits = z.strictObject({
  fileBytes: upTo(4096 * MIB)
    .default(512 * MIB)
    .describe('Largest file, in bytes as uploaded.'),
  inflatedBytes: upTo(16_384 * MIB)
    .default(2048 * MIB)
    .describe('Most bytes that the parts of a workbook may hold together, counted while unpacking.'),
  inflateRatio: upTo(1100)
    .default(200)
    .describe(
      'Most unpacked bytes for one packed byte, in parts above 10 MB. Workbooks reach 10–60, a bomb 1000.',
    ),
  entries: upTo(10_000).default(200).describe('Most parts in the package of a workbook.'),
  stringBytes: upTo(4000 * MIB)
    .default(1024 * MIB)
    .describe('Most bytes of shared texts; those beyond stringMemory wait in a scratch file.'),
  stringMemory: upTo(512 * MIB)
    .default(48 * MIB)
    .describe('Bytes of shared texts that are kept in memory.'),
  textChars: upTo(16_384 * MIB)
    .default(2048 * MIB)
    .describe(
      'Most characters of all cells together: a workbook may name one long shared text in every cell.',
    ),
  rows: upTo(5_000_000).default(1_048_576).describe('Most rows with a value.'),
  columns: upTo(16_384).default(200).describe('Most columns with a value.'),
  cellChars: upTo(1_000_000)
    .default(32_767)
    .describe('Most characters in a cell (32,767 is what Excel can hold).'),
  rowChars: upTo(16 * MIB)
    .default(1_000_000)
    .describe('Most characters in a row.'),
  merges: upTo(1_000_000).default(50_000).describe('Most merged ranges in a sheet.'),
  cpuSeconds: upTo(3600).default(180).describe('Processor seconds of the reading process.'),
  silentSeconds: upTo(600)
    .default(30)
    .describe('Seconds without a sign of life after which the reading process is ended.'),
  heapMegabytes: z.number().int().min(32).max(4096).default(256).describe('Heap of the reading process.'),
})

export type ImportLimits = z.output<typeof importLimits>
