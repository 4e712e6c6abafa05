// A small office's year to write a report of: visits of two years, letters, an order that is late and one that is not.
import { setTimeout } from 'node:timers/promises'
import { openDesk, type Desk } from '../matters/desk.ts'
import { inputs } from '../matters/scenes.ts'

export async function openOfficeYear() {
  const desk = await openDesk()
  const visit = async (day: string, persons: number, level?: string) => {
    const told = { level, listNo: `通报${day}`, competentLevel: 'district' }
    const { status, body } = await desk.call('registrar', 'POST', '/api/visits', {
      ...{ title: '反映拖欠工资', content: '工地拖欠农民工工资。', receivedAt: `${day}T10:00:00+08:00` },
      ...(level === undefined ? {} : { source: 'notified' }),
      visit: { personCount: persons, ...(level === undefined ? {} : told) },
    })
    if (status !== 201) throw new Error(JSON.stringify(body))
    return body
  }
  for (const [day, persons] of [
    ['2019-03-05', 1],
    ['2019-08-13', 5],
    ['2020-03-05', 1],
    ['2020-05-05', 3],
  ] as const)
    await visit(day, persons)
  const crowd = await visit('2020-08-13', 12)
  await visit('2020-08-10', 6, 'city')
  for (const source of ['letter', 'governor'])
    await desk.call('registrar', 'POST', '/api/letters', {
      ...{ source, title: '反映道路积水', content: '雨后道路长期积水。' },
    })
  const order = async () => {
    const { id } = await desk.register({ dispatch: { leadUnitId: desk.township } })
    await desk.does('liaison', id, 'sign')
    return id
  }
  const done = await order()
  await desk.does('liaison', done, 'reply', inputs(desk).reply)
  await desk.does('reviewer', done, 'approve')
  const late = await order()
  return { desk, visit, crowd, done, late }
}

export type OfficeYear = Awaited<ReturnType<typeof openOfficeYear>>

/** A file of a report, as it is downloaded. */
export async function download(desk: Desk, who: Parameters<Desk['cookie']>[0], url: string) {
  const { app } = desk.servers[0] ?? { app: undefined }
  if (app === undefined) throw new Error('no server')
  const headers = { cookie: await desk.cookie(who), 'x-banjian': '1' }
  const ask = () => app.inject({ method: 'GET', url, remoteAddress: '10.8.0.1', headers })
  let response = await ask()
  // A busy machine asks to come again.
  for (let tries = 1; response.statusCode === 503 && tries < 5; tries++) {
    await setTimeout(1000)
    response = await ask()
  }
  return response
}
