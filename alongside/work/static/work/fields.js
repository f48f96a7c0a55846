// The form's fields as an entry and back, and an entry in words. Every word comes from the page.

const DAY = 86400000
const MINUTES_MOST = 1440
const NOTE_MOST = 4000
const CLEARED_BY_A_TAP = ['minutes', 'part', 'origin', 'weight']
const language = document.documentElement.lang || 'en'
const plural = new Intl.PluralRules(language)
const source = document.getElementById('words')
const words = source ? JSON.parse(source.textContent) : {}

/** The page's words for `key`; a pair is chosen from by `values.n`. */
export function t(key, values = {}) {
  const found = words[key]
  const text = Array.isArray(found) ? found[plural.select(values.n) === 'one' ? 0 : 1] : found || ''
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'click') node.addEventListener('click', value)
    else if (value === true) node.setAttribute(name, '')
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value)
  }
  node.append(...children.filter((child) => child !== null && child !== undefined))
  return node
}

export function icon(name) {
  const known = document.querySelector('svg.icon use')
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  if (known) use.setAttribute('href', known.getAttribute('href').split('#')[0] + '#' + name)
  svg.append(use)
  return svg
}

// --- days ----------------------------------------------------------------------------------------------------------

export function isoDay(date) {
  const two = (n) => String(n).padStart(2, '0')
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function asDate(iso) {
  const [year, month, day] = iso.split('-').map(Number)
  return new Date(year, month - 1, day, 12)
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

function partOf(date) {
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

function digits(currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits
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

function plainAmount(minor, currency) {
  return (minor / 10 ** digits(currency)).toFixed(digits(currency))
}

function amountInWords(minor, currency) {
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(minor / 10 ** digits(currency))
}

export function minutesInWords(minutes) {
  if (minutes >= 60 && minutes % 60 === 0) return t('hours', { n: minutes / 60 })
  return t('minutes', { n: minutes })
}

// --- the form ----------------------------------------------------------------------------------------------------------

export class Fields {
  constructor(form) {
    this.form = form
    this.groups = []
    this.serverToday = null
    this.steppers()
    form.addEventListener('change', () => this.settle())
    form.addEventListener('click', (event) => this.tapAgain(event))
    this.noteChecked()
    this.settle()
  }

  /** The day it is: the phone's, or the server's when the phone's date is wrong. */
  today() {
    const phone = isoDay(new Date())
    return this.serverToday && Math.abs(daysBetween(phone, this.serverToday)) > 1 ? this.serverToday : phone
  }

  all(name) {
    return Array.from(this.form.querySelectorAll(`[name="${name}"]`))
  }

  chosen(name) {
    const found = this.all(name).find((input) => input.checked)
    return found ? found.value : ''
  }

  choose(name, values) {
    const wanted = [].concat(values).map(String)
    for (const input of this.all(name)) input.checked = wanted.includes(input.value)
  }

  value(name) {
    const input = this.form.elements[name]
    return input ? input.value : ''
  }

  codes(prefix) {
    return Array.from(this.form.elements)
      .map((input) => input.name)
      .filter((name) => name && name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
  }

  steppers() {
    for (const box of this.form.querySelectorAll('.number')) {
      const input = box.querySelector('input')
      const label = this.fieldLabel(input.name)
      const step = Number(box.dataset.step)
      const add = (by) => () => {
        input.value = String(Math.max(0, (parseInt(input.value, 10) || 0) + by))
        input.dispatchEvent(new Event('change', { bubbles: true }))
      }
      box.prepend(make('button', { type: 'button', class: 'second', 'aria-label': `${t('less')}: ${label}`, click: add(-step) }, '\u2212'))
      box.append(make('button', { type: 'button', class: 'second', 'aria-label': `${t('more')}: ${label}`, click: add(step) }, '+'))
    }
  }

  /** A second tap on a choice takes it back; the first tap on what the page guessed keeps it. */
  tapAgain(event) {
    const input = event.target
    if (input.type !== 'radio' || !CLEARED_BY_A_TAP.includes(input.name)) return
    delete input.dataset.guessed
    if (input.dataset.was) {
      input.checked = false
      this.settle()
    }
    this.noteChecked()
  }

  noteChecked() {
    for (const name of CLEARED_BY_A_TAP) {
      for (const input of this.all(name)) {
        if (!input.checked) delete input.dataset.guessed
        if (input.checked && !input.dataset.guessed) input.dataset.was = '1'
        else delete input.dataset.was
      }
    }
  }

  /** Show what belongs to the choices made, hide what does not. */
  settle() {
    for (const name of ['minutes', 'day']) {
      this.form.querySelector(`[data-other="${name}"]`).hidden = this.chosen(name) !== 'other'
    }
    const group = this.group()
    this.form.querySelector('[data-shared]').hidden = !this.chosen('for')
    this.form.querySelector('#field-share_note').hidden = !this.chosen('for') || this.chosen('shared') !== 'yes'
    const told = this.form.querySelector('[data-told]')
    told.hidden = !(group && !group.told && this.chosen('shared') === 'yes')
    if (!told.hidden) {
      for (const old of told.querySelectorAll('[data-told-group]')) old.remove()
      told.prepend(make('p', { class: 'hint', 'data-told-group': group.id }, t('kept_years', { n: group.tax_years })))
    }
    this.form.querySelector('[data-currency]').hidden = (this.form.elements.currency || { options: [] }).options.length < 2
  }

  group() {
    const [what, id] = this.chosen('for').split(':')
    return this.groups.find((group) => (what === 'group' ? group.id === id : group.roles.some((role) => role.id === id)))
  }

  // What may be chosen.

  /** Fill in the groups, roles, own kinds and currencies: `choices` as /phone.json gives them, or null while locked. */
  setChoices(choices) {
    this.groups = choices ? choices.groups : []
    if (this.form.hasAttribute('data-shell')) {
      const before = this.chosen('for')
      const box = this.form.querySelector('[data-for] .choices')
      while (box.children.length > 1) box.lastChild.remove()
      for (const group of this.groups) {
        this.addChoice(box, 'radio', 'for', `group:${group.id}`, group.name)
        for (const role of group.roles.filter((one) => one.agreed)) {
          this.addChoice(box, 'radio', 'for', `role:${role.id}`, t('role_in', { role: role.title, group: group.name }))
        }
      }
      const own = this.form.querySelector('[data-own-kinds]')
      const ticked = this.all('kinds').filter((input) => input.checked).map((input) => input.value)
      own.querySelector('.choices').replaceChildren()
      for (const group of this.groups) {
        for (const kind of group.kinds) this.addChoice(own.querySelector('.choices'), 'checkbox', 'kinds', kind.code, kind.label)
      }
      own.hidden = !own.querySelector('input')
      this.choose('kinds', ticked)
      const currency = this.form.elements.currency
      const codes = choices ? choices.currencies : []
      currency.replaceChildren(...codes.map((code) => make('option', { value: code }, code)))
      if (this.all('for').some((input) => input.value === before)) this.choose('for', before)
      else this.choose('for', '')
    }
    this.settle()
  }

  addChoice(box, type, name, value, label) {
    box.append(make('label', {}, make('input', { type, name, value }), make('span', {}, label)))
  }

  ensure(name, value, label) {
    if (this.all(name).some((input) => input.value === value)) return
    const box = name === 'for' ? this.form.querySelector('[data-for] .choices') : this.form.querySelector('[data-own-kinds] .choices')
    if (name === 'kinds') this.form.querySelector('[data-own-kinds]').hidden = false
    this.addChoice(box, name === 'for' ? 'radio' : 'checkbox', name, value, label)
  }

  // Reading and filling.

  /** The entry that is filled in, and what is wrong, as text by field. */
  read() {
    const errors = {}
    const kinds = this.all('kinds').filter((input) => input.checked).map((input) => input.value)
    if (!kinds.length) errors.kinds = t('no_kind')
    if (kinds.length > 4) errors.kinds = t('too_many_kinds')
    const [what, id] = this.chosen('for').split(':')
    const group = this.group()
    const shared = this.chosen('for') !== '' && this.chosen('shared') === 'yes'
    if (shared && group && !group.told && !this.form.elements.told.checked) errors.told = t('tell_first')
    const note = this.value('note')
    if (Array.from(note).length > NOTE_MOST) errors.note = t('note_too_long')
    const entry = {
      kinds,
      day: this.readDay(errors),
      part: this.chosen('part') || null,
      minutes: this.readMinutes(errors),
      extra: this.readCounts('extra_', errors, MINUTES_MOST),
      expenses: this.readExpenses(errors),
      origin: this.chosen('origin') || null,
      group: group ? group.id : what === 'group' ? id : this.keptGroup || null,
      role: what === 'role' ? id : null,
      weight: this.chosen('weight') === '' ? null : Number(this.chosen('weight')),
      people: this.readNumber('people', errors, 10000),
      supplies: this.readCounts('supplies_', errors, 100000),
      barriers: this.all('barriers').filter((input) => input.checked).map((input) => input.value),
      note: note || null,
      share_note: this.form.elements.share_note.checked,
      shared,
      deleted: false,
    }
    if (!this.chosen('for')) entry.group = null
    return { entry, errors, told: shared && group && !group.told ? group.id : null }
  }

  readDay(errors) {
    const choice = this.chosen('day')
    if (choice === 'other') {
      if (!this.value('day_other')) errors.day_other = t('no_day')
      return this.value('day_other') || null
    }
    const day = asDate(this.today())
    if (choice === 'yesterday') day.setDate(day.getDate() - 1)
    return isoDay(day)
  }

  readMinutes(errors) {
    const choice = this.chosen('minutes')
    if (choice !== 'other') return choice ? Number(choice) : null
    const wrong = {}
    const minutes = this.readNumber('minutes_other', wrong, MINUTES_MOST)
    if (wrong.minutes_other) errors.minutes_other = t('bad_minutes')
    return minutes
  }

  readNumber(name, errors, most) {
    const input = this.form.elements[name]
    const text = input.value.trim()
    if (!text && !(input.validity && input.validity.badInput)) return null
    const number = Number(text)
    if (!/^\d+$/.test(text) || number > most) errors[name] = t('bad_number')
    return number
  }

  readCounts(prefix, errors, most) {
    const found = {}
    for (const code of this.codes(prefix)) {
      const number = this.readNumber(prefix + code, errors, most)
      if (number) found[code] = number
    }
    return found
  }

  readExpenses(errors) {
    const currency = this.value('currency')
    const found = []
    for (const code of this.codes('expense_')) {
      const text = this.value('expense_' + code).trim()
      if (!text) continue
      const amount = readAmount(text, currency)
      if (amount === null) errors['expense_' + code] = t('bad_amount')
      else found.push({ code, amount, currency })
    }
    return found
  }

  /** Put an entry into the form. */
  fill(entry) {
    this.reset()
    for (const code of entry.kinds) this.ensure('kinds', code, code)
    this.choose('kinds', entry.kinds)
    const away = daysBetween(entry.day, this.today())
    this.choose('day', away === 0 ? 'today' : away === 1 ? 'yesterday' : 'other')
    this.form.elements.day_other.value = entry.day
    this.choose('part', entry.part || 'none')
    const tile = entry.minutes !== null && this.all('minutes').some((input) => input.value === String(entry.minutes))
    this.choose('minutes', entry.minutes === null || entry.minutes === undefined ? 'none' : tile ? entry.minutes : 'other')
    this.form.elements.minutes_other.value = tile || entry.minutes === null || entry.minutes === undefined ? '' : entry.minutes
    this.choose('origin', entry.origin || 'none')
    this.choose('weight', entry.weight === null || entry.weight === undefined ? 'none' : entry.weight)
    this.choose('barriers', entry.barriers || [])
    this.fillFor(entry)
    this.form.elements.people.value = entry.people === null || entry.people === undefined ? '' : entry.people
    for (const [code, n] of Object.entries(entry.supplies || {})) this.form.elements['supplies_' + code].value = n
    for (const [code, n] of Object.entries(entry.extra || {})) this.form.elements['extra_' + code].value = n
    this.fillExpenses(entry.expenses || [])
    this.form.elements.note.value = entry.note || ''
    this.form.elements.share_note.checked = !!entry.share_note
    for (const details of this.form.querySelectorAll('details')) {
      const used = (input) => (input.type === 'checkbox' || input.type === 'radio' ? input.checked : input.value !== '')
      details.open = Array.from(details.querySelectorAll('input, textarea')).some(used)
    }
    this.noteChecked()
    this.settle()
  }

  fillFor(entry) {
    const value = entry.role ? `role:${entry.role}` : entry.group ? `group:${entry.group}` : ''
    if (value) this.ensure('for', value, t('hidden_group'))
    this.keptGroup = entry.group || null
    this.choose('for', value)
    this.choose('shared', entry.shared ? 'yes' : 'no')
  }

  fillExpenses(expenses) {
    if (!expenses.length) return
    const { currency } = expenses[0]
    const select = this.form.elements.currency
    if (!Array.from(select.options).some((option) => option.value === currency)) select.append(make('option', { value: currency }, currency))
    select.value = currency
    const sums = {}
    for (const one of expenses) if (one.currency === currency) sums[one.code] = (sums[one.code] || 0) + one.amount
    for (const [code, sum] of Object.entries(sums)) this.form.elements['expense_' + code].value = plainAmount(sum, currency)
  }

  /** An empty form for something new: today, this part of the day, and who it was for last time. */
  reset(last) {
    this.showErrors({})
    this.keptGroup = null
    for (const input of this.form.elements) {
      if (['hidden', 'submit', 'button'].includes(input.type) || input.tagName === 'FIELDSET') continue
      if (input.type === 'checkbox' || input.type === 'radio') input.checked = false
      else if (input.tagName !== 'SELECT') input.value = ''
    }
    this.fillTime()
    this.choose('shared', 'no')
    this.choose('for', last && this.all('for').some((input) => input.value === last) ? last : '')
    for (const details of this.form.querySelectorAll('details')) details.open = false
    this.noteChecked()
    this.settle()
  }

  /** The part of the day by the phone's clock, where none is chosen. A night belongs to the day it began. */
  fillTime() {
    const now = new Date()
    if (!this.chosen('part')) {
      this.choose('part', partOf(now))
      for (const input of this.all('part')) if (input.checked) input.dataset.guessed = '1'
      if (now.getHours() < 5) this.choose('day', 'yesterday')
    }
    if (!this.chosen('day')) this.choose('day', 'today')
    this.noteChecked()
    this.settle()
  }

  /** Errors beside their fields; the first one gets the focus. */
  showErrors(errors) {
    for (const old of this.form.querySelectorAll('.errors.by-script')) old.remove()
    for (const box of this.form.querySelectorAll('.wrong')) box.classList.remove('wrong')
    let first = null
    for (const [name, text] of Object.entries(errors)) {
      const box = this.form.querySelector('#field-' + name) || this.form.querySelector('.form-says')
      const list = make('ul', { class: 'errors by-script' }, make('li', {}, icon('mind'), make('span', {}, text)))
      const legend = box.querySelector('legend, label')
      if (legend && name !== 'told') legend.after(list)
      else box.prepend(list)
      box.classList.add('wrong')
      for (let up = box.closest('details'); up; up = up.parentElement.closest('details')) up.open = true
      box.hidden = false
      first = first || box.querySelector('input, select, textarea') || box
    }
    if (first) {
      first.focus({ preventScroll: true })
      first.closest('fieldset, .field, .form-says').scrollIntoView({ block: 'center' })
    }
  }

  /** The server's errors by the API's names, as errors by the form's. */
  static fromServer(errors) {
    const where = { group: 'for', role: 'for', day: 'day', extra: 'extra_prep', expenses: 'expense_travel', supplies: 'supplies_syringes' }
    return Object.entries(errors).reduce((out, [name, text]) => ({ ...out, [where[name] || name]: text }), {})
  }

  // In words.

  fieldLabel(name) {
    const input = this.all(name)[0]
    const label = input && input.labels && input.labels[0]
    return label ? label.firstChild.textContent.trim() : name
  }

  legend(name) {
    const legend = this.form.querySelector(`#field-${name} legend`)
    return legend ? legend.firstChild.textContent.trim() : name
  }

  choiceLabel(name, value) {
    const input = this.all(name).find((one) => one.value === String(value))
    return input ? input.parentElement.textContent.trim() : String(value)
  }

  kindsInWords(entry) {
    return (entry.kinds || []).map((code) => this.choiceLabel('kinds', code)).join(', ')
  }

  forInWords(entry) {
    const value = entry.role ? `role:${entry.role}` : entry.group ? `group:${entry.group}` : ''
    const known = this.all('for').some((input) => input.value === value)
    return known ? this.choiceLabel('for', value) : t('hidden_group')
  }

  /** Day, part and length in one line. */
  whenInWords(entry) {
    const bits = [dayInWords(entry.day)]
    if (entry.part) bits.push(this.choiceLabel('part', entry.part))
    if (entry.minutes !== null && entry.minutes !== undefined) bits.push(minutesInWords(entry.minutes))
    return bits.join(' \u00b7 ')
  }

  /** All of an entry, a line a thing. */
  inWords(entry) {
    if (entry.deleted) return [t('gone')]
    const lines = [this.kindsInWords(entry), this.whenInWords(entry)]
    if (entry.origin) lines.push(this.choiceLabel('origin', entry.origin))
    lines.push(this.forInWords(entry), entry.shared ? t('shared_with', { who: this.forInWords(entry) }) : t('not_shared'))
    if (entry.weight !== null && entry.weight !== undefined) lines.push(`${this.legend('weight')} ${this.choiceLabel('weight', entry.weight)}`)
    if (entry.people !== null && entry.people !== undefined) lines.push(t('people', { n: entry.people }))
    for (const [code, n] of Object.entries(entry.supplies || {})) lines.push(`${this.fieldLabel('supplies_' + code)}: ${n}`)
    for (const code of entry.barriers || []) lines.push(this.choiceLabel('barriers', code))
    for (const [code, n] of Object.entries(entry.extra || {})) lines.push(`${this.fieldLabel('extra_' + code)}: ${minutesInWords(n)}`)
    for (const one of entry.expenses || []) lines.push(`${this.fieldLabel('expense_' + one.code)}: ${amountInWords(one.amount, one.currency)}`)
    if (entry.note) lines.push(t(entry.share_note && entry.shared ? 'note_shared' : 'note', { text: entry.note }))
    return lines
  }
}
