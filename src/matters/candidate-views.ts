// What a clerk sees of other matters that may be of the same person.
import { z } from 'zod'
import type { Candidate } from './candidates.ts'
import { label, labelled, moment, stateLabel } from './views.ts'

export const candidateShape = z.object({
  id: z.string(),
  no: z.string(),
  title: z.string(),
  state: labelled,
  receivedAt: moment,
  personId: z.string(),
  callerName: z.string().nullable(),
  reason: labelled,
  confirmed: z.boolean().describe('已由工作人员确认为同一人'),
})

const reasons = { idNo: '身份证号相同', phone: '电话相同', name: '姓名相同' }

export function viewCandidate(row: Candidate): z.input<typeof candidateShape> {
  return { ...row, state: stateLabel(row.state), reason: label(reasons, row.reason) }
}
