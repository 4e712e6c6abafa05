// The Redis on which the queue's flow tests run a second time, where there is one.
import { inject } from 'vitest'

/** undefined without TEST_REDIS_URL and without containers: the flow then runs on PostgreSQL alone. */
export function redisUrl(): string | undefined {
  return inject('redisUrl')
}
