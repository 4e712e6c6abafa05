// The work behind an import, done by the job `import`: check a file, take it over, or clear what it left. All of it may be broken off and begun again.
import type { Deps } from '../deps.ts'
import { systemActor, type Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import { record } from '../platform/events.ts'
import type { OutboxEvent } from '../platform/outbox.ts'
import { problems } from '../platform/problems.data.ts'
import { Problem, type ProblemCode } from '../platform/problems.ts'
import { updateRow } from '../platform/rows.ts'
import { checkFile, type Summary } from './checking.ts'
import { forgetFile } from './leftovers.ts'
import { mergeStaged, type Merged } from './merging.ts'
import { beginCheck, findImport, lockImport, takeTurn, type ImportRecord } from './records.ts'
import { dropStaging } from './staging.ts'
import { imports } from './tables.ts'

type Settle = (tx: Tx) => Promise<void>

/** What `import.requested`, `import.commit-requested` and `import.discarded` ask for. */
export async function runImport(deps: Deps, event: OutboxEvent, settle: Settle): Promise<void> {
  const actor: Actor = { ...systemActor(event.id), kind: 'person', id: event.actorId, name: '' }
  if (event.type === 'import.requested') return check(deps, actor, event.subjectId, settle)
  if (event.type === 'import.commit-requested') return commit(deps, actor, event.subjectId, settle)
  await deps.db.bulkTransaction(async (tx, client) => {
    await takeTurn(tx, event.subjectId)
    await dropStaging(client, event.subjectId)
    await settle(tx)
  })
  await forgetFile(deps, event.subjectId)
}

async function check(deps: Deps, actor: Actor, id: string, settle: Settle): Promise<void> {
  const held = await deps.db.transaction((tx) => beginCheck(tx, id))
  if (held === undefined) return deps.db.transaction(settle)
  try {
    await checkFile(deps, held, async (tx, summary) => {
      const current = await lockImport(tx, id)
      if (current?.status === 'checking') {
        updateRow(tx, imports, id, {
          ...checkedColumns(summary, tx),
          status: 'checked',
          version: current.version + 1,
        })
        await record(tx, actor, {
          subject: 'import',
          subjectId: id,
          type: 'import.checked',
          data: countsOf(summary),
        })
      }
      await settle(tx)
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await deps.db.transaction(async (tx) => {
      await fail(tx, actor, id, error)
      await settle(tx)
    })
  }
}

async function fail(tx: Tx, actor: Actor, id: string, problem: Problem): Promise<void> {
  const held = await lockImport(tx, id)
  if (held?.status !== 'checking') return
  updateRow(tx, imports, id, {
    status: 'failed',
    problem: documentOf(problem),
    rows: 0,
    version: held.version + 1,
  })
  await record(tx, actor, {
    subject: 'import',
    subjectId: id,
    type: 'import.failed',
    data: { code: problem.code },
  })
}

/** Tries until what was checked is what is there: each time that somebody was faster, the file is checked again. */
async function commit(deps: Deps, actor: Actor, id: string, settle: Settle): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const held = await findImport(deps.db, id)
    if (held?.status !== 'committing') return deps.db.transaction(settle)
    const merged = await takeOver(deps, actor, id, settle)
    if (merged === 'done') return forgetFile(deps, id)
    if (attempt === ATTEMPTS) throw new Error(`the matters of the import keep changing (${merged})`)
    const refused = await checkAgain(deps, actor, held, settle)
    if (refused) return
  }
}

const ATTEMPTS = 5

async function takeOver(deps: Deps, actor: Actor, id: string, settle: Settle): Promise<Merged> {
  const { db, config } = deps
  const region = config.OFFICE_REGION
  try {
    await db.bulkTransaction(async (tx, client) => {
      await takeTurn(tx, id)
      const held = await lockImport(tx, id)
      if (held?.status === 'committing') {
        const merged = await mergeStaged(tx, client, actor, held, { db, region })
        if (merged !== 'done') throw new NotMerged(merged)
        await dropStaging(client, id)
        const { rows, errors, newOrders, changed, unchanged, mode, version } = held
        updateRow(tx, imports, id, {
          status: 'committed',
          committedAt: tx.now,
          problem: null,
          version: version + 1,
        })
        const data = { rows, errors, new: newOrders, changed, unchanged, mode }
        await record(tx, actor, { subject: 'import', subjectId: id, type: 'import.committed', data })
      }
      await settle(tx)
    })
    return 'done'
  } catch (error) {
    if (error instanceof NotMerged) return error.merged
    throw error
  }
}

class NotMerged extends Error {
  readonly merged: Exclude<Merged, 'done'>
  constructor(merged: Exclude<Merged, 'done'>) {
    super(merged)
    this.merged = merged
  }
}

/** True when the import has gone back to the clerk: all rows were to be right, and some no longer are. */
async function checkAgain(deps: Deps, actor: Actor, held: ImportRecord, settle: Settle): Promise<boolean> {
  let refused = false
  await checkFile(deps, held, async (tx, summary) => {
    refused = held.mode === 'all-or-nothing' && summary.errors > 0
    const columns = checkedColumns(summary, tx)
    if (!refused) return updateRow(tx, imports, held.id, columns)
    const problem = documentOf(new Problem('import/has-errors'))
    updateRow(tx, imports, held.id, {
      ...columns,
      status: 'checked',
      mode: null,
      problem,
      version: held.version + 1,
    })
    await record(tx, actor, {
      subject: 'import',
      subjectId: held.id,
      type: 'import.checked',
      data: countsOf(summary),
    })
    await settle(tx)
  })
  return refused
}

function checkedColumns(summary: Summary, tx: Tx): Partial<ImportRecord> {
  return { ...summary, checkedAt: tx.now, problem: null }
}

function countsOf({ rows, errors, warnings, newOrders, changed, unchanged }: Summary) {
  return { rows, errors, warnings, new: newOrders, changed, unchanged }
}

function documentOf(problem: Problem): ImportRecord['problem'] {
  const code: ProblemCode = problem.code
  const { errors } = problem.options
  return { code, title: problems[code].zh, ...(errors === undefined ? {} : { errors }) }
}
