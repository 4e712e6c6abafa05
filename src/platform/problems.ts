// The catalogue of everything that can go wrong, and its RFC 9457 form.
import type { EventData } from './events.ts'

/** code → HTTP status, the title for the office, the title for integrators. Sorted by slice. */
export const problems = {
  'request/invalid': { status: 422, zh: '提交的内容有误', en: 'The request has invalid fields' },
  'request/malformed': { status: 400, zh: '请求格式错误', en: 'The request cannot be read' },
  'request/too-large': { status: 413, zh: '提交的内容过大', en: 'The request is too large' },
  'request/headers-too-large': { status: 431, zh: '请求头过大', en: 'The request headers are too large' },
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
  'access/cross-site': { status: 403, zh: '拒绝来自其他网站的请求', en: 'Refused: a request from another site' },
  'access/forbidden': { status: 403, zh: '无权进行此操作', en: 'Not permitted' },
  'calendar/not-loaded': { status: 503, zh: '工作日历尚未载入', en: 'The calendar holds no year yet' },
  'calendar/day-not-covered': { status: 422, zh: '日期超出工作日历范围', en: 'The day lies outside the calendar' },
  'calendar/year-implausible': { status: 422, zh: '年度放假安排有误', en: 'The arrangement of the year is implausible' },
  'calendar/year-out-of-order': { status: 409, zh: '年度须依次公布', en: 'Years are published one after another' },
  'calendar/already-published': { status: 409, zh: '已公布的年度不能改为暂定', en: 'A published year cannot become provisional' },
  'calendar/unchanged': { status: 409, zh: '与现行安排相同', en: 'Nothing differs from the stored arrangement' },
  'file/missing': { status: 422, zh: '请选择要上传的文件', en: 'The form holds no file' },
  'file/name-invalid': { status: 422, zh: '文件名不合要求', en: 'The file name is not acceptable' },
  'file/empty': { status: 422, zh: '文件是空的', en: 'The file is empty' },
  'file/too-large': { status: 413, zh: '文件过大', en: 'The file is too large' },
  'file/type-not-allowed': { status: 415, zh: '不支持此类文件', en: 'Files of this kind are not taken here' },
  'file/encrypted': { status: 422, zh: '文件已加密,请去除密码后再上传', en: 'The file is protected by a password' },
  'file/ending-differs': { status: 422, zh: '文件内容与扩展名不符', en: 'The file name ends unlike its content' },
  'file/not-found': { status: 404, zh: '文件不存在', en: 'No such file' },
  'session/refused': { status: 401, zh: '账号或密码不正确', en: 'Login or password is wrong' },
  'session/too-many-attempts': { status: 429, zh: '登录失败次数过多,请稍后再试', en: 'Too many failed sign-ins; wait before the next one' },
  'session/initial-password-expired': { status: 401, zh: '初始密码已失效,请联系安全管理员重置', en: 'The initial password is no longer valid' },
  'session/password-change-required': { status: 403, zh: '请先修改密码', en: 'The password must be changed first' },
  'password/current-wrong': { status: 422, zh: '原密码不正确', en: 'The current password is wrong' },
  'password/too-weak': { status: 422, zh: '新密码不符合要求', en: 'The new password is too weak' },
  'password/used-before': { status: 422, zh: '不能使用最近用过的密码', en: 'The password was used before' },
  'account/not-found': { status: 404, zh: '账号不存在', en: 'No such account' },
  'account/login-taken': { status: 409, zh: '登录名已被使用', en: 'The login is taken' },
  'account/own-account': { status: 409, zh: '不能对自己的账号进行此操作', en: 'Not on your own account' },
  'account/roles-incompatible': { status: 422, zh: '所选角色不能由同一账号兼任', en: 'These roles exclude each other' },
  'account/role-not-for-unit': { status: 422, zh: '该单位的账号不能担任此角色', en: 'An account of this unit may not hold the role' },
  'account/role-not-for-service': { status: 422, zh: '接口账号不能担任管理员', en: 'A service account may not administrate' },
  'account/has-no-password': { status: 409, zh: '接口账号没有密码', en: 'A service account has no password' },
  'account/disabled': { status: 409, zh: '账号已停用', en: 'The account is disabled' },
  'account/not-disabled': { status: 409, zh: '账号未停用', en: 'The account is not disabled' },
  'key/not-found': { status: 404, zh: '接口密钥不存在', en: 'No such API key' },
  'key/account-not-service': { status: 409, zh: '密钥只能发给接口账号', en: 'Keys belong to service accounts' },
  'key/two-active': { status: 409, zh: '已有两个有效密钥,请先吊销一个', en: 'Two keys are active; revoke one first' },
  'key/expiry-invalid': { status: 422, zh: '有效期应在一年以内', en: 'A key lives at most a year' },
  'unit/not-found': { status: 404, zh: '单位不存在', en: 'No such unit' },
  'unit/name-taken': { status: 409, zh: '已有同名单位', en: 'An active unit has this name' },
  'unit/abolished': { status: 409, zh: '单位已撤销', en: 'The unit is abolished' },
  'unit/not-active': { status: 422, zh: '单位不存在或已撤销', en: 'No such active unit' },
  'unit/below-itself': { status: 409, zh: '上级单位不能是本单位或其下级', en: 'A unit cannot stand below itself' },
  'unit/still-in-use': { status: 409, zh: '单位仍有下级单位或启用的账号', en: 'Active units or accounts remain below the unit' },
  'unit/day-invalid': { status: 422, zh: '撤销日期不能早于设立日期', en: 'The unit cannot end before it begins' },
  'region/unknown': { status: 422, zh: '行政区划代码不存在', en: 'No such region' },
  'region/invalid': { status: 422, zh: '行政区划数据有误', en: 'The list of regions is inconsistent' },
  'person/link-decided': { status: 409, zh: '该关联已有结论', en: 'The link has been decided already' },
  'matter/not-found': { status: 404, zh: '未找到该件', en: 'No such matter' },
  'matter/act-not-allowed': { status: 409, zh: '当前状态不能进行此操作', en: 'The act is not possible in this state' },
  'matter/act-not-yours': { status: 403, zh: '您无权对此件进行此操作', en: 'The act is not yours to do' },
  'matter/duties-apart': { status: 403, zh: '经办人不得自行审核、回访或审批', en: 'Whoever handled or asked may not judge it' },
  'matter/no-open-leg': { status: 409, zh: '没有正在办理的承办单位', en: 'No unit is handling the matter' },
  'matter/nothing-pending': { status: 409, zh: '没有待处理的申请', en: 'Nothing waits for a decision' },
  'matter/unknown-unit': { status: 422, zh: '单位不存在', en: 'No such unit' },
  'matter/unit-abolished': { status: 422, zh: '单位已撤销', en: 'The unit has been abolished' },
  'matter/accused-unit': { status: 422, zh: '不得转给被反映的单位', en: 'The unit is accused or stands below one that is' },
  'matter/same-unit': { status: 422, zh: '该单位已是主办单位', en: 'The unit already leads' },
  'matter/not-signed': { status: 409, zh: '请先签收', en: 'Sign for it first' },
  'matter/already-signed': { status: 409, zh: '已经签收', en: 'Already signed for' },
  'matter/already-replied': { status: 409, zh: '已经回复', en: 'Already replied' },
  'matter/return-binding': { status: 409, zh: '承办单位已经确定,不得再次退单', en: 'The office has decided; no further return' },
  'matter/returns-exhausted': { status: 409, zh: '退单次数已满', en: 'No return is left' },
  'matter/return-too-late': { status: 409, zh: '已过退单时限', en: 'The time for returning has passed' },
  'matter/extension-pending': { status: 409, zh: '已有待审批的延期申请', en: 'An extension waits for its decision' },
  'matter/extension-after-expiry': { status: 409, zh: '已超过办理期限,不能申请延期', en: 'The due time has passed' },
  'matter/extensions-exhausted': { status: 409, zh: '延期次数已满', en: 'No extension is left' },
  'matter/extension-too-long': { status: 422, zh: '延长期限过长', en: 'The extension is too long' },
  'matter/second-extension-needs-leader': { status: 403, zh: '再次延期须由分管领导批准', en: 'A second extension needs a leader' },
  'matter/caller-not-told': { status: 422, zh: '延期须告知诉求人', en: 'The caller must be told' },
  'matter/future-time': { status: 422, zh: '时间不能晚于现在', en: 'The time lies in the future' },
  'matter/past-time': { status: 422, zh: '时间应晚于现在', en: 'The time lies in the past' },
  'matter/time-order': { status: 422, zh: '时间先后有误', en: 'The times are out of order' },
  'matter/redo-without-ground': { status: 409, zh: '仅对未甄别的不满意件重办', en: 'Only a dissatisfied, unscreened result is redone' },
  'matter/screening-without-ground': { status: 409, zh: '仅对不满意件申请甄别', en: 'Only a dissatisfied rating is screened' },
  'matter/screened-already': { status: 409, zh: '该评价已甄别过', en: 'This rating was screened before' },
  'matter/screening-too-late': { status: 409, zh: '已过申请甄别时限', en: 'The time for screening has passed' },
  'matter/second-decider': { status: 403, zh: '须由另一人甄别', en: 'Another person must decide' },
  'matter/merge-target': { status: 422, zh: '不能并入该件', en: 'The matter cannot be merged into that one' },
  'matter/merge-target-not-dispatched': { status: 409, zh: '并入的工单尚未派单', en: 'The other matter is not dispatched' },
  'matter/call-back-first': { status: 409, zh: '请先回访', en: 'Call back first' },
  'matter/closed': { status: 409, zh: '已办结,不能修改', en: 'The matter is closed' },
  'matter/external-no-taken': { status: 409, zh: '该平台工单号已登记', en: 'The platform number is registered already' },
  'matter/search-too-short': { status: 422, zh: '至少输入两个字', en: 'At least two characters' },
  'import/not-found': { status: 404, zh: '导入批次不存在', en: 'No such import' },
  'import/wrong-status': { status: 409, zh: '导入批次的当前状态不允许此操作', en: 'The status of the import does not allow this' },
  'import/has-errors': { status: 409, zh: '文件中有错误行,请更正后重新上传,或选择只导入无误的行', en: 'Some rows have errors' },
  'import/header': { status: 422, zh: '表头有误', en: 'The header of the table is incomplete or ambiguous' },
  'import/file-empty': { status: 422, zh: '文件是空的', en: 'The file is empty' },
  'import/file-too-large': { status: 413, zh: '文件过大,请分成几个文件上传', en: 'The file is too large' },
  'import/unsupported-type': { status: 415, zh: '请上传 .xlsx 或 .csv 文件', en: 'Neither a workbook nor a table of text' },
  'import/old-workbook': { status: 415, zh: '这是旧版表格(.xls 或 .et),请另存为 .xlsx 后再上传', en: 'An old binary workbook' },
  'import/web-page': { status: 415, zh: '这是网页或 XML 格式的表格,请用 Excel 打开后另存为 .xlsx 再上传', en: 'A web page or XML, not a workbook' },
  'import/encrypted': { status: 422, zh: '工作簿已加密,请另存为不加密的 .xlsx 后再上传', en: 'The workbook is protected by a password' },
  'import/macros': { status: 422, zh: '工作簿含有宏,请另存为不含宏的 .xlsx 后再上传', en: 'The workbook holds macros' },
  'import/external-links': { status: 422, zh: '工作簿链接了其他文件,请断开链接后再上传', en: 'The workbook links to other files' },
  'import/unsafe-xml': { status: 422, zh: '工作簿内容不安全,无法读取', en: 'The workbook declares a document type' },
  'import/damaged': { status: 422, zh: '文件已损坏或不完整,请重新导出后再上传', en: 'The file is damaged or cut off' },
  'import/unpacks-too-large': { status: 413, zh: '文件解压后过大,无法读取', en: 'The file unpacks to too much' },
  'import/too-many-parts': { status: 422, zh: '工作簿内容过于复杂,请只保留数据后再上传', en: 'The workbook has too many parts' },
  'import/too-many-rows': { status: 413, zh: '数据行数过多,请分成几个文件上传', en: 'Too many rows' },
  'import/too-many-columns': { status: 422, zh: '列数过多', en: 'Too many columns' },
  'import/too-many-merges': { status: 422, zh: '合并单元格过多,请取消合并后再上传', en: 'Too many merged cells' },
  'import/cell-too-long': { status: 422, zh: '有单元格的文字过长', en: 'A cell holds too much text' },
  'import/row-too-long': { status: 422, zh: '有一行的文字过长', en: 'A row holds too much text' },
  'import/no-rows': { status: 422, zh: '工作簿中没有数据', en: 'The file holds no rows' },
  'import/encoding': { status: 422, zh: '文字编码无法识别,请另存为 UTF-8 编码的 CSV 或 .xlsx', en: 'The encoding is neither UTF-8, UTF-16 nor GB18030' },
  'import/quotes': { status: 422, zh: 'CSV 中的双引号不成对', en: 'Quotes in the CSV do not match' },
  'import/too-slow': { status: 422, zh: '文件读取时间过长,请分成几个文件上传', en: 'Reading the file takes too long' },
  'import/too-much-memory': { status: 422, zh: '文件过于复杂,无法读取,请分成几个文件上传', en: 'Reading the file takes too much memory' },
  'import/interrupted': { status: 503, zh: '读取文件时中断,请重试', en: 'Reading the file was interrupted' },
  'kpi/unknown-metric': { status: 422, zh: '没有这个指标', en: 'No such metric' },
  'kpi/period-reversed': { status: 422, zh: '截止日期早于起始日期', en: 'The period ends before it begins' },
  'kpi/as-of-in-future': { status: 422, zh: '截至时间晚于现在', en: 'The instant asked for has not come yet' },
  'kpi/is-a-count': { status: 422, zh: '件数没有分母', en: 'A count has no denominator' },
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
  /** What is recorded of the caller although the write is undone: an attempt that must be seen. */
  record?: { type: string; data: EventData }
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
