// Every channel through which matters arrive, by its id.
import { actsIn, workflowHeads, type Act, type State, type Transition, type WorkflowId } from '../workflow.ts'
import { escalation } from './escalation.ts'
import { hotline } from './hotline.ts'
import { letter } from './letter.ts'
import { mailbox } from './mailbox.ts'
import { recheck, review } from './review.ts'
import { visit } from './visit.ts'

export interface Channel {
  id: string
  label: string
  /** Begins the numbers of its matters. */
  prefix: string
  /** The states and acts its matters go through. */
  workflow: WorkflowId
  sources: Record<string, string>
  categories: Record<string, string>
}

export const channels = {
  hotline,
  mailbox,
  letter,
  visit,
  review,
  recheck,
  escalation,
} as const satisfies Record<string, Channel>

export type ChannelId = keyof typeof channels

export function channelOf(id: string): Channel {
  const channel = (channels as Record<string, Channel>)[id]
  if (channel === undefined) throw new Error(`no channel ${id}`)
  return channel
}

/** The state in which matters of a channel begin. */
export function firstState(channel: string): State {
  return workflowHeads[channelOf(channel).workflow].first
}

/** The acts on matters of a channel, by its workflow. */
export function actsOf(channel: string): Partial<Record<Act, Transition>> {
  return actsIn(channelOf(channel).workflow)
}
