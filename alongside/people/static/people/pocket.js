// A secret on its way from one page to the next one of this tab, such as a half of a code that must not be sent along
// with a form. As ciphertext in sessionStorage, which a quick exit empties; its key cannot be exported and lies in
// IndexedDB. It is taken once.

const NAME = 'alongside-pocket'
const { subtle } = crypto

function keys(mode, work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const change = opening.result.transaction('keys', mode)
      const asked = work(change.objectStore('keys'))
      change.oncomplete = () => resolve(asked.result)
      change.onabort = () => reject(change.error)
      opening.result.close()
    }
  })
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16))

/** Whether something is on its way. Asks for no key. */
export function carries() {
  try {
    return sessionStorage.getItem(NAME) !== null
  } catch (error) {
    return false
  }
}

/** Drop what is in the pocket, unread. */
export function empty() {
  try {
    sessionStorage.removeItem(NAME)
  } catch (error) {
    // No storage: then nothing is in it.
  }
}

/** Put a secret (bytes) into the pocket, in place of what was there. `kind` tells the next page what it is, `id` whose. */
export async function put(kind, secret, id = '') {
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const data = new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, key, secret))
  await keys('readwrite', (store) => store.put(key, 'key'))
  sessionStorage.setItem(NAME, JSON.stringify({ kind, id, iv: hex(iv), data: hex(data) }))
}

/** Take what is in the pocket, as { kind, secret, id }; null when it is empty or cannot be read. */
export async function take() {
  try {
    const carried = JSON.parse(sessionStorage.getItem(NAME))
    sessionStorage.removeItem(NAME)
    const key = await keys('readonly', (store) => store.get('key'))
    await keys('readwrite', (store) => store.delete('key'))
    const secret = await subtle.decrypt({ name: 'AES-GCM', iv: unhex(carried.iv) }, key, unhex(carried.data))
    return { kind: carried.kind, id: carried.id, secret: new Uint8Array(secret) }
  } catch (error) {
    return null
  }
}
