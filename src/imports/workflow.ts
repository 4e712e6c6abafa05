// The life of an import as data: its statuses, how it may be taken over, and what a row can come to.

export const importStatuses = {
  uploaded: '已上传',
  checking: '检查中',
  checked: '待确认',
  committing: '导入中',
  committed: '已导入',
  failed: '失败',
  discarded: '已放弃',
} as const

export type ImportStatus = keyof typeof importStatuses

export const importModes = { 'all-or-nothing': '全部无误才导入', 'good-rows-only': '只导入无误的行' } as const

export type ImportMode = keyof typeof importModes

export const verdicts = { new: '新增', changed: '更新', unchanged: '无变化', error: '有误' } as const

export type Verdict = keyof typeof verdicts

/** What people may do with an import, and in which status. */
export const importActs = {
  commit: { label: '确认导入', from: ['checked'] },
  recheck: { label: '重新检查', from: ['checked', 'failed'] },
  discard: { label: '放弃', from: ['uploaded', 'checking', 'checked', 'failed'] },
} as const satisfies Record<string, { label: string; from: readonly ImportStatus[] }>

export type ImportAct = keyof typeof importActs
