// A report as a Word document in the form of GB/T 9704: title, numbered items, charts, tables, and the annexes that answer for it.
import { drawChart } from '../platform/charts.ts'
import { writeDocx, type Block } from '../platform/docx.ts'
import { FLOOR, type Placed } from './bulletin.ts'
import { dateInWords } from './periods.ts'
import type { Summary } from './summary.ts'
import { legalContent } from './wording.ts'

export async function reportDocx(summary: Summary): Promise<Buffer> {
  const { title, office, asOf, period } = summary
  const annexes = [
    unitsAnnex(summary),
    ...bulletinAnnexes(summary),
    definitionsAnnex(summary),
    ...(period.kind === 'year' ? [legalAnnex(summary)] : []),
    ...explanationsAnnex(summary),
  ]
  const blocks: Block[] = [
    { kind: 'title', text: title },
    { kind: 'number', text: `截至${dateInWords(asOf)}` },
    ...itemsOf(summary),
    ...(await chartsOf(summary)),
    ...annexes.map(({ heading }, i): Block => ({
      ...{ kind: 'paragraph', together: true, text: `${i === 0 ? '附件：' : '　　　'}${i + 1}. ${heading}` },
    })),
    { kind: 'signature', lines: [office, dateInWords(asOf)] },
    ...annexes.flatMap(({ heading, blocks: own }, i): Block[] => [
      { kind: 'page' },
      { kind: 'heading', level: 1, text: `附件${i + 1}　${heading}` },
      ...own,
    ]),
  ]
  return writeDocx(blocks, { title, creator: office })
}

interface Annex {
  heading: string
  blocks: Block[]
}

function itemsOf({ paragraphs }: Summary): Block[] {
  let n = 0
  return paragraphs.flatMap(({ heading, text }): Block[] => {
    if (heading === '') return [{ kind: 'paragraph', text }]
    n += 1
    return [
      { kind: 'heading', level: 2, text: `（${numeral(n)}）${heading}` },
      { kind: 'paragraph', text },
    ]
  })
}

async function chartsOf({ period, facts, months }: Summary): Promise<Block[]> {
  if (period.kind !== 'year') return []
  const year = Number(period.id)
  const fact = (key: string) => facts.find((each) => each.key === key)
  const batches = ['district', 'city', 'province', 'beijing'].map((level) => `visits.${level}.batches`)
  const names = [`${year - 1}年`, `${year}年`]
  const before = batches.map((key) => Number.parseInt(fact(key)?.previous ?? '0', 10))
  const now = batches.map((key) => fact(key)?.value ?? 0)
  const pictures = [
    {
      alt: '各级走访批次与去年相比',
      chart: {
        title: '各级走访批次',
        kind: 'bar',
        categories: ['到区', '到市', '到省', '进京'],
        series: [before, now].map((values, i) => ({ name: names[i] ?? '', values })),
      } as const,
    },
    {
      alt: '热线各月受理交办量与去年相比',
      chart: {
        title: '12345政务服务热线各月受理交办量（件）',
        kind: 'line',
        categories: months.map(({ month }) => `${Number(month.slice(5, 7))}月`),
        series: [
          { name: names[0] ?? '', values: months.map(({ previous }) => previous) },
          { name: names[1] ?? '', values: months.map(({ current }) => current) },
        ],
      } as const,
    },
  ]
  const blocks: Block[] = []
  // One after the other: each holds a font of its own in memory.
  for (const { alt, chart } of pictures) blocks.push({ kind: 'picture', alt, ...(await drawChart(chart)) })
  return blocks
}

function unitsAnnex({ units }: Summary): Annex {
  return {
    heading: '12345政务服务热线各单位办理情况',
    blocks: [
      {
        kind: 'table',
        header: ['单位', '受理交办（件）', '按期回复率', '超期（件）', '满意度'],
        rows: units.map(({ unit, accepted, onTime, overdue, satisfaction }) => [
          ...[unit, String(accepted), onTime, String(overdue), satisfaction],
        ]),
        widths: [34, 18, 16, 16, 16],
      },
      {
        kind: 'paragraph',
        text: '超期由各承办单位分别负责，同一件可计入几个单位，各单位之和可大于全区总数。',
      },
    ],
  }
}

function bulletinAnnexes({ bulletin, facts }: Summary): Annex[] {
  if (bulletin === null) return []
  const { overdue, rankings, hotSpots } = bulletin
  const all = facts.find(({ key }) => key === 'overdue.open')?.value ?? overdue.length
  return [
    {
      heading: '各单位排名',
      blocks: rankings.flatMap(({ metric, class: of, first, last, unranked }): Block[] => {
        const row = ({ rank, unit, text, numerator, denominator }: Placed) => [
          ...[String(rank), unit, text, `${numerator}/${denominator}`],
        ]
        const table: Block = {
          ...{ kind: 'table', header: ['名次', '单位', metric, '件数'], widths: [12, 48, 22, 18] },
          rows: [...first, ...last].map(row),
        }
        return [
          { kind: 'caption', text: `${of}${metric}` },
          ...(first.length === 0 ? [] : [table]),
          { kind: 'paragraph', text: `列前五名和后五名；件数不足${FLOOR}件的${unranked}个单位不参加排名。` },
        ]
      }),
    },
    {
      heading: '热点主题',
      blocks: [
        {
          ...{ kind: 'table', header: ['主题', '本期', '上期', '变化'], widths: [40, 16, 16, 28] },
          rows: hotSpots.map(({ topic, now, before, change }) => [
            topic,
            String(now),
            String(before),
            change,
          ]),
        },
      ],
    },
    {
      heading: '在办超期清单',
      blocks: [
        {
          ...{
            kind: 'table',
            header: ['工单编号', '承办单位', '期限', '超期天数'],
            widths: [34, 34, 18, 14],
          },
          rows: overdue.map(({ no, unit, due, days }) => [no, unit, due, String(days)]),
        },
        {
          kind: 'paragraph',
          text: `截至时在办超期共${all}件${all > overdue.length ? `，列出${overdue.length}件` : ''}。`,
        },
      ],
    },
  ]
}

function definitionsAnnex({ paragraphs, facts, asOf }: Summary): Annex {
  const named = new Set(paragraphs.flatMap((paragraph) => paragraph.facts))
  return {
    heading: '文中各数的口径',
    blocks: [
      {
        kind: 'paragraph',
        text: `以下各数截至${dateInWords(asOf)}，均可按编号在系统中打开至每一件。`,
      },
      {
        kind: 'table',
        header: ['编号', '指标', '数', '口径'],
        rows: facts
          .filter(({ key }) => named.has(key))
          .map(({ key, name, text, definition, settings }) => [
            ...[key, name, text, `${definition}${settingsInWords(settings)}`],
          ]),
        widths: [24, 20, 14, 42],
      },
    ],
  }
}

const SETTINGS: Record<string, (value: string | boolean) => string> = {
  countBasic: (value) => (value === true ? '基本满意计为满意' : '基本满意不计为满意'),
  unratedAs: (value) => (value === 'exclude' ? '未评价的不计' : '未评价的计为不满意'),
  screened: (value) => (value === true ? '甄别剔除的不计' : '甄别剔除的照计'),
  extensionCounts: (value) => (value === true ? '期限含批准的延期' : '期限不含延期'),
}

/** （基本满意计为满意；未评价的不计） */
export function settingsInWords(settings: Readonly<Record<string, string | boolean>>): string {
  const said = Object.entries(settings).map(([key, value]) => SETTINGS[key]?.(value) ?? `${key}=${value}`)
  return said.length === 0 ? '' : `（${said.join('；')}）`
}

function legalAnnex({ paragraphs }: Summary): Annex {
  const headed = paragraphs.filter(({ heading }) => heading !== '')
  return {
    heading: '年度报告法定内容对照（《信访工作条例》第四十一条）',
    blocks: [
      {
        kind: 'table',
        header: ['内容', '本文所在'],
        rows: Object.entries(legalContent).map(([id, { requirement, sections }]) => {
          const at = headed.flatMap(({ section }, i) =>
            (sections as readonly string[]).includes(section) ? [`（${numeral(i + 1)}）`] : [],
          )
          const written = paragraphs.filter(({ covers }) => covers === id).length
          const where = [...at, ...(written === 0 ? [] : [`另有${written}段专述`])]
          return [requirement, where.length === 0 ? '未涉及，请补充' : where.join('')]
        }),
        widths: [62, 38],
      },
    ],
  }
}

function explanationsAnnex({ findings }: Summary): Annex[] {
  const explained = findings.filter(({ explained: given }) => given !== null)
  if (explained.length === 0) return []
  return [
    {
      heading: '对存疑数据的说明',
      blocks: [
        {
          kind: 'table',
          header: ['检查所见', '说明', '说明人'],
          rows: explained.map(({ zh, explained: given }) => [zh, given?.explanation ?? '', given?.by ?? '']),
          widths: [42, 42, 16],
        },
      ],
    },
  ]
}

const DIGITS = '零一二三四五六七八九十'

function numeral(n: number): string {
  if (n <= 10) return DIGITS[n] ?? String(n)
  return `${n >= 20 ? DIGITS[Math.floor(n / 10)] : ''}十${n % 10 === 0 ? '' : DIGITS[n % 10]}`
}
