// A count for a whole shift: one big button for people and one for each thing that is handed out. It is kept on this
// phone alone, as ciphertext, and goes on after the browser was closed. In the end it fills the form: one entry, saved
// and sent as every other.

import { AfterTaps, make } from './fields.js';
import { recorder } from './record.js';
import { randomId } from '../people/store.js';
import { t, typeInto, typedInto } from './values.js';

const NAME = 'tally'
const PEOPLE = 'people'
const PLACE = '/work/tally/'
const COUNTED = /^(people|supplies_.*|day|day_other|part)$/ // in the form: the count says them, or the state itself does
const section = document.getElementById('tally')
const form = document.getElementById('entry')
const here = section && (location.pathname === PLACE || !form.hasAttribute('data-shell'))

function button(words, click, kind = 'second') {
  return make('button', { type: 'button', class: kind, click }, make('span', {}, t(words)))
}

class Tally {
  constructor() {
    this.fields = recorder.fields
    this.state = null // id, day and part of the first tap, people, supplies by code, shown: the codes chosen once, typed
    this.step = '' // choose, discard, fill or done; else counting
    this.written = 0 // how often this page wrote it
    this.says = make('p', { class: 'away', role: 'status' })
    this.box = make('div')
    section.replaceChildren(this.says, this.box)
    section.hidden = false
    form.hidden = true
    for (const other of document.querySelectorAll('[data-beside]')) other.hidden = true
    this.taps = new AfterTaps(form, () => this.step === 'fill', () => this.remember())
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.load(true))
    document.addEventListener('alongside:leave', () => this.drop())
    recorder.join(this)
  }

  get store() {
    return recorder.store
  }

  drop() {
    this.taps.stop()
    this.left = true
    this.state = null
  }

  // What the recorder tells.

  unknown() {
    section.hidden = true
  }

  broken() {
    form.hidden = false
    this.box.replaceChildren(make('p', { class: 'card mind' }, t('tally_no_storage')))
  }

  /** Whenever the page was drawn anew: the store may have been opened or locked since. */
  draw() {
    if (this.left) return
    if (this.store.locked) this.shut()
    else if (!this.state) this.load()
  }

  /** The entry of this count is on this phone: the count is done. */
  kept(id) {
    if (!this.state || this.state.id !== id) return null
    this.taps.stop()
    this.state = { shown: this.state.shown }
    this.step = 'done'
    this.show()
    return this.keep()
  }

  // The count, as it is stored.

  /** Read it, and again when one comes back to this page: another tab may have counted on. */
  async load(again) {
    const mayNot = () => this.left || !this.store || this.store.locked || this.writing || (this.step && this.state)
    if (mayNot() || this.loading || (this.state && !again)) return
    this.loading = true
    const before = this.written
    const found = (await this.store.getPrivate(NAME)) || {}
    this.loading = false
    if (mayNot() || this.written !== before) return // somebody tapped meanwhile
    this.state = found
    this.show()
  }

  /** Write the count to this phone. Taps do not wait for it; what is written last is what was tapped last. */
  keep() {
    this.dirty = true
    this.written += 1
    delete section.dataset.kept
    if (!this.writing) this.writing = this.write().finally(() => (this.writing = null))
    return this.writing
  }

  async write() {
    try {
      while (this.dirty && !this.left) {
        this.dirty = false
        await this.store.withLock(() => this.store.setPrivate(NAME, this.state))
      }
      section.dataset.kept = ''
    } catch (error) {
      this.dirty = false
      this.box.prepend(make('p', { class: 'card bad', role: 'alert' }, t('tally_full')))
    }
  }

  // Counting.

  count(code) {
    return (code === PEOPLE ? this.state.people : (this.state.supplies || {})[code]) || 0
  }

  label(code) {
    return code === PEOPLE ? t('tally_people') : this.fields.fieldLabel('supplies_' + code)
  }

  add(code, by) {
    if (!this.state.id) this.begin()
    const n = Math.max(0, this.count(code) + by)
    if (code === PEOPLE) this.state.people = n
    else this.state.supplies = { ...this.state.supplies, [code]: n }
    this.keep()
    this.numbers()
    this.says.textContent = `${this.label(code)}: ${n}`
  }

  /** The first tap: the entry gets its id, so that it is one entry whatever happens, and the day on which it began. */
  begin() {
    this.fields.reset(recorder.last)
    this.state = { ...this.state, id: randomId(), day: this.fields.readDay({}), part: this.fields.chosen('part') }
  }

  // Drawing.

  /** Locked, or left: what was counted stays in the store and leaves this page. */
  shut() {
    if (this.step === 'done') return
    if (this.step === 'fill') this.stopFilling()
    this.state = null
    this.step = ''
    form.hidden = true
    this.box.replaceChildren(make('p', { class: 'card mind' }, t(this.store.hidden ? 'hidden' : 'tally_locked'), ' ', make('a', { href: '#waiting' }, t('unlock'))))
    if (this.store.hidden) this.box.querySelector('a').remove()
  }

  show() {
    const { step, state } = this
    form.hidden = step !== 'fill' && step !== 'done'
    const parts = step === 'done' ? this.isDone() : step === 'fill' ? this.filling() : step === 'discard' ? this.discarding() : !state.shown || step === 'choose' ? this.choosing() : this.counting()
    this.box.replaceChildren(...parts)
    if (!state.shown || step) return
    this.numbers()
  }

  go(step) {
    this.step = step
    this.show()
    const first = this.box.querySelector('button, input')
    if (first) first.focus({ preventScroll: true })
    scrollTo(0, 0)
  }

  choosing() {
    const codes = this.fields.codes('supplies_')
    const chosen = this.state.shown || ['syringes', 'naloxone']
    const boxes = codes.map((code) => make('label', {}, make('input', { type: 'checkbox', value: code, checked: chosen.includes(code) }), make('span', {}, this.label(code))))
    const choices = make('div', { class: 'choices' }, ...boxes)
    const start = () => {
      this.state.shown = Array.from(choices.querySelectorAll(':checked'), (input) => input.value)
      this.keep()
      this.go('')
    }
    return [
      make('fieldset', {}, make('legend', {}, t('tally_choose')), make('p', { class: 'hint' }, t('tally_choose_hint')), choices),
      make('div', { class: 'sticky' }, button('tally_start', start, 'wide')),
    ]
  }

  counting() {
    const counted = Object.keys(this.state.supplies || {}).filter((code) => this.count(code))
    const codes = [PEOPLE, ...new Set([...this.state.shown, ...counted])]
    this.rows = new Map()
    return [
      make('div', { class: 'counts' }, ...codes.map((code) => this.row(code))),
      make('div', { class: 'sticky' }, (this.finish = button('tally_finish', () => this.fill(), 'wide'))),
      make('div', { class: 'pair' }, button('tally_other', () => this.go('choose')), (this.throwing = button('tally_discard', () => this.go('discard')))),
      make('p', { class: 'hint' }, t('tally_kept')),
    ]
  }

  row(code) {
    const label = this.label(code)
    const number = make('strong', { class: 'big' })
    const more = make('button', { type: 'button', class: 'second count', 'data-code': code, click: () => this.add(code, 1) }, make('span', {}, label), ' ', number)
    const less = make('button', { type: 'button', class: 'second', 'aria-label': t('tally_less', { what: label }), click: () => this.add(code, -1) }, '\u22121')
    this.rows.set(code, { number, less })
    return make('div', { class: 'number' }, more, less)
  }

  numbers() {
    if (!this.rows) return
    let all = 0
    for (const [code, { number, less }] of this.rows) {
      number.textContent = String(this.count(code))
      less.disabled = !this.count(code)
      all += this.count(code)
    }
    this.finish.hidden = this.throwing.hidden = !all
  }

  discarding() {
    const discard = () => {
      this.state = { shown: this.state.shown }
      this.keep()
      this.go('')
    }
    return [make('div', { class: 'card bad' }, make('p', {}, t('tally_sure')), make('div', { class: 'pair' }, button('tally_discard', discard), button('tally_back', () => this.go(''))))]
  }

  // The end of the shift.

  /** Put the count into the form, beside what was typed there before one counted on. */
  fill() {
    const { state, fields } = this
    const supplies = Object.entries(state.supplies || {}).filter(([, n]) => n)
    const { day, part } = state
    const kinds = supplies.length ? ['supplies'] : []
    fields.fill({ kinds, day, part, minutes: null, people: state.people || null, supplies: supplies.reduce((all, [code, n]) => ({ ...all, [code]: n }), {}) })
    if (recorder.last && fields.all('for').some((input) => input.value === recorder.last)) fields.choose('for', recorder.last)
    for (const details of form.querySelectorAll('details')) details.open = false // the sums stand above
    if (state.typed) this.typeAgain(state.typed)
    fields.settle()
    recorder.page = { id: state.id, base: 0 }
    recorder.touched = true
    this.go('fill')
  }

  typeAgain(typed) {
    const { fields } = this
    typeInto(form, typed, ({ name }) => !COUNTED.test(name))
    if (!fields.all('for').some((one) => one.checked)) fields.choose('for', '')
    const words = typed.filter(([name]) => !COUNTED.test(name) && name !== 'currency')
    const holds = (details, [name, value]) => Array.from(details.querySelectorAll(`[name="${name}"]`)).some((one) => one.value === value)
    for (const details of form.querySelectorAll('details')) details.open = words.some((one) => holds(details, one))
    fields.noteChecked()
  }

  /** What is typed beside the count stays with it: one may count on, or close the page. */
  remember() {
    if (this.step !== 'fill' || this.left) return
    const { state, fields } = this
    Object.assign(state, { typed: typedInto(form), day: fields.readDay({}) || state.day, part: fields.chosen('part') })
    this.keep()
  }

  stopFilling() {
    this.taps.stop()
    recorder.page = null
    recorder.touched = false
    this.fields.reset(recorder.last)
  }

  filling() {
    const back = () => {
      this.remember()
      this.stopFilling()
      this.go('')
    }
    const counted = [PEOPLE, ...Object.keys(this.state.supplies || {})].filter((code) => this.count(code))
    const sums = counted.map((code) => `${this.label(code)}: ${this.count(code)}`).join(' \u00b7 ')
    return [make('div', { class: 'card good' }, make('p', {}, t('tally_filled')), make('p', {}, sums)), make('p', {}, button('tally_back', back, 'second wide'))]
  }

  isDone() {
    return [make('p', {}, button('tally_again', () => this.go(''), 'second wide'))]
  }
}

if (here && recorder) new Tally()
