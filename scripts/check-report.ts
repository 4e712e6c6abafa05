// Reads a report's text and prints what in it cannot be true, line by line. Needs neither database nor service.
import { readFileSync } from 'node:fs'
import { readConfig } from '../src/config.ts'
import { populationOn, townshipsOn } from '../src/orgs/region-rules.ts'
import { shippedCensuses, shippedRegions } from '../src/orgs/regions.data.ts'
import { checkText, yearOf } from '../src/reports/check-text.ts'
import { textOfBytes } from '../src/reports/reading/text.ts'
import { misused, readArguments } from './arguments.ts'

const USAGE =
  'Usage: npm run check-report -- FILE [--year 2020] [--population 621978] [--region 510802] [--json]'

const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: {
    year: { type: 'string' },
    population: { type: 'string' },
    region: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const [file] = positionals
const numbers = [values.year, values.population].filter((value) => value !== undefined)
if (file === undefined || numbers.some((value) => !/^\d{1,9}$/.test(value))) misused(USAGE)

const text = textOfBytes(bytesOf(file))
const year = values.year === undefined ? yearOf(text) : Number(values.year)
const region = values.region ?? readConfig().OFFICE_REGION
const on = `${year ?? new Date().getFullYear()}-12-31`
const people =
  values.population === undefined ? populationOn(shippedCensuses, region, on) : Number(values.population)
const townships = townshipsOn(shippedRegions, region, on)
const { figures, findings } = checkText(
  text,
  {
    ...(townships === 0 ? {} : { townships }),
    ...(people === undefined ? {} : { population: people }),
  },
  year,
)
const errors = findings.filter(({ severity }) => severity === 'error').length
if (values.json) process.stdout.write(`${JSON.stringify({ figures: figures.length, findings }, null, 1)}\n`)
else {
  const marks = { error: '错误', warning: '存疑', note: '提示' }
  for (const { place, severity, check, zh, proposal } of findings) {
    process.stdout.write(
      `第${place.line}行 ${marks[severity]} ${check} ${zh}${proposal === undefined ? '' : ` → ${proposal}`}\n`,
    )
  }
  process.stdout.write(
    `读到${figures.length}个数，${errors}处错误，${findings.length - errors}处存疑或提示。\n`,
  )
}
process.exitCode = errors > 0 ? 1 : 0

function bytesOf(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(2)
  }
}
