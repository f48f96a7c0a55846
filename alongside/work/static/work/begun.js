// What is typed and not saved: another page was opened, or the phone ended this one while it was out of sight. It is kept
// on this phone alone, as ciphertext, and offered when the form is opened again. Never shown by itself: somebody may look
// over the shoulder, and nothing moves under a finger. While locked it is neither shown nor kept.

import { AfterTaps, make } from './fields.js';
import { recorder } from './record.js';
import { BEGUN, t, typeInto, typedInto } from './values.js';

const DONE = 'begun-done:' // with an id: saved while nothing here could be read
const KEPT = 3
const A_TAP = 600 // within this, a second tap is none
const GUESSED = ['day', 'day_other', 'part', 'for', 'shared', 'currency']
const form = document.getElementById('entry')
const counting = location.pathname === '/work/tally/' // there the count is kept, which the form is only filled from

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
    this.taps = new AfterTaps(form, () => this.begins(), () => this.keep())
    document.addEventListener('visibilitychange', () => (document.hidden ? this.putAside() : this.lookAgain()))
    document.addEventListener('alongside:leave', () => this.drop())
    recorder.join(this)
  }

  drop() {
    this.left = true
    this.taps.stop()
    this.list = null
    this.box.remove()
  }

  /** Whether this tap may change something; until it is written, the page does not say that it is. */
  begins() {
    if (!this.left) delete document.documentElement.dataset.begun
    return !this.left
  }

  /** Only of what is new: an entry that is changed is somewhere already. */
  get isNew() {
    return !recorder.editing && !recorder.changing
  }

  keep() {
    const { id } = recorder.startedWith()
    if (!this.isNew || !recorder.store || recorder.isAnothers || id === this.done) return null
    const values = typedInto(form)
    return this.change(id, isMore(values) ? { id, day: recorder.fields.day, values } : null)
  }

  /** Each is known by the id that its entry will have: saved once more, it is still one entry. One change after the other. */
  change(id, one) {
    const write = async () => {
      if (this.left || recorder.store.locked || (!one && !this.has(id))) return
      this.list = await recorder.store.changePrivate(BEGUN, (list) => withThis(list || [], id, one))
      this.aside = one ? id : null
    }
    this.changing = Promise.resolve(this.changing)
      .then(write)
      .catch(() => {}) // it is still in the form
      .then(() => this.taps.timer || (document.documentElement.dataset.begun = (this.list || []).length)) // as of the last tap
    return this.changing
  }

  has(id) {
    return !!this.list && this.list.some((one) => one.id === id)
  }

  /** What is kept, without what was saved while it was locked. null while nobody can read it. */
  async read() {
    const { store } = recorder
    if (store.locked) return null
    const done = (await store.privateNames()).filter((name) => name.startsWith(DONE))
    if (!done.length) return (await store.getPrivate(BEGUN)) || []
    const saved = done.map((name) => name.slice(DONE.length))
    const list = await store.changePrivate(BEGUN, (all) => (all || []).filter((one) => !saved.includes(one.id)))
    await store.write(done.map((name) => ['meta', name, undefined]))
    return list
  }

  /** Another tab may have gone on with something. */
  lookAgain() {
    if (!recorder.store || this.left || this.taps.timer) return
    this.list = null
    this.draw().catch(() => {})
  }

  // What the recorder tells.

  async draw() {
    if (!this.seen && recorder.touched) this.taps.later() // typed before this script came
    this.seen = true
    const list = this.list || (await this.read())
    if (this.left) return
    this.list = recorder.store.locked ? null : this.list || list
    this.show()
  }

  /** Another entry comes into the form, or the phone is locked. */
  putAside() {
    return this.taps.now() || this.changing
  }

  /** Whether all that is in the form is kept. */
  isAside() {
    return !this.taps.timer && !!this.aside && this.aside === recorder.startedWith().id
  }

  async kept(id) {
    const { store } = recorder
    this.taps.stop()
    this.done = id
    await this.change(id, null)
    if (store.locked && !store.hidden && (await store.get('meta', BEGUN))) await store.setPrivate(DONE + id, true).catch(() => {})
  }

  moved() {
    return this.kept(recorder.startedWith().id)
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
    const away = make('button', { type: 'button', class: 'second', click: (event) => this.throwAway(one, away, event.timeStamp) }, t('throw'))
    return make(
      'div',
      { class: 'card asks' },
      make('p', {}, t('begun')),
      words ? make('p', {}, words) : null,
      make('div', { class: 'pair' }, make('button', { type: 'button', click: () => this.goOn(one.id) }, t('begun_go_on')), away)
    )
  }

  /** The first tap asks, the second one does it. */
  async throwAway(one, away, now) {
    if (!away.dataset.sure) {
      away.dataset.sure = String(now)
      away.textContent = t('begun_sure')
    }
    if (now - Number(away.dataset.sure) < A_TAP) return
    await this.change(one.id, null)
    this.show()
  }

  /** Put it into the form, as it is by now: another tab may have gone on with it. What is in the form is kept before. */
  async goOn(id) {
    await this.putAside()
    this.list = await this.read()
    const one = this.list && this.list.find((other) => other.id === id)
    if (one) this.fillIn(one)
    await recorder.refresh() // what goes along with the form, photos say, hears of the change
  }

  fillIn({ id, day, values }) {
    const { fields } = recorder
    const kept = (wanted) => values.filter(([name]) => name === wanted).map(([, value]) => value)
    fields.reset()
    typeInto(form, values)
    Object.assign(fields, { day, dayOfEntry: false })
    fields.showDay()
    fields.openFilled()
    if (!fields.all('for').some((one) => one.checked)) fields.choose('for', '')
    fields.noteChecked()
    fields.settle()
    Object.assign(recorder, { id, page: null, touched: true })
    this.aside = id
    this.offer(null)
    recorder.say(kept('for')[0] === fields.chosen('for') ? '' : t('begun_group'), true)
    form.scrollIntoView()
    form.querySelector('input:checked').focus({ preventScroll: true }) // there is one: the day
  }
}

if (recorder && form && !counting) new Begun()
