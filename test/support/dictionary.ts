// Values that break careless programs, as JSON and as text: what the fuzz of a slice puts into every field.

/** As raw JSON, so that it may hold what `JSON.stringify` would not write. */
export const hostileJson: readonly string[] = [
  // Nothing, and the wrong kind.
  ...['null', 'true', 'false', '[]', '{}', '[[]]', '[null]', '{"a":1}', '""', '" "', '"\\t\\r\\n"'],
  // Numbers at and beyond their bounds.
  ...['0', '-0', '-1', '1.5', '9007199254740992', '9223372036854775808', '1e308', '1e400', '-1e400', '"NaN"'],
  ...['"1.5"', '"9223372036854775808"', '"0x10"', '"１２３"'],
  // Characters.
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"\\u202e倒\\u202c"', '"\\u200b\\u200d\\ufeff"'],
  ...['"𠮷𠮷𠮷𠮷"', '"👨‍👩‍👧‍👦👨‍👩‍👧‍👦"', '"e\\u0301e\\u0301e\\u0301"', '"\\u0007\\u001b[31m"'],
  // Languages that a text may be taken for.
  ...[
    `"'"`,
    `"';drop table matters;--"`,
    `"1' or '1'='1"`,
    '"\\\\"',
    '"\\\\x00"',
    '"%"',
    '"_%_"',
    '"a & b | !c"',
    '"((("',
  ],
  ...[
    '"#{7*7}"',
    '"{{7*7}}"',
    '"<script>alert(1)</script>"',
    `"=cmd|'/C calc'!A0"`,
    '"@SUM(1+1)"',
    '"%s%n%x"',
  ],
  // Paths.
  ...[
    '"../../../etc/passwd"',
    '"..%2f..%2f"',
    '"%00"',
    '"%E0%A4%A"',
    '"C:\\\\windows"',
    '"file:///etc/passwd"',
  ],
  // Prototypes.
  ...[
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{}}}',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '"hasOwnProperty"',
  ],
  // Days and moments.
  ...[
    '"2026-02-30"',
    '"0000-00-00"',
    '"+300000-01-01T00:00:00Z"',
    '"infinity"',
    '"-infinity"',
    '"now"',
    '"epoch"',
  ],
  ...[
    '"2020-02-30T00:00:00.000+08:00"',
    '"2020-08-14T24:00:00.000+08:00"',
    '"2020-08-14T09:00:00+14:00"',
    '"2020-08-14T09:00:00"',
  ],
  // Names of other things.
  ...['"00000000-0000-0000-0000-000000000000"', '"0198a3b0-0000-7000-8000-00000000dead"', '"not-a-uuid"'],
  // Size and depth.
  `"${'长'.repeat(25_000)}"`,
  `"${'x'.repeat(300_000)}"`,
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `{${Array.from({ length: 2_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`,
  // No JSON at all, and JSON that says two things.
  ...['undefined', '01', "'a'", '{"a":1,"a":2}', '[1,]', '\ufeff""'],
]

/** What of it is a text, for query parameters, path segments and headers. */
export const hostileTexts: readonly string[] = hostileJson.flatMap((json) => {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'string' ? [value] : typeof value === 'number' ? [json] : []
  } catch {
    return []
  }
})
