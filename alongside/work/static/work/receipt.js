// Photos of receipts, on the phone: drawn anew and small, so that nothing goes along of where and when they were taken;
// kept here first, as ciphertext, under an id made here; sent once their entry is with the server. A photo that cannot
// go never holds up an entry, and what waits is counted on every page that records.

import { make } from './fields.js';
import { recorder } from './record.js';
import { randomId, whose } from '../people/store.js';
import { post } from './sync.js';
import { BEGUN, t } from './values.js';

const PREFIX = 'receipt:'
const PHOTO = 'begun-photo:' // of an entry that is not saved yet: see begun.js
const A_WHILE = 60000 // how long, in milliseconds, another tab may take to keep what such a photo belongs to
const LARGEST_FILE = 40 * 1024 * 1024
const LONGEST_SIDE = 1600
const MOST_BYTES = 200000
const QUALITIES = [0.8, 0.65, 0.5, 0.35]
const AGAIN = 20000
const form = document.getElementById('entry')

export class NoPicture extends Error {}

/** The picture in a file, upright. Rejects with NoPicture. */
async function decode(file) {
  if (!/^image\//.test(file.type || 'image/')) throw new NoPicture('receipt_no_picture')
  if (file.size > LARGEST_FILE) throw new NoPicture('receipt_too_large')
  try {
    if (globalThis.createImageBitmap) {
      return await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => createImageBitmap(file))
    }
    return await decodeByTag(file)
  } catch (error) {
    throw new NoPicture('receipt_no_picture')
  }
}

/** For old browsers: by an image that is in no page. */
function decodeByTag(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    const picture = new Image()
    reader.onerror = picture.onerror = reject
    picture.onload = () => resolve(picture)
    reader.onload = () => (picture.src = reader.result)
    reader.readAsDataURL(file)
  })
}

function draw(picture, longest) {
  const by = Math.min(1, longest / Math.max(picture.width, picture.height))
  const canvas = make('canvas', { width: Math.max(1, Math.round(picture.width * by)), height: Math.max(1, Math.round(picture.height * by)) })
  const sheet = canvas.getContext('2d')
  sheet.fillStyle = '#fff'
  sheet.fillRect(0, 0, canvas.width, canvas.height)
  sheet.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas
}

/** The picture in a file as a small JPEG without anything else, and the canvas it was drawn on. Rejects with NoPicture. */
export async function redraw(file) {
  const picture = await decode(file)
  let blob = null
  let canvas = null
  for (let longest = LONGEST_SIDE; longest >= 400; longest = Math.round(longest * 0.7)) {
    canvas = draw(picture, longest)
    for (const quality of QUALITIES) {
      blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
      if (!blob) throw new NoPicture('receipt_no_picture')
      if (blob.size <= MOST_BYTES) return { blob, canvas }
    }
  }
  return { blob, canvas }
}

async function toText(blob) {
  const bytes = new Uint8Array(await new Response(blob).arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
}

function toBlob(text) {
  return new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], { type: 'image/jpeg' })
}

class Receipts {
  constructor() {
    this.says = make('div', { role: 'status', id: 'receipts' })
    document.getElementById('waiting').before(this.says)
    this.chosen = new Map() // what the form holds: the code of an expense to its photo
    this.boxes = new Map()
    if (form) this.listen()
    document.addEventListener('alongside:leave', () => this.clear())
    recorder.join(this)
  }

  // The form.

  listen() {
    const hint = form.querySelector('[data-receipts-later]')
    if (hint) hint.hidden = true
    for (const code of recorder.fields.codes('expense_')) this.boxes.set(code, this.box(code))
    form.addEventListener('input', () => this.settle())
    form.addEventListener('change', () => this.settle())
    this.settle()
  }

  box(code) {
    const input = make('input', { type: 'file', accept: 'image/*', id: 'receipt-' + code })
    const shown = make('div', { class: 'receipt', 'aria-live': 'polite' })
    const label = make('label', { for: 'receipt-' + code }, t('receipt_photo', { what: recorder.fields.fieldLabel('expense_' + code) }))
    const node = make('div', { class: 'field', 'data-receipt': code }, label, make('p', { class: 'hint' }, t('receipt_hint')), input, shown)
    const field = form.querySelector('#field-expense_' + code) || form.elements['expense_' + code].closest('.field')
    field.after(node)
    input.addEventListener('change', () => this.choose(code, input, shown))
    return { node, input, shown }
  }

  /** A photo can be added to what was spent, and to nothing else. */
  settle() {
    for (const [code, { node }] of this.boxes) node.hidden = !recorder.fields.value('expense_' + code).trim() && !this.chosen.has(code)
  }

  async choose(code, input, shown) {
    const before = this.chosen.get(code)
    this.chosen.delete(code)
    if (before) this.dropBegun([before])
    const [file] = input.files
    if (!file) return shown.replaceChildren()
    shown.replaceChildren(make('p', {}, t('receipt_drawing')))
    const mine = { id: randomId(), code }
    mine.drawn = redraw(file).then(
      ({ blob, canvas }) => {
        if (this.chosen.get(code) !== mine) return null
        this.showDrawn(shown, canvas)
        this.keepBegun(mine, blob)
        return blob
      },
      (error) => {
        if (this.chosen.get(code) !== mine) return null
        this.chosen.delete(code)
        input.value = ''
        shown.replaceChildren(make('p', { class: 'card mind' }, t(error instanceof NoPicture ? error.message : 'receipt_no_picture')))
        return null
      }
    )
    this.chosen.set(code, mine)
    return mine.drawn
  }

  showDrawn(shown, canvas) {
    canvas.setAttribute('role', 'img')
    canvas.setAttribute('aria-label', t('receipt_ready'))
    shown.replaceChildren(canvas, make('p', { class: 'soft' }, t('receipt_ready')))
  }

  // Photos of what is begun and not saved. They are kept as it is, and come back into the form with it.

  /** Of a new entry alone, as what is typed there. */
  async keepBegun(mine, blob) {
    const { store, editing, changing } = recorder
    if (!store || store.locked || editing || changing || recorder.isAnothers) return
    const { id, code } = mine
    const one = { id, code, entry: recorder.startedWith().id, at: Date.now(), data: await toText(blob) }
    await store.withLock(() => store.setPrivate(PHOTO + id, one)).catch(() => {}) // it is still in the form
    if (mine.gone) await this.dropBegun([mine]) // saved, or another was chosen, meanwhile
  }

  async dropBegun(photos) {
    const { store } = recorder
    for (const one of photos) one.gone = true
    if (store && photos.length) await store.write(photos.map(({ id }) => ['meta', PHOTO + id, undefined])).catch(() => {})
  }

  /** Put those of the entry that came into the form there, and let go of those whose entry is begun no more. */
  async putBack(names) {
    const { store } = recorder
    if (!form || store.locked || !names.length) return
    const begun = ((await store.getPrivate(BEGUN)) || []).map(({ id }) => id)
    const all = (await Promise.all(names.map((name) => store.getPrivate(name)))).filter(Boolean)
    const start = recorder.startedWith().id
    await this.dropBegun(all.filter(({ entry, at }) => entry !== start && !begun.includes(entry) && Date.now() - at > A_WHILE))
    for (const one of all) if (one.entry === start && this.boxes.has(one.code) && !this.chosen.has(one.code)) await this.putOneBack(one)
  }

  async putOneBack({ id, code, data }) {
    const blob = toBlob(data)
    const mine = { id, code, drawn: Promise.resolve(blob) }
    this.chosen.set(code, mine)
    const canvas = draw(await decode(blob), LONGEST_SIDE)
    if (this.chosen.get(code) !== mine) return
    this.showDrawn(this.boxes.get(code).shown, canvas)
    this.settle()
  }

  clear() {
    this.chosen.clear()
    this.for = null
    for (const { input, shown } of this.boxes.values()) {
      input.value = ''
      shown.replaceChildren()
    }
    if (form) this.settle()
  }

  // What the recorder tells.

  /** The entry is on this phone: so are its photos from now on. The entry is safe, whatever becomes of them. */
  async kept(id, entry, _known, store = recorder.store) {
    const spent = (entry.expenses || []).map((one) => one.code)
    const photos = Array.from(this.chosen.values()).filter((one) => spent.includes(one.code))
    try {
      for (const { id: own, code, drawn } of photos) {
        const blob = await drawn
        if (blob) await this.keep({ id: own, entry: id, code, data: await toText(blob) }, store)
      }
      this.full = false
    } catch (error) {
      this.full = true // it is said below: the photo has to be added again
    }
    await this.dropBegun(Array.from(this.chosen.values()))
    this.clear()
  }

  /** The entry is somebody else's, who is signed in here by now. */
  moved(theirs, id, entry) {
    return this.kept(id, entry, false, theirs)
  }

  keep(one, store) {
    return store.withLock(() => store.setPrivate(PREFIX + one.id, one))
  }

  async draw(view) {
    const start = recorder.fields && recorder.startedWith().id
    if (this.chosen.size && this.for && this.for !== start) this.clear()
    this.for = start
    if (form) this.settle()
    const all = await recorder.store.privateNames()
    await this.putBack(all.filter((name) => name.startsWith(PHOTO)))
    const names = all.filter((name) => name.startsWith(PREFIX))
    await this.show(names)
    if (names.length && view.sync.phase === 'idle') await this.send()
  }

  async names() {
    return (await recorder.store.privateNames()).filter((name) => name.startsWith(PREFIX))
  }

  // Sending.

  async send() {
    const { store, sync } = recorder
    clearTimeout(this.timer)
    if (this.sending || !sync || sync.stopped || store.locked || !navigator.onLine) return
    this.sending = true
    try {
      if (!(await this.sendAll(store))) return
      this.timer = setTimeout(() => this.send(), AGAIN)
    } catch (error) {
      this.timer = setTimeout(() => this.send(), AGAIN) // no connection, or no answer: it waits
    } finally {
      this.sending = false
      if (!sync.stopped) await this.show(await this.names())
    }
  }

  /** Send what can go. Gives whether something is left that may go later. */
  async sendAll(store) {
    let asked = false
    let left = false
    for (const name of await this.names()) {
      const one = await store.getPrivate(name)
      if (!one || one.refused) continue
      if (await store.has(one.entry)) continue // its entry goes first, and then this is called again
      if (!asked && (await recorder.sync.ask())) return false
      asked = true
      left = !(await this.sendOne(store, name, one)) || left
    }
    return left
  }

  async sendOne(store, name, one) {
    const body = new FormData()
    body.append('id', one.id)
    body.append('code', one.code)
    body.append('photo', toBlob(one.data), 'receipt.jpg')
    const answer = await post(`/work/${one.entry}/receipts/`, body, { Accept: 'application/json', ...whose(store) })
    const status = answer.body && answer.body.status
    if (status === 'stored' || status === 'unchanged' || status === 'gone') {
      await store.write([['meta', name, undefined]])
      return true
    }
    if (status !== 'refused' && answer.status !== 413) return false
    await store.setPrivate(name, { ...one, refused: (answer.body && answer.body.detail) || t('receipt_too_large') })
    return true
  }

  /** What waits, and what was refused: with why, and a way to be rid of that. */
  async show(names) {
    const { store } = recorder
    const held = await Promise.all(names.map((name) => store.getPrivate(name)))
    const refused = names.filter((name, i) => held[i] && held[i].refused)
    const n = names.length - refused.length
    const key = `${n} ${refused.join(' ')} ${!!this.full}`
    if (this.drawn === key) return
    this.drawn = key
    const cards = refused.map((name) => {
      const throwAway = async () => {
        await store.write([['meta', name, undefined]])
        await this.show(await this.names())
      }
      const why = held[names.indexOf(name)].refused
      return make('div', { class: 'card mind' }, make('p', {}, t('receipt_refused')), make('p', {}, why), make('button', { type: 'button', class: 'second', click: throwAway }, t('throw')))
    })
    const full = this.full ? [make('p', { class: 'card mind' }, t('receipt_full'))] : []
    this.says.replaceChildren(...(n ? [make('p', {}, t('receipt_waits', { n }))] : []), ...full, ...cards)
  }
}

if (recorder) new Receipts()
