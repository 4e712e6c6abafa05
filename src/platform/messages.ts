// What a wrong field is told, in Chinese, where its shape says nothing of its own.
import { z } from 'zod'

const KINDS: Record<string, string> = {
  string: '文字',
  number: '数字',
  int: '整数',
  boolean: 'true 或 false',
  array: '列表',
  object: '对象',
  record: '对象',
}
const FORMATS: Record<string, string> = {
  uuid: '应为编号（UUID）',
  date: '日期格式应为 2020-08-14',
  datetime: '时间格式应为 2020-08-14T09:03:07+08:00',
  time: '时间格式应为 09:03:07',
  email: '应为电子邮箱地址',
  url: '应为网址',
}

/** Makes zod speak Chinese in this process. */
export function speakChinese(): void {
  z.config({ ...z.locales.zhCN(), customError: messageOf })
}

const messageOf: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue) ? '必填' : `应为${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `只能是 ${issue.values.map(String).join('、')}`
    case 'invalid_format':
      return FORMATS[issue.format] ?? '格式不正确'
    case 'too_small':
      return limit(issue.origin, issue.minimum, issue.inclusive, ['至少', '不能小于', '应大于'])
    case 'too_big':
      return limit(issue.origin, issue.maximum, issue.inclusive, ['最多', '不能大于', '应小于'])
    case 'not_multiple_of':
      return `应为 ${issue.divisor} 的倍数`
    case 'unrecognized_keys':
      return '没有这一项'
    default:
      return undefined
  }
}

// A request without a body arrives as null.
function isMissing({ input, path = [] }: z.core.$ZodRawIssue): boolean {
  return input === undefined || (input === null && path.length === 0)
}

function limit(
  origin: string,
  bound: number | bigint,
  inclusive: boolean | undefined,
  [count, least, beyond]: [string, string, string],
): string {
  if (origin === 'string') return bound === 1 && count === '至少' ? '不能为空' : `${count}${bound}个字`
  if (origin === 'array' || origin === 'set') return `${count}${bound}项`
  return `${inclusive === false ? beyond : least} ${bound}`
}
