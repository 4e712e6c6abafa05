// URLs of petitions: register a visit, a letter or a morning's mail, and ask for a review.
import { z } from 'zod'
import { id, instant, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem } from '../platform/problems.ts'
import { registerAll } from './batch.ts'
import { register, type Registration } from './registering.ts'
import { requestReview } from './reviews.ts'
import { letterBatchShape, letterShape, visitShape } from './shapes.ts'
import { writtenShape } from './views.ts'

const tag = '信访'

export function petitionRoutes(http: Http): void {
  const { vault, config } = http.deps
  const region = config.OFFICE_REGION
  const name = config.OFFICE_NAME
  const office = { vault, region, collectiveFrom: config.COLLECTIVE_MIN_PERSONS }

  http.writes(
    {
      url: '/api/visits',
      summary: '登记来访',
      description:
        '一批来访为一件；到场每一人计入人次，代表最多5人。未填的按今天、到区、接待场所、一人登记。',
      tag,
      for: 'matters.register',
      body: visitShape,
      status: 201,
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        'matter/fewer-than-representatives',
        'matter/not-collective',
        'matter/list-no-taken',
        'matter/future-time',
        'matter/past-time',
        'matter/other-not-found',
        'region/unknown',
      ],
    },
    (tx, actor, { body }) => register(tx, actor, visitOf(body), office),
  )

  http.writes(
    {
      url: '/api/letters',
      summary: '登记来信',
      tag,
      for: 'matters.register',
      body: letterShape,
      status: 201,
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        'matter/external-no-taken',
        'matter/future-time',
        'matter/past-time',
        'matter/other-not-found',
        'region/unknown',
      ],
    },
    (tx, actor, { body }) => register(tx, actor, letterOf(body), office),
  )

  http.writes(
    {
      url: '/api/letters/batch',
      summary: '批量登记来信',
      description: '一次最多100封；有一封有误则都不登记，错误指明是第几封。',
      tag,
      for: 'matters.register',
      body: letterBatchShape,
      bodyLimit: 4 * 1024 * 1024,
      members: 4000,
      status: 201,
      reply: z.object({ letters: z.array(writtenShape) }),
      problems: [
        'matter/external-no-taken',
        'matter/future-time',
        'matter/past-time',
        'matter/other-not-found',
        'region/unknown',
      ],
    },
    async (tx, actor, { body }) => ({
      letters: await registerAll(tx, actor, body.letters.map(letterOf), office),
    }),
  )

  http.writes(
    {
      url: '/api/matters/:id/request-review',
      summary: '登记复查、复核申请',
      description: '对已送达的处理意见申请复查，对已送达的复查意见申请复核；各自成件，与原件相连。',
      tag,
      for: 'matters.read',
      admits: ({ can, roles }) =>
        can.has('matters.register') || roles.includes('leader')
          ? undefined
          : new Problem('access/forbidden', { detail: 'needs the permission matters.register' }),
      params: z.strictObject({ id }),
      body: z.strictObject({
        receivedAt: instant.optional().describe('收到申请的时间，默认为现在'),
        content: textOf(2, 20_000).describe('申请事项和理由'),
        organ: textOf(2, 100)
          .optional()
          .describe('复查、复核机关：作出意见的机关的上一级机关；复查默认为本机关，复核必填'),
        lateReason: textOf(4, 1000).optional().describe('逾期申请的正当理由，由分管领导登记'),
      }),
      status: 201,
      reply: writtenShape,
      etag: (written) => written.version,
      problems: [
        'matter/not-found',
        'matter/act-not-yours',
        'matter/review-not-due',
        'matter/review-asked-already',
        'matter/review-too-late',
        'matter/organ-not-higher',
        'matter/concluded-finally',
      ],
    },
    (tx, actor, { params, body }) => requestReview(tx, actor, params.id, body, { region, name, vault }),
  )
}

function letterOf({
  matterClass,
  nationalFirst,
  repeatOfId,
  signatories,
  anonymous,
  upstreamDueAt,
  ...rest
}: z.output<typeof letterShape>): Registration {
  const petition = { matterClass, nationalFirst, repeatOfId, signatories, anonymous, upstreamDueAt }
  return { ...rest, channel: 'letter', petition }
}

function visitOf({
  matterClass,
  nationalFirst,
  repeatOfId,
  visit,
  others,
  ...rest
}: z.output<typeof visitShape>): Registration {
  return { ...rest, channel: 'visit', others, petition: { matterClass, nationalFirst, repeatOfId, visit } }
}
