// Names, phones, identity numbers and addresses: one form, right checks, and masks that hide what they must.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkIdNo, checkUscc, idNoCheckDigit, normaliseIdNo } from '../../src/people/id-number.ts'
import {
  maskAddress,
  maskBank,
  maskEmail,
  maskIdNo,
  maskName,
  maskPhone,
  townshipOf,
  type IdMask,
} from '../../src/people/masks.ts'
import {
  checkName,
  checkPhone,
  normaliseAddress,
  normaliseName,
  normalisePhone,
  phoneKey,
} from '../../src/people/rules.ts'
import { generateAddress, generateIdNo, generateName, generatePhone, seeded } from '../support/identity.ts'

const oneCharacterOf = (characters: string) => fc.constantFrom(...Array.from(characters))
const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: oneCharacterOf('0123456789+-()（）转# \u3000\u00a0８６+x×XХ.·・\u200b王') }),
)
const codes = (check: { ok: boolean; code?: string; warnings?: { code: string }[] }) =>
  check.ok ? (check.warnings?.map((w) => w.code) ?? []) : check.code

describe('one form', () => {
  test.each([
    ['name', normaliseName],
    ['phone', normalisePhone],
    ['ID number', normaliseIdNo],
    ['address', normaliseAddress],
  ])('normalising a %s twice is normalising it once', (_what, normalise) => {
    fc.assert(
      fc.property(anything, (text) => normalise(normalise(text)) === normalise(text)),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['name', normaliseName, /^[\u4e00-\u9fffA-Za-z0-9]{1,20}$/],
    ['phone', normalisePhone, /^1[3-9][0-9]{9}$/],
    ['address', normaliseAddress, /^[\u4e00-\u9fffA-Za-z0-9]{1,20}$/],
  ])(
    'a %s of common characters has no other form, written alone or with spaces',
    (_what, normalise, common) => {
      fc.assert(
        fc.property(fc.stringMatching(common), (text) => {
          expect([normalise(text), normalise(` ${text}\u00a0`)]).toEqual([text, text])
        }),
        { numRuns: 2000 },
      )
    },
  )

  test.each([
    ['154 1234 5678', '15412345678'],
    ['154-1234-5678', '15412345678'],
    ['１５４１２３４５６７８', '15412345678'],
    ['154\u00a01234\u200b5678', '15412345678'],
    ['+86 154 1234 5678', '15412345678'],
    ['8615412345678', '15412345678'],
    ['0086-15412345678', '15412345678'],
    ['015412345678', '15412345678'],
    ['(0839)3265432', '08393265432'],
    ['０８３９－３２６５４３２', '08393265432'],
    ['+86 839 3265432', '08393265432'],
    ['86 0839 3265432', '08393265432'],
    ['0086 10 65432100', '01065432100'],
    ['0839-3265432-801', '08393265432转801'],
    ['0839-3265432 转 801', '08393265432转801'],
    ['0839-3265432分机801', '08393265432转801'],
    ['+86 400-812-3456', '4008123456'],
    ['00852 2345 6789', '+85223456789'],
  ])('phone %s', (written, form) => expect(normalisePhone(written)).toBe(form))

  test('an extension does not make it another phone', () => {
    expect(phoneKey('08393265432转801')).toBe('08393265432')
  })

  test.each([
    ['张 三', '张三'],
    ['\u3000王\u3000小明 ', '王小明'],
    ['买买提•吐尔逊', '买买提·吐尔逊'],
    ['买买提・吐尔逊', '买买提·吐尔逊'],
    ['买买提.吐尔逊', '买买提·吐尔逊'],
    ['买买提 · 吐尔逊', '买买提·吐尔逊'],
    ['葛\u{e0101}城', '葛城'],
    ['王\u200b小\u202e明', '王小明'],
    ['Ｊｏｈｎ   Smith', 'John Smith'],
    ['𠮷野', '𠮷野'],
  ])('name %s', (written, form) => expect(normaliseName(written)).toBe(form))

  test('ID numbers lose spaces and gain a capital X', () => {
    for (const written of [
      '11010519491231002x',
      '110105 19491231 002×',
      '１１０１０５１９４９１２３１００２Ｘ',
    ]) {
      expect(normaliseIdNo(written)).toBe('11010519491231002X')
    }
  })
})

describe('ID numbers', () => {
  test('the specimen number is read', () => {
    expect(checkIdNo('11010519491231002x')).toEqual({
      ok: true,
      idNo: '11010519491231002X',
      birthDate: '1949-12-31',
      sex: 'female',
      region6: '110105',
      warnings: [],
    })
  })

  test('every generated number passes; one wrong digit never does', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(17), fc.integer({ min: 1, max: 9 }), (seed, at, step) => {
        const idNo = generateIdNo(seeded(seed))
        expect(codes(checkIdNo(idNo))).toEqual([])
        const old = idNo.charAt(at) === 'X' ? 10 : Number(idNo.charAt(at))
        const wrong = idNo.slice(0, at) + String((old + step) % 10) + idNo.slice(at + 1)
        if (wrong !== idNo) expect(checkIdNo(wrong).ok).toBe(false)
      }),
    )
  })

  test('two neighbours swapped are noticed', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(16), (seed, at) => {
        const idNo = generateIdNo(seeded(seed))
        const swapped = idNo.slice(0, at) + idNo.charAt(at + 1) + idNo.charAt(at) + idNo.slice(at + 2)
        if (swapped !== idNo) expect(checkIdNo(swapped).ok).toBe(false)
      }),
    )
  })

  const withBirth = (birth: string, region = '510802') =>
    `${region}${birth}001${idNoCheckDigit(`${region}${birth}001`)}`

  test.each(['18990229', '18980431', '18981301', '18980001', '18980100', '17990101', '21010101'])(
    'the birth date %s does not exist',
    (birth) => expect(codes(checkIdNo(withBirth(birth)))).toBe('id-no/date'),
  )

  test('29 February counts in leap years, and nobody is born after the day that is asked about', () => {
    expect(checkIdNo(withBirth('18960229')).ok).toBe(true)
    expect(codes(checkIdNo(withBirth('19000229')))).toBe('id-no/date')
    expect(checkIdNo(withBirth('20200814'), { asOf: '2020-08-14' }).ok).toBe(true)
    expect(codes(checkIdNo(withBirth('20200815'), { asOf: '2020-08-14' }))).toBe('id-no/date')
  })

  test.each([
    ['', 'id-no/length'],
    ['51080218980101001', 'id-no/length'],
    ['5108021898010100123', 'id-no/length'],
    ['51080218980X010012', 'id-no/characters'],
    ['护照E12345678', 'id-no/characters'],
    ['5.10802E+17', 'id-no/precision-lost'],
    ['5.10802189801010E17', 'id-no/precision-lost'],
    ['510802189801010000', 'id-no/precision-lost'],
    ['110105194912310021', 'id-no/check-digit'],
  ])('%j is refused as %s', (text, code) => expect(codes(checkIdNo(text))).toBe(code))

  test('an unknown region is doubtful and not wrong; residence permits and the old form are known', () => {
    expect(codes(checkIdNo(withBirth('18980101', '990000')))).toEqual([])
    expect(codes(checkIdNo(withBirth('18980101', '160000')))).toEqual(['id-no/region-unknown'])
    expect(codes(checkIdNo(withBirth('18980101', '830000')))).toEqual([])
    expect(codes(checkIdNo(withBirth('18980101', '510899')))).toEqual(['id-no/region-unknown'])
    // Abolished long ago, the cities without counties, and a county younger than the table.
    for (const known of ['510823', '512301', '441900']) {
      expect(codes(checkIdNo(withBirth('18980101', known)))).toEqual([])
    }
    expect(codes(checkIdNo(withBirth('20210801', '330199')))).toEqual([])
    expect(codes(checkIdNo(withBirth('20210801', '339901')))).toEqual(['id-no/region-unknown'])
    expect(checkIdNo('510802800101123')).toMatchObject({
      ok: true,
      birthDate: null,
      sex: null,
      idNo: '510802800101123',
    })
    expect(codes(checkIdNo('510802800101123'))).toEqual(['id-no/legacy'])
  })

  test('what is refused is never repeated in the message', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{5,19}[xX]?$/), (text) => {
        const check = checkIdNo(text)
        if (!check.ok) expect(check.zh).not.toContain(text)
      }),
    )
  })
})

describe('organisation codes', () => {
  test.each(['91350100M000100Y43', '91110000101623741K', ' 91350100m000100y43 '])('%s is right', (text) => {
    expect(codes(checkUscc(text))).toEqual([])
  })
  test('a wrong check character is only doubtful; a wrong form is refused', () => {
    expect(codes(checkUscc('91350100M000100Y44'))).toEqual(['uscc/check-digit'])
    for (const text of ['', '91350100M000100Y4', '91350100M000100Y4O', '91350100I000100Y43']) {
      expect(codes(checkUscc(text))).toBe('uscc/format')
    }
    expect(checkUscc('91350100M000100Y43')).toMatchObject({ region6: '350100' })
  })
})

describe('phones', () => {
  test.each([
    ['154 1234 5678', 'mobile', []],
    ['0839-3265432', 'landline', []],
    ['028-12345678', 'landline', []],
    ['0839-3265432-801', 'landline', []],
    ['3265432', 'landline', ['phone/no-area-code']],
    ['12345', 'service', []],
    ['110', 'service', []],
    ['95588', 'service', []],
    ['400-812-3456', 'service', []],
    ['+852 2345 6789', 'international', ['phone/international']],
  ])('%s is taken', (text, kind, warnings) => {
    expect(checkPhone(text)).toMatchObject({ ok: true, kind })
    expect(codes(checkPhone(text))).toEqual(warnings)
  })

  test.each([
    ['', 'phone/invalid'],
    ['1541234567', 'phone/length'],
    ['154123456789', 'phone/length'],
    ['12412345678', 'phone/invalid'],
    ['0839', 'phone/invalid'],
    ['无', 'phone/invalid'],
    ['15412345678/15412345679', 'phone/invalid'],
    ['1.5412E+10', 'phone/invalid'],
  ])('%j is refused', (text, code) => expect(codes(checkPhone(text))).toBe(code))

  test('generated numbers pass', () => {
    fc.assert(fc.property(fc.integer(), (seed) => checkPhone(generatePhone(seeded(seed))).ok))
  })
})

describe('names', () => {
  test.each(['张三', '𠮷', '欧阳建国', '迪丽热巴·迪力木拉提', 'John Smith', '王女士'])(
    '%s is a name',
    (name) => {
      expect(checkName(name)).toEqual({ ok: true, name })
    },
  )
  test.each(['', ' ', '***', '123', '\u200b', '·'])('%j is none', (name) => {
    expect(codes(checkName(name))).toBe('name/no-letter')
  })
  test('sixty-one characters are too many', () =>
    expect(codes(checkName('王'.repeat(61)))).toBe('name/too-long'))
})

describe('masks', () => {
  test.each([
    ['', ''],
    ['张', '*'],
    ['𠮷', '*'],
    ['张三', '张*'],
    ['𠮷野', '𠮷*'],
    ['王小明', '王*明'],
    ['欧阳娜', '欧*娜'],
    ['欧阳建国', '欧**国'],
    ['王𠮷𠮷明', '王**明'],
    ['买买提·吐尔逊', '买买提·**'],
    ['John Smith', 'J** S**'],
    ["Anne-Marie O'Neil X", 'A** O** **'],
  ])('name %s → %s', (name, mask) => expect(maskName(name)).toBe(mask))

  test.each([
    ['15412345678', '154****5678'],
    ['08393265432', '0839*****32'],
    ['08393265432转801', '0839*****32'],
    ['01065432100', '010******00'],
    ['3265432', '*****32'],
    ['12345', '12345'],
    ['+85223456789', '**********89'],
    ['123456', '******'],
    ['', ''],
  ])('phone %s → %s', (phone, mask) => expect(maskPhone(phone)).toBe(mask))

  test.each<[string, IdMask, string]>([
    ['11010519491231002X', '6+4', '110105********002X'],
    ['11010519491231002X', '4+4', '1101**********002X'],
    ['11010519491231002X', '3+4', '110***********002X'],
    ['11010519491231002X', '1+1', '1****************X'],
    ['11010519491231002X', 'none', '******************'],
    ['510802800101123', '6+4', '510802******123'],
    ['E12345678', '6+4', '*********'],
  ])('ID number %s (%s) → %s', (idNo, mode, mask) => expect(maskIdNo(idNo, mode)).toBe(mask))

  test.each([
    ['四川省广元市利州区东坝街道兴安路88号3单元', '四川省广元市利州区东坝街道***'],
    ['利州区 东坝街道 兴安路', '利州区东坝街道***'],
    ['荣山镇中口村3组', '荣山镇***'],
    ['利州区白朝乡观音村2组', '利州区白朝乡***'],
    ['利州区上西街道办事处则天路', '利州区上西街道办事处***'],
    ['江西省景德镇市珠山区新村街道', '江西省景德镇市珠山区***'],
    ['江苏省镇江市京口区', '江苏省镇江市京口区***'],
    ['河南省新乡市红旗区向阳街道', '河南省新乡市红旗区向阳街道***'],
    ['阿坝藏族羌族自治州汶川县映秀镇', '阿坝藏族羌族自治州汶川县映秀镇***'],
    ['上海市浦东新区陆家嘴街道', '上海市浦东新区陆家嘴街道***'],
    ['利州区兴安小区3栋', '利州区***'],
    ['兴安路88号景德镇瓷器店', '***'],
    ['兴安路镇政府家属区', '***'],
    ['幸福新村镇南路5号', '***'],
    ['兴安小区3栋', '***'],
    ['好又多超市楼上', '***'],
    ['农贸市场旁', '***'],
    ['15412345678 兴安路', '***'],
    ['', ''],
  ])('address %s → %s', (address, mask) => expect(maskAddress(address)).toBe(mask))

  test.each([
    ['zhang.san@example.cn', 'z***@example.cn'],
    ['z@example.cn', '***@example.cn'],
    ['no address', '***'],
    ['', ''],
  ])('e-mail %s → %s', (email, mask) => expect(maskEmail(email)).toBe(mask))

  test.each([
    ['6222 0000 1111 2345', '****2345'],
    ['1234567', '****'],
    ['账号', '****'],
    ['', ''],
  ])('account %s → %s', (account, mask) => expect(maskBank(account)).toBe(mask))

  const han = fc.uniqueArray(oneCharacterOf('赵钱孙李周吴郑王冯陈褚卫𠮷𠀀'), {
    minLength: 2,
    maxLength: 12,
  })

  test('a name keeps at most its two ends, and as many stars as it has other characters', () => {
    fc.assert(
      fc.property(han, (characters) => {
        const mask = Array.from(maskName(characters.join('')))
        const hidden = characters.length === 2 ? characters.slice(1) : characters.slice(1, -1)
        expect(mask.length).toBe(characters.length)
        for (const character of hidden) expect(mask).not.toContain(character)
      }),
    )
  })

  test('no name shows itself whole, whatever it is', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const name = normaliseName(text)
        if (name !== '') expect(maskName(name)).toContain('*')
      }),
    )
  })

  test('the middle of a phone, the birth in an ID number and the house of an address never show', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rng = seeded(seed)
        const phone = generatePhone(rng)
        expect(maskPhone(phone)).not.toContain(phone.slice(3, 7))
        const idNo = generateIdNo(rng)
        for (const mode of ['6+4', '4+4', '3+4', '1+1', 'none'] as const) {
          expect(maskIdNo(idNo, mode)).not.toContain(idNo.slice(6, 14))
          expect(maskIdNo(idNo, mode)).toHaveLength(18)
        }
        const address = generateAddress(rng)
        expect(maskAddress(address)).toMatch(/^四川省广元市利州区[^路号单元室\d]+\*{3}$/)
      }),
    )
  })

  test('whatever is written, a digit or a road before the township hides everything after it', () => {
    const inner = fc.constantFrom('兴安路', '88号', '3单元', '四栋', '则天巷', '12组')
    fc.assert(
      fc.property(inner, fc.string({ unit: oneCharacterOf('张家王镇乡区县市街道') }), (detail, rest) => {
        const township = townshipOf(`利州区${detail}${rest}`)
        expect(township === '利州区' || township === null).toBe(true)
      }),
    )
  })

  test('generated names have something to hide and keep hiding it', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const name = generateName(seeded(seed))
        expect(checkName(name).ok).toBe(true)
        expect(maskName(name)).not.toBe(name)
      }),
    )
  })
})
