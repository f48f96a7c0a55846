// Keeps the shell and its files, so that the app opens without a connection. While a check-in runs, the empty page of one
// too, which is filled from the phone's own store. Never keeps a private page or an answer.
// Shows letters that are pushed to this phone, in neutral words: a lock screen shows them to anybody.
const CACHE = 'alongside-{{ version }}'
const FILES = {{ files|safe }}
const SHELL = '{{ shell }}'
const WATCH = 'alongside-watch'
const WATCH_CACHE = `${WATCH}-{{ version }}`
const WATCH_FILES = {{ watch_files|safe }}
const WATCH_SHELL = '{{ watch_shell }}'
const WATCH_PAGES = new RegExp('^{{ watch }}([0-9a-f-]{36}/)?$')
const WATCH_KNOWN = 'watch-page' // what the phone's store holds of it
const EXIT = '{{ exit }}'
const PATIENT = {{ patient|safe }} // these fall to the shell on a bad network too, not only without one
const PATIENCE = 4000
const SOON = 2000
const LEFT = 'alongside-exit' // holds the sign-out that could not be sent yet
const NAME = 'Alongside'
const TEXT = {{ text|safe }} // what is shown for a letter that cannot be read
const MARK = '{{ mark }}'
const RENEW = '{{ renew }}'
const PUSHED = 'alongside-push' // holds the address at which this phone gets letters, as it was told to the server

self.addEventListener('install', (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()))
})

async function fill() {
  const cache = await caches.open(CACHE)
  await cache.addAll(FILES)
  const shell = await fetch(SHELL, { cache: 'no-store', credentials: 'same-origin' })
  if (!shell.ok || shell.redirected) throw new Error('no shell')
  await cache.put(SHELL, shell)
  const names = await caches.keys()
  if (names.some((name) => name.startsWith(WATCH))) await inTurn(keepWatch)
}

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => ![CACHE, WATCH_CACHE, LEFT, PUSHED].includes(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  )
})

self.addEventListener('message', (event) => {
  const { exit, signedOut, over, watch, owner } = event.data || {}
  if (exit === true) event.waitUntil(remember().then(aMoment).then(mayShow))
  if (exit === false) event.waitUntil(caches.delete(LEFT))
  if (exit || signedOut) event.waitUntil(forgetPush())
  if (exit || signedOut || over) event.waitUntil(inTurn(() => forgetWatch(owner)))
  if (watch) event.waitUntil(inTurn(keepWatch))
})

let turn = Promise.resolve()

/** One after the other, as they were asked for: what is cleared must not come back. */
function inTurn(work) {
  const done = turn.then(work)
  turn = done.catch(() => {})
  return done
}

/** The page of a check-in, so that it opens without a connection. It is fetched when one runs, and not before. */
async function keepWatch() {
  const cache = await caches.open(WATCH_CACHE)
  if (await cache.match(WATCH_SHELL)) return
  await cache.addAll(WATCH_FILES)
  const page = await fetch(WATCH_SHELL, { cache: 'no-store', credentials: 'same-origin' })
  if (!page.ok || page.redirected) throw new Error('no page')
  await cache.put(WATCH_SHELL, page)
}

/** Nothing runs any more, or whoever it was has left: no trace of a check-in stays on this phone. */
async function forgetWatch(owner) {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(WATCH)).map((name) => caches.delete(name)))
  if (owner) await forgetKnown('alongside-' + owner)
}

/** Take what was known of a check-in out of a phone's store, if there is one. */
function forgetKnown(name) {
  return new Promise((resolve) => {
    const opening = indexedDB.open(name)
    opening.onupgradeneeded = () => opening.transaction.abort() // there was none: none is made
    opening.onerror = () => resolve()
    opening.onsuccess = () => {
      const change = opening.result.transaction('meta', 'readwrite')
      change.objectStore('meta').delete(WATCH_KNOWN)
      change.oncomplete = change.onabort = () => resolve(opening.result.close())
    }
  })
}

/** The page sends its sign-out as it goes; what it sent can be lost with it, and is then sent from here. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, SOON))

async function remember() {
  const cache = await caches.open(LEFT)
  await cache.put(EXIT, new Response(''))
  // Where the browser can, the sign-out goes as soon as there is a connection, with no page open.
  if (self.registration.sync) await self.registration.sync.register(LEFT).catch(() => {})
}

self.addEventListener('sync', (event) => {
  if (event.tag === LEFT) event.waitUntil(mayShow().then((done) => done || Promise.reject(new Error('not yet'))))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request, url.pathname))
  else if (FILES.includes(url.pathname) || WATCH_FILES.includes(url.pathname)) event.respondWith(file(request, url.pathname))
})

async function file(request, path) {
  return (await caches.match(path)) || fetch(request)
}

async function page(request, path) {
  if (!(await mayShow())) return shell()
  const kept = WATCH_PAGES.test(path) ? await caches.match(WATCH_SHELL) : undefined
  const answer = fetch(request)
  try {
    if (!kept && !PATIENT.includes(path)) return await answer
    const found = await Promise.race([answer, tooLong()])
    return kept && found.status >= 500 ? kept : found
  } catch (error) {
    answer.catch(() => {})
    return kept || shell()
  }
}

function tooLong() {
  return new Promise((resolve, reject) => setTimeout(() => reject(new Error('too long')), PATIENCE))
}

async function shell() {
  const cache = await caches.open(CACHE)
  return (await cache.match(SHELL)) || Response.error()
}

/** Whether pages of the server may be shown: not while a sign-out waits that cannot be sent. */
async function mayShow() {
  if (!(await caches.has(LEFT))) return true
  if (!(await (await caches.open(LEFT)).match(EXIT))) return true
  try {
    return await Promise.race([signOut(), tooLong()])
  } catch (error) {
    return false
  }
}

async function signOut() {
  const answer = await fetch(EXIT, { method: 'POST', credentials: 'same-origin', headers: { 'X-Alongside-Exit': '1' } })
  if (answer.ok) await caches.delete(LEFT)
  return answer.ok
}

// --- letters to this phone

self.addEventListener('push', (event) => {
  event.waitUntil(showLetter(read(event.data)))
})

/** A letter as it was sent. A browser that is shown nothing takes away the permission, so one that cannot be read shows too. */
function read(data) {
  try {
    return data.json() || {}
  } catch (error) {
    return {}
  }
}

/** A letter that comes twice has one key and shows once; a loud one stays on the screen until somebody touches it. */
function showLetter({ text = '', link = '', key = '', loud = false }) {
  const options = { body: text || TEXT, icon: MARK, badge: MARK, data: { link }, requireInteraction: loud }
  if (key) Object.assign(options, { tag: key, renotify: loud })
  if (loud) options.vibrate = [600, 200, 600, 200, 600, 200, 600]
  return self.registration.showNotification(NAME, options)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openLetter((event.notification.data || {}).link))
})

/** Show the page of a letter: in the window that has it already, or in a new one, so that nothing typed elsewhere is lost. */
async function openLetter(link) {
  const found = new URL(link || '/', self.location.origin)
  const wanted = found.origin === self.location.origin ? found.href : self.location.origin + '/'
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const open = windows.find((one) => one.url === wanted)
  return open ? open.focus() : self.clients.openWindow(wanted)
}

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event.newSubscription))
})

/** The browser gave this phone another address: the server takes it in place of the old one, which alone proves who asks. */
async function renew(given) {
  const kept = await keptPush()
  if (!kept.address) return // whoever got letters here has left
  const fresh = given || (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: kept.key }))
  const answer = await fetch(RENEW, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ old: kept.address, address: fresh.toJSON() }),
  })
  if (answer.ok) await keepPush({ ...kept, address: fresh.toJSON() })
}

async function keptPush() {
  const cache = await caches.open(PUSHED)
  const found = await cache.match(RENEW)
  return found ? found.json() : {}
}

async function keepPush(what) {
  const cache = await caches.open(PUSHED)
  await cache.put(RENEW, new Response(JSON.stringify(what)))
}

/** Whoever left this phone gets no letters on it any more. The server forgets its address by itself. */
async function forgetPush() {
  await caches.delete(PUSHED)
  const manager = self.registration.pushManager
  const subscription = manager && (await manager.getSubscription().catch(() => null))
  if (subscription) await subscription.unsubscribe().catch(() => {})
}
