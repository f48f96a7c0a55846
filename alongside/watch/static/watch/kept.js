// What this phone keeps of the check-in that runs, so that its page opens without signal too: what the page last showed,
// sealed in the phone's store as all that waits there. Nothing is kept where no service worker could show it, or clear it.

import { WrongCode, remembered } from '../people/store.js';
import { Numbers } from './numbers.js';

const NAME = 'watch-page' // sw.js clears it by this name
const OWNER = 'alongside-owner'
const LEFT = 'alongside-left'
const EXIT = 'alongside-exit'
const SAVE_EVERY = 60000
const WORTH = 2 * 86400000 // for as long the server keeps a check-in that ended well
const $ = (name) => document.querySelector(`[data-${name}]`)

/** What changes of what the server said without anything having happened. */
const MOVING = { left: 0, next: 0, beat: 0 }

export class Kept {
  constructor(numbers, { urls, phone, shell }) {
    this.numbers = numbers
    this.urls = urls
    this.what = ''
    this.at = 0
    this.worker = null
    if (urls && 'serviceWorker' in navigator) this.askWorker(phone, shell)
  }

  /** Have the service worker keep the empty page; a new one that takes over is asked again. */
  async askWorker(phone, shell) {
    // A page of the server is this person's own, whose session is alive: record.js says the same of itself.
    if (!shell && !remembered(EXIT)) {
      remembered(OWNER, phone)
      remembered(LEFT, null)
    }
    navigator.serviceWorker.addEventListener('controllerchange', () => this.tellWorker())
    await navigator.serviceWorker.ready
    await this.tellWorker()
    this.save()
  }

  async tellWorker() {
    const { active } = await navigator.serviceWorker.ready
    this.worker = active
    active.postMessage({ watch: true })
  }

  /** Note what the server said at `at`. It is written when something happened, else once a minute. */
  note(seen, at) {
    this.latest = { seen, at }
    this.save()
  }

  /** `now`: the page may be gone in a moment. */
  async save(now) {
    if (!this.latest || !this.worker || !this.numbers.store || remembered(LEFT)) return
    const { seen, at } = this.latest
    const what = JSON.stringify({ ...seen, ...MOVING })
    if (what === this.what && (at === this.at || (!now && at - this.at < SAVE_EVERY))) return
    this.what = what
    this.at = at
    await this.numbers.keep(NAME, { urls: this.urls, seen, at }).catch(() => {})
    document.documentElement.dataset.onPhone = ''
  }

  /** The check-in is over, or its person has left: nothing more is written, and the worker clears what was. */
  end(over) {
    this.latest = null
    if (over && this.worker) this.worker.postMessage({ over: true, owner: remembered(OWNER) })
  }
}

/**
 * What this phone last knew, for the page that was opened without the server: { numbers, phone, kept }, where `kept` is
 * { urls, seen, at }. A phone code is asked for first. `null` when nothing runs, or whoever it was has left, or it is too old.
 */
export async function recall(words) {
  const phone = remembered(LEFT) ? null : remembered(OWNER)
  if (!phone) return null
  const numbers = new Numbers(phone)
  let open = await numbers.open()
  if (open === 'locked') open = await unlocked(numbers, words)
  const kept = open && (await numbers.kept(NAME))
  return kept && Date.now() - kept.at < WORTH ? { numbers, phone, kept } : null
}

/** Ask for the phone code until it is right. */
function unlocked(numbers, words) {
  const section = $('shut')
  const form = section.querySelector('form')
  section.hidden = false
  document.documentElement.dataset.watching = 'locked'
  return new Promise((resolve) => {
    form.addEventListener('submit', async (event) => {
      event.preventDefault()
      const said = form.querySelector('[role=status]')
      said.textContent = ''
      try {
        await numbers.unlock(form.querySelector('input').value)
      } catch (error) {
        if (error instanceof WrongCode) said.textContent = words.wrong_code
        return
      }
      section.hidden = true
      resolve(true)
    })
  })
}
