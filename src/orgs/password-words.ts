// Words and keyboard walks that people build passwords from; lower case.

const words = {
  world: `
    password passwd passw0rd pass welcome admin administrator root user guest test login master
    secret letmein hello iloveyou love monkey dragon football baseball sunshine princess superman
    batman shadow michael charlie trustno freedom whatever computer internet system server manager
    default changeme change temp demo oracle summer winter spring autumn monday friday january
    december china beijing shanghai`,
  walks: `
    qwertyuiop qwerty qwert qwer asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsx qazwsxedc 1qaz2wsx
    1qaz 2wsx 3edc 1q2w3e4r 1q2w3e q1w2e3r4 qweasd zaq12wsx zaq1 poiuytrewq lkjhgfdsa mnbvcxz !qaz
    @wsx abcdef abcd abc aabbcc a1b2c3d4 a1b2c3`,
  digits: `
    1234567890 123456789 12345678 1234567 123456 12345 1234 123 0987654321 987654321 87654321 654321
    54321 4321 112233 123123 123321 147258369 147258 159357 789456123 5201314 520520 1314520 520
    1314 666 888 168 110 119 120 10086 12306`,
  years: `
    1949 1978 1980 1985 1988 1989 1990 1999 2000 2008 2018 2019 2020 2021 2022 2023 2024 2025 2026
    2027 2028 2029 2030`,
  pinyin: `
    woaini woaiwojia aini nihao mima zhongguo guanliyuan guanli ceshi xitong yonghu wangluo diannao
    tiankong xiaoming zhangsan lisi wangwu laoshi renmin fuwu jiayou`,
  place: `
    banjian xinfang xinfangju qunzhong qungong qungongju qzgzj rexian shouli zhengfu guangyuan
    lizhou lizhouqu sichuan chengdu hotline petition 510802 510800 0839 信访 群众 办件 热线 密码 管理员 利州 广元 四川
    中国`,
}

/** Taken out of a password before its length counts (`password-rules.ts`). */
export const commonWords: readonly string[] = Object.values(words).flatMap((text) => text.trim().split(/\s+/))
