// Decodes the bytes of a report's text: UTF-8 where it is valid, else the encoding of older Chinese programs.

/** Without a byte-order mark; UTF-16 where its mark says so. */
export function textOfBytes(bytes: Uint8Array): string {
  const mark = MARKS.find(([first, second]) => bytes[0] === first && bytes[1] === second)
  if (mark !== undefined) return new TextDecoder(mark[2]).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

const MARKS: readonly [number, number, string][] = [
  [0xff, 0xfe, 'utf-16le'],
  [0xfe, 0xff, 'utf-16be'],
]
