// Whoever may not do a thing is told so first, before anything of what they sent is judged: over every route that there is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ledgerActs } from '../../src/ledger/workflow.ts'
import { actNames, actsIn, workflows, type WorkflowId } from '../../src/matters/workflow.ts'
import { accessOf, permissions, roleNames, type Role } from '../../src/orgs/rules.ts'
import { openOffice, type Office } from './office.ts'

interface Operation {
  'x-audience'?: string
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

describe('the gate of every route', () => {
  let office: Office
  /** What the interface description lists, with an id in every path that is none. */
  let routes: { method: Method; url: string; audience: string }[]
  beforeAll(async () => {
    office = await openOffice()
    const { body } = await office.call('GET', '/openapi.json')
    const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, Operation>> }
    routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { 'x-audience': audience = '' }]) => ({
        ...{ method: method.toUpperCase() as Method, url: path.replaceAll(/\{\w+\}/g, 'no-id'), audience },
      })),
    )
  })
  afterAll(() => office.close())

  const send = async (cookie: string | undefined, { method, url }: { method: Method; url: string }) => {
    const { statusCode, body } = await office.call(method, url, { cookie })
    return { status: statusCode, code: (JSON.parse(body === '' ? '{}' : body) as { code?: string }).code }
  }

  it('asks for every permission that there is', () => {
    const asked = new Set(routes.map(({ audience }) => audience))
    // Widens what other routes find.
    asked.add('people.find-confidential')
    expect(Object.keys(permissions).filter((permission) => !asked.has(permission))).toEqual([])
  })

  it('refuses who is not signed in, whatever they send', async () => {
    const asked = routes.filter(({ audience }) => audience !== 'anyone')
    expect(asked.length).toBeGreaterThan(150)
    for (const route of asked) {
      expect(await send(undefined, route), `${route.method} ${route.url}`).toEqual({
        ...{ status: 401, code: 'access/not-signed-in' },
      })
    }
  })

  it('refuses each role what its permissions do not give, whatever it sends', async () => {
    for (const held of [[], ['statistician'], ['handler'], ['system-admin']] as Role[][]) {
      const { can } = accessOf(held, true)
      const { cookie } = await office.person(held)
      const never = routes.filter(
        ({ audience }) => audience !== 'anyone' && audience !== 'signed-in' && !can.has(audience),
      )
      expect(never.length).toBeGreaterThan(20)
      for (const route of never) {
        expect(await send(cookie, route), `${held.join(' ')} ${route.method} ${route.url}`).toEqual({
          ...{ status: 403, code: 'access/forbidden' },
        })
      }
    }
  })

  it('refuses each role the acts that no workflow gives it, whatever it sends', async () => {
    const workflowIds = Object.keys(workflows) as WorkflowId[]
    const acts = [
      ...actNames.map((act) => ({
        ...{ url: `/api/matters/no-id/${act}`, code: 'matter/act-not-yours' },
        by: workflowIds.flatMap((id) => actsIn(id)[act]?.by ?? []) as readonly Role[],
      })),
      ...Object.entries(ledgerActs).map(([act, rule]) => ({
        ...{ url: `/api/ledger/items/no-id/${act}`, code: 'ledger/act-not-yours' },
        by: rule.by as readonly Role[],
      })),
    ]
    for (const role of roleNames) {
      const { cookie } = await office.person([role])
      const { can } = accessOf([role], true)
      for (const { url, code, by } of acts) {
        const permission = url.startsWith('/api/matters') ? 'matters.read' : 'ledger.read'
        if (by.includes(role)) continue
        expect(await send(cookie, { method: 'POST', url }), `${role} ${url}`).toEqual({
          ...{ status: 403, code: can.has(permission) ? code : 'access/forbidden' },
        })
      }
    }
  })

  it("refuses a unit's staff what is the office's alone, whatever they send", async () => {
    const { cookie } = await office.person(['handler', 'unit-reviewer'], { unitId: await office.unit() })
    const reader = await office.person(['reviewer'])
    const offices = [
      { url: '/api/meetings', code: 'access/forbidden' },
      { url: '/api/meetings/no-id/issue', code: 'access/forbidden' },
      { url: '/api/matters/no-id/alarm', code: 'matter/act-not-yours' },
      { url: '/api/matters/no-id/alarm/report', code: 'matter/act-not-yours' },
      { url: '/api/matters/no-id/alarm/ask-off', code: 'matter/act-not-yours' },
      { url: '/api/matters/no-id/alarm/decide-off', code: 'matter/act-not-yours' },
    ]
    for (const { url, code } of offices)
      expect(await send(cookie, { method: 'POST', url }), `to ${url}`).toEqual({ status: 403, code })
    for (const url of ['/api/matters/no-id/alarm/decide-off', '/api/matters/no-id/lift-bar']) {
      expect(await send(reader.cookie, { method: 'POST', url }), `to ${url}`).toEqual({
        ...{ status: 403, code: 'matter/act-not-yours' },
      })
    }
  })
})
