// URLs for citizens: the page that follows an own matter, and for the counter the code that opens it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { FORM_PAGE_HEADERS } from '../platform/headers.ts'
import { id } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import type { Limiter } from '../platform/limits.ts'
import { Problem } from '../platform/problems.ts'
import { answerPage, askPage } from './public-page.ts'
import { lookUp, rateOwn, type Question } from './public-query.ts'
import { keepQueryCodes, queryCodeOf } from './query-codes.ts'
import { findVisible } from './queries.ts'
import { ratings } from './terms.ts'

/** Questions a minute of one address, and of those the ones that open nothing. */
const PER_MINUTE = 30
const MISSES_PER_MINUTE = 6

const UNKNOWN = '没有查到。请核对查询码和手机号后四位；连续五次输错的，请三十分钟后再试。'
const TOO_MANY = '查询过于频繁，请稍后再试。'

const open = { config: { audience: 'anyone', form: true }, schema: { hide: true }, bodyLimit: 4096 } as const
const rating = z.enum(Object.keys(ratings) as [keyof typeof ratings])

export function publicRoutes(http: Http, limiter: Limiter): void {
  const { app, deps } = http
  const { db, vault, config } = deps
  const office = config.OFFICE_NAME

  app.get('/query', open, async (_request, reply) => send(reply, 200, askPage(office)))

  app.post('/query', open, async (request, reply) => {
    const question = questionOf(request.body)
    return throttled(request, reply, async () => {
      const found = await db.transaction((tx) => lookUp(tx, vault, question))
      return found === undefined ? undefined : answerPage(office, question, found.view)
    })
  })

  app.post('/query/rating', open, async (request, reply) => {
    const form = fieldsOf(request.body)
    const question = questionOf(form)
    const chosen = rating.safeParse(form.get('rating')).data
    const resolved = form.get('resolved')
    return throttled(request, reply, async () => {
      const said = { rating: chosen, resolved: resolved === undefined ? undefined : resolved === 'yes' }
      const written =
        chosen === undefined
          ? undefined
          : await db.transaction((tx) =>
              rateOwn(tx, vault, request.id, question, { ...said, rating: chosen }),
            )
      const found = await db.transaction((tx) => lookUp(tx, vault, question))
      if (found === undefined) return undefined
      const told = written === undefined ? undefined : '评价已提交，感谢您的参与。'
      return answerPage(office, question, found.view, told)
    })
  })

  /** Answers what `find` opens; what opens nothing counts against the address, and looks the same whatever was wrong. */
  async function throttled(
    request: FastifyRequest,
    reply: FastifyReply,
    find: () => Promise<string | undefined>,
  ): Promise<FastifyReply> {
    const wait = limiter.take(`query ${request.ip}`, PER_MINUTE)
    if (wait > 0) return send(reply.header('retry-after', wait), 429, askPage(office, TOO_MANY))
    const html = await find()
    if (html !== undefined) return send(reply, 200, html)
    const rest = limiter.take(`query misses ${request.ip}`, MISSES_PER_MINUTE)
    if (rest > 0) return send(reply.header('retry-after', rest), 429, askPage(office, TOO_MANY))
    return send(reply, 404, askPage(office, UNKNOWN))
  }

  http.writes(
    {
      url: '/api/matters/:id/query-code',
      summary: '出具查询码',
      description: '诉求人凭查询码和登记电话（未留电话的，身份证号）的后四位查询办理情况。',
      tag: '办件',
      for: 'matters.register',
      params: z.strictObject({ id }),
      reply: z.object({ queryCode: z.string() }),
      problems: ['matter/not-found', 'matter/query-without-contact'],
    },
    async (tx, actor, { params }) => {
      const { personId } = await findVisible(tx, actor, params.id)
      if (personId === null) throw new Problem('matter/query-without-contact')
      await keepQueryCodes(tx, vault, [params.id])
      return { queryCode: queryCodeOf(vault, params.id) }
    },
  )
}

const fieldsOf = (body: unknown): ReadonlyMap<string, string> =>
  body instanceof Map ? (body as Map<string, string>) : new Map()

function questionOf(body: unknown): Question {
  const form = fieldsOf(body)
  return { code: (form.get('code') ?? '').slice(0, 40), tail: (form.get('tail') ?? '').slice(0, 8) }
}

function send(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).headers(FORM_PAGE_HEADERS).send(html)
}
