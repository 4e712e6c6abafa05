// Reads the arguments of a command: `--help` prints how it is used, and so does what it does not know.
import { parseArgs, type ParseArgsConfig } from 'node:util'

/** Ends the process with 0 for `--help`, with 2 for an argument that is none. */
export function readArguments<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (error) {
    return misused(usage, error instanceof Error ? error.message : '')
  }
}

export function misused(usage: string, why = ''): never {
  process.stderr.write(`${why === '' ? '' : `${why}\n`}${usage}\n`)
  process.exit(2)
}
