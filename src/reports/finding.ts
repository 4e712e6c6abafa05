// A finding: which check, where, what is wrong in both languages, and what would be right where that can be told.
import { checks, type CheckId, type Severity } from './checks.data.ts'
import type { Place, Stated } from './figures.ts'
import type { Relation } from './relations.ts'
import type { Line } from './reading/lines.ts'

export interface Finding {
  check: CheckId
  severity: Severity
  place: Place
  /** Id of the figure, where it is about one. */
  figure?: string
  zh: string
  en: string
  proposal?: string
}

/** What figures alone do not tell. What is not given is not asked. */
export interface Context {
  /** People of the district. */
  population?: number
  /** 乡镇、街道 at the end of the year. */
  townships?: number
  /** The most of the three years before, by the catalogue's id. */
  history?: ReadonlyMap<string, number>
  /** Of the year before, by the catalogue's id. */
  previous?: ReadonlyMap<string, number>
}

/** What a check is given. */
export interface Given {
  figures: readonly Stated[]
  relations: readonly Relation[]
  context: Context
  /** The text around the figures; empty where there is none. */
  lines: readonly Line[]
  /** Ids of figures that cannot be true as they stand. */
  impossible: ReadonlySet<string>
}

export function findingAt(
  check: CheckId,
  at: Stated | Place,
  zh: string,
  en: string,
  more: Partial<Pick<Finding, 'severity' | 'proposal'>> = {},
): Finding {
  const { severity } = checks[check]
  const where = 'place' in at ? { place: at.place, figure: at.id } : { place: at }
  return { check, severity, ...where, zh, en, ...more }
}
