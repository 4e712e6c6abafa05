// The 64 handling units of the demonstration: townships, streets and departments of 利州区, and two towns dissolved in 2019.

export interface DemoUnit {
  name: string
  shortName: string
  kind: 'township' | 'department'
  regionCode?: string
  validFrom?: string
  /** The first day on which it no longer exists, and the short name of what took over. */
  dissolved?: { on: string; into: string }
}

/** 四川省人民政府 approved on this day: 赤化镇 and 工农镇 dissolved, 万缘街道 set up. */
const REFORM = '2019-12-24'

const street = (shortName: string, regionCode: string, rest: Partial<DemoUnit> = {}): DemoUnit => ({
  name: `利州区${shortName}办事处`,
  shortName,
  kind: 'township',
  regionCode,
  ...rest,
})
const town = (shortName: string, regionCode: string, rest: Partial<DemoUnit> = {}): DemoUnit => ({
  name: `利州区${shortName}人民政府`,
  shortName,
  kind: 'township',
  regionCode,
  ...rest,
})

export const townships: readonly DemoUnit[] = [
  street('东坝街道', '510802001'),
  street('嘉陵街道', '510802002'),
  street('河西街道', '510802003'),
  street('雪峰街道', '510802004'),
  street('南河街道', '510802005'),
  street('上西街道', '510802006'),
  street('万缘街道', '510802011', { validFrom: REFORM }),
  town('荣山镇', '510802100'),
  town('大石镇', '510802101'),
  town('盘龙镇', '510802102'),
  town('宝轮镇', '510802103'),
  town('三堆镇', '510802105'),
  town('白朝乡', '510802200'),
  town('金洞乡', '510802201'),
  town('龙潭乡', '510802202'),
]

export const dissolvedTowns: readonly DemoUnit[] = [
  town('赤化镇', '510802104', { dissolved: { on: REFORM, into: '宝轮镇' } }),
  town('工农镇', '510802106', { dissolved: { on: REFORM, into: '嘉陵街道' } }),
]

const department = ([shortName, name]: readonly [string, string]): DemoUnit => ({
  name,
  shortName,
  kind: 'department',
})

export const departments: readonly DemoUnit[] = (
  [
    ['区纪委监委', '利州区纪委监委机关'],
    ['区委组织部', '中共利州区委组织部'],
    ['区委宣传部', '中共利州区委宣传部'],
    ['区委统战部', '中共利州区委统战部'],
    ['区委政法委', '中共利州区委政法委员会'],
    ['区委编办', '中共利州区委机构编制委员会办公室'],
    ['区政府办公室', '利州区人民政府办公室'],
    ['区发展改革局', '利州区发展和改革局'],
    ['区经科局', '利州区经济信息化和科学技术局'],
    ['区教育局', '利州区教育局'],
    ['区民政局', '利州区民政局'],
    ['区司法局', '利州区司法局'],
    ['区财政局', '利州区财政局'],
    ['区人社局', '利州区人力资源和社会保障局'],
    ['区自然资源分局', '广元市自然资源局利州区分局'],
    ['区生态环境局', '广元市利州生态环境局'],
    ['区住建局', '利州区住房和城乡建设局'],
    ['区交通运输局', '利州区交通运输局'],
    ['区水利局', '利州区水利局'],
    ['区农业农村局', '利州区农业农村局'],
    ['区商务经合局', '利州区商务和经济合作局'],
    ['区文旅体局', '利州区文化旅游和体育局'],
    ['区卫生健康局', '利州区卫生健康局'],
    ['区退役军人局', '利州区退役军人事务局'],
    ['区应急管理局', '利州区应急管理局'],
    ['区审计局', '利州区审计局'],
    ['区国资局', '利州区国有资产监督管理局'],
    ['区市场监管局', '利州区市场监督管理局'],
    ['区统计局', '利州区统计局'],
    ['区医保局', '利州区医疗保障局'],
    ['区扶贫开发局', '利州区扶贫开发局'],
    ['区林业局', '利州区林业局'],
    ['区综合执法局', '利州区综合行政执法局'],
    ['区行政审批局', '利州区行政审批局'],
    ['区房屋征收中心', '利州区房屋征收中心'],
    ['区环卫处', '利州区环境卫生管理处'],
    ['区疾控中心', '利州区疾病预防控制中心'],
    ['区就业局', '利州区就业服务管理局'],
    ['区社保局', '利州区社会保险事业管理局'],
    ['公安利州分局', '广元市公安局利州区分局'],
    ['交警直属一大队', '广元市公安局交通警察支队直属一大队'],
    ['区消防救援大队', '利州区消防救援大队'],
    ['区税务局', '国家税务总局广元市利州区税务局'],
    ['区供销社', '利州区供销合作社联合社'],
    ['区总工会', '利州区总工会'],
    ['团区委', '共青团广元市利州区委员会'],
    ['区妇联', '利州区妇女联合会'],
    ['区残联', '利州区残疾人联合会'],
    ['区三江办', '利州区三江新区建设办公室'],
  ] as const
).map(department)

/** Those that exist at the end of 2020. */
export const handlingUnits: readonly DemoUnit[] = [...townships, ...departments]
