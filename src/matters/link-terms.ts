// The words of linking matters that are one thing 同一事项, and how much alike their texts must be to say so.
export const linkStates = { confirmed: '已关联', rejected: '不是同一事项', undone: '已撤销' } as const

export const linkReasons = {
  idNo: '身份证号相同',
  phone: '电话相同',
  accused: '被反映单位相同',
  place: '属地、主题相同',
  text: '内容相近',
} as const
export type LinkReason = keyof typeof linkReasons

/** Shares of the words that two texts have in common: alike by themselves, and alike enough for the same place. */
export const ALIKE = 0.25
export const ALIKE_IN_PLACE = 0.12
/** Days before and after a matter in which another of the same place is looked for. */
export const NEAR_DAYS = 90
