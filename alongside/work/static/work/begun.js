// What is typed and not saved: another page was opened, or the phone ended this one while it was out of sight. It is kept
// on this phone alone, as ciphertext, and offered when the form is opened again. Never shown by itself: somebody may look
// over the shoulder, and nothing moves under a finger. While locked it is neither shown nor kept.

import { make } from './fields.js';
import { recorder } from './record.js';
import { isFilled, t } from './values.js';

const NAME = 'begun'
const KEPT = 3
const REST = 700 // how long, in milliseconds, after the last tap it is written
const UNSAID = ['hidden', 'submit', 'button', 'file', 'fieldset']
const GUESSED = ['day', 'day_other', 'part', 'for', 'shared', 'currency']
const form = document.getElementById('entry')
const counting = location.pathname === '/work/tally/' // there the count is kept, which the form is only filled from

const isChoice = ({ type }) => type === 'checkbox' || type === 'radio'
const controls = () => Array.from(form.elements).filter((one) => one.name && !UNSAID.includes(one.type))

/** Whether there is more in `values`, pairs of name and value, than what the page guesses by itself. */
export const isMore = (values) => values.some(([name]) => !GUESSED.includes(name))

/** `list` with `one` in the place of what has its id, or first; without it where `one` is null. */
export function withThis(list, id, one) {
  if (!one) return list.filter((other) => other.id !== id)
  if (list.some((other) => other.id === id)) return list.map((other) => (other.id === id ? one : other))
  return [one, ...list].slice(0, KEPT)
}

class Begun {
  constructor() {
    this.list = null // id, day and values of each, newest first; null while nobody knows
    this.box = make('div', { id: 'begun', hidden: true })
    form.before(this.box)
    for (const event of ['input', 'change', 'click']) form.addEventListener(event, () => this.later())
    document.addEventListener('visibilitychange', () => document.hidden && this.timer && this.keep())
    document.addEventListener('alongside:leave', () => this.drop())
    recorder.join(this)
  }

  drop() {
    this.left = true
    this.stop()
    this.list = null
    this.box.remove()
  }

  stop() {
    clearTimeout(this.timer)
    this.timer = null
  }

  later() {
    if (this.left) return
    this.stop()
    delete document.documentElement.dataset.begun
    this.timer = setTimeout(() => this.keep(), REST)
  }

  /** Only of what is new: an entry that is changed is somewhere already. */
  get isNew() {
    return !recorder.editing && !recorder.changing
  }

  keep() {
    this.stop()
    if (!this.isNew || !recorder.store) return
    const { id } = recorder.startedWith()
    const values = controls().filter(isFilled).map(({ name, value }) => [name, value])
    this.change(id, isMore(values) ? { id, day: recorder.fields.day, values } : null)
  }

  /** Each is known by the id that its entry will have: saved once more, it is still one entry. One change after the other. */
  change(id, one) {
    const { store } = recorder
    const change = async () => {
      if (this.left || store.locked || (!one && !this.has(id))) return
      const list = withThis((await store.getPrivate(NAME)) || [], id, one)
      await store.setPrivate(NAME, list)
      this.list = list
    }
    this.changing = Promise.resolve(this.changing)
      .then(() => store.withLock(change))
      .catch(() => {}) // it is still in the form
      .then(() => (document.documentElement.dataset.begun = (this.list || []).length))
    return this.changing
  }

  has(id) {
    return !!this.list && this.list.some((one) => one.id === id)
  }

  // What the recorder tells.

  async draw() {
    const { store } = recorder
    const list = store.locked ? null : this.list || (await store.getPrivate(NAME)) || []
    if (this.left) return
    this.list = store.locked ? null : this.list || list
    this.show()
  }

  kept(id) {
    this.stop()
    return this.change(id, null)
  }

  // Drawing.

  show() {
    const { id } = recorder.startedWith()
    const one = (this.isNew && this.list && this.list.find((other) => other.id !== id)) || null
    const key = one ? one.id : ''
    if (key !== this.drawn && !(one && recorder.touched)) this.offer(one)
  }

  offer(one) {
    this.drawn = one ? one.id : ''
    this.box.hidden = !one
    this.box.replaceChildren(...(one ? [this.card(one)] : []))
  }

  card(one) {
    const kinds = one.values.filter(([name]) => name === 'kinds').map(([, code]) => code)
    const quiet = (form.dataset.quiet || '').split(' ') // no group is told of them, and nobody who looks on
    const words = kinds.some((code) => quiet.includes(code)) ? '' : recorder.fields.kindsInWords({ kinds })
    const away = make('button', { type: 'button', class: 'second', click: () => this.throwAway(one, away) }, t('throw'))
    return make(
      'div',
      { class: 'card asks' },
      make('p', {}, t('begun')),
      words ? make('p', {}, words) : null,
      make('div', { class: 'pair' }, make('button', { type: 'button', click: () => this.goOn(one) }, t('begun_go_on')), away)
    )
  }

  /** The first tap asks, the second one does it. */
  async throwAway(one, away) {
    if (!away.dataset.sure) {
      away.dataset.sure = 'yes'
      away.textContent = t('begun_sure')
      return
    }
    await this.change(one.id, null)
    this.show()
  }

  /** Put it into the form, in place of what the page guessed. */
  goOn({ id, day, values }) {
    const { fields } = recorder
    fields.reset()
    for (const one of controls()) this.fill(one, values.filter(([name]) => name === one.name).map(([, value]) => value))
    Object.assign(fields, { day, dayOfEntry: false })
    fields.showDay()
    fields.openFilled()
    fields.noteChecked()
    fields.settle()
    Object.assign(recorder, { id, page: null, touched: true })
    this.offer(null)
    form.scrollIntoView()
    form.querySelector('input:checked').focus({ preventScroll: true }) // there is one: the day
  }

  /** What is no choice any more, since a group was left, is not chosen. */
  fill(one, found) {
    if (isChoice(one)) one.checked = found.includes(one.value)
    else if (one.tagName !== 'SELECT') one.value = found[0] || ''
    else if (Array.from(one.options).some((option) => option.value === found[0])) one.value = found[0]
  }
}

if (recorder && form && !counting) new Begun()
