// The audit administrator reads who did what and when: no personal data, and no matter that accuses the reader's own unit.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDesk, type Desk } from './desk.ts'

let desk: Desk
let auditor: { id: string }
beforeAll(async () => {
  desk = await openDesk()
  auditor = await desk.account(['audit-admin'])
})
afterAll(() => desk.close())

type Entry = Record<string, unknown> & { id: string; at: string; type: { code: string } }
const read = async (query = '', reader: { id: string } = auditor) => {
  const answer = await desk.call(reader, 'GET', `/api/audit?${query}`)
  expect(answer.status).toBe(200)
  return answer.body as unknown as { items: Entry[]; next: string | null }
}

it('reveals, refused attempts, role changes and sign-ins are read by the audit administrator alone', async () => {
  const caller = { name: '欧阳审计', phone: '15401200077' }
  const accusing = await desk.register({ caller, category: 'complain', accusedUnitIds: [desk.township] })
  expect((await desk.open('liaison', accusing.id)).status).toBe(404)
  const personId = (await desk.open('dispatcher', accusing.id)).body['personId']
  const reveal = { fields: ['phone'], reason: '核对欧阳审计的电话' }
  const shown = await desk.call('dispatcher', 'POST', `/api/people/${String(personId)}/reveal`, reveal)
  expect(shown.status).toBe(200)
  const admin = await desk.account(['security-admin'])
  const staff = await desk.account(['callback'])
  const version = { 'if-match': '"1"' }
  const edited = await desk.call(
    admin,
    'PATCH',
    `/api/accounts/${staff.id}`,
    { roles: ['screening'] },
    version,
  )
  expect(edited.status).toBe(200)

  const { items } = await read('limit=100')
  const refused = items.find(({ type }) => type.code === 'account.view-refused')
  expect(refused).toMatchObject({ matterId: accusing.id, actor: { id: desk.staff.liaison.id } })
  expect(items.find(({ type }) => type.code === 'person.revealed')).toMatchObject({
    ...{ subjectId: personId, actor: { id: desk.staff.dispatcher.id }, facts: { fields: ['phone'] } },
  })
  expect(items.find(({ type }) => type.code === 'account.edited')).toMatchObject({
    ...{ subjectId: staff.id, facts: { before: { roles: ['callback'] }, roles: ['screening'] } },
  })
  for (const personal of ['欧阳', caller.phone]) expect(JSON.stringify(items)).not.toContain(personal)

  expect((await read(`accountId=${desk.staff.liaison.id}`)).items).toMatchObject([
    { id: refused?.id },
    { type: { code: 'account.created' } },
  ])
  expect((await read(`matterId=${accusing.id}`)).items).toMatchObject([{ id: refused?.id }])
  expect((await read('to=2020-08-13')).items).toEqual([])
  const paged = [await read('limit=1')]
  while (paged.at(-1)?.next) paged.push(await read(`limit=1&cursor=${paged.at(-1)?.next}`))
  expect(paged.flatMap((each) => each.items.map(({ id }) => id))).toEqual(items.map(({ id }) => id))

  for (const who of ['leader', 'supervisor', 'liaison'] as const)
    expect((await desk.call(who, 'GET', '/api/audit')).status).toBe(403)
})

it('who audits is told of no matter that accuses them or their unit', async () => {
  const named = await desk.account(['audit-admin'], { name: '司马审计' })
  const { id } = await desk.register({ accusedUnitIds: [desk.other] })
  const answer = await desk.call('dispatcher', 'POST', `/api/matters/${id}/accused`, { name: '司马审计' })
  expect(answer.status).toBe(200)
  expect((await desk.open('otherLiaison', id)).status).toBe(404)
  const seen = await read('type=account.view-refused', named)
  expect(seen.items).toMatchObject([{ matterId: null }, {}])
  expect(JSON.stringify(seen)).not.toContain(id)
  expect((await read(`matterId=${id}`, named)).items).toEqual([])
  expect((await read(`matterId=${id}`)).items).toHaveLength(1)
})
