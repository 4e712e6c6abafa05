// What stands behind every npm script: of several runs in one fresh checkout one installs the packages, the others wait.
import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** Stands for npm: says when it begins and ends, and refuses to work beside another of its kind. */
const npm = `
import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
appendFileSync('npm.txt', existsSync('busy') ? 'beside another ' : process.argv.slice(2).join(' ') + ' ')
writeFileSync('busy', '')
setTimeout(() => {
  rmSync('busy')
  if (existsSync('fail')) process.exit(7)
  mkdirSync('node_modules', { recursive: true })
  writeFileSync('node_modules/.package-lock.json', '{"packages":{}}')
}, 700)
`
/** Stands for a service: it runs on until as many as it is told have started. */
const command = `
import { appendFileSync, readFileSync } from 'node:fs'
appendFileSync('ran.txt', '.')
console.log('ran')
const timer = setInterval(() => readFileSync('ran.txt').length >= Number(process.argv[2]) && clearInterval(timer), 50)
`
let checkout: string

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'banjian-launch-'))
  await mkdir(join(checkout, 'scripts'))
  for (const name of ['launch.js', 'module-formats.js']) await cp(`scripts/${name}`, at(`scripts/${name}`))
  await cp('package.json', at('package.json'))
  await writeFile(at('package-lock.json'), '{"packages":{}}')
  await writeFile(at('npm.js'), npm)
  await writeFile(at('scripts/verify.ts'), command)
})

afterEach(() => rm(checkout, { recursive: true, force: true }))

const at = (path: string) => join(checkout, path)
const given = (together: number) => [at('scripts/launch.js'), 'verify', String(together)]
const env = () => ({ ...process.env, npm_execpath: at('npm.js') })
const run = (together: number) => promisify(execFile)(process.execPath, given(together), { env: env() })
const asked = () => readFile(at('npm.txt'), 'utf8')

describe('a fresh checkout', () => {
  it('is installed once by three runs at once, which all go on', async () => {
    const outputs = await Promise.all([run(3), run(3), run(3)])
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['ran\n', 'ran\n', 'ran\n'])
    expect(await asked()).toBe('ci --loglevel=error ')
    expect(outputs.filter(({ stderr }) => stderr.includes('Another run is installing'))).toHaveLength(2)
    expect((await run(1)).stderr).toBe('')
  })

  it('is installed by the one that waited when the other is killed', async () => {
    const { pid } = spawn(process.execPath, given(1), { env: env(), detached: true })
    await vi.waitFor(asked, { timeout: 10_000 })
    const second = run(1)
    process.kill(-(pid ?? 0), 'SIGKILL')
    expect((await second).stdout).toBe('ran\n')
  })

  it('says what failed, to each of those who wait', async () => {
    await writeFile(at('fail'), '')
    const outcomes = await Promise.allSettled([run(1), run(1)])
    for (const { reason } of outcomes as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 7, stderr: expect.stringContaining('could not be installed') })
    }
    expect(await asked()).not.toContain('beside another')
  })
})
