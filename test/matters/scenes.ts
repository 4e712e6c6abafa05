// Matters brought to every state through the desk, and an input for each act that would do if the act were allowed.
import { workflows, type Act, type State, type Transition } from '../../src/matters/workflow.ts'
import type { Desk } from './desk.ts'

/** Every state that an order, or a petition, can be in. */
export const statesIn = (workflow: keyof typeof workflows): State[] => [
  ...new Set(Object.values<Transition>(workflows[workflow]).flatMap(({ from, to }) => [...from, ...to])),
]

type Steps = [Parameters<Desk['does']>[0], Act, unknown?][]

/** A letter brought to the state by the people whose work it is. */
export async function bringPetition(
  desk: Desk,
  state: State,
  given: Record<string, unknown> = {},
): Promise<string> {
  const { body } = await desk.call('registrar', 'POST', '/api/letters', {
    title: '反映征地补偿标准',
    content: '对征地补偿标准有异议,请求依法处理。',
    topic: 'land',
    caller: { name: '李秀英', phone: '15401200002' },
    ...given,
  })
  const sideways: Partial<Record<State, Steps>> = {
    entered: [],
    redirected: [['dispatcher', 'redirect']],
    reported: [['dispatcher', 'report-up']],
    answered: [['registrar', 'answer-at-once']],
    withdrawn: [['dispatcher', 'withdraw']],
    objecting: [
      ['dispatcher', 'forward'],
      ['liaison', 'object'],
    ],
    'not-accepted': [
      ['dispatcher', 'forward'],
      ['liaison', 'decline'],
    ],
  }
  const road: [State, ...Steps[number]][] = [
    ['routed', 'dispatcher', 'assign'],
    ['handling', 'liaison', 'accept'],
    ['replied', 'liaison', 'opine'],
    ['issued', 'chief', 'issue', { opinionNo: `利州信〔2020〕${body.no.slice(-6)}号` }],
    ['delivered', 'liaison', 'deliver'],
    ['closed', 'reviewer', 'conclude'],
    ['archived', 'reviewer', 'archive'],
  ]
  const end = road.findIndex(([reached]) => reached === state)
  const steps = sideways[state] ?? road.slice(0, end + 1).map(([, ...step]) => step)
  if (state === 'no-longer-accepted') {
    const finalId = await bringFinal(desk)
    steps.push(['dispatcher', 'no-longer-accept', { finalId, reason: '同一事实和理由再次信访' }])
  }
  for (const [who, act, input] of steps) await desk.does(who, body.id, act, input ?? inputs(desk)[act])
  return body.id
}

/** A review of a delivered opinion (`recheck`: of that review), brought to the state. */
export async function bringReview(
  desk: Desk,
  state: State,
  stage: 'review' | 'recheck' = 'review',
): Promise<string> {
  const parent =
    stage === 'review' ? await bringPetition(desk, 'delivered') : await bringReview(desk, 'closed')
  const organ = stage === 'recheck' ? { organ: '广元市信访局' } : {}
  const asked = { content: '不服处理意见,请求复查。', ...organ }
  const { body } = await desk.call('reviewClerk', 'POST', `/api/matters/${parent}/request-review`, asked)
  // Who reviewed does not recheck.
  const [clerk, leader] =
    stage === 'review'
      ? (['reviewClerk', 'leader'] as const)
      : (['secondReviewClerk', 'secondLeader'] as const)
  const sideways: Partial<Record<State, Steps>> = {
    requested: [],
    'not-accepted': [[clerk, 'decline-review']],
    coordinated: [[clerk, 'coordinate']],
    withdrawn: [[clerk, 'withdraw-review']],
  }
  const road: [State, ...Steps[number]][] = [
    ['handling', clerk, 'accept-review'],
    ['replied', clerk, 'opine-review'],
    ['issued', leader, 'issue-review', { opinionNo: `利州复〔2020〕${body.no.slice(-6)}号` }],
    ['closed', clerk, 'deliver-review'],
    ['archived', 'reviewer', 'archive'],
  ]
  const end = road.findIndex(([reached]) => reached === state)
  const steps = sideways[state] ?? road.slice(0, end + 1).map(([, ...step]) => step)
  for (const [who, act, input] of steps) await desk.does(who, body.id, act, input ?? inputs(desk)[act])
  return body.id
}

/** An escalated case from a superior, brought to the state. */
export async function bringEscalation(desk: Desk, state: State): Promise<string> {
  const { body } = await desk.call('supervisor', 'POST', '/api/escalations', {
    ...{ source: 'superior', superior: '市信访局', documentNo: '广信督〔2020〕7号', ground: 'overdue' },
    ...{ title: '征地补偿久拖不决', content: '信访人多次反映补偿款未到位。', topic: 'land' },
    ...{ leaderName: '陈区长', leaderPost: '常务副区长', reportDay: nextYear(desk.clock.now().slice(0, 10)) },
  })
  const sideways: Partial<Record<State, Steps>> = { entered: [], withdrawn: [['leader', 'drop']] }
  const road: [State, ...Steps[number]][] = [
    ['handling', 'supervisor', 'hand-over'],
    ['replied', 'liaison', 'investigate'],
    ['reporting', 'leader', 'accept-investigation'],
    ['closed', 'supervisor', 'report-result'],
    ['archived', 'reviewer', 'archive'],
  ]
  const end = road.findIndex(([reached]) => reached === state)
  const steps = sideways[state] ?? road.slice(0, end + 1).map(([, ...step]) => step)
  for (const [who, act, input] of steps) await desk.does(who, body.id, act, input ?? inputs(desk)[act])
  return body.id
}

/** A petition whose recheck has been answered: at its end. */
export const bringFinal = (desk: Desk) => bringReview(desk, 'closed', 'recheck')

const pleased = { result: 'reached', rating: 'satisfied', resolved: true }

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
    ['rated', 'callback', 'call-back', ['closed', 'archived'].includes(state) ? pleased : undefined],
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
  const today = told.slice(0, 10)
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
    forward: { leadUnitId: desk.township },
    assign: { leadUnitId: desk.township, feedbackDue: nextYear(today) },
    'report-up': { to: '市信访局', text: '涉及面广,请求协调。' },
    'answer-at-once': { answer: '已当场解释政策,信访人表示理解。' },
    redirect: { route: 'court', reason: '请依法向人民法院提起诉讼。' },
    file: { reason: '上级已直接办理,登记备查' },
    object: { reason: '不属于本单位职权范围' },
    'uphold-objection': {},
    'refuse-objection': { note: '属于该单位职权' },
    accept: { matterClass: 'claim' },
    decline: { ground: 'pending', reason: '同一事项正在办理之中。' },
    'no-longer-accept': { finalId: intoId, reason: '同一事实和理由再次信访' },
    'make-ordinary': { reason: '案情复杂,需要调查' },
    'ask-prolongation': { days: 30, reason: '情况复杂,需要专业鉴定' },
    'grant-prolongation': { toldAt: told },
    'refuse-prolongation': { note: '理由不充分' },
    opine: {
      ...{
        claim: '请求提高征地补偿标准',
        facts: '补偿已按公告标准足额支付。',
        basis: '土地管理法第四十八条',
      },
      ...{ opinion: '不予支持,已向信访人解释。', outcome: 'not-supported', reviewRightTold: true },
    },
    issue: { opinionNo: `利州信〔2020〕${intoId.slice(-6)}号` },
    'return-opinion': { note: '依据引用不全' },
    deliver: { deliveredAt: told, way: 'personal', receipt: 'signed' },
    'feed-back': { text: '已办结,信访人息诉。' },
    respond: { answer: '已研究论证，建议予以采纳。', approvedBy: '审签人' },
    'make-claim': { reason: '信访人实为主张自身权益' },
    mediate: { agreement: '双方达成补偿协议。' },
    withdraw: { reason: '信访人书面撤回' },
    rehandle: { reviewId: intoId },
    rate: { result: 'reached', rating: 'basic', way: 'phone' },
    conclude: { agreed: true },
    'hand-over': { leadUnitId: desk.township, dueDay: nextYear(today) },
    'hand-elsewhere': { leadUnitId: desk.other, dueDay: nextYear(today), reason: '职责调整' },
    'name-leader': { leaderName: '赵区长', leaderPost: '副区长', reason: '分工调整' },
    investigate: {
      ...{ facts: '经调查核实,反映的问题部分属实。', measures: '责令整改,约谈责任人。' },
      ...{ result: '问题已整改到位。', approvedBy: '审签人' },
    },
    'accept-investigation': {},
    'return-investigation': { note: '责任认定不清' },
    'report-result': { outcome: '已办结,信访人息诉。', reportNo: '利州信督〔2020〕1号' },
    drop: { reason: '上级撤回交办' },
    interview: { ground: 'evasion', text: '限期说明情况。', persons: '荣山镇镇长' },
    circulate: { ground: 'overdue', text: '在全区范围内通报。', scope: '各乡镇、街道和区级部门' },
    'list-publicly': { ground: 'not-executed', text: '挂牌督办,逐日报告。' },
    rectify: { ground: 'procedure', text: '十日内整改到位。', answerBy: nextYear(today) },
    'answer-supervision': { supervisionId: intoId, text: '已按要求整改。' },
    'accept-review': {},
    'decline-review': { ground: 'legal-route', reason: '应当通过诉讼途径解决。' },
    coordinate: { text: '已协调有关部门处理。' },
    'open-hearing': { from: today },
    'end-hearing': { to: today, record: '听证会形成一致意见。' },
    'opine-review': {
      ...{ claim: '请求撤销处理意见', facts: '原处理意见认定事实清楚。', basis: '信访条例第三十四条' },
      ...{ opinion: '维持原处理意见。', result: 'upheld' },
    },
    'issue-review': { opinionNo: `利州复〔2020〕${intoId.slice(-6)}号` },
    'return-review': { note: '请补充依据' },
    'deliver-review': { deliveredAt: told, way: 'post', receipt: 'signed' },
    'withdraw-review': { reason: '申请人书面撤回' },
  }
}

const nextYear = (today: string) => `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`
