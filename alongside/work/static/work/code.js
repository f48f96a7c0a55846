// The phone code: what the recorder does when somebody sets one, locks, unlocks, or starts anew without it.

import { WrongCode, remembered } from '../people/store.js';
import { t } from './values.js';

export const NO_CODE = 'alongside-no-code'
const CODE_LEAST = 4

/** Methods of the recorder; `this` is it. */
export const phoneCode = {
  step(next) {
    this.view.codeStep = next
    this.view.codeError = ''
    this.view.said = ''
    this.refresh()
  },

  /** From now on a code may be offered, once, as soon as something waits. */
  offerCode() {
    this.mayOffer = true
    this.refresh()
  },

  noCode() {
    remembered(NO_CODE, '1')
    this.refresh()
  },

  async setCode(first, second) {
    this.view.codeError = Array.from(first).length < CODE_LEAST ? 'code_short' : first !== second ? 'code_differs' : ''
    if (this.view.codeError) return this.refresh()
    await this.store.setCode(first)
    remembered(NO_CODE, '1')
    this.step('')
    this.view.said = t('code_set')
    return this.refresh()
  },

  async clearCode() {
    await this.store.setCode(null)
    this.step('')
    this.view.said = t('code_removed')
    await this.refresh()
  },

  async lock() {
    await this.store.lock()
    this.locked()
  },

  /** Here or in another tab: nothing of what was open stays on the page. */
  locked() {
    if (this.editing) this.stopEditing()
    this.undone = null
    this.sent.clear()
    this.step('')
    if (!document.body.hasAttribute('data-signed-in')) this.applyChoices(null)
  },

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
    await this.openPage()
    return this.send()
  },

  async throwAway() {
    await this.store.throwAway()
    this.step('')
  },
}
