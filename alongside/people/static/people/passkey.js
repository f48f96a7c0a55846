// Passkeys: asks the phone, puts its answer into the form, and sends the form. A button shows only where that works.
//
// A form has data-passkey="make" or "use"; its question is in the JSON block #passkey-options, or is asked for at
// data-ask when the button is pressed. What is said when it did not work stands in the form's [data-said]. What the
// passkey gives to open the vault with goes into the pocket, for the next page, and never into the form.

import { empty, put } from './pocket.js';
import { ask, couldGive, extensions, secretIn } from './prf.js';

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

const text = (buffer) => {
  let plain = ''
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte)
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function question(json) {
  const asked = { ...json.publicKey, challenge: bytes(json.publicKey.challenge) }
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) }
  for (const list of ['excludeCredentials', 'allowCredentials']) {
    if (asked[list]) asked[list] = asked[list].map((one) => ({ ...one, id: bytes(one.id) }))
  }
  return { ...asked, extensions: { ...asked.extensions, ...extensions } }
}

function answer(found) {
  const response = {}
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (found.response[name]) response[name] = text(found.response[name])
  }
  return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} })
}

async function asked(form) {
  if (!form.dataset.ask) return JSON.parse(document.getElementById('passkey-options').textContent)
  const token = form.querySelector('[name=csrfmiddlewaretoken]').value
  const got = await fetch(form.dataset.ask, { method: 'POST', credentials: 'same-origin', headers: { 'X-CSRFToken': token } })
  if (!got.ok) throw new Error(String(got.status))
  return got.json()
}

/** Keep the vault's secret for the next page. Some passkeys give it only when asked, once they are made. */
async function pocket(kind, found) {
  let secret = secretIn(found)
  if (!secret && kind === 'made' && couldGive(found)) secret = await ask(found.rawId)
  if (secret) await put(kind, secret, found.id)
}

async function go(form) {
  const publicKey = question(await asked(form))
  const found = form.dataset.passkey === 'make'
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey })
  await pocket(form.dataset.passkey === 'make' ? 'made' : 'passkey', found).catch(() => {})
  form.querySelector('[name=answer]').value = answer(found)
  form.submit()
}

if (document.querySelector('form[data-ask]')) {
  // Nobody is signed in: what an attempt left in the pocket may be somebody else's, and is not for who comes in next.
  empty()
  document.addEventListener('submit', (event) => event.target.dataset.passkey || empty())
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const said = form.querySelector('[data-said]')
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      said.hidden = true
      go(form).catch(() => {
        said.hidden = false
      })
    })
  }
} else {
  for (const place of document.querySelectorAll('[data-no-passkeys]')) place.hidden = false
}
