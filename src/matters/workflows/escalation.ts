// The acts on an escalated case 督办案件: handed to a unit, investigated, pressed step by step, reported back upward.
import type { State, Transition } from './states.ts'

const pressed = ['handling', 'replied', 'reporting'] as const satisfies State[]
const running = ['entered', ...pressed] as const satisfies State[]

/** One step of supervision; none of them ends a clock. */
const step = (label: string) =>
  ({
    label,
    from: pressed,
    to: [],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访工作条例 art. 39(3)',
  }) as const satisfies Transition

export const escalation = {
  'hand-over': {
    label: '交办督办案件',
    from: ['entered'],
    to: ['handling'],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访条例 art. 36; 信访工作条例 art. 40',
  },
  'hand-elsewhere': {
    label: '改交其他单位',
    from: ['handling'],
    to: ['handling'],
    by: ['supervisor', 'leader'],
    leg: 'office',
  },
  'name-leader': {
    label: '变更包案领导',
    from: running,
    to: [],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访工作条例 art. 18(2)',
  },
  investigate: { label: '提交调查报告', from: ['handling'], to: ['replied'], by: ['handler'], leg: 'lead' },
  'accept-investigation': {
    label: '调查报告审核通过',
    from: ['replied'],
    to: ['reporting'],
    by: ['supervisor', 'leader'],
    leg: 'office',
  },
  'return-investigation': {
    label: '退回重新调查',
    from: ['replied'],
    to: ['handling'],
    by: ['supervisor', 'leader'],
    leg: 'office',
  },
  'report-result': {
    label: '反馈结果并结案',
    from: ['reporting'],
    to: ['closed'],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访条例 art. 21(1)(四); 信访工作条例 art. 22',
  },
  drop: {
    label: '撤销立案',
    from: ['entered', 'handling'],
    to: ['withdrawn'],
    by: ['leader'],
    leg: 'office',
  },
  interview: step('约谈'),
  circulate: step('通报'),
  'list-publicly': step('挂牌督办'),
  rectify: step('限期整改'),
  urge: {
    label: '催办',
    from: ['handling'],
    to: [],
    by: ['supervisor', 'dispatcher', 'reviewer'],
    leg: 'office',
  },
  supervise: {
    label: '督办',
    from: pressed,
    to: [],
    by: ['supervisor', 'leader'],
    leg: 'office',
    source: '信访条例 art. 36; 信访工作条例 art. 40',
  },
  'answer-supervision': {
    label: '反馈督办要求',
    from: pressed,
    to: [],
    by: ['handler'],
    leg: 'lead',
    source: '信访条例 art. 36(2); 信访工作条例 art. 40(4)',
  },
  archive: {
    label: '归档',
    from: ['closed', 'withdrawn'],
    to: ['archived'],
    by: ['reviewer', 'supervisor'],
    leg: 'office',
  },
  note: {
    label: '批注',
    from: [...running, 'closed', 'withdrawn'],
    to: [],
    by: ['agent', 'dispatcher', 'reviewer', 'callback', 'supervisor', 'leader', 'registrar', 'screening'],
    leg: 'office',
  },
} as const satisfies Record<string, Transition>
