// Measures how long the service takes from the command to its first answer: with an empty folder, and again.
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LAUNCHER = fileURLToPath(new URL('../launch.js', import.meta.url))
const PORT = 3299

export async function measureStart(folder: string, report: (line: string) => void): Promise<void> {
  const dataDir = join(folder, 'start')
  await rm(dataDir, { recursive: true, force: true })
  for (const [name, goal] of [
    ['cold start, empty folder', 10],
    ['warm start', 3],
  ] as const) {
    const seconds = await untilReady(dataDir)
    report(`${name}: ${seconds.toFixed(1)} s (goal ${goal}, ${seconds <= goal ? 'reached' : 'MISSED'})`)
  }
  await rm(dataDir, { recursive: true, force: true })
}

async function untilReady(dataDir: string): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [LAUNCHER, 'start'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(PORT),
      EMBEDDED_PORT: '0',
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`)
      const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`).catch(() => undefined)
      if (answer?.ok === true) return (performance.now() - started) / 1000
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}
