// URLs of the spreadsheets of relief grants that are taken in.
import { z } from 'zod'
import { rehearse } from '../platform/db.ts'
import type { Http } from '../platform/http.ts'
import type { ReadTable } from '../platform/sheet-rows.ts'
import { takeGrants } from './relief-sheet.ts'
import { allOrNothing, sheetIn } from './shapes.ts'

/** `read` gives the rows of an uploaded table safely. */
export function reliefSheetRoutes(http: Http, { read }: { read: ReadTable }): void {
  const { vault, files } = http.deps

  for (const { part, url, summary, description, permission } of [
    {
      part: 'ask',
      url: '/api/relief/grants/import',
      permission: 'relief.ask',
      summary: '导入困难救助',
      description: `按项目和身份证号识别；登记申请，已批准的登记发放，待审批的由审批人导入同一文件。${allOrNothing}`,
    },
    {
      part: 'decide',
      url: '/api/relief/grants/import/decisions',
      permission: 'relief.decide',
      summary: '按表审批困难救助',
      description: `批准文件中有审批日期、待审批的救助；申请人不能自己审批。${allOrNothing}`,
    },
  ] as const) {
    http.uploads(
      {
        ...{ url, summary, description, tag: '困难救助', for: permission, ...sheetIn },
        reply: z.object({
          rows: z.int(),
          asked: z.int().describe('新登记的申请'),
          approved: z.int().describe('审批的'),
          paid: z.int().describe('登记发放的'),
          unchanged: z.int().describe('没有变化的'),
          waiting: z.int().describe('还须他人办理（审批或发放）的'),
          warnings: z.array(z.object({ row: z.int(), column: z.string(), message: z.string() })),
        }),
      },
      (tx, actor, { query: { mode }, file: { hash } }) => {
        const work = () => takeGrants(tx, vault, actor, read(files.path(hash)), part)
        return mode === 'check' ? rehearse(tx, work) : work()
      },
    )
  }
}
