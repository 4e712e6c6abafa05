// URL of the roles: the policy table as it is in force.
import { z } from 'zod'
import type { Http } from '../platform/http.ts'
import { permissions, roleNames, roles } from './rules.ts'

export function roleRoutes(http: Http): void {
  http.reads(
    {
      url: '/api/roles',
      summary: '角色与权限一览',
      tag: '账号',
      for: 'signed-in',
      reply: z.object({
        permissions: z.record(z.string(), z.string()),
        roles: z.array(
          z.object({
            name: z.string(),
            label: z.string(),
            sees: z.enum(['all', 'units', 'none']).describe('可见办件：全区、本单位、无'),
            at: z.enum(['office', 'any']).describe('office：仅限区群众工作局的账号'),
            administrator: z.boolean().describe('三员：不得兼任其他角色'),
            can: z.array(z.string()),
          }),
        ),
      }),
    },
    async () => ({
      permissions: { ...permissions },
      roles: roleNames.map((name) => {
        const rule = roles[name]
        return { ...rule, name, administrator: 'administrator' in rule, can: [...rule.can] }
      }),
    }),
  )
}
