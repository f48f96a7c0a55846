// A note that is said instead of typed, where the browser says that it turns speech into text on the phone itself, in the
// page's language. What is said goes nowhere else, and no sound is kept. Everywhere else there is no button.

import { icon, make } from './fields.js';
import { recorder } from './record.js';
import { remembered } from '../people/store.js';
import { t } from './values.js';

const ASKING = 'alongside-speech' // stands while the browser is asked
const ANSWERS = 'Google Chrome'
const PATIENCE = 5000 // how long, in milliseconds, a browser may take over the last words
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition
const lang = document.documentElement.lang
const note = document.querySelector('#entry [name=note]')

/** Whether speech becomes text on this phone. The question ends the page in browsers that have only half of this, Debian's
 * Chromium and web views of Android among them: so it is put to those alone that are known to answer, by the name that they
 * give themselves, and never again to one where the page ended. Without a place for that mark nobody asks, or the page would
 * end at each visit. */
async function hears() {
  if (!Recognition || !Recognition.available || !('processLocally' in Recognition.prototype)) return false
  const { brands = [] } = navigator.userAgentData || {}
  if (!brands.some(({ brand }) => brand === ANSWERS) || remembered(ASKING) || remembered(ASKING, '1') !== '1') return false
  const answered = () => remembered(ASKING, null)
  window.addEventListener('pagehide', answered) // somebody went on before there was an answer: the page did not end of it
  try {
    return (await Recognition.available({ langs: [lang], processLocally: true })) === 'available'
  } catch (error) {
    return false
  } finally {
    answered()
  }
}

class Say {
  constructor() {
    this.ear = null // what listens now; its `outcome` is what to say when it is done
    this.held = null // the save that waits for the last words
    this.label = make('span', {}, t('say'))
    this.says = make('p', { class: 'hint', role: 'status' }, t('say_here'))
    const click = () => (this.ear ? this.stop() : this.start())
    note.after(make('div', { class: 'say' }, make('button', { type: 'button', class: 'second', click }, icon('talk'), this.label), this.says))
    document.addEventListener('submit', (event) => this.hold(event), true)
    document.addEventListener('visibilitychange', () => document.hidden && this.stop())
    document.addEventListener('alongside:leave', () => this.leave())
  }

  show(label, says) {
    this.label.textContent = t(label)
    this.says.textContent = t(says)
  }

  start() {
    const ear = (this.ear = new Recognition())
    const { id } = recorder.startedWith()
    Object.assign(ear, { lang, continuous: true, processLocally: true })
    ear.outcome = 'say_nothing'
    ear.onresult = (event) => {
      if (this.ear !== ear) return
      if (id === recorder.startedWith().id) this.write(event)
      else this.end(ear, 'say_here') // another entry is in the form by now
    }
    ear.onerror = ({ error }) => {
      if (error !== 'no-speech') ear.outcome = /not-allowed/.test(error) ? 'say_refused' : 'say_failed'
    }
    ear.onend = () => this.end(ear)
    this.show('say_stop', 'say_listens')
    try {
      ear.start()
    } catch (error) {
      this.end(ear, 'say_failed')
    }
  }

  /** At the end of the note, whatever was typed meanwhile. */
  write({ results, resultIndex }) {
    for (const one of Array.from(results).slice(resultIndex)) {
      const text = one[0].transcript.trim()
      if (!one.isFinal || !text) continue
      const end = note.value.length
      note.setRangeText((/\S$/.test(note.value) ? ' ' : '') + text, end, end)
      this.ear.outcome = 'say_read'
    }
    note.dispatchEvent(new Event('input', { bubbles: true }))
  }

  stop() {
    const { ear } = this
    if (!ear) return
    ear.stop()
    this.says.textContent = t('say_last')
    setTimeout(() => this.end(ear, 'say_failed'), PATIENCE)
  }

  end(ear, outcome = ear.outcome) {
    if (this.ear !== ear) return
    const { held } = this
    this.ear = this.held = null
    ear.abort()
    this.show('say', outcome)
    if (held) note.form.requestSubmit(held.submitter)
  }

  /** Saving waits for the last words. */
  hold(event) {
    if (!this.ear || event.target !== note.form) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.held = event
    recorder.say(t('say_last'), true)
    this.stop()
  }

  leave() {
    this.held = null
    if (this.ear) this.end(this.ear)
  }
}

const offer = () => hears().then((can) => can && new Say())
const around = note && note.closest('details')
// Not before somebody can see the note: a browser may give itself a name that is not its own.
if (recorder && note && around && !around.open) around.addEventListener('toggle', offer, { once: true })
else if (recorder && note) offer()
