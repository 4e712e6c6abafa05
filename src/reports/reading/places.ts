// Where in a text something stands.
import type { Place } from '../figures.ts'
import type { Line } from './lines.ts'

export function placeIn(line: Line, column: number, length = 24): Place {
  const excerpt = line.text.slice(Math.max(0, column - 8), column + length)
  return { line: line.n, column, excerpt }
}
