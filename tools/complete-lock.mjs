// Completes package-lock.json with the platform packages that npm left out, so that `npm ci` works on every machine.
//
//   node tools/complete-lock.mjs           writes what is missing
//   node tools/complete-lock.mjs --check   writes nothing, fails when something is missing
//
// npm writes no lock entry for an optional package that it could not fetch while locking, and `npm ci` then refuses the
// lock file ("Missing: … from lock file"). An entry of version and platform is enough: npm skips it everywhere but there.
// Run it after every `npm install` that changes the lock file.
import { readFileSync, writeFileSync } from 'node:fs'

const path = new URL('../package-lock.json', import.meta.url)
const before = readFileSync(path, 'utf8')
const lock = JSON.parse(before)
const packages = lock.packages

const SYSTEMS = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'win32',
  windows: 'win32',
  freebsd: 'freebsd',
  android: 'android',
  openharmony: 'openharmony',
}
const PROCESSORS = {
  x64: 'x64',
  arm64: 'arm64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
}
const LIBRARIES = { gnu: 'glibc', musl: 'musl' }

/** The platform that a package's name tells, in the words of package.json: `@x/binding-linux-x64-musl` → linux, x64, musl. */
function platformOf(name) {
  const words = name.split('/').pop().split('-')
  const os = words.map((word) => SYSTEMS[word]).find(Boolean)
  const cpu = words.map((word) => PROCESSORS[word]).find(Boolean)
  const libc = os === 'linux' ? words.map((word) => LIBRARIES[word]).find(Boolean) : undefined
  return os && cpu ? { cpu: [cpu], ...(libc && { libc: [libc] }), os: [os] } : undefined
}

/** Where Node would find `name` from the package at `from`: the nearest node_modules upward that holds it. */
function locate(from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const candidate = `${folder}${folder && '/'}node_modules/${name}`
    if (packages[candidate]) return candidate
    if (folder === '') return undefined
  }
}

const added = []
for (const [parent, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (locate(parent, name)) continue
    const platform = platformOf(name)
    if (!platform || !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
      throw new Error(
        `${parent || 'package.json'} wants ${name}@${version}, which the lock lacks and whose platform its name does not tell`,
      )
    }
    const { cpu, ...rest } = platform
    packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(entry.dev && { dev: true }),
      ...(rest.libc && { libc: rest.libc }),
      optional: true,
      os: rest.os,
    }
    added.push(name)
  }
}

// The lock names no host: every machine fetches from the registry that its own npm is set to.
let hosts = 0
for (const entry of Object.values(packages)) {
  if (/^https?:/.test(entry.resolved ?? '') && entry.integrity) {
    delete entry.resolved
    hosts++
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')))
const after = JSON.stringify(lock, null, 2) + '\n'
if (after === before) {
  process.stdout.write('package-lock.json is complete\n')
} else if (process.argv.includes('--check')) {
  process.stderr.write(
    `package-lock.json lacks ${added.length} platform packages and names ${hosts} hosts: run node tools/complete-lock.mjs\n`,
  )
  process.exitCode = 1
} else {
  writeFileSync(path, after)
  process.stdout.write(`package-lock.json: ${added.length} platform packages added, ${hosts} hosts removed\n`)
}
