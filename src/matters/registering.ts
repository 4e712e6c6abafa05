// Registers matters of every channel: the caller, the first dispatch or the petition's procedure, all in one event.
import { randomUUIDv7 } from 'node:crypto'
import { coveredBy } from '../calendar/days.ts'
import { holdCalendar } from '../calendar/queries.ts'
import { insertPerson, type PersonFields } from '../people/commands.ts'
import { keepConfidential } from '../people/confidence.ts'
import { demandPlace } from '../people/places.ts'
import type { Actor } from '../platform/actor.ts'
import { statement, type Tx } from '../platform/db.ts'
import { fieldProblem } from '../platform/problems.ts'
import { insertRow } from '../platform/rows.ts'
import type { Vault } from '../platform/vault.ts'
import { visibilityValues, visibleTo } from './access.ts'
import { dispatch, type DispatchInput } from './acts/dispatching.ts'
import { enter, type PetitionEntry } from './acts/entering.ts'
import { newCase, type Change } from './case.ts'
import { firstState, type ChannelId } from './channels/index.ts'
import { openMatter, takeNumber, type Written } from './commands.ts'
import { matterPeople } from './petition-tables.ts'
import { demandVisible, seesPerson } from './queries.ts'
import { queryCodeOf } from './query-codes.ts'
import { readReceivers } from './reading.ts'
import { demandAccused, outcomeOf, refusal } from './rules.ts'

export interface Registration {
  channel: ChannelId
  source: string
  externalNo?: string | undefined
  title: string
  content: string
  category: string
  urgency: string
  topic: string
  regionCode?: string | undefined
  receivedAt?: string | undefined
  confidential: boolean
  accusedUnitIds: string[]
  /** An earlier person that the clerk recognised, or the caller as told. */
  personId?: string | undefined
  caller?: PersonFields | undefined
  /** A superior's deadline for an order; that of a petition is part of its entry. */
  upstreamDueAt?: string | undefined
  /** What a petition is more than an order. */
  petition?: PetitionEntry | undefined
  /** Representatives besides the caller. */
  others?: PersonFields[] | undefined
  /** Dispatch in the same breath. */
  dispatch?: DispatchInput | undefined
}

const externalTaken = statement<{ no: string | null }>(
  'matter.external',
  `select case when ${visibleTo(3)} then m.no end as no from matters m where m.source = $1 and m.external_no = $2`,
)

/** What of the office registering needs: keys, the region in numbers, and from how many people on a visit is collective. */
export interface Registrar {
  vault: Vault
  region: string
  collectiveFrom: number
  /** Where the fields of the registration stand in the request. */
  at?: string
}

/** Registers a matter, with its caller and, when asked, its first dispatch: one event, one transaction. */
export async function register(
  tx: Tx,
  actor: Actor,
  input: Registration,
  office: Registrar,
): Promise<Written> {
  // Dispatching in the same breath is dispatching: the table of the workflow says whose that is.
  const refused =
    input.dispatch === undefined ? undefined : refusal('dispatch', registeredIn(input.channel), actor)
  if (refused !== undefined) throw refused
  const { at = '/body' } = office
  const receivedAt = input.receivedAt ?? tx.now
  if (receivedAt > tx.now)
    throw fieldProblem('matter/future-time', `${at}/receivedAt`, '受理时间不能晚于现在')
  const superiors = input.upstreamDueAt ?? input.petition?.upstreamDueAt
  if (superiors !== undefined && superiors <= receivedAt)
    throw fieldProblem('matter/past-time', `${at}/upstreamDueAt`, '上级要求的期限应晚于收到的时间')
  const [no, , person, , calendar, receivers] = await Promise.all([
    takeNumber(tx, input.channel, office.region),
    input.externalNo === undefined
      ? undefined
      : demandExternalFree(tx, actor, { ...input, externalNo: input.externalNo }, at),
    input.personId === undefined ? true : seesPerson(tx, actor, input.personId),
    demandPlace(tx, input.regionCode, `${at}/regionCode`),
    input.dispatch === undefined && input.petition === undefined ? undefined : holdCalendar(tx),
    readReceivers(tx, [
      ...(input.dispatch ? [input.dispatch.leadUnitId, ...input.dispatch.coUnitIds] : []),
      ...input.accusedUnitIds,
    ]),
  ])
  const { visit } = input.petition ?? {}
  if (visit?.listNo !== undefined && (await listNoTaken(tx, [visit.level, visit.listNo])).length > 0) {
    throw fieldProblem('matter/list-no-taken', `${at}/visit/listNo`, '该层级的此通报编号已登记')
  }
  if (input.petition?.repeatOfId !== undefined)
    await demandVisible(tx, actor, input.petition.repeatOfId, `${at}/repeatOfId`)
  if (!person) throw fieldProblem('request/invalid', `${at}/personId`, '诉求人不存在')
  demandAccused(input.accusedUnitIds, receivers, at)

  const id = randomUUIDv7()
  if (input.personId !== undefined && input.confidential) await keepConfidential(tx, actor, input.personId)
  const caller =
    input.caller === undefined
      ? undefined
      : insertPerson(tx, office.vault, input.caller, input.confidential, `${at}/caller`)
  const personId = input.personId ?? caller?.id ?? null
  const others = (input.others ?? []).map((fields, i) =>
    insertPerson(tx, office.vault, fields, input.confidential, `${at}/others/${i}`),
  )
  const matter = {
    id,
    no,
    channel: input.channel,
    source: input.source,
    externalNo: input.externalNo ?? null,
    state: firstState(input.channel),
    title: input.title,
    content: input.content,
    category: input.category,
    urgency: input.urgency,
    topic: input.topic,
    regionCode: input.regionCode ?? null,
    personId,
    confidential: input.confidential,
    accusedUnitIds: input.accusedUnitIds,
    // What a unit's own counter registers stays in its sight, whoever handles it.
    unitIds: actor.sees === 'units' && actor.unitId !== null ? [actor.unitId] : [],
    upstreamDueAt: input.upstreamDueAt ?? null,
    receivedAt,
    registeredAt: tx.now,
    registeredBy: actor.id,
  }
  const setting = { now: tx.now, actor, calendar, receivers, others: [], newId: () => randomUUIDv7() }
  let change: Change = { matter: {} }
  if (input.dispatch !== undefined) change = dispatch.change(newCase(matter), input.dispatch, setting)
  if (input.petition !== undefined) {
    const representatives = (personId === null ? 0 : 1) + others.length
    const { collectiveFrom } = office
    const { petition } = input
    change = coveredBy(`${at}/receivedAt`, () =>
      enter(newCase(matter), petition, setting, { representatives, collectiveFrom, at }),
    )
  }
  // Registered and dispatched in one breath is one event.
  const state = input.dispatch === undefined ? matter.state : outcomeOf('dispatch', matter, change)
  const written = openMatter(tx, actor, { ...matter, state }, change, {
    source: input.source,
    category: input.category,
    urgency: input.urgency,
    personId,
    ...(input.dispatch === undefined ? change.data : { dispatch: change.data }),
  })
  for (const other of others) insertRow(tx, matterPeople, { matterId: id, personId: other.id })
  const warnings = [...(caller === undefined ? [] : [caller]), ...others].flatMap((each) => each.warnings)
  return {
    ...written,
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(personId === null ? {} : { queryCode: queryCodeOf(office.vault, id) }),
  }
}

/** Throws `matter/external-no-taken`: a superior's number stands for one matter of its source. */
export async function demandExternalFree(
  tx: Tx,
  actor: Actor,
  { channel, source, externalNo }: { channel: string; source: string; externalNo: string },
  at: string,
): Promise<void> {
  const [taken] = await externalTaken(tx, [source, externalNo, ...visibilityValues(actor)])
  if (taken === undefined) return
  const word = channel === 'hotline' ? '市平台工单号' : '上级编号'
  const message = taken.no === null ? `此${word}已登记` : `此${word}已登记为${taken.no}`
  throw fieldProblem('matter/external-no-taken', `${at}/externalNo`, message)
}

const registeredIn = (channel: ChannelId) => newCase({ channel, state: firstState(channel) })

const listNoTaken = statement<{ id: string }>(
  'matter.list-no',
  'select id from visits where level = $1 and list_no = $2',
)
