// A table of figures, read as JSON and taken away as csv and xlsx: one question, one answer, whatever the form.
import type { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import { dayOf, type Day, type Instant } from '../platform/clock.ts'
import type { Db } from '../platform/db.ts'
import { contentDisposition } from '../platform/file-names.ts'
import type { Http } from '../platform/http.ts'
import type { Out, ReadRoute, Reply, Shape } from '../platform/route.ts'
import { formats, writeSheet, type Format } from '../platform/spreadsheets.ts'
import { recordExport } from './export.ts'
import { resolveScope } from './scope.ts'
import type { Sheet } from './sheets.ts'

const tag = '指标'

interface Question {
  from?: Day | undefined
  to?: Day | undefined
  unit?: string[] | undefined
  under?: string | undefined
  channel?: string | undefined
}

/** Declares the table and its two files; what is wrong with a question is told before an export of it is on record. */
export function tableRoutes<
  Q extends z.ZodType<Question>,
  R extends Shape,
  Answer extends Reply<R> & { asOf: Instant },
  Line,
>(
  http: Http,
  route: Omit<ReadRoute<undefined, Q, R>, 'tag' | 'for'> & { query: Q },
  sheet: Sheet<Answer, Line>,
  answer: (db: Db, actor: Actor, query: Out<Q>, now: Instant) => Promise<Answer>,
): void {
  const { db, clock } = http.deps
  http.reads<undefined, Q, R>({ ...route, tag, for: 'kpi.read' }, async (reader, actor, { query }) =>
    answer(reader, actor, query, clock.now()),
  )

  const { url, query: asked, problems } = route
  const { label, columns } = sheet
  for (const format of Object.keys(formats) as Format[]) {
    http.streams<undefined, Q>(
      {
        ...{ url: `${url}.${format}`, summary: `导出${label}(${format})`, tag, for: 'kpi.export' },
        ...{ query: asked, produces: formats[format], ...(problems && { problems }) },
      },
      async (actor, { query, request, reply }) => {
        const now = clock.now()
        const { from, to, unit, under, channel }: Question = query
        const [table, scope] = await Promise.all([
          answer(db, actor, query, now),
          resolveScope(db, actor, { units: unit, under }, now),
        ])
        const { asOf } = table
        const number = await db.transaction((tx) =>
          recordExport(tx, actor, { format, url: request.url, asOf }),
        )
        const days = from === undefined ? dayOf(asOf) : `${from} ${to}`
        void reply.header('content-disposition', contentDisposition(`${label} ${days}.${format}`))
        const lines = sheet.lines(table, { scope: scope.label, from, to, channel })
        return reply.type(formats[format]).send(writeSheet(format, label, columns, [lines], number))
      },
    )
  }
}
