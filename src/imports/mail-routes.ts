// URLs of the import of letters and mailbox messages: check a file, or take it in.
import { z } from 'zod'
import type { Http } from '../platform/http.ts'
import { mailCatalogue } from './mail-columns.ts'
import { takeMail } from './mail.ts'
import { parseFile } from './parse.ts'

const tag = '信件导入'

export function mailImportRoutes(http: Http): void {
  const { vault, files, log, config } = http.deps
  const office = { vault, region: config.OFFICE_REGION, collectiveFrom: config.COLLECTIVE_MIN_PERSONS }

  http.reads(
    {
      url: '/api/imports/mail/columns',
      summary: '信件登记表的列',
      tag,
      for: 'matters.register',
      reply: z.object({
        items: z.array(z.object({ label: z.string(), aliases: z.array(z.string()), required: z.boolean() })),
      }),
    },
    async () => ({
      items: mailCatalogue.ids.map((field) => {
        const { label, aliases, required } = mailCatalogue.of(field)
        return { label, aliases: [...aliases], required: required !== undefined }
      }),
    }),
  )

  http.uploads(
    {
      url: '/api/imports/mail',
      summary: '导入信件、信箱登记表',
      description:
        '.xlsx 或 .csv，最多3000行。check 只检查，逐行说明问题；all-or-nothing 有一行有误则都不登记；good-rows-only 只登记无误的行。' +
        '按来源和上级编号（没有编号的，按日期、信访人和内容）识别，已登记的不重复登记；与已登记的不同的，提示由人工更正。',
      tag,
      for: 'matters.register',
      query: z.strictObject({ mode: z.enum(['check', 'all-or-nothing', 'good-rows-only']) }),
      allow: ['xlsx', 'csv'],
      maxBytes: 10 * 1024 * 1024,
      status: 200,
      reply: z.object({
        rows: z.int(),
        fresh: z.int().describe('新登记的（check：将登记的）'),
        known: z.int().describe('以前已登记的'),
        errors: z.int(),
        warnings: z.int(),
        ignoredColumns: z.array(z.string()),
        findings: z.array(
          z.object({
            row: z.int(),
            column: z.string(),
            code: z.string(),
            message: z.string(),
            value: z.string().optional(),
          }),
        ),
      }),
      problems: ['import/header', 'import/no-rows', 'import/has-errors', 'register/too-many-rows'],
    },
    (tx, actor, { query, file }) =>
      takeMail(tx, actor, parseFile(files.path(file.hash), { log }), query.mode, office),
  )
}
