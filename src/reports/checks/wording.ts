// WORDING: words that the field writes otherwise, and one thing called by two words.
import { findingAt, type Finding, type Given } from '../finding.ts'
import { placeIn } from '../reading/places.ts'
import { terms, variants } from '../reading/words.ts'

export function wording({ lines }: Given): Finding[] {
  return [...lines.flatMap(wrongTerms), ...twoWords(lines)]
}

function wrongTerms(line: Given['lines'][number]): Finding[] {
  const seen = new Set<number>()
  return terms.flatMap(({ wrong, right }) =>
    [...line.text.matchAll(wrong)].flatMap((match) => {
      if (seen.has(match.index)) return []
      seen.add(match.index)
      const zh = `“${match[0]}”应为“${right}”`
      return [
        findingAt('WORDING', placeIn(line, match.index), zh, 'a word that the field writes otherwise', {
          proposal: right,
        }),
      ]
    }),
  )
}

/** The short word where the report has the full one too: one of them, throughout. */
function twoWords(lines: Given['lines']): Finding[] {
  return variants.flatMap(({ full, short }) => {
    if (!lines.some(({ text }) => text.includes(full))) return []
    for (const line of lines) {
      const at = line.text.search(short)
      if (at === -1) continue
      const zh = `文中既用“${full}”又用简称，宜统一`
      return [findingAt('WORDING', placeIn(line, at), zh, 'one thing by two words', { proposal: full })]
    }
    return []
  })
}
