// The wording of reports as shipped: sections, and sentences with the facts that they name. An office may word them anew.
//
// `{key}` is a fact as printed (308批), `{key#}` its number alone, `{key/}` what it is a share of, `{key~}` its change against the
// year before, `{key^}` against the period before. `{yoy 批次=key 人次=key}` and `{pace 批次=key}` are whole comparisons, unit by
// unit. `{top topics}` and `{top units}` name the most. A line that begins with `[key]` stands only where that fact is above nil,
// with `[!key]` where it is nil, with `[=key key]` where all of them print the same, `[!=key key]` where they do not.
import type { ReportKind } from './periods.ts'

export interface Section {
  id: string
  heading: string
  lines: readonly string[]
}

interface Wording {
  title: string
  sections: readonly Section[]
}

const mailboxes = ['city-secretary', 'district-secretary', 'mayor', 'district-head']
const mailboxRates = mailboxes.flatMap((box) => [`mailboxes.${box}.in-time`, `mailboxes.${box}.on-time`])
const mailboxNames: Record<string, string> = {
  'city-secretary': '市委书记信箱',
  'district-secretary': '区委书记信箱',
  mayor: '市长信箱',
  'district-head': '区长信箱',
}

const year: Wording = {
  title: '{period}信访和群众工作情况',
  sections: [
    {
      id: 'visits-district',
      heading: '到区走访',
      lines: [
        '到区走访{visits.district.batches}{visits.district.persons}{yoy 批次=visits.district.batches 人次=visits.district.persons}。',
        '[visits.district.collective.batches]其中集体访{visits.district.collective.batches}{visits.district.collective.persons}{yoy 批次=visits.district.collective.batches 人次=visits.district.collective.persons}。',
        '[!visits.district.collective.batches]没有集体访。',
        '[visits.district.assigned]交办{visits.district.assigned}。',
      ],
    },
    {
      id: 'visits-city',
      heading: '到市走访',
      lines: [
        '到市走访{visits.city.batches}{visits.city.persons}{yoy 批次=visits.city.batches 人次=visits.city.persons}。',
        '[visits.city.collective.batches]其中集体访{visits.city.collective.batches}{visits.city.collective.persons}{yoy 批次=visits.city.collective.batches 人次=visits.city.collective.persons}。',
        '[!visits.city.collective.batches]没有集体访。',
      ],
    },
    {
      id: 'visits-above',
      heading: '到省、进京越级访，非接待场所上访',
      lines: [
        '到省越级访{visits.province.skip.batches}{visits.province.skip.persons}{yoy 批次=visits.province.skip.batches 人次=visits.province.skip.persons}；进京越级访{visits.beijing.skip.batches}{visits.beijing.skip.persons}{yoy 批次=visits.beijing.skip.batches 人次=visits.beijing.skip.persons}；',
        '[!visits.beijing.non-reception.batches]无进京非接待场所上访。',
        '[visits.beijing.non-reception.batches]进京非接待场所上访{visits.beijing.non-reception.batches}{visits.beijing.non-reception.persons}。',
        '[visits.province.collective.batches]到省集体访{visits.province.collective.batches}{visits.province.collective.persons}。',
      ],
    },
    {
      id: 'letters',
      heading: '办信',
      lines: [
        '全年共受理上三级交办及区本级信件{letters}{yoy =letters}。',
        '[letters]其中，群众来信{letters.letter}，省委书记信箱{letters.province-secretary}，省长信箱{letters.governor}，人民网网民给省委书记、省长留言{letters.people-daily}。',
        '[letters.upper]其他上级转来{letters.upper}。',
        '[letters]按期回复率{letters.on-time}。',
      ],
    },
    {
      id: 'reviews',
      heading: '信访复查',
      lines: [
        '全年收到信访复查申请{reviews}',
        '[reviews]，其中受理{reviews.accepted}，不予受理{reviews.not-accepted}，协调处理{reviews.coordinated}。',
        '[!reviews]。',
      ],
    },
    {
      id: 'hotline',
      heading: '12345政务服务热线交办件',
      lines: [
        '“12345政务服务热线”共受理交办{M01}，已办{M02}，正在办理{M03}，及时签收率{M04}，按期回复率{M05}，延期率{M06}，超期{M07}（其中已回复超期{M07r}，在办超期{M07o}），总满意度{M10}（有效评价{M10/}件）。',
        '[M07m]另有{M07m}超期后并单、撤回，仍计入超期。',
        '按应办结的交办件计算，按期办结率{M05b}。',
        '[M01]主要涉及{top topics}；交办较多的单位是{top units}。',
      ],
    },
    {
      id: 'mailboxes',
      heading: '市、区委书记和市、区长信箱交办件',
      lines: [
        `[=${mailboxRates.join(' ')}]市委书记信箱来信{mailboxes.city-secretary}，区委书记信箱来信{mailboxes.district-secretary}，市长信箱来信{mailboxes.mayor}，区长信箱来信{mailboxes.district-head}，及时受理率和按期回复率均为{${mailboxRates[0]}}。`,
        ...mailboxes.map(
          (box) =>
            `[!=${mailboxRates.join(' ')}]${mailboxNames[box]}来信{mailboxes.${box}}，及时受理率{mailboxes.${box}.in-time}，按期回复率{mailboxes.${box}.on-time}。`,
        ),
      ],
    },
    {
      id: 'ledger',
      heading: '矛盾纠纷和信访积案排查化解',
      lines: [
        '共排查出事项{ledger.total}，其中本级（乡镇、街道，区级部门）可以化解事项{ledger.level.local}，需区级以上协调化解事项{ledger.level.district-plus}。',
        '[ledger.total]截至{asOf}，共化解{ledger.status.resolved}（其中本级可以化解{ledger.status.resolved.local}，协调化解{ledger.status.resolved.district-plus}），有化解方案正推进化解{ledger.status.plan-advancing}，需相关部门研究化解方案推动化解{ledger.status.needs-study}，持续关注、依法依规协助处理{ledger.status.watch}，落实属地责任{ledger.status.territorial}。',
        '召开联席会议{meetings}（含区级领导召集的联席会议{meetings.by-district-leaders}），协调信访事项{meetings.subjects}。',
        '[relief.people]对{relief.people}进行困难救助，每人{relief.least#}—{relief.most#}元，共计发放{relief.sum}。',
      ],
    },
    {
      id: 'escalations',
      heading: '督办案件',
      lines: [
        '[escalations]全年立案督办{escalations}，已反馈结果并结案{escalations.reported}。',
        '[!escalations]全年没有立案督办的案件。',
      ],
    },
    {
      id: 'duty',
      heading: '重要敏感时段和日常值班',
      lines: [
        '[duty.two-sessions.people]派出工作组参加全国、省、市“两会”安保值班，参加人员{duty.two-sessions.people}，共值班{duty.two-sessions.days}。',
        '[!visits.beijing.non-reception.batches]截至{asOf}，保持“零”进京非接待场所上访。',
        '[!visits.province.collective.batches]截至{asOf}，保持“零”到省集体访。',
        '[duty.beijing.people]全年共派出驻京日常值班人员{duty.beijing.people}，共值班{duty.beijing.days}。',
        '[duty.province.people]派出驻省日常值班人员{duty.province.people}，共值班{duty.province.days}。',
      ],
    },
    {
      id: 'training',
      heading: '12345政务服务热线办理业务培训',
      lines: [
        '[training.people]分{training.sessions#}批对{training.accounts}二级账号的具体经办人员进行业务培训，参训人员共{training.people}。',
        '[!training.people]全年没有组织业务培训。',
      ],
    },
    {
      id: 'epidemic',
      heading: '涉疫交办件',
      lines: [
        '[topic.epidemic]“12345”政务服务热线共收到涉疫交办件{topic.epidemic}，其中道路封堵{topic.epidemic.roads}，健康证明{topic.epidemic.health-certificates}，返乡车辆人员{topic.epidemic.returning}，人群聚集{topic.epidemic.crowds}，小区市场超市管理{topic.epidemic.premises}，隔离食宿费用{topic.epidemic.quarantine-costs}，防护用品价格质量{topic.epidemic.supplies}，违规开业{topic.epidemic.openings}。',
      ],
    },
    {
      id: 'sms',
      heading: '社情民意短信平台',
      lines: ['[sms.sent]全年发送短信{sms.sent}，发送最少的月份{sms.least}。'],
    },
  ],
}

const bulletin: Wording = {
  title: '{period}信访和热线工作情况通报',
  sections: [
    {
      id: 'visits',
      heading: '群众走访',
      lines: [
        '到区走访{visits.district.batches}{visits.district.persons}{yoy 批次=visits.district.batches 人次=visits.district.persons}{pace 批次=visits.district.batches 人次=visits.district.persons}。',
        '[visits.district.collective.batches]其中集体访{visits.district.collective.batches}{visits.district.collective.persons}{pace 批次=visits.district.collective.batches 人次=visits.district.collective.persons}。',
        '到市走访{visits.city.batches}{visits.city.persons}，到省越级访{visits.province.skip.batches}，进京越级访{visits.beijing.skip.batches}。',
      ],
    },
    {
      id: 'mailboxes',
      heading: '领导信箱',
      lines: [
        mailboxes
          .map((box) => `${mailboxNames[box]}来信{mailboxes.${box}}{pace =mailboxes.${box}}`)
          .join('；'),
        '。',
      ],
    },
    {
      id: 'letters',
      heading: '群众来信',
      lines: [
        '受理信件{letters}{yoy =letters}{pace =letters}',
        '[letters]，按期回复率{letters.on-time}。',
        '[!letters]。',
      ],
    },
    {
      id: 'reviews',
      heading: '信访复查',
      lines: [
        '收到信访复查申请{reviews}',
        '[reviews]，其中受理{reviews.accepted}，不予受理{reviews.not-accepted}，协调处理{reviews.coordinated}。',
        '[!reviews]。',
      ],
    },
    {
      id: 'hotline',
      heading: '12345政务服务热线',
      lines: [
        '受理交办{M01}{yoy =M01}{pace =M01}，已办{M02}，正在办理{M03}，及时签收率{M04}，按期回复率{M05}，按期办结率{M05b}，延期率{M06}，超期{M07}（其中已回复超期{M07r}，在办超期{M07o}），总满意度{M10}（有效评价{M10/}件）。',
        '[M07m]另有{M07m}超期后并单、撤回，仍计入超期。',
        '[M01]主要涉及{top topics}；交办较多的单位是{top units}。',
      ],
    },
    {
      id: 'ledger',
      heading: '矛盾纠纷和信访积案',
      lines: [
        '[ledger.total]新排查出事项{ledger.total}，已化解{ledger.status.resolved}。',
        '[meetings]召开联席会议{meetings}，协调信访事项{meetings.subjects}。',
        '[relief.people]对{relief.people}进行困难救助，共计发放{relief.sum}。',
        '[escalations]立案督办{escalations}。',
      ],
    },
  ],
}

export const wordings: Readonly<Record<ReportKind, Wording>> = { year, month: bulletin, week: bulletin }

/** 信访工作条例 art. 41 (信访条例 art. 39): what an annual report holds at the least, and where it stands in this one. */
export const legalContent = {
  statistics: {
    requirement: '信访事项的数据统计、信访事项涉及领域以及被投诉较多的机关、单位',
    sections: [
      ...['visits-district', 'visits-city', 'visits-above', 'letters', 'hotline', 'mailboxes', 'reviews'],
    ],
  },
  supervision: {
    requirement: '转送、交办、督办情况',
    sections: ['visits-district', 'hotline', 'mailboxes', 'escalations'],
  },
  proposals: {
    requirement: '提出改进工作、完善政策、追究责任建议以及被采纳情况',
    sections: [],
  },
  other: { requirement: '其他需要报告的事项', sections: ['ledger', 'duty', 'training'] },
} as const satisfies Record<string, { requirement: string; sections: readonly string[] }>

export type LegalContent = keyof typeof legalContent
export const legalContentIds = Object.keys(legalContent) as [LegalContent, ...LegalContent[]]
