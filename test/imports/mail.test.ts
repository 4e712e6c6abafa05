// A register of letters and mailbox messages goes in: checked row by row, each letter once, nothing where one row is wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { abolishUnit } from '../../src/orgs/unit-commands.ts'
import { statement } from '../../src/platform/db.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { runWaiting } from '../matters/waiting.ts'
import { generateIdNo, seeded } from '../support/identity.ts'
import { gb18030, row, text, workbook } from './corpus.ts'

let desk: Desk
let clerk: { id: string }
beforeAll(async () => {
  desk = await openDesk()
  clerk = await desk.account(['dispatcher', 'registrar'])
})
afterAll(() => desk.close())

interface Report {
  code?: string
  rows: number
  fresh: number
  known: number
  errors: number
  warnings: number
  findings: { row: number; column: string; code: string; message: string; value?: string }[]
}
type Mode = 'check' | 'all-or-nothing' | 'good-rows-only'

async function upload(
  bytes: Buffer | string,
  mode: Mode = 'all-or-nothing',
  who: { id: string } = clerk,
  name = '信件.csv',
) {
  const boundary = 'a-boundary-between-parts'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
  const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  const payload = Buffer.concat([Buffer.from(head), content, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const [server] = desk.servers
  const probe = await desk.call(who, 'GET', '/api/session')
  expect(probe.status).toBe(200)
  const response = await server?.app.inject({
    ...{ method: 'POST', url: `/api/imports/mail?mode=${mode}`, remoteAddress: '10.8.0.1', payload },
    headers: {
      ...{ cookie: await cookieOf(who), 'x-banjian': '1' },
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  })
  return { status: response?.statusCode, body: response?.json<Report & { errors: unknown }>() as Report }
}
async function cookieOf(who: { id: string }): Promise<string> {
  const { openSession } = await import('../../src/orgs/sign-in.ts')
  const { sessionCookie } = await import('../../src/orgs/tokens.ts')
  return desk.deps.db.transaction(async (tx) => {
    const { token } = openSession(tx, desk.config, who.id, { address: '10.8.0.1', userAgent: 'test' })
    return sessionCookie(desk.config, token).split(';')[0] ?? ''
  })
}

const HEAD =
  '来信编号,收信日期,来源,信访人,联系电话,身份证号,联名人数,标题,内容,信访目的,内容分类,被反映单位,是否保密,上级时限,转办单位'
let serial = 0
const line = (given: Record<string, string> = {}) =>
  HEAD.split(',')
    .map(
      (column) =>
        given[column] ??
        {
          收信日期: '2020/8/3',
          来源: '群众来信',
          标题: `反映问题${++serial}`,
          内容: `反映道路积水问题${serial}，请处理。`,
        }[column] ??
        '',
    )
    .join(',')
const file = (...lines: string[]) => `${HEAD}\r\n${lines.join('\r\n')}\r\n`
const counted = statement<{ n: number }>(
  'test.mail-count',
  `select ((select count(*) from matters) + (select count(*) from people) + (select count(*) from legs))::int as n`,
)
const count = async () => (await counted(desk.deps.db))[0]?.n
const lastNo = statement<{ id: string; no: string; channel: string; source: string; state: string }>(
  'test.mail-last',
  'select id, no, channel, source, state from matters where external_no = $1',
)
const byNumber = async (no: string) => (await lastNo(desk.deps.db, [no]))[0] ?? expect.fail(`no ${no}`)

describe('a register', () => {
  it('of letters and mailboxes of every source goes in, once however often', async () => {
    const rows = [
      line({ 来信编号: 'X-1', 信访人: '欧阳来信', 联系电话: '15401200091', 联名人数: '12人' }),
      line({ 来信编号: 'X-2', 来源: '省委书记信箱' }),
      line({ 来信编号: 'X-3', 来源: '人民网' }),
      line({ 来信编号: 'X-4', 来源: '市长信箱', 信访目的: '投诉' }),
      line({ 来信编号: 'X-5', 来源: '区委书记信箱', 内容分类: '噪声' }),
      line({ 标题: '没有编号的信', 内容: '只有日期和内容，没有编号。' }),
    ]
    const checked = await upload(file(...rows), 'check')
    expect(checked.body).toMatchObject({ rows: 6, fresh: 6, known: 0, errors: 0 })
    const before = await count()
    expect((await upload(file(...rows), 'check')).body.fresh).toBe(6)
    expect(await count()).toBe(before)
    expect((await upload(file(...rows))).body).toMatchObject({ fresh: 6, known: 0 })
    const after = await count()
    expect((await upload(file(...rows))).body).toMatchObject({ fresh: 0, known: 6, warnings: 0 })
    expect(await count()).toBe(after)
    expect([await byNumber('X-1'), await byNumber('X-2'), await byNumber('X-4')]).toMatchObject([
      { channel: 'letter', source: 'letter', state: 'entered' },
      { channel: 'letter', source: 'province-secretary' },
      { channel: 'mailbox', source: 'mayor', state: 'registered' },
    ])
    const seen = (await desk.open('leader', (await byNumber('X-1')).id)).body
    expect(seen['petition']).toMatchObject({ signatories: 12, anonymous: false })
    expect(seen['receivedAt']).toBe('2020-08-03T00:00:00.000+08:00')
    // The office's fifteen days have run since the letter came.
    expect((await desk.legs((await byNumber('X-1')).id))[0]).toMatchObject({
      kind: 'route',
      dueAt: '2020-08-18T23:59:59.999+08:00',
    })
  })

  it('refuses a superior’s day before the letter came', async () => {
    const early = line({ 来信编号: 'E-1', 收信日期: '2020-08-10', 上级时限: '2020-08-07' })
    expect((await upload(file(early), 'check')).body).toMatchObject({ fresh: 0, errors: 1 })
  })

  it('is followed by everything that follows a registration', async () => {
    await upload(
      file(
        line({ 来信编号: 'F-1', 信访人: '欧阳检索', 联系电话: '15401200092', 内容: '金丝雀检索内容在此。' }),
      ),
    )
    await runWaiting(desk, 'index')
    const found = await desk.call('leader', 'GET', `/api/matters?q=${encodeURIComponent('金丝雀检索')}`)
    expect(found.body['items']).toHaveLength(1)
  })

  it('may send letters on at once and dispatch messages; a superior’s day binds where it is earlier than the law’s', async () => {
    const done = await upload(
      file(
        line({ 来信编号: 'D-1', 转办单位: '荣山镇', 上级时限: '2020-08-25' }),
        line({ 来信编号: 'D-2', 来源: '市长信箱', 转办单位: '荣山镇', 上级时限: '2020/8/17' }),
        line({ 来信编号: 'D-3', 来源: '市长信箱', 转办单位: '荣山镇', 上级时限: '2020年12月31日' }),
      ),
    )
    expect(done.status).toBe(200)
    expect((await byNumber('D-1')).state).toBe('routed')
    const [, second, third] = [await byNumber('D-1'), await byNumber('D-2'), await byNumber('D-3')]
    expect(second.state).toBe('assigned')
    expect((await desk.legs(second.id))[0]?.dueAt).toBe('2020-08-17T23:59:59.999+08:00')
    expect((await desk.legs(third.id))[0]?.dueAt).toBe(
      (await desk.legs((await desk.register({ dispatch: { leadUnitId: desk.township } })).id))[0]?.dueAt,
    )
    expect(await desk.events((await byNumber('D-1')).id)).toEqual(['matter.register', 'matter.forward'])
    await desk.does('liaison', (await byNumber('D-1')).id, 'accept', { matterClass: 'claim' })
    expect((await desk.legs((await byNumber('D-1')).id)).at(-1)?.dueAt).toBe('2020-08-25T23:59:59.999+08:00')
  })

  it('in GBK, with full-width digits and 年月日, is the same register', async () => {
    const rows = file(line({ 来信编号: 'Ｇ－１', 收信日期: '２０２０年８月４日', 联名人数: '３' }))
    expect((await upload(gb18030(rows))).body).toMatchObject({ fresh: 1, errors: 0 })
    expect((await upload(rows)).body).toMatchObject({ known: 1, fresh: 0 })
  })

  it('as a workbook, with a title above its header', async () => {
    const cells = (n: number, values: string[]) =>
      row(n, ...values.map((value, i) => text(`${String.fromCodePoint(65 + i)}${n}`, value)))
    const bytes = workbook({
      sheets: [
        {
          rows:
            cells(1, ['2020年8月来信登记表']) +
            cells(3, ['收信日期', '来源', '内容']) +
            cells(4, ['2020-08-05', '群众来信', '反映路灯不亮。']),
        },
      ],
    })
    expect((await upload(bytes, 'all-or-nothing', clerk, '信件.xlsx')).body).toMatchObject({
      rows: 1,
      fresh: 1,
    })
  })
})

describe('what is wrong is told by row and column, and nothing is written', () => {
  const old = { id: '' }
  beforeAll(async () => {
    const heir = await desk.unit('新设镇', { kind: 'township' })
    old.id = await desk.unit('旧设镇', { kind: 'township' })
    await desk.deps.db.transaction((tx) =>
      abolishUnit(tx, desk.system, old.id, 1, { on: '2020-08-01', successorId: heir }),
    )
  })
  const broken = generateIdNo(seeded(9)).replace(/.$/, (last) => (last === '1' ? '2' : '1'))

  it.each([
    [{ 收信日期: '2020-08-15' }, '收信日期', 'time/future'],
    [{ 收信日期: '8月里' }, '收信日期', 'time/unreadable'],
    [{ 收信日期: '' }, '收信日期', 'value/missing'],
    [{ 收信日期: '2003-12-31' }, '收信日期', 'time/not-covered'],
    [{ 来源: '县长热线' }, '来源', 'mail/source-unknown'],
    [{ 联名人数: '很多' }, '联名人数', 'mail/count'],
    [{ 联名人数: '0' }, '联名人数', 'mail/count'],
    [{ 联名人数: '1' }, '联名人数', 'mail/count'],
    [{ 内容分类: '天外来客' }, '内容分类', 'mail/topic-unknown'],
    [{ 信访目的: '随便说说' }, '信访目的', 'mail/purpose-unknown'],
    [{ 身份证号: broken }, '身份证号', 'person/invalid'],
    [{ 联系电话: '154012' }, '联系电话', 'person/invalid'],
    [{ 转办单位: '没有此镇' }, '转办单位', 'unit/unknown'],
    [{ 转办单位: '旧设镇' }, '转办单位', 'unit/abolished'],
    [{ 转办单位: '荣山镇', 被反映单位: '荣山镇' }, '转办单位', 'mail/accused-holds'],
    [{ 标题: '', 内容: '' }, '内容', 'content/missing'],
    [{ 是否保密: '也许' }, '是否保密', 'value/unknown-word'],
    [{ 来源: `源${'😀'.repeat(80)}` }, '来源', 'mail/source-unknown'],
  ])('%j', async (cells, column, code) => {
    const before = await count()
    const bytes = file(
      line({ 来信编号: `W-${serial}` }),
      line({ 标题: '有误的一行', 内容: '这一行有误。', ...cells }),
    )
    const checked = await upload(bytes, 'check')
    expect(checked.body.findings).toEqual(
      expect.arrayContaining([expect.objectContaining({ row: 3, column, code })]),
    )
    const refused = await upload(bytes)
    expect([refused.status, refused.body.code]).toEqual([409, 'import/has-errors'])
    expect(await count()).toBe(before)
    expect(JSON.stringify(checked.body)).not.toContain(broken)
  })

  it('the good rows alone go in when that is asked for', async () => {
    const bytes = file(line({ 来信编号: 'P-1' }), line({ 来信编号: 'P-2', 来源: '县长热线' }))
    expect((await upload(bytes, 'good-rows-only')).body).toMatchObject({ rows: 2, fresh: 1, errors: 1 })
    expect((await byNumber('P-1')).state).toBe('entered')
  })

  it('the same letter twice in one file is told with the first row', async () => {
    const twice = file(line({ 来信编号: 'T-1' }), line({ 来信编号: 'T-1' }))
    expect((await upload(twice, 'check')).body.findings).toMatchObject([
      { row: 3, code: 'mail/twice', message: '与文件第2行是同一封' },
    ])
  })

  it('a newer file that differs changes nothing, and says so', async () => {
    await upload(file(line({ 来信编号: 'N-1', 标题: '原标题' })))
    const { id } = await byNumber('N-1')
    const again = await upload(file(line({ 来信编号: 'N-1', 标题: '改了的标题' })))
    expect(again.body).toMatchObject({ known: 1, warnings: 1, findings: [{ code: 'mail/differs' }] })
    expect((await desk.open('leader', id)).body['title']).toBe('原标题')
  })

  it('what was registered by hand is known by source and number', async () => {
    await desk.call('registrar', 'POST', '/api/letters', {
      title: '手工登记',
      content: '手工登记的来信。',
      externalNo: 'H-1',
    })
    expect((await upload(file(line({ 来信编号: 'H-1' })))).body).toMatchObject({ known: 1, fresh: 0 })
  })

  it('who may not dispatch cannot by a file; a reader may not import at all', async () => {
    const bytes = file(line({ 转办单位: '荣山镇' }))
    const registrar = desk.staff.registrar
    expect((await upload(bytes, 'check', registrar)).body.findings).toMatchObject([
      { code: 'mail/not-dispatcher' },
    ])
    expect((await upload(bytes, 'check', desk.staff.callback)).status).toBe(403)
  })

  it('no header, no rows, a broken workbook, a renamed file', async () => {
    expect((await upload('甲,乙\r\n1,2\r\n')).body.code).toBe('import/header')
    expect((await upload(`${HEAD}\r\n`)).body.code).toBe('import/no-rows')
    const broken = Buffer.from('PK\u0003\u0004 and nothing more')
    expect((await upload(broken, 'check', clerk, '信件.xlsx')).status).toBe(415)
    expect(
      (await upload(Buffer.from('%PDF-1.7'), 'check', clerk, '信件.xlsx')).status,
    ).toBeGreaterThanOrEqual(400)
  })
})

describe('protection', () => {
  it('confidential writers are sealed, accusations stay away from the accused', async () => {
    await upload(
      file(
        line({ 来信编号: 'S-1', 信访人: '欧阳密件', 联系电话: '15401200093', 是否保密: '是' }),
        line({ 来信编号: 'S-2', 信访目的: '揭发控告', 被反映单位: '荣山镇', 内容: '反映该镇干部问题。' }),
      ),
    )
    const sealed = await desk.open('leader', (await byNumber('S-1')).id)
    expect(sealed.body['caller']).toMatchObject({ name: '保密' })
    const charge = await byNumber('S-2')
    expect((await desk.open('liaison', charge.id)).status).toBe(404)
    expect(
      (await desk.act('dispatcher', charge.id, 'forward', { leadUnitId: desk.township })).body.code,
    ).toBe('matter/accused-unit')
  })

  it('two uploads of one file at once register it once', async () => {
    const bytes = file(line({ 来信编号: 'C-1' }), line({ 来信编号: 'C-2' }))
    const both = await Promise.all([upload(bytes), upload(bytes)])
    expect(both.map(({ body }) => body.fresh).toSorted()).toEqual([0, 2])
  })
})

it('a year of messages goes in within one transaction, at a steady pace', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) =>
    line({
      来信编号: `Y-${i}`,
      来源: i % 2 === 0 ? '市长信箱' : '群众来信',
      信访人: '欧阳年',
      联系电话: `15403${String(100_000 + i)}`,
    }),
  )
  expect((await upload(file(...rows))).body).toMatchObject({ rows: 1000, fresh: 1000 })
})
