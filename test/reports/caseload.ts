// A random year of an office whose figures agree with each other: as figures of the catalogue, and as the sentences of a report.
import fc from 'fast-check'
import type { GivenFigure, StatedUnit } from '../../src/reports/figures.ts'

const upTo = (max: number, min = 0) => fc.integer({ min, max })

const visit = fc
  .record({
    individual: upTo(400),
    crowd: upTo(300),
    collective: upTo(80),
    more: upTo(500),
    before: upTo(900, 1),
  })
  .map(({ individual, crowd, collective, more, before }) => ({
    batches: individual + collective,
    persons: individual + (individual === 0 ? 0 : crowd) + 5 * collective + (collective === 0 ? 0 : more),
    collective,
    collectivePersons: 5 * collective + (collective === 0 ? 0 : more),
    before,
  }))

/** Counts of one year; every relation of the catalogue holds among them. */
export const caseload = fc
  .record({
    district: visit,
    city: visit,
    letters: fc.tuple(upTo(200), upTo(50), upTo(50), upTo(90)),
    reviews: fc.tuple(upTo(20), upTo(20), upTo(20)),
    done: upTo(9000, 1),
    open: upTo(500),
    lateDone: fc.nat(1000),
    lateOpen: fc.nat(1000),
    resolved: fc.tuple(upTo(90), upTo(60)),
    statuses: fc.array(upTo(300), { minLength: 4, maxLength: 4 }),
    split: fc.nat(10_000),
    stock: fc.tuple(upTo(500), upTo(900), fc.nat(2000)),
    relief: fc.record({ people: upTo(200, 1), least: upTo(900, 1), more: upTo(3000), at: fc.nat(1000) }),
  })
  .map(({ done, open, lateDone, lateOpen, split, ...given }) => {
    const total = [...given.resolved, ...given.statuses].reduce((sum, n) => sum + n, 0)
    const local = Math.min(total, split % (total + 1))
    const [opening, received, closed] = given.stock
    const [late, waiting] = [lateDone % (done + 1), open === 0 ? 0 : lateOpen % (open + 1)]
    const { people, least, more, at } = given.relief
    return {
      ...given,
      ...{
        done,
        open,
        accepted: done + open,
        lateDone: late,
        lateOpen: waiting,
        total,
        local,
        wide: total - local,
      },
      stock: { opening, received, closed: closed % (opening + received + 1) },
      relief: {
        people,
        least,
        most: least + more,
        sum: people * least + Math.floor((people * more * at) / 1000),
      },
    }
  })
export type Caseload = typeof caseload extends fc.Arbitrary<infer C> ? C : never

/** Half up, without decimals; the product first, as a half must stay one. */
const rounded = (part: number, whole: number) => Math.round((part * 100) / whole)

/** The same year as figures of the catalogue, one a line. */
export function figuresOf(year: Caseload): GivenFigure[] {
  const given: [metric: string, value: number, unit: StatedUnit][] = [
    ...(['district', 'city'] as const).flatMap((level): [string, number, StatedUnit][] => {
      const of = year[level]
      return [
        [`visits.${level}.batches`, of.batches, '批'],
        [`visits.${level}.persons`, of.persons, '人次'],
        [`visits.${level}.collective.batches`, of.collective, '批'],
        [`visits.${level}.collective.persons`, of.collectivePersons, '人次'],
        [`visits.${level}.individual.batches`, of.batches - of.collective, '批'],
        [`visits.${level}.individual.persons`, of.persons - of.collectivePersons, '人次'],
      ]
    }),
    ['letters', year.letters.reduce((sum, n) => sum + n, 0), '件'],
    ...['letter', 'province-secretary', 'governor', 'people-daily'].map(
      (source, i): [string, number, StatedUnit] => [
        ...([`letters.${source}`, year.letters[i] ?? 0, '件'] as const),
      ],
    ),
    ['reviews', year.reviews.reduce((sum, n) => sum + n, 0), '件'],
    ...['accepted', 'not-accepted', 'coordinated'].map((intake, i): [string, number, StatedUnit] => [
      ...([`reviews.${intake}`, year.reviews[i] ?? 0, '件'] as const),
    ]),
    ['M01', year.accepted, '件'],
    ['M02', year.done, '件'],
    ['M03', year.open, '件'],
    ['M05', rounded(year.done - year.lateDone, year.done), '%'],
    ['M07', year.lateDone + year.lateOpen, '件'],
    ['M07r', year.lateDone, '件'],
    ['M07o', year.lateOpen, '件'],
    ['M14', rounded(year.done, year.accepted), '%'],
    ['ledger.total', year.total, '件'],
    ['ledger.level.local', year.local, '件'],
    ['ledger.level.district-plus', year.wide, '件'],
    ['ledger.status.resolved', year.resolved[0] + year.resolved[1], '件'],
    ['ledger.status.resolved.local', year.resolved[0], '件'],
    ['ledger.status.resolved.district-plus', year.resolved[1], '件'],
    ...['needs-study', 'plan-advancing', 'watch', 'territorial'].map(
      (status, i): [string, number, StatedUnit] => [
        ...([`ledger.status.${status}`, year.statuses[i] ?? 0, '件'] as const),
      ],
    ),
    ['stock.opening', year.stock.opening, '件'],
    ['stock.received', year.stock.received, '件'],
    ['stock.closed', year.stock.closed, '件'],
    ['stock.closing', year.stock.opening + year.stock.received - year.stock.closed, '件'],
  ]
  return given.map(([metric, value, unit], i) => ({
    line: i + 1,
    metric,
    name: metric,
    digits: String(value),
    unit,
  }))
}

/** The same year in sentences, in another office's words than the report of 2020. */
export function sentencesOf(year: Caseload): string[] {
  const change = (now: number, before: number, word: string) => {
    const percent = rounded(Math.abs(now - before), before)
    return percent === 0 ? '' : `，较上年${word}${now > before ? '增长' : '减少'}${percent}%`
  }
  const visits = (
    [
      ['district', '来区上访'],
      ['city', '赴市走访'],
    ] as const
  ).map(([level, words]) => {
    const { batches, persons, collective, collectivePersons, before } = year[level]
    return `${words}${batches}批${persons}人次${change(batches, before, '批次')}，其中集体访${collective}批${collectivePersons}人次。`
  })
  const [letters, reviews] = [year.letters, year.reviews].map((of) =>
    of.reduce((sum: number, n) => sum + n, 0),
  )
  const { people, least, most, sum } = year.relief
  return [
    ...visits,
    `办理信件${letters}件，其中：群众来信${year.letters[0]}件；省委书记信箱${year.letters[1]}件；省长信箱${year.letters[2]}件；人民网网民留言${year.letters[3]}件。`,
    `收到复查申请${reviews}件（受理${year.reviews[0]}件、不予受理${year.reviews[1]}件、协调处理${year.reviews[2]}件）。`,
    `12345热线受理工单${year.accepted}件，办结${year.done}件，在办${year.open}件，办结率${rounded(year.done, year.accepted)}%。`,
    `期初未办结${year.stock.opening}件，新收${year.stock.received}件，办结${year.stock.closed}件，期末未办结${year.stock.opening + year.stock.received - year.stock.closed}件。`,
    `对困难群众${people}人进行困难救助，每人${least}—${most + 1}元不等，发放救助金${sum}元。`,
  ]
}
