// A page with one entry and a form that shares it: asks first where the amount a year would be passed. The entry is in
// the JSON block #shared-entry; the button that shares has value "yes".

import { randomId } from '../people/store.js';
import * as vault from '../people/vault.js';

const form = document.querySelector('form[data-shares]')
const entry = JSON.parse(document.getElementById('shared-entry').textContent)
const button = form.querySelector('button[value=yes]')
let sure = false

async function choice() {
  const store = await vault.connect()
  if (!(await vault.held(store))) return 'share'
  const { ask } = await import('./threshold.js')
  return ask(store, entry, entry.id || randomId())
}

button.addEventListener('click', (event) => {
  if (sure) return
  event.preventDefault()
  button.disabled = true
  choice()
    .catch(() => 'share') // no store here, or no connection: the form says what comes of it
    .then((chosen) => {
      button.disabled = false
      if (chosen !== 'share') return
      sure = true
      button.click()
    })
})
