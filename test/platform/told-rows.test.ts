// What an event tells of its rows comes back as it was told, and takes no more room than its values do.
import { describe, expect, it } from 'vitest'
import { packRows, unpackRows, type ToldRows } from '../../src/platform/told-rows.ts'

const matter = '01a222bb-59c0-7067-a5cc-55b32e0630f0'
const leg = '01a222bb-5a40-77a5-bfac-31ef884a3ca4'
const unit = '01a222bb-5902-74db-b433-ebabc0f8a4df'
const at = '2020-08-14T09:00:00.000+08:00'
const due = '2020-08-25T23:59:59.999+08:00'
const beside = {
  at,
  actorId: unit,
  subjectId: matter,
  data: { dueAt: due, to: 'assigned', n: 3, none: null },
}

/** More values than base 36 has digits, each told twice. */
const many = Object.fromEntries(
  Array.from({ length: 80 }, (_, i) => [`c${i}`, `2020-01-01T00:00:00.0${10 + (i % 40)}+08:00`]),
)
const told: ToldRows = {
  legs: { [leg]: { matter_id: matter, unit_id: unit, due_at: due, effective_due_at: due, no: 1, '*': true } },
  matters: { [matter]: { unit_ids: [unit, leg], state: 'assigned', lead_leg_id: leg, late: null, ...many } },
}

describe('the rows that an event tells', () => {
  it('come back as they were told', () => {
    expect(unpackRows(packRows(told, beside), beside)).toEqual(told)
    expect(
      unpackRows(packRows(told, { ...beside, data: undefined }), { ...beside, data: undefined }),
    ).toEqual(told)
  })

  it('name what the event has already said', () => {
    expect(packRows({ legs: { [leg]: { a: leg, b: at, c: due, d: due, e: 'x' } } }, beside)).toEqual({
      legs: { [leg]: { a: '@5', b: '@0', c: '@3', d: '@3', e: 'x' } },
    })
  })

  it('are read as they stand where an earlier version told them', () => {
    expect(unpackRows(told, beside)).toEqual(told)
  })
})
