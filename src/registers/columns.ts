// Each register as data: its columns, what must hold in a row, and the figures that are counted from it.
import { topics } from '../matters/terms.ts'
import { choice, dayOf, fen, int, month, optional, refersTo, text } from '../platform/column-kinds.ts'
import type { Register, RegisterFigure } from './register.ts'
import { happened, measurable, orderly } from './rules.ts'
import { indicatorKinds, missions, posts, smsSources } from './terms.ts'

const overlap = `greatest(0, least(r.to_day, $2::date) - greatest(r.from_day, $1::date) + 1)`
const ofMission = (mission: string, label: string): RegisterFigure[] => {
  const where = `r.mission = '${mission}'`
  return [
    {
      id: `duty.${mission}.people`,
      name: `${label}人数`,
      unit: '人',
      value: 'count(distinct r.person)',
      where,
    },
    { id: `duty.${mission}.postings`, name: `${label}人次`, unit: '人次', value: 'count(*)', where },
    {
      id: `duty.${mission}.person-days`,
      name: `${label}人天`,
      unit: '人·天',
      value: `coalesce(sum(${overlap}), 0)`,
      where,
    },
    {
      id: `duty.${mission}.days`,
      name: `${label}天数`,
      unit: '天',
      value: 'count(distinct d)',
      from: `duty_shifts r cross join lateral generate_series(greatest(r.from_day, $1::date),
        least(r.to_day, $2::date), interval '1 day') d`,
      where,
    },
  ]
}

export const registers = {
  duty: {
    id: 'duty',
    label: '值班派驻',
    table: 'duty_shifts',
    day: 'from_day',
    lastDay: 'to_day',
    columns: {
      mission: choice('任务', missions),
      person: text('人员', 1, 60),
      fromDay: dayOf('开始日期'),
      toDay: dayOf('结束日期'),
      note: optional(text('备注', 1, 500)),
    },
    check: orderly,
    conflict: {
      where:
        'r.mission = :mission and r.person = :person and r.from_day <= :toDay::date and r.to_day >= :fromDay::date',
      column: 'fromDay',
      message: '此人在同一任务中已有重叠日期的值班',
    },
    figures: Object.entries(missions).flatMap(([mission, label]) => ofMission(mission, label)),
  },
  training: {
    id: 'training',
    label: '业务培训',
    table: 'trainings',
    day: 'from_day',
    columns: {
      topic: text('培训内容', 2, 200),
      fromDay: dayOf('培训日期'),
      sessions: int('批次', 1, 1000),
      attendees: int('参训人数', 1, 1_000_000),
      accounts: int('涉及账号', 0, 1_000_000),
      note: optional(text('备注', 1, 500)),
    },
    check: (row, today) => happened('fromDay', row, today),
    figures: [
      { id: 'training.trainings', name: '培训', unit: '次', value: 'count(*)' },
      { id: 'training.sessions', name: '培训批次', unit: '批', value: 'coalesce(sum(r.sessions), 0)' },
      { id: 'training.people', name: '参训人数', unit: '人', value: 'coalesce(sum(r.attendees), 0)' },
      { id: 'training.accounts', name: '涉及二级账号', unit: '个', value: 'coalesce(sum(r.accounts), 0)' },
    ],
  },
  sms: {
    id: 'sms',
    label: '短信发送量',
    table: 'sms_volumes',
    day: 'month',
    columns: {
      month: month('月份'),
      source: choice('来源', smsSources),
      sent: int('发送条数'),
      delivered: int('送达条数'),
    },
    check: (row, today) => [
      ...(Number(row['delivered']) > Number(row['sent'])
        ? [{ column: 'delivered', message: '送达条数不能多于发送条数' }]
        : []),
      ...happened('month', row, today),
    ],
    conflict: {
      where: 'r.month = :month::date and r.source = :source',
      column: 'month',
      message: '该月已登记',
    },
    figures: [
      { id: 'sms.sent', name: '发送短信', unit: '条', value: 'coalesce(sum(r.sent), 0)' },
      { id: 'sms.delivered', name: '送达短信', unit: '条', value: 'coalesce(sum(r.delivered), 0)' },
      {
        id: 'sms.least',
        name: '发送最少的月份',
        unit: '条',
        value: 'min(r.sent_in_month)',
        from: `(select v.*, sum(v.sent) filter (where v.voided_at is null) over (partition by v.month) as sent_in_month
          from sms_volumes v) r`,
      },
      {
        id: 'sms.rate',
        name: '短信送达率',
        unit: '%',
        value: 'coalesce(sum(r.delivered), 0)',
        of: 'coalesce(sum(r.sent), 0)',
      },
    ],
  },
  knowledge: {
    id: 'knowledge',
    label: '知识库',
    table: 'knowledge_articles',
    day: 'from_day',
    lastDay: 'to_day',
    columns: {
      ownerUnitId: refersTo('unit', '责任单位'),
      topic: choice('主题', topics),
      question: text('问题', 2, 500),
      answer: text('答复口径', 2, 8000),
      basis: optional(text('依据', 2, 1000)),
      fromDay: dayOf('生效日期'),
      toDay: optional(dayOf('失效日期')),
      reviewDay: dayOf('复核日期'),
    },
    check: orderly,
    figures: [
      {
        id: 'knowledge.approved',
        name: '现行知识条目',
        unit: '条',
        value: 'count(*)',
        where: 'r.approved_at is not null',
      },
    ],
  },
  project: {
    id: 'project',
    label: '绩效项目',
    table: 'projects',
    day: 'make_date(r.year, 12, 31)',
    columns: {
      year: int('年度', 1990, 2100),
      name: text('项目名称', 2, 100),
      aliases: optional(text('别名', 1, 500)),
      budgetFen: fen('预算数(分)', 1),
      executedFen: fen('执行数(分)'),
      fiscalFen: fen('其中财政拨款(分)'),
      goal: optional(text('预期目标', 2, 2000)),
      actual: optional(text('实际完成', 2, 2000)),
    },
    check: (row) =>
      Number(row['fiscalFen']) > Number(row['budgetFen'])
        ? [{ column: 'fiscalFen', message: '财政拨款不能多于预算数' }]
        : [],
    conflict: {
      where: 'r.year = :year and r.name = :name',
      column: 'name',
      message: '该年度已有同名项目',
    },
    figures: [
      { id: 'project.projects', name: '绩效项目', unit: '个', value: 'count(*)' },
      { id: 'project.budget', name: '预算数', unit: '分', value: 'coalesce(sum(r.budget_fen), 0)' },
      { id: 'project.executed', name: '执行数', unit: '分', value: 'coalesce(sum(r.executed_fen), 0)' },
      {
        id: 'project.rate',
        name: '预算执行率',
        unit: '%',
        value: 'coalesce(sum(r.executed_fen), 0)',
        of: 'coalesce(sum(r.budget_fen), 0)',
      },
    ],
  },
  indicator: {
    id: 'indicator',
    label: '绩效指标',
    table: 'indicators',
    day: `(r.registered_at at time zone interval '8 hours')::date`,
    columns: {
      projectId: refersTo('project', '项目'),
      kind: choice('指标类型', indicatorKinds),
      name: text('指标', 2, 200),
      expected: text('预期值', 1, 500),
      metric: optional(text('对应的统计指标', 1, 40)),
      actual: optional(text('实际值', 1, 500)),
      source: optional(text('实际值来源', 2, 200)),
    },
    check: measurable,
    figures: [{ id: 'indicator.indicators', name: '绩效指标', unit: '个', value: 'count(*)' }],
  },
  staffing: {
    id: 'staffing',
    label: '机构编制',
    table: 'staffing',
    day: 'make_date(r.year, 12, 31)',
    columns: {
      year: int('年度', 1990, 2100),
      kind: choice('编制类型', posts),
      established: int('编制数', 0, 10_000),
      inPost: int('在职人数', 0, 10_000),
    },
    conflict: { where: 'r.year = :year and r.kind = :kind', column: 'kind', message: '该年度此类编制已登记' },
    figures: [
      { id: 'staffing.established', name: '编制', unit: '名', value: 'coalesce(sum(r.established), 0)' },
      { id: 'staffing.in-post', name: '在职人员', unit: '人', value: 'coalesce(sum(r.in_post), 0)' },
    ],
  },
  external: {
    id: 'external',
    label: '外部数据',
    table: 'external_figures',
    day: 'to_day',
    columns: {
      name: text('名称', 2, 100),
      value: int('数值', 0, Number.MAX_SAFE_INTEGER),
      unit: text('单位', 1, 10),
      fromDay: dayOf('起始日期'),
      toDay: dayOf('截止日期'),
      source: text('来源', 2, 200),
    },
    check: (row, today) => [...orderly(row), ...happened('toDay', row, today)],
    conflict: {
      where: 'r.name = :name and r.from_day = :fromDay::date and r.to_day = :toDay::date',
      column: 'name',
      message: '该期间已有同名数据',
    },
    figures: [],
  },
} as const satisfies Record<string, Register>

export type RegisterId = keyof typeof registers
export const registerIds = Object.keys(registers) as [RegisterId, ...RegisterId[]]

export function registerOf(name: RegisterId): Register {
  return registers[name]
}
