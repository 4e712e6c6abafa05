// PERSONS≥BATCHES and MIN5: a visit is made by somebody, a collective one by at least five.
import { shown } from '../figures.ts'
import { findingAt, type Finding, type Given } from '../finding.ts'

export function persons({ relations }: Given): Finding[] {
  return relations.flatMap((relation) => {
    if (relation.kind !== 'visits') return []
    const { batches, persons: people } = relation
    if (people.atLeast || people.value >= batches.value) return []
    const zh = `${shown(people)}少于${shown(batches)}次`
    return [findingAt('PERSONS≥BATCHES', people, zh, `${shown(people)} are fewer than ${shown(batches)}`)]
  })
}

export function min5({ relations }: Given): Finding[] {
  return relations.flatMap((relation) => {
    if (relation.kind !== 'visits') return []
    const { batches, persons: people, least } = relation
    // Fewer people than batches is told as that.
    if (people.atLeast || people.value < batches.value || people.value >= least * batches.value) return []
    const zh = `集体访${shown(batches)}应不少于${least * batches.value}人次，所列${shown(people)}`
    return [
      findingAt(
        'MIN5',
        people,
        zh,
        `${batches.digits} collective visits have at least ${least * batches.value} people`,
      ),
    ]
  })
}
