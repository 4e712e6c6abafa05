// Word documents in the form of official papers (GB/T 9704): the only place that knows the library behind them.
import {
  AlignmentType,
  BorderStyle,
  Document,
  Footer,
  ImageRun,
  LineRuleType,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableLayoutType,
  TableRow,
  TextRun,
  VerticalAlign,
  WidthType,
  type IRunOptions,
} from 'docx'

/** One piece of a document, from the top down. */
export type Block =
  | { kind: 'title'; text: string }
  /** 文号, centred below the title. */
  | { kind: 'number'; text: string }
  /** 一、 （一） 1. （1）: the text brings its number. */
  | { kind: 'heading'; level: 1 | 2 | 3 | 4; text: string }
  /** `together`: on the page of what follows, so that no signature stands alone on one. */
  | { kind: 'paragraph'; text: string; flush?: boolean; together?: boolean }
  /** The addressee 抬头, at the left edge. */
  | { kind: 'addressee'; text: string }
  /** Who signs and when, at the right. */
  | { kind: 'signature'; lines: readonly string[] }
  | { kind: 'caption'; text: string }
  | {
      kind: 'table'
      header: readonly string[]
      rows: readonly (readonly string[])[]
      widths?: readonly number[]
    }
  | { kind: 'picture'; png: Uint8Array; width: number; height: number; alt: string }
  | { kind: 'page' }

const MM = 56.7 // twips
const PAGE = {
  width: 210 * MM,
  height: 297 * MM,
  top: 37 * MM,
  bottom: 35 * MM,
  left: 28 * MM,
  right: 26 * MM,
}
const TEXT_WIDTH = PAGE.width - PAGE.left - PAGE.right
const LINE = { line: 28 * 20, lineRule: LineRuleType.EXACT }

const face = (eastAsia: string) => ({
  ascii: 'Times New Roman',
  hAnsi: 'Times New Roman',
  cs: 'Times New Roman',
  eastAsia,
})
const FONTS = {
  title: face('方正小标宋简体'),
  black: face('黑体'),
  kai: face('楷体_GB2312'),
  body: face('仿宋_GB2312'),
  page: face('宋体'),
}
// Half points: 二号 22 pt, 三号 16 pt, 四号 14 pt, 小四 12 pt.
const SIZES = { title: 44, body: 32, page: 28, table: 24 }
/** Two characters of the body. */
const INDENT = 32 * 20

const HEADINGS: Record<1 | 2 | 3 | 4, Partial<IRunOptions>> = {
  1: { font: FONTS.black },
  2: { font: FONTS.kai },
  3: { font: FONTS.body, bold: true },
  4: { font: FONTS.body },
}

/** The document as a .docx file. Texts are taken as they are: what XML cannot hold must have been refused before. */
export async function writeDocx(
  blocks: readonly Block[],
  about: { title: string; creator: string },
): Promise<Buffer> {
  const document = new Document({
    title: about.title,
    creator: about.creator,
    evenAndOddHeaderAndFooters: true,
    styles: {
      default: { document: { run: { font: FONTS.body, size: SIZES.body, language: { eastAsia: 'zh-CN' } } } },
    },
    sections: [
      {
        properties: {
          page: {
            size: { width: PAGE.width, height: PAGE.height },
            margin: {
              top: PAGE.top,
              bottom: PAGE.bottom,
              left: PAGE.left,
              right: PAGE.right,
              footer: 28 * MM,
            },
          },
        },
        footers: { default: footer(AlignmentType.RIGHT), even: footer(AlignmentType.LEFT) },
        children: blocks.flatMap(drawn),
      },
    ],
  })
  return Packer.toBuffer(document)
}

/** — 1 —, one character in from the outer edge. */
function footer(alignment: 'left' | 'right'): Footer {
  const run = { font: FONTS.page, size: SIZES.page }
  const indent = alignment === 'left' ? { left: 14 * 20 } : { right: 14 * 20 }
  return new Footer({
    children: [
      new Paragraph({
        alignment,
        indent,
        children: [new TextRun({ ...run, children: ['— ', PageNumber.CURRENT, ' —'] })],
      }),
    ],
  })
}

function drawn(block: Block): (Paragraph | Table)[] {
  switch (block.kind) {
    case 'title':
      return lines(
        block.text,
        { font: FONTS.title, size: SIZES.title },
        {
          alignment: AlignmentType.CENTER,
          spacing: { line: 36 * 20, lineRule: LineRuleType.EXACT, after: 240 },
        },
      )
    case 'number':
      return lines(block.text, {}, { alignment: AlignmentType.CENTER, spacing: { ...LINE, after: 240 } })
    case 'heading':
      return lines(block.text, HEADINGS[block.level], { indent: { firstLine: INDENT }, keepNext: true })
    case 'addressee':
      return lines(block.text, {}, {})
    case 'paragraph':
      return lines(
        block.text,
        {},
        {
          ...(block.flush === true ? {} : { indent: { firstLine: INDENT } }),
          ...(block.together === true ? { keepNext: true, keepLines: true } : {}),
        },
      )
    case 'signature':
      return block.lines.flatMap((text, i) =>
        lines(
          text,
          {},
          {
            alignment: AlignmentType.RIGHT,
            indent: { right: 4 * 16 * 20 },
            spacing: { ...LINE, before: i === 0 ? 28 * 20 : 0 },
            keepLines: true,
            keepNext: i < block.lines.length - 1,
          },
        ),
      )
    case 'caption':
      return lines(
        block.text,
        { font: FONTS.black, size: SIZES.table },
        { alignment: AlignmentType.CENTER, keepNext: true, spacing: { before: 200, after: 80 } },
      )
    case 'table':
      return [table(block), new Paragraph({ spacing: { line: 200, lineRule: LineRuleType.EXACT } })]
    case 'picture':
      return [picture(block)]
    case 'page':
      return [new Paragraph({ pageBreakBefore: true, spacing: { line: 20, lineRule: LineRuleType.EXACT } })]
  }
}

type Layout = Omit<ConstructorParameters<typeof Paragraph>[0] & object, 'children' | 'text'>

/** A text of several lines is several paragraphs. */
function lines(text: string, run: Partial<IRunOptions>, layout: Layout): Paragraph[] {
  return text
    .split('\n')
    .map(
      (line) => new Paragraph({ spacing: LINE, ...layout, children: [new TextRun({ text: line, ...run })] }),
    )
}

const RULE = { style: BorderStyle.SINGLE, size: 4, color: '000000' }

function table({ header, rows, widths }: Extract<Block, { kind: 'table' }>): Table {
  const shares = widths ?? header.map(() => 1)
  const whole = shares.reduce((sum, share) => sum + share, 0)
  const columns = shares.map((share) => Math.floor((TEXT_WIDTH * share) / whole))
  const row = (cells: readonly string[], head: boolean) =>
    new TableRow({
      tableHeader: head,
      cantSplit: true,
      children: columns.map((width, i) =>
        cell(cells[i] ?? '', width, head, i > 0 && isFigure(cells[i] ?? '')),
      ),
    })
  return new Table({
    layout: TableLayoutType.FIXED,
    alignment: AlignmentType.CENTER,
    width: { size: columns.reduce((sum, width) => sum + width, 0), type: WidthType.DXA },
    columnWidths: columns,
    borders: {
      top: RULE,
      bottom: RULE,
      left: RULE,
      right: RULE,
      insideHorizontal: RULE,
      insideVertical: RULE,
    },
    rows: [row(header, true), ...rows.map((cells) => row(cells, false))],
  })
}

/** A number, alone or with its unit. */
const isFigure = (text: string) => /^[-+]?[\d,.]+\s?(?:%|\p{Script=Han}{1,4})?$|^—$/u.test(text)

function cell(text: string, width: number, head: boolean, right: boolean): TableCell {
  const run = head ? { font: FONTS.black, size: SIZES.table } : { size: SIZES.table }
  const alignment = head ? AlignmentType.CENTER : right ? AlignmentType.RIGHT : AlignmentType.LEFT
  return new TableCell({
    width: { size: width, type: WidthType.DXA },
    verticalAlign: VerticalAlign.CENTER,
    margins: { top: 40, bottom: 40, left: 80, right: 80 },
    children: lines(text, run, { alignment, spacing: { line: 18 * 20, lineRule: LineRuleType.AT_LEAST } }),
  })
}

/** As wide as the text at most. */
function picture({ png, width, height, alt }: Extract<Block, { kind: 'picture' }>): Paragraph {
  const most = (TEXT_WIDTH / 1440) * 96
  const scale = Math.min(1, most / width)
  return new Paragraph({
    alignment: AlignmentType.CENTER,
    spacing: { before: 120, after: 120 },
    children: [
      new ImageRun({
        type: 'png',
        data: png,
        transformation: { width: Math.round(width * scale), height: Math.round(height * scale) },
        altText: { name: alt, title: alt, description: alt },
      }),
    ],
  })
}
