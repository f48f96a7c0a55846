// The page of what only its person can open: opens it, says what is in the way, and then shows its parts.

import { passkeyIdentity, pocketUsed, say } from '../people/opening.js';
import * as vault from '../people/vault.js';
import { t } from '../work/values.js';

const said = document.getElementById('vault-says')
const box = (id) => document.getElementById(id)

function tell(words, soft) {
  said.textContent = words ? t(words) : ''
  said.className = soft ? 'said-here soft' : 'said-here'
}

const PROBLEMS = [
  [vault.Full, 'full'],
  [vault.Elsewhere, 'elsewhere'],
  [vault.Unsent, 'unsent'],
]

/** Do `work` for a button, which waits meanwhile; say what came of it. Gives whether it went well. */
async function during(button, work, done) {
  tell('')
  button.disabled = true
  try {
    await work()
    tell(done)
    return true
  } catch (error) {
    const known = PROBLEMS.find(([kind]) => error instanceof kind)
    if (known) tell(known[1], true)
    else if (error instanceof vault.Shut) await look()
    else throw error
    return false
  } finally {
    button.disabled = false
  }
}

let parts = null

/** Show what there is. Opening this page seals the vault anew, as a change does. */
async function look() {
  say('wait')
  try {
    await pocketUsed
    const state = await vault.state()
    if (state === 'open') { // only then is there something to show, and the scripts that do are worth their weight
      const [{ Parts }, { pull }] = await Promise.all([import('./parts.js'), import('../work/keeping.js')])
      const document = await vault.change(pull).catch((error) => {
        if (error instanceof vault.Shut) throw error
        return vault.read() // no connection, or no room: what this phone knows is shown all the same
      })
      parts = parts || new Parts({ during, change: vault.change, tell: (words) => tell(words, true) })
      parts.draw(document)
    }
    say(state)
  } catch (error) {
    if (error instanceof vault.Shut) return say('shut')
    say(error instanceof vault.Unsent ? 'unsent' : 'nowhere')
  }
  document.documentElement.dataset.private = 'ready'
}

/** Open with an identity; `wrong` is said where it is not one of this vault's. */
async function openWith(button, wrong, ask) {
  let opened = false
  await during(button, async () => {
    try {
      const identity = await ask()
      if (identity) await vault.openWith(identity)
      opened = !!identity
    } catch (error) {
      if (!(error instanceof vault.Shut)) throw error
    }
  })
  if (opened) await look()
  else if (!said.textContent) tell(wrong, true)
}

box('open-paper').addEventListener('submit', (event) => {
  event.preventDefault()
  openWith(event.target.querySelector('button'), 'wrong_half', async () => {
    const paper = await import('../people/paper.js')
    const { second } = paper.halves(box('half').value)
    return (await paper.isHalf(second)) ? paper.identityOf(second) : null
  })
})

box('open-passkey').hidden = !(window.PublicKeyCredential && navigator.credentials)
box('open-passkey').addEventListener('click', (event) => {
  openWith(event.currentTarget, 'wrong_passkey', async () => {
    const { ask } = await import('../people/prf.js')
    const secret = await ask().catch(() => null)
    return secret && passkeyIdentity(secret)
  })
})

document.addEventListener('alongside:locked', () => location.reload()) // in another tab

box('unlock').addEventListener('submit', async (event) => {
  event.preventDefault()
  const store = await vault.connect()
  try {
    await store.unlock(box('phone-code').value)
    await look()
  } catch (error) {
    tell('wrong_code', true)
  }
})

for (const again of document.querySelectorAll('[data-again]')) again.addEventListener('click', look)

for (const anew of document.querySelectorAll('[data-anew]')) {
  anew.addEventListener('click', async () => {
    if (await during(anew, () => vault.begin({ paper: null, passkeys: [] }))) location.assign(anew.dataset.anew)
  })
}

document.addEventListener('alongside:leave', () => (parts = null))
look()
