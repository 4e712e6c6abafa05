// A strict reader of JSON: refuses what JSON.parse lets pass or changes in silence.

export interface JsonLimits {
  depth: number
  members: number
}

/** Why a text was refused, in English, without quoting it. */
export class JsonRefused extends Error {}

const USUAL: JsonLimits = { depth: 20, members: 1000 }
// Once it has met a member named by a single backslash, JSON.parse of Node 26.10 gives that name to other members whose
// name is one escaped character; no member of ours has it, so a misread document is refused.
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype', '\\'])

/**
 * Reads one JSON document. Throws `JsonRefused` when it is not JSON, nests deeper than 20, has more than `most` members (1,000),
 * names a member twice, holds a key of prototypes, U+0000, a lone surrogate, or a number that a double cannot hold.
 */
export function parseJson(text: string, most = USUAL.members): unknown {
  const limits = { ...USUAL, members: most }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    throw new JsonRefused(
      position === undefined ? 'not valid JSON' : `not valid JSON at position ${position}`,
    )
  }
  const members = inspect(value, limits, 1)
  if (members > limits.members) throw new JsonRefused(`more than ${limits.members} members`)
  // The last of two equal keys wins in JSON.parse, so a document that names one twice has more colons than keys.
  if (members !== countColons(text)) throw new JsonRefused('a member is named twice')
  return value
}

function inspect(value: unknown, limits: JsonLimits, depth: number): number {
  if (typeof value === 'string') {
    requireText(value)
    return 0
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw new JsonRefused('a number is too large; send long numbers as text')
    }
    return 0
  }
  if (value === null || typeof value !== 'object') return 0
  if (depth > limits.depth) throw new JsonRefused(`nested deeper than ${limits.depth}`)
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) members += inspect(item, limits, depth + 1)
    return members
  }
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) throw new JsonRefused('a member has a forbidden name')
    requireText(key)
    members += 1 + inspect((value as Record<string, unknown>)[key], limits, depth + 1)
  }
  return members
}

function requireText(text: string): void {
  if (!text.isWellFormed()) throw new JsonRefused('a text holds half of a surrogate pair')
  if (text.includes('\u0000')) throw new JsonRefused('a text holds U+0000')
}

/** Colons outside of strings, one a member. `text` is known to be JSON. */
function countColons(text: string): number {
  let colons = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x3a) colons++
    else if (c === 0x22) i = endOfString(text, i)
  }
  return colons
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === 0x5c) escapes++
    if (escapes % 2 === 0) return end
  }
}
