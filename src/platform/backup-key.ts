// The key that seals backups: read from a file of its own, never made by the service; its mark, its seals, its signature.
import { createHmac, hkdfSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Step } from './file-copies.ts'
import { isExposed } from './master-key.ts'
import { opened, sealed } from './sealed-stream.ts'

export interface BackupKey {
  /** Tells keys apart and says nothing of them. */
  fingerprint: string
  /** What is sealed under one name opens under no other. */
  seals(name: string): Step
  opens(name: string): Step
  sign(text: string): string
}

const LINE = /^[A-Za-z0-9+/]{43}=$/

/** Undefined where no file is named. The errors name the file, never the key. */
export function readBackupKey(path: string | undefined): BackupKey | undefined {
  if (path === undefined) return undefined
  if (!existsSync(path)) throw new Error(`备份密钥文件 ${path} 不存在（BACKUP_KEY_FILE）`)
  if (isExposed(path)) throw new Error(`备份密钥文件 ${path} 他人可读：请设为仅属主可读（0400）`)
  const text = readFileSync(path, 'utf8').trim()
  if (!LINE.test(text)) throw new Error(`备份密钥文件 ${path} 应只有一行：32字节的base64`)
  return backupKey(Buffer.from(text, 'base64'))
}

function backupKey(key: Buffer): BackupKey {
  // No two uses share a key.
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `banjian backup ${use} 1`, 32))
  const [streams, signing] = [keyFor('streams'), keyFor('manifest')]
  return {
    fingerprint: keyFor('fingerprint').toString('hex').slice(0, 16),
    seals: (name) => (bytes) => sealed(bytes, streams, name),
    opens: (name) => (bytes) => opened(bytes, streams, name),
    sign: (text) => createHmac('sha256', signing).update(text).digest('hex'),
  }
}
