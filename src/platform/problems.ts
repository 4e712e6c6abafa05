// The catalogue of everything that can go wrong, and its RFC 9457 form.

/** code → HTTP status, the title for the office, the title for integrators. Sorted by slice. */
export const problems = {
  'request/invalid': { status: 422, zh: '提交的内容有误', en: 'The request has invalid fields' },
  'request/malformed': { status: 400, zh: '请求格式错误', en: 'The request cannot be read' },
  'request/too-large': { status: 413, zh: '提交的内容过大', en: 'The request is too large' },
  'request/unsupported-media-type': { status: 415, zh: '不支持的内容类型', en: 'Unsupported content type' },
  'request/not-found': { status: 404, zh: '未找到', en: 'Not found' },
  'request/conflict': { status: 409, zh: '与现有数据冲突', en: 'Conflicts with existing data' },
  'request/busy': { status: 409, zh: '他人正在办理此件,请稍后再试', en: 'Someone else is changing this right now' },
  'request/too-many': { status: 429, zh: '操作过于频繁,请稍后再试', en: 'Too many requests' },
  'request/timeout': { status: 408, zh: '请求超时', en: 'The request took too long to arrive' },
  'request/if-match-required': { status: 428, zh: '请刷新后再修改', en: 'If-Match is required on edits' },
  'request/if-match-invalid': { status: 400, zh: '版本号格式错误', en: 'If-Match must hold one version, like "3"' },
  'request/stale': { status: 412, zh: '内容已被他人更新,请刷新后再操作', en: 'The version is no longer current' },
  'idempotency/key-required': { status: 400, zh: '缺少幂等键', en: 'An API key must send Idempotency-Key on writes' },
  'idempotency/key-invalid': { status: 400, zh: '幂等键格式错误', en: 'Idempotency-Key must be 1–200 visible ASCII characters' },
  'idempotency/key-reused': { status: 422, zh: '同一幂等键用于不同的请求', en: 'This Idempotency-Key was used for another request' },
  'access/not-signed-in': { status: 401, zh: '请先登录', en: 'Not signed in' },
  'access/forbidden': { status: 403, zh: '无权进行此操作', en: 'Not permitted' },
  'calendar/not-loaded': { status: 503, zh: '工作日历尚未载入', en: 'The calendar holds no year yet' },
  'calendar/day-not-covered': { status: 422, zh: '日期超出工作日历范围', en: 'The day lies outside the calendar' },
  'calendar/year-implausible': { status: 422, zh: '年度放假安排有误', en: 'The arrangement of the year is implausible' },
  'calendar/year-out-of-order': { status: 409, zh: '年度须依次公布', en: 'Years are published one after another' },
  'calendar/already-published': { status: 409, zh: '已公布的年度不能改为暂定', en: 'A published year cannot become provisional' },
  'calendar/unchanged': { status: 409, zh: '与现行安排相同', en: 'Nothing differs from the stored arrangement' },
  'file/name-invalid': { status: 422, zh: '文件名不合要求', en: 'The file name is not acceptable' },
  'file/empty': { status: 422, zh: '文件是空的', en: 'The file is empty' },
  'file/too-large': { status: 413, zh: '文件过大', en: 'The file is too large' },
  'file/type-not-allowed': { status: 415, zh: '不支持此类文件', en: 'Files of this kind are not taken here' },
  'file/encrypted': { status: 422, zh: '文件已加密,请去除密码后再上传', en: 'The file is protected by a password' },
  'file/ending-differs': { status: 422, zh: '文件内容与扩展名不符', en: 'The file name ends unlike its content' },
  'file/not-found': { status: 404, zh: '文件不存在', en: 'No such file' },
  'server/unavailable': { status: 503, zh: '系统暂时不可用,请稍后重试', en: 'Temporarily unavailable' },
  'server/error': { status: 500, zh: '系统内部错误', en: 'Internal error' },
} as const satisfies Record<string, { status: number; zh: string; en: string }>

export type ProblemCode = keyof typeof problems

/** One wrong field: a JSON pointer (`/body/phone`, `/query/from`, `/row/12/签收时间`) and what to do, in Chinese. */
export interface FieldError {
  pointer: string
  code: string
  message: string
}

export interface ProblemOptions {
  /** English, for integrators and logs; never personal data. */
  detail?: string
  errors?: FieldError[]
  /** Further members of the document: `state`, `version`, `retryAfter` (seconds). */
  extras?: Record<string, unknown>
}

/** An error that a person can act on; anything else that is thrown is a 500. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly options: ProblemOptions
  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(`${code}${options.detail === undefined ? '' : `: ${options.detail}`}`)
    this.code = code
    this.options = options
  }
  get status(): number {
    return problems[this.code].status
  }
}

/** A problem of one field. */
export function fieldProblem(code: ProblemCode, pointer: string, message: string): Problem {
  return new Problem(code, { errors: [{ pointer, code, message }] })
}

/** The `application/problem+json` document. */
export function problemDocument(problem: Problem, requestId: string) {
  const { status, zh, en } = problems[problem.code]
  const { detail, errors, extras } = problem.options
  return {
    ...extras,
    type: `/problems/${problem.code}`,
    title: zh,
    status,
    detail: detail ?? en,
    code: problem.code,
    requestId,
    ...(errors === undefined ? {} : { errors }),
  }
}
