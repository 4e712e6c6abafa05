// How the tests run: one PostgreSQL for all, one cloned database a file, two files at a time.
import { defineConfig } from 'vitest/config'

const config = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global.ts'],
    pool: 'forks',
    execArgv: ['--import', './scripts/module-formats.js'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    env: { TZ: 'UTC' },
  },
})

export default config
