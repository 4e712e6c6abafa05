// The routes of the organisation, all of them.
import type { Http } from '../platform/http.ts'
import { accountRoutes } from './account-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { openPasswords } from './passwords.ts'
import { roleRoutes } from './role-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { unitRoutes } from './unit-routes.ts'

export function orgRoutes(http: Http): void {
  // One for the process, so that its limit of hashes at a time holds for all routes together.
  const passwords = openPasswords(http.deps.vault)
  sessionRoutes(http, passwords)
  accountRoutes(http, passwords)
  roleRoutes(http)
  keyRoutes(http)
  unitRoutes(http)
}
