// A transaction is whole or nothing, and losing a connection costs one answer, never the process.
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTransient, sqlState, type Tx } from '../../src/platform/db.ts'
import { openDependencies, type Opened } from './opened.ts'

describe('transactions', () => {
  let deps: Opened
  beforeAll(async () => {
    deps = await openDependencies({ DATABASE_CONNECTIONS: '2' })
    await deps.db.bulk((client) => client.query('create table public.marks (n int primary key)'))
  })
  afterAll(() => deps.close())

  const sql = (name: string, text: string) => ({ name: `test.${name}`, text })
  const marks = async () =>
    (await deps.db.query<{ n: number }>(sql('marks', 'select n from public.marks order by n'))).map(
      (row) => row.n,
    )
  const mark = (n: number) => sql(`mark-${n}`, `insert into public.marks values (${n})`)
  const terminate = (pid: number) =>
    deps.db.bulk((client) => client.query('select pg_terminate_backend($1)', [pid]))

  it('keeps nothing of a transaction that fails, also of statements that nobody waited for', async () => {
    await expect(
      deps.db.transaction(async (tx) => {
        tx.later(mark(1))
        await tx.query(mark(2))
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await expect(
      deps.db.transaction(async (tx) => {
        await tx.query(mark(3))
        tx.later(mark(3))
      }),
    ).rejects.toMatchObject({ code: '23505' })
    expect(await marks()).toEqual([])
  })

  it.each(['transaction', 'bulkTransaction'] as const)(
    'keeps nothing of what one half still writes when the other has failed (%s)',
    async (kind) => {
      const before = await marks()
      const straggler = async (tx: Tx) => {
        for (let n = 20; n < 24; n++) await tx.query(mark(n))
      }
      const halves: Promise<unknown>[] = []
      await expect(
        deps.db[kind](async (tx: Tx) => {
          halves.push(straggler(tx))
          await Promise.all([...halves, Promise.reject(new Error('no'))])
        }),
      ).rejects.toThrow('no')
      expect(await Promise.allSettled(halves)).toMatchObject([{ status: 'rejected' }])
      expect(await marks()).toEqual(before)
      await deps.db[kind]((tx: Tx) =>
        tx.query(sql('level', 'set transaction isolation level repeatable read')),
      )
    },
  )

  it('survives a connection that is cut while the work waits for something else', async () => {
    const cut = deps.db.transaction(async (tx) => {
      const [own] = await tx.query<{ pid: number }>(sql('pid', 'select pg_backend_pid() as pid'))
      await tx.query(mark(4))
      await terminate(own?.pid ?? 0)
      await pause(100)
    })
    const error: unknown = await cut.catch((e: unknown) => e)
    expect(error).toBeInstanceOf(Error)
    expect(isTransient(error)).toBe(true)
    expect(await marks()).toEqual([])
  })

  it('goes on after every connection was cut', async () => {
    const pids = await Promise.all(
      [1, 2].map(() =>
        deps.db.transaction(async (tx) => {
          const [own] = await tx.query<{ pid: number }>(sql('pid', 'select pg_backend_pid() as pid'))
          await pause(50)
          return own?.pid ?? 0
        }),
      ),
    )
    expect(new Set(pids).size).toBe(2)
    for (const pid of pids) await terminate(pid)
    await pause(50)
    expect(await marks()).toEqual([])
    await deps.db.transaction((tx) => tx.query(mark(5)))
    expect(await marks()).toEqual([5])
  })

  it('takes what was cut off for waiting within a transaction for something to be tried again', () => {
    expect(isTransient(Object.assign(new Error('idle-in-transaction timeout'), { code: '25P03' }))).toBe(true)
    expect(isTransient(Object.assign(new Error('read-only transaction'), { code: '25006' }))).toBe(false)
  })

  it('takes no code of the operating system for a state of the database', () => {
    expect(sqlState(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBeUndefined()
    expect(isTransient(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))).toBe(true)
    expect(isTransient(new Error('something else'))).toBe(false)
  })
})
