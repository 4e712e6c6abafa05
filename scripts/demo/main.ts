// The demonstration: two years of an office, made up, taken in through the import, and its figures held against its report.
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Config } from '../../src/config.ts'
import { readArguments } from '../arguments.ts'
import { deskRecipe } from './casework/recipe.ts'
import { reportedDesk } from './casework/reported.ts'
import { prepareOffice } from './office.ts'
import { lookAroundText, reportText } from './printing.ts'
import { recipes } from './recipe.ts'
import { reportedTopicsTotal, reportedYear } from './reported.ts'
import { runDemo } from './run.ts'
import { demoConfig, Refused, serveDemo, workbooksFolder } from './service.ts'

const USAGE = `npm run demo [-- --json] [-- --fresh]
  --json   prints the figures as one JSON document on standard output, and nothing else there
  --fresh  forgets an earlier demonstration in the same folder or database and starts over
DATA_DIR (default data/demo) or DATABASE_URL say where; see also npm start.`

const begun = performance.now()
const { values: options } = readArguments(USAGE, {
  options: { json: { type: 'boolean' }, fresh: { type: 'boolean' } },
})
const say = (text: string) => void process.stdout.write(`${text}\n`)
/** Progress never mixes with the JSON document. */
const tell = (line: string) =>
  void (options.json === true ? process.stderr : process.stdout).write(
    `${seconds().padStart(6)} 秒  ${line}\n`,
  )

try {
  process.exitCode = (await demonstrate()) ? 0 : 1
} catch (error) {
  const reason = error instanceof Refused ? error.message : ((error as Error).stack ?? String(error))
  process.stderr.write(`演示未完成 · the demonstration was not completed: ${reason}\n`)
  process.exitCode = 1
}

async function demonstrate(): Promise<boolean> {
  const config = demoConfig(process.env)
  const place = config.DATABASE_URL === undefined ? shownFolder(config) : '已给定的数据库'
  tell(`办件 banjian 演示：数据在${place}，全部为生成，不含任何真实个人信息`)
  const serving = await serveDemo(config, { fresh: options.fresh === true })
  let leaving: Promise<void> | undefined
  const close = () => (leaving ??= serving.close())
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(130)))
  try {
    const { password } = await prepareOffice(serving.deps)
    const passwordFile = join(config.dataDir, 'demo-password')
    if (password !== undefined) await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    tell(`服务就绪 ${serving.url}，64 个承办单位`)
    const report = await runDemo(serving, {
      recipes,
      folder: workbooksFolder(config),
      reported: { year: reportedYear, topicsTotal: reportedTopicsTotal },
      desk: { recipe: deskRecipe, figures: reportedDesk },
      tell,
    })
    const known = password ?? (await readFile(passwordFile, 'utf8').catch(() => undefined))?.trim()
    const total = Number(seconds())
    if (options.json === true)
      say(JSON.stringify({ ...report, seconds: total, dataDir: config.dataDir, passwordFile }, null, 2))
    else {
      say(`\n${reportText(report)}\n`)
      say(report.agrees ? `全部相符，用时 ${total} 秒。\n` : `有数不符，见标 ✗ 处。用时 ${total} 秒。\n`)
      say(lookAroundText({ environment: environmentFor(config), password: known, passwordFile }))
    }
    return report.agrees
  } finally {
    await close()
  }
}

/** What `npm start` needs to find the same data. */
function environmentFor(config: Config): string {
  const database = config.DATABASE_URL === undefined ? '' : ' DATABASE_URL=…'
  return `DATA_DIR=${shownFolder(config)}${database}`
}

function shownFolder(config: Config): string {
  const near = relative(process.cwd(), config.dataDir)
  return near.startsWith('..') ? config.dataDir : near
}

function seconds(): string {
  return ((performance.now() - begun) / 1000).toFixed(1)
}
