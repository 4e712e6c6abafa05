// The service under load: the API role as `main.ts` builds it, on a prepared database.
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'

const config = readConfig({ ...process.env, RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'info' })
const deps = await openDeps(config, process.argv[2] ?? '')
const app = await buildApp(deps)
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`)
process.on('SIGTERM', () => process.exit(0))
