// The acts on a review 复查 or recheck 复核: taken in or not, heard, opined on, delivered.
import type { State, Transition } from './states.ts'

const ended = ['closed', 'not-accepted', 'coordinated', 'withdrawn'] as const satisfies State[]

export const review = {
  'accept-review': {
    label: '受理复查复核',
    from: ['requested'],
    to: ['handling'],
    by: ['review-clerk'],
    leg: 'office',
    source: '信访条例 arts 34, 35; 信访工作条例 arts 35, 36',
  },
  'decline-review': {
    label: '不予受理复查复核',
    from: ['requested'],
    to: ['not-accepted'],
    by: ['review-clerk'],
    leg: 'office',
    source: '信访条例 arts 34, 35; 信访工作条例 arts 35, 36',
  },
  coordinate: {
    label: '转协调处理',
    from: ['requested'],
    to: ['coordinated'],
    by: ['review-clerk'],
    leg: 'office',
  },
  'open-hearing': {
    label: '举行听证',
    from: ['handling'],
    to: [],
    by: ['review-clerk'],
    leg: 'office',
    source: '信访条例 art. 35(2); 信访工作条例 art. 36(2)',
  },
  'end-hearing': {
    label: '听证结束',
    from: ['handling'],
    to: [],
    by: ['review-clerk'],
    leg: 'office',
    source: '信访条例 art. 35(2); 信访工作条例 art. 36(2)',
  },
  'opine-review': {
    label: '提交复查复核意见',
    from: ['handling'],
    to: ['replied'],
    by: ['review-clerk'],
    leg: 'office',
  },
  'issue-review': {
    label: '出具复查复核意见书',
    from: ['replied'],
    to: ['issued'],
    by: ['leader'],
    leg: 'office',
  },
  'return-review': {
    label: '退回修改复查复核意见',
    from: ['replied'],
    to: ['handling'],
    by: ['leader'],
    leg: 'office',
  },
  'deliver-review': {
    label: '送达复查复核意见',
    from: ['issued'],
    to: ['closed'],
    by: ['review-clerk'],
    leg: 'office',
  },
  'withdraw-review': {
    label: '撤回复查复核申请',
    from: ['requested', 'handling'],
    to: ['withdrawn'],
    by: ['review-clerk'],
    leg: 'office',
  },
  archive: { label: '归档', from: ended, to: ['archived'], by: ['reviewer', 'callback'], leg: 'office' },
  note: {
    label: '批注',
    from: ['requested', 'handling', 'replied', 'issued', ...ended],
    to: [],
    by: ['agent', 'dispatcher', 'reviewer', 'callback', 'supervisor', 'leader', 'registrar', 'screening'],
    leg: 'office',
  },
} as const satisfies Record<string, Transition>
