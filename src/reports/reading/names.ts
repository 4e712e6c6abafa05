// What a figure is called: the words before it, without what only connects, and without asides in brackets.
import { connectors, linking } from './words.ts'

/** Longer names no report has. */
const MOST = 80
const ASIDE = /（[^（）]{0,30}）|\([^()]{0,30}\)/g

/** The words between the figure and the last mark or figure before it. */
export function clauseBefore(text: string, from: number, at: number): string {
  const clause = text.slice(Math.max(from, at - MOST), at)
  const parts = clause.replaceAll(ASIDE, '').split(/[（()）“”"，,。；;：:！!？?]/)
  // “三公”经费: a mark of quotation does not end a name.
  return parts.filter((part) => part.trim() !== '').at(-1) ?? ''
}

export function nameOf(clause: string): string {
  let name = clause.trim()
  const total = name.lastIndexOf('共')
  // 公共 is a word of its own.
  if (total > 0 && name.length - total > 2 && name[total - 1] !== '公') name = name.slice(total + 1)
  for (let stripped = true; stripped;) {
    const shorter = stripOnce(name)
    stripped = shorter !== name
    name = shorter
  }
  return name.slice(-40)
}

function stripOnce(name: string): string {
  // 及时 and 合计 are words of their own.
  const front = connectors.find((word) => name.startsWith(word) && !name.startsWith('及时'))
  if (front !== undefined) return name.slice(front.length).trimStart()
  const end = linking.find((word) => name !== word && name.endsWith(word))
  return end === undefined ? name : name.slice(0, -end.length).trimEnd()
}
