// The recording form on the phone: saved here first, as ciphertext, then sent. Starts itself on every page that has
// the form or the list of what waits. Where this browser keeps nothing, the plain form goes on working.

import { Fields, daysBetween, icon, isoDay, make, t } from './fields.js';
import { Store, WrongCode, Locked, randomId } from './store.js';
import { Sync, call, settle as settleConflict } from './sync.js';
import { Waiting, clockWarning } from './waiting.js';

const OWNER = 'alongside-owner'
const LEFT = 'alongside-left'
const NO_CODE = 'alongside-no-code'
const PERSIST = 'alongside-persist'
const CODE_LEAST = 4
const form = document.getElementById('entry')
const section = document.getElementById('waiting')
const signedIn = document.body.hasAttribute('data-signed-in')

function remembered(key, value) {
  try {
    if (value === null) localStorage.removeItem(key)
    else if (value !== undefined) localStorage.setItem(key, value)
    return localStorage.getItem(key)
  } catch (error) {
    return null
  }
}

function pageShown() {
  if (document.body.dataset.settled !== undefined) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener('alongside:settled', resolve, { once: true }))
}

function askWhoThisIs() {
  return call('/phone.json', {}, 20000).then(
    (answer) => (answer.status === 200 ? answer.body : null),
    () => null
  )
}

function isChanged(input) {
  if (input.type === 'checkbox' || input.type === 'radio') return input.checked !== input.defaultChecked
  return input.type !== 'hidden' && 'defaultValue' in input && input.value !== input.defaultValue
}

class Recorder {
  constructor() {
    this.fields = form && new Fields(form)
    this.said = form && form.querySelector('.form-said')
    this.editing = null
    this.id = randomId()
    this.view = { records: [], count: 0, codeStep: '', codeError: '', said: '', thrown: false, offerCode: false, signIn: section.dataset.signIn || '/people/sign-in/' }
    this.waiting = new Waiting(section, this.fields, this.acts())
    this.storedAt = new Map() // what this page sent: id to revision
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
   * taken back; broken(), when there is no store; unknown(), when nobody has signed in on this phone yet.
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
    const about = data ? JSON.parse(data.textContent) : signedIn ? await askWhoThisIs() : null
    const owner = about ? about.owner : remembered(OWNER)
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
    this.sync.stored = this.storedAt
    if (about) await this.learn(about)
    else this.applyChoices(await this.store.getPrivate('about'))
    await this.firstFill()
    this.opened()
    await this.refresh()
    document.documentElement.dataset.recorder = 'ready'
    await this.sync.run()
    if (!signedIn && this.sync.phase === 'someoneElse') this.switchTo(this.sync.about)
    this.offerCode()
  }

  /** Somebody else signed in since: this phone's shell becomes theirs; what the other left waits in its own place. */
  switchTo(about) {
    if (this.touched) return
    remembered(OWNER, about.owner)
    location.reload()
  }

  async withoutOwner() {
    if (signedIn) return this.withoutStore()
    const asked = await askWhoThisIs()
    if (asked) {
      remembered(OWNER, asked.owner)
      location.reload()
      return
    }
    this.hideForm('sign_in_once')
    this.tell('unknown')
  }

  hideForm(words) {
    if (form) form.hidden = true
    section.replaceChildren(
      make('p', { class: 'card mind' }, t(words)),
      make('a', { class: 'button wide', href: this.view.signIn }, t('sign_in'))
    )
  }

  withoutStore() {
    this.broken = true
    this.opened()
    this.tell('broken')
    section.replaceChildren(make('p', { class: 'card mind' }, t('no_storage')))
    document.documentElement.dataset.recorder = 'none'
  }

  leave() {
    if (this.sync) this.sync.stop()
    if (this.store) this.store.drop()
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
    if (this.fields) this.fields.serverToday = server
    const says = make('div', { id: 'clock-says' }, clockWarning(phone, server))
    if (form) form.before(says)
    else section.before(says)
  }

  // The form.

  listen() {
    form.classList.add('scripted')
    form.addEventListener('submit', (event) => this.submit(event))
    form.addEventListener('input', () => {
      this.touched = true
      this.say('')
    })
    form.querySelector('[data-stop]').addEventListener('click', () => this.stopEditing())
  }

  /** A new entry's defaults, unless the server filled the form in (a change, or errors). */
  async firstFill() {
    if (!this.fields) return
    const revision = Number(form.elements.revision.value)
    if (revision > 1 || form.querySelector('.errors')) {
      this.page = { id: form.elements.id.value, base: revision - 1 }
      this.fields.settle()
    } else if (this.touched || Array.from(form.elements).some(isChanged)) {
      this.fields.fillTime() // somebody was quicker than this script: what they chose stays
    } else {
      this.last = await this.store.getPrivate('last')
      const open = Array.from(form.querySelectorAll('details')).map((one) => one.open)
      this.fields.reset(this.last)
      form.querySelectorAll('details').forEach((one, i) => (one.open = open[i]))
    }
  }

  say(text, soft) {
    if (!this.said) return
    this.said.textContent = text
    this.said.className = soft ? 'form-said soft' : 'form-said'
  }

  async submit(event) {
    if (this.broken && signedIn && navigator.onLine) return // the plain form, to the server
    event.preventDefault()
    if (this.busy) return
    const { entry, errors, told } = this.fields.read()
    this.fields.showErrors(errors)
    if (Object.keys(errors).length) return
    this.busy = true
    this.say(t('saving'), true)
    try {
      await this.ready
      if (this.broken) return this.withoutKeeping()
      const id = await this.keep(entry, told)
      this.afterSave(id)
    } catch (error) {
      this.say(t(error instanceof Locked ? 'locked' : 'full'), true)
    } finally {
      this.busy = false
    }
  }

  /** No store: the server takes the plain form when there is a connection; else what is typed stays. */
  withoutKeeping() {
    if (signedIn && navigator.onLine) HTMLFormElement.prototype.submit.call(form)
    else this.say(t('no_storage_offline'), true)
  }

  /** Write the entry to this phone: new, or over what the phone or the server has. Gives its id. */
  async keep(entry, told) {
    const about = this.editing || this.page || { id: this.id, base: 0 }
    const renamed = !!(this.editing && this.editing.errors && this.editing.errors.id)
    const id = renamed ? randomId() : about.id
    const known = renamed ? 0 : Math.max(about.base, this.storedAt.get(id) || 0)
    await this.store.update(id, (before) => {
      const fresh = { id, base: known, inflight: null, since: new Date().toISOString() }
      const kept = before || fresh
      const base = kept.inflight ? kept.base : Math.max(kept.base, known)
      return { ...kept, base, entry, told, state: 'waiting', errors: {}, theirs: null }
    })
    if (renamed) await this.store.remove(about.id)
    this.last = this.fields.chosen('for')
    this.store.setPrivate('last', this.last).catch(() => {})
    await this.tell('kept', id, entry, known > 0)
    return id
  }

  async afterSave(id) {
    const wasPage = this.page
    this.stopEditing()
    this.touched = false
    this.say(t('saved_here'), true)
    this.refresh()
    await this.sync.run()
    const left = await this.store.has(id)
    if (!left) {
      this.say(t('saved'))
      if (wasPage && form.dataset.done) location.assign(form.dataset.done)
      return
    }
    // A page that is for changing one entry has done its part; the list below goes on.
    if (wasPage && wasPage.base > 0) form.hidden = true
    if (this.sync.phase === 'offline') await this.askToKeep()
    this.offerCode()
    this.refresh()
  }

  stopEditing() {
    this.editing = null
    this.page = null
    if (this.sync) this.sync.held = null
    this.id = randomId()
    this.fields.reset(this.last)
    this.say('')
    form.querySelector('[data-stop]').hidden = true
    this.refresh()
  }

  async askToKeep() {
    const { storage } = navigator
    if (!storage || !storage.persist) return
    const granted = await storage.persist().catch(() => false)
    remembered(PERSIST, granted ? 'granted' : 'refused')
  }

  // What the list asks for.

  edit(record) {
    this.editing = record
    form.hidden = false
    this.sync.held = record.id
    this.fields.fill(record.entry)
    if (record.state === 'rejected') this.fields.showErrors(Fields.fromServer(record.errors))
    else form.scrollIntoView()
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
    this.sync.run()
  }

  async undo() {
    const { undone } = this
    this.undone = null
    if (undone) {
      await this.store.update(undone.id, (now) => {
        const base = Math.max(undone.base, this.storedAt.get(undone.id) || 0)
        return now ? { ...now, entry: undone.entry, state: 'waiting' } : { ...undone, base, inflight: null, state: 'waiting' }
      })
    }
    await this.refresh()
    this.sync.run()
  }

  async settle(record, choice) {
    await settleConflict(this.store, record.id, choice)
    await this.refresh()
    this.sync.run()
  }

  async retry() {
    for (const record of this.view.records.filter((one) => one.state === 'rejected')) {
      await this.store.update(record.id, (now) => now && { ...now, state: 'waiting', errors: {} })
    }
    this.sync.run()
  }

  // The phone code.

  step(next) {
    this.view.codeStep = next
    this.view.codeError = ''
    this.view.said = ''
    this.refresh()
  }

  /** From now on a code may be offered, once, as soon as something waits. */
  offerCode() {
    this.mayOffer = true
    this.refresh()
  }

  noCode() {
    remembered(NO_CODE, '1')
    this.refresh()
  }

  async setCode(first, second) {
    this.view.codeError = Array.from(first).length < CODE_LEAST ? 'code_short' : first !== second ? 'code_differs' : ''
    if (this.view.codeError) return this.refresh()
    await this.store.setCode(first)
    remembered(NO_CODE, '1')
    this.step('')
    this.view.said = t('code_set')
    return this.refresh()
  }

  async clearCode() {
    await this.store.clearCode()
    this.step('')
    this.view.said = t('code_removed')
    await this.refresh()
  }

  async lock() {
    if (this.editing) this.stopEditing()
    await this.store.lock()
    this.undone = null
    this.step('')
    if (!signedIn) this.applyChoices(null)
  }

  async unlock(code) {
    this.view.codeError = ''
    try {
      await this.store.unlock(code)
    } catch (error) {
      if (!(error instanceof WrongCode)) throw error
      this.view.codeError = 'wrong_code'
      return this.refresh()
    }
    if (!this.known) this.applyChoices(await this.store.getPrivate('about'))
    this.step('')
    return this.sync.run()
  }

  async throwAway() {
    await this.store.throwAway()
    this.step('')
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
    view.thrown = remembered(PERSIST) === 'refused'
    view.sync = { phase: this.sync.phase, done: this.sync.done, total: this.sync.total, slow: this.sync.slow }
    if (this.sync.stopped) return
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

export const recorder = section ? new Recorder() : null

if (recorder) pageShown().then(() => recorder.start())

for (const box of document.querySelectorAll('[data-elsewhere]')) {
  box.hidden = ['/', '/work/new/', '/work/tally/', '/work/response/', '/shell/'].includes(location.pathname)
}
