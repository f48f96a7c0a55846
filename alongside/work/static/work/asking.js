// A page with one entry and a form that shares it: asks first where the amount a year would be passed. Either the entry is
// in the JSON block #shared-entry, and the button that shares has value "yes"; or the form itself holds it (data-asks), and
// its page says how the server reads it, without keeping it, when it is asked for JSON.

import { randomId } from '../people/store.js';
import * as vault from '../people/vault.js';

const filled = document.querySelector('form[data-asks]')
const form = filled || document.querySelector('form[data-shares]')
let sure = false

/** The entry that is about to be shared; null where it is not to be, or says something that cannot be. */
async function about() {
  if (!filled) return JSON.parse(document.getElementById('shared-entry').textContent)
  const options = { method: 'POST', body: new FormData(form), credentials: 'same-origin', headers: { Accept: 'application/json' } }
  const answer = await fetch(form.action, options)
  const { entry } = answer.ok ? await answer.json() : {}
  return entry && entry.shared ? entry : null
}

async function choice() {
  const store = await vault.connect()
  if (!(await vault.held(store))) return 'share'
  const entry = await about()
  if (!entry) return 'share'
  const { ask } = await import('./threshold.js')
  return ask(store, entry, entry.id || randomId())
}

/** Ask, then do what the tap would have done; `keep` is for who would rather keep it. */
function first(event, button, go, keep) {
  if (sure) return
  event.preventDefault()
  button.disabled = true
  choice()
    .catch(() => 'share') // no store here, or no connection: the form says what comes of it
    .then((chosen) => {
      button.disabled = false
      if (chosen !== 'share') return keep()
      sure = true
      go()
    })
}

if (filled) {
  const send = () => HTMLFormElement.prototype.submit.call(form)
  form.addEventListener('submit', (event) =>
    first(event, event.submitter || form.querySelector('[data-save]'), send, () => {
      for (const one of form.querySelectorAll('[name=shared]')) one.checked = one.value !== 'yes'
      send()
    })
  )
} else {
  const button = form.querySelector('button[value=yes]')
  button.addEventListener('click', (event) => first(event, button, () => button.click(), () => {}))
}
