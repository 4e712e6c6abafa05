// The OpenAPI 3.1 document, made from the routes' shapes and the catalogue of problems.
import type { FastifySchema, RouteOptions } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import type { OpenAPIV3_1 } from 'openapi-types'
import { problems } from './problems.data.ts'
import type { ProblemCode } from './problems.ts'
import { IDEMPOTENCY_DAYS } from './purge.ts'

/** What the document says about the service as a whole. */
export function describeService(version: string): Partial<OpenAPIV3_1.Document> {
  return {
    openapi: '3.1.0',
    info: {
      title: '办件 banjian',
      version,
      description:
        '群众来访、来信、信箱、12345 热线、复查复核等事项的登记、交办、签收、办理、答复、考核与年报。\n\n' +
        '时间一律为带时区的 ISO 8601（Asia/Shanghai）；日期为 2020-08-14。错误一律为 RFC 9457 `application/problem+json`，' +
        '`code` 见 `/problems`。写操作可带 `Idempotency-Key`（API 密钥必带），修改须带 `If-Match`。',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    components: {
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'bj',
          description: '登录后的会话；TLS 下名为 __Host-bj。',
        },
        apiKey: { type: 'http', scheme: 'bearer', description: '定时任务与对接系统的密钥 bj_…' },
      },
      schemas: { Problem: problemSchema },
    },
  }
}

const problemSchema: OpenAPIV3_1.SchemaObject = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    type: { type: 'string', examples: ['/problems/request/invalid'] },
    title: { type: 'string', description: '中文标题' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'In English' },
    code: { type: 'string', enum: Object.keys(problems) },
    requestId: { type: 'string', format: 'uuid' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON pointer', examples: ['/body/phone'] },
          code: { type: 'string' },
          message: { type: 'string', description: '中文' },
          value: { type: 'string', description: '表中该格的内容；个人信息不列' },
        },
        required: ['pointer', 'code', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
}

type Transform = typeof jsonSchemaTransform
type Documented = Parameters<Transform>[0] & { route?: RouteOptions }

/** Turns a route's shapes into its operation: security, headers of writes, and a response for each status it may give. */
export const describeRoute: Transform = (document: Documented) => {
  const { schema, url } = jsonSchemaTransform(document)
  const { route } = document
  const config = route?.config
  if (
    route === undefined ||
    config?.audience === undefined ||
    schema === undefined ||
    schema['hide'] === true
  ) {
    return { schema, url }
  }
  const open = config.audience === 'anyone'
  const described: FastifySchema & Record<string, unknown> = {
    ...schema,
    operationId: operationId(String(route.method), url),
    security: open ? [] : [{ session: [] }, { apiKey: [] }],
    'x-audience': config.audience,
    response: { ...(schema['response'] as object | undefined), ...problemResponses(problemsOf(route)) },
  }
  if (config.write !== undefined) described['headers'] = writeHeaders(config.write.ifMatch)
  if (config.upload === true) Object.assign(described, uploadBody)
  return { schema: described, url }
}

const uploadBody = {
  consumes: ['multipart/form-data'],
  body: {
    type: 'object',
    properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
    required: ['file'],
  },
}

function operationId(method: string, url: string): string {
  const words = url.replace(/^\/api\//, '').split(/[^A-Za-z0-9]+/)
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function writeHeaders(ifMatch: 'required' | 'accepted' | 'ignored') {
  const key = {
    type: 'string',
    maxLength: 200,
    description: `同一键重复提交返回首次的答复（按规则被拒绝的也一样），${IDEMPOTENCY_DAYS} 天内有效；API 密钥必带。`,
  }
  const match = {
    type: 'string',
    pattern: '^"\\d{1,9}"$',
    description: '读到的版本（ETag），如 "3"。',
    examples: ['"3"'],
  }
  return {
    type: 'object',
    properties: { 'Idempotency-Key': key, ...(ifMatch === 'ignored' ? {} : { 'If-Match': match }) },
    ...(ifMatch === 'required' ? { required: ['If-Match'] } : {}),
  }
}

/** The problems a route can give: those it names, and those that come with its kind. */
function problemsOf({ config, schema }: RouteOptions): ProblemCode[] {
  const codes: ProblemCode[] = ['request/malformed', 'request/too-many', 'server/error', 'server/unavailable']
  const shapes = schema ?? {}
  if (shapes.params !== undefined || shapes.querystring !== undefined || shapes.body !== undefined)
    codes.push('request/invalid')
  if (hasPeriod(shapes.querystring)) codes.push('kpi/period-reversed')
  if (config?.audience !== 'anyone') codes.push('access/not-signed-in', 'session/password-change-required')
  if (config?.audience !== 'anyone' && config?.audience !== 'signed-in') codes.push('access/forbidden')
  if (config?.write !== undefined || config?.upload === true || shapes.body !== undefined) {
    codes.push('request/too-large', 'request/unsupported-media-type', 'request/timeout', 'access/cross-site')
  }
  if (config?.write !== undefined) codes.push('idempotency/key-reused', 'request/busy')
  if (config?.write?.ifMatch === 'required') codes.push('request/if-match-required')
  if (config?.write !== undefined && config.write.ifMatch !== 'ignored') codes.push('request/stale')
  return [...codes, ...(config?.problems ?? [])]
}

function hasPeriod(query: unknown): boolean {
  const { shape = {} } = (query ?? {}) as { shape?: object }
  return 'from' in shape && 'to' in shape
}

function problemResponses(codes: readonly ProblemCode[]) {
  const byStatus = Map.groupBy(new Set(codes), (code) => problems[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\` ${problems[code].zh}`).join('；'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}
