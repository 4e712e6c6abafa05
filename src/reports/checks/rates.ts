// Checks of rates: within their range, in agreement with the counts that are printed beside them, and with each other.
import { rates, single } from '../reading/words.ts'
import type { Finding, Stated } from '../stated.ts'

export function checkRates(figures: readonly Stated[]): Finding[] {
  return [
    ...ranges(figures),
    ...shares(figures),
    ...executions(figures),
    ...growths(figures),
    ...againstCounts(figures),
    ...onTimeAndOverdue(figures),
    ...twice(figures),
  ]
}

const at = (stated: Stated, check: Finding['check'], severity: Finding['severity']) => ({
  ...{ check, severity, place: stated.place },
})

/** Half up, to the decimals that were printed. */
function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round((value + Number.EPSILON) * scale) / scale
}

function ranges(figures: readonly Stated[]): Finding[] {
  return figures
    .filter(({ unit, name, value }) => unit === '%' && /(?:率|满意度)$/.test(name) && value > 100)
    .map((stated) => ({
      ...at(stated, 'RATE_RANGE', 'error'),
      zh: `“${stated.name}”${stated.digits}%超过100%`,
      en: `a rate of ${stated.digits} % is beyond 100 %`,
    }))
}

/** 支出合计A万元，其中：…B万元，占C%: the share of B in the first sum of its sentence. */
function shares(figures: readonly Stated[]): Finding[] {
  return figures.flatMap((share, i) => {
    const part = figures[i - 1]
    if (share.unit !== '%' || share.name !== '占' || part?.unit !== '万元') return []
    const whole = figures.find((each) => each.unit === '万元' && each.place.line === share.place.line)
    if (whole === undefined || whole === part || whole.value === 0 || part.value > whole.value) return []
    const exact = (part.value / whole.value) * 100
    if (rounded(exact, share.decimals) === share.value) return []
    const right = exact.toFixed(share.decimals)
    const truncated = Math.floor(exact * 10 ** share.decimals) / 10 ** share.decimals === share.value
    const near = Math.abs(exact - share.value) < 1.6 / 10 ** share.decimals
    return [
      {
        ...at(share, 'RATE_MATCH', near ? 'warning' : 'error'),
        zh: `${part.digits}万元占${whole.digits}万元的${right}%，所列为${share.digits}%${truncated ? '（截尾而非四舍五入）' : ''}`,
        en: `the share is ${right} %, printed ${share.digits} %${truncated ? ' (cut off, not rounded)' : ''}`,
        proposal: `${right}%`,
      },
    ]
  })
}

/** 预算数A万元，执行数为B万元，完成预算的C%. */
function executions(figures: readonly Stated[]): Finding[] {
  return figures.flatMap((rate, i) => {
    const [budget, executed] = [figures[i - 2], figures[i - 1]]
    if (rate.unit !== '%' || !rate.name.endsWith('完成预算')) return []
    if (budget?.unit !== '万元' || executed?.unit !== '万元' || !budget.name.endsWith('预算数')) return []
    if (!executed.name.startsWith('执行数') || budget.value === 0) return []
    const exact = (executed.value / budget.value) * 100
    if (rounded(exact, rate.decimals) === rate.value) return []
    const right = exact.toFixed(Math.max(2, rate.decimals))
    return [
      {
        ...at(rate, 'RATE_MATCH', 'error'),
        zh: `执行数${executed.digits}万元是预算数${budget.digits}万元的${right}%，所列为${rate.digits}%`,
        en: `executed over budget is ${right} %, printed ${rate.digits} %`,
        proposal: `${right}%`,
      },
    ]
  })
}

/** A万元…增加B万元，增长C%: B over what A was before. Where several stand together (分别), nothing is said. */
function growths(figures: readonly Stated[]): Finding[] {
  return figures.flatMap((increase, i) => {
    if (increase.unit !== '万元' || !increase.name.endsWith('增加') || increase.change === undefined)
      return []
    const now = figures
      .slice(0, i)
      .findLast((each) => each.unit === '万元' && each.place.line === increase.place.line)
    if (now === undefined || now.value <= increase.value) return []
    const exact = (increase.value / (now.value - increase.value)) * 100
    const { percent, decimals } = increase.change
    if (rounded(exact, decimals) === percent) return []
    return [
      {
        ...at(increase, 'RATE_MATCH', 'error'),
        zh: `增加${increase.digits}万元是上年的${exact.toFixed(decimals)}%，所列增长${percent}%`,
        en: `the growth is ${exact.toFixed(decimals)} %, printed ${percent} %`,
      },
    ]
  })
}

/** A rate of which both counts are printed; 及时受理、交办、回复率达100% names one rate for each word. */
function againstCounts(figures: readonly Stated[]): Finding[] {
  return rates.flatMap(({ scope, names, numerator, denominator }) => {
    const count = (of: readonly string[]) =>
      figures.find((each) => each.scope === scope && of.includes(each.name) && !each.goal)
    const [part, whole] = [count(numerator), count(denominator)]
    if (part === undefined || whole === undefined || whole.value === 0) return []
    const exact = (part.value / whole.value) * 100
    return figures.flatMap((rate) => {
      if (rate.scope !== scope || rate.unit !== '%' || rate.goal) return []
      const named = names.find((name) => rate.name === name || rate.name.endsWith(name))
      // 按期回复率 is another metric than 回复率.
      if (
        named === undefined ||
        /按期|及时[^、]*$/.test(rate.name.slice(0, -named.length).split('、').at(-1) ?? '')
      )
        return []
      if (rounded(exact, rate.decimals) === rate.value) return []
      return [
        {
          ...at(rate, 'CONTRADICTION', 'error'),
          zh: `“${rate.name}”${rate.digits}%，而${part.name}${part.digits}${part.unit}、${whole.name}${whole.digits}${whole.unit}（第${whole.place.line}行），应为${exact.toFixed(2)}%`,
          en: `the counts in line ${whole.place.line} give ${exact.toFixed(2)} %, printed ${rate.digits} %`,
          proposal: `${exact.toFixed(2)}%`,
        },
      ]
    })
  })
}

/**
 * 按期回复率, 超期 and 正在办理 of one year agree only where 超期 holds late replies and open overdue ones together; the ranges
 * that follow are said, as a reader takes the three for a contradiction (domain: late L, open overdue O, L + O = 超期).
 */
function onTimeAndOverdue(figures: readonly Stated[]): Finding[] {
  const rate = figures.find(
    ({ scope, name, unit }) => scope === 'hotline' && unit === '%' && name === '按期回复率',
  )
  const beside = (...names: string[]) =>
    figures.find(
      (each) => each.sentence === rate?.sentence && names.includes(each.name) && each.unit === '件',
    )
  const [done, open, overdue] = [beside('已办'), beside('正在办理', '在办'), beside('超期')]
  if (rate === undefined || done === undefined || open === undefined || overdue === undefined) return []
  const half = 0.5 / 10 ** rate.decimals
  // The printed rate, half up: done − late over done within half a unit.
  const least = Math.max(0, Math.ceil(done.value * (1 - (rate.value + half) / 100) + 1e-9))
  const most = Math.floor(done.value * (1 - (rate.value - half) / 100) + 1e-9)
  const late = { from: Math.max(least, overdue.value - open.value), to: Math.min(most, overdue.value) }
  if (late.from > late.to) {
    return [
      {
        ...at(overdue, 'CONTRADICTION', 'error'),
        zh: `按期回复率${rate.digits}%、已办${done.digits}件、在办${open.digits}件与超期${overdue.digits}件不能并存`,
        en: 'on-time rate, replies, open and overdue counts cannot all be true',
      },
    ]
  }
  const simple = rounded((1 - overdue.value / done.value) * 100, rate.decimals)
  if (simple === rate.value) return []
  const [from, to] = [overdue.value - late.to, overdue.value - late.from]
  return [
    {
      ...at(overdue, 'RATE_MATCH', 'warning'),
      zh: `超期${overdue.digits}件与按期回复率${rate.digits}%只有在超期含在办超期时才能并存：已回复超期${late.from}—${late.to}件，在办超期${from}—${to}件（占在办的${Math.round((from / open.value) * 100)}%—${Math.round((to / open.value) * 100)}%），应分别写明`,
      en: `feasible only if overdue counts open matters too: late replies ${late.from}–${late.to}, open overdue ${from}–${to}`,
    },
  ]
}

/** The same metric, or the same headcount, printed with two values. */
function twice(figures: readonly Stated[]): Finding[] {
  const first = new Map<string, Stated>()
  return figures.flatMap((stated) => {
    if (stated.goal || stated.atLeast || !single.test(stated.name)) return []
    if (stated.unit !== '%' && stated.unit !== '人') return []
    const key = `${stated.unit === '%' ? stated.scope : ''} ${stated.name} ${stated.unit}`
    const before = first.get(key)
    if (before === undefined) first.set(key, stated)
    if (before === undefined || before.value === stated.value) return []
    return [
      {
        ...at(stated, 'CONTRADICTION', 'error'),
        zh: `“${stated.name}”在第${before.place.line}行为${before.digits}${before.unit}，此处为${stated.digits}${stated.unit}`,
        en: `printed as ${before.digits} in line ${before.place.line} and as ${stated.digits} here`,
      },
    ]
  })
}
