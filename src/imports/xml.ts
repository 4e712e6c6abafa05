// Scans XML piece by piece with bounded memory; knows nothing of documents, only of tags and text.
import { damaged, refuse } from './refusal.ts'

export interface XmlEvents {
  /** `name` is without its prefix; `attributes` as written; `empty` for `<a/>`, for which no close follows. */
  open(name: string, attributes: string, empty: boolean): void
  close(name: string): void
  /** Called in pieces, decoded, only while `reading`. */
  text(piece: string): void
  reading: boolean
  /**
   * Elements in their usual form, matched whole by a sticky pattern: taken, unless this says false, instead of being opened,
   * read and closed. Whatever is written otherwise goes the long way, with the same result.
   */
  usual?: { pattern: RegExp; take(found: RegExpExecArray): boolean }
}

export interface XmlScanner {
  feed(text: string): void
  /** Works off what was fed: true when it is used up, false after `pause`. */
  run(): boolean
  pause(): void
  /** No more input: anything left open is damage. */
  end(): void
}

/** Longest tag, comment or entity: what one piece of input may leave to the next. */
const TOKEN_CHARS = 65_536
const DEPTH = 64

/** `part` names the document in errors. */
export function xmlScanner(part: string, events: XmlEvents): XmlScanner {
  let input = ''
  let at = 0
  let paused = false
  const open: string[] = []
  const { usual } = events

  function takeUsual(): boolean {
    if (usual === undefined) return false
    usual.pattern.lastIndex = at
    const found = usual.pattern.exec(input)
    if (found === null || !usual.take(found)) return false
    at = usual.pattern.lastIndex
    return true
  }

  function openTag(start: number, end: number): void {
    const empty = input.charCodeAt(end - 1) === 47
    const stop = empty ? end - 1 : end
    let nameEnd = start
    let nameStart = start
    for (; nameEnd < stop; nameEnd++) {
      const c = input.charCodeAt(nameEnd)
      if (c <= 32) break
      if (c === 58) nameStart = nameEnd + 1
    }
    if (nameEnd === nameStart) damaged(`${part}: a tag without a name`)
    const name = input.slice(nameStart, nameEnd)
    if (!empty && open.push(name) > DEPTH) damaged(`${part}: nested too deeply`)
    events.open(name, nameEnd + 1 < stop ? input.slice(nameEnd + 1, stop) : '', empty)
  }

  function closeTag(start: number, end: number): void {
    let stop = end
    while (stop > start && input.charCodeAt(stop - 1) <= 32) stop--
    let nameStart = stop
    while (nameStart > start && input.charCodeAt(nameStart - 1) !== 58) nameStart--
    const name = input.slice(nameStart, stop)
    if (open.pop() !== name) damaged(`${part}: tags do not match`)
    events.close(name)
  }

  /** Where the tag that begins at `start` ends: its `>`, which an attribute value may also contain; -1 for not yet. */
  function tagEnd(start: number): number {
    for (let i = start; i < input.length; i++) {
      const c = input.charCodeAt(i)
      if (c === 62) return i
      if (c !== 34 && c !== 39) continue
      i = input.indexOf(c === 34 ? '"' : "'", i + 1)
      if (i === -1) return -1
    }
    return -1
  }

  /** `<!…` and `<?…`: returns where to go on, -1 for not yet. */
  function markup(start: number): number {
    const skipTo = (mark: string, from: number) => {
      const end = input.indexOf(mark, from)
      return end === -1 ? -1 : end + mark.length
    }
    if (input.charCodeAt(start + 1) === 63) return skipTo('?>', start + 2)
    if (input.startsWith('<!--', start)) return skipTo('-->', start + 4)
    if (input.startsWith('<![CDATA[', start)) {
      const end = input.indexOf(']]>', start + 9)
      if (end === -1) return -1
      if (events.reading) events.text(input.slice(start + 9, end))
      return end + 3
    }
    if (input.length - start < 9) return -1
    return refuse({ code: 'import/unsafe-xml', detail: `${part} declares a document type or entities` })
  }

  /** The text before `end`; at the end of the input an entity may be cut in two, which then waits. */
  function text(end: number, last: boolean): void {
    let stop = end
    if (last) {
      const entity = input.lastIndexOf('&')
      if (entity >= at && end - entity < 12 && !input.includes(';', entity)) stop = entity
    }
    if (events.reading && stop > at) events.text(decodeEntities(input.slice(at, stop), part))
    at = stop
  }

  return {
    feed(piece) {
      input = at < input.length ? input.slice(at) + piece : piece
      at = 0
    },
    pause() {
      paused = true
    },
    run() {
      paused = false
      while (at < input.length) {
        if (paused) return false
        if (input.charCodeAt(at) !== 60) {
          const next = input.indexOf('<', at)
          text(next === -1 ? input.length : next, next === -1)
          if (next === -1) break
        }
        if (takeUsual()) continue
        const kind = input.charCodeAt(at + 1)
        if (kind === 33 || kind === 63) {
          const next = markup(at)
          if (next === -1) break
          at = next
          continue
        }
        const end = tagEnd(at + 1)
        if (end === -1) break
        const start = at + 1
        at = end + 1
        if (kind === 47) closeTag(start + 1, end)
        else openTag(start, end)
      }
      if (input.length - at > TOKEN_CHARS) damaged(`${part}: a tag is too long`)
      return true
    },
    end() {
      if (at < input.length && input.slice(at).trim() !== '') damaged(`${part}: ends inside a tag`)
      if (open.length > 0) damaged(`${part}: ends before <${open.at(-1)}> is closed`)
    },
  }
}

const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));|&/g
const NAMED: Record<string, string | undefined> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string, part: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined || (hex === undefined && decimal === undefined)) {
      return NAMED[name ?? ''] ?? damaged(`${part}: an unknown entity`)
    }
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    const valid = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return valid ? String.fromCodePoint(code) : damaged(`${part}: a character reference to no character`)
  })
}

/**
 * One attribute as written, still with entities; `key` is the name with `="`, such as `r="`. For the names of
 * numbers and references, where speed counts; texts go through `attributes`.
 */
export function attribute(source: string, key: string): string | undefined {
  for (let at = source.indexOf(key); at !== -1; at = source.indexOf(key, at + 1)) {
    if (at > 0 && source.charCodeAt(at - 1) > 32) continue
    const start = at + key.length
    const end = source.indexOf('"', start)
    return end === -1 ? undefined : source.slice(start, end)
  }
  if (!source.includes("'") && !source.includes(' =') && !source.includes('= ')) return undefined
  return attributes(source).get(key.slice(0, -2))
}

/** All attributes, decoded, by the name as written (`r:id`). */
export function attributes(source: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', double, single] of source.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    found.set(name, decodeEntities(double ?? single ?? '', 'attribute'))
  }
  return found
}

/** Decodes the bytes of a part piece by piece; XML in other encodings occurs in no workbook and is refused. */
export function utf8(part: string): { decode(piece: Uint8Array): string; end(): void } {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const attempt = (work: () => string) => {
    try {
      return work()
    } catch {
      return damaged(`${part} is not UTF-8`)
    }
  }
  return {
    decode: (piece) => attempt(() => decoder.decode(piece, { stream: true })),
    end: () => void attempt(() => decoder.decode()),
  }
}
