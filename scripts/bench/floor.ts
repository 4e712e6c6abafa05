// The floor: one bare Fastify with the same driver and the same rows by raw prepared SQL; no accounts, no checks.
import { randomBytes, randomUUIDv7 } from 'node:crypto'
import fastify from 'fastify'
import pg from 'pg'
import { columnOf, partNames } from '../../src/kpi/parts.ts'

const url = process.argv[2] ?? ''
const pool = new pg.Pool({
  connectionString: url,
  max: 6,
  options: '-c search_path=app -c TimeZone=Asia/Shanghai',
})
const app = fastify()

const SQL = {
  person: `insert into people (id, sealed, name_masked, phone_masked, name_bi, phone_bi, created_at) values ($1, $2, $3, $4, $5, $6, now())`,
  matter: `insert into matters (id, no, channel, source, state, title, content, category, urgency, topic, person_id, unit_ids,
      received_at, registered_at, registered_by, dispatched_at, lead_unit_id, lead_leg_id, sign_due_at, due_at, late_from,
      sign_late_from, version, seq, head)
    values ($1, 'B-' || nextval('matter_numbers'), 'hotline', 'counter', 'assigned', $2, $3, $4, 'normal', 'environment', $5, array[$6::uuid],
      now(), now(), $7, now(), $6, $8, now() + interval '1 day', now() + interval '9 days', now() + interval '9 days',
      now() + interval '1 day', 1, 1, $9)`,
  leg: `insert into legs (id, matter_id, no, role, kind, unit_id, dispatched_at, policy, time_limit, sign_due_at, due_at, effective_due_at)
    values ($1, $2, 1, 'lead', 'dispatch', $3, now(), 'SC-2020', '{"n":7,"unit":"workday"}', now() + interval '1 day',
      now() + interval '9 days', now() + interval '9 days')`,
  event: `insert into events (id, subject, subject_id, seq, type, at, actor_id, canon, hash) values ($1, 'matter', $2, $3, $4, now(), $5, $6, $7)`,
  outbox: `insert into outbox (event_id, job, subject_id, at) values ($1, 'rollup', $2, now())`,
  signMatter: `update matters set state = 'handling', signed_at = now(), sign_late_from = null, version = version + 1, seq = seq + 1, head = $2
    where id = $1 and state = 'assigned' returning lead_leg_id, seq`,
  signLeg: `update legs set signed_at = now() where id = $1`,
  list: `select m.id, m.no, m.title, m.state, m.category, m.urgency, m.topic, m.due_at, m.received_at, m.version, u.name as unit,
      p.name_masked, p.phone_masked
    from (select * from matters m where lead_unit_id = $1 and state in ('assigned', 'returning', 'handling') order by due_at, id limit 20) m
    join units u on u.id = m.lead_unit_id left join people p on p.id = m.person_id order by m.due_at, m.id`,
  one: `select m.*, u.name as unit, p.name_masked, p.phone_masked,
      (select json_agg(l order by no) from legs l where l.matter_id = m.id) as legs,
      (select json_agg(r) from replies r where r.matter_id = m.id) as replies,
      (select json_agg(e order by seq) from (select seq, type, at, actor_id, canon from events e where e.subject_id = m.id) e) as events
    from matters m left join units u on u.id = m.lead_unit_id left join people p on p.id = m.person_id where m.id = $1`,
}
const BOARD = `select unit_id, ${partNames.map((part) => `sum(${columnOf(part)})::int as ${columnOf(part)}`).join(', ')}
  from kpi_daily where channel = 'hotline' and day between $1 and $2 group by unit_id`
app.get('/board', async () => {
  const years = [
    ['2020-01-01', '2020-12-31'],
    ['2019-01-01', '2019-12-31'],
  ]
  const tables = years.map((values) => pool.query({ name: 'board', text: BOARD, values }))
  return (await Promise.all(tables)).map(({ rows }) => rows as object[])
})

const run = (client: pg.ClientBase | pg.Pool, name: keyof typeof SQL, values: unknown[]) =>
  client.query({ name, text: SQL[name], values })

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

interface Order {
  title: string
  content: string
  category: string
  dispatch: { leadUnitId: string }
}

app.post<{ Body: Order }>('/orders', async ({ body }) =>
  inTransaction(async (client) => {
    const [id, person, leg, event] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7(), randomUUIDv7()]
    const unit = body.dispatch.leadUnitId
    await run(client, 'person', [
      person,
      randomBytes(90),
      '王*明',
      '139****0001',
      randomBytes(16),
      randomBytes(16),
    ])
    await run(client, 'matter', [
      id,
      body.title,
      body.content,
      body.category,
      person,
      unit,
      unit,
      leg,
      randomBytes(32),
    ])
    await run(client, 'leg', [leg, id, unit])
    await run(client, 'event', [
      event,
      id,
      1,
      'matter.register',
      unit,
      JSON.stringify({ id, data: { unit } }),
      randomBytes(32),
    ])
    await run(client, 'outbox', [event, id])
    return { id }
  }),
)

app.post<{ Params: { id: string } }>('/orders/:id/sign', async ({ params: { id } }, reply) =>
  inTransaction(async (client) => {
    const { rows } = await run(client, 'signMatter', [id, randomBytes(32)])
    const [row] = rows as { lead_leg_id: string; seq: number }[]
    if (row === undefined) return reply.code(409).send({ error: 'not assigned' })
    const event = randomUUIDv7()
    await run(client, 'signLeg', [row.lead_leg_id])
    await run(client, 'event', [
      event,
      id,
      row.seq,
      'matter.sign',
      id,
      JSON.stringify({ id, data: {} }),
      randomBytes(32),
    ])
    await run(client, 'outbox', [event, id])
    return { id }
  }),
)

app.get<{ Querystring: { unit: string } }>('/orders', async ({ query }) => ({
  items: (await run(pool, 'list', [query.unit])).rows as unknown[],
}))
app.get<{ Params: { id: string } }>(
  '/orders/:id',
  async ({ params }) => (await run(pool, 'one', [params.id])).rows[0] as unknown,
)

process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`)
