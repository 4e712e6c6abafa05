// The page on which a citizen follows an own matter: plain HTML in Chinese, without a script, readable on any phone.
import { dayOf } from '../platform/clock.ts'
import { escapeHtml } from '../platform/pages.ts'
import type { PublicView, Question } from './public-query.ts'
import { ratings } from './terms.ts'

const STYLE = `
  body { font: 18px/1.7 system-ui, sans-serif; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
  h1 { font-size: 1.5rem; margin-bottom: .2em } h2 { font-size: 1.15rem; margin: 1.4em 0 .4em }
  label { display: block; margin: .8em 0 .2em } input[type=text] { font: inherit; width: 100%; box-sizing: border-box; padding: .5em }
  button { font: inherit; margin-top: 1em; padding: .5em 1.6em; color: #fff; background: #0b57a4; border: 0; border-radius: 4px }
  fieldset { border: 1px solid #767676; margin: 1em 0 } fieldset label { display: inline-block; margin: .2em 1.2em .2em 0 }
  .told { border-left: 4px solid #b00020; padding: .3em .8em; background: #fdf0f1 } .good { border-color: #1b6e2d; background: #eef7f0 }
  dt { color: #555 } dd { margin: 0 0 .5em } .reply { white-space: pre-wrap; background: #f4f4f4; padding: .8em } .small { font-size: .9rem; color: #555 }
`

function page(office: string, body: string): string {
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>办理情况查询 · ${escapeHtml(office)}</title>
<style>${STYLE}</style>
<main>
<h1>办理情况查询</h1>
<p class="small">${escapeHtml(office)}</p>
${body}
</main>
</html>
`
}

/** The empty form, with what is to be said above it. */
export function askPage(office: string, told?: string): string {
  const message = told === undefined ? '' : `<p class="told" role="alert">${escapeHtml(told)}</p>`
  return page(
    office,
    `${message}
<form method="post" action="/query" autocomplete="off">
<label for="code">查询码（登记时告知的12位字母和数字）</label>
<input type="text" id="code" name="code" required maxlength="40" autocapitalize="characters" spellcheck="false">
<label for="tail">登记的手机号后四位（未留电话的，填身份证号后四位）</label>
<input type="text" id="tail" name="tail" required maxlength="8" inputmode="text">
<button type="submit">查询</button>
</form>
<p class="small">查询码遗失的，请持身份证件到登记窗口补领。连续五次输错，该查询码暂停查询三十分钟。</p>`,
  )
}

/** What the pair opened; with a form to rate by where that is open. */
export function answerPage(
  office: string,
  { code, tail }: Question,
  view: PublicView,
  told?: string,
): string {
  const thanks = told === undefined ? '' : `<p class="told good" role="status">${escapeHtml(told)}</p>`
  const dates = view.dates.map(
    ({ label, at }) =>
      `<dt>${label}</dt><dd>${label === '承诺办结期限' ? dayOf(at) : `${dayOf(at)} ${at.slice(11, 16)}`}</dd>`,
  )
  const reply = view.reply === null ? '' : `<h2>答复</h2><div class="reply">${escapeHtml(view.reply)}</div>`
  const rated = view.rating === null ? '' : `<p>您的评价：<strong>${view.rating}</strong></p>`
  return page(
    office,
    `${thanks}
<h2>${view.state}</h2>
<p>编号 ${escapeHtml(view.no)}</p>
<dl>${dates.join('')}</dl>
${reply}
${rated}
${view.rate === undefined ? '' : ratingForm(code, tail)}
<p><a href="/query">返回查询</a></p>`,
  )
}

function ratingForm(code: string, tail: string): string {
  const choices = Object.entries(ratings).map(
    ([key, label]) => `<label><input type="radio" name="rating" value="${key}" required> ${label}</label>`,
  )
  return `<h2>请您评价</h2>
<form method="post" action="/query/rating" autocomplete="off">
<input type="hidden" name="code" value="${escapeHtml(code)}">
<input type="hidden" name="tail" value="${escapeHtml(tail)}">
<fieldset><legend>对办理结果是否满意</legend>${choices.join('')}</fieldset>
<fieldset><legend>问题是否解决</legend>
<label><input type="radio" name="resolved" value="yes"> 已解决</label>
<label><input type="radio" name="resolved" value="no"> 未解决</label></fieldset>
<p class="small">只能评价一次，提交后不能修改。</p>
<button type="submit">提交评价</button>
</form>`
}
