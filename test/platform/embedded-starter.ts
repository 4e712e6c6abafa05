// A process that starts the embedded server, tells how it went in one line of JSON, and then lives until it is killed.
import { startEmbedded } from '../../src/platform/embedded.ts'

const [dataDir = '', durable] = process.argv.slice(2)
const silent = { info() {}, warn() {}, error() {} }

try {
  const { url, adopted, cluster } = await startEmbedded({
    dataDir,
    port: 0,
    log: silent,
    durable: durable === 'durable',
  })
  process.stdout.write(`${JSON.stringify({ url, adopted, cluster })}\n`)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`)
}
