// Starts the service with the roles that the configuration asks for: `npm start`.
import { main } from '../src/main.ts'

await main(async (deps, metrics) => (await import('../workers/main.ts')).startWorkers(deps, metrics))
