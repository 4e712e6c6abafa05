// Follows how a report lists parts behind 其中 and in brackets, so that it is known which figure is part of which.
import type { Stated, StatedUnit } from '../figures.ts'
import type { Relation } from '../relations.ts'
import { changes, exhaustive, otherTimes, stateWords } from './words.ts'

interface Listing {
  wholes: ReadonlyMap<StatedUnit, Stated>
  parts: Stated[]
  /** A list in brackets right behind its whole, or of a budget: it names all. */
  exact: boolean
  /** 其中：A；B；C。 goes on to the full stop. */
  long: boolean
}

interface Frame {
  /** The last figure of each unit: of the sentence so far, and of the one before. */
  sentence: Map<StatedUnit, Stated>
  earlier: Map<StatedUnit, Stated>
  /** The figure that the bracket stands right behind. */
  head?: Stated
  listing?: Listing
}

const emptyFrame = (head?: Stated): Frame => ({
  ...{ sentence: new Map(), earlier: new Map() },
  ...(head === undefined ? {} : { head }),
})
const MOST_DEPTH = 8

/** Told of every mark and figure of a text in order; gives the relations that follow. */
export function listReader() {
  let frames: Frame[] = [emptyFrame()]
  const listings: Listing[] = []
  /** 其中： at the end of a line: the lines below list the parts. */
  let below: Listing | undefined
  let inLine: Stated[] = []
  const shared = new Set<Stated>()

  const top = () => frames.at(-1) ?? emptyFrame()
  const close = (frame: Frame) => {
    if (frame.listing !== undefined) listings.push(frame.listing)
    delete frame.listing
  }

  return {
    line() {
      for (const frame of frames) close(frame)
      frames = [emptyFrame()]
      inLine = []
    },
    lineEnd(endsOpen: boolean) {
      const [first] = inLine
      const { listing } = top()
      if (below !== undefined) {
        const whole = [...below.wholes.values()][0]
        const part = inLine.find(({ unit }) => unit === whole?.unit)
        if (part === undefined || first === undefined) {
          listings.push(below)
          below = undefined
        } else below.parts.push(part)
      }
      if (!endsOpen || listing === undefined || listing.parts.length > 0) return
      const money = inLine.findLast(({ unit }) => unit.endsWith('元'))
      delete top().listing
      if (money !== undefined)
        below = { wholes: new Map([[money.unit, money]]), parts: [], exact: true, long: false }
    },
    sentenceEnd(full: boolean) {
      const frame = top()
      if (full || frame.listing?.long !== true) close(frame)
      frame.earlier = frame.sentence
      frame.sentence = new Map()
    },
    /** 其中, 含, 包括: what follows are parts of what stands before. */
    parts(long = false) {
      const frame = top()
      close(frame)
      const { sentence, earlier, head } = frame
      const ofHead = head === undefined ? earlier : new Map([[head.unit, head]])
      const wholes = new Map(sentence.size > 0 ? sentence : ofHead)
      wholes.delete('%')
      frame.listing = { wholes, parts: [], exact: false, long }
    },
    open(head: Stated | undefined) {
      if (frames.length >= MOST_DEPTH) return
      const frame = emptyFrame(head)
      if (head !== undefined)
        frame.listing = { wholes: new Map([[head.unit, head]]), parts: [], exact: true, long: false }
      frames.push(frame)
    },
    close() {
      if (frames.length === 1) return
      const frame = frames.pop()
      if (frame !== undefined) close(frame)
    },
    figure(stated: Stated, clause: string) {
      inLine.push(stated)
      const frame = top()
      frame.sentence.set(stated.unit, stated)
      if (stated.goal || otherTimes.test(clause) || changes.test(clause)) return
      frame.listing?.parts.push(stated)
    },
    /** Its share of the whole is printed behind it. */
    share(part: Stated) {
      shared.add(part)
    },
    end(): Relation[] {
      this.line()
      if (below !== undefined) listings.push(below)
      return listings.flatMap((listing) => relationsOf(listing, shared))
    },
  }
}

function relationsOf({ wholes, parts, exact }: Listing, withShares: ReadonlySet<Stated>): Relation[] {
  return [...wholes.values()].flatMap((whole): Relation[] => {
    const own = parts.filter(({ unit, printed }) => unit === whole.unit && printed === whole.printed)
    const subsets = own.map((part): Relation => ({ kind: 'subset', part, whole }))
    // Behind each part its share: a list of shares names all.
    const shared = own.length >= 2 && own.every((part) => withShares.has(part))
    const states = own.some(({ name }) => stateWords.test(name))
    const all = exact || shared || exhaustive.test(whole.name)
    const sums = all || (!states && whole.unit !== '人')
    if (own.length < 2 || !sums) return subsets
    return [...subsets, { kind: 'sum', wholes: [whole], parts: own, exact: all }]
  })
}
