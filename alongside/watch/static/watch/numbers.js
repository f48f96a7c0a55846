// Phone numbers to fall back on. They lie in this phone's own store, encrypted, and are sent nowhere.

import { Store } from '../people/store.js';

const NAME = 'watch-numbers'
const MOST = 6

/** A number as `tel:` and `sms:` take it, or null. */
export function dialled(text) {
  const plain = text.replace(/[^\d+]/g, '')
  return /^\+?\d{3,15}$/.test(plain) ? plain : null
}

export class Numbers {
  constructor(owner) {
    this.owner = owner
    this.store = null
    this.list = []
  }

  /** Open the phone's store. `false` when this browser keeps nothing; 'locked' while a phone code is to be given. */
  async open() {
    try {
      this.store = this.store || (await Store.open(this.owner))
    } catch (error) {
      return false
    }
    if (this.store.locked) return 'locked'
    return this.read()
  }

  /** Open the store with the phone code. Rejects with WrongCode. */
  async unlock(code) {
    await this.store.unlock(code)
    return this.read()
  }

  async read() {
    this.list = (await this.store.getPrivate(NAME)) || []
    return true
  }

  async add(name, number) {
    this.list = this.list.concat({ name, number }).slice(-MOST)
    await this.store.setPrivate(NAME, this.list)
  }

  async remove(place) {
    this.list = this.list.filter((one, at) => at !== place)
    await this.store.setPrivate(NAME, this.list)
  }

  // What was tapped and the server does not know yet is kept beside them, past a closed page.

  async keep(name, value) {
    if (this.store && !this.store.hidden) await this.store.setPrivate(name, value)
  }

  async kept(name) {
    return this.store && !this.store.locked ? this.store.getPrivate(name) : null
  }

  drop() {
    this.list = []
    if (this.store) this.store.drop()
  }
}
