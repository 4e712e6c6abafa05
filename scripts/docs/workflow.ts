// Blocks about the work on a matter: states, acts, roles, permissions, time limits.
import type { Limit } from '../../src/calendar/rules.ts'
import { channels } from '../../src/matters/channels/index.ts'
import { policies, type Policy } from '../../src/matters/policies.ts'
import {
  states,
  workflowHeads,
  workflows,
  type Act,
  type State,
  type Transition,
  type WorkflowId,
} from '../../src/matters/workflow.ts'
import { permissions, roles, type Role } from '../../src/orgs/rules.ts'
import { code, codes, table, type Row } from './tables.ts'

export type Language = 'en' | 'zh'

const workflowIds = Object.keys(workflows) as WorkflowId[]
const actsIn = (workflow: WorkflowId) => Object.entries(workflows[workflow]) as [Act, Transition][]
const stateOf = (state: State) => states[state].label
const roleLabels: Record<string, string> = Object.fromEntries(
  Object.entries(roles).map(([name, { label }]) => [name, label]),
)
const roleOf = (role: Role) => roleLabels[role] ?? role

/** A diagram of each workflow under its name. */
export function stateDiagrams(): string {
  return workflowIds.map((id) => `**${workflowHeads[id].label}**\n\n${stateDiagram(id)}`).join('\n\n')
}

/** Mermaid: what leads from state to state, acts between the same two states on one arrow. */
function stateDiagram(workflow: WorkflowId): string {
  const acts = actsIn(workflow)
  const reached = new Set<State>([
    workflowHeads[workflow].first,
    ...acts.flatMap(([, act]) => [...act.from, ...act.to]),
  ])
  const arrows = new Map<string, string[]>()
  for (const [, act] of acts) {
    for (const from of act.from) {
      for (const to of act.to) {
        const arrow = `${from} --> ${to}`
        arrows.set(arrow, [...(arrows.get(arrow) ?? []), act.label])
      }
    }
  }
  const id = (text: string) => text.replaceAll(/(?<=\w)-(?=\w)/g, '_')
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...Object.entries(states)
      .filter(([name]) => reached.has(name as State))
      .map(([name, { label }]) => `  ${id(name)}: ${label}`),
    `  [*] --> ${workflowHeads[workflow].first}: 登记`,
    ...[...arrows].map(([arrow, labels]) => `  ${id(arrow)}: ${[...new Set(labels)].join(' · ')}`),
    '  archived --> [*]',
    '```',
  ].join('\n')
}

const whose = {
  en: { lead: 'lead unit', co: 'co-handling unit', office: 'office' },
  zh: { lead: '主办单位', co: '协办单位', office: '工作局' },
}

/** A table of each workflow's acts under its name. */
export function actsTables(language: Language): string {
  return workflowIds.map((id) => `**${workflowHeads[id].label}**\n\n${actsTable(id, language)}`).join('\n\n')
}

function actsTable(workflow: WorkflowId, language: Language): string {
  const zh = language === 'zh'
  const head = zh
    ? ['操作', '接口', '从', '到', '谁来做', '依据']
    : ['act', 'label', 'from', 'to', 'by', 'source']
  const rows = actsIn(workflow).map(([name, act]): Row => {
    const from = act.from.map(stateOf).join('、')
    const to = act.to.length === 0 ? (zh ? '不变' : 'stays') : act.to.map(stateOf).join(zh ? '或' : ' or ')
    const by = `${act.by.map((role) => (zh ? roleOf(role) : role)).join(zh ? '、' : ', ')}（${whose[language][act.leg]}）`
    const byText = zh ? by : by.replace('（', ' (').replace('）', ')')
    return [...(zh ? [act.label, code(name)] : [code(name), act.label]), from, to, byText, act.source ?? '']
  })
  return table(head, rows)
}

const sees = {
  en: { all: 'all matters of the office', units: 'own unit and below', none: 'no matters' },
  zh: { all: '全局办件', units: '本单位及下级', none: '看不到办件' },
}

export function rolesTable(language: Language): string {
  const zh = language === 'zh'
  const head = zh
    ? ['角色', '代码', '看到的办件', '账号所在', '可做的操作']
    : ['role', 'label', 'sees', 'account of', 'acts']
  const rows = (Object.entries(roles) as [Role, (typeof roles)[Role]][]).map(([name, role]): Row => {
    const own = workflowIds.flatMap(actsIn).filter(([, act]) => act.by.includes(name))
    const once = (words: string[]) => [...new Set(words)]
    const does = zh
      ? once(own.map(([, { label }]) => label)).join('、') || '—'
      : codes(once(own.map(([act]) => act))) || '—'
    const at = role.at === 'office' ? (zh ? '工作局' : 'the office') : zh ? '工作局或承办单位' : 'any unit'
    return [
      ...(zh ? [role.label, code(name)] : [code(name), role.label]),
      sees[language][role.sees],
      at,
      does,
    ]
  })
  return table(head, rows)
}

export function permissionsTable(): string {
  const names = Object.keys(roles) as Role[]
  const head = ['permission', '', ...names]
  const rows = Object.entries(permissions).map(([permission, label]): Row => {
    const holds = (name: Role) => ((roles[name].can as readonly string[]).includes(permission) ? '●' : '')
    return [code(permission), label, ...names.map(holds)]
  })
  return table(head, rows)
}

const units = {
  en: { workday: 'working days', day: 'days', hour: 'hours', workhour: 'working hours', month: 'months' },
  zh: { workday: '个工作日', day: '天', hour: '小时', workhour: '个工作小时', month: '个月' },
}

export function limitsTable(language: Language): string {
  const zh = language === 'zh'
  const limit = ({ n, unit }: Limit) => {
    const word = (units[language] as Record<string, string>)[unit] ?? unit
    return zh ? `${n}${word}` : `${n} ${n === 1 ? word.replace(/s$/, '') : word}`
  }
  const category = (name: string) => (channels.hotline.categories as Record<string, string>)[name] ?? name
  const kinds = Object.keys(policies[0]?.handle ?? {})
  const line = (en: string, chinese: string, of: (policy: Policy) => string): Row => [
    zh ? chinese : en,
    ...policies.map(of),
  ]
  return table(
    [zh ? '时限' : 'limit', ...policies.map(({ id }) => id)],
    [
      line('holds for dispatches', '适用于派单', ({ from, to }) => `${from} – ${to ?? ''}`),
      line('source', '来源', ({ source }) => source),
      line('sign for', '签收', ({ sign }) => limit(sign.ordinary)),
      line('sign for, urgent', '签收（紧急）', ({ sign }) => limit(sign.urgent)),
      line('ask for return after the signing limit', '退单（签收期限后）', ({ returnWithin }) =>
        limit(returnWithin),
      ),
      line('granted returns', '退单次数', ({ returns }) => String(returns)),
      ...kinds.map((kind) =>
        line(`handle: ${category(kind)}`, `办理：${category(kind)}`, ({ handle }) => {
          const found = handle[kind]
          return found === undefined ? '—' : limit(found)
        }),
      ),
      line('handle: complex', '办理：疑难', (policy) => limit(policy.complex)),
      line('handle: urgent', '办理：紧急', (policy) => limit(policy.urgent)),
      line('handle: critical', '办理：特急', (policy) => limit(policy.critical)),
      line('extension, at most', '延期，最长', ({ extension }) => limit(extension.max)),
      line(
        'extensions (with a leader)',
        '延期次数（分管领导批准）',
        ({ extension }) => `${extension.times} (${extension.timesWithLeader})`,
      ),
      line('call back', '回访', (policy) => limit(policy.callBack)),
      line('ask for screening', '申请甄别', (policy) => limit(policy.screening)),
      line('unanswered calls before closing', '未接通几次后可办结', ({ missedCalls }) => String(missedCalls)),
      line('warning when left', '临期预警（剩余）', ({ warning }) => limit(warning)),
    ],
  )
}
