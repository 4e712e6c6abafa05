// Writes the city platform's workbooks for many orders into a folder: in a process of its own, whose memory is not the service's.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCalendar } from '../../src/calendar/queries.ts'
import { readConfig } from '../../src/config.ts'
import { openDeps } from '../../src/deps.ts'
import { makeOrders, type DemoOrder } from '../demo/orders.ts'
import { recipes } from '../demo/recipe.ts'
import { workbooksOf } from '../demo/workbooks.ts'

const [url = '', folder = '', orders = ''] = process.argv.slice(2)
const deps = await openDeps(readConfig(process.env), url)
const recipe = recipes.find(({ year }) => year === 2020)
if (recipe === undefined) throw new Error('the demo knows no 2020')
const year = makeOrders(recipe, await readCalendar(deps.db))
await deps.close()
const run = Date.now().toString(36)
// The demo's year again and again, under other numbers.
const many = Array.from({ length: Number(orders) }, (_, i) => {
  const order = year[i % year.length] as DemoOrder
  return { ...order, externalNo: `${run}-${Math.floor(i / year.length)}-${order.externalNo}` }
})
for (const { name, bytes } of await workbooksOf(recipe, many)) {
  await writeFile(join(folder, name), bytes)
  process.stdout.write(`${name}\n`)
}
