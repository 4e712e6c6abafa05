// What the petitions of the demonstration are about: made up, and about nobody.
export const petitionSubjects = [
  { title: '反映征地补偿标准', content: '对征地补偿标准有异议,请求依法处理。', topic: 'land' },
  { title: '反映拖欠农民工工资', content: '工程完工后工资一直未结清,请求督促支付。', topic: 'labour' },
  { title: '反映小区物业服务', content: '物业服务不到位,公共设施长期无人维修。', topic: 'housing' },
  { title: '反映道路积水', content: '雨后道路长期积水,影响群众出行。', topic: 'urban' },
  { title: '反映夜间施工噪声', content: '夜间施工噪声严重影响休息。', topic: 'environment' },
  { title: '反映低保待遇', content: '家庭困难,对低保审核结果有疑问。', topic: 'welfare' },
  { title: '反映学位安排', content: '希望就近安排子女入学。', topic: 'education' },
  { title: '反映农村饮水', content: '村里饮水管网老化,经常停水。', topic: 'utilities' },
  { title: '反映投资理财兑付', content: '投资款项到期未能兑付,请求协调处理。', topic: 'market' },
  { title: '反映林地权属', content: '林地界线不清,与邻村有争议。', topic: 'agriculture' },
] as const
