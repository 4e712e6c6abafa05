// Every channel through which matters arrive, by its id.
import { actsIn, type Act, type Transition, type WorkflowId } from '../workflow.ts'
import { hotline } from './hotline.ts'

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

export const channels = { hotline } as const satisfies Record<string, Channel>

export type ChannelId = keyof typeof channels

export function channelOf(id: string): Channel {
  const channel = (channels as Record<string, Channel>)[id]
  if (channel === undefined) throw new Error(`no channel ${id}`)
  return channel
}

/** The acts on matters of a channel, by its workflow. */
export function actsOf(channel: string): Partial<Record<Act, Transition>> {
  return actsIn(channelOf(channel).workflow)
}
