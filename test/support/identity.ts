// Makes up people: names, phones and ID numbers that pass every check and belong to nobody.
import { idNoCheckDigit } from '../../src/people/id-number.ts'

/** Numbers from 0 up to 1, the same for the same seed. */
export type Rng = () => number

/** mulberry32. */
export function seeded(seed: number): Rng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function oneOf<T>(rng: Rng, items: readonly [T, ...T[]]): T {
  return items[Math.floor(rng() * items.length)] ?? items[0]
}

const digits = (value: number, length: number) => String(value).padStart(length, '0')
const between = (rng: Rng, from: number, to: number) => from + Math.floor(rng() * (to - from + 1))

/** A valid citizen's ID number. Unless told, the birth lies 1880–1899: no living person can bear it. */
export function generateIdNo(
  rng: Rng,
  {
    region = '510802',
    bornFrom = 1880,
    bornTo = 1899,
  }: { region?: string; bornFrom?: number; bornTo?: number } = {},
): string {
  const birth = `${between(rng, bornFrom, bornTo)}${digits(between(rng, 1, 12), 2)}${digits(between(rng, 1, 28), 2)}`
  const first17 = `${region}${birth}${digits(between(rng, 1, 999), 3)}`
  return first17 + idNoCheckDigit(first17)
}

/** A mobile number of the 154 range, which is allotted to no operator. */
export function generatePhone(rng: Rng): string {
  return `154${digits(between(rng, 0, 99_999_999), 8)}`
}

type Some = [string, ...string[]]
const SURNAMES = Array.from('王李张刘陈杨何罗唐赵周吴徐孙马朱胡郭林高梁郑谢宋邓韩冯曹彭曾') as Some
const GIVEN = Array.from(
  '小建晓文国秀志玉明华芳军兰平梅强红勇丽静伟敏涛艳杰娟霞刚桂英春海燕玲鹏超波辉斌宁云凤洁琴健林雪荣俊峰',
) as Some

/** A name of two or three characters, now and then with a compound surname or a middle dot. */
export function generateName(rng: Rng): string {
  const kind = rng()
  if (kind < 0.02) return `${oneOf(rng, ['阿依', '扎西', '吉克'])}·${oneOf(rng, ['古丽', '次仁', '阿木'])}`
  const surname = oneOf(rng, kind < 0.05 ? ['欧阳', '司马', '上官'] : SURNAMES)
  const second = rng() < 0.7 ? oneOf(rng, GIVEN) : ''
  return surname + second + oneOf(rng, GIVEN)
}

/** An address in 利州区, or wherever told, with a house number that must never be seen. */
export function generateAddress(rng: Rng, district = '四川省广元市利州区'): string {
  const town = oneOf(rng, ['东坝街道', '嘉陵街道', '上西街道', '荣山镇', '宝轮镇', '白朝乡'])
  const road = oneOf(rng, ['兴安路', '利州东路', '则天路', '滨河路'])
  return `${district}${town}${road}${between(rng, 1, 300)}号${between(rng, 1, 6)}单元${between(rng, 1, 9)}0${between(rng, 1, 4)}室`
}
