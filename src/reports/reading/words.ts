// How such reports speak, as data: what a figure is of, words that only connect, names that mean one metric.

/** The nearest of these words before a figure says what it is a figure of; later entries win where they begin at one place. */
export const scopes: readonly { id: string; words: readonly string[] }[] = [
  { id: 'visits.district', words: ['到区走访', '来区走访'] },
  { id: 'visits.city', words: ['到市走访', '赴市走访'] },
  { id: 'visits.province', words: ['到省越级访', '到省走访', '赴省走访'] },
  { id: 'visits.beijing', words: ['进京越级访', '进京走访', '赴京走访'] },
  { id: 'letters', words: ['信件', '办信'] },
  { id: 'reviews', words: ['复查申请', '信访复查'] },
  { id: 'mailboxes', words: ['信箱来信', '信箱交办'] },
  { id: 'hotline', words: ['12345', '热线'] },
  { id: 'epidemic', words: ['涉疫'] },
  { id: 'ledger', words: ['大排查', '排查出'] },
  { id: 'meetings', words: ['联席会议'] },
  { id: 'relief', words: ['困难救助'] },
]

/** Stripped from the front of a name. */
export const connectors = [
  '其中',
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
  '同比',
  '环比',
  '的',
  '和',
  '及',
  '约',
  '达到',
  '达',
  '为',
  '：',
  ':',
  '，',
  ',',
  '、',
  '。',
  '；',
  '（',
  '）',
  '“',
  '”',
  '(',
  ')',
  ' ',
] as const
/** Stripped from its end. */
export const linking = [
  '达到',
  '不低于',
  '均为',
  '分别为',
  '总计',
  '共计',
  '为',
  '达',
  '共',
  '计',
  '约',
  '：',
  ':',
  '，',
  ',',
  ' ',
  '（',
  '(',
] as const

/** Names of one metric, within a scope; the rate is its two counts, where they are printed. */
export const rates: readonly {
  scope: string
  names: readonly string[]
  numerator: readonly string[]
  denominator: readonly string[]
}[] = [
  {
    scope: 'hotline',
    names: ['回复率', '热线回复率', '办结率', '回复工率'],
    numerator: ['已办'],
    denominator: ['受理交办', '受理', '交办件'],
  },
]

/** Wholes that fall into exactly these parts. */
export const partitions: readonly {
  scope: string
  whole: readonly string[]
  parts: readonly (readonly string[])[]
}[] = [{ scope: 'hotline', whole: ['受理交办', '受理'], parts: [['已办'], ['正在办理', '在办']] }]

/** Of these a report holds one value each, wherever it is printed. */
export const single =
  /(?:率|满意度|编制|局长|书记|班子成员|在职人员|正式人员|退休人员|在职人员总数|领导职数)$/

/** Words that the field writes otherwise. */
export const terms: readonly { wrong: RegExp; right: string }[] = [
  { wrong: /截止(?=目前|\d|[一二三四五六七八九十]|今|本)/g, right: '截至' },
  { wrong: /受利率/g, right: '受理率' },
  { wrong: /回复工率/g, right: '回复率' },
  { wrong: /战役前线/g, right: '战疫前线' },
]

/** Cut-offs as reports name them; the same word is the same cut-off. */
export const cutOffs =
  /截[至止](?:目前|今|(?:\d{4}年)?\d{1,2}月(?:[上中下]旬|底|初|\d{1,2}日)?|[^，。；]{1,12}?(?:底|旬|日))/g
