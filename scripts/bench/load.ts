// A small HTTP load: keep-alive sockets that send the next request when the last is answered, with latencies.
import { connect } from 'node:net'

export interface Request {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface Measured {
  /** Requests answered with 2xx a second. */
  rate: number
  p50: number
  /** Milliseconds. */
  p99: number
  answered: number
  refused: number
}

/** Keeps `clients` busy for `seconds` after half a second of warming up. `next` makes each request. */
export async function load(
  port: number,
  clients: number,
  seconds: number,
  next: (n: number) => Request | undefined,
): Promise<Measured> {
  let n = 0
  const latencies: number[] = []
  let refused = 0
  const warm = performance.now() + 500
  const end = warm + seconds * 1000
  await Promise.all(
    Array.from({ length: clients }, () =>
      client(
        port,
        () => (performance.now() < end ? next(n++) : undefined),
        (ms, status, body) => {
          if (performance.now() < warm) return
          if (status >= 200 && status < 300) latencies.push(ms)
          else if (refused++ === 0) process.stderr.write(`  refused: ${status} ${body.slice(0, 300)}\n`)
        },
      ),
    ),
  )
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  return {
    rate: latencies.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    answered: latencies.length,
    refused,
  }
}

function client(
  port: number,
  next: () => Request | undefined,
  answered: (ms: number, status: number, body: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const open = () => {
      const socket = connect(port, '127.0.0.1')
      let started = 0
      let text = ''
      const send = () => {
        const request = next()
        if (request === undefined) {
          socket.end()
          resolve()
          return
        }
        started = performance.now()
        socket.write(write(request))
      }
      socket.setNoDelay(true)
      socket.setEncoding('latin1')
      socket.on('connect', send)
      socket.on('error', reject)
      socket.on('data', (chunk: string) => {
        text += chunk
        const end = text.indexOf('\r\n\r\n')
        if (end < 0) return
        const head = text.slice(0, end)
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (text.length < end + 4 + length) return
        answered(performance.now() - started, Number(text.slice(9, 12)), text.slice(end + 4))
        text = ''
        // A server ends a socket after so many requests; the next one goes on another.
        if (/connection: close/i.test(head)) {
          socket.end()
          open()
        } else send()
      })
    }
    open()
  })
}

function write({ method, path, headers = {}, body }: Request): string {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== undefined)
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`
}
