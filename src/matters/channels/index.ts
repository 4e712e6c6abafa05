// Every channel through which matters arrive, by its id.
import { hotline } from './hotline.ts'

export interface Channel {
  id: string
  label: string
  /** Begins the numbers of its matters. */
  prefix: string
  sources: Record<string, string>
  categories: Record<string, string>
}

export const channels = { hotline } as const satisfies Record<string, Channel>

export type ChannelId = keyof typeof channels
