// What waits on this phone, as ciphertext in IndexedDB: one database an owner.
//
// Each record is encrypted to this device's public key (ephemeral ECDH on P-256, HKDF-SHA-256, AES-256-GCM) and
// padded to whole KiB, so a locked phone can add a record and read none. Without a phone code the private key is a
// CryptoKey that cannot be exported. With a code only a wrapped form is kept (AES-GCM under PBKDF2 of the code);
// while unlocked, a second wrapped form serves this tab alone, under a random key in sessionStorage.
// The promise is against somebody who finds the phone, not against forensics.

import { alone } from './alone.js';

const ROUNDS = 600000
const BLOCK = 1024
const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const INFO = new TextEncoder().encode('alongside waiting 1')
const TAB_KEY = 'alongside-tab'
const LOCKED = 'alongside-locked' // changes when a tab locks: the others hear it
const subtle = globalThis.crypto && crypto.subtle

export class WrongCode extends Error {}
export class Locked extends Error {}

/** Read a mark that this browser, or this tab, keeps in the clear; `value` sets it, null takes it away. null where nothing is kept. */
export function remembered(key, value, where = 'localStorage') {
  try {
    const storage = globalThis[where]
    if (value === null) storage.removeItem(key)
    else if (value !== undefined) storage.setItem(key, value)
    return storage.getItem(key)
  } catch (error) {
    return null
  }
}

export function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

// --- padding and sealing ---------------------------------------------------------------------------------------

/** JSON of `value` behind its length, filled up with zeros to a multiple of 1 KiB. */
export function pad(value) {
  const text = new TextEncoder().encode(JSON.stringify(value))
  const padded = new Uint8Array(Math.ceil((text.length + 4) / BLOCK) * BLOCK)
  new DataView(padded.buffer).setUint32(0, text.length)
  padded.set(text, 4)
  return padded
}

export function unpad(buffer) {
  const length = new DataView(buffer).getUint32(0)
  return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)))
}

async function sharedKey(privateKey, publicKey, salt, use) {
  const secret = await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256)
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const params = { name: 'HKDF', hash: 'SHA-256', salt, info: INFO }
  return subtle.deriveKey(params, base, { name: 'AES-GCM', length: 256 }, false, [use])
}

function gcm(iv, place) {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) }
}

async function seal(publicKey, place, value) {
  const pair = await subtle.generateKey(CURVE, false, ['deriveBits'])
  const from = await subtle.exportKey('raw', pair.publicKey)
  const key = await sharedKey(pair.privateKey, publicKey, from, 'encrypt')
  const iv = crypto.getRandomValues(new Uint8Array(12))
  return { from, iv, data: await subtle.encrypt(gcm(iv, place), key, pad(value)) }
}

async function open(privateKey, place, sealed) {
  const from = await subtle.importKey('raw', sealed.from, CURVE, false, [])
  const key = await sharedKey(privateKey, from, sealed.from, 'decrypt')
  return unpad(await subtle.decrypt(gcm(sealed.iv, place), key, sealed.data))
}

async function codeKey(code, salt, rounds) {
  const base = await subtle.importKey('raw', new TextEncoder().encode(code), 'PBKDF2', false, ['deriveKey'])
  const params = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return subtle.deriveKey(params, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

const importPrivate = (pkcs8) => subtle.importKey('pkcs8', pkcs8, CURVE, false, ['deriveBits'])

// --- IndexedDB ---------------------------------------------------------------------------------------------------

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('keys')
      request.result.createObjectStore('records')
      request.result.createObjectStore('meta')
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('blocked'))
  })
}

// --- the store -----------------------------------------------------------------------------------------------------
/** Goes along with each call: where somebody but the owner of `store` is signed in by now, nothing is taken or given. */
export const whose = (store) => ({ 'X-Alongside-Phone': store.owner })

export class Store {
  /** The store of `owner`. Rejects when this browser keeps nothing (private mode, storage off, no WebCrypto). */
  static async open(owner) {
    if (!subtle || !globalThis.indexedDB) throw new Error('no storage')
    const store = new Store()
    store.reach = store.reach.bind(store)
    store.owner = owner
    store.name = 'alongside-' + owner
    await store.connect()
    store.fresh = new Map() // written by this page: known even while locked, as long as it lies there unchanged
    store.known = new Map() // opened by this page, by the bytes that they were opened from
    store.privateKey = null
    store.hidden = false
    await store.withLock(() => store.makeKeys())
    await store.loadKeys()
    addEventListener('storage', (event) => event.key === LOCKED && store.lockedElsewhere())
    return store
  }

  async connect() {
    this.database = await openDatabase(this.name)
    this.database.onversionchange = () => {
      this.over = true // it is being deleted: nobody makes it anew
      this.database.close()
    }
  }

  /** Reach the database. Some browsers close it while a page is out of sight for long, without a word: then it is opened anew. */
  async reach(use) {
    try {
      return await use(this.database)
    } catch (error) {
      if (this.over || !/^InvalidState|^Unknown/.test(error && error.name)) throw error // "unknown" is what Safari says
    }
    await this.connect()
    await this.makeKeys() // where all was thrown away meanwhile
    return use(this.database)
  }

  /** Ask the object store `name` for what `request` says. */
  ask(name, request) {
    return this.reach((database) => asked(request(database.transaction(name).objectStore(name))))
  }

  withLock(work) {
    return alone(this.reach, this.name, work)
  }

  /** Run `work` unless another tab is sending. */
  whileSending(work) {
    return alone(this.reach, this.name + '-send', work, true)
  }

  /** Run `work` alone among the tabs that write small private things or encrypt all anew; it may be within withLock(). */
  whileKeeping(work) {
    return alone(this.reach, this.name + '-private', work)
  }

  /** Run `work` alone among the tabs that seal the vault anew; entries are written meanwhile. */
  whileSealing(work) {
    return alone(this.reach, this.name + '-vault', work)
  }

  get(name, key) {
    return this.ask(name, (store) => store.get(key))
  }

  /** One transaction: `changes` are [store, key, value], where value undefined deletes. Durable when it resolves. */
  async write(changes) {
    const stores = Array.from(new Set(changes.map((change) => change[0])))
    const transaction = await this.reach((database) => database.transaction(stores, 'readwrite', { durability: 'strict' }))
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = transaction.onerror = () => reject(transaction.error || new Error('not written'))
      for (const [name, key, value] of changes) {
        const store = transaction.objectStore(name)
        if (value === undefined) store.delete(key)
        else store.put(value, key)
      }
    })
  }

  async makeKeys() {
    if (await this.get('keys', 'device')) return
    const pair = await subtle.generateKey(CURVE, false, ['deriveBits'])
    await this.write([['keys', 'device', { id: randomId(), publicKey: pair.publicKey, privateKey: pair.privateKey }]])
  }

  /** The keys as they are now: another tab may have set a code, and with it new keys. */
  async loadKeys(anew) {
    const device = await this.get('keys', 'device')
    if (!anew && this.device && this.device.id === device.id) return
    this.device = device
    this.privateKey = device.privateKey || (await this.tabPrivate())
  }

  async tabPrivate() {
    const secret = remembered(TAB_KEY, undefined, 'sessionStorage')
    const held = secret && (await this.get('keys', 'tab'))
    if (!held) return null
    try {
      const { iv, data } = held
      return await importPrivate(await subtle.decrypt({ name: 'AES-GCM', iv }, await this.rawKey(secret), data))
    } catch (error) {
      return null
    }
  }

  rawKey(hex) {
    const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16))
    return subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
  }

  get hasCode() {
    return !this.device.privateKey
  }

  /** Whether what waits cannot be read now: a code is set and not given, or somebody left fast. */
  get locked() {
    return this.hidden || !this.privateKey
  }

  /** Forget what is in memory; what waits stays, as ciphertext. */
  drop() {
    this.privateKey = null
    this.hidden = true
    this.fresh.clear()
    this.known.clear()
  }

  // Records.

  count() {
    return this.ask('records', (store) => store.count())
  }

  async has(id) {
    return (await this.ask('records', (store) => store.count(id))) > 0
  }

  /** Which bytes are to be written for `record`. */
  async sealed(record) {
    return ['records', record.id, await seal(this.device.publicKey, record.id, record)]
  }

  async remove(id) {
    await this.write([['records', id, undefined]])
    this.forget(id)
  }

  async read(id) {
    if (this.hidden) return undefined
    const sealed = await this.get('records', id)
    return sealed && this.opened(id, sealed)
  }

  /** What `sealed` holds; opened once for as long as it lies there unchanged. Undefined while that cannot be read. */
  async opened(id, sealed) {
    const known = (this.locked ? this.fresh : this.known).get(id)
    if (known && known.iv.every((byte, at) => byte === sealed.iv[at])) return known.record
    if (this.locked) return undefined
    const record = await open(this.privateKey, id, sealed)
    this.known.set(id, { iv: sealed.iv, record })
    return record
  }

  /** Change one record: `change` gets what is stored (or undefined) and gives what is to be, or null to remove it. */
  async update(id, change) {
    const [after] = await this.updateAll([id], (before) => change(before))
    return after
  }

  /** Change many records in one transaction: `change` gets what is stored, and the place among `ids`. Gives what each is. */
  updateAll(ids, change) {
    return this.withLock(async () => {
      await this.loadKeys()
      const before = await Promise.all(ids.map((id) => this.read(id)))
      for (let at = 0; at < ids.length; at += 1) {
        if (before[at] === undefined && (await this.has(ids[at]))) throw new Locked()
      }
      const after = before.map((record, at) => change(record, at))
      await this.writeAll(ids, before, after)
      return after
    })
  }

  async writeAll(ids, before, after) {
    const changes = []
    for (let at = 0; at < ids.length; at += 1) {
      if (after[at] === null) changes.push(['records', ids[at], undefined])
      else if (after[at] !== undefined && after[at] !== before[at]) changes.push(this.sealed(after[at]))
    }
    if (!changes.length) return
    const written = await Promise.all(changes)
    await this.write(written)
    for (const [, id, sealed] of written) {
      if (sealed) this.fresh.set(id, { iv: sealed.iv, record: after[ids.indexOf(id)] })
      else this.forget(id)
    }
  }

  forget(id) {
    this.fresh.delete(id)
    this.known.delete(id)
  }

  /** Every record that can be read now, oldest first. */
  async all() {
    await this.loadKeys()
    if (this.hidden) return []
    const [ids, sealed] = await this.reach((database) => {
      const records = database.transaction('records').objectStore('records')
      return Promise.all([asked(records.getAllKeys()), asked(records.getAll())])
    })
    const read = (id, at) => this.opened(id, sealed[at]).catch(() => null)
    const found = (await Promise.all(ids.map(read))).filter(Boolean)
    return found.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))
  }

  throwAway() {
    return this.withLock(() => this.whileKeeping(() => this.startAnew()))
  }

  async startAnew() {
    const pair = await subtle.generateKey(CURVE, false, ['deriveBits'])
    const ids = await this.ask('records', (store) => store.getAllKeys())
    const changes = ids.map((id) => ['records', id, undefined])
    changes.push(['keys', 'device', { id: randomId(), publicKey: pair.publicKey, privateKey: pair.privateKey }])
    changes.push(['keys', 'tab', undefined])
    for (const name of await this.privateNames()) changes.push(['meta', name, undefined])
    await this.write(changes)
    this.fresh.clear()
    this.known.clear()
    await this.loadKeys()
  }

  // Small private things beside the records: the groups and roles to choose from, the last choice, a count.

  async privateNames() {
    const names = await this.ask('meta', (store) => store.getAllKeys())
    return names.filter((name) => !name.startsWith('lease:'))
  }

  setPrivate(name, value) {
    return this.whileKeeping(async () => {
      await this.loadKeys()
      await this.write([['meta', name, await seal(this.device.publicKey, 'meta:' + name, value)]])
    })
  }

  /** What is kept under `name`; null while it cannot be read. */
  async getPrivate(name) {
    await this.loadKeys()
    const sealed = this.locked ? null : await this.get('meta', name)
    if (!sealed) return null
    return open(this.privateKey, 'meta:' + name, sealed).catch(() => null)
  }

  /** Change it: `change` gets what is kept, or null where nothing is. Throws where that cannot be read, and nothing has changed. */
  changePrivate(name, change) {
    return this.withLock(async () => {
      await this.loadKeys()
      if (this.locked) throw new Locked()
      const sealed = await this.get('meta', name)
      const after = change(sealed ? await open(this.privateKey, 'meta:' + name, sealed) : null)
      if (after !== undefined) await this.setPrivate(name, after)
      return after
    })
  }

  // The phone code.

  /** Everything is encrypted anew to a new key pair, whose private half only `code` opens (or nothing does: null). */
  async renewKeys(code) {
    const pair = await subtle.generateKey(CURVE, true, ['deriveBits'])
    const pkcs8 = await subtle.exportKey('pkcs8', pair.privateKey)
    const privateKey = await importPrivate(pkcs8)
    const changes = [['keys', 'tab', undefined]]
    for (const record of await this.all()) {
      changes.push(['records', record.id, await seal(pair.publicKey, record.id, record)])
    }
    for (const name of await this.privateNames()) {
      const value = await this.getPrivate(name)
      changes.push(['meta', name, value ? await seal(pair.publicKey, 'meta:' + name, value) : undefined])
    }
    const device = { id: randomId(), publicKey: pair.publicKey, privateKey: code ? undefined : privateKey }
    if (code) device.wrapped = await this.wrap(pkcs8, code)
    changes.push(['keys', 'device', device])
    await this.write(changes)
    this.device = device
    this.privateKey = privateKey
    if (code) await this.keepForTab(pkcs8)
  }

  async wrap(pkcs8, code) {
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const data = await subtle.encrypt({ name: 'AES-GCM', iv }, await codeKey(code, salt, ROUNDS), pkcs8)
    return { salt, iv, rounds: ROUNDS, data }
  }

  async keepForTab(pkcs8) {
    const secret = Array.from(crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, '0')).join('')
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const data = await subtle.encrypt({ name: 'AES-GCM', iv }, await this.rawKey(secret), pkcs8)
    await this.write([['keys', 'tab', { iv, data }]])
    remembered(TAB_KEY, secret, 'sessionStorage')
  }

  /** null takes it away. */
  setCode(code) {
    return this.withLock(async () => {
      await this.loadKeys()
      if (this.locked) throw new Locked()
      await this.whileKeeping(() => this.renewKeys(code))
    })
  }

  /** Open with the phone code. Rejects with WrongCode. */
  async unlock(code) {
    this.device = await this.get('keys', 'device')
    const wrapped = this.device.wrapped
    if (wrapped) {
      let pkcs8
      try {
        const key = await codeKey(code, wrapped.salt, wrapped.rounds)
        pkcs8 = await subtle.decrypt({ name: 'AES-GCM', iv: wrapped.iv }, key, wrapped.data)
      } catch (error) {
        throw new WrongCode()
      }
      this.privateKey = await importPrivate(pkcs8)
      await this.keepForTab(pkcs8)
    } else {
      this.privateKey = this.device.privateKey
    }
  }

  async lock() {
    this.forgetKey()
    await this.write([['keys', 'tab', undefined]])
    remembered(LOCKED, randomId())
  }

  /** Another tab has locked: so does this one, where there is a code. */
  async lockedElsewhere() {
    this.forgetKey()
    await this.loadKeys(true)
    document.dispatchEvent(new Event('alongside:locked'))
  }

  forgetKey() {
    remembered(TAB_KEY, null, 'sessionStorage')
    this.privateKey = null
    this.fresh.clear()
    this.known.clear()
  }
}
