// Shapes that the URLs of reports share.
import { z } from 'zod'

export const findingShape = z.object({
  check: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  place: z.object({ line: z.int(), column: z.int(), excerpt: z.string() }),
  zh: z.string(),
  en: z.string(),
  proposal: z.string().optional(),
})
