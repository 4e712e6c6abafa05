// Proves the figures' rollup against a full recount, or rewrites it: `npm run recount`, `npm run recount -- --rebuild`. Exit code 1 when they differ.
import { compare, rebuild } from '../src/kpi/rollup.ts'
import { systemActor, NIL } from '../src/platform/actor.ts'
import { systemClock } from '../src/platform/clock.ts'
import { record } from '../src/platform/events.ts'
import { readArguments } from './arguments.ts'
import { say, withInstallation } from './installation.ts'

const SHOWN = 20
const { values } = readArguments('Usage: npm run recount [-- --rebuild]', {
  options: { rebuild: { type: 'boolean', default: false } },
})

await withInstallation(async ({ db }) => {
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  if (values.rebuild) {
    await db.bulkTransaction(async (tx) => {
      await rebuild(tx)
      await record(tx, systemActor('recount'), {
        ...{ subject: 'system', subjectId: NIL, type: 'kpi.rebuilt', data: {} },
      })
    })
    say(`✓ 汇总表已由办件重新计算（${seconds()} 秒）。`)
    return
  }
  const found = await db.bulkTransaction((tx) => compare(tx, systemClock.now()))
  for (const { day, unitId, channel, part, rollup, recount } of found.slice(0, SHOWN))
    say(`✗ ${day} ${channel} ${unitId ?? '全区'} ${part}：汇总 ${rollup}，重新计算 ${recount}`)
  if (found.length > SHOWN) say(`……另有 ${found.length - SHOWN} 处`)
  const advice = '请执行 npm run recount -- --rebuild'
  say(
    found.length === 0
      ? `✓ 汇总与重新计算完全一致（${seconds()} 秒）。`
      : `发现 ${found.length} 处不一致，${advice}`,
  )
  if (found.length > 0) process.exitCode = 1
})
