// The short form after an overdose, on the phone: kept here first, as ciphertext, then sent. It goes its own way beside
// the entries, with nothing that could tie it to one. What waits is counted on every page that records, in neutral
// words.

import { make } from './fields.js';
import { recorder } from './record.js';
import { randomId, whose } from '../people/store.js';
import { post } from './sync.js';
import { isoDay, t } from './values.js';

const PREFIX = 'response:'
const PLACE = '/work/response/'
const SEND = '/api/v1/work/responses'
const ONE_ANSWER = ['before', 'doses', 'form', 'after', 'ambulance', 'end', 'group']
const BATCH = 100
const form = document.getElementById('response')
const company = document.getElementById('company')
const entry = document.getElementById('entry')
const shell = !!entry && entry.hasAttribute('data-shell')
const here = form && (!shell || location.pathname === PLACE)

function chosen(name) {
  const found = Array.from(form.querySelectorAll(`[name="${name}"]`)).find((input) => input.checked)
  return found ? found.value : ''
}

/** The month, some months back, as the server writes it. */
function month(back) {
  const today = new Date()
  return isoDay(new Date(today.getFullYear(), today.getMonth() - back, 1)).slice(0, 7)
}

class Responses {
  constructor() {
    this.says = make('div', { role: 'status' })
    document.getElementById('waiting').before(this.says)
    if (here) this.open()
    recorder.join(this)
  }

  open() {
    form.classList.add('scripted')
    if (shell) {
      form.closest('section').hidden = false
      for (const other of [entry, ...document.querySelectorAll('[data-beside]')]) other.hidden = true
    }
    form.addEventListener('submit', (event) => this.submit(event))
    const yes = company.querySelector('[data-yes]')
    if (yes) yes.addEventListener('click', () => (company.querySelector('[data-words]').hidden = false))
  }

  // What the recorder tells.

  /** Nobody has signed in on this phone yet: there is nobody to keep it for. */
  unknown() {
    if (here) form.hidden = true
  }

  async draw(view) {
    if (here && shell && !this.filled) await this.fillGroups()
    const names = await this.names()
    await this.show(names)
    if (names.length && view.sync.phase === 'idle') await this.send()
  }

  async fillGroups() {
    const choices = await recorder.store.getPrivate('about')
    if (!choices || this.filled) return
    this.filled = true
    const box = form.querySelector('[data-groups] .choices')
    for (const group of choices.groups) {
      box.append(make('label', {}, make('input', { type: 'radio', name: 'group', value: group.id }), make('span', {}, group.name)))
    }
  }

  // Keeping.

  say(text) {
    form.querySelector('.response-said').textContent = text
  }

  async submit(event) {
    if (recorder.broken && navigator.onLine) return // the plain form, to the server
    event.preventDefault()
    if (this.busy) return
    this.busy = true
    this.say(t('saving'))
    try {
      await recorder.ready
      if (recorder.broken) return this.withoutKeeping()
      await this.keep(this.read())
      this.offerCompany()
    } catch (error) {
      this.say(t('response_full'))
    } finally {
      this.busy = false
    }
    await this.send()
  }

  withoutKeeping() {
    if (navigator.onLine) HTMLFormElement.prototype.submit.call(form)
    else this.say(t('no_storage_offline'))
  }

  read() {
    const done = Array.from(form.querySelectorAll('[name=done]'), (input) => input.checked && input.value).filter(Boolean)
    const one = { id: randomId(), done, month: month(Number(chosen('month') || 0)) }
    for (const name of ONE_ANSWER) one[name] = chosen(name) || null
    return one
  }

  async keep(one) {
    const store = (await recorder.theirs()) || recorder.store
    return store.withLock(() => store.setPrivate(PREFIX + one.id, one))
  }

  offerCompany() {
    form.hidden = true
    form.reset()
    company.hidden = false
    company.querySelector('[data-sent]').textContent = t('response_kept')
    company.querySelector('h2').focus()
  }

  // Sending.

  async names() {
    return (await recorder.store.privateNames()).filter((name) => name.startsWith(PREFIX))
  }

  async send() {
    const { store, sync } = recorder
    if (this.sending || !sync || sync.stopped || store.locked || !navigator.onLine) return
    this.sending = true
    try {
      if (!(await sync.ask())) await this.sendAll(store)
    } catch (error) {
      // No connection, or no answer: it waits, and goes with the next try.
    } finally {
      this.sending = false
    }
    if (!sync.stopped) await this.show(await this.names())
  }

  async sendAll(store) {
    const waits = []
    for (const name of (await this.names()).slice(0, BATCH)) {
      const one = await store.getPrivate(name)
      if (one && !one.refused) waits.push(one)
    }
    if (!waits.length) return
    const { status, body } = await post(SEND, JSON.stringify({ responses: waits }), whose(store))
    if (status !== 200 || !body || !Array.isArray(body.responses) || body.responses.length !== waits.length) return
    for (let i = 0; i < waits.length; i += 1) {
      const name = PREFIX + waits[i].id
      if (body.responses[i].status === 'rejected') await store.setPrivate(name, { ...waits[i], refused: true })
      else await store.write([['meta', name, undefined]])
    }
    const sent = company && company.querySelector('[data-sent]')
    if (sent) sent.textContent = t('response_sent')
  }

  /** What waits, and what was refused: with a way to be rid of that. */
  async show(names) {
    const { store } = recorder
    const held = await Promise.all(names.map((name) => store.getPrivate(name)))
    const refused = names.filter((name, i) => held[i] && held[i].refused)
    const n = names.length - refused.length
    const key = `${n} ${refused.length}`
    if (this.drawn === key) return
    this.drawn = key
    const throwAway = async () => {
      await store.write(refused.map((name) => ['meta', name, undefined]))
      await this.show(await this.names())
    }
    const card = make('div', { class: 'card mind' }, make('p', {}, t('response_refused')), make('button', { type: 'button', class: 'second', click: throwAway }, t('throw')))
    this.says.replaceChildren(...(n ? [make('p', {}, t('response_waits', { n }))] : []), ...(refused.length ? [card] : []))
  }
}

if (recorder) new Responses()
