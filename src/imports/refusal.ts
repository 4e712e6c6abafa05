// Why a whole file is turned away: thrown where it is noticed, carried to the parent process as plain data.
import type { ProblemCode } from '../platform/problems.ts'

export type ImportFileCode = Extract<ProblemCode, `import/${string}`>

/** What is wrong with a file. Never holds the content of a cell. */
export interface ImportFileError {
  code: ImportFileCode
  /** For the clerk, in Chinese; without it the title of the code says enough. */
  message?: string
  /** For integrators and logs, in English. */
  detail: string
  sheet?: string
  /** Row number from 1. */
  row?: number
  /** `C12` */
  cell?: string
}

interface Refused extends Error {
  refusal: ImportFileError
}

export function refuse(refusal: ImportFileError): never {
  throw Object.assign(new Error(`${refusal.code}: ${refusal.detail}`), { refusal }) satisfies Refused
}

export function damaged(detail: string, where: Pick<ImportFileError, 'sheet' | 'row' | 'cell'> = {}): never {
  refuse({ code: 'import/damaged', detail, ...where })
}

/** The refusal that an error carries; undefined for any other error. */
export function refusalOf(error: unknown): ImportFileError | undefined {
  return error instanceof Error && 'refusal' in error ? (error as Refused).refusal : undefined
}
