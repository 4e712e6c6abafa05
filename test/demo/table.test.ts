// The demonstration's tables stand straight in a console: Chinese takes two columns, numbers stand to the right.
import { expect, it } from 'vitest'
import { tableOf, widthOf } from '../../scripts/demo/table.ts'

it('measures a text as a console shows it', () => {
  expect(widthOf('受理')).toBe(4)
  expect(widthOf('97%')).toBe(3)
  expect(widthOf('（从严）')).toBe(8)
  expect(widthOf('7303 ÷ 7529')).toBe(11)
})

it('sets columns under each other, however wide their characters', () => {
  expect(
    tableOf(
      [
        ['指标', '数'],
        ['受理交办', '7708'],
        ['M05', '97%'],
      ],
      [1],
    ).split('\n'),
  ).toEqual(['指标        数', '──────────────', '受理交办  7708', 'M05        97%'])
})
