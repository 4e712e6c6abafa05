// Hours of office time run only while the office is open.
import { expect, test } from 'vitest'
import { addWorkingHours } from '../../src/calendar/office-hours.ts'
import { shippedCalendar } from './calendars.ts'

const calendar = shippedCalendar()

test.each([
  ['in the morning', '2020-08-14T09:10', 2, '2020-08-14T11:10'],
  ['over the midday break', '2020-08-14T11:00', 2, '2020-08-14T14:30'],
  ['ending exactly at the break', '2020-08-14T10:00', 2, '2020-08-14T12:00'],
  ['from the midday break', '2020-08-14T12:30', 2, '2020-08-14T15:30'],
  ['before the office opens', '2020-08-14T06:00', 2, '2020-08-14T11:00'],
  ['over a weekend', '2020-08-14T17:00', 2, '2020-08-17T10:30'],
  ['after the office has closed', '2020-08-13T18:00', 2, '2020-08-14T11:00'],
  ['from the moment it closes', '2020-08-13T17:30', 2, '2020-08-14T11:00'],
  ['on a make-up Sunday', '2020-09-27T09:00', 2, '2020-09-27T11:00'],
  ['from a holiday', '2020-10-03T10:00', 2, '2020-10-09T11:00'],
  ['a whole day', '2020-08-14T09:00', 7, '2020-08-14T17:30'],
  ['more than a day', '2020-08-14T09:00', 8, '2020-08-17T10:00'],
  ['whole days from the middle of one', '2020-08-14T10:00', 21, '2020-08-19T10:00'],
  ['half an hour', '2020-08-14T11:45', 0.5, '2020-08-14T13:45'],
])('%s', (_case, from, hours, end) => {
  expect(addWorkingHours(calendar, `${from}:00.000+08:00`, hours)).toBe(`${end}:00.000+08:00`)
})

test('an office with other hours', () => {
  const office = [{ opens: '08:30', closes: '11:30' }]
  expect(addWorkingHours(calendar, '2020-08-14T11:00:00.000+08:00', 1, office)).toBe(
    '2020-08-17T09:00:00.000+08:00',
  )
})
