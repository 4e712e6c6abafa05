// A database of which one statement fails: the server refuses it, and the transaction with it.
import type { Database, Sql, Tx } from '../../src/platform/db.ts'

const CUT: Sql = {
  name: 'test.cut',
  text: `do $$ begin raise exception 'cut' using errcode = '57014'; end $$`,
}

/** `plan.fails`: which statement within transactions, from 1 on; 0 for none. `plan.counted`: how many there were. */
export function failing(db: Database, fails = 0) {
  const plan = { fails, counted: 0 }
  const next = () => ++plan.counted === plan.fails
  const wrap = (tx: Tx) =>
    Object.create(tx, {
      query: { value: (sql: Sql, values?: unknown[]) => (next() ? tx.query(CUT) : tx.query(sql, values)) },
      later: { value: (sql: Sql, values?: unknown[]) => (next() ? tx.later(CUT) : tx.later(sql, values)) },
    }) as Tx
  const transaction: Database['transaction'] = (work) => db.transaction((tx) => work(wrap(tx)))
  return { plan, db: Object.create(db, { transaction: { value: transaction } }) as Database }
}
