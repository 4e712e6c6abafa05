// URL of the spreadsheet of joint meetings that is taken in.
import { z } from 'zod'
import type { Http } from '../platform/http.ts'
import { ofTheOffice } from '../platform/route.ts'
import type { ReadTable } from '../platform/sheet-rows.ts'
import { takeMeetings } from './meeting-sheet.ts'
import { allOrNothing, sheetIn } from './shapes.ts'

/** `read` gives the rows of an uploaded table safely. */
export function meetingSheetRoutes(http: Http, { read }: { read: ReadTable }): void {
  const { files, config } = http.deps

  http.uploads(
    {
      url: '/api/meetings/import',
      summary: '导入联席会议',
      description: `一行一项议定事项；会议各列留空的行属于上一会议。${allOrNothing}`,
      tag: '联席会议',
      for: 'ledger.edit',
      admits: ofTheOffice,
      ...sheetIn,
      reply: z.object({
        rows: z.int(),
        meetings: z.int().describe('新登记的会议'),
        items: z.int().describe('新登记的议定事项'),
        unchanged: z.int().describe('已登记的会议'),
      }),
    },
    (tx, actor, { query: { mode }, file: { hash } }) =>
      takeMeetings(tx, actor, read(files.path(hash)), {
        region: config.OFFICE_REGION,
        check: mode === 'check',
      }),
  )
}
