// What the audit administrator is shown, as data: the events on record, and which facts of them bear no personal data.

export interface AuditType {
  label: string
  /** Facts of the event that may be shown; a reason that somebody wrote is none of them. */
  shows?: readonly string[]
}

export const auditTypes = {
  'session.signed-in': { label: '登录', shows: ['address'] },
  'session.refused': { label: '登录失败', shows: ['address', 'reason', 'locked'] },
  'session.signed-out': { label: '退出' },
  'session.ended': { label: '结束自己的会话' },
  'account.created': { label: '新建账号', shows: ['kind', 'unitId', 'roles'] },
  'account.edited': { label: '修改账号、角色', shows: ['before', 'unitId', 'roles'] },
  'account.disabled': { label: '停用账号' },
  'account.enabled': { label: '启用账号' },
  'account.unlocked': { label: '解除锁定' },
  'account.sessions-ended': { label: '结束账号的会话', shows: ['ended'] },
  'account.password-reset': { label: '重置密码' },
  'account.password-changed': { label: '修改密码' },
  'account.password-change-refused': { label: '修改密码被拒绝' },
  'key.created': { label: '新建接口密钥' },
  'key.revoked': { label: '吊销接口密钥' },
  'account.view-refused': { label: '试图查看应当回避的办件' },
  'account.transfer-refused': { label: '试图将办件交给被反映单位' },
  'person.searched': { label: '查找群众', shows: ['by', 'found'] },
  'person.revealed': { label: '查看群众信息', shows: ['fields'] },
  'person.reveal-refused': { label: '查看保密群众信息被拒绝', shows: ['fields'] },
  'person.account-revealed': { label: '查看银行账号' },
  'person.account-refused': { label: '查看银行账号被拒绝' },
  'person.confidant-named': { label: '指定可查看保密群众信息的人员' },
  'person.confidant-ended': { label: '取消可查看保密群众信息的人员' },
  'file.downloaded': { label: '下载文件' },
  'kpi.exported': { label: '导出指标或办件清单' },
  'kpi.list-exported': { label: '导出办件清单' },
  'register.exported': { label: '导出登记簿', shows: ['register', 'format'] },
  'account.report-downloaded': { label: '下载报表' },
  'account.document-written': { label: '出具文书', shows: ['document'] },
  'account.mail-imported': { label: '导入信件' },
  'import.requested': { label: '上传导入文件' },
  'import.commit-requested': { label: '提交导入' },
  'account.contacts-entered': { label: '登记短信联系人' },
  'ledger.read': { label: '查看持续关注、属地责任事项', shows: ['status', 'itemId'] },
  'report.published': { label: '发布报表' },
  'unit.created': { label: '新建单位' },
  'unit.edited': { label: '修改单位' },
  'unit.abolished': { label: '撤销单位' },
  'calendar.year-published': { label: '发布工作日历' },
} as const satisfies Record<string, AuditType>

export const auditTypeNames = Object.keys(auditTypes) as [keyof typeof auditTypes]
