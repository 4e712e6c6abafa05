// Corrects what was registered, and notes attachments: writes that leave the state alone.
import { demandPlace } from '../people/places.ts'
import type { Actor } from '../platform/actor.ts'
import type { Tx } from '../platform/db.ts'
import type { EventData } from '../platform/events.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import type { Matter, MatterPatch } from './case.ts'
import { channelOf } from './channels/index.ts'
import { checkVersion, writeChange, type Written } from './commands.ts'
import { keepPeopleOn } from './confidence.ts'
import { lockLinks } from './linking.ts'
import { lockCase, readReceivers } from './reading.ts'
import { matterTexts } from './record-tables.ts'
import { demandAccused } from './rules.ts'
import { passOn } from './spreading.ts'
import { takeFromAccused, takingNeeds } from './taking.ts'
import { states } from './workflow.ts'

export interface Correction {
  title?: string | undefined
  content?: string | undefined
  category?: string | undefined
  urgency?: string | undefined
  topic?: string | undefined
  regionCode?: string | null | undefined
  confidential?: boolean | undefined
  accusedUnitIds?: string[] | undefined
}

const spoken = ['category', 'urgency', 'topic', 'regionCode', 'confidential', 'accusedUnitIds'] as const

/**
 * Corrects what was registered. A due time once promised stays: a new category or urgency holds for the next dispatch
 * only, so that relabelling wins no time. Old and new values of codes go into the timeline, of texts only their names; what they were
 * is kept as a version.
 */
export async function edit(
  tx: Tx,
  actor: Actor,
  id: string,
  input: Correction,
  ifMatch: number | undefined,
): Promise<Written> {
  const accuses = input.accusedUnitIds !== undefined
  if (accuses) await lockLinks(tx)
  const [subject, receivers] = await Promise.all([
    lockCase(tx, actor, id, accuses ? takingNeeds : []),
    readReceivers(tx, input.accusedUnitIds ?? []),
  ])
  const { matter } = subject
  checkVersion(matter, ifMatch)
  await demandPlace(tx, input.regionCode, '/body/regionCode')
  // Protection is never too late: what accuses may be told of a matter that has ended, and nothing else of it.
  const protects = Object.entries(input).every(
    ([key, value]) => key === 'accusedUnitIds' || value === undefined,
  )
  if (!states[matter.state].open && !protects)
    throw new Problem('matter/closed', { extras: { state: matter.state } })
  if (input.category !== undefined && !Object.hasOwn(channelOf(matter.channel).categories, input.category)) {
    throw fieldProblem('matter/unknown-category', '/body/category', '此信访形式没有这个类别')
  }
  demandAccused(input.accusedUnitIds ?? [], receivers, '/body')
  if (accuses && matter.accusedUnitIds.some((unit) => !input.accusedUnitIds?.includes(unit)))
    throw fieldProblem(
      'matter/second-decider',
      '/body/accusedUnitIds',
      '撤销被反映单位应另行申请，由分管领导决定',
    )
  const changed = Object.fromEntries(
    Object.entries(input).filter(
      ([key, value]) => value !== undefined && !same(value, matter[key as keyof Matter]),
    ),
  ) as MatterPatch
  const { id: matterId, no, version, state, dueAt } = matter
  if (Object.keys(changed).length === 0) return { id: matterId, no, version, state, dueAt }
  if (changed.confidential === true) await keepPeopleOn(tx, actor, matter)
  const data: EventData = {
    fields: Object.keys(changed),
    before: Object.fromEntries(spoken.filter((key) => key in changed).map((key) => [key, matter[key]])),
    after: Object.fromEntries(
      spoken.filter((key) => key in changed).map((key) => [key, changed[key]]),
    ) as EventData,
  }
  // Events tell no texts, which may name people: what stood there is kept beside them.
  for (const field of ['title', 'content'] as const) {
    if (field in changed)
      insertRow(tx, matterTexts, { matterId, seq: matter.seq + 1, field, text: matter[field] })
  }
  const taken = 'accusedUnitIds' in changed ? await takeFromAccused(tx, actor, subject, input) : undefined
  const more = (input.accusedUnitIds ?? []).filter((unit) => !matter.accusedUnitIds.includes(unit))
  if (more.length > 0) await passOn(tx, actor, id, { accusedUnitIds: more }, { type: 'matter.edit' })
  if (taken === undefined)
    return writeChange(tx, actor, subject, { matter: changed, data }, matter.state, 'matter.edit')
  const { state: next, ...change } = taken
  return writeChange(
    tx,
    actor,
    subject,
    { ...change, matter: { ...changed, ...change.matter }, data: { ...data, taken: true } },
    next,
    'matter.edit',
  )
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Records a file put on, or taken off, a matter that the actor may see. */
export async function noteAttachment(
  tx: Tx,
  actor: Actor,
  id: string,
  event: { type: 'matter.attach' | 'matter.detach'; data: EventData; ifMatch?: number | undefined },
): Promise<Written> {
  const { type, data, ifMatch } = event
  const subject = await lockCase(tx, actor, id, [])
  checkVersion(subject.matter, ifMatch)
  if (subject.matter.state === 'archived') throw new Problem('matter/closed')
  return writeChange(tx, actor, subject, { matter: {}, data }, subject.matter.state, type)
}
