// Keeps the shell and its files, so that the app opens without a connection. Never keeps a private page or an answer.
// Shows letters that are pushed to this phone, in neutral words: a lock screen shows them to anybody.
const CACHE = 'alongside-{{ version }}'
const FILES = {{ files|safe }}
const SHELL = '{{ shell }}'
const EXIT = '{{ exit }}'
const PATIENT = {{ patient|safe }} // these fall to the shell on a bad network too, not only without one
const PATIENCE = 4000
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
}

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => ![CACHE, LEFT, PUSHED].includes(name)).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  )
})

self.addEventListener('message', (event) => {
  if (event.data && event.data.exit === true) event.waitUntil(Promise.all([remember(), forgetPush()]))
  if (event.data && event.data.exit === false) event.waitUntil(caches.delete(LEFT))
  if (event.data && event.data.signedOut) event.waitUntil(forgetPush())
})

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
  else if (FILES.includes(url.pathname)) event.respondWith(file(request, url.pathname))
})

async function file(request, path) {
  const cache = await caches.open(CACHE)
  return (await cache.match(path)) || fetch(request)
}

async function page(request, path) {
  if (!(await mayShow())) return shell()
  const answer = fetch(request)
  try {
    if (!PATIENT.includes(path)) return await answer
    return await Promise.race([answer, tooLong()])
  } catch (error) {
    answer.catch(() => {})
    return shell()
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
