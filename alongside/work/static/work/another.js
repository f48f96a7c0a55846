// Whose phone this is: what the recorder does where nobody has signed in yet, and where somebody else has since. A shell
// opens the store that was used here last; what somebody records goes into their own.

import { make } from './fields.js';
import { Store, randomId, remembered } from '../people/store.js';
import { over, whoIsHere } from './sync.js';
import { t } from './values.js';

export const OWNER = 'alongside-owner'
export const LEFT = 'alongside-left'
const signedIn = document.body.hasAttribute('data-signed-in')
const section = document.getElementById('waiting')
const form = document.getElementById('entry')

/** Methods of the recorder; `this` is it. */
export const anotherPerson = {
  async withoutOwner() {
    if (signedIn) return this.withoutStore()
    const asked = await whoIsHere()
    if (asked) {
      remembered(OWNER, asked.owner)
      location.reload()
      return
    }
    if (form) form.hidden = true
    section.replaceChildren(
      make('p', { class: 'card mind' }, t('sign_in_once')),
      make('a', { class: 'button wide', href: this.view.signIn }, t('sign_in'))
    )
    this.tell('unknown')
  },

  /** Somebody else is known to be signed in here. */
  get isAnothers() {
    const { about, owner } = this.sync
    return !signedIn && !!about && about.owner !== owner
  },

  /** Then this phone's shell becomes theirs; what the other left waits in its own place. */
  switchTo(about) {
    if (this.touched) return
    remembered(OWNER, about.owner)
    location.reload()
  },

  /** The store of whoever is signed in here, where that is somebody else; null where it is not, or nobody knows. */
  async theirs() {
    if (signedIn || !navigator.onLine) return null
    if (remembered(LEFT) && !this.sync.about) await this.sync.ask().catch(() => {})
    return this.isAnothers ? Store.open(this.sync.about.owner) : null
  },

  /** Whoever signed in since keeps what they record in their own store: then true, and the shell becomes theirs. */
  async keptForAnother(entry, told) {
    const theirs = await this.theirs()
    if (!theirs) return false
    const id = randomId()
    await theirs.update(id, () => over(undefined, { id, base: 0, from: null, entry, told }))
    await this.tell('moved', theirs, id, entry)
    this.touched = false
    this.switchTo(this.sync.about)
    return true
  },
}
