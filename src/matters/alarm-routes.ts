// URLs of major and urgent matters: raise, report, ask to take off, decide.
import { z } from 'zod'
import type { Actor } from '../platform/actor.ts'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { Problem, type ProblemCode } from '../platform/problems.ts'
import { askAlarmOff, decideAlarmOff, raiseAlarm, readAlarms, reportAlarm } from './alarms.ts'
import { findVisible } from './queries.ts'
import { writtenShape } from './views.ts'

const url = '/api/matters/:id/alarm'
const params = z.strictObject({ id })
const reason = textOf(4, 1000)
const ofTheOffice = ({ sees }: Actor) =>
  sees === 'all' ? undefined : new Problem('matter/act-not-yours', { detail: 'an act of the office' })
const ofLeaders = ({ roles }: Actor) =>
  roles.includes('leader') ? undefined : new Problem('matter/act-not-yours', { detail: 'for leaders' })
const moment = z.string().nullable()

export function alarmRoutes(http: Http): void {
  const common = (summary: string, problems: readonly ProblemCode[]) => ({
    summary,
    tag: '重大紧急',
    for: 'matters.read',
    admits: ofTheOffice,
    params,
    reply: writtenShape,
    etag: (written: z.input<typeof writtenShape>) => written.version,
    problems: ['matter/not-found', 'matter/act-not-yours', ...problems] as const,
  })

  http.writes(
    {
      url,
      ...common('标记为重大紧急信访事项', ['matter/alarm-raised']),
      body: z.strictObject({ reason: reason.describe('可能造成的社会影响和已采取的措施') }),
    },
    (tx, actor, input) => raiseAlarm(tx, actor, input.params.id, input.body),
  )

  http.writes(
    {
      url: `${url}/report`,
      ...common('登记重大紧急信访事项的报告', ['matter/no-alarm', 'matter/alarm-reported']),
      body: z.strictObject({
        to: z.array(textOf(2, 60)).min(1).max(10).describe('报告对象：本级党委、政府和联席会议办公室等'),
        text: textOf(4, 4000).describe('报告内容'),
      }),
    },
    (tx, actor, input) => reportAlarm(tx, actor, input.params.id, input.body),
  )

  http.writes(
    {
      url: `${url}/ask-off`,
      ...common('申请取消重大紧急标记', ['matter/no-alarm', 'matter/alarm-off-asked']),
      body: z.strictObject({ reason: reason.describe('取消理由') }),
    },
    (tx, actor, input) => askAlarmOff(tx, actor, input.params.id, input.body),
  )

  http.writes(
    {
      url: `${url}/decide-off`,
      ...common('决定是否取消重大紧急标记', [
        'matter/no-alarm',
        'matter/nothing-pending',
        'matter/second-decider',
      ]),
      admits: (actor) => ofTheOffice(actor) ?? ofLeaders(actor),
      body: z.strictObject({ agreed: z.boolean() }),
    },
    (tx, actor, input) => decideAlarmOff(tx, actor, input.params.id, input.body),
  )

  http.reads(
    {
      url,
      summary: '重大紧急标记及其报告、取消',
      tag: '重大紧急',
      for: 'matters.read',
      params,
      reply: z.object({
        items: z.array(
          z.object({
            raisedAt: z.string(),
            raisedBy: z.string().nullable(),
            reason: z.string(),
            reportedAt: moment,
            reportedTo: z.array(z.string()).nullable(),
            reportText: z.string().nullable(),
            offAskedAt: moment,
            offReason: z.string().nullable(),
            offAt: moment,
          }),
        ),
      }),
      problems: ['matter/not-found'],
    },
    async (db, actor, input) => {
      await findVisible(db, actor, input.params.id)
      return { items: await readAlarms(db, input.params.id) }
    },
  )
}
