// An arrangement for 2027 that could be true: the statutory days and the make-up days of an invented notice.
import type { NamedDay, YearNotice } from '../../src/calendar/years.ts'
import { plusDays } from '../../src/platform/clock.ts'

const run = (name: string, first: string, length: number): NamedDay[] =>
  Array.from({ length }, (_, i) => ({ day: plusDays(first, i), name }))

export function plausible2027(): YearNotice & { holidays: NamedDay[]; makeups: NamedDay[] } {
  return {
    year: 2027,
    status: 'published',
    source: '2027年放假安排（示例）',
    holidays: [
      ...run('元旦', '2027-01-01', 3),
      ...run('春节', '2027-02-05', 8),
      ...run('清明', '2027-04-03', 3),
      ...run('劳动节', '2027-05-01', 5),
      ...run('端午', '2027-06-09', 1),
      ...run('中秋', '2027-09-15', 1),
      ...run('国庆节', '2027-10-01', 7),
    ],
    makeups: [
      { day: '2027-02-20', name: '春节' },
      { day: '2027-02-21', name: '春节' },
      { day: '2027-05-08', name: '劳动节' },
      { day: '2027-09-26', name: '国庆节' },
      { day: '2027-10-09', name: '国庆节' },
    ],
  }
}
