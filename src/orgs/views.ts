// What readers see of the organisation: oneself, accounts, units as a tree.
import { plusMs, type Instant } from '../platform/clock.ts'
import { passwordProfiles, type PasswordProfile } from './password-rules.ts'
import type { AccountRow, UnitRow } from './queries.ts'
import { accessOf, roles, type Role } from './rules.ts'

/** An account as the administrators see it; nothing of its password but when it ends. */
export function accountView(row: AccountRow) {
  const { unitId, unitName, unitKind: _kind, disabledAt, ...rest } = row
  return { ...rest, unit: { id: unitId, name: unitName }, disabledAt }
}

/** Oneself: who, where, and what one may do. */
export function ownView(row: AccountRow, profile: PasswordProfile) {
  const access = accessOf(row.roles, row.unitKind === 'office')
  return {
    ...{ id: row.id, kind: row.kind, login: row.login, name: row.name },
    unit: { id: row.unitId, name: row.unitName },
    roles: row.roles.map((name) => ({ name, label: roleLabel(name) })),
    permissions: [...access.can].toSorted(),
    sees: access.sees,
    mustChangePassword: row.mustChangePassword,
    passwordExpiresAt: passwordEnd(row, profile),
  }
}

function roleLabel(name: string): string {
  return Object.hasOwn(roles, name) ? roles[name as Role].label : name
}

function passwordEnd(row: AccountRow, profile: PasswordProfile): Instant | null {
  if (row.passwordValidUntil !== null) return row.passwordValidUntil
  const { days } = passwordProfiles[profile]
  return row.passwordChangedAt === null || days === null
    ? null
    : plusMs(row.passwordChangedAt, days * 86_400_000)
}

/** Units in the order of the tree: each followed by those below it, with its depth. Orphans of the day stand as roots. */
export function treeOf(rows: readonly UnitRow[]): (UnitRow & { depth: number })[] {
  const known = new Set(rows.map((row) => row.id))
  const below = Map.groupBy(rows, (row) =>
    row.parentId !== null && known.has(row.parentId) ? row.parentId : null,
  )
  const walk = (parent: string | null, depth: number): (UnitRow & { depth: number })[] =>
    (below.get(parent) ?? []).flatMap((row) => [{ ...row, depth }, ...walk(row.id, depth + 1)])
  return walk(null, 0)
}
