// After matters were written: rebuilds their full-text grams, makes their query codes findable, and looks for other entries of the same caller.
import { keepQueryCodes } from '../src/matters/query-codes.ts'
import { indexImport as indexPage, indexMatters } from '../src/matters/search.ts'
import { suggestLinksOf } from '../src/people/links.ts'
import { NIL } from '../src/platform/actor.ts'
import { runBatch, runLong } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

const PAGE = 500

export const index: Job = (deps, data) =>
  runBatch(deps, 'index', eventsOf(data), async (tx, events) => {
    const ids = [...new Set(events.map((e) => e.subjectId))]
    await indexMatters(tx, ids)
    await keepQueryCodes(tx, deps.vault, ids)
    const callers = events.map((e) => e.data['personId']).filter((id) => typeof id === 'string')
    if (callers.length > 0) suggestLinksOf(tx, callers)
  })

export const indexImport: Job = async (deps, data) => {
  for (const eventId of eventsOf(data)) {
    await runLong(deps, 'index-import', eventId, async ({ subjectId }, settle) => {
      for (let after: string | null = NIL; after !== null;) {
        const from = after
        after = await deps.db.transaction(async (tx) => {
          const ids = await indexPage(tx, subjectId, from, PAGE)
          await keepQueryCodes(tx, deps.vault, ids)
          if (ids.length === PAGE) return ids.at(-1) ?? null
          await settle(tx)
          return null
        })
      }
    })
  }
}
