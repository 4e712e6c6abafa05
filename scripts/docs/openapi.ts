// The OpenAPI document as the service would serve it, without a database: the application is built, nothing is asked of it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../../src/app.ts'
import { keyFileOf, readConfig } from '../../src/config.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openDatabase } from '../../src/platform/db.ts'
import { openFiles } from '../../src/platform/files.ts'
import { openLog } from '../../src/platform/log.ts'
import type { Queue } from '../../src/platform/queue.ts'
import { openVault } from '../../src/platform/vault.ts'

export async function openApiDocument(): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'banjian-docs-'))
  try {
    const url = 'postgres://nobody@127.0.0.1:1/nothing'
    const config = readConfig({ DATA_DIR: folder, DATABASE_URL: url, LOG_LEVEL: 'silent' })
    const clock = systemClock
    // A pool connects when it is first asked, and here it never is.
    const db = openDatabase({ url, connections: 2, clock, onError: unexpected })
    const vault = openVault({ keyFile: keyFileOf(config), create: true })
    const files = await openFiles({ dir: join(folder, 'files') })
    const app = await buildApp({
      config,
      log: openLog(config),
      db,
      clock,
      queue,
      vault,
      files,
      sms: undefined,
    })
    const response = await app.inject({ method: 'GET', url: '/openapi.json' })
    if (response.statusCode !== 200) throw new Error(`/openapi.json answered ${response.statusCode}`)
    await app.close()
    await db.end()
    return response.json()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unexpected(): never {
  throw new Error('building the application must not need a database or a queue')
}

const queue: Queue = {
  backend: 'postgres',
  add: unexpected,
  work: unexpected,
  schedule: unexpected,
  ready: unexpected,
  counts: unexpected,
  obliterate: unexpected,
  close: unexpected,
}
