// One tap for what is done again and again: as last time, and what was most often among the last ten entries that
// were made on this phone. The list is on this phone alone, as ciphertext; while locked it is not shown and learns
// nothing. Kinds that no group is told of are never in it: somebody may look over the shoulder.

import { make } from './fields.js';
import { recorder } from './record.js';
import { minutesInWords, t } from './values.js';

const NAME = 'recent'
const KEPT = 10
const OFTEN = 2
const CHIPS = 3
const box = document.getElementById('favourites')
const form = document.getElementById('entry')

const keyOf = (one) => JSON.stringify([one.kinds.slice().sort(), one.minutes, one.for])

/** What to offer from `list`, newest first: the last one, then what was there twice or more, most often first. */
export function offered(list) {
  if (!list.length) return []
  const times = new Map()
  for (const one of list) times.set(keyOf(one), (times.get(keyOf(one)) || 0) + 1)
  const often = list.filter((one, i) => list.findIndex((other) => keyOf(other) === keyOf(one)) === i)
  const others = often.slice(1).filter((one) => times.get(keyOf(one)) >= OFTEN)
  others.sort((a, b) => times.get(keyOf(b)) - times.get(keyOf(a)))
  return [list[0], ...others].slice(0, CHIPS)
}

/** `list` once the entry `id` was saved. `known`: it is not new, so that it counts only where it stood already. */
export function learned(list, id, one, known) {
  const rest = list.filter((other) => other.id !== id)
  const had = rest.length < list.length
  if (!one) return rest
  if (had) return list.map((other) => (other.id === id ? { ...one, id } : other))
  return known ? list : [{ ...one, id }, ...list].slice(0, KEPT)
}

class Favourites {
  constructor(quiet) {
    this.quiet = quiet
    this.list = null
    document.addEventListener('alongside:leave', () => (this.list = null))
    recorder.join(this)
  }

  async draw() {
    const { store } = recorder
    if (store.locked) this.list = null
    else if (!this.list) this.list = await store.getPrivate(NAME)
    if (box) this.show()
  }

  kept(id, entry, known) {
    const quiet = entry.kinds.some((code) => this.quiet.includes(code))
    const who = entry.role ? `role:${entry.role}` : entry.group ? `group:${entry.group}` : ''
    return this.learn(id, quiet ? null : { kinds: entry.kinds, minutes: entry.minutes, for: who }, known)
  }

  removed(id) {
    return this.learn(id, null)
  }

  async learn(id, one, known) {
    const { store } = recorder
    if (store.locked) return
    const after = await store.changePrivate(NAME, (list) => learned(list || [], id, one, known)).catch(() => null)
    if (after) this.list = after // else the entry is safe: this is only for comfort
  }

  async forget() {
    await recorder.store.setPrivate(NAME, [])
    this.list = []
    this.show()
  }

  // Drawing.

  show() {
    const chips = recorder.editing || !this.list ? [] : offered(this.list).filter((one) => this.fits(one))
    const drawn = JSON.stringify(chips)
    if (drawn === this.drawn) return
    if (this.drawn === undefined && recorder.touched) return // nothing moves under a finger
    this.drawn = drawn
    const nodes = chips.map((one) => this.chip(one, one === this.list[0]))
    if (nodes.length) nodes.push(make('button', { type: 'button', class: 'quiet', click: () => this.forget() }, t('chip_forget')))
    box.replaceChildren(...nodes)
  }

  /** Whether the form has all of it: a group may have been left, a kind taken away. */
  fits(one) {
    const has = (name, value) => recorder.fields.all(name).some((input) => input.value === value)
    return one.kinds.every((code) => has('kinds', code)) && has('for', one.for)
  }

  chip(one, last) {
    const { fields } = recorder
    const words = [fields.kindsInWords(one)]
    if (one.minutes !== null) words.push(minutesInWords(one.minutes))
    if (one.for) words.push(fields.choiceLabel('for', one.for))
    const label = make('span', {}, last ? make('strong', {}, t('chip_last'), ' ') : null, words.join(' \u00b7 '))
    return make('button', { type: 'button', class: 'second wide', 'data-chip': last ? 'last' : 'often', click: () => this.use(one) }, label)
  }

  /** Put it into the form; what else was typed stays. */
  use(one) {
    const { fields } = recorder
    const tile = one.minutes !== null && fields.all('minutes').some((input) => input.value === String(one.minutes))
    fields.choose('kinds', one.kinds)
    fields.choose('minutes', one.minutes === null ? 'none' : tile ? one.minutes : 'other')
    fields.form.elements.minutes_other.value = one.minutes === null || tile ? '' : one.minutes
    fields.choose('for', one.for)
    fields.noteDay('kinds')
    fields.noteChecked()
    fields.settle()
    fields.form.dispatchEvent(new Event('change'))
    recorder.say(t('chip_filled'), true)
  }
}

if (recorder && form) new Favourites((form.dataset.quiet || '').split(' '))
