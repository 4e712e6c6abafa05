// Lists of grants and of meetings come in as an office keeps them and as they left here: all of a file or nothing, once however often.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { abolishUnit } from '../../src/orgs/unit-commands.ts'
import { openDesk, type Desk } from '../matters/desk.ts'
import { generateIdNo, seeded } from '../support/identity.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

type Who = keyof Desk['staff']
interface Taken {
  status: number
  body: Record<string, unknown> & { code?: string; errors?: { pointer: string; message: string }[] }
}

async function upload(url: string, text: string | Buffer, who: Who = 'registrar', at = desk): Promise<Taken> {
  const boundary = 'a-boundary-between-parts'
  const name = typeof text === 'string' || text[0] !== 0x50 ? '表.csv' : '表.xlsx'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`
  const payload = Buffer.concat([
    Buffer.from(head),
    Buffer.from(text),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  const [server] = at.servers
  if (server === undefined) throw new Error('no server')
  const response = await server.app.inject({
    ...{ method: 'POST', url, remoteAddress: '10.8.0.1', payload },
    headers: {
      ...{ cookie: await at.cookie(who), 'x-banjian': '1' },
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
  })
  return { status: response.statusCode, body: response.json() }
}
const csv = (...rows: string[]) => `${rows.join('\r\n')}\r\n`
const rng = seeded(20)

describe('a list of grants', () => {
  const ASK = '/api/relief/grants/import'
  const DECIDE = '/api/relief/grants/import/decisions'
  const HEAD =
    '救助项目,姓名,身份证号码,手机号,困难等级,金额,救助原因,银行卡号,申请日期,批准日期,发放日期,收据号'
  let programmes = 0
  const programme = async () => {
    programmes += 1
    const name = `困难群体救助第${programmes}批`
    const { body } = await desk.call('leader', 'POST', '/api/relief/programmes', {
      ...{ name, basis: '区委专题会议纪要', minFen: 50_000, maxFen: 200_000, stepFen: 50_000 },
      fromDay: '2020-01-01',
    })
    return { name, id: body.id }
  }
  interface Listed {
    id: string
    name: string
    amountFen: number
    accountMasked: string
    state: { code: string }
    askedAt: string
    paidDay: string | null
    receipt: string | null
    version: number
  }
  const granted = async (programmeId: string) => {
    const url = `/api/relief/grants?programmeId=${programmeId}&limit=100`
    return (await desk.call('leader', 'GET', url)).body['items'] as Listed[]
  }
  const people = async () => {
    const [row] = await desk.deps.db.query<{ n: number }>({
      name: '',
      text: 'select count(*)::int as n from people',
    })
    return row?.n
  }
  const idNo = () => generateIdNo(rng)

  it('is asked for, approved by another and paid by one file, each doing what is theirs; again it changes nothing', async () => {
    const { name, id } = await programme()
    const text = csv(
      HEAD,
      `${name},赵德全,${idNo()},15400000001,二级,"１，０００．００",家庭困难,6217 0036 6000 1234 567,2020年3月2日,2020/3/9,2020-03-12,A-1`,
      `${name},钱 二,${idNo()},,一级,￥500元,因病致贫,,2020-04-01,,,`,
    )
    expect((await upload(`${ASK}?mode=check`, text)).body).toMatchObject({ rows: 2, asked: 2 })
    expect(await granted(id)).toEqual([])
    expect((await upload(ASK, text)).body).toMatchObject({ asked: 2, approved: 0, paid: 0, waiting: 1 })
    expect((await upload(ASK, text, 'leader')).status).toBe(403)
    expect((await upload(DECIDE, text)).status).toBe(403)
    expect((await upload(DECIDE, text, 'leader')).body).toMatchObject({
      approved: 1,
      unchanged: 1,
      waiting: 1,
    })
    expect((await upload(ASK, text)).body).toMatchObject({ asked: 0, paid: 1, unchanged: 1, waiting: 0 })
    const before = await granted(id)
    expect(before).toMatchObject([
      { name: '钱*', amountFen: 50_000, state: { code: 'asked' }, accountMasked: null, version: 1 },
      {
        ...{
          name: '赵*全',
          amountFen: 100_000,
          accountMasked: '****4567',
          state: { code: 'paid' },
          version: 3,
        },
        ...{ askedAt: '2020-03-02T00:00:00.000+08:00', paidDay: '2020-03-12', receipt: 'A-1' },
      },
    ])
    for (const [url, who] of [
      [ASK, 'registrar'],
      [DECIDE, 'leader'],
    ] as const)
      expect((await upload(url, text, who)).body).toMatchObject({
        asked: 0,
        approved: 0,
        paid: 0,
        unchanged: 2,
      })
    expect(await granted(id)).toEqual(before)
    expect(await desk.events(before[1]?.id ?? '')).toEqual(['relief.asked', 'relief.approved', 'relief.paid'])
    const { body } = await desk.call('leader', 'GET', `/api/relief/figures?programmeId=${id}`)
    expect((body['figures'] as { value: number }[]).map(({ value }) => value)).toEqual([
      ...[1, 1, 100_000, 100_000, 100_000],
    ])
  })

  it('with wrong rows tells each column and value, never those of a person, and nothing of it is written', async () => {
    const { name, id } = await programme()
    const [before, wrong] = [await people(), idNo().replace(/.$/, (last) => (last === '1' ? '2' : '1'))]
    const refused = async (...rows: string[]) => {
      const { status, body } = await upload(
        ASK,
        csv(HEAD, `${name},赵德全,${idNo()},,二级,1000,家庭困难,,,,,`, ...rows),
      )
      expect([status, body.code]).toEqual([422, 'register/invalid-row'])
      expect(JSON.stringify(body)).not.toMatch(/孙三|1540000/)
      return body.errors
    }
    const row = (fields: { idNo?: string; who?: string; amount?: string; days?: string; of?: string }) =>
      `${fields.of ?? name},${fields.who ?? '孙三'},${fields.idNo ?? idNo()},15400000009,二级,${fields.amount ?? '1000'},家庭困难,,${fields.days ?? ',,'},`
    const cells = await refused(
      row({ of: '没有的项目' }),
      row({ amount: '约1000' }),
      row({ amount: '"1,00"' }),
      row({ days: '2020-02-30,,' }),
      row({ amount: '' }).replace('家庭困难', ''),
    )
    expect(cells).toMatchObject([
      { pointer: '/row/3/救助项目', message: '没有这个救助项目', value: '没有的项目' },
      {
        pointer: '/row/4/金额（元）',
        message: '金额应以元为单位，最多两位小数，如 1,000.00',
        value: '约1000',
      },
      { pointer: '/row/5/金额（元）', value: '1,00' },
      { pointer: '/row/6/申请日期', value: '2020-02-30' },
      { pointer: '/row/7/救助理由', message: '不能为空' },
    ])
    const said = await refused(
      row({ idNo: wrong }),
      row({ idNo: '' }),
      row({ who: '孙*' }),
      row({ days: '2020-08-15,,' }),
      row({ days: '2020-03-02,2020-03-01,' }),
      row({ days: '2020-03-02,,2020-03-03' }),
    )
    expect(said).toMatchObject([
      { pointer: '/row/3/身份证号', message: '身份证号码校验位不符，请核对' },
      { pointer: '/row/4/身份证号', message: '请填写身份证号：一人一项目只救助一次，按身份证号识别' },
      { pointer: '/row/5/救助对象', message: '内容已脱敏，请填写完整内容' },
      { pointer: '/row/6/申请日期', message: '日期不能晚于今天', value: '2020-08-15' },
      { pointer: '/row/7/审批日期', message: '不能早于申请日期', value: '2020-03-01' },
      { pointer: '/row/8/收据编号', message: '已发放的，请填写收据编号' },
      { pointer: '/row/8/审批日期', message: '已批准的，请填写审批日期' },
    ])
    const bounds = await refused(
      row({ amount: '2500' }),
      row({ amount: '700' }),
      row({ days: '2019-12-31,,' }),
    )
    expect(bounds).toMatchObject([
      { pointer: '/row/3/金额（元）', message: '救助金额应在500.00元至2000.00元之间', value: '2500' },
      { pointer: '/row/4/金额（元）', message: '救助金额应为500.00元的整数倍', value: '700' },
      { pointer: '/row/5/救助项目', message: '该救助项目不在实施期内', value: name },
    ])
    const headless = await upload(ASK, csv('救助项目,金额', `${name},1000`))
    expect(headless.body.errors).toContainEqual(expect.objectContaining({ message: '缺少“救助对象”一列' }))
    const doubled = await upload(
      ASK,
      csv(`${HEAD},申请人`, `${name},赵德全,${idNo()},,二级,1000,家庭困难,,,,,,钱二`),
    )
    expect(doubled.body.errors).toMatchObject([{ message: '“姓名”和“申请人”是同一列，请只留一列' }])
    expect([await granted(id), await people()]).toEqual([[], before])
  })

  it('is one a person and programme by the ID number: in one file, beside what was asked by hand, and under one name', async () => {
    const { name, id } = await programme()
    const [own, other] = [idNo(), idNo()]
    const row = (who: string, no: string, amount = 1000) =>
      `${name},${who},${no},,二级,${amount},家庭困难,,,,,`
    const twice = await upload(
      ASK,
      csv(HEAD, row('李四', own), row('李四', `${own.slice(0, 6)} ${own.slice(6)}`)),
    )
    expect(twice.body.errors).toMatchObject([{ pointer: '/row/3/身份证号', message: '与文件第2行是同一人' }])
    const person = await desk.call('registrar', 'POST', '/api/people', { name: '李四', idNo: own })
    await desk.call('registrar', 'POST', '/api/relief/grants', {
      ...{ programmeId: id, personId: person.body.id, grade: '二级', amountFen: 100_000, basis: '家庭困难' },
    })
    const before = await people()
    expect((await upload(ASK, csv(HEAD, row('李四', own)))).body).toMatchObject({ asked: 0, unchanged: 1 })
    const more = await upload(ASK, csv(HEAD, row('李四', own, 1500)))
    expect(more.body.errors).toMatchObject([
      { pointer: '/row/2/金额（元）', message: expect.stringContaining('已登记的不同'), value: '1500' },
    ])
    await desk.call('registrar', 'POST', '/api/people', { name: '王五', idNo: other })
    const misnamed = await upload(ASK, csv(HEAD, row('王伍', other)))
    expect(misnamed.body.errors).toMatchObject([{ pointer: '/row/2/救助对象' }])
    expect((await upload(ASK, csv(HEAD, row('王五', other)))).body).toMatchObject({ asked: 1 })
    expect([(await granted(id)).length, await people()]).toEqual([2, (before ?? 0) + 1])
  })

  it('is not approved by who asked, nor by a file for whom nobody asked', async () => {
    const { name, id } = await programme()
    const both = await desk.account(['registrar', 'leader'], { unitId: desk.officeUnit })
    const staff: Record<string, { id: string }> = desk.staff
    staff['both'] = both
    const text = csv(HEAD, `${name},周一,${idNo()},,二级,1000,家庭困难,,2020-03-01,2020-03-02,,`)
    const nobody = await upload(DECIDE, text, 'leader')
    expect(nobody.body.errors).toMatchObject([
      { pointer: '/row/2/身份证号', message: '该项目中没有此人的申请' },
    ])
    expect((await upload(ASK, text, 'both' as Who)).body).toMatchObject({ asked: 1 })
    expect((await upload(DECIDE, text, 'both' as Who)).body).toMatchObject({
      errors: [{ pointer: '/row/2', message: expect.stringMatching(/./) }],
    })
    expect((await granted(id))[0]?.state.code).toBe('asked')
    expect((await upload(DECIDE, text, 'leader')).body).toMatchObject({ approved: 1 })
  })

  it('with an ID number of an area that never was is taken, and that is told', async () => {
    const { name, id } = await programme()
    const strange = generateIdNo(rng, { region: '519999' })
    const { status, body } = await upload(ASK, csv(HEAD, `${name},郑六,${strange},,二级,1000,家庭困难,,,,,`))
    expect([status, body['warnings']]).toMatchObject([
      200,
      [{ row: 2, column: '身份证号', message: '身份证号码的地区代码不存在，请核对' }],
    ])
    expect(await granted(id)).toHaveLength(1)
  })

  it('comes in as it went out once what is masked is filled in; masked it is refused and nobody is entered', async () => {
    const { name, id } = await programme()
    const { name: next, id: nextId } = await programme()
    const no = idNo()
    const row = `${name},冯七,${no},,二级,1500.00,"-家庭困难",6217003660001234567,2020-03-02,2020-03-09,2020-03-12,B-1`
    for (const [url, who] of [
      [ASK, 'registrar'],
      [DECIDE, 'leader'],
      [ASK, 'registrar'],
    ] as const)
      expect((await upload(url, csv(HEAD, row), who)).status).toBe(200)
    const out = async (of: string) =>
      (await desk.ask(desk.staff.leader, 'GET', `/api/relief/grants.csv?programmeId=${of}`)).body
    const [text, before] = [await out(id), await people()]
    expect((await upload(ASK, text)).body.errors).toMatchObject([
      { pointer: '/row/2/救助对象', message: '内容已脱敏，请填写完整内容' },
      { pointer: '/row/2/银行账号', message: '内容已脱敏，请填写完整内容' },
      { pointer: '/row/2/身份证号' },
    ])
    expect(await people()).toBe(before)
    const filled = text
      .replace('导出编号', '导出编号,身份证号')
      .replace(/(?<=\S{36})\r\n$/, `,${no}\r\n`)
      .replace('冯*', '冯七')
      .replace('****4567', '6217003660001234567')
    expect((await upload(ASK, filled)).body).toMatchObject({ unchanged: 1 })
    const elsewhere = filled.replace(name, next)
    await upload(ASK, elsewhere)
    await upload(DECIDE, elsewhere, 'leader')
    await upload(ASK, elsewhere)
    const rows = (sheet: string) => sheet.replaceAll(/,[0-9a-f-]{36}(?=\r\n)/g, '')
    expect(rows(await out(nextId))).toBe(rows(text).replace(name, next))
    expect((await upload(ASK, elsewhere)).body).toMatchObject({ unchanged: 1, asked: 0 })
  })
})

describe('a list of meetings', () => {
  const IN = '/api/meetings/import'
  const HEAD =
    '会议编号,会议时间,会议类型,主持人,召集人级别,会议地点,参会单位,信访件编号,议定内容,责任单位,完成时限,完成日期,完成情况'
  const PERIOD = 'from=2010-01-01&to=2020-12-31'
  interface Listed {
    no: string
    day: string
    convenor: string
    attendees: string[]
    items: { subjectNo: string; decision: string; leadUnit: string; dueDay: string; result: string | null }[]
  }
  const held = async (day: string) => {
    const url = `/api/meetings?from=${day}&to=${day}`
    return (await desk.call('leader', 'GET', url)).body['items'] as Listed[]
  }

  it('has a row a decision, also under merged cells and with the platform’s numbers; again it changes nothing', async () => {
    const [one, two] = [await desk.register(), await desk.register({ externalNo: 'GY20200101001' })]
    const item = await desk.call('registrar', 'POST', '/api/ledger/items', {
      ...{ foundDay: '2020-01-02', title: '安置房办证', demand: '要求办证', involved: 3, topic: 'land' },
      ...{ level: 'local', leadUnitId: desk.township, territorialUnitId: desk.township },
      foundByUnitId: desk.township,
    })
    const text = csv(
      HEAD,
      `,2020年1月6日,工作会议,陈区长,区级领导,三楼,荣山镇、大石镇,${one.no},限期办结,荣山镇,2020-01-20,2020-01-18,已办结`,
      ',,,,,,,GY20200101001,分期办理,大石镇,2020-02-20,,',
      `,2020-01-07,专题会议,李局长,局领导,,,${item.body.no},-现场办公,荣山镇,2020-02-01,,`,
      ',2020-01-08,全体会议,李局长,局领导,,,,,,,,',
    )
    expect((await upload(`${IN}?mode=check`, text)).body).toMatchObject({ rows: 4, meetings: 3, items: 3 })
    expect(await held('2020-01-06')).toEqual([])
    expect((await upload(IN, text)).body).toEqual({ rows: 4, meetings: 3, items: 3, unchanged: 0 })
    expect(await held('2020-01-06')).toMatchObject([
      {
        ...{ convenor: '陈区长', attendees: ['荣山镇', '大石镇'] },
        items: [
          {
            subjectNo: one.no,
            decision: '限期办结',
            leadUnit: '荣山镇',
            dueDay: '2020-01-20',
            result: '已办结',
          },
          { subjectNo: two.no, decision: '分期办理', leadUnit: '大石镇', result: null },
        ],
      },
    ])
    expect(await held('2020-01-08')).toMatchObject([{ items: [] }])
    expect((await upload(IN, text)).body).toEqual({ rows: 4, meetings: 0, items: 0, unchanged: 3 })
    const changed = await upload(IN, text.replace('分期办理', '从速办理'))
    expect(changed.body.errors).toMatchObject([
      { pointer: '/row/2/会议日期', message: expect.stringContaining('没有更改，请核对后人工更正') },
    ])
    expect((await upload(IN, text, 'liaison')).status).toBe(403)
  })

  it('with wrong rows tells each column and value, and the successor of a unit that is gone; nothing is written', async () => {
    const { no } = await desk.register()
    const gone = await desk.unit('石龙乡', { kind: 'township' })
    await desk.deps.db.transaction((tx) =>
      abolishUnit(tx, desk.system, gone, 1, { on: '2020-03-01', successorId: desk.township }),
    )
    const row = (what: {
      day?: string
      kind?: string
      no?: string
      unit?: string
      due?: string
      rest?: string
    }) =>
      `,${what.day ?? '2020-02-03'},${what.kind ?? '工作会议'},陈区长,区级领导,,,${what.no ?? no},限期办结,${what.unit ?? '荣山镇'},${what.due ?? '2020-03-01'},${what.rest ?? ','}`
    const cells = await upload(
      IN,
      csv(HEAD, row({}), row({ unit: '石龙乡' }), row({ kind: '碰头会' }), row({ due: '3月底' })),
    )
    expect(cells.body.errors).toMatchObject([
      { pointer: '/row/3/牵头单位', message: '单位已撤销，请改用荣山镇', value: '石龙乡' },
      { pointer: '/row/4/会议类型', value: '碰头会' },
      { pointer: '/row/5/落实时限', value: '3月底' },
    ])
    const said = await upload(
      IN,
      csv(
        HEAD,
        row({ day: '2020-08-15' }),
        row({ due: '' }),
        row({ rest: '2020-02-02,已办结' }),
        row({ rest: '2020-02-04,' }),
      ),
    )
    expect(said.body.errors).toMatchObject([
      { pointer: '/row/2/会议日期', message: '会议日期不能晚于今天', value: '2020-08-15' },
      { pointer: '/row/3/落实时限', message: '议定事项的此列不能为空' },
      { pointer: '/row/4/落实日期', message: '落实日期应在会议之后、今天以前' },
      { pointer: '/row/5/落实情况' },
    ])
    const unknown = await upload(IN, csv(HEAD, row({}), row({ no: 'RX-0' })))
    expect(unknown.body.errors).toMatchObject([
      { pointer: '/row/3/议题编号', message: '没有这件信访件或台账事项', value: 'RX-0' },
    ])
    expect(await held('2020-02-03')).toEqual([])
  })

  it('hands no accusation to the accused: the row is refused and the attempt is on record', async () => {
    const { no } = await desk.register({ category: 'report', accusedUnitIds: [desk.township] })
    const row = `,2020-02-04,工作会议,陈区长,区级领导,,,${no},核查,荣山镇,2020-03-01,,`
    const { body } = await upload(IN, csv(HEAD, row))
    expect(body.errors).toMatchObject([{ pointer: '/row/2/牵头单位', value: '荣山镇' }])
    expect(await desk.events(desk.staff.registrar.id)).toContain('account.transfer-refused')
    expect(await held('2020-02-04')).toEqual([])
  })

  it.each(['csv', 'xlsx'] as const)(
    'comes into another office as it went out, as %s, and again it changes nothing',
    async (format) => {
      const { no } = await desk.register()
      const row = `,2019-05-0${format === 'csv' ? 1 : 2},工作会议,陈区长,区级领导,三楼,荣山镇、大石镇,${no},"=限期办结\n分两期",荣山镇,2019-06-01,2019-05-20,已办结`
      const second = `,,,,,,,${no},-回访,大石镇,2019-07-01,,`
      expect((await upload(IN, csv(HEAD, row, second))).status).toBe(200)
      const out = async (at: Desk, as: 'csv' | 'xlsx') =>
        (await at.ask(at.staff.leader, 'GET', `/api/meetings.${as}?${PERIOD}`)).rawPayload
      const elsewhere = await openDesk()
      try {
        const numbers = Number(no.split('-').at(-1))
        for (let n = 0; n < numbers; n += 1) await elsewhere.register()
        const [rows] = await desk.deps.db.query<{ n: number }>({
          name: '',
          text: 'select count(*)::int as n from ledger_items',
        })
        for (let n = 0; n < (rows?.n ?? 0); n += 1) {
          await elsewhere.call('registrar', 'POST', '/api/ledger/items', {
            ...{
              foundDay: '2020-01-02',
              title: '安置房办证',
              demand: '要求办证',
              involved: 3,
              topic: 'land',
            },
            ...{ level: 'local', leadUnitId: elsewhere.township, territorialUnitId: elsewhere.township },
            foundByUnitId: elsewhere.township,
          })
        }
        const file = await out(desk, format)
        expect(await upload(IN, file, 'registrar', elsewhere)).toMatchObject({
          status: 200,
          body: { unchanged: 0 },
        })
        const told = (bytes: Buffer) =>
          bytes
            .toString('utf8')
            .replaceAll(/,[0-9a-f-]{36}(?=\r\n)/g, '')
            .replaceAll(/LX-[\d-]+/g, 'LX')
            .split('\r\n')
            .toSorted()
        expect(told(await out(elsewhere, 'csv'))).toEqual(told(await out(desk, 'csv')))
        expect((await upload(IN, file, 'registrar', elsewhere)).body).toMatchObject({ meetings: 0, items: 0 })
        expect((await upload(IN, file)).body).toMatchObject({ meetings: 0, items: 0 })
      } finally {
        await elsewhere.close()
      }
    },
  )
})
