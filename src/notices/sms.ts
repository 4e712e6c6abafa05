// The one way out for messages: a gateway that speaks HTTP, as docs/sms.md describes it.
import { z } from 'zod'

export interface SmsGateway {
  /**
   * Hands one message over. The id is the gateway's key: the same id again is the same message and is not sent twice. Throws
   * `SmsRefused` for what the gateway will never take, any other error for what may go another time.
   */
  send(message: { id: string; to: string; text: string }): Promise<{ gatewayId: string }>
}

/** The gateway's answer is final; `reason` is a short code without the number. */
export class SmsRefused extends Error {
  readonly reason: string
  constructor(reason: string) {
    super(`the gateway refused: ${reason}`)
    this.reason = reason
  }
}

const TIMEOUT_MS = 10_000
const LONGEST_ANSWER = 10_000
const taken = z.object({ gatewayId: z.string().min(1).max(100) })
const refused = z.object({ reason: z.string().max(60) })

export function openSmsGateway(url: string, token: string): SmsGateway {
  return {
    async send({ id, to, text }) {
      const response = await fetch(new URL('messages', url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ id, to, text }),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const body = await answerOf(response)
      if (response.ok) return taken.parse(body)
      // Too many, too slow and broken may pass; everything else of 4xx is about this very message.
      if (response.status >= 500 || response.status === 408 || response.status === 429)
        throw new Error(`the gateway answers ${response.status}`)
      throw new SmsRefused(refused.safeParse(body).data?.reason ?? `http-${response.status}`)
    },
  }
}

async function answerOf(response: Response): Promise<unknown> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > LONGEST_ANSWER) throw new Error('the gateway answers too much')
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
