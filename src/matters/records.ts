// What stands beside a matter and its legs and is written by its acts alone: each act's event tells the rows that it wrote.
import { escalations } from './escalation-tables.ts'
import { opinions, petitions, visits } from './petition-tables.ts'
import {
  callBacks,
  extensions,
  mergeHolds,
  notes,
  replies,
  returnRequests,
  screenings,
  supervisions,
} from './record-tables.ts'

export const records = {
  ...{ replies, extensions, returnRequests, callBacks, screenings, supervisions, notes, mergeHolds },
  ...{ petitions, visits, opinions, escalations },
}
