// What a page does with a secret that the page before it left in the pocket: it opens the vault on this device, or
// lets a new passkey open it. What came of that is said in the page's [data-vault] lines, where it has any.

import { carries, take } from './pocket.js';

const PASSKEY = 'alongside vault passkey 1'

/** Show the lines of the page that say `what`, and no others. */
export function say(what) {
  for (const line of document.querySelectorAll('[data-vault]')) line.hidden = !line.dataset.vault.split(' ').includes(what)
}

/** Who lost a phone comes in with the code on paper: it opens the vault here and shuts it on every other device. */
async function fromPaper(vault, identity) {
  await vault.openWith(identity)
  await vault.lockOut({ paper: await vault.slotOf(identity), passkeys: [] })
}

/** Somebody signed in with a passkey: it opens the vault here. Where that is open, it opens it from now on. */
async function fromPasskey(vault, identity, id) {
  const state = await vault.state()
  if (state === 'shut') await vault.openWith(identity)
  else if (state === 'open') await vault.addPasskey({ recipient: await vault.slotOf(identity), id })
}

/** A passkey was made, and the server has it. */
async function newPasskey(vault, identity, id) {
  if (!document.querySelector('.said .passkey-made')) return
  const passkey = { recipient: await vault.slotOf(identity), id }
  const state = await vault.state()
  if (state === 'open') await vault.addPasskey(passkey)
  else if (state === 'none') await vault.begin({ passkeys: [passkey] })
  say(state === 'open' || state === 'none' ? 'passkey' : 'not-passkey')
}

/** On the page that lists the passkeys: one that was removed opens the vault no longer. */
async function removed() {
  const list = document.getElementById('passkeys-there')
  if (!list) return
  const vault = await import('./vault.js')
  if (await vault.ready()) await vault.keepPasskeys(JSON.parse(list.textContent))
}

/** Use what is in the pocket. Resolves in any case; the vault is open afterwards, or it is not. */
export async function usePocket() {
  if (!carries()) return
  const carried = await take()
  if (!carried) return
  const [vault, age] = await Promise.all([import('./vault.js'), import('./age.js')])
  try {
    if (carried.kind === 'paper') await fromPaper(vault, carried.secret)
    else {
      const identity = await age.derive(carried.secret, PASSKEY)
      await (carried.kind === 'made' ? newPasskey : fromPasskey)(vault, identity, carried.id)
    }
  } catch (error) {
    if (carried.kind === 'made') say('not-passkey')
  }
}

/** The identity of a passkey's secret. */
export const passkeyIdentity = async (secret) => (await import('./age.js')).derive(secret, PASSKEY)

export function settled() {
  if (document.body.dataset.settled !== undefined) return Promise.resolve()
  return new Promise((resolve) => document.addEventListener('alongside:settled', resolve, { once: true }))
}

/** The pocket is emptied once a page; whoever needs the vault waits for this. */
export const pocketUsed = settled().then(usePocket)
pocketUsed.then(removed).catch(() => {}) // offline, or locked: the next time then

let used = false
pocketUsed.then(() => (used = true))
for (const form of document.querySelectorAll('form[data-after-opening]')) {
  form.addEventListener('submit', (event) => {
    if (used) return
    event.preventDefault() // what was taken out of the pocket would be lost on the way
    pocketUsed.then(() => form.submit())
  })
}
