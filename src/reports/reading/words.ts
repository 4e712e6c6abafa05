// How such reports speak, as data: parts of the office's work, words that only connect, other years, goals, terms.

/**
 * What the nearest of these words before a figure says that it is a figure of. Regular expressions without quantifiers:
 * a text is scanned for all of them at once.
 */
export const scopes: readonly { id: string; words: string }[] = [
  { id: 'visits.district', words: '到区走访|来区走访|到区上访|来区上访|到区访|到区集|到区个' },
  { id: 'visits.city', words: '到市走访|赴市走访|到市上访|到市集|到市个|到市越级' },
  {
    id: 'visits.province',
    words: '到省越级|到省走访|赴省走访|到省上访|赴省上访|到省集|赴省集|到省非|到省个',
  },
  { id: 'visits.beijing', words: '进京越级|进京走访|赴京走访|进京上访|赴京上访|进京集|赴京集|进京非|进京个' },
  { id: 'letters', words: '信件|办信' },
  { id: 'reviews', words: '复查申请|信访复查' },
  { id: 'mailboxes', words: '信箱来信|信箱交办' },
  { id: 'hotline', words: '12345|热线' },
  { id: 'epidemic', words: '涉疫' },
  { id: 'ledger', words: '大排查|排查出' },
  { id: 'meetings', words: '联席会议' },
  { id: 'relief', words: '困难救助|救助金' },
  { id: 'duty', words: '值班|驻京|驻省|安保' },
  { id: 'training', words: '业务培训|参训' },
  { id: 'sms', words: '短信' },
  { id: 'staffing', words: '编制|在职人员' },
  { id: 'stock', words: '期初|年初未|上年结转|结转下年' },
]

/** Stripped from the front of a name. */
export const connectors = [
  ...[
    '其中',
    '包括',
    '含',
    '共计',
    '共',
    '全年',
    '截至',
    '截止',
    '目前',
    '分别',
    '均',
    '与去年相比',
    '与上年相比',
  ],
  ...['同比', '环比', '的', '和', '及', '约', '达到', '达', '为', '全区', '我区', '收到', '、', '-', ' '],
] as const
/** Stripped from its end. */
export const linking = [
  ...[
    '达到',
    '不低于',
    '均为',
    '分别为',
    '总计',
    '合计',
    '共计',
    '为',
    '达',
    '共',
    '计',
    '约',
    '了',
    '有',
    '-',
    ' ',
  ],
] as const

/** Of another time than the report's: the year before, a month, a quarter. */
export const otherTimes = /去年(?!相比)|上年(?!相比|结转)|同期|上月|月份|季度|上半年|下半年/

/** By how much, not how much. */
export const changes = /上升|增长|增加|提高|下降|减少|降低|同比|环比/

/** Wanted, not reached. */
export const goals = /(?:达到|不低于|不少于|力争|预计|目标为)$/

/** States of what was taken in: not parts that make it up. */
export const stateWords = /办|回复|答复|化解|超期|延期|签收|归档|反馈|推进/

/** What falls into exactly the parts that are listed behind it. */
export const exhaustive = /编制$/

/** Of these a report holds one value each, wherever it is printed. */
export const single = {
  rate: /(?:率|满意度)$/,
  people: /(?:编制|局长|书记|班子成员|在职人员|正式人员|退休人员|在职人员总数|领导职数)$/,
}

/** Behind 个. */
export const townshipWords = /^(?:乡镇|镇街|街道|乡（镇）)/

/** “甲、乙、丙”…: how many projects are said to be named, and how many are said to be described. */
export const projectCounts = {
  ofNames: [/^(?:等)?(\d{1,3})个项目/, /对(\d{1,3})个项目编制/],
  described: /对(\d{1,3})个项目开展了绩效目标完成情况自评/,
}
export const described = /绩效目标完成情况综述/

/** Words that the field writes otherwise. */
export const terms: readonly { wrong: RegExp; right: string }[] = [
  { wrong: /截止(?=目前|\d|[一二三四五六七八九十]|今|本)/g, right: '截至' },
  { wrong: /受利率/g, right: '受理率' },
  { wrong: /回复工率/g, right: '回复率' },
  { wrong: /战役前线/g, right: '战疫前线' },
]

/** One thing by a full and a short word. */
export const variants: readonly { full: string; short: RegExp }[] = [
  { full: '集体访', short: /集访/ },
  { full: '非接待场所上访', short: /非访/ },
]

/** Cut-offs as reports name them; the same word is the same cut-off. */
export const cutOffs =
  /截[至止](?:目前|今|(?:\d{4}年)?\d{1,2}月(?:[上中下]旬|底|初|\d{1,2}日)?|[^，。；]{1,12}?(?:底|旬|日))/g

/** `“零”…`, 无…: a claim that nothing of a kind happened. */
export const claims = /(?:“零”|零|无|未发生|没有发生)([^，。；、“”\d]{3,16})/g
