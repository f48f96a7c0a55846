// The parts of the private page: notes, what somebody lived, how heavy it was, all work. They are drawn from the
// document and change it; nothing is added up into a score.

import { randomId } from '../people/vault.js';
import { icon, make } from '../work/fields.js';
import { yearTotal } from '../work/threshold.js';
import { amountInWords, dayInWords, isoDay, minutesInWords, plainAmount, readAmount, t, wordsOf } from '../work/values.js';

const box = (id) => document.getElementById(id)
const WEEKS = 8
const DAY = 86400000

const button = (words, picture, click) => make('button', { type: 'button', class: 'second', click }, picture ? icon(picture) : null, make('span', {}, t(words)))

/** The ISO day of the Monday before or on `iso`. */
export function monday(iso) {
  const [year, month, day] = iso.split('-').map(Number)
  const noon = new Date(year, month - 1, day, 12)
  return isoDay(new Date(noon.getTime() - ((noon.getDay() + 6) % 7) * DAY))
}

/** How heavy each day was, newest first, as [day, weight]: the heaviest of what was marked and of that day's work. */
export function heavyDays(document) {
  const days = new Map()
  const note = (day, weight) => {
    if (typeof weight === 'number') days.set(day, Math.max(weight, days.has(day) ? days.get(day) : 0))
  }
  for (const one of Object.values(document.history)) note(one.day, one.weight)
  for (const one of document.weights) note(one.day, one.weight)
  return Array.from(days).sort((a, b) => (a[0] < b[0] ? 1 : -1))
}

export class Parts {
  /** `page` has during(button, work, done), change(fn) and tell(words). */
  constructor(page) {
    this.page = page
    this.editing = null
    this.on('note', () => this.saveNote())
    this.on('experience', (form) => this.saveExperience(form))
    this.on('weight', (form) => this.saveWeight(form))
    this.on('limit', (form) => this.saveLimit(form))
    box('take').addEventListener('click', () => this.take())
  }

  on(id, save) {
    box(id).addEventListener('submit', (event) => {
      event.preventDefault()
      save(event.target)
    })
  }

  /** Have `fn` change the document, say so, and draw it. */
  change(pressed, fn, done = 'saved') {
    return this.page.during(pressed, async () => this.draw(await this.page.change(fn)), done)
  }

  draw(document) {
    this.document = document
    this.drawNotes()
    for (const tick of box('experience').querySelectorAll('input')) tick.checked = document.experience.includes(tick.value)
    this.drawWeights()
    this.drawLimit()
    this.drawHistory()
  }

  // Notes.

  drawNotes() {
    const notes = this.document.notes.slice().reverse()
    const drawn = notes.map((note) => {
      const row = make('div', { class: 'row' })
      row.append(button('change', 'pen', () => this.edit(note)), button('delete', 'bin', (event) => this.removeNote(event.currentTarget, note)))
      return make('li', {}, make('p', { class: 'kept', dir: 'auto' }, note.text), make('p', { class: 'soft' }, dayInWords(note.day)), row)
    })
    box('notes').replaceChildren(...(drawn.length ? drawn : [make('li', { class: 'soft' }, t('no_notes'))]))
  }

  edit(note) {
    this.editing = note.id
    box('note-text').value = note.text
    box('note-text').focus()
  }

  async saveNote() {
    const text = box('note-text').value.trim()
    if (!text) return box('note-text').focus()
    const id = this.editing || randomId()
    const saved = await this.change(box('note').querySelector('button'), (document) => {
      const known = document.notes.find((note) => note.id === id)
      if (known) known.text = text
      else document.notes.push({ id, text, day: isoDay(new Date()) })
    })
    if (!saved) return
    box('note-text').value = ''
    this.editing = null
  }

  async removeNote(pressed, note) {
    const gone = await this.change(pressed, (document) => {
      document.notes = document.notes.filter((one) => one.id !== note.id)
    })
    if (gone && this.editing === note.id) this.editing = null
  }

  // What somebody lived, and how a day was.

  saveExperience(form) {
    const chosen = Array.from(form.querySelectorAll('input:checked'), (tick) => tick.value)
    return this.change(form.querySelector('button'), (document) => {
      document.experience = chosen
    })
  }

  saveWeight(form) {
    const chosen = form.querySelector('input:checked')
    if (!chosen) return form.querySelector('input').focus()
    const day = isoDay(new Date())
    return this.change(form.querySelector('button'), (document) => {
      document.weights = document.weights.filter((one) => one.day !== day)
      document.weights.push({ day, weight: Number(chosen.value) })
    })
  }

  /** A table a week: each day that is known, a bar and its word. */
  drawWeights() {
    const weeks = new Map()
    for (const [day, weight] of heavyDays(this.document)) {
      const week = monday(day)
      weeks.set(week, (weeks.get(week) || []).concat([[day, weight]]))
    }
    const drawn = Array.from(weeks).slice(0, WEEKS).map(([week, days]) => {
      const rows = days.map(([day, weight]) => {
        const bar = make('span', { class: `bar w${weight}`, 'aria-hidden': 'true' })
        return make('tr', {}, make('th', { scope: 'row' }, dayInWords(day)), make('td', {}, bar, wordsOf('weights')[weight]))
      })
      return make('table', {}, make('caption', {}, t('week', { day: dayInWords(week) })), make('tbody', {}, ...rows))
    })
    box('weights').replaceChildren(...(drawn.length ? drawn : [make('p', { class: 'empty' }, t('no_weights'))]))
  }

  // The amount a year.

  saveLimit(form) {
    const typed = box('limit-amount').value.trim()
    const currency = box('limit-currency').value
    const amount = typed ? readAmount(typed, currency) : 0
    if (amount === null) return this.page.tell('bad_amount')
    return this.change(form.querySelector('button'), (document) => {
      document.threshold = amount ? { amount, currency } : {}
    })
  }

  drawLimit() {
    const { threshold, sums } = this.document
    const year = String(new Date().getFullYear())
    const known = Array.from(new Set(Object.values(sums[year] || {}).map(([currency]) => currency)))
    const lines = known.map((currency) => {
      const total = amountInWords(yearTotal(this.document, {}, year, currency), currency)
      if (threshold.currency !== currency) return t('so_far', { total, year })
      return t('so_far_of', { total, year, limit: amountInWords(threshold.amount, currency) })
    })
    box('so-far').replaceChildren(...lines.map((line) => make('p', {}, line)))
    const select = box('limit-currency')
    const { currency } = threshold
    if (currency && !Array.from(select.options).some((option) => option.value === currency)) select.append(make('option', {}, currency))
    box('limit-amount').value = threshold.amount ? plainAmount(threshold.amount, currency) : ''
    if (currency) select.value = currency
  }

  // All work.

  drawHistory() {
    const all = Object.values(this.document.history).sort((a, b) => (a.day < b.day ? 1 : -1))
    const items = all.map((entry) => {
      const kinds = (entry.kinds || []).map((code) => wordsOf('kinds')[code] || code).join(', ')
      const bits = [dayInWords(entry.day)]
      if (entry.part) bits.push(wordsOf('parts')[entry.part])
      if (entry.minutes) bits.push(minutesInWords(entry.minutes))
      const note = entry.note ? make('p', { class: 'kept', dir: 'auto' }, entry.note) : null
      return make('li', {}, make('p', {}, make('strong', {}, kinds), make('br'), make('span', { class: 'soft' }, bits.join(' \u00b7 '))), note)
    })
    const list = make('ul', { class: 'list' }, ...items)
    box('history').replaceChildren(...(all.length ? [make('p', {}, t('history', { n: all.length })), list] : [make('p', { class: 'empty' }, t('no_history'))]))
  }

  /** All of it as a file, made on this phone. The keys stay here. */
  take() {
    const { keys, seen, revision, ...rest } = this.document
    const file = new Blob([JSON.stringify(rest, null, 1)], { type: 'application/json' })
    const link = make('a', { href: URL.createObjectURL(file), download: 'private.json' })
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60000)
  }
}
