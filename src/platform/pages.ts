// Pages for people who open the service in a browser: where to go, the documentation, what a problem means.
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { PAGE_POLICY } from './headers.ts'
import { problems } from './problems.data.ts'
import { Problem, type ProblemCode } from './problems.ts'

const open = { audience: 'anyone' }
const problemEntry = z.object({ type: z.string(), status: z.int(), zh: z.string(), en: z.string() })

export function pageRoutes(app: FastifyInstance, officeName: string): void {
  app.get('/', { config: open, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('content-security-policy', PAGE_POLICY)
      .type('text/html; charset=utf-8')
      .send(indexPage(officeName)),
  )
  app.get('/openapi.json', { config: open, schema: { hide: true } }, async () => app.swagger())

  const tags = ['说明']
  app.get(
    '/problems',
    {
      config: open,
      schema: { summary: '所有错误', tags, response: { 200: z.object({ items: z.array(problemEntry) }) } },
    },
    async () => ({ items: Object.keys(problems).map((code) => entryOf(code as ProblemCode)) }),
  )
  app.get<{ Params: { slice: string; code: string } }>(
    '/problems/:slice/:code',
    {
      config: open,
      schema: {
        summary: '一种错误',
        tags,
        params: z.object({ slice: z.string(), code: z.string() }),
        response: { 200: problemEntry },
      },
    },
    async ({ params }) => {
      const code = `${params.slice}/${params.code}`
      if (!Object.hasOwn(problems, code)) throw new Problem('request/not-found')
      return entryOf(code as ProblemCode)
    },
  )
  void app.register(documentation)
}

function entryOf(code: ProblemCode) {
  return { type: `/problems/${code}`, ...problems[code] }
}

/** Scalar from its package; the policy keeps it from asking anybody else. */
async function documentation(docs: FastifyInstance): Promise<void> {
  docs.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...open }
  })
  docs.addHook('onRequest', async (_request, reply) => {
    // Its starting script is in the page.
    const policy = PAGE_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    void reply.header('content-security-policy', policy).header('cache-control', 'no-cache')
  })
  await docs.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      pageTitle: '办件 API',
      withDefaultFonts: false,
      proxyUrl: '',
      telemetry: false,
      hideClientButton: true,
    },
  })
}

/** A text to stand in HTML, also within quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}

function indexPage(officeName: string): string {
  const name = escapeHtml(officeName)
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>办件 · ${name}</title>
<style>
  body { font: 16px/1.8 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #222 }
  h1 { font-size: 1.6rem } code { background: #f3f3f3; padding: 0 .3em } a { color: #0b57a4 }
</style>
<h1>办件 <small>banjian</small></h1>
<p>${name} · 群众来访、来信、信箱、热线事项办理系统，服务已启动。</p>
<ul>
  <li><a href="/query">群众查询办理情况</a></li>
  <li><a href="/docs/">接口文档</a></li>
  <li><a href="/openapi.json">OpenAPI 3.1 文档</a>（<code>/openapi.json</code>）</li>
  <li><a href="/problems">错误代码</a></li>
  <li><a href="/readyz">运行状态</a></li>
</ul>
<p>接口地址以 <code>/api</code> 开头，登录：<code>POST /api/session</code>。</p>
</html>
`
}
