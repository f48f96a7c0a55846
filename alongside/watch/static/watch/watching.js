// The page of a running check-in. It asks the server every few seconds, counts by itself in between and without signal,
// rings when a check is due, and says at once when it cannot be relied on. What is tapped and does not reach the server
// waits here and is tried again: it says for which check it was and how long ago, so that an old answer never stands in
// for a new one. Opened without signal, it goes on from what this phone last knew (kept.js).

import { cookie } from '../kit/page.js';
import { Kept, recall } from './kept.js';
import { Numbers, dialled } from './numbers.js';
import { Sound } from './sound.js';

const ASK_EVERY = 5000
const PATIENCE = 6000
const TRY_AGAIN = 3000
const STILL = 300 // milliseconds for which nothing above a button may have moved when it is tapped
const COUNT = 10 // seconds in which a call for help can be stopped
const RAISED = ['calling', 'coming', 'there']
const told = JSON.parse(document.getElementById('watch').textContent)
const words = JSON.parse(document.getElementById('words').textContent)
const language = document.documentElement.lang || 'en'
const plural = new Intl.PluralRules(language)
const root = document.getElementById('watching')
const $ = (name) => document.querySelector(`[data-${name}]`)

/** The page's words; a pair is chosen from by `values.n`. */
function t(name, values) {
  const found = words[name]
  const text = Array.isArray(found) ? found[plural.select(values.n) === 'one' ? 0 : 1] : found
  return text.replace(/%\((\w+)\)s/g, (whole, key) => (values && key in values ? values[key] : whole))
}

function make(tag, attributes, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'click') node.addEventListener('click', value)
    else node.setAttribute(name, value)
  }
  node.append(...children)
  return node
}

/** Seconds as 1:05 or 1:00:05. */
function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (n) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** When the phone's clock says so many milliseconds, as people read it. */
function timeOf(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString(language, { hour: 'numeric', minute: '2-digit' })
}

class Watching {
  /** `known`: what this phone last knew, { seen, at }, in a page that was opened without the server. */
  constructor(numbers, known) {
    this.local = !told.urls // the phone's own alarm, with no server behind it
    this.sound = new Sound()
    this.numbers = numbers
    this.kept = new Kept(numbers, told)
    this.pending = null // what was tapped and has not reached the server: { act, due, at, seconds }
    this.signal = true
    this.signedOut = false
    this.missing = false // the server answers, and knows of no such check-in
    this.trying = false
    this.sent = 0 // how often what was tapped has reached the server
    this.left = false
    this.pressed = null // what the finger came down on
    this.moved = 0 // when the buttons last moved
    if (known) this.recall(known)
    else this.take(this.local ? this.fresh() : told.seen)
    this.listen()
    this.openNumbers()
    this.keepAwake()
    setInterval(() => this.draw(), 500)
    if (!this.local) {
      setInterval(() => this.ask(), ASK_EVERY)
      setInterval(() => this.send(), TRY_AGAIN)
    }
    this.draw()
    if (known) this.ask()
    document.documentElement.dataset.watching = 'ready'
  }

  fresh() {
    return { state: 'watching', due: '', left: told.first, next: told.first, grace: 0, every: told.first, beat: null, well: true, by: [], lost: [], loud: false }
  }

  // What the server said, and what follows from it while it says nothing.

  take(seen) {
    this.seen = seen
    this.at = Date.now()
    this.signal = true
    this.signedOut = this.missing = false
    if (seen.state === 'ended') this.over()
    else this.kept.note(seen, this.at)
  }

  /** What this phone last knew: the server was not asked yet. */
  recall({ seen, at }) {
    this.seen = seen
    this.at = at
    this.signal = false
  }

  since() {
    return Math.max(0, Date.now() - this.at) / 1000
  }

  /** Seconds to the check by this phone's own count; less than 0 once it is due. After an OK that waits: to the next. */
  toCheck() {
    const waits = this.pending
    if (waits && ['ok', 'more'].includes(waits.act)) {
      const more = waits.act === 'ok' ? this.seen.every || 0 : waits.seconds
      return more - (Date.now() - waits.at) / 1000
    }
    return this.seen.left - this.since()
  }

  /** Whether it is over as far as the person is concerned, and the server has yet to learn of it. */
  get answered() {
    const waits = this.pending
    return !!waits && (waits.act === 'end' || (waits.act === 'ok' && !this.seen.every))
  }

  get state() {
    if (this.answered) return 'watching'
    if (RAISED.includes(this.seen.state)) return this.seen.state
    return this.toCheck() <= 0 ? 'asked' : 'watching'
  }

  /** Whether the server may not call anybody in time. */
  get shaky() {
    return !this.local && (!this.signal || !this.seen.well || !this.seen.by.length)
  }

  // Asking and telling.

  async fetch(url, fields) {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), PATIENCE)
    const headers = { 'X-Alongside-Watch': '1', 'X-CSRFToken': cookie('csrftoken') }
    const options = { credentials: 'same-origin', cache: 'no-store', redirect: 'manual', signal: stop.signal, headers }
    try {
      const answer = await fetch(url, fields ? { ...options, method: 'POST', body: new URLSearchParams(fields) } : options)
      if (answer.type === 'opaqueredirect' || answer.status === 403) {
        this.signedOut = true
        return null
      }
      this.missing = answer.status === 404
      if (!answer.ok) return null
      return await answer.json()
    } catch (error) {
      return null // no signal, or too slow to count on
    } finally {
      clearTimeout(timer)
    }
  }

  async ask() {
    if (this.asking || this.left || this.done) return
    this.asking = true
    const before = this.sent
    const seen = await this.fetch(told.urls.state)
    this.asking = false
    if (this.left || this.trying || this.sent !== before) return // what was tapped meanwhile is newer
    if (seen) this.take(seen)
    else this.signal = false
    this.draw()
  }

  async tap(act, fields) {
    if (this.local) {
      this.take(this.fresh())
      return this.draw()
    }
    const due = this.pending && this.pending.act === act ? this.pending.due : this.seen.due
    this.pending = { act, due, at: Date.now(), ...fields }
    this.say('sending')
    this.draw()
    await this.numbers.keep('watch-waits', { ...this.pending, url: told.urls.state }).catch(() => {})
    await this.send()
  }

  async send() {
    const waits = this.pending
    if (!waits || this.trying || this.left) return
    this.trying = true
    const ago = Math.floor((Date.now() - waits.at) / 1000)
    const seen = await this.fetch(told.urls[waits.act], { due: waits.due, ago, seconds: waits.seconds || '' })
    this.trying = false
    this.sent += 1
    if (this.left) return
    if (!seen) {
      this.signal = false
      this.say(this.missing ? 'missing' : `queued_${waits.act}`, true)
      return this.draw()
    }
    if (this.pending === waits) {
      this.pending = null
      await this.numbers.keep('watch-waits', null).catch(() => {})
    }
    this.take(seen)
    this.say('sent')
    this.draw()
  }

  over() {
    if (this.done || this.local) return
    this.done = true
    this.sound.close()
    this.kept.end(true)
    location.replace(told.urls.after)
  }

  // Taps.

  listen() {
    for (const form of root.querySelectorAll('form[data-act]')) {
      form.addEventListener('submit', (event) => {
        event.preventDefault()
        // Safari before 15.4 does not say which button it was: the one that was touched, or that has the focus.
        const button = event.submitter || [this.pressed, document.activeElement].find((one) => form.contains(one))
        if (this.slipped(button)) return this.say('slipped', true)
        this.tap(form.dataset.act, button && button.name === 'seconds' ? { seconds: Number(button.value) } : {})
      })
    }
    const help = $('help')
    if (help) {
      help.addEventListener('click', (event) => {
        event.preventDefault()
        this.count(COUNT) // never held back: it can be stopped
      })
      $('stop').addEventListener('click', () => this.stopHelp())
    }
    document.addEventListener('pointerdown', (event) => {
      this.pressed = event.target.closest('button, a') || root
      this.unlock()
    })
    document.addEventListener('keydown', () => (this.pressed = null))
    $('sound').addEventListener('click', () => this.unlock())
    window.addEventListener('online', () => this.local || this.send().then(() => this.ask()))
    window.addEventListener('offline', () => {
      this.signal = this.local
      this.draw()
    })
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return this.kept.save(true)
      this.keepAwake()
      if (!this.local) this.ask()
    })
    document.addEventListener('alongside:leave', () => this.leave())
  }

  /** Whether the page moved under the finger, so that another button was hit than the one that was meant. */
  slipped(button) {
    const pressed = this.pressed
    this.pressed = null
    return (!!pressed && pressed !== button) || (!!pressed && Date.now() - this.moved < STILL)
  }

  async unlock() {
    if (await this.sound.unlock()) this.keepAwake()
    this.draw()
  }

  /** Ask the phone not to sleep while this page shows: asleep, it would not ring in time. */
  async keepAwake() {
    if (!navigator.wakeLock || this.left) return
    try {
      this.awake = await navigator.wakeLock.request('screen')
    } catch (error) {
      this.awake = null // the battery is low, or the page is not in front
    }
  }

  count(seconds) {
    $('helping').textContent = t('helping', { n: seconds })
    const over = document.getElementById('helping')
    if (over.hidden) {
      over.hidden = false
      $('stop').focus()
    }
    if (seconds <= 0) {
      over.hidden = true
      this.tap('help', {})
      return
    }
    this.helping = setTimeout(() => this.count(seconds - 1), 1000)
  }

  stopHelp() {
    clearTimeout(this.helping)
    document.getElementById('helping').hidden = true
    $('help').focus()
    this.say('stopped')
  }

  leave() {
    this.left = true
    clearTimeout(this.helping)
    this.sound.close()
    this.kept.end()
    this.numbers.drop()
    if (this.awake) this.awake.release().catch(() => {})
  }

  // Drawing.

  say(name, wrong) {
    const said = $('said')
    if (said.textContent !== t(name)) said.textContent = t(name)
    said.classList.toggle('wrong', !!wrong)
  }

  put(node, text) {
    if (node && node.textContent !== text) node.textContent = text
  }

  draw() {
    if (this.left || this.done) return
    const state = this.state
    const raised = RAISED.includes(state)
    const trouble = this.troubles()
    const shaky = this.shaky
    const head = this.local && state === 'watching' ? 'alone' : shaky && state === 'watching' ? 'shaky' : state
    this.put($('head'), t(head))
    $('card').className = 'card state ' + (shaky ? 'bad' : state === 'watching' && !this.local ? 'good' : 'mind')
    this.drawClock(state)
    this.drawTroubles(trouble)
    this.drawPhones(shaky || this.seen.loud || (raised && this.seen.state === 'calling') || (this.local && state === 'asked'))
    this.drawWho()
    const due = state === 'asked'
    const deadline = shaky && !this.answered && !['coming', 'there'].includes(state) && this.toCheck() + this.seen.grace <= 0
    if (due || deadline) this.sound.start(deadline || (this.local && this.toCheck() < -60))
    else this.sound.stop()
    root.dataset.ringing = this.sound.ringing ? (this.sound.hard ? 'alarm' : 'reminder') : ''
    this.drawSound()
    const top = root.querySelector('form[data-act=ok]').offsetTop
    if (this.top !== undefined && top !== this.top) this.moved = Date.now()
    this.top = top
    for (const field of root.querySelectorAll('[name=due]')) field.value = this.seen.due
  }

  /** The button stays where it is: nothing may move under a finger. */
  drawSound() {
    const button = $('sound')
    button.hidden = false
    button.disabled = this.sound.on
    if (this.sound.on) this.put(button.querySelector('span'), t('sound_on'))
  }

  drawClock(state) {
    const next = (this.seen.next || 0) - this.since()
    const grace = this.toCheck() + this.seen.grace
    const shown = { watching: [this.toCheck(), 'to_check'], asked: [grace, 'to_call'], calling: [next, 'to_next'], coming: [next, 'to_arrive'] }[state]
    const none = !shown || this.answered || (this.local && state === 'asked') || (state === 'asked' && shown[0] <= 0)
    this.put($('clock'), none ? '' : clock(shown[0]))
    this.put($('clock-of'), none || this.local ? '' : t(shown[1]))
  }

  troubles() {
    if (this.local) return []
    const found = []
    if (this.signedOut) found.push(t('signed_out'))
    else if (this.missing) found.push(t('missing'))
    else if (!this.signal) found.push(`${t('no_signal')} ${t('no_signal_then')}`)
    if (!this.seen.well) found.push(t('no_engine'))
    if (!this.seen.by.length) found.push(t('none_reached'))
    else if (this.seen.lost.length) found.push(t('some_lost', { who: this.seen.lost.join(', ') }))
    if (this.seen.loud) found.push(t('loud'))
    return found
  }

  drawTroubles(found) {
    const box = $('troubles')
    const text = found.join('|')
    if (box.dataset.text === text) return
    box.dataset.text = text
    box.replaceChildren(...found.map((one) => make('p', { class: 'card bad' }, one)))
  }

  drawWho() {
    if (this.local) return
    const key = JSON.stringify([this.seen.by, this.seen.lost])
    if (this.who !== key) {
      this.who = key
      const tags = (names, kind) => names.map((name) => make('li', { class: `tag ${kind}` }, name))
      $('who').replaceChildren(...tags(this.seen.by, 'good'), ...tags(this.seen.lost, 'mind'))
    }
    const { beat } = this.seen
    this.put($('beat'), !this.signal ? this.silence() : beat === null ? t('no_beat') : t('beat', { n: Math.max(0, beat) }))
  }

  /** Since when nothing was heard from the server, and at what time the check is, by this phone's clock. */
  silence() {
    const seconds = Math.floor(this.since())
    const silent = seconds < 60 ? t('silent_seconds', { n: seconds }) : t('silent_minutes', { n: Math.floor(seconds / 60) })
    if (this.answered) return silent
    const left = this.toCheck()
    return `${silent} ${t(left > 0 ? 'check_at' : 'check_was', { time: timeOf(Date.now() + left * 1000) })}`
  }

  // Numbers on this phone.

  async openNumbers() {
    const section = $('numbers')
    section.hidden = false
    const open = await this.numbers.open()
    if (open !== true) this.put($('add-said'), t(open === 'locked' ? 'locked' : 'no_store'))
    this.kept.save()
    $('add').addEventListener('submit', (event) => this.addNumber(event))
    const waits = await this.numbers.kept('watch-waits')
    if (waits && waits.url === (told.urls || {}).state && !this.pending) {
      this.pending = waits
      this.send()
    }
    this.drawNumbers()
  }

  async addNumber(event) {
    event.preventDefault()
    const [name, number] = [document.getElementById('n-name'), document.getElementById('n-number')]
    const plain = dialled(number.value)
    if (!plain) return this.put($('add-said'), t('bad_number'))
    if (!this.numbers.store) return this.put($('add-said'), t('no_store'))
    await this.numbers.add(name.value.trim() || plain, plain)
    name.value = number.value = ''
    this.put($('add-said'), '')
    this.drawNumbers()
  }

  drawNumbers() {
    const rows = this.numbers.list.map((one, place) =>
      make('li', { class: 'row between' }, make('span', {}, `${one.name} ${one.number}`),
        make('button', { type: 'button', class: 'second', click: () => this.numbers.remove(place).then(() => this.drawNumbers()) }, t('away')))
    )
    $('kept').replaceChildren(...rows)
    this.phones = null
    this.draw()
  }

  drawPhones(wanted) {
    const box = $('phones')
    box.hidden = !wanted
    if (!wanted || this.phones === this.numbers.list) return
    this.phones = this.numbers.list
    const rows = this.numbers.list.map((one) =>
      make('div', { class: 'pair' },
        make('a', { class: 'button', href: `tel:${one.number}` }, t('call', { who: one.name })),
        make('a', { class: 'button second', href: `sms:${one.number}?body=${encodeURIComponent(t('text_body'))}` }, t('text', { who: one.name })))
    )
    box.replaceChildren(make('div', { class: 'phones' }, ...(rows.length ? rows : [make('p', { class: 'hint' }, t('no_numbers'))])))
  }
}

/** Begin: with what the server drew, or in the page that this phone keeps with what it last knew. */
async function start() {
  if (!told.shell) return new Watching(new Numbers(told.phone))
  const found = await recall(words)
  root.hidden = !found
  if (!found) {
    $('nothing').hidden = false
    document.documentElement.dataset.watching = 'nothing'
    return null
  }
  const { numbers, phone, kept } = found
  Object.assign(told, { urls: kept.urls, phone })
  if (location.pathname !== told.urls.watching) history.replaceState(null, '', told.urls.watching)
  return new Watching(numbers, kept)
}

start()
