// Rows that are sent in PostgreSQL's binary form are those that it reads: every type, odd values, and what is refused.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { instantFromMs } from '../../src/platform/clock.ts'
import { copyRows } from '../../src/platform/copy.ts'
import { openDependencies, type Opened } from './opened.ts'

const columns = {
  id: 'uuid',
  words: 'text',
  small: 'smallint',
  whole: 'integer',
  truth: 'boolean',
  moment: 'timestamp with time zone',
  raw: 'bytea',
  json: 'jsonb',
  ids: 'uuid[]',
  names: 'text[]',
}
const names = Object.keys(columns)
const declared = Object.entries(columns).map(([name, type]) => ({ name, key: name, type }))

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((each) => !each.includes('\0'))
const values: fc.Arbitrary<Record<keyof typeof columns, unknown>> = fc.record({
  id: fc.uuid(),
  words: fc.oneof(text, fc.constantFrom('', '\\N', '\\.', 'a\tb\r\nc', '群众反映𠮷野家扰民', 'NULL')),
  small: fc.integer({ min: -32_768, max: 32_767 }),
  whole: fc.integer(),
  truth: fc.boolean(),
  // From before the database's own epoch to long after ours.
  moment: fc
    .integer({ min: Date.UTC(1902, 0, 1), max: Date.UTC(2199, 11, 31) })
    .map((ms) => instantFromMs(ms)),
  raw: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  json: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))),
  ids: fc.array(fc.uuid(), { maxLength: 5 }),
  names: fc.array(fc.oneof(text, fc.constantFrom('', 'null', '"', '{}', '\\', ',')), { maxLength: 5 }),
})

describe('rows on their way by COPY', () => {
  let deps: Opened
  beforeAll(async () => {
    deps = await openDependencies({ DATABASE_CONNECTIONS: '2' })
    const list = declared.map(({ name, type }) => `${name} ${type}`).join(', ')
    await deps.db.bulk((client) => client.query(`create table public.copied (n int, ${list})`))
  })
  afterAll(() => deps.close())
  beforeEach(() => deps.db.bulk((client) => client.query('truncate public.copied')))

  const rowsOf = () => copyRows([{ name: 'n', key: 'n', type: 'integer' }, ...declared])
  const send = (rows: ReturnType<typeof copyRows>) =>
    deps.db.bulk((client) => rows.send(client, 'public.copied'))
  const held = () =>
    deps.db.query<Record<string, unknown>>({
      name: 'test.copied',
      text: `select ${names.join(', ')} from public.copied order by n`,
    })

  it('arrive as they were, whatever stands in them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { maxLength: 30 }), async (given) => {
        await deps.db.bulk((client) => client.query('truncate public.copied'))
        const rows = rowsOf()
        for (const [n, row] of given.entries()) rows.add(row, { n })
        await send(rows)
        expect(await held()).toEqual(given)
      }),
      { numRuns: 40 },
    )
  })

  it('have nothing where there is nothing, and take bytes also as base64 and texts also as bytes', async () => {
    const nothing = Object.fromEntries(names.map((name) => [name, null]))
    const rows = rowsOf()
    rows.add(nothing, { n: 1 })
    rows.add({ n: 2 })
    rows.add({ n: 3, raw: Buffer.from('章').toString('base64'), words: Buffer.from('群众𠮷') })
    await send(rows)
    expect(await held()).toEqual([nothing, nothing, { ...nothing, raw: Buffer.from('章'), words: '群众𠮷' }])
  })

  it('are refused whole where the bytes of a text are none', async () => {
    const rows = rowsOf()
    rows.add({ n: 1, words: '数' })
    rows.add({ n: 2, words: Buffer.from('数').subarray(0, 2) })
    await expect(send(rows)).rejects.toThrow('invalid byte sequence')
    expect(await held()).toEqual([])
  })

  it('are many at once, more of them while some are sent, and none twice', async () => {
    const rows = copyRows([
      { name: 'n', key: 'n', type: 'integer' },
      { name: 'words', key: 'words', type: 'text' },
    ])
    const words = '数'.repeat(500)
    const sent: Promise<void>[] = []
    await deps.db.bulk(async (client) => {
      for (let n = 0; n < 3000; n++) {
        rows.add({ n, words })
        if (n % 1000 !== 999) continue
        await sent.at(-1)
        sent.push(rows.send(client, 'public.copied'))
      }
      await sent.at(-1)
      expect(rows.size()).toBe(0)
      await rows.send(client, 'public.copied')
    })
    const [counted] = await deps.db.query<{ n: number; each: number; words: string }>({
      name: 'test.counted',
      text: 'select count(*)::int as n, count(distinct n)::int as each, max(words) as words from public.copied',
    })
    expect(counted).toEqual({ n: 3000, each: 3000, words })
  })

  it.each<[string, unknown]>([
    ['uuid', 'no id'],
    ['uuid', '00000000-0000-7000-8000-00000000000g'],
    ['uuid', '00000000-0000-7000-8000-0000000000000'],
    ['uuid', '00000000_0000-7000-8000-000000000000'],
    ['smallint', 32_768],
    ['integer', 1.5],
    ['integer', '1'],
    ['timestamp with time zone', 'yesterday'],
    ['timestamp with time zone', '2020-02-30T09:03:07.000Z'],
    ['timestamp with time zone', '2020-08-14T09:03:07.000+09:00'],
    ['text', 1],
    ['boolean', 'true'],
    ['text[]', '甲'],
    ['uuid[]', ['甲']],
  ])('of a wrong %s are refused and leave nothing: %j', async (type, value) => {
    const found = declared.filter((column) => column.type === type)
    const rows = copyRows([{ name: 'n', key: 'n', type: 'integer' }, ...found])
    rows.add({ n: 1 })
    expect(() => rows.add({ n: 2, ...Object.fromEntries(found.map(({ key }) => [key, value])) })).toThrow(
      TypeError,
    )
    rows.add({ n: 3 })
    await send(rows)
    expect(await held()).toHaveLength(2)
  })

  it('of a type without a form are refused at once', () => {
    expect(() => copyRows([{ name: 'sum', key: 'sum', type: 'numeric' }])).toThrow(
      'no form of numeric for COPY',
    )
  })
})
