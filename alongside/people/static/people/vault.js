// The private vault: one document that only this person's own devices can open. The server keeps what is sealed here
// and can read none of it. For other scripts: ready(), read(), change(fn).
//
// It is sealed to ten slots, always: eight for passkeys, a code on paper's, and that of the devices, whose identity is
// inside the document itself, so that a device that has opened it once opens it again. A slot that is not in use is
// sealed to a key that nobody has, so nobody sees how many passkeys there are. What this device knows of it lies in the phone's store, as ciphertext: a locked phone reads
// none of it. It is sealed anew as a whole at each change and after every sync, and padded to a few lengths.

import { Store, randomId, whose } from './store.js';
import { cookie } from '../kit/page.js';

const NAME = 'vault' // in the store's private things: { revision, document }
const ADDRESS = '/api/v1/vault'
const LEAST = 16 * 1024
const MOST = 4 * 1024 * 1024
const TRIES = 6
const PATIENCE = 60000
const PASSKEYS = 8 // as many open it, the newest ones; always so many slots, whether in use or not

/** Thrown where the vault cannot be opened on this device now. */
export class Shut extends Error {}
/** Thrown when the server did not answer, or nobody is signed in. */
export class Unsent extends Error {}
/** Somebody else is signed in by now, in another tab. Nothing was sent. */
export class Elsewhere extends Unsent {}
/** Thrown when the document is larger than any length that there is. */
export class Full extends Error {}

let at = null // the phone's store, and this session's token against forged calls

let seen = null // what the server was last seen to keep, until it is opened: on little data it is fetched once

const sealing = () => import('./age.js')

// --- the document as bytes -----------------------------------------------------------------------------------------------

/** JSON behind its length, filled up with zeros to 16 KiB, or to twice that, and so on: growth seldom shows. */
export function pad(document) {
  const text = new TextEncoder().encode(JSON.stringify(document))
  let size = LEAST
  while (size < text.length + 4) size *= 2
  if (size > MOST) throw new Full()
  const padded = new Uint8Array(size)
  new DataView(padded.buffer).setUint32(0, text.length)
  padded.set(text, 4)
  return padded
}

export function unpad(padded) {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0)
  return JSON.parse(new TextDecoder().decode(padded.subarray(4, 4 + length)))
}

/** A document with nothing in it. */
export function empty(keys = {}) {
  return { keys, experience: [], notes: [], weights: [], threshold: {}, history: {}, sums: {}, seen: '' }
}

/** Every passkey that opens it, oldest first: { recipient, id }. An older version of this app kept one alone, without its id. */
function passkeysOf(keys) {
  const found = [...(keys.passkey ? [keys.passkey] : []), ...(keys.passkeys || [])]
  const last = new Map(found.map((one) => [one.recipient, one])) // of the same one, what is known last
  return [...last.values()].slice(-PASSKEYS)
}

/** `document` sealed to all of its slots, as base64 for the server. */
export async function sealed(document) {
  const age = await sealing()
  const { paper, device } = document.keys
  const nobody = () => age.recipientOf(age.random(32))
  const slot = async (recipient) => (recipient ? age.unbase64(recipient) : nobody())
  const passkeys = passkeysOf(document.keys)
  const recipients = []
  for (let i = 0; i < PASSKEYS; i += 1) recipients.push(await slot(passkeys[i] && passkeys[i].recipient))
  recipients.push(await slot(paper), await age.recipientOf(age.unbase64(device)))
  const text = age.base64(await age.seal(recipients, pad(document)))
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** The document in what the server keeps. Throws Shut for a wrong identity, a cut file, or an older one in new clothes. */
export async function opened(identity, there) {
  const age = await sealing()
  try {
    const document = unpad(await age.open(identity, age.unbase64(there.sealed)))
    if (document.revision !== there.revision) throw new Shut('another revision')
    return { ...empty(), ...document }
  } catch (error) {
    if (error instanceof age.Unopened || error instanceof SyntaxError) throw new Shut(error.message)
    throw error
  }
}

// --- the server ------------------------------------------------------------------------------------------------------------

async function call(address, options = {}) {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), PATIENCE)
  try {
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal: stop.signal, ...options })
    if (answer.status === 413) throw new Full()
    if (answer.status === 403) throw new Elsewhere()
    if (answer.status !== 200 && answer.status !== 409) throw new Unsent(String(answer.status))
    return { status: answer.status, body: await answer.json() }
  } catch (error) {
    throw error instanceof Full || error instanceof Unsent ? error : new Unsent(error.message)
  } finally {
    clearTimeout(timer)
  }
}

const fetched = async () => (await call(ADDRESS, { headers: mine() })).body

/** Have the server keep `document` over the revision `base`. Gives null, or what another device kept in the meantime. */
async function sent(document, base) {
  const body = JSON.stringify({ base, revision: document.revision, sealed: await sealed(document) })
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': cookie('csrftoken'), ...mine() }
  const answer = await call(ADDRESS, { method: 'PUT', headers, body })
  return answer.status === 200 ? null : answer.body
}

// --- this device -----------------------------------------------------------------------------------------------------------

function leaving() {
  try {
    return !!localStorage.getItem('alongside-exit')
  } catch (error) {
    return false
  }
}

/** Names whose vault it is, with each call: see store.js. */
export const mine = () => (at ? whose(at) : {})

/** Use the phone's `store`, which its caller has opened for whoever is signed in here. */
export function use(store) {
  at = store
}

/** The phone's store; opened for whoever is signed in, unless a caller gave it. Throws Unsent or what Store.open does. */
export async function connect() {
  if (at) return at
  if (leaving()) throw new Unsent('somebody left')
  const { body } = await call('/phone.json')
  const store = await Store.open(body.owner)
  document.addEventListener('alongside:leave', () => {
    store.drop()
    at = null
  })
  at = store
  return store
}

async function here() {
  const store = await connect()
  const held = await store.getPrivate(NAME)
  if (!held) throw new Shut('not on this device')
  return held
}

const keep = (document) => at.setPrivate(NAME, { revision: document.revision, document })

/** Whether this device holds the vault, be it locked or not. Asks neither for the network nor for a key. */
export async function held(store) {
  return !!(await store.get('meta', NAME))
}

/** 'open' here; 'locked' by the phone code; 'shut' here, but there is one; 'none' anywhere. Throws as connect() does. */
export async function state() {
  const store = await connect()
  if (await held(store)) {
    if (store.locked) return 'locked'
    if (await store.getPrivate(NAME)) return 'open'
  }
  seen = await fetched()
  return seen.revision ? 'shut' : 'none'
}

/** Whether this device can open the vault now. */
export async function ready() {
  try {
    await here()
    return true
  } catch (error) {
    return false
  }
}

/** The document, as this device knows it, without its keys. Throws Shut. */
export async function read() {
  const { keys, ...document } = (await here()).document
  return document
}

/**
 * Let `fn(document)` alter the document, which may take its time; seal it, and have the server keep it. When another
 * device was first, `fn` gets what that one kept, and is called again. Gives the document. Throws Shut, Unsent, Full, and
 * what `fn` throws; nothing has changed then.
 */
export async function change(fn) {
  const store = await connect()
  return store.whileSealing(async () => {
    let { document, revision } = await here()
    let base = revision
    for (let i = 0; i < TRIES; i += 1) {
      const next = JSON.parse(JSON.stringify(document))
      await fn(next)
      next.revision = Math.max(revision, base) + 1
      const newer = await sent(next, base)
      if (!newer) {
        await keep(next)
        return next
      }
      base = newer.revision
      if (newer.revision <= revision) continue // an older one, out of a backup: what is here goes back over it
      document = await renewed(document, newer)
      revision = newer.revision
    }
    throw new Unsent('too many at once')
  })
}

/** What another device kept. One that this device's identity does not open was locked against it: it is shut here. */
async function renewed(document, newer) {
  const age = await sealing()
  try {
    return await opened(age.unbase64(document.keys.device), newer)
  } catch (error) {
    if (error instanceof Shut) await at.write([['meta', NAME, undefined]])
    throw error
  }
}

// --- opening it on another device, and its slots -----------------------------------------------------------------------------

/** Open it here with the identity of a passkey or of a code on paper. Throws Shut, Unsent. */
export async function openWith(identity) {
  await connect()
  seen = seen || (await fetched())
  const document = await opened(identity, seen)
  seen = null
  await keep(document)
  return document
}

/** Seal a new one over whatever there is, for `slots` { paper, passkeys }: what was in it is gone for good. */
export async function begin(slots) {
  await connect()
  const age = await sealing()
  const there = await fetched()
  const document = { ...empty({ ...slots, device: age.base64(age.random(32)) }), revision: there.revision + 1 }
  if (await sent(document, there.revision)) throw new Unsent('another device was first')
  await keep(document)
  return document
}

/** Lock it against every other device, and let `slots` open it from now on: for who lost a phone. */
export async function lockOut(slots) {
  const age = await sealing()
  return change((document) => {
    document.keys = { ...slots, device: age.base64(age.random(32)) }
  })
}

/** Put a recipient into a slot; the one before it no longer opens what is sealed from now on. */
export async function setSlots(slots) {
  return change((document) => {
    document.keys = { ...document.keys, ...slots }
  })
}

/** Let the passkey `added` { recipient, id } open it too. Seals nothing where it does already. */
export const addPasskey = (added) => passkeysBecome((known) => [...known.filter((one) => one.recipient !== added.recipient), added])

/** Let only those passkeys open it whose ids are in `there`; one whose id is not known, as long as there is any. */
export const keepPasskeys = (there) => passkeysBecome((known) => known.filter(({ id }) => (id ? there.includes(id) : there.length > 0)))

async function passkeysBecome(fn) {
  const after = (keys) => passkeysOf({ passkeys: fn(passkeysOf(keys)) })
  const { keys } = (await here()).document
  const ids = (list) => JSON.stringify(list.map((one) => [one.recipient, one.id]).sort())
  if (ids(after(keys)) === ids(passkeysOf(keys))) return
  await change((document) => {
    const passkeys = after(document.keys)
    document.keys = { ...document.keys, passkeys, passkey: passkeys[passkeys.length - 1] || null } // alone, for an older version
  })
}

/** A slot's recipient, as the document keeps it. */
export async function slotOf(identity) {
  const age = await sealing()
  return age.base64(await age.recipientOf(identity))
}

export { randomId }
