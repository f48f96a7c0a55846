// The form's fields as an entry and back, and an entry in words. Every word comes from the page.

import { amountInWords, chooseMoney, dayBefore, dayInWords, daysBetween, followMoney, isChoice, isFilled, isoDay, minutesInWords, offerMoney, partOf, plainAmount, readAmount, t } from './values.js';

const MINUTES_MOST = 1440
const NOTE_MOST = 4000
const CLEARED_BY_A_TAP = ['minutes', 'part', 'origin', 'weight']
const TURN = 30000 // how often, in milliseconds, a form that stays open looks at the clock
const REST = 300 // how long, in milliseconds, after the last tap what was typed is written

/** Does `write` once nobody has tapped or typed in `form` for a moment, and at once as a finger comes down elsewhere: on a
 * link, maybe. `begins` says at each tap whether there is anything to write. */
export class AfterTaps {
  constructor(form, begins, write) {
    Object.assign(this, { begins, write, timer: null })
    for (const event of ['input', 'change', 'click']) form.addEventListener(event, () => this.later())
    document.addEventListener('pointerdown', ({ target }) => form.contains(target) || this.now())
  }

  later() {
    if (!this.begins()) return
    this.stop()
    this.timer = setTimeout(() => this.now(), REST)
  }

  stop() {
    clearTimeout(this.timer)
    this.timer = null
  }

  /** Write what is not written, if anything is. */
  now() {
    if (!this.timer) return null
    this.stop()
    return this.write()
  }
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

// --- the form ----------------------------------------------------------------------------------------------------------

export class Fields {
  constructor(form) {
    this.form = form
    this.groups = []
    this.serverToday = null
    this.day = null // the ISO day that is meant; '' when it is still to be chosen, null while it is the page's guess
    this.filled = false // whether the form holds what it starts with
    this.dayOfEntry = false // whether that day came with the entry that is being changed
    this.keptGroup = form.querySelector('[data-for]').dataset.keptGroup
    this.other = JSON.parse(form.querySelector('[data-other-money]').dataset.otherMoney)
    this.steppers()
    form.addEventListener('input', (event) => this.noteDay(event.target.name))
    form.addEventListener('change', (event) => this.noteDay(event.target.name))
    form.addEventListener('change', () => this.settle())
    form.addEventListener('click', (event) => this.tapAgain(event))
    this.noteChecked()
    this.settle()
    setInterval(() => this.turn(), TURN)
    document.addEventListener('visibilitychange', () => this.turn())
  }

  // The day. "Today" means the day it was when somebody said so. From the first thing that they fill in, the form
  // keeps the date that it showed then: what is begun at 23:50 and saved at 00:10 is about the evening, and from
  // midnight on the form calls it "Yesterday". A form in which nothing was filled in follows the clock. An entry that
  // is changed keeps its date, wherever the phone is: the form only finds the name that this date has there.

  /** The day it is: the phone's, or the server's when the phone's date is wrong. */
  today() {
    const phone = isoDay(new Date())
    return this.serverToday && Math.abs(daysBetween(phone, this.serverToday)) > 1 ? this.serverToday : phone
  }

  /** The phone's date is wrong: what was called today, or yesterday, is that by the server's day. */
  setServerDay(server) {
    const before = this.today()
    this.serverToday = server
    if (!this.day || this.today() === before) return
    if (this.dayOfEntry || this.chosen('day') === 'other') this.showDay()
    else this.day = this.dayNamed()
  }

  /** The ISO day that the choice names now; '' where none is chosen. */
  dayNamed() {
    const choice = this.chosen('day')
    if (choice === 'other') return this.value('day_other')
    return choice === 'yesterday' ? dayBefore(this.today()) : this.today()
  }

  /** Something was filled in: its day is the one that the form shows. */
  noteDay(name) {
    const said = name === 'day' || name === 'day_other'
    if (!said && this.day !== null) return
    this.day = this.dayNamed()
    this.dayOfEntry = false
    this.shownOn = this.today()
  }

  /** The day of the entry that came with the page. */
  takeDay() {
    this.day = this.dayNamed()
    this.dayOfEntry = this.filled = true
    this.showDay()
  }

  showDay() {
    this.shownOn = this.today()
    if (!this.day) return
    const away = daysBetween(this.day, this.shownOn)
    this.choose('day', away === 0 ? 'today' : away === 1 ? 'yesterday' : 'other')
    this.form.elements.day_other.value = this.day
    this.settle()
  }

  /** The clock went on. */
  turn() {
    if (!this.filled) return
    if (this.day === null) this.guess()
    else if (this.shownOn !== this.today()) this.showDay()
  }

  /** For the server, whose today may be another one: the day by its date. */
  spellDay() {
    this.form.elements.day_other.value = this.readDay({}) || ''
    this.choose('day', 'other')
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
    this.noteDay(input.name)
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
      for (const old of told.querySelectorAll('[data-told-group]')) {
        if (old.dataset.toldGroup !== group.id) this.form.elements.told.checked = false // it was said of another group
        old.remove()
      }
      told.prepend(make('p', { class: 'hint', 'data-told-group': group.id }, t('kept_years', { n: group.tax_years })))
    }
    followMoney(this.form, group)
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
      offerMoney(this.form, choices ? choices.currencies : [])
      this.choose('for', this.all('for').some((input) => input.value === before) ? before : '')
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
    this.turn()
    const day = this.day === null ? this.dayNamed() : this.day
    if (!day) errors.day_other = t('no_day')
    return day || null
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
    return [...found, ...this.other]
  }

  /** What the form has no fields for: what was spent in a second currency. It is kept as it is. */
  keepOther(expenses) {
    this.other = expenses
    const says = this.form.querySelector('[data-other-money]')
    says.hidden = !expenses.length
    says.textContent = t('other_money', { what: expenses.map((one) => this.expenseInWords(one)).join(', ') })
  }

  /** Put an entry into the form. */
  fill(entry) {
    this.reset()
    for (const code of entry.kinds) this.ensure('kinds', code, code)
    this.choose('kinds', entry.kinds)
    this.day = entry.day
    this.dayOfEntry = true
    this.showDay()
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
    this.openFilled()
    this.noteChecked()
    this.settle()
  }

  openFilled() {
    const used = (details) => Array.from(details.querySelectorAll('input, textarea')).some(isFilled)
    for (const details of this.form.querySelectorAll('details')) details.open = used(details)
  }

  fillFor(entry) {
    const value = entry.role ? `role:${entry.role}` : entry.group ? `group:${entry.group}` : ''
    if (value) this.ensure('for', value, t('hidden_group'))
    this.keptGroup = entry.group || ''
    this.choose('for', value)
    this.choose('shared', entry.shared ? 'yes' : 'no')
  }

  fillExpenses(expenses) {
    if (!expenses.length) return
    this.keepOther(expenses.filter((one) => one.currency !== expenses[0].currency))
    const { currency } = expenses[0]
    chooseMoney(this.form, currency)
    const sums = {}
    for (const one of expenses) if (one.currency === currency) sums[one.code] = (sums[one.code] || 0) + one.amount
    for (const [code, sum] of Object.entries(sums)) this.form.elements['expense_' + code].value = plainAmount(sum, currency)
  }

  /** An empty form for something new: today, this part of the day, and who it was for last time. */
  reset(last) {
    this.showErrors({})
    this.keptGroup = ''
    this.day = null
    this.keepOther([])
    for (const input of this.form.elements) {
      if (['hidden', 'submit', 'button'].includes(input.type) || input.tagName === 'FIELDSET') continue
      if (isChoice(input)) input.checked = false
      else if (input.tagName === 'SELECT') input.selectedIndex = 0
      else input.value = ''
    }
    delete this.form.dataset.moneyOf
    this.guess()
    this.choose('shared', 'no')
    this.choose('for', last && this.all('for').some((input) => input.value === last) ? last : '')
    for (const details of this.form.querySelectorAll('details')) details.open = false
    this.noteChecked()
    this.settle()
  }

  /** Today and this part of it, by the phone's clock. A night belongs to the day it began. */
  guess() {
    const now = new Date()
    this.filled = true
    this.choose('part', partOf(now))
    for (const input of this.all('part')) if (input.checked) input.dataset.guessed = '1'
    this.choose('day', now.getHours() < 5 ? 'yesterday' : 'today')
    this.noteChecked()
    this.settle()
  }

  /** Somebody was quicker than the scripts: what they chose stays, and what they did not choose is guessed. */
  guessTheRest() {
    const [part, day] = [this.chosen('part'), this.chosen('day')]
    this.guess()
    if (part) this.choose('part', part)
    if (part || day !== 'today') this.choose('day', day)
    this.noteDay('day')
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

  expenseInWords(one) {
    return `${this.fieldLabel('expense_' + one.code)}: ${amountInWords(one.amount, one.currency)}`
  }

  /** Day, part and length in one line. */
  whenInWords(entry) {
    const bits = [dayInWords(entry.day)]
    if (entry.part) bits.push(this.choiceLabel('part', entry.part))
    if (entry.minutes !== null && entry.minutes !== undefined) bits.push(minutesInWords(entry.minutes))
    return bits.join(' \u00b7 ')
  }
}
