// A sealed stream opens whole under its key and name, and in no other way.
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { opened, sealed } from '../../src/platform/sealed-stream.ts'

const MIB = 1024 * 1024
const HEAD = 40
const key = randomBytes(32)

async function all(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(stream))
}
const seal = (plain: Buffer, name = 'a') => all(sealed([plain], key, name))
const open = (closed: Buffer, name = 'a', by = key) => all(opened([closed], by, name))

describe('a sealed stream', () => {
  const title = Buffer.from('关于小区噪声扰民的投诉')
  const long = Buffer.concat([title, randomBytes(2 * MIB), title])

  test.each([0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB])('of %i bytes comes back', async (length) => {
    const plain = randomBytes(length)
    expect((await open(await seal(plain))).equals(plain)).toBe(true)
  })

  test('comes back however it is handed over, and shows nothing of what it holds', async () => {
    const closed = await seal(long)
    expect(closed.includes(title)).toBe(false)
    const parts = Array.from({ length: Math.ceil(closed.length / 70_001) }, (_, at) =>
      closed.subarray(at * 70_001, (at + 1) * 70_001),
    )
    expect((await all(opened(parts, key, 'a'))).equals(long)).toBe(true)
    expect((await seal(long)).equals(closed)).toBe(false)
  })

  test('is refused by another key, under another name, cut, lengthened, reordered or altered', async () => {
    const closed = await seal(long)
    const piece = (at: number) => closed.subarray(HEAD + at * (MIB + 16), HEAD + (at + 1) * (MIB + 16))
    const altered = (at: number) => {
      const copy = Buffer.from(closed)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy
    }
    const refused = /does not open/
    await expect(open(closed, 'a', randomBytes(32))).rejects.toThrow(refused)
    await expect(open(closed, 'b')).rejects.toThrow(refused)
    for (const length of [0, 7, HEAD, HEAD + 9, HEAD + MIB + 16, HEAD + 2 * (MIB + 16), closed.length - 1])
      await expect(open(closed.subarray(0, length)), `${length} bytes`).rejects.toThrow(refused)
    await expect(open(Buffer.concat([closed, Buffer.from('x')]))).rejects.toThrow(refused)
    const swapped = Buffer.concat([closed.subarray(0, HEAD), piece(1), piece(0), piece(2)])
    await expect(open(swapped)).rejects.toThrow(refused)
    for (const at of [0, 8, HEAD, HEAD + MIB, closed.length - 1])
      await expect(open(altered(at)), `byte ${at}`).rejects.toThrow(refused)
  })
})
