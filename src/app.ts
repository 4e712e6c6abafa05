// The application: plugins in order, then one line a slice.
import multipart from '@fastify/multipart'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance } from 'fastify'
import { jsonSchemaTransformObject, validatorCompiler } from 'fastify-type-provider-zod'
import { calendarRoutes } from './calendar/routes.ts'
import type { Deps } from './deps.ts'
import { mailImportRoutes } from './imports/mail-routes.ts'
import { importRoutes } from './imports/routes.ts'
import { parseFile } from './imports/parse.ts'
import { registerRoutes } from './registers/routes.ts'
import { kpiRoutes } from './kpi/routes.ts'
import { figuresOfYear } from './kpi/yearly.ts'
import { boardRoutes } from './kpi/board-routes.ts'
import { tallyRoutes } from './kpi/tally-routes.ts'
import { stockRoutes } from './kpi/stock-routes.ts'
import { meetingRoutes } from './ledger/meeting-routes.ts'
import { meetingSheetRoutes } from './ledger/meeting-sheet-routes.ts'
import { reliefRoutes } from './ledger/relief-routes.ts'
import { reliefSheetRoutes } from './ledger/relief-sheet-routes.ts'
import { ledgerRoutes } from './ledger/routes.ts'
import { alarmRoutes } from './matters/alarm-routes.ts'
import { auditRoutes } from './matters/audit-routes.ts'
import { barRoutes } from './matters/bar-routes.ts'
import { attachmentRoutes } from './matters/attachment-routes.ts'
import { documentRoutes } from './matters/document-routes.ts'
import { escalationRoutes } from './matters/escalation-routes.ts'
import { linkRoutes } from './matters/link-routes.ts'
import { knownPeople } from './matters/queries.ts'
import { matterRoutes } from './matters/routes.ts'
import { visitRoutes } from './matters/visit-routes.ts'
import { petitionRoutes } from './matters/petition-routes.ts'
import { publicRoutes } from './matters/public-routes.ts'
import { previewDueMoves } from './matters/due-moves.ts'
import { batchRoutes } from './notices/batch-routes.ts'
import { noticeRoutes } from './notices/routes.ts'
import { orgRoutes } from './orgs/routes.ts'
import { authenticator } from './orgs/session.ts'
import { confidantRoutes } from './people/confidant-routes.ts'
import { peopleRoutes } from './people/routes.ts'
import { readBodies } from './platform/body.ts'
import { edgeOptions, guardEdge, limited } from './platform/edge.ts'
import { answerErrors } from './platform/errors.ts'
import { createHttp, type Authenticate } from './platform/http.ts'
import { createLimiter } from './platform/limits.ts'
import { speakChinese } from './platform/messages.ts'
import { createMetrics, type Metrics } from './platform/metrics.ts'
import { describeRoute, describeService } from './platform/openapi.ts'
import { operationRoutes } from './platform/operations.ts'
import { pageRoutes } from './platform/pages.ts'
import { Problem } from './platform/problems.ts'
import { serializerOnce } from './platform/repeated.ts'
import { declaredRoutes } from './reports/declared-routes.ts'
import { publicationRoutes } from './reports/publication-routes.ts'
import { reportRoutes } from './reports/routes.ts'
import { scheduleRoutes } from './reports/schedule-routes.ts'
import { summaryRoutes } from './reports/summary-routes.ts'
import { watchRoutes } from './reports/watch-routes.ts'
import { version } from './version.ts'

export interface AppOptions {
  /** Who is calling; by the session cookie or an API key unless told otherwise. */
  authenticate?: Authenticate
  metrics?: Metrics
  /** Called after each write that succeeded, so that what follows from it need not wait for the next look. */
  written?: () => void
  leaving?: () => boolean
  /** Folders whose disk readiness looks at; DATA_DIR unless told otherwise. */
  folders?: readonly string[]
  /** False for a process that only works on jobs: then there are only the routes for operation. */
  serves?: boolean
}

/** Builds the application; listening is the caller's. Closing it does not close the dependencies. */
export async function buildApp(deps: Deps, options: AppOptions = {}): Promise<FastifyInstance> {
  const { config, log, db } = deps
  const metrics = options.metrics ?? createMetrics(deps)
  const limiter = createLimiter()
  const perMinute = config.RATE_LIMIT_PER_MINUTE
  speakChinese()

  const app = fastify(edgeOptions(config, log))
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerOnce)
  guardEdge(app, { log, db, metrics, connections: config.DATABASE_CONNECTIONS })
  readBodies(app)
  answerErrors(app, log, (request) => {
    const retryAfter = limiter.take(`address ${request.ip}`, perMinute)
    if (retryAfter > 0) throw new Problem('request/too-many', { extras: { retryAfter } })
  })
  const { leaving = () => false, folders = [config.dataDir] } = options
  operationRoutes(app, { ...deps, metrics, folders, leaving })
  if (options.serves === false) return app

  const { written } = options
  if (written !== undefined) {
    app.addHook('onResponse', async (request, reply) => {
      if (reply.statusCode < 300 && request.routeOptions.config.write !== undefined) written()
    })
  }
  await app.register(multipart, {
    limits: {
      fileSize: config.UPLOAD_LIMIT_MB * 1024 * 1024,
      files: 1,
      fields: 20,
      fieldSize: 16 * 1024,
      parts: 21,
    },
  })
  await app.register(swagger, {
    openapi: describeService(version),
    transform: describeRoute,
    transformObject: jsonSchemaTransformObject,
    hideUntagged: true,
  })
  pageRoutes(app, config.OFFICE_NAME)

  const authenticate = options.authenticate ?? authenticator(deps)
  const http = createHttp(app, deps, limited(authenticate, limiter, perMinute))
  // slices
  calendarRoutes(http, { previewMoves: previewDueMoves })
  orgRoutes(http)
  peopleRoutes(http, { known: knownPeople })
  confidantRoutes(http, { known: knownPeople })
  matterRoutes(http)
  auditRoutes(http)
  petitionRoutes(http)
  visitRoutes(http)
  barRoutes(http)
  linkRoutes(http)
  alarmRoutes(http)
  documentRoutes(http)
  escalationRoutes(http)
  publicRoutes(http, limiter)
  attachmentRoutes(http)
  ledgerRoutes(http)
  meetingRoutes(http)
  reliefRoutes(http)
  const read = (path: string) => parseFile(path, { log })
  reliefSheetRoutes(http, { read })
  meetingSheetRoutes(http, { read })
  registerRoutes(http, {
    read,
    measure: (db, actor, asked) => figuresOfYear(db, actor, asked, http.deps.clock.now()),
  })
  noticeRoutes(http)
  batchRoutes(http, { read })
  importRoutes(http)
  mailImportRoutes(http)
  kpiRoutes(http)
  boardRoutes(http)
  stockRoutes(http)
  tallyRoutes(http)
  reportRoutes(http)
  summaryRoutes(http)
  declaredRoutes(http)
  publicationRoutes(http)
  scheduleRoutes(http)
  watchRoutes(http)

  return app
}
