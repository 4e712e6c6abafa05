// Ids of the rows that belong to an imported matter: made from the matter's own id, so that a later file finds them again.

/** What the id is of; the numbers only keep the rows of one matter apart. */
const KINDS = {
  person: 0x100,
  leg: 0x200,
  reply: 0x300,
  extension: 0x400,
  return: 0x500,
  callBack: 0x600,
  screening: 0x700,
}

/** A UUID v7 like the matter's, other in its last bits: random matter ids never meet there. */
export function childId(matterId: string, kind: keyof typeof KINDS, n = 0): string {
  const last = Number.parseInt(matterId.slice(-4), 16) ^ (KINDS[kind] + n)
  return matterId.slice(0, -4) + last.toString(16).padStart(4, '0')
}
