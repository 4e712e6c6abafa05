// A worker process of its own for one import job, so that a test can kill it: node import-child.ts <database> <data folder> <event>
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { importFile } from '../../workers/import.ts'

const [url = '', dataDir = '', eventId = ''] = process.argv.slice(2)
const config = readConfig({
  DATABASE_URL: url,
  DATA_DIR: dataDir,
  LOG_LEVEL: 'silent',
  UNSAFE_DATABASE: 'true',
})
const deps = await openDeps(config, url)
const before = process.memoryUsage().rss
await importFile(deps, { eventIds: [eventId] })
// Bytes that the process has grown by at its largest; maxRSS is in kilobytes.
process.stdout.write(String(process.resourceUsage().maxRSS * 1024 - before))
await deps.close()
