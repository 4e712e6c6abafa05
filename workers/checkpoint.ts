// Every day: seals the history, and copies the seal to where the configuration says.
import { exportCheckpoints } from '../src/platform/checkpoint-files.ts'
import { takeCheckpoint } from '../src/platform/checkpoint.ts'
import type { Job } from './job.ts'

export const checkpoint: Job = async (deps) => {
  await takeCheckpoint(deps)
  const { CHECKPOINT_DIR } = deps.config
  if (CHECKPOINT_DIR !== undefined) await exportCheckpoints(deps.db, deps.vault, CHECKPOINT_DIR)
}
