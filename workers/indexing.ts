// After matters were written: rebuilds their full-text grams, for an import page by page.
import { indexImport as indexPage, indexMatters } from '../src/matters/search.ts'
import { NIL } from '../src/platform/actor.ts'
import { runBatch, runLong } from '../src/platform/outbox.ts'
import { eventsOf, type Job } from './job.ts'

const PAGE = 500

export const index: Job = (deps, data) =>
  runBatch(deps, 'index', eventsOf(data), (tx, events) => indexMatters(tx, [...new Set(events.map((e) => e.subjectId))]))

export const indexImport: Job = async (deps, data) => {
  for (const eventId of eventsOf(data)) {
    await runLong(deps, 'index-import', eventId, async ({ subjectId }, settle) => {
      for (let after: string | null = NIL; after !== null;) {
        const from = after
        after = await deps.db.transaction(async (tx) => {
          const next = await indexPage(tx, subjectId, from, PAGE)
          if (next === null) await settle(tx)
          return next
        })
      }
    })
  }
}
