// The parts of a workbook that say how to read its sheets: what it is, which sheets, which styles are dates, shared texts.
import { decodeEscapes, isDateFormat } from './cell-values.ts'
import type { ImportLimits } from './limits.ts'
import type { Parts } from './package-parts.ts'
import { damaged, refuse } from './refusal.ts'
import { stringTable, type StringTable } from './strings.ts'
import { attributes, utf8, xmlScanner, type XmlEvents } from './xml.ts'

export interface SheetPart {
  sheet: string
  part: string
  hidden: boolean
}

export interface Workbook {
  sheets: SheetPart[]
  from1904: boolean
  dateStyles: boolean[]
  strings: StringTable
}

/** `scratch` is a folder for shared texts beyond the memory they may take. Refuses what is not a plain workbook. */
export async function openWorkbook(parts: Parts, limits: ImportLimits, scratch: string): Promise<Workbook> {
  if (!parts.names.has('[content_types].xml')) return refuseOtherZip(parts)
  const types = await contentTypes(parts)
  const main = (await relations(parts, '')).find((relation) => relation.type.endsWith('/officeDocument'))
  if (main === undefined) return damaged('the package names no main part')
  refuseOtherTypes(parts, types.get(main.target.toLowerCase()) ?? '')

  const related = await relations(parts, main.target)
  const targetOf = (type: string) => related.find((relation) => relation.type.endsWith(type))?.target
  const { sheets, from1904 } = await workbookPart(parts, main.target)
  const styles = targetOf('/styles')
  const texts = targetOf('/sharedStrings')
  return {
    sheets: sheets.flatMap(({ sheet, hidden, id }) => {
      const relation = related.find((r) => r.id === id)
      // Chart sheets have no cells.
      return relation?.type.endsWith('/worksheet') ? [{ sheet, hidden, part: relation.target }] : []
    }),
    from1904,
    dateStyles: styles === undefined ? [] : await dateStyles(parts, styles),
    strings: await sharedTexts(parts, texts, limits, scratch),
  }
}

const SAVE_AS = '请用 Excel 或 WPS 打开后另存为 .xlsx，再上传'

function refuseOtherZip(parts: Parts): never {
  if (parts.names.has('mimetype') && parts.names.has('content.xml')) {
    const message = `这是 .ods 文件，${SAVE_AS}`
    return refuse({ code: 'import/unsupported-type', message, detail: 'an OpenDocument file' })
  }
  const message = '这是压缩包，请解压后上传其中的 .xlsx 或 .csv 文件'
  return refuse({ code: 'import/unsupported-type', message, detail: 'a zip archive that is not a workbook' })
}

function refuseOtherTypes(parts: Parts, type: string): void {
  if (type.includes('sheet.binary')) {
    const message = `这是 .xlsb 文件，${SAVE_AS}`
    refuse({ code: 'import/unsupported-type', message, detail: 'a binary workbook (xlsb)' })
  }
  if (!/spreadsheetml|ms-excel/.test(type)) {
    refuse({
      code: 'import/unsupported-type',
      detail: `an Office document that is no workbook: ${type.slice(0, 100)}`,
    })
  }
  const names = [...parts.names]
  if (type.includes('macroEnabled') || names.some((name) => /vbaproject\.bin$|\/macrosheets\//.test(name))) {
    refuse({ code: 'import/macros', detail: 'a workbook with macros' })
  }
  if (names.some((name) => name.startsWith('xl/externallinks/'))) {
    refuse({ code: 'import/external-links', detail: 'a workbook with links to other files or DDE' })
  }
}

/** Scans a small part; `open` gets the decoded attributes. */
async function scan(
  parts: Parts,
  name: string,
  open: (tag: string, values: Map<string, string>) => void,
): Promise<void> {
  const events: XmlEvents = {
    reading: false,
    open: (tag, source) => open(tag, attributes(source)),
    close: () => undefined,
    text: () => undefined,
  }
  await scanWith(parts, name, events)
}

async function scanWith(parts: Parts, name: string, events: XmlEvents): Promise<void> {
  const decoder = utf8(name)
  const scanner = xmlScanner(name, events)
  for await (const piece of parts.read(name)) {
    scanner.feed(decoder.decode(piece))
    scanner.run()
  }
  decoder.end()
  scanner.end()
}

/** Part name in lower case → content type, of the parts that have one of their own. */
async function contentTypes(parts: Parts): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  await scan(parts, '[Content_Types].xml', (tag, values) => {
    const name = values.get('PartName')
    if (tag === 'Override' && name !== undefined) {
      found.set(name.replace(/^\//, '').toLowerCase(), values.get('ContentType') ?? '')
    }
  })
  return found
}

interface Relation {
  id: string
  type: string
  target: string
}

/** The relations of a part inside the package, '' for the package; none when it has no relations part. */
async function relations(parts: Parts, of: string): Promise<Relation[]> {
  const slash = of.lastIndexOf('/') + 1
  const folder = of.slice(0, slash)
  const name = `${folder}_rels/${of.slice(slash)}.rels`
  if (!parts.names.has(name.toLowerCase())) return []
  const found: Relation[] = []
  await scan(parts, name, (tag, values) => {
    const target = values.get('Target')
    if (tag !== 'Relationship' || target === undefined || values.get('TargetMode') === 'External') return
    found.push({
      id: values.get('Id') ?? '',
      type: values.get('Type') ?? '',
      target: resolved(folder, target),
    })
    if (found.length > 10_000) damaged(`${name} has too many relations`)
  })
  return found
}

function resolved(folder: string, target: string): string {
  const path: string[] = []
  for (const step of (target.startsWith('/') ? target : folder + target).split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}

async function workbookPart(parts: Parts, name: string) {
  const sheets: { sheet: string; hidden: boolean; id: string }[] = []
  let from1904 = false
  await scan(parts, name, (tag, values) => {
    if (tag === 'workbookPr') from1904 = ['1', 'true'].includes(values.get('date1904') ?? '')
    if (tag !== 'sheet') return
    const id = [...values].find(([key]) => key.endsWith(':id'))?.[1] ?? ''
    sheets.push({
      sheet: values.get('name') ?? '',
      hidden: (values.get('state') ?? 'visible') !== 'visible',
      id,
    })
    if (sheets.length > 10_000) damaged(`${name} has too many sheets`)
  })
  return { sheets, from1904 }
}

async function dateStyles(parts: Parts, name: string): Promise<boolean[]> {
  const codes = new Map<number, string>()
  const known = new Map<number, boolean>()
  const styles: boolean[] = []
  let inCells = false
  await scanWith(parts, name, {
    reading: false,
    open(tag, source, empty) {
      if (tag === 'cellXfs') inCells = !empty
      if (tag === 'numFmt') {
        const values = attributes(source)
        if (codes.size < 10_000) codes.set(Number(values.get('numFmtId')), values.get('formatCode') ?? '')
      }
      if (tag !== 'xf' || !inCells) return
      const id = Number(attributes(source).get('numFmtId') ?? 0)
      const isDate = known.get(id) ?? isDateFormat(id, codes.get(id))
      known.set(id, isDate)
      // Excel allows 65,490 cell formats.
      if (styles.push(isDate) > 200_000) damaged(`${name} has too many styles`)
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false
    },
    text: () => undefined,
  })
  return styles
}

async function sharedTexts(
  parts: Parts,
  name: string | undefined,
  limits: ImportLimits,
  scratch: string,
): Promise<StringTable> {
  const table = stringTable({ memory: limits.stringMemory, max: limits.stringBytes, scratch })
  if (name === undefined || !parts.names.has(name.toLowerCase())) return table
  let text = ''
  let inPhonetic = false
  const events: XmlEvents = {
    reading: false,
    open(tag, _, empty) {
      if (tag === 'si') {
        text = ''
        if (empty) table.add('')
      } else if (tag === 't') events.reading = !empty && !inPhonetic
      else if (tag === 'rPh') inPhonetic = !empty
    },
    close(tag) {
      if (tag === 't') events.reading = false
      else if (tag === 'rPh') inPhonetic = false
      else if (tag === 'si') table.add(decodeEscapes(text))
    },
    text(piece) {
      text = text === '' ? piece : text + piece
      if (text.length > limits.cellChars) {
        const message = `有一个单元格的文字超过 ${limits.cellChars} 个字符`
        refuse({
          code: 'import/cell-too-long',
          message,
          detail: `a shared text of more than ${limits.cellChars} characters`,
        })
      }
    },
  }
  await scanWith(parts, name, events)
  return table
}
