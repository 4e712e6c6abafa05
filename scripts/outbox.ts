// Shows what must still follow events, and takes up again what was given up: `npm run outbox [-- revive [job]]`.
import { outboxState, reviveOutbox } from '../src/platform/outbox.ts'
import { say, withInstallation } from './installation.ts'

const [command, job] = process.argv.slice(2)

await withInstallation(async ({ db }) => {
  if (command === 'revive') say(`重新办理 ${await reviveOutbox(db, job)} 项。`)
  const rows = await outboxState(db)
  for (const { job: name, waiting, dead, oldest, lastError } of rows) {
    say(
      `${name}  待办 ${waiting}，最早 ${oldest ?? '无'}；已放弃 ${dead}${lastError === null ? '' : `；最近的错误：${lastError}`}`,
    )
  }
  if (rows.length === 0) say('没有待办的后台事项。')
})
