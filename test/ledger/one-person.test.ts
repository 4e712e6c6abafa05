// Relief is one a person and programme: who bears one ID number is one person, whatever entry a grant names.
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertPerson } from '../../src/people/commands.ts'
import { addKeyVersion, createKeyFile } from '../../src/platform/master-key.ts'
import { openVault, type Vault } from '../../src/platform/vault.ts'
import { openDesk, type Desk } from '../matters/desk.ts'

let desk: Desk
let folder: string
/** As the office sealed before its master key was changed. */
let olderKey: Vault
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banjian-relief-'))
  const [older, keyFile] = [join(folder, 'older.key'), join(folder, 'master.key')]
  createKeyFile(older)
  await copyFile(older, keyFile)
  addKeyVersion(keyFile)
  olderKey = openVault({ keyFile: older })
  desk = await openDesk({ MASTER_KEY_FILE: keyFile })
})
afterAll(async () => {
  await desk.close()
  await rm(folder, { recursive: true, force: true })
})

describe('people with one ID number', () => {
  let programmes = 0
  const programme = async () => {
    programmes += 1
    const { body } = await desk.call('leader', 'POST', '/api/relief/programmes', {
      ...{ name: `困难救助第${programmes}批`, basis: '区委专题会议纪要' },
      ...{ minFen: 50_000, maxFen: 200_000, fromDay: '2020-01-01' },
    })
    return body.id
  }
  const person = async (fields: object) =>
    (await desk.call('registrar', 'POST', '/api/people', { name: '赵德全', ...fields })).body.id
  const enteredBefore = (fields: { name: string; idNo: string }) =>
    desk.deps.db.transaction(async (tx) => insertPerson(tx, olderKey, fields).id)
  const ask = (programmeId: string, personId: string) =>
    desk.call('registrar', 'POST', '/api/relief/grants', {
      ...{ programmeId, personId, grade: '二级', amountFen: 100_000, basis: '家庭困难' },
    })
  const decide = (id: string) =>
    desk.call('leader', 'POST', `/api/relief/grants/${id}/decide`, { granted: true })
  const pay = (id: string, receipt: string) =>
    desk.call('registrar', 'POST', `/api/relief/grants/${id}/pay`, { paidDay: '2020-08-14', receipt })
  const figures = async () =>
    (await desk.call('leader', 'GET', '/api/relief/figures')).body['figures'] as {
      key: string
      value: number
      text: string
    }[]
  const peopleOf = async () => (await figures())[0]?.text
  const figuresOf = async () => Object.fromEntries((await figures()).map(({ key, value }) => [key, value]))

  it('have one grant of a programme, though no clerk has confirmed it, asked for one by one or at once', async () => {
    const programmeId = await programme()
    const idNo = '11010519491231002X'
    const entries = [await person({ idNo }), await person({ idNo }), await person({ idNo })]
    const asked = await Promise.all(entries.map((id) => ask(programmeId, id)))
    expect(asked.map(({ status }) => status).toSorted()).toEqual([201, 409, 409])
    expect(asked.find(({ status }) => status === 409)?.body['errors']).toMatchObject([
      { pointer: '/body/personId', message: '此人在该项目中已有救助' },
    ])
  })

  it('have one grant also where one was sealed under an older key', async () => {
    const programmeId = await programme()
    const idNo = '110101199003074530'
    const [before, now] = [await enteredBefore({ name: '赵德全', idNo }), await person({ idNo })]
    expect((await ask(programmeId, before)).status).toBe(201)
    expect((await ask(programmeId, now)).body.code).toBe('relief/granted-already')
  })

  it('are counted as one over all programmes', async () => {
    const idNo = '110101199003071014'
    for (const n of [1, 2]) {
      const { body } = await ask(await programme(), await person({ idNo }))
      expect([(await decide(body.id)).status, (await pay(body.id, `OK-${n}`)).status]).toEqual([200, 200])
    }
    expect(await peopleOf()).toBe('1人')
    // 每人: what the one person got in all.
    expect(await figuresOf()).toMatchObject({
      people: 1,
      grants: 2,
      sum: 200_000,
      least: 200_000,
      most: 200_000,
    })
  })

  it('are one as soon as the number is known: of two that were asked for, one is approved', async () => {
    const programmeId = await programme()
    const idNo = '110101199003077774'
    const [one, two] = [await person({ idNo }), await person({})]
    const grants = [(await ask(programmeId, one)).body.id, (await ask(programmeId, two)).body.id]
    const corrected = await desk.call(
      'registrar',
      'PATCH',
      `/api/people/${two}`,
      { idNo },
      { 'if-match': '"1"' },
    )
    expect(corrected.status).toBe(200)
    const decided = await Promise.all(grants.map(decide))
    expect(decided.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  it('and others are each paid with a receipt of their own', async () => {
    const [programmeId, elsewhere] = [await programme(), await programme()]
    const grants = []
    for (const of of [programmeId, programmeId, elsewhere]) {
      const { body } = await ask(of, await person({}))
      await decide(body.id)
      grants.push(body.id)
    }
    const [first = '', second = '', third = ''] = grants
    const both = await Promise.all([pay(first, 'SJ-1'), pay(second, 'SJ-1')])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'relief/receipt-taken',
      errors: [{ pointer: '/body/receipt', message: '该项目中已有此收据编号' }],
    })
    expect((await pay(third, 'SJ-1')).status).toBe(200)
  })
})
