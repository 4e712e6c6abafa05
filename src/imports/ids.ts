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

const among = (kind: keyof typeof KINDS) => [KINDS[kind], KINDS[kind] + 0xff] as const

/** By how much the ids of what imports write differ from the matter's, by table: the verification knows them by it. */
export const importedBits: Readonly<Record<string, readonly [from: number, to: number]>> = {
  legs: among('leg'),
  replies: among('reply'),
  extensions: among('extension'),
  return_requests: among('return'),
  call_backs: among('callBack'),
  screenings: among('screening'),
}

/** A UUID v7 like the matter's, other in its last bits: random matter ids never meet there. */
export function childId(matterId: string, kind: keyof typeof KINDS, n = 0): string {
  const last = Number.parseInt(matterId.slice(-4), 16) ^ (KINDS[kind] + n)
  return matterId.slice(0, -4) + last.toString(16).padStart(4, '0')
}
