// Who is acting: the answer of authentication, asked by every read, write and event.

/** A person, a key of a scheduled job, or the system itself; rights are those of this very request. */
export interface Actor {
  kind: 'person' | 'key' | 'system'
  /** Account id; the nil UUID for the system. */
  id: string
  name: string
  roles: readonly string[]
  /** The unit the account belongs to, null for the office's machines. */
  unitId: string | null
  /** That unit and every unit below it. */
  unitIds: readonly string[]
  /** That unit and every unit above it: what an accusation against one of them must not reach. */
  unitPath: readonly string[]
  /** Which matters: all of the office, those of the own units, or none. */
  sees: 'all' | 'units' | 'none'
  /** Permissions, as `orgs/rules.ts` grants them to the roles. */
  can: ReadonlySet<string>
  requestId: string
}

export const NIL = '00000000-0000-0000-0000-000000000000'

/** Scheduled work of the system: sees everything, holds no permission that a route asks for. */
export function systemActor(requestId: string): Actor {
  return {
    kind: 'system',
    id: NIL,
    name: '系统',
    roles: [],
    unitId: null,
    unitIds: [],
    unitPath: [],
    sees: 'all',
    can: new Set(),
    requestId,
  }
}
