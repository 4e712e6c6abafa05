// Matters of perhaps the same person are suggested to a clerk, never joined by themselves, and nobody in confidence shows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateIdNo, generateName, generatePhone, seeded } from '../support/identity.ts'
import { openDesk, type Desk } from './desk.ts'
import { runWaiting } from './waiting.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.close())

const rng = seeded(33)
const somebody = () => ({ name: generateName(rng), phone: generatePhone(rng), idNo: generateIdNo(rng) })
const told = async (caller: object, given: Record<string, unknown> = {}) =>
  (await desk.register({ caller, ...given })).id
const personOf = async (id: string) => (await desk.open('leader', id)).body['personId'] as string

interface Suggested {
  id: string
  personId: string
  callerName: string
  reason: { code: string }
  confirmed: boolean
}
async function suggested(id: string, who: keyof Desk['staff'] = 'registrar') {
  const answer = await desk.call(who, 'GET', `/api/matters/${id}/same-person`)
  expect(answer.status).toBe(200)
  return answer.body['items'] as Suggested[]
}
const because = async (id: string, who?: keyof Desk['staff']) =>
  (await suggested(id, who)).map((item) => [item.id, item.reason.code, item.confirmed])

describe('the same caller', () => {
  it('is suggested by ID number, by either phone, by the whole name: the strongest first', async () => {
    const { name, phone, idNo } = somebody()
    const id = await told({ name, phone, idNo })
    const byId = await told({ name: generateName(rng), idNo })
    const byPhone = await told({
      name: generateName(rng),
      phone: `+86 ${phone.slice(0, 3)} ${phone.slice(3)}`,
    })
    const bySecond = await told({ name: generateName(rng), phone: generatePhone(rng), phone2: phone })
    const byName = await told({ name: ` ${name} `, phone: generatePhone(rng) })
    await told(somebody())
    const found = await because(id)
    expect(found.map(([, reason]) => reason)).toEqual(['idNo', 'phone', 'phone', 'name'])
    expect(new Set(found.map(([matter]) => matter))).toEqual(new Set([byId, byPhone, bySecond, byName]))
    expect(found.every(([, , confirmed]) => confirmed === false)).toBe(true)
  })

  it('is not somebody with another ID number, whatever else they share', async () => {
    const one = somebody()
    const id = await told(one)
    await told({ ...one, idNo: generateIdNo(rng) })
    expect(await because(id)).toEqual([])
  })

  it('on another matter of the same entry is the same beyond doubt', async () => {
    const id = await told(somebody())
    const again = (await desk.register({ personId: await personOf(id) })).id
    expect(await because(id)).toEqual([[again, 'idNo', true]])
  })

  it('is shown masked, to clerks alone, and of what they may see', async () => {
    const one = somebody()
    const id = await told(one, { dispatch: { leadUnitId: desk.township } })
    await told(one, { dispatch: { leadUnitId: desk.other } })
    const items = await suggested(id)
    expect(items).toHaveLength(1)
    const text = JSON.stringify(items)
    for (const secret of Object.values(one)) expect(text).not.toContain(secret)
    for (const who of ['liaison', 'callback'] as const) {
      const refused = await desk.call(who, 'GET', `/api/matters/${id}/same-person`)
      expect(refused.body.code).toBe('access/forbidden')
    }
    const clerk = await desk.account(['registrar'], { unitId: desk.township })
    const own = await desk.call(clerk, 'GET', `/api/matters/${id}/same-person`)
    expect(own.body['items']).toEqual([])
  })
})

describe('whoever asked for confidence', () => {
  it('is never suggested, nor are others to them, though the matter itself is open', async () => {
    const one = somebody()
    const open = await told(one)
    const secret = await told(one, { confidential: true })
    expect(await because(open)).toEqual([])
    expect(await because(secret)).toEqual([])
    const further = (await desk.register({ personId: await personOf(secret) })).id
    expect(await because(further)).toEqual([])
    expect(await because(open)).toEqual([])
  })

  it('asks for it later: by a correction, or by a further matter; from then on nothing of them shows', async () => {
    for (const ask of [
      async (id: string) => {
        const edited = await desk.call(
          'dispatcher',
          'PATCH',
          `/api/matters/${id}`,
          { confidential: true },
          { 'if-match': '"1"' },
        )
        expect(edited.status).toBe(200)
      },
      async (id: string) => void (await desk.register({ personId: await personOf(id), confidential: true })),
    ]) {
      const one = somebody()
      const id = await told(one)
      const other = await told(one)
      const personId = await personOf(id)
      expect(await because(other)).toHaveLength(1)
      await ask(id)
      expect(await because(other)).toEqual([])
      const person = await desk.call('registrar', 'GET', `/api/people/${personId}`)
      expect(person.body).toMatchObject({ name: '保密', phone: '保密', idNo: '保密', confidential: true })
      const reveal = { fields: ['name'], reason: '需要电话联系诉求人' }
      const refused = await desk.call('registrar', 'POST', `/api/people/${personId}/reveal`, reveal)
      expect(refused.status).toBe(403)
      const found = await desk.call('registrar', 'POST', '/api/people/search', {
        by: 'phone',
        text: one.phone,
      })
      expect((found.body['items'] as { id: string }[]).map((item) => item.id)).not.toContain(personId)
      const naming = { accountId: desk.staff.reviewer.id, reason: '需要核实身份' }
      await desk.call('leader', 'POST', `/api/people/${personId}/confidants`, naming)
      const allowed = await desk.call('reviewer', 'POST', `/api/people/${personId}/reveal`, reveal)
      expect(allowed.body['name']).toBe(one.name)
      expect(await desk.events(personId)).toEqual([
        'person.corrected',
        'person.reveal-refused',
        'person.confidant-named',
        'person.revealed',
      ])
    }
  })
})

describe('a clerk decides', () => {
  const links = async (personId: string, status = 'suggested') => {
    const answer = await desk.call(
      'registrar',
      'GET',
      `/api/people/links?personId=${personId}&status=${status}`,
    )
    return answer.body['items'] as { id: string; reason: string; people: { id: string }[] }[]
  }
  async function pair() {
    const one = somebody()
    const [a, b] = [await told(one), await told({ ...one, idNo: undefined })]
    await runWaiting(desk, 'index')
    const people = [await personOf(a), await personOf(b)]
    const [link] = await links(people[0] ?? '')
    return { a, b, people, link: link?.id ?? '' }
  }

  it('that it is: both matters say so, and each entry stays what it was', async () => {
    const { a, b, people, link } = await pair()
    expect(people[0]).not.toBe(people[1])
    expect(await because(a)).toEqual([[b, 'phone', false]])
    expect((await desk.call('registrar', 'POST', `/api/people/links/${link}/confirm`)).status).toBe(200)
    expect([await because(a), await because(b)]).toEqual([[[b, 'phone', true]], [[a, 'phone', true]]])
    expect([await personOf(a), await personOf(b)]).toEqual(people)
    for (const person of people) expect((await desk.events(person)).at(-1)).toBe('person.link-confirmed')
    const twice = await desk.call('registrar', 'POST', `/api/people/links/${link}/reject`)
    expect(twice.body.code).toBe('person/link-decided')
  })

  it('that it is not: they are not suggested to one another again, also when the job repeats', async () => {
    const { a, b, people, link } = await pair()
    expect((await desk.call('registrar', 'POST', `/api/people/links/${link}/reject`)).status).toBe(200)
    await desk.call(
      'dispatcher',
      'PATCH',
      `/api/matters/${a}`,
      { title: '更正后的标题' },
      { 'if-match': '"1"' },
    )
    await runWaiting(desk, 'index')
    expect([await because(a), await because(b)]).toEqual([[], []])
    expect(await links(people[0] ?? '')).toEqual([])
  })

  it('and nobody who may not link', async () => {
    const { link } = await pair()
    for (const who of ['agent', 'dispatcher', 'liaison', 'leader'] as const) {
      const refused = await desk.call(who, 'POST', `/api/people/links/${link}/confirm`)
      expect(refused.body.code).toBe('access/forbidden')
    }
  })
})

describe('whom a clerk knows of', () => {
  const find = async (who: keyof Desk['staff'] | { id: string }, phone: string) => {
    const answer = await desk.call(who, 'POST', '/api/people/search', { by: 'phone', text: phone })
    return (answer.body['items'] as { id: string }[]).map((item) => item.id)
  }

  it('is also somebody just entered who stands on no matter: found, corrected, and put on one', async () => {
    const one = somebody()
    const entered = await desk.call('registrar', 'POST', '/api/people', one)
    expect(entered.status).toBe(201)
    const { id } = entered.body
    expect(await find('registrar', one.phone)).toEqual([id])
    const corrected = await desk.call(
      'registrar',
      'PATCH',
      `/api/people/${id}`,
      { name: generateName(rng) },
      { 'if-match': '"1"' },
    )
    expect(corrected.status).toBe(200)
    expect((await desk.call('registrar', 'POST', '/api/matters', { ...plain, personId: id })).status).toBe(
      201,
    )
    expect(await find('registrar', one.phone)).toEqual([id])
  })
  const plain = { title: '路灯不亮', content: '巷口路灯已坏两周。', category: 'help' }

  it('is nobody of a unit’s staff who stands on none of its matters', async () => {
    const one = somebody()
    const { id } = (await desk.call('registrar', 'POST', '/api/people', one)).body
    const clerk = await desk.account(['registrar'], { unitId: desk.township })
    expect(await find(clerk, one.phone)).toEqual([])
    expect((await desk.call(clerk, 'GET', `/api/people/${id}`)).status).toBe(404)
    expect((await desk.call('liaison', 'GET', `/api/people/${id}`)).status).toBe(404)
    await desk.register({ personId: id, dispatch: { leadUnitId: desk.township } })
    expect(await find(clerk, one.phone)).toEqual([id])
    expect((await desk.call('liaison', 'GET', `/api/people/${id}`)).status).toBe(200)
    expect((await desk.call('otherLiaison', 'GET', `/api/people/${id}`)).status).toBe(404)
  })

  it('is nobody who stands only on what is withheld from the clerk', async () => {
    const one = somebody()
    const clerk = await desk.account(['registrar'])
    const hidden = await desk.register({ caller: one })
    const aside = { accountId: clerk.id, reason: '有直接利害关系' }
    expect((await desk.call('leader', 'POST', `/api/matters/${hidden.id}/recuse`, aside)).status).toBe(200)
    expect((await desk.call(clerk, 'GET', `/api/matters/${hidden.id}`)).status).toBe(404)
    expect(await find(clerk, one.phone)).toEqual([])
    const open = await told({ name: generateName(rng), phone: one.phone })
    expect((await desk.call(clerk, 'GET', `/api/matters/${open}/same-person`)).body['items']).toEqual([])
    expect(await because(open)).toHaveLength(1)
  })

  it('is nobody at all: an id that no person bears cannot be put on a matter', async () => {
    const nobody = await desk.call('registrar', 'POST', '/api/matters', {
      ...plain,
      personId: '0198a3b0-0000-7000-8000-00000000dead',
    })
    expect(nobody.status).toBe(422)
    expect(nobody.body['errors']).toMatchObject([{ pointer: '/body/personId' }])
  })
})
