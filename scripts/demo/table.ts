// Prints tables for a console, in which Chinese characters are two columns wide.

/** Columns of a console that a text takes. */
export function widthOf(text: string): number {
  return Array.from(text).reduce(
    (sum, c) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(c)
        ? 2
        : 1),
    0,
  )
}

/** Rows as lines, the columns as wide as they need; `right`: numbers of the columns that are set to the right. */
export function tableOf(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  const lines = rows.map((row) =>
    widths
      .map((width, column) => {
        const text = row[column] ?? ''
        const gap = ' '.repeat(width - widthOf(text))
        return right.includes(column) ? gap + text : text + gap
      })
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1)))
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}
