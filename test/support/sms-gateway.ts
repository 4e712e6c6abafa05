// A small SMS gateway that speaks the contract of docs/sms.md over HTTP: takes messages once by their id, and misbehaves when told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Taken {
  id: string
  to: string
  text: string
  gatewayId: string
}

export const GATEWAY_TOKEN = 'gateway-token-of-the-test'
export const CALLBACK_TOKEN = 'callback-token-of-the-test'

/** `drop`: takes the message and breaks the connection instead of answering. */
type Mood = 'well' | 'down' | 'busy' | 'refusing' | 'drop' | 'garbage'

export async function openGateway() {
  const taken = new Map<string, Taken>()
  let mood: Mood = 'well'
  let asked = 0

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    asked += 1
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (request.headers.authorization !== `Bearer ${GATEWAY_TOKEN}`)
      return reply(401, { reason: 'unauthorized' })
    if (mood === 'down') return reply(503, {})
    if (mood === 'busy') return reply(429, {})
    if (mood === 'refusing') return reply(422, { reason: 'blacklisted' })
    if (mood === 'garbage') {
      response.writeHead(200).end('x'.repeat(50_000))
      return
    }
    const message = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Omit<Taken, 'gatewayId'>
    const known = taken.get(message.id) ?? { ...message, gatewayId: `g-${taken.size + 1}` }
    taken.set(message.id, known)
    if (mood === 'drop') return void request.socket.destroy()
    return reply(200, { gatewayId: known.gatewayId })
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    /** Every message that the gateway took, once each. */
    taken: () => [...taken.values()],
    asked: () => asked,
    be(next: Mood) {
      mood = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
