// Calls the API over HTTP as any other program would, with a key.
import { setTimeout as pause } from 'node:timers/promises'

export type Calls = ReturnType<typeof callsTo>

const ATTEMPTS = 30

/** Every answer but 2xx is thrown with its problem document; a service that is too busy is asked again when it says. */
export function callsTo(url: string, key: string) {
  async function call<Body>(method: string, path: string, given?: FormData | object): Promise<Body> {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` }
    let body: FormData | string | null = null
    if (given instanceof FormData) body = given
    else if (given !== undefined) {
      body = JSON.stringify(given)
      headers['content-type'] = 'application/json'
    }
    // The same key each time: a write that was done after all is not done again.
    if (method !== 'GET') headers['idempotency-key'] = crypto.randomUUID()
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(path, url), { method, headers, body })
      const text = await response.text()
      if (response.ok) return JSON.parse(text) as Body
      const busy = response.status === 503 || response.status === 429
      if (!busy || attempt === ATTEMPTS) {
        throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 2000)}`)
      }
      await pause(Number(response.headers.get('retry-after') ?? '1') * 1000)
    }
  }
  return {
    get: <Body>(path: string) => call<Body>('GET', path),
    post: <Body>(path: string, body: FormData | object) => call<Body>('POST', path, body),
  }
}
