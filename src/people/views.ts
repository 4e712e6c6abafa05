// What a reader sees of people: masks, and 保密 in their place for those who asked for confidence.
import type { LinkRow } from './links.ts'
import { CONFIDENTIAL } from './masks.ts'
import type { PersonRow } from './queries.ts'

/** Everything masked; what is not known is null. */
export function personView(person: PersonRow) {
  const { id, confidential, regionCode, createdAt, version } = person
  const shown = (masked: string | null) => (masked !== null && confidential ? CONFIDENTIAL : masked)
  return {
    id,
    name: shown(person.nameMasked),
    phone: shown(person.phoneMasked),
    idNo: shown(person.idMasked),
    township: confidential ? null : person.township,
    regionCode: confidential ? null : regionCode,
    confidential,
    createdAt,
    version,
  }
}

export function linkView({ link, people }: { link: LinkRow; people: readonly [PersonRow, PersonRow] }) {
  const { id, status, reason, suggestedAt, decidedAt } = link
  return { id, status, reason, suggestedAt, decidedAt, people: people.map(personView) }
}
