// Opens an escalated case: assigned by a superior or taken up by the office, with its leader and the matters it is about.
import { randomUUIDv7 } from 'node:crypto'
import { demandPlace } from '../people/places.ts'
import type { Actor } from '../platform/actor.ts'
import type { Day } from '../platform/clock.ts'
import type { Tx } from '../platform/db.ts'
import { fieldProblem, Problem } from '../platform/problems.ts'
import type { Vault } from '../platform/vault.ts'
import { fixedLeg } from './acts/escalating.ts'
import { newCase, type Case } from './case.ts'
import { firstState } from './channels/index.ts'
import { openMatter, takeNumber, type Written } from './commands.ts'
import { linkMatters, lockLinks } from './linking.ts'
import { lockCase, readReceivers } from './reading.ts'
import { demandAccused } from './rules.ts'

export interface EscalationEntry {
  source: 'superior' | 'office'
  superior?: string | undefined
  documentNo?: string | undefined
  ground: string
  title: string
  content: string
  category: string
  topic: string
  regionCode?: string | undefined
  leaderName: string
  leaderPost: string
  /** By when the superior wants the result. */
  reportDay?: Day | undefined
  accusedUnitIds: string[]
  confidential: boolean
  /** Matters that the case is about: they stay as they are and are linked with it. */
  matterIds: string[]
}

/**
 * What the matters behind it accuse, and from whom they are withheld, holds for the case as well. Throws
 * `matter/superior-untold`, `matter/other-not-found`, `matter/unknown-unit`, `matter/past-time`.
 */
export async function openEscalation(
  tx: Tx,
  actor: Actor,
  input: EscalationEntry,
  office: { region: string; vault: Vault },
): Promise<Written> {
  const { source, superior, reportDay } = input
  if ((source === 'superior') !== (superior !== undefined)) {
    const message = source === 'superior' ? '上级交办的应写明交办机关' : '本级立案的不填交办机关'
    throw fieldProblem('matter/superior-untold', '/body/superior', message)
  }
  const behind: Case[] = []
  if (input.matterIds.length > 0) await lockLinks(tx)
  for (const [i, id] of [...input.matterIds.entries()].toSorted(([, a], [, b]) => (a < b ? -1 : 1))) {
    behind.push(await lockCase(tx, actor, id, []).catch((error: unknown) => missing(error, i)))
  }
  const accusedUnitIds = [
    ...new Set([...input.accusedUnitIds, ...behind.flatMap(({ matter }) => matter.accusedUnitIds)]),
  ]
  const barredIds = [...new Set(behind.flatMap(({ matter }) => matter.barredIds))]
  demandAccused(input.accusedUnitIds, await readReceivers(tx, input.accusedUnitIds), '/body')
  await demandPlace(tx, input.regionCode, '/body/regionCode')

  const id = randomUUIDv7()
  const row = {
    id,
    no: await takeNumber(tx, 'escalation', office.region),
    channel: 'escalation',
    source,
    state: firstState('escalation'),
    title: input.title,
    content: input.content,
    category: input.category,
    urgency: 'normal',
    topic: input.topic,
    regionCode: input.regionCode ?? null,
    confidential: input.confidential || behind.some(({ matter }) => matter.confidential),
    accusedUnitIds,
    barredIds,
    receivedAt: tx.now,
    registeredAt: tx.now,
    registeredBy: actor.id,
  }
  const { documentNo = null, ground, leaderName, leaderPost } = input
  const subject = newCase(row)
  const report =
    reportDay === undefined
      ? []
      : [
          fixedLeg(
            subject,
            { now: tx.now, newId: () => randomUUIDv7() },
            {
              ...{ kind: 'feedback', role: 'co', dueDay: reportDay, at: '/body/reportDay' },
              unitId: actor.unitId ?? id,
            },
          ),
        ]
  const written = openMatter(
    tx,
    actor,
    row,
    {
      matter: {},
      openLegs: report,
      insert: {
        escalations: {
          id,
          superior: superior ?? null,
          documentNo,
          ground,
          leaderName,
          leaderPost,
          reportDay: reportDay ?? null,
        },
      },
    },
    { source, superior, documentNo, ground, reportDay },
  )
  if (behind.length === 0) return written
  for (const { matter } of behind) await linkMatters(tx, office.vault, actor, id, { otherId: matter.id })
  return { ...written, version: written.version + behind.length }
}

function missing(error: unknown, i: number): never {
  if (!(error instanceof Problem) || error.code !== 'matter/not-found') throw error
  throw new Problem('matter/other-not-found', {
    ...error.options,
    errors: [{ pointer: `/body/matterIds/${i}`, code: 'matter/other-not-found', message: '没有这件办件' }],
  })
}
