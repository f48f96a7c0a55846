// The recording form on the phone: saved here first, as ciphertext, then sent. Starts itself on every page that has
// the form or the list of what waits. Where this browser keeps nothing, the plain form goes on working.

import { LEFT, OWNER, anotherPerson } from './another.js';
import { NO_CODE, phoneCode } from './code.js';
import { Fields, icon, make } from './fields.js';
import { Store, Locked, randomId, remembered } from '../people/store.js';
import { Sync, Unanswered, over, sameContent, settle as settleConflict, whoIsHere } from './sync.js';
import { byField, daysBetween, isChanged, isoDay, t } from './values.js';
import { Waiting, clockWarning } from './waiting.js';

const PERSIST = 'alongside-persist'
const form = document.getElementById('entry')
const section = document.getElementById('waiting')
const signedIn = document.body.hasAttribute('data-signed-in')
const whose = document.getElementById('whose') // on a page of somebody: never whoever was here before

function pageShown() {
  if (document.body.dataset.settled !== undefined) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener('alongside:settled', resolve, { once: true }))
}

/** Whether the page before this one left what opens the vault: see people/pocket.js. */
function pocketFull() {
  try {
    return sessionStorage.getItem('alongside-pocket') !== null
  } catch (error) {
    return false
  }
}

class Recorder {
  constructor() {
    this.fields = form && new Fields(form)
    this.said = form && form.querySelector('.form-said')
    this.editing = null
    this.id = randomId()
    this.view = { records: [], count: 0, codeStep: '', codeError: '', said: '', thrown: false, offerCode: false, signIn: section.dataset.signIn || '/people/sign-in/' }
    this.waiting = new Waiting(section, this.fields, this.acts())
    this.sent = new Map() // what this page sent and the server has: id to what was sent
    this.beside = [] // what goes along with the form: see join()
    this.ready = new Promise((resolve) => (this.opened = resolve)) // when it is known whether there is a store
  }

  /** What the list may ask for, each bound to this recorder. */
  acts() {
    const names = ['edit', 'remove', 'settle', 'retry', 'undo', 'step', 'noCode', 'setCode', 'clearCode', 'lock', 'unlock', 'throwAway']
    return names.reduce((bound, name) => ({ ...bound, [name]: (...given) => this[name](...given) }), {})
  }

  /**
   * Have `one` told of what happens here. Of these it may have: draw(view), after what is stored was drawn;
   * kept(id, entry, known), when an entry is on this phone, known to the server before or new; removed(id), when one was
   * taken back; moved(store, id, entry), when it is in the store of somebody else, who is here now; putAside(), when the
   * form is needed for something else; broken(), when there is no store; unknown(), when nobody has signed in on this phone
   * yet.
   */
  join(one) {
    this.beside.push(one)
    if (this.broken) this.tell('broken')
    else this.refresh()
  }

  tell(what, ...given) {
    return Promise.all(this.beside.map((one) => one[what] && one[what](...given)))
  }

  async start() {
    const data = document.getElementById('phone')
    if (form) this.listen()
    const about = data ? JSON.parse(data.textContent) : signedIn ? await whoIsHere() : null
    const owner = about ? about.owner : whose ? JSON.parse(whose.textContent) : signedIn ? null : remembered(OWNER)
    if (!owner) return this.withoutOwner()
    remembered(OWNER, owner)
    try {
      this.store = await Store.open(owner)
    } catch (error) {
      return this.withoutStore()
    }
    this.store.hidden = !!remembered(LEFT)
    document.addEventListener('alongside:leave', () => this.leave())
    this.sync = new Sync(this.store, owner, () => this.refresh())
    this.sync.onAbout = (fresh) => this.learn(fresh)
    this.sync.onIdle = (sent) => this.seal(sent).catch(() => {}) // the next sync does it
    this.sync.stored = this.sent
    if (about) await this.learn(about)
    else await this.applyKept()
    await this.firstFill()
    await this.openPage()
    this.opened()
    await this.refresh()
    document.documentElement.dataset.recorder = 'ready'
    await this.send()
    this.offerCode()
  }

  async withoutStore() {
    this.broken = true
    await this.firstFill()
    this.opened()
    this.tell('broken')
    section.replaceChildren(make('p', { class: 'card mind' }, t('no_storage')))
    document.documentElement.dataset.recorder = 'none'
  }

  leave() {
    if (this.sync) this.sync.stop()
    if (this.store) this.store.drop()
    this.sent.clear()
    this.editing = this.undone = null
    this.view.records = []
  }

  /** What /phone.json says: who this is, the server's day, the choices. */
  async learn(about) {
    remembered(LEFT, null) // the session of whoever owns this store is alive, and no sign-out waits
    if (this.store.hidden) {
      this.store.hidden = false
      await this.store.loadKeys(true)
    }
    const known = JSON.stringify(about.choices)
    if (this.known !== known) {
      this.known = known
      await this.store.setPrivate('about', about.choices).catch(() => {})
      this.applyChoices(about.choices)
    }
    this.checkClock(about.today)
  }

  /** The choices that this phone knew last. */
  async applyKept() {
    const choices = await this.store.getPrivate('about')
    this.known = choices ? JSON.stringify(choices) : null
    this.applyChoices(choices)
  }

  applyChoices(choices) {
    if (!this.fields) return
    this.fields.setChoices(choices)
    form.querySelector('[data-locked]').hidden = !!choices || !this.store.locked
  }

  checkClock(server) {
    const phone = isoDay(new Date())
    const wrong = Math.abs(daysBetween(phone, server)) > 1
    const shown = document.getElementById('clock-says')
    if (shown) shown.remove()
    if (!wrong) return
    if (this.fields) this.fields.setServerDay(server)
    const says = make('div', { id: 'clock-says' }, clockWarning(phone, server))
    if (form) form.before(says)
    else section.before(says)
  }

  // The form.

  listen() {
    form.classList.add('scripted')
    form.addEventListener('submit', (event) => this.submit(event))
    for (const event of ['input', 'change']) {
      form.addEventListener(event, () => {
        this.touched = true
        this.say('')
      })
    }
    form.querySelector('[data-stop]').addEventListener('click', () => {
      this.stopEditing()
      this.send()
    })
  }

  /** A new entry's defaults, unless the server filled the form in (a change, or errors). */
  async firstFill() {
    if (!this.fields) return
    const errors = !!form.querySelector('.errors')
    this.touched = this.touched || errors || Array.from(form.elements).some(isChanged)
    const revision = Number(form.elements.revision.value)
    if (revision > 1 || errors) {
      this.fields.takeDay()
      this.fields.settle()
      this.page = { id: form.elements.id.value, base: revision - 1, from: revision > 1 ? this.fields.read().entry : null }
    } else if (this.touched) {
      this.fields.guessTheRest() // somebody was quicker than this script: what they chose stays
    } else {
      this.last = this.store && (await this.store.getPrivate('last'))
      const open = Array.from(form.querySelectorAll('details')).map((one) => one.open)
      this.fields.reset(this.last)
      form.querySelectorAll('details').forEach((one, i) => (one.open = open[i]))
    }
  }

  /** Whether the page is there to change one entry. */
  get changing() {
    return !!this.page && this.page.base > 0
  }

  /** A page that changes one entry shows what this phone holds of it, which is newer than what the server sent. What
   * cannot be filled in hides the form: a question comes first, and so does the phone code. */
  async openPage() {
    if (!this.changing) return
    const record = (await this.store.all()).find((one) => one.id === this.page.id)
    const readable = record && record.state !== 'conflict' && !record.entry.deleted
    form.hidden = record ? !readable : !!this.page.done || (await this.store.has(this.page.id))
    if (!record || form.hidden || this.touched) return // what was typed by now meets the record when it is saved
    this.edit(record, true)
  }

  say(text, soft) {
    if (!this.said) return
    this.said.textContent = text
    this.said.className = soft ? 'form-said soft' : 'form-said'
  }

  async submit(event) {
    if (this.broken && signedIn && navigator.onLine) return this.fields.spellDay() // the plain form, to the server
    event.preventDefault()
    if (this.busy || (!this.touched && Date.now() - this.savedAt < 600)) return // a second tap on what the first one saved
    const { entry, errors, told } = this.fields.read()
    this.fields.showErrors(errors)
    if (Object.keys(errors).length) return
    if (!(await this.mayShare(entry))) return
    this.busy = form.inert = true // what was typed meanwhile would be in neither the entry nor the form
    this.say(t('saving'), true)
    try {
      await this.ready
      if (this.broken) return this.withoutKeeping()
      if (await this.keptForAnother(entry, told)) return
      this.afterSave(await this.keep(entry, told))
    } catch (error) {
      this.say(t(error instanceof Locked ? 'locked' : error instanceof Unanswered ? 'answer_first' : 'full'), true)
      if (error instanceof Unanswered) this.refresh() // another tab knows of the question, this one not yet
    } finally {
      this.busy = form.inert = false
    }
  }

  /** Where this phone holds the vault: ask before the amount a year is passed. False: another tap came, which asks anew. */
  async mayShare(entry) {
    const question = (this.question = {})
    const { id, from } = this.startedWith()
    const shared = !!(from && from.shared)
    if (!entry.shared || !this.store || !(await this.store.get('meta', 'vault'))) return true
    const asked = import('./threshold.js').then(({ ask }) => ask(this.store, entry, id, shared))
    const choice = await asked.catch(() => 'share') // nothing may keep somebody from being paid
    if (choice === 'keep' && shared) this.say(t('left_as_it_was'))
    else if (choice === 'keep') entry.shared = false
    return !(choice === 'keep' && shared) && question === this.question && !this.busy
  }

  /** No store: the server takes the plain form when there is a connection; else what is typed stays. */
  withoutKeeping() {
    if (signedIn && navigator.onLine) {
      this.fields.spellDay()
      HTMLFormElement.prototype.submit.call(form)
    } else this.say(t('no_storage_offline'), true)
  }

  /** What the form started with: its id, its content, the revision of that. */
  startedWith() {
    const { editing } = this
    if (editing) return { id: editing.id, base: editing.base, from: editing.entry }
    return this.page || { id: this.id, base: 0, from: null }
  }

  /** Write the entry to this phone: new, or over what the phone or the server has. Gives what is kept. */
  async keep(entry, told) {
    let { id, base, from } = this.startedWith()
    const old = id
    const sent = this.sent.get(id) // since the form was filled: newer, but nothing that its person did not see?
    if (sent && from && sent.revision > base && sameContent(sent, from)) base = sent.revision
    const renamed = !!(this.editing && this.editing.errors && this.editing.errors.id)
    if (renamed) [id, base, from] = [randomId(), 0, null]
    const kept = await this.store.update(id, (before) => over(before, { id, base, from, entry, told }))
    if (renamed) await this.store.remove(old)
    this.last = this.fields.chosen('for')
    this.store.setPrivate('last', this.last).catch(() => {})
    await this.tell('kept', id, entry, base > 0)
    return kept
  }

  async afterSave({ id, state }) {
    const pageDone = this.changing && this.page.id === id
    this.stopEditing()
    this.touched = false
    this.savedAt = Date.now()
    this.say(state === 'conflict' ? '' : t('saved_here'), true)
    await this.refresh()
    if (state === 'conflict') section.scrollIntoView()
    await this.send()
    if (!(await this.store.has(id))) {
      this.say(t('saved'))
      if (pageDone && form.dataset.done) location.assign(form.dataset.done)
      return
    }
    this.offerCode()
    this.refresh()
  }

  /** Send what waits. What is still here after a second, or after all, is to be kept by the browser too. */
  async send() {
    const late = setTimeout(() => this.askToKeep(), 1000)
    await this.sync.run()
    clearTimeout(late)
    await this.askToKeep()
  }

  /** Where this phone holds the vault, or was just given what opens it: it is sealed anew. Its scripts are loaded then. */
  async seal(sent) {
    const { dataset } = document.documentElement
    this.sealing = (this.sealing || 0) + 1
    dataset.vault = 'sealing'
    try {
      if (pocketFull()) await (await import('../people/opening.js')).pocketUsed
      if (!(await this.store.get('meta', 'vault')) || this.store.locked) return
      const keeping = await import('./keeping.js')
      await keeping.keep(this.store, sent)
    } finally {
      this.sealing -= 1
      if (!this.sealing) dataset.vault = 'done'
    }
  }

  stopEditing() {
    this.editing = null
    if (this.changing) form.hidden = this.page.done = true // it has done its part; the list below goes on
    else this.page = null
    if (this.sync) this.sync.held = null
    this.startAnew()
    form.querySelector('[data-stop]').hidden = true
    this.refresh()
  }

  startAnew() {
    this.id = randomId()
    this.touched = false
    this.fields.reset(this.last)
    this.say('')
  }

  /** Ask the browser, once a page, not to throw away what waits. One that cannot be asked may do so. */
  async askToKeep() {
    if (!(await this.store.count()) || this.asked) return
    this.asked = true
    const granted = navigator.storage && navigator.storage.persist ? await navigator.storage.persist().catch(() => false) : false
    this.thrown = !granted
    remembered(PERSIST, granted ? 'granted' : 'refused')
    this.refresh()
  }

  // What the list asks for.

  edit(record, withPage) {
    this.tell('putAside') // what was typed and is not saved
    this.editing = record
    form.hidden = false
    this.sync.held = record.id
    this.fields.fill(record.entry)
    if (record.state === 'rejected') this.fields.showErrors(byField(record.errors))
    else if (!withPage) form.scrollIntoView()
    form.querySelector('[data-stop]').hidden = false
    this.refresh()
  }

  async remove(record) {
    let removed = record
    await this.store.update(record.id, (now) => {
      removed = now || record
      if (!now || (!now.base && !now.inflight)) return null
      return { ...now, entry: { day: now.entry.day, kinds: now.entry.kinds, deleted: true }, state: 'waiting', errors: {} }
    })
    this.undone = removed
    this.tell('removed', record.id)
    if (this.editing && this.editing.id === record.id) this.stopEditing()
    await this.refresh()
    this.send()
  }

  async undo() {
    const { undone } = this
    this.undone = null
    if (undone) {
      await this.store.update(undone.id, (now) => {
        const sent = this.sent.get(undone.id)
        const base = Math.max(undone.base, sent ? sent.revision : 0)
        return now ? { ...now, entry: undone.entry, state: 'waiting' } : { ...undone, base, inflight: null, state: 'waiting' }
      })
    }
    await this.refresh()
    this.send()
  }

  async settle(record, choice) {
    await settleConflict(this.store, record.id, choice)
    await this.refresh()
    await this.send()
    if (!this.changing || this.page.id !== record.id || !form.hidden) return // what is typed in the form stays there
    const stays = choice === 'mine' ? record.entry : record.theirs
    if (await this.store.has(record.id)) await this.openPage()
    else location.assign(stays.deleted ? '/' : form.dataset.done)
  }

  async retry() {
    for (const record of this.view.records.filter((one) => one.state === 'rejected')) {
      await this.store.update(record.id, (now) => now && { ...now, state: 'waiting', errors: {} })
    }
    this.send()
  }

  // Drawing.

  /** Draw what is stored now. Calls while it runs draw once more at the end. */
  refresh() {
    if (!this.store || !this.sync || this.sync.stopped) return Promise.resolve()
    if (this.drawing) {
      this.drawAgain = true
      return this.drawing
    }
    this.drawing = this.redraw().finally(() => {
      this.drawing = null
      if (this.drawAgain) {
        this.drawAgain = false
        this.refresh()
      }
    })
    return this.drawing
  }

  async redraw() {
    const { view, store } = this
    view.records = await store.all()
    view.count = await store.count()
    view.broken = !store.locked && view.count > view.records.length
    view.locked = store.locked
    view.hidden = store.hidden
    view.hasCode = store.hasCode
    view.offerCode = !!this.mayOffer && !remembered(NO_CODE) && !store.hasCode && !store.locked && view.count > 0
    view.undo = !!this.undone
    view.editing = this.editing ? this.editing.id : null
    view.thrown = this.thrown === undefined ? remembered(PERSIST) === 'refused' : this.thrown
    view.sync = { phase: this.sync.phase, done: this.sync.done, total: this.sync.total, slow: this.sync.slow }
    view.back = !signedIn && !view.count && this.sent.size > 0 && this.sync.phase === 'idle' // the shell is left for the whole app
    if (this.sync.stopped) return
    if (this.sync.phase === 'someoneElse' && this.isAnothers) this.switchTo(this.sync.about)
    this.waiting.draw(view)
    this.drawNet(view)
    this.tell('draw', view)
    const note = this.said && this.said.textContent
    if (note && note === t('saved_here') && !view.count && this.sync.phase === 'idle') this.say(t('saved'))
    if (note && note === t('saved_here') && store.locked && !store.hidden && this.sync.phase === 'idle' && view.count) this.say(t('saved_locked'), true)
  }

  /** One line at the top of the page: how many wait, with the way to them. */
  drawNet(view) {
    const net = document.getElementById('net')
    const text = view.count ? t('count_locked', { n: view.count }) : ''
    if (!net || net.textContent === text) return
    net.replaceChildren(...(text ? [make('a', { class: 'quiet', href: '#waiting' }, icon('clock'), make('span', {}, text))] : []))
  }
}

for (const more of [phoneCode, anotherPerson]) Object.defineProperties(Recorder.prototype, Object.getOwnPropertyDescriptors(more))

export const recorder = section ? new Recorder() : null

document.addEventListener('alongside:locked', () => recorder && recorder.store && recorder.store.locked && recorder.locked())
if (recorder) pageShown().then(() => recorder.start())

for (const box of document.querySelectorAll('[data-elsewhere]')) {
  box.hidden = ['/', '/work/new/', '/work/tally/', '/work/response/', '/shell/'].includes(location.pathname)
}
