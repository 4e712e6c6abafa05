// Lists the backups, drills, restores and exports that the history tells of, the newest first: `npm run drills`.
import { BACKED_UP, DRILLED, DRILL_FAILED } from '../src/platform/backup-events.ts'
import { EXPORTED } from '../src/platform/export.ts'
import { say, withInstallation } from './installation.ts'

const words: Record<string, string> = {
  [BACKED_UP]: '备份',
  [DRILLED]: '✓ 演练通过',
  [DRILL_FAILED]: '✗ 演练未通过',
  'system.restored': '恢复',
  [EXPORTED]: '导出',
}
const LISTED = 50

await withInstallation(async ({ db }) => {
  const rows = await db.query<{ at: string; type: string; data: { name?: string; faults?: string[] } }>(
    {
      name: 'drills.list',
      text: `select at, type, canon::json -> 'data' as data from events
        where type = any ($1) order by at desc, seq desc limit ${LISTED}`,
    },
    [Object.keys(words)],
  )
  for (const { at, type, data } of rows) {
    say(`${at}  ${words[type]}  ${data.name ?? ''}`)
    for (const fault of data.faults ?? []) say(`    ${fault}`)
  }
  if (rows.length === 0) say('没有备份或演练的记录。')
})
