// Finds units and townships by the names that platforms write, as they were on the day that counts. Pure.
import type { Day } from '../platform/clock.ts'
import { cleanCode } from './cells.ts'

export interface NamedUnit {
  id: string
  name: string
  shortName: string
  kind: string
  validFrom: Day
  /** First day on which the unit no longer exists. */
  validTo: Day | null
  successorId: string | null
  parentId: string | null
}

export interface NamedRegion {
  code: string
  name: string
  level: string
  validFrom: Day
  validTo: Day | null
  successorCodes: readonly string[]
}

export interface Places {
  unit(text: string, day: Day): UnitFound
  /** Whether a unit is another one or stands below it. */
  within(unitId: string, aboveId: string): boolean
  /** The units that are accused under these names, and why others are not among them. */
  accused(names: readonly string[], day: Day): { ids: string[]; left: Left[] }
  /** A township by its name, alone or with the divisions above it. */
  area(text: string, day: Day): AreaFound | undefined
  /** The township that an address begins with, or names after its district. */
  areaOfAddress(address: string, day: Day): string | null
}

type Left = 'unit/accused-unknown' | 'unit/accused-office'

export type UnitFound =
  | { id: string }
  | { code: 'unit/unknown' | 'unit/ambiguous' }
  | { code: 'unit/abolished' | 'unit/not-yet'; name: string; successor: string | null }

export interface AreaFound {
  code: string | null
  /** The township was dissolved by that day, and into what. */
  dissolvedInto?: string
}

/** All units and regions that ever were. */
export function placesOf(units: readonly NamedUnit[], regions: readonly NamedRegion[]): Places {
  const above = regions
    .filter(({ level }) => level !== 'township' && level !== 'village')
    .map(({ name }) => name)
  const prefix = new RegExp(
    `^(?:四川省|${above.map((name) => RegExp.escape(name)).join('|') || '四川省'})+`,
    'u',
  )
  const shorten = (text: string) => plainName(text).replace(prefix, '')

  const unitsByName = new Map<string, NamedUnit[]>()
  for (const unit of units) {
    for (const name of new Set([
      plainName(unit.name),
      plainName(unit.shortName),
      shorten(unit.name),
      shorten(unit.shortName),
    ])) {
      if (name !== '') unitsByName.set(name, [...(unitsByName.get(name) ?? []), unit])
    }
  }
  const unitsById = new Map(units.map((unit) => [unit.id, unit]))
  const towns = regions.filter(({ level }) => level === 'township')
  const townsByName = Map.groupBy(towns, ({ name }) => withoutKind(name))
  const regionsByCode = new Map(regions.map((region) => [region.code, region]))

  function heirOf(unit: NamedUnit): string | null {
    let heir: NamedUnit | undefined = unit
    for (let steps = 0; heir !== undefined && heir.validTo !== null && steps < 100; steps++) {
      heir = heir.successorId === null ? undefined : unitsById.get(heir.successorId)
    }
    return heir === undefined ? null : heir.name
  }

  function unit(text: string, day: Day): UnitFound {
    const exact = unitsByName.get(plainName(text)) ?? unitsByName.get(shorten(text)) ?? []
    if (exact.length === 0) return { code: 'unit/unknown' }
    const holding = exact.filter((unit) => holdsOn(unit, day))
    const full = holding.filter((unit) => plainName(unit.name) === plainName(text))
    const [only, ...others] = full.length > 0 ? full : holding
    if (only !== undefined) return others.length > 0 ? { code: 'unit/ambiguous' } : { id: only.id }
    const past = exact.findLast((unit) => unit.validTo !== null && unit.validTo <= day)
    if (past !== undefined) return { code: 'unit/abolished', name: past.name, successor: heirOf(past) }
    return { code: 'unit/not-yet', name: exact[0]?.name ?? '', successor: null }
  }

  return {
    unit,

    within(unitId, aboveId) {
      let at = unitsById.get(unitId)
      for (let steps = 0; at !== undefined && steps < 20; steps++) {
        if (at.id === aboveId) return true
        at = at.parentId === null ? undefined : unitsById.get(at.parentId)
      }
      return false
    },

    accused(names, day) {
      const ids = new Set<string>()
      const left = new Set<Left>()
      for (const name of names) {
        const found = unit(name, day)
        if (!('id' in found)) left.add('unit/accused-unknown')
        // What accuses the office would be withheld from everybody in it.
        else if (unitsById.get(found.id)?.kind === 'office') left.add('unit/accused-office')
        else ids.add(found.id)
      }
      return { ids: [...ids], left: [...left] }
    },

    area(text, day) {
      const same = townsByName.get(withoutKind(shorten(text))) ?? []
      const holding = same.find((town) => holdsOn(town, day))
      if (holding !== undefined) return { code: holding.code }
      const past = same.find((town) => town.validTo !== null && town.validTo <= day)
      if (past === undefined)
        return same.length > 0 || above.includes(plainName(text)) ? { code: null } : undefined
      const heirs = past.successorCodes.map((code) => regionsByCode.get(code)?.name ?? code)
      const [only, ...others] = past.successorCodes
      return {
        code: only !== undefined && others.length === 0 ? only : null,
        dissolvedInto: heirs.join('、'),
      }
    },

    areaOfAddress(address, day) {
      const rest = shorten(address)
      return towns.find((town) => rest.startsWith(town.name) && holdsOn(town, day))?.code ?? null
    },
  }
}

function holdsOn(period: { validFrom: Day; validTo: Day | null }, day: Day): boolean {
  return period.validFrom <= day && (period.validTo === null || day < period.validTo)
}

function plainName(text: string): string {
  return cleanCode(text).replace(/\s/g, '')
}

/** 东坝街道办事处 and 东坝街道 are one. */
function withoutKind(name: string): string {
  return name.replace(/(?:街道办事处|街道办|街道|人民政府)$/, '')
}
