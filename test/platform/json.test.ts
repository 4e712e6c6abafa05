// The strict reader of JSON gives what JSON.parse gives, or refuses; it never changes a value in silence.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonRefused, parseJson } from '../../src/platform/json.ts'

const expectRefused = (text: string) => expect(() => parseJson(text)).toThrow(JsonRefused)

describe('the reader of JSON', () => {
  it('gives exactly what JSON.parse gives for every document without peculiarities', () => {
    const forbidden = ['__proto__', 'constructor', 'prototype', '\\']
    // Names of one escaped character may be refused for the sake of a fault of JSON.parse, see below.
    const plain = (k: string) => k.length !== 1 || JSON.stringify(k).length === 3
    const key = fc
      .string({ unit: 'grapheme' })
      .filter((k) => !forbidden.includes(k) && !k.includes('\0') && plain(k))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc.double({ noDefaultInfinity: true, noNaN: true, max: 1e15, min: -1e15 }),
        fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0')),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, '\t'), (document, space) => {
        const text = JSON.stringify(document, null, space)
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('never gives anything else than JSON.parse, whatever the bytes', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"\\u0061"',
      '"b:\\""',
      '1',
      '-0',
      '1e400',
      'null',
      ' ',
      '"\\\\"',
      '""',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) => {
        const text = parts.join('')
        let value: unknown
        try {
          value = parseJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonRefused)
          return
        }
        expect(value).toEqual(JSON.parse(text))
      }),
      { numRuns: 20_000 },
    )
  })

  it('finds every member that is named twice, however it is written and wherever it stands', () => {
    const name = fc.constantFrom('ab', '\\u0061b', 'b', 'c\\"', '::', '\\\\n', '名')
    fc.assert(
      fc.property(fc.array(name, { minLength: 2, maxLength: 6 }), fc.nat(3), (names, depth) => {
        const object = `{${names.map((n) => `"${n}":":\\":{"`).join()}}`
        const text = '['.repeat(depth) + object + ']'.repeat(depth)
        const decoded = names.map((n) => JSON.parse(`"${n}"`) as string)
        if (new Set(decoded).size === names.length) expect(parseJson(text)).toEqual(JSON.parse(text))
        else expectRefused(text)
      }),
      { numRuns: 5_000 },
    )
  })

  it('refuses what JSON.parse misreads after it has met a member named by a backslash', () => {
    for (let i = 0; i < 100; i++) JSON.parse('{"a":1,"\\\\":2}')
    expectRefused('{"a":1,"\\u0061":2}')
    expectRefused('{"a":1,"\\\\":2}')
    let value: unknown
    try {
      value = parseJson('{"a":1,"\\u0062":2}')
    } catch {
      return
    }
    expect(value).toEqual({ a: 1, b: 2 })
  })

  it.each([
    ['{"a":1,"a":1}'],
    ['{"a":{"b":1,"b":2}}'],
    ['[{"x":1},{"x":1,"\\u0078":2}]'],
    ['{"__proto__":1}'],
    ['{"a":{"constructor":{"prototype":{}}}}'],
    ['"\\u0000"'],
    ['{"a\\u0000":1}'],
    ['"\\ud800"'],
    ['{"\\udc00":1}'],
    ['9007199254740993'],
    ['12345678901234567890'],
    ['-9223372036854775808'],
    ['1e400'],
    ['NaN'],
    ['Infinity'],
    ['01'],
    ["{'a':1}"],
    ['{"a":1,}'],
    ['\ufeff{}'],
    [''],
    ['{"a":"\n"}'],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    [`${'{"a":'.repeat(21)}1${'}'.repeat(21)}`],
    [`{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":0`).join()}}`],
  ])('refuses what it must (%#)', (text) => expectRefused(text))

  it('takes what is at the limits', () => {
    const deep = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`
    expect(parseJson(deep)).toEqual(JSON.parse(deep))
    const wide = `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":0`).join()}}`
    expect(Object.keys(parseJson(wide) as object)).toHaveLength(1_000)
    expect(parseJson('9007199254740991')).toBe(9007199254740991)
    expect(parseJson('"𠮷 👨‍👩‍👧 ："')).toBe('𠮷 👨‍👩‍👧 ：')
    expect(parseJson('{"a":"{\\"a\\":1,\\"a\\":2}"}')).toEqual({ a: '{"a":1,"a":2}' })
  })

  it('says where a document breaks, without quoting it', () => {
    expect(() => parseJson('{"name":"张三",,}')).toThrow(/^not valid JSON( at position \d+)?$/)
    expect(() => parseJson('{"身份证":1,"身份证":2}')).toThrow(/^a member is named twice$/)
  })
})
