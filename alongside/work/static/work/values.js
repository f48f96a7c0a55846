// What entries hold, read from what people type and put into words: days, minutes, amounts of money. Every word comes
// from the page, and so does how many digits the money of a currency has.

const DAY = 86400000
const language = document.documentElement.lang || 'en'
const plural = new Intl.PluralRules(language)
const source = document.getElementById('words')
const words = source ? JSON.parse(source.textContent) : {}

/** What the page has under `key`, such as the labels of codes. */
export const wordsOf = (key) => words[key] || {}

/** The page's words for `key`; a pair is chosen from by `values.n`. */
export function t(key, values = {}) {
  const found = words[key]
  const text = Array.isArray(found) ? found[plural.select(values.n) === 'one' ? 0 : 1] : found || ''
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

// --- days ----------------------------------------------------------------------------------------------------------

export function isoDay(date) {
  const two = (n) => String(n).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function asDate(iso) {
  const [year, month, day] = iso.split('-').map(Number)
  const date = new Date(2000, month - 1, day, 12)
  date.setFullYear(year, month - 1, day) // to the constructor, the years before 100 are some of the last century
  return date
}

/** The ISO day before `iso`. */
export function dayBefore(iso) {
  const day = asDate(iso)
  day.setDate(day.getDate() - 1)
  return isoDay(day)
}

/** Whole days from one ISO day to another. */
export function daysBetween(from, to) {
  return Math.round((asDate(to) - asDate(from)) / DAY)
}

export function dayInWords(iso) {
  const sameYear = iso.slice(0, 4) === isoDay(new Date()).slice(0, 4)
  const options = { weekday: 'short', day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }
  return new Intl.DateTimeFormat(language, options).format(asDate(iso))
}

/** "March 2026" of "2026-03". */
export function monthInWords(month) {
  return new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric' }).format(asDate(month + '-01'))
}

export function partOf(date) {
  const hour = date.getHours()
  return hour < 5 || hour >= 22 ? 'night' : hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening'
}

/** "this morning", "yesterday", "3 Nov". */
export function sinceInWords(iso) {
  const then = new Date(iso)
  const days = daysBetween(isoDay(then), isoDay(new Date()))
  if (days === 0) return t('since_' + partOf(then))
  if (days === 1) return t('since_yesterday')
  const options = { day: 'numeric', month: 'short', ...(days < 0 || days > 300 ? { year: 'numeric' } : {}) }
  return new Intl.DateTimeFormat(language, options).format(then)
}

// --- amounts ---------------------------------------------------------------------------------------------------------

// "JPY0 KWD3 ...": what the server knows of ISO 4217, since browsers know how people round in a shop, each another way.
const listed = document.querySelector('[data-digits]')
const exponents = new Map(listed ? listed.dataset.digits.split(' ').map((one) => [one.slice(0, 3), Number(one.slice(3))]) : [])

function digits(currency) {
  return exponents.has(currency) ? exponents.get(currency) : 2
}

/** Minor units of what was typed, or null: the same rule as kit.money.read. */
export function readAmount(text, currency) {
  const match = /^(\d+)(?:[.,](\d+))?$/.exec(text.replace(/\s/g, ''))
  if (!match || !currency) return null
  const places = digits(currency)
  const part = match[2] || ''
  if (part.length > places) return null
  const minor = Number(match[1] + part.padEnd(places, '0'))
  return minor > 0 && minor <= 1e9 ? minor : null
}

/** The amount as a form field holds it: the same as kit.money.plain. */
export function plainAmount(minor, currency) {
  return (minor / 10 ** digits(currency)).toFixed(digits(currency))
}

export function amountInWords(minor, currency) {
  const places = digits(currency)
  const options = { style: 'currency', currency, minimumFractionDigits: places, maximumFractionDigits: places }
  return new Intl.NumberFormat(language, options).format(minor / 10 ** places)
}

export function minutesInWords(minutes) {
  if (minutes >= 60 && minutes % 60 === 0) return t('hours', { n: minutes / 60 })
  return t('minutes', { n: minutes })
}

/** Whether the form says that something was spent. */
const hasSpent = (form) => Array.from(form.querySelectorAll('[name^=expense_]')).some((input) => input.value)

/** Money follows the `group` that work is for, as long as nothing was spent by the form. What somebody chooses then stays. */
export function followMoney(form, group) {
  const { currency } = form.elements
  if (!group || !currency || form.dataset.moneyOf === group.id) return
  if (hasSpent(form)) return
  form.dataset.moneyOf = group.id
  if (Array.from(currency.options).some((option) => option.value === group.currency)) currency.value = group.currency
}

/** Also what is no choice of this page. */
export function chooseMoney({ elements }, code) {
  const { currency } = elements
  if (!Array.from(currency.options).some((option) => option.value === code)) currency.append(new Option(code, code))
  currency.value = code
}

/** The money that can be chosen is `codes`. What something was spent in by now stays; else money follows the group anew. */
export function offerMoney(form, codes) {
  const { currency } = form.elements
  const before = currency.value
  currency.replaceChildren(...codes.map((code) => new Option(code, code)))
  if (before && hasSpent(form)) chooseMoney(form, before)
  else delete form.dataset.moneyOf
}

/** The server's errors by the API's names, as errors by the form's. */
export function byField(errors) {
  const where = { group: 'for', role: 'for', day: 'day', extra: 'extra_prep', expenses: 'expense_travel', supplies: 'supplies_syringes' }
  return Object.entries(errors).reduce((out, [name, text]) => ({ ...out, [where[name] || name]: text }), {})
}

/** Whether a control is one of those that are ticked. */
export const isChoice = ({ type }) => type === 'checkbox' || type === 'radio'

/** Whether somebody changed a control of a form since the page came. */
export function isChanged(input) {
  if (isChoice(input)) return input.checked !== input.defaultChecked
  return input.type !== 'hidden' && 'defaultValue' in input && input.value !== input.defaultValue
}

/** Whether a control says anything. */
export function isFilled(input) {
  return isChoice(input) ? input.checked : input.value !== ''
}

/** Under which name the phone's store keeps what was typed and not saved: see begun.js. */
export const BEGUN = 'begun'

const UNSAID = ['hidden', 'submit', 'button', 'file', 'fieldset']

/** What a form keeps: not what a group has to be told first, which is said anew. */
const controls = (form) => Array.from(form.elements).filter((one) => one.name && one.name !== 'told' && !UNSAID.includes(one.type))

/** What was typed and ticked in a form, pairs of name and value. */
export const typedInto = (form) => controls(form).filter(isFilled).map(({ name, value }) => [name, value])

/** Type and tick it again, in the controls that `takes` picks. What is no choice any more, since a group was left, is not chosen. */
export function typeInto(form, values, takes = () => true) {
  for (const one of controls(form).filter(takes)) {
    const found = values.filter(([name]) => name === one.name).map(([, value]) => value)
    if (isChoice(one)) one.checked = found.includes(one.value)
    else if (one.tagName !== 'SELECT') one.value = found[0] || ''
  }
  const money = values.find(([name]) => name === 'currency')
  if (money && values.some(([name]) => name.startsWith('expense_'))) chooseMoney(form, money[1])
}
