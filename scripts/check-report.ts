// Reads a report's text and prints what in it cannot be true, line by line. Needs neither database nor service.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { shippedRegions } from '../src/orgs/regions.data.ts'
import { checkText } from '../src/reports/check-text.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    year: { type: 'string' },
    population: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const [file] = positionals
if (file === undefined) {
  process.stderr.write('Usage: npm run check-report -- FILE [--year 2020] [--population 621978] [--json]\n')
  process.exit(2)
}

const bytes = readFileSync(file)
const text = decode(bytes)
const { population, year = /(\d{4})年/.exec(text)?.[1] } = values
const on = `${year ?? new Date().getFullYear()}-12-31`
const townships = shippedRegions.filter(
  ({ level, validFrom, validTo }) =>
    level === 'township' && validFrom <= on && (validTo === null || validTo > on),
).length
const { figures, findings } = checkText(text, {
  townships,
  ...(population === undefined ? {} : { population: Number(population) }),
})
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
process.exit(errors > 0 ? 1 : 0)

/** UTF-8 where it is valid, else the encoding of older Chinese programs. */
function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return new TextDecoder('gb18030').decode(content)
  }
}
