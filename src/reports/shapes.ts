// Shapes that the URLs of reports share.
import { z } from 'zod'
import { kindNames } from './periods.ts'
import { legalContentIds } from './wording.ts'

/** What a whole report may take: 200,000 characters of Chinese. */
export const TEXT_BYTES = 1024 * 1024

export const findingShape = z.object({
  check: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  place: z.object({ line: z.int(), column: z.int(), excerpt: z.string() }),
  zh: z.string(),
  en: z.string(),
  proposal: z.string().optional(),
})

const factShape = z.object({
  key: z.string(),
  name: z.string(),
  definition: z.string(),
  unit: z.string(),
  value: z.number().nullable(),
  numerator: z.number().nullable(),
  denominator: z.number().nullable(),
  text: z.string(),
  change: z.string().nullable(),
  previous: z.string().nullable(),
  pace: z.string().nullable(),
  settings: z.record(z.string(), z.union([z.string(), z.boolean()])),
  version: z.int(),
  list: z.string(),
  denominatorList: z.string().nullable(),
})

const placed = z.object({
  ...{ rank: z.int(), unit: z.string(), text: z.string() },
  ...{ numerator: z.int(), denominator: z.int() },
})
export const summaryShape = z.object({
  period: z.object({
    id: z.string(),
    kind: z.enum(kindNames),
    label: z.string(),
    from: z.string(),
    to: z.string(),
  }),
  asOf: z.string(),
  title: z.string(),
  office: z.string(),
  paragraphs: z.array(
    z.object({
      section: z.string(),
      heading: z.string().describe('人工撰写的段落没有标题'),
      text: z.string(),
      facts: z.array(z.string()).describe('文中用到的数'),
      covers: z.enum(legalContentIds).nullish(),
    }),
  ),
  facts: z.array(factShape),
  findings: z.array(
    findingShape.omit({ place: true }).extend({
      mark: z.string(),
      explained: z.object({ by: z.string(), explanation: z.string() }).nullable(),
    }),
  ),
  months: z.array(z.object({ month: z.string(), current: z.int(), previous: z.int() })),
  units: z.array(
    z.object({
      unitId: z.string(),
      unit: z.string(),
      lists: z.object({ accepted: z.string(), overdue: z.string() }),
      accepted: z.int(),
      onTime: z.string(),
      overdue: z.int(),
      satisfaction: z.string(),
    }),
  ),
  bulletin: z
    .object({
      overdue: z.array(z.object({ no: z.string(), unit: z.string(), due: z.string(), days: z.int() })),
      rankings: z.array(
        z.object({
          ...{ metric: z.string(), class: z.string(), unranked: z.int() },
          ...{ first: z.array(placed), last: z.array(placed) },
        }),
      ),
      hotSpots: z.array(z.object({ topic: z.string(), now: z.int(), before: z.int(), change: z.string() })),
    })
    .nullable()
    .describe('通报另有：在办超期清单、排名、热点'),
  wording: z.record(z.string(), z.int()).describe('本单位改写过的部分及其版本'),
})
