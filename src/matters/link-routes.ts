// URLs of matters that are the same thing in several channels: what is suggested and why, confirming, rejecting, undoing.
import { z } from 'zod'
import { id, textOf } from '../platform/fields.ts'
import type { Http } from '../platform/http.ts'
import { channelOf } from './channels/index.ts'
import { linkMatters, rejectLink, undoLink } from './linking.ts'
import { readLinks, suggestLinks, type Linked } from './link-queries.ts'
import { linkReasons, linkStates, type LinkReason } from './link-terms.ts'
import { readMatter } from './queries.ts'
import { gramsOf } from './search.ts'
import { states } from './workflow.ts'

const tag = '同一事项'
const byId = z.strictObject({ id })
const labelled = z.object({ code: z.string(), label: z.string() })
const linked = z.object({
  id: z.string(),
  no: z.string(),
  channel: labelled,
  title: z.string(),
  state: labelled,
  receivedAt: z.string(),
})
const reasons = z.array(labelled).describe('为何看似同一事项')
const written = z.object({
  id: z.string(),
  otherId: z.string(),
  members: z.int().describe('此事项现有的办件数'),
})
const problems = ['matter/not-found', 'matter/other-not-found'] as const
/** Words of a title beyond these are too many to all stand in another text. */
const TITLE_GRAMS = 6

export function linkRoutes(http: Http): void {
  http.reads(
    {
      url: '/api/matters/:id/links',
      summary: '同一事项的其他办件',
      description: '已关联的和可能相关的；后者只供能查找群众的工作人员辨认，确认后才关联。',
      tag,
      for: 'matters.read',
      params: byId,
      reply: z.object({
        members: z.array(linked).describe('属于同一事项的全部其他办件'),
        links: z.array(
          z.object({
            matter: linked,
            state: labelled,
            reasons,
            note: z.string().nullable(),
            decidedAt: z.string(),
            by: z.string().nullable(),
          }),
        ),
        suggestions: z.array(
          z.object({ ...linked.shape, reasons, alike: z.int().describe('内容相同的比例(%)') }),
        ),
      }),
      problems: ['matter/not-found'],
    },
    async (db, actor, { params }) => {
      const matter = await readMatter(db, actor, params.id)
      const title = gramsOf(matter.title).slice(0, TITLE_GRAMS)
      const [known, suggested] = await Promise.all([
        readLinks(db, actor, params.id),
        actor.can.has('people.search')
          ? suggestLinks(db, actor, params.id, title.length < TITLE_GRAMS ? [] : title)
          : [],
      ])
      return {
        members: known.members.map(viewLinked),
        links: known.links.map(({ state, ...link }) => ({
          ...link,
          matter: viewLinked(link.matter),
          state: { code: state, label: linkStates[state] },
          reasons: link.reasons.map(viewReason),
        })),
        suggestions: suggested.map((found) => ({
          ...viewLinked(found),
          reasons: found.reasons.map(viewReason),
          alike: found.alike,
        })),
      }
    },
  )

  const confirm: typeof rejectLink = (tx, ...rest) => linkMatters(tx, http.deps.vault, ...rest)
  for (const [url, summary, command] of [
    ['/api/matters/:id/links', '确认为同一事项', confirm],
    ['/api/matters/:id/links/reject', '认定不是同一事项', rejectLink],
  ] as const) {
    http.writes(
      {
        url,
        summary,
        tag,
        for: 'matters.edit',
        params: byId,
        body: z.strictObject({
          otherId: id.describe('另一件办件'),
          note: textOf(1, 500).optional().describe('说明；请勿写入个人信息'),
        }),
        reply: written,
        problems: [...problems, 'matter/linked-already', 'matter/accused-unit'],
      },
      (tx, actor, { params, body }) => command(tx, actor, params.id, body),
    )
  }

  http.writes(
    {
      url: '/api/matters/:id/links/undo',
      summary: '撤销关联或否定',
      tag,
      for: 'matters.edit',
      params: byId,
      body: z.strictObject({ otherId: id, reason: textOf(2, 500).describe('撤销理由') }),
      reply: written,
      problems: [...problems, 'matter/not-linked'],
    },
    (tx, actor, { params, body }) => undoLink(tx, actor, params.id, body),
  )
}

function viewLinked({ channel, state, ...matter }: Linked): z.input<typeof linked> {
  const { id: matterId, no, title, receivedAt } = matter
  return {
    id: matterId,
    no,
    title,
    receivedAt,
    channel: { code: channel, label: channelOf(channel).label },
    state: { code: state, label: states[state].label },
  }
}

const viewReason = (code: LinkReason) => ({ code, label: linkReasons[code] })
