// Rows that somebody puts in beside the history are named, whatever they are; what acts and imports write is not.
import { randomUUIDv7 } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { verifyChains } from '../../src/platform/verify.ts'
import { provable } from '../../src/provable.ts'
import { answered, openImportDesk, rated, row } from '../imports/import-desk.ts'

let desk: Awaited<ReturnType<typeof openImportDesk>>
beforeAll(async () => {
  desk = await openImportDesk()
  await run('alter table app.legs disable trigger user')
})
afterAll(() => desk.close())

const run = (sql: string, values: unknown[] = []) =>
  desk.deps.db.bulk((client) => client.query<Record<string, string>>(sql, values))
const found = async () =>
  (await verifyChains(desk.deps.db, desk.deps.vault, provable)).findings.map(
    ({ kind, place, message }) => `${kind} ${place} ${message}`,
  )

/** Puts rows in by SQL, expects each to be named and takes them out again. */
async function expectNamed(table: string, put: string, values: string[], place = values[0]): Promise<void> {
  const { rows } = await run(`${put} returning id`, values)
  expect(await found(), `put into ${table}`).toEqual(
    rows.map(({ id }) => `row ${place} 行与事件所记不符：${table} 多一行 ${id}`),
  )
  await run(`delete from app.${table} where id = $1`, [rows[0]?.['id']])
}

/** A row beside the matter `$1`, by table; `$2` is its own id. */
const besideMatter: Record<string, string> = {
  call_backs: `(matter_id, id, at, by_id, result, rating) values ($1, $2, now(), $2, 'reached', 'satisfied')`,
  replies: `(matter_id, id, submitted_at, submitted_by, facts, measures, result) values ($1, $2, now(), $2, '', '', '已办结')`,
  legs: `(matter_id, id, no, role, kind, unit_id, dispatched_at, policy, sign_due_at, due_at, effective_due_at)
    values ($1, $2, 90, 'co', 'co', $2, now(), '', now(), now(), now())`,
  extensions: `(matter_id, id, leg_id, asked_at, asked_by, reason, workdays, old_due_at, new_due_at, decided_at, granted)
    values ($1, $2, $2, now(), $2, '', 5, now(), now(), now(), true)`,
  return_requests: `(matter_id, id, leg_id, asked_at, asked_by, reason) values ($1, $2, $2, now(), $2, '')`,
  screenings: `(matter_id, id, asked_at, asked_by, ground, evidence) values ($1, $2, now(), $2, 'other', '')`,
  supervisions: `(matter_id, id, kind, at, by_id, text) values ($1, $2, 'urge', now(), $2, '')`,
  notes: `(matter_id, id, at, by_id, text) values ($1, $2, now(), $2, '')`,
  merge_holds: `(matter_id, id, from_id, at) values ($1, $2, $2, now())`,
  opinions: `(matter_id, id, leg_id, claim, facts, basis, opinion, outcome, submitted_at, submitted_by)
    values ($1, $2, $2, '', '', '', '', 'supported', now(), $2)`,
  petitions: `(id, regime) select $1, 'XF2022' where $2::uuid is not null`,
  visits: `(id, day, person_count, collective, level, competent_level, skip_level, venue, mode)
    select $1, '2020-08-14', 1, false, 'district', 'district', false, 'reception', 'onsite' where $2::uuid is not null`,
  escalations: `(id, ground, leader_name, leader_post) select $1, 'overdue', '', '' where $2::uuid is not null`,
}

it('knows every table of which the events of a matter tell', () => {
  const tables = provable.find(({ subject }) => subject === 'matter')?.rows.map(({ table }) => table) ?? []
  expect(Object.keys(besideMatter).toSorted()).toEqual(tables.toSorted())
})

it('names each row that was put beside a matter', async () => {
  const { id } = await desk.register()
  await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
  await desk.does('liaison', id, 'sign')
  await desk.does('liaison', id, 'reply', desk.answer)
  expect(await found()).toEqual([])
  for (const [table, values] of Object.entries(besideMatter))
    await expectNamed(table, `insert into app.${table} ${values}`, [id, randomUUIDv7()])
})

it('names each row that was put beside an imported matter, and none that its files and acts wrote', async () => {
  await desk.take([row('P-0001', rated), row('P-0002')])
  const { id } = await desk.matter('P-0001')
  const { id: handled } = await desk.matter('P-0002')
  await desk.does('liaison', handled, 'reply', desk.answer)
  await desk.does('reviewer', handled, 'approve')
  expect(await found()).toEqual([])
  desk.clock.forward({ days: 5 })
  await desk.take([
    row('P-0001', { ...rated, leadUnit: '大石镇' }),
    row('P-0002', { ...answered, calledBackAt: '2020-08-16 10:00:00', rating: '不满意' }),
  ])
  expect(await found()).toEqual([])
  for (const [table, values] of Object.entries(besideMatter))
    for (const each of [id, handled])
      await expectNamed(table, `insert into app.${table} ${values}`, [each, randomUUIDv7()])
  // It looks like a row of the import, of a kind that none wrote.
  const alike = `${id.slice(0, -4)}${(Number.parseInt(id.slice(-4), 16) ^ 0x300).toString(16).padStart(4, '0')}`
  await expectNamed('call_backs', `insert into app.call_backs ${besideMatter['call_backs']}`, [id, alike])
})

it('names a row that an act has taken up since', async () => {
  const { id } = await desk.register()
  await desk.does('dispatcher', id, 'dispatch', { leadUnitId: desk.township })
  await desk.does('liaison', id, 'sign')
  const [leg] = await desk.legs(id)
  const forged = randomUUIDv7()
  await run(
    `insert into app.extensions (id, matter_id, leg_id, asked_at, asked_by, reason, workdays, old_due_at, new_due_at)
     select $2, matter_id, id, now(), $2, '', 5, effective_due_at, effective_due_at + interval '7 days' from app.legs where id = $1`,
    [leg?.id, forged],
  )
  await desk.does('reviewer', id, 'refuse-extension', { note: '理由不充分' })
  expect(await found()).toEqual([`row ${id} 行与事件所记不符：extensions 多一行 ${forged}`])
  await run('delete from app.extensions where id = $1', [forged])
  expect(await found()).toEqual([`row ${id} 行与事件所记不符：extensions 少一行`])
})

/** The columns of a table that can be written, each as itself but for those given. */
async function copied(table: string, given: Record<string, string>): Promise<string> {
  const { rows } = await run(
    `select column_name as name from information_schema.columns
     where table_schema = 'app' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  )
  const names = rows.map(({ name = '' }) => name)
  const values = names.map((name) => given[name] ?? `"${name}"`)
  return `insert into app.${table} (${names.map((name) => `"${name}"`).join(', ')}) select ${values.join(', ')} from app.${table}`
}

it('names matters, accounts and whatever else begins with an event, where there is none', async () => {
  const { id } = await desk.register()
  const before = await found()
  const put = async (table: string, of: string, more: Record<string, string> = {}) => {
    const forged = randomUUIDv7()
    await run(`${await copied(table, { ...more, id: `'${forged}'` })} where id = $1`, [of])
    expect(await found(), `put into ${table}`).toEqual([
      ...before,
      `row ${forged} ${table} 多一行：没有事件讲到`,
    ])
    await run(`delete from app.${table} where id = $1`, [forged])
  }
  await put('matters', id, { no: `'RX-510802-20200814-999999'` })
  await put('accounts', desk.staff.leader.id, { login: `'backdoor'` })
  await put('units', desk.township, { name: `'影子镇'`, short_name: `'影子镇'` })
  // Nobody was named a confidant, nor given a key.
  const other = randomUUIDv7()
  await run(
    `insert into app.confidants (id, person_id, account_id, granted_at, granted_by, reason) select $1, person_id, $2, now(), $1, '' from app.matters
     where person_id is not null limit 1`,
    [other, desk.staff.leader.id],
  )
  expect(await found()).toEqual([...before, `row ${other} confidants 多一行：没有事件讲到`])
  await run('delete from app.confidants')
  await run(
    `insert into app.api_keys (id, account_id, name, hash, ips, created_at, expires_at)
     values ($1, $2, '', '\\x00', '{}', now(), now() + interval '1 year')`,
    [other, desk.staff.leader.id],
  )
  expect(await found()).toEqual([...before, `row ${other} api_keys 多一行：没有事件讲到`])
  await run('delete from app.api_keys')
  const nowhere = randomUUIDv7()
  await run(`insert into app.call_backs ${besideMatter['call_backs']}`, [nowhere, nowhere])
  expect(await found()).toEqual([...before, `row ${nowhere} call_backs 多一行：没有事件讲到`])
  // With the id and the chain's end of something else, too.
  await run(`delete from app.call_backs where id = $1`, [nowhere])
  await run(
    `${await copied('matters', {
      id: `'${desk.township}'`,
      no: `'RX-510802-20200814-999998'`,
      seq: `(select max(seq) from app.events where subject_id = '${desk.township}')`,
      head: `(select hash from app.events where subject_id = '${desk.township}' order by seq desc limit 1)`,
    })} where id = $1`,
    [id],
  )
  expect(await found()).toEqual([...before, `row ${desk.township} matters 多一行：没有事件讲到`])
})
