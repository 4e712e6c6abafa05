// Which part of the office's work a place in a line is about: the nearest word before it that says so.
import { scopes } from './words.ts'

const ANY = new RegExp(scopes.map(({ words }) => `(${words})`).join('|'), 'g')

/** Answers for rising or falling places; `inherited` where nothing stands before: what a heading said. */
export function scopesIn(text: string, inherited = ''): (at: number) => string {
  const found = [...text.matchAll(ANY)].map((match) => ({
    at: match.index,
    id: scopes[match.slice(1).findIndex((group) => group !== undefined)]?.id ?? '',
  }))
  return (at) => {
    let [low, high] = [0, found.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((found[middle]?.at ?? 0) < at) low = middle + 1
      else high = middle
    }
    return found[low - 1]?.id ?? inherited
  }
}
