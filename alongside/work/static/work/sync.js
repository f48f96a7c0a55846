// Sends what waits, and never twice: the exact payload of an attempt is kept until its answer is known, and goes
// again as it was before anything newer. One tab sends at a time. Nothing is thrown away without an answer.

import { randomId, whose, Locked } from '../people/store.js';
import { cookie } from '../kit/page.js';

const BATCH = 100
const BYTES = 900000
const PATIENCE = 60000
const FIRST_WAIT = 5000
const LONGEST_WAIT = 300000

/** Whether a quick exit still has to sign out: until then the session that is alive is nobody's to use. */
function leaving() {
  try {
    return !!localStorage.getItem('alongside-exit')
  } catch (error) {
    return false
  }
}

/** Fetch as this person, with a limit to how long it may take. */
export async function call(url, options, patience = PATIENCE) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), patience)
  try {
    const answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store', signal: stop.signal, ...options })
    const text = await answer.text()
    let body = null
    try {
      body = JSON.parse(text)
    } catch (error) {
      body = null // a page, not an answer: a sign-in screen of the wifi, a proxy
    }
    return { status: answer.status, body }
  } finally {
    clearTimeout(timer)
  }
}

export function post(url, body, more) {
  const headers = { 'X-CSRFToken': cookie('csrftoken'), ...more }
  if (typeof body === 'string') headers['Content-Type'] = 'application/json'
  return call(url, { method: 'POST', headers, body, redirect: 'manual' })
}

/** Who is signed in here, as /phone.json says; null where nobody is, or nothing answers. */
export function whoIsHere() {
  return call('/phone.json', {}, 20000).then(
    (answer) => (answer.status === 200 ? answer.body : null),
    () => null
  )
}

/** The entry as the API takes it. */
function payloadOf(record) {
  return { ...record.entry, id: record.id, revision: record.base + 1 }
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted)
  if (!value || typeof value !== 'object') return value
  return Object.keys(value)
    .sort()
    .reduce((out, key) => ({ ...out, [key]: sorted(value[key]) }), {})
}

/** Whether two contents are the same, whatever their id and revision. */
export function sameContent(a, b) {
  const plain = (entry) => JSON.stringify(sorted({ ...entry, id: null, revision: null }))
  return plain(a) === plain(b)
}

/** Thrown when a form is saved over an entry about which its person was asked and has not answered. */
export class Unanswered extends Error {}

/** What the phone holds of an entry once a form is saved over it. `before`: what it holds now, or undefined. `made`:
 * { id, base, from, entry, told }, where `from` is the content that the form started with (null: none) and `base` its
 * revision. Whoever saved did not see what differs from `from`: then both stay, and the person is asked. */
export function over(before, made) {
  const fresh = { inflight: null, since: new Date().toISOString(), state: 'waiting', errors: {}, theirs: null }
  if (!before) return { ...fresh, ...made }
  const { entry } = made
  const seen = made.from && sameContent(made.from, before.entry)
  const next = { ...before, entry, told: made.told || before.told, errors: {} }
  if (before.state === 'conflict') {
    if (!seen) throw new Unanswered()
    return next
  }
  if (seen || sameContent(entry, before.entry)) return { ...next, state: 'waiting', theirs: null }
  return { ...next, state: 'conflict', theirs: before.entry, here: true }
}

export const waits = (record) => record.state === 'waiting' || record.state === 'sending'

/** What the stored record becomes after `answer` to `sent`. null: it is done. */
export function after(record, sent, answer) {
  if (!record || !record.inflight || record.inflight.revision !== sent.revision) return undefined
  if (record.state === 'conflict') return afterWhileAsked(record, sent, answer)
  const next = { ...record, inflight: null, errors: {}, theirs: null }
  if (isKept(answer)) {
    if (sameContent(record.entry, sent)) return null
    return { ...next, base: sent.revision, from: sent, state: 'waiting' }
  }
  if (answer.status === 'conflict' && answer.theirs) {
    // What the server has is what this was built on, sent by another page of this phone.
    if (record.from && sameContent(record.from, answer.theirs)) return { ...next, base: answer.theirs.revision, state: 'waiting' }
    if (sameContent(record.entry, answer.theirs) || (record.entry.deleted && answer.theirs.deleted)) return null
    return { ...next, state: 'conflict', theirs: answer.theirs }
  }
  const errors = answer.errors || {}
  if (errors.revision && record.base > 0) {
    // The server has no such entry any more: there is nothing to delete, or it is new again.
    return record.entry.deleted ? null : { ...next, base: 0, state: 'waiting' }
  }
  return { ...next, state: 'rejected', errors }
}

const isKept = (answer) => answer.status === 'stored' || answer.status === 'unchanged'

/** An answer about the older of two versions on this phone, while its person is asked which one stays. */
function afterWhileAsked(record, sent, answer) {
  const next = { ...record, inflight: null }
  if (isKept(answer)) {
    const there = sameContent(record.theirs, sent)
    return { ...next, base: sent.revision, ...(there ? { theirs: sent, here: false } : {}) }
  }
  return answer.errors && answer.errors.revision ? { ...next, base: 0 } : next
}

/** What becomes of a conflict: keep `mine`, keep `theirs`, or keep `both` as two entries. */
export async function settle(store, id, choice) {
  let other = null
  const asked = await store.update(id, (record) => {
    if (!record || !record.theirs) return undefined
    const mine = { ...record, theirs: null, here: false, state: 'waiting' }
    if (choice === 'both' && !record.entry.deleted) other = { ...mine, id: randomId(), base: 0, from: null, inflight: null }
    if (choice !== 'mine') return record // theirs stands: below, once the second entry is safe
    return record.here ? mine : { ...mine, base: record.theirs.revision, inflight: null }
  })
  if (!asked || choice === 'mine') return
  if (other) await store.update(other.id, () => other)
  await store.update(id, (record) => {
    if (!record || !record.theirs) return undefined
    return record.here ? { ...record, entry: record.theirs, theirs: null, here: false, state: 'waiting' } : null
  })
}

export class Sync {
  /** `changed()` is called whenever something is to be shown anew. */
  constructor(store, owner, changed) {
    this.store = store
    this.owner = owner
    this.changed = changed
    this.phase = 'idle' // idle, sending, offline, signedOut, someoneElse, cannotSave
    this.done = 0
    this.total = 0
    this.wait = FIRST_WAIT
    this.timer = null
    this.running = null
    this.held = null // the id that is being edited: not sent until that is done
    this.stored = new Map() // what this page sent, by id
    this.slow = false // whether it has taken more than a second
    this.about = null // what /phone.json said last
    window.addEventListener('online', () => this.run())
    window.addEventListener('offline', () => this.say('offline'))
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && this.run())
  }

  say(phase) {
    this.phase = phase
    this.changed()
  }

  /** Send what waits, now. Calls while it runs make it look once more at the end. */
  run() {
    clearTimeout(this.timer)
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.rounds().finally(() => {
      this.running = null
      if (this.again) {
        this.again = false
        this.run()
      }
    })
    return this.running
  }

  async rounds() {
    if (this.stopped) return
    if (!navigator.onLine) return this.say('offline')
    try {
      const asked = await this.ask()
      if (asked) return this.say(asked)
      const slow = setTimeout(() => this.takesLong(), 1000)
      const sent = await this.store.whileSending(() => this.sendAll()).finally(() => clearTimeout(slow))
      this.slow = false
      if (sent === undefined) return this.soon() // another tab is sending
      this.wait = FIRST_WAIT
      this.say(sent)
      if (sent === 'cannotSave') this.later()
      if (sent === 'idle' && this.onIdle) this.onIdle(this.done)
    } catch (error) {
      if (!(error instanceof Locked)) {
        this.say('offline')
        this.later()
      }
    }
  }

  takesLong() {
    this.slow = true
    this.changed()
  }

  /** Look again after the wait that stands: nothing failed. */
  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.run(), this.wait * (0.8 + Math.random() * 0.4))
  }

  /** Try again after the wait that stands, and then after a longer one. */
  later() {
    this.soon()
    this.wait = Math.min(this.wait * 3, LONGEST_WAIT)
  }

  /** Who is signed in here, and what they may choose from. Gives the phase that stops the sending, if any. */
  async ask() {
    if (leaving()) return 'signedOut'
    const { status, body } = await call('/phone.json', {}, 20000)
    if (status === 401 || status === 403) return 'signedOut'
    if (status !== 200 || !body || !body.owner) throw new Error('no answer')
    this.about = body
    if (body.owner !== this.owner) return 'someoneElse'
    if (this.onAbout) await this.onAbout(body)
    return null
  }

  /** Every batch, until nothing waits. Gives the phase in which that ends. */
  async sendAll() {
    const refused = new Set() // by this run, so that one that cannot go does not go round
    this.done = 0
    for (;;) {
      const ready = (await this.store.all()).filter((record) => waits(record) && !refused.has(record.id) && record.id !== this.held)
      if (!ready.length) return 'idle'
      this.total = this.done + ready.length
      this.say('sending')
      const batch = await this.prepare(ready)
      if (!batch.length) return 'idle'
      const stopped = await this.send(batch, refused)
      if (stopped) return stopped
    }
  }

  /** The next batch: each payload is on disk as in flight before it leaves. */
  async prepare(ready) {
    const records = await this.store.updateAll(ready.slice(0, BATCH).map((one) => one.id), (now) => {
      if (!now || !waits(now)) return undefined
      return now.inflight ? now : { ...now, inflight: payloadOf(now), state: 'sending' }
    })
    const batch = []
    let bytes = 0
    for (const record of records) {
      if (!record || !record.inflight) continue
      bytes += JSON.stringify(record.inflight).length * 3
      if (batch.length && bytes > BYTES) break
      batch.push({ id: record.id, payload: record.inflight, told: record.told })
    }
    return batch
  }

  async send(batch, refused) {
    for (const group of new Set(batch.map((one) => one.told).filter(Boolean))) await post(`/work/told/${group}/`, undefined, whose(this.store))
    const entries = batch.map((one) => one.payload)
    const { status, body } = await post('/api/v1/work/entries/sync', JSON.stringify({ entries }), whose(this.store))
    if (status === 403) return (await this.ask()) || 'signedOut' // somebody else, since this began to send
    if (status === 401) return 'signedOut'
    if (status === 200 && body && Array.isArray(body.entries) && body.entries.length === batch.length) {
      await this.take(batch, body.entries)
      return null
    }
    if (status === 200 || status === 0 || status === 408 || status === 429 || status >= 500) {
      if (status >= 500) return 'cannotSave'
      throw new Error('no answer')
    }
    return this.refusedWhole(batch, refused, status)
  }

  /** The server would not read the batch as a whole: halve it until the one that is to blame stands alone. */
  async refusedWhole(batch, refused, status) {
    if (batch.length === 1) {
      refused.add(batch[0].id)
      await this.take(batch, [{ status: 'rejected', errors: { entry: String(status) } }])
      return null
    }
    const half = Math.ceil(batch.length / 2)
    return (await this.send(batch.slice(0, half), refused)) || this.send(batch.slice(half), refused)
  }

  async take(batch, answers) {
    await this.store.updateAll(batch.map((one) => one.id), (record, at) => after(record, batch[at].payload, answers[at]))
    batch.forEach(({ id, payload }, at) => {
      if (isKept(answers[at])) this.stored.set(id, payload)
    })
    this.done += batch.length
    this.changed()
  }

  stop() {
    this.stopped = true
    clearTimeout(this.timer)
  }
}
