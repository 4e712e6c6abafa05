// Matters brought to every state through the desk, and an input for each act that would do if the act were allowed.
import type { Act, State } from '../../src/matters/workflow.ts'
import type { Desk } from './desk.ts'

/** Registered for two townships, the first leading, and brought to the state by the people whose work it is. */
export async function bring(desk: Desk, state: State, given: Record<string, unknown> = {}): Promise<string> {
  const does = async (id: string, steps: [Parameters<Desk['does']>[0], Act, unknown?][]) => {
    for (const [who, act, body] of steps) await desk.does(who, id, act, body ?? inputs(desk)[act])
  }
  const { id } = await desk.register(given)
  if (state === 'registered') return id
  if (state === 'not-accepted') {
    await does(id, [['dispatcher', 'not-accept']])
    return id
  }
  await does(id, [['dispatcher', 'dispatch', { leadUnitId: desk.township, coUnitIds: [desk.other] }]])
  if (state === 'merged') {
    const target = await bring(desk, 'assigned', given)
    await does(id, [['dispatcher', 'merge', { intoId: target, reason: '同一诉求人同一事项' }]])
  }
  if (state === 'terminated') await does(id, [['reviewer', 'terminate']])
  if (state === 'returning') await does(id, [['liaison', 'ask-return']])
  const road: [State, Parameters<Desk['does']>[0], Act, unknown?][] = [
    ['handling', 'liaison', 'sign'],
    ['replied', 'liaison', 'reply'],
    ['reviewed', 'reviewer', 'approve'],
    ['rated', 'callback', 'call-back'],
    state === 'screening' ? ['screening', 'liaison', 'ask-screening'] : ['closed', 'callback', 'close'],
    ['archived', 'reviewer', 'archive'],
  ]
  const end = road.findIndex(([reached]) => reached === state)
  for (const [, who, act, body] of road.slice(0, end + 1)) await does(id, [[who, act, body]])
  return id
}

/** What to send with each act; `intoId` is a matter to merge into. */
export function inputs(desk: Desk, intoId = '0198a3b0-0000-7000-8000-000000000000'): Record<Act, unknown> {
  const told = desk.clock.now()
  const { approvedBy, ...answer } = { ...desk.answer, contactedAt: told }
  return {
    dispatch: { leadUnitId: desk.township, note: '请依法办理' },
    redispatch: { leadUnitId: desk.other, reason: '职责调整' },
    sign: {},
    'co-sign': {},
    'co-reply': answer,
    'ask-return': { reason: '不属于本单位职责' },
    'grant-return': { note: '同意' },
    'refuse-return': { note: '属于本单位职责' },
    'ask-extension': { workdays: 2, reason: '需要第三方检测' },
    'grant-extension': { callerToldAt: told },
    'refuse-extension': { note: '理由不充分' },
    reply: { ...answer, approvedBy },
    'direct-reply': answer,
    approve: {},
    reject: { note: '未说明处理结果' },
    'call-back': { result: 'reached', rating: 'dissatisfied', resolved: false },
    'ask-screening': { ground: 'beyond-law', evidence: '诉求超出政策范围' },
    screen: { uphold: true, note: '证据充分' },
    redo: { reason: '诉求人不满意' },
    urge: { text: '请抓紧办理' },
    supervise: { ground: 'overdue', text: '请说明原因' },
    merge: { intoId, reason: '同一诉求人同一事项' },
    unmerge: { reason: '并非同一事项' },
    terminate: { reason: '诉求人撤回诉求' },
    'not-accept': { route: 'litigation', reason: '已进入诉讼程序' },
    close: {},
    archive: {},
    note: { text: '已电话沟通' },
  }
}
