// Texts, codes and moments are read from cells as people and platforms write them, and never guessed.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanCode, cleanText, readInstant, textOf } from '../../src/imports/cells.ts'
import { serialText } from '../../src/imports/serial.ts'
import type { RawCell } from '../../src/imports/sheet.ts'
import { epochMs, instantFromMs, toInstant } from '../../src/platform/clock.ts'

const at = (cell: RawCell | string | null, dayOnlyAs = '00:00') => {
  const result = readInstant(cell, { dayOnlyAs })
  return typeof result === 'string' ? result : result.code
}
const MORNING = '2019-04-05T09:03:07.000+08:00'
const MINUTE = '2019-04-05T09:03:00.000+08:00'
const DAY = '2019-04-05T00:00:00.000+08:00'

test('a moment in full is the same as one that is written with other signs', () => {
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'))
  const parts = fc.tuple(fc.integer({ min: 1985, max: 2105 }), two(13), two(32), two(24), two(60), two(60))
  fc.assert(
    fc.property(parts, fc.constantFrom('text', 'date'), ([year, month, day, ...time], kind) => {
      const [usual, other] = ['-', '/'].map((sign) =>
        at({ v: `${[year, month, day].join(sign)} ${time.join(':')}`, kind }, '23:59:59'),
      )
      expect(usual).toBe(other)
    }),
    { numRuns: 5000 },
  )
})

describe('a moment is read from', () => {
  test.each([
    ['2019/4/5 9:03:07', MORNING],
    ['2019-4-5 9:3:7', MORNING],
    ['2019.4.5 9:03:07', MORNING],
    ['2019-04-05 09:03:07', MORNING],
    ['2019-04-05 09:03:07.0', MORNING],
    ['2019-04-05 09:03:07.123456', '2019-04-05T09:03:07.123+08:00'],
    ['2019-04-05 09:03:07,5', '2019-04-05T09:03:07.500+08:00'],
    ['2019-04-05T09:03:07', MORNING],
    ['2019-04-05t09:03', MINUTE],
    ['2019/4/5 9:03', MINUTE],
    ['2019年4月5日 9时3分', MINUTE],
    ['2019年4月5日9时3分7秒', MORNING],
    ['2019年04月05日 09:03', MINUTE],
    ['2019年04月05日 09:03:07', MORNING],
    ['2019年4月5日9点3分', MINUTE],
    ['2019年4月5日 9时', '2019-04-05T09:00:00.000+08:00'],
    ['2019年4月5号 9:03', MINUTE],
    ['2019 年 4 月 5 日 9 时 3 分', MINUTE],
    ['2019-4-5 9时3分', MINUTE],
    ['2019年4月5日(星期五)9:03', MINUTE],
    ['2019-04-05 周五 09:03', MINUTE],
    ['2019/4/5 上午 9:03', MINUTE],
    ['2019/4/5 上午 12:03', '2019-04-05T00:03:00.000+08:00'],
    ['2019/4/5 下午 12:03', '2019-04-05T12:03:00.000+08:00'],
    ['2019年4月5日 下午3:05', '2019-04-05T15:05:00.000+08:00'],
    ['2019/4/5 下午 15:05', '2019-04-05T15:05:00.000+08:00'],
    ['2019/4/5 3:05:06 PM', '2019-04-05T15:05:06.000+08:00'],
    ['20190405', DAY],
    ['20190405 0903', MINUTE],
    ['201904050903', MINUTE],
    ['20190405090307', MORNING],
    ['20190405 090307', MORNING],
    ['20190405T090307', MORNING],
    ['2019-4-5', DAY],
    ['2019/04/05', DAY],
    ['2019年4月5日', DAY],
    ['2019年4月5日 星期五', DAY],
    ['２０１９／４／５　９：０３：０７', MORNING],
    ['２０１９年４月５日', DAY],
    [' \t2019/4/5 9:03:07\u00a0\r\n', MORNING],
    ['\u200e2019/4/5\u200b 9:03:07\ufeff', MORNING],
    ['2019-04-05T01:03:07Z', MORNING],
    ['2019-04-05T01:03:07.000Z', MORNING],
    ['2019-04-05T09:03:07.000+08:00', MORNING],
    ['2019-04-05 09:03:07 +0800', MORNING],
    ['2019-04-04T20:03:07-05:00', MORNING],
    ['2019-04-05T15:03:07+14:00', MORNING],
    ['20190405T010307Z', MORNING],
    ['43560', DAY],
    ['43560.3771643519', MORNING],
    ['2020-02-29', '2020-02-29T00:00:00.000+08:00'],
    ['2000-02-29', '2000-02-29T00:00:00.000+08:00'],
    ['1990-01-01', '1990-01-01T00:00:00.000+08:00'],
    ['2100-12-31 23:59:59', '2100-12-31T23:59:59.000+08:00'],
  ])('%j', (text, instant) => {
    expect(at(text)).toBe(instant)
    expect(at({ v: text, kind: 'text' })).toBe(instant)
    expect(toInstant(instant)).toBe(instant)
  })

  test('cells with a date format, a formula or a bare number', () => {
    expect(at({ v: '2019-04-05 09:03:07', kind: 'date' })).toBe(MORNING)
    expect(at({ v: '2019-04-05 09:03:07', kind: 'formula' })).toBe(MORNING)
    expect(at({ v: 43_560.3771643519, kind: 'number' })).toBe(MORNING)
    expect(at({ v: 43_560, kind: 'number' })).toBe(DAY)
    expect(at({ v: 20_190_405, kind: 'number' })).toBe(DAY)
  })
})

describe('a day without a time', () => {
  test('takes the time that the column means', () => {
    expect(at('2019-4-5', '18:00')).toBe('2019-04-05T18:00:00.000+08:00')
    expect(at('20190405', '23:59:59')).toBe('2019-04-05T23:59:59.000+08:00')
    expect(at({ v: 43_560, kind: 'number' }, '18:00')).toBe('2019-04-05T18:00:00.000+08:00')
  })

  test('is what a date cell at midnight is, but not a text that says midnight', () => {
    expect(at({ v: '2019-04-05 00:00:00', kind: 'date' }, '18:00')).toBe('2019-04-05T18:00:00.000+08:00')
    expect(at({ v: '2019-04-05 00:00:00', kind: 'text' }, '18:00')).toBe(DAY)
    expect(at('2019/4/5 0:00', '18:00')).toBe(DAY)
  })
})

describe('no moment is read from', () => {
  test.each([
    ['', 'blank'],
    [' \u3000\t', 'blank'],
    ['2026/2/30', 'no-such-day'],
    ['2019-02-29', 'no-such-day'],
    ['2100-02-29', 'no-such-day'],
    ['2019-13-01', 'no-such-day'],
    ['2019-00-10', 'no-such-day'],
    ['2019-4-31', 'no-such-day'],
    ['20190431', 'no-such-day'],
    ['2019年4月31日', 'no-such-day'],
    ['1989-12-31', 'year-out-of-range'],
    ['2101-01-01', 'year-out-of-range'],
    ['0019-04-05', 'year-out-of-range'],
    ['2100-12-31T23:00:00-01:00', 'year-out-of-range'],
    ['4/5/2019', 'ambiguous-date'],
    ['13/5/2019', 'ambiguous-date'],
    ['5.4.2019 9:03', 'ambiguous-date'],
    ['19/4/5', 'ambiguous-date'],
    ['19年4月5日', 'ambiguous-date'],
    ['2019-04-05 24:00', 'no-such-time'],
    ['2019-04-05 9:60', 'no-such-time'],
    ['2019-04-05 9:03:60', 'no-such-time'],
    ['2019/4/5 上午 15:05', 'no-such-time'],
    ['2019-04-05T09:03:07+15:00', 'no-such-time'],
    ['9:03', 'time-only'],
    ['9时3分', 'time-only'],
    ['二〇二六年', 'not-a-date'],
    ['2019/4-5', 'not-a-date'],
    ['2019-04', 'not-a-date'],
    ['201904', 'not-a-date'],
    ['2019年4月', 'not-a-date'],
    ['2019/4/5 9', 'not-a-date'],
    ['2019/4/5 9:03 左右', 'not-a-date'],
    ['约2019/4/5', 'not-a-date'],
    ['2019/4/5-2019/4/6', 'not-a-date'],
    ['################', 'not-a-date'],
    ['无', 'not-a-date'],
    ['infinity', 'not-a-date'],
    ['510802199001011234', 'not-a-date'],
    [`2019-04-05${' '.repeat(100)}`, 'not-a-date'],
    ['12345', 'year-out-of-range'],
    ['99999', 'year-out-of-range'],
  ])('%j', (text, code) => {
    expect(at(text)).toBe(code)
  })

  test('cells that hold something else', () => {
    expect(at(null)).toBe('blank')
    expect(at({ v: null, kind: 'formula' })).toBe('blank')
    expect(at({ v: true, kind: 'bool' })).toBe('not-a-date')
    expect(at({ v: '#N/A', kind: 'error' })).toBe('not-a-date')
    expect(at({ v: '09:03:07', kind: 'date' })).toBe('time-only')
    expect(at({ v: '1900-02-29 00:00:00', kind: 'date' })).toBe('no-such-day')
    expect(at({ v: 0.5, kind: 'number' })).toBe('time-only')
    expect(at({ v: 1, kind: 'number' })).toBe('year-out-of-range')
    expect(at({ v: -5, kind: 'number' })).toBe('not-a-date')
    expect(at({ v: 20_190_431, kind: 'number' })).toBe('no-such-day')
    expect(at({ v: 1e12, kind: 'number' })).toBe('not-a-date')
    expect(at({ v: Number.NaN, kind: 'number' })).toBe('not-a-date')
  })

  test('and each refusal says in Chinese what to do', () => {
    for (const text of ['', '2026/2/30', '4/5/2019', '9:03', 'x', '1989-1-1', '2019-4-5 25:00']) {
      expect(readInstant(text, { dayOnlyAs: '00:00' })).toMatchObject({
        error: expect.stringMatching(/[\u4e00-\u9fff]/),
      })
    }
  })
})

describe('every moment', () => {
  const first = epochMs('1990-01-01T00:00:00.000+08:00')
  const last = epochMs('2100-12-31T23:59:59.000+08:00')
  const second = fc.integer({ min: first / 1000, max: last / 1000 }).map((s) => instantFromMs(s * 1000))

  test('is read back from each common form', () => {
    const property = fc.property(second, (instant) => {
      const [, y = '', m = '', d = '', h = '', i = '', s = ''] =
        /^(....)-(..)-(..)T(..):(..):(..)/.exec(instant) ?? []
      const forms = [
        `${y}-${m}-${d} ${h}:${i}:${s}`,
        `${y}/${Number(m)}/${Number(d)} ${Number(h)}:${i}:${s}`,
        `${y}年${Number(m)}月${Number(d)}日 ${Number(h)}时${Number(i)}分${Number(s)}秒`,
        `${y}${m}${d}${h}${i}${s}`,
        instant,
        new Date(epochMs(instant)).toISOString(),
      ]
      for (const form of forms) expect(at(form)).toBe(instant)
    })
    fc.assert(property, { numRuns: 2000 })
  })

  test('is read back from its serial number', () => {
    const property = fc.property(second, (instant) => {
      const serial = (epochMs(instant) + 8 * 3_600_000) / 86_400_000 + 25_569
      expect(at({ v: serial, kind: 'number' })).toBe(instant)
    })
    fc.assert(property, { numRuns: 2000 })
  })

  test('whatever is written, an instant in canonical form or a code comes out', () => {
    const alphabet = fc.constantFrom(...'0123456789/-:.年月日时分秒 T+Z上午下PM１２：'.split(''))
    const texts = fc.oneof(fc.string({ unit: alphabet, maxLength: 30 }), fc.string({ maxLength: 80 }))
    const property = fc.property(texts, (text) => {
      expect(at(text)).toMatch(/^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00|[a-z-]+)$/)
    })
    fc.assert(property, { numRuns: 5000 })
  })

  test('is read in a few microseconds', () => {
    const forms = ['2019/4/5 9:03:07', '2019-04-05 09:03:07', '2019年4月5日 9时3分', '20190405']
    const before = process.cpuUsage()
    for (let i = 0; i < 200_000; i++) readInstant(forms[i % 4] ?? '', { dayOnlyAs: '00:00' })
    // Of processor time, with room for a busy machine.
    expect(process.cpuUsage(before).user / 200_000).toBeLessThan(10)
  })
})

describe('serial numbers', () => {
  test('give each day from 1900-03-01 to 9999-12-31 in order', () => {
    const start = Date.UTC(1900, 2, 1)
    const wrong: number[] = []
    for (let serial = 61; serial <= 2_958_465; serial += 13) {
      const day = new Date(start + (serial - 61) * 86_400_000).toISOString().slice(0, 10)
      if (serialText(serial, false) !== `${day} 00:00:00`) wrong.push(serial)
    }
    expect(wrong).toEqual([])
  })

  test('of both systems are 1,462 days apart', () => {
    expect(serialText(0.5, true)).toBe('12:00:00')
    expect(serialText(1, true)).toBe('1904-01-02 00:00:00')
    expect(serialText(43_560 - 1462, true)).toBe(serialText(43_560, false))
    expect(serialText(2_958_465 - 1462 + 1, true)).toBeUndefined()
  })

  test('outside the calendar give nothing', () => {
    for (const serial of [-1, -0.1, 2_958_466, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(serialText(serial, false)).toBeUndefined()
    }
    expect(serialText(2_958_465.999999, false)).toBeUndefined()
  })
})

describe('texts', () => {
  test.each([
    ['  市民来电  ', '市民来电'],
    ['\u3000反映\u3000问题\u3000', '反映\u3000问题'],
    ['a\u00a0b\u2003c', 'a b c'],
    ['零\u200b宽\u200c字\ufeff符\u2060', '零宽字符'],
    ['\u202e倒写\u202c\u200f', '倒写'],
    ['软\u00ad连字符', '软连字符'],
    ['控\u0000制\u0007符\u009f', '控制符'],
    ['第一行\r\n第二行\r第三行\u2028第四行', '第一行\n第二行\n第三行\n第四行'],
    ['全角,标点(保留)ＡＢＣ１２３', '全角,标点(保留)ＡＢＣ１２３'],
    ['👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
    ['阿\u200d明', '阿明'],
    ['𠮷野家 \ud842', '𠮷野家 \ufffd'],
    ['阿·迪力', '阿·迪力'],
  ])('%j are cleaned to %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean)
    expect(cleanText(clean)).toBe(clean)
  })

  test.each([
    ['ＧＤ２０２０－０１', 'GD2020-01'],
    ['５１０８０２１９９００１０１００２ｘ', '51080219900101002x'],
    ['\u30001 2\u30003\u3000', '1 2 3'],
    ['\t510802199001011234', '510802199001011234'],
    ['满意。', '满意。'],
    ['〇一二', '〇一二'],
  ])('%j is the code %j', (text, code) => {
    expect(cleanCode(text)).toBe(code)
    expect(cleanCode(code)).toBe(code)
  })

  test('of cells of every kind', () => {
    expect(textOf(null)).toBe('')
    expect(textOf({ v: null, kind: 'formula' })).toBe('')
    expect(textOf({ v: 12.5, kind: 'number' })).toBe('12.5')
    expect(textOf({ v: 3.20123e17, kind: 'number', raw: '3.20123E+17' })).toBe('3.20123E+17')
    expect(textOf({ v: true, kind: 'bool' })).toBe('TRUE')
    expect(textOf({ v: '2019-04-05 09:03:07', kind: 'date' })).toBe('2019-04-05 09:03:07')
    expect(cleanText({ v: ' x ', kind: 'text' })).toBe('x')
  })

  test('cleaning anything twice changes nothing more', () => {
    const any = fc.uint16Array({ maxLength: 40 }).map((units) => String.fromCharCode(...units))
    const property = fc.property(any, (text) => {
      const [clean, code] = [cleanText(text), cleanCode(text)]
      expect([cleanText(clean), cleanCode(code), clean.isWellFormed()]).toEqual([clean, code, true])
      for (const invisible of '\0\u200b\ufeff') expect(clean).not.toContain(invisible)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
