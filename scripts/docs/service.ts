// Blocks about the service: configuration, problems, routes, jobs and schedules.
import { readdirSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { configShape } from '../../src/config.ts'
import { batchJobs, reactions, schedules } from '../../src/jobs.ts'
import { problems } from '../../src/platform/problems.data.ts'
import { code, codes, table, type Row } from './tables.ts'

const ROOT = new URL('../../', import.meta.url)

export function configurationTable(): string {
  const defaults: Record<string, unknown> = configShape.parse({})
  const { properties = {} } = z.toJSONSchema(configShape, { io: 'input', unrepresentable: 'any' })
  const rows = Object.entries(properties).map(([key, shape]): Row => {
    const { description = '', enum: words } = shape as { description?: string; enum?: unknown[] }
    const value = defaults[key]
    const shown =
      value === undefined ? '' : value === '' ? '(empty)' : code(JSON.stringify(value).replaceAll('"', ''))
    return [
      code(key),
      shown,
      words === undefined ? description : `${description} (${words.map(String).join(', ')})`,
    ]
  })
  return table(['key', 'default', 'what it is'], rows)
}

export function problemsTable(): string {
  const rows = Object.entries(problems).map(([name, { status, zh, en }]): Row => [code(name), status, zh, en])
  return table(['code', 'status', '中文', 'English'], rows)
}

/** What a job is for: the first line of its worker's file. */
export function jobsTable(): string {
  const files = new Map(
    readdirSync(new URL('workers/', ROOT)).map((name) => [
      name,
      readFileSync(new URL(`workers/${name}`, ROOT), 'utf8'),
    ]),
  )
  const purpose = (job: string) => {
    const constant = job.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase())
    const found =
      files.get(`${job}.ts`) ?? [...files.values()].find((text) => text.includes(`export const ${constant}:`))
    const [first = ''] = found?.split('\n') ?? []
    if (!first.startsWith('// ')) throw new Error(`no worker says what the job ${job} is for`)
    return first.slice(3)
  }
  const names = [...new Set([...Object.values(reactions).flat(), ...schedules.map(({ name }) => name)])]
  const rows = names.map((name): Row => {
    const events = Object.keys(reactions).filter((event) => reactions[event]?.includes(name))
    const schedule = schedules.find((entry) => entry.name === name)
    const when =
      schedule?.pattern === undefined
        ? schedule?.every && `every ${schedule.every / 1000} s`
        : code(schedule.pattern)
    return [
      code(name),
      codes(events),
      when ?? '',
      batchJobs.has(name) ? 'many events at once' : '',
      purpose(name),
    ]
  })
  return table(['job', 'follows', 'by the clock (Asia/Shanghai)', '', 'what it does'], rows)
}

export interface OpenApi {
  paths: Record<string, Record<string, { summary?: string; tags?: string[]; 'x-audience'?: string }>>
}

export function routesTable(document: OpenApi): string {
  const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, route]): Row => {
      const audience = route['x-audience'] ?? 'anyone'
      return [
        route.tags?.[0] ?? '',
        code(`${method.toUpperCase()} ${path}`),
        route.summary ?? '',
        code(audience),
      ]
    }),
  )
  return table(['', 'route', '', 'for'], rows)
}
