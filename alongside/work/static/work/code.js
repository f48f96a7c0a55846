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
    await this.tell('putAside')
    await this.store.lock()
    this.locked()
  },

  /** Here or in another tab: nothing of what was open stays on the page. */
  locked() {
    if (this.editing) this.stopEditing()
    else if (this.beside.some((one) => one.isAside && one.isAside())) this.startAnew()
    this.undone = null
    this.sent.clear()
    this.step('')
    if (document.body.hasAttribute('data-signed-in')) return
    this.chosenFor = (this.fields && this.fields.chosen('for')) || this.chosenFor
    this.known = null
    this.applyChoices(null)
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
    if (!this.known) {
      await this.applyKept()
      this.chooseAgain()
    }
    this.step('')
    await this.openPage()
    return this.send()
  },

  /** Who the entry in the form is for, as it was before the lock; somebody may have said another since. */
  chooseAgain() {
    const wanted = this.chosenFor
    this.chosenFor = ''
    if (!this.touched || !wanted || this.fields.chosen('for') || !this.fields.all('for').some((one) => one.value === wanted)) return
    this.fields.choose('for', wanted)
    this.fields.settle()
  },

  async throwAway() {
    await this.store.throwAway()
    this.step('')
  },
}
