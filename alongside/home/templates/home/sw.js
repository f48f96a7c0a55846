// Keeps the shell and its files, so that the app opens without a connection. Never keeps a private page or an answer.
const CACHE = 'alongside-{{ version }}'
const FILES = {{ files|safe }}
const SHELL = '{{ shell }}'
const EXIT = '{{ exit }}'
const PATIENT = {{ patient|safe }} // these fall to the shell on a bad network too, not only without one
const PATIENCE = 4000
const LEFT = 'alongside-exit' // holds the sign-out that could not be sent yet

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
      .then((names) => Promise.all(names.filter((name) => name !== CACHE && name !== LEFT).map((name) => caches.delete(name))))
      .then(() => self.clients.claim())
  )
})

self.addEventListener('message', (event) => {
  if (event.data && event.data.exit === true) event.waitUntil(remember())
  if (event.data && event.data.exit === false) event.waitUntil(caches.delete(LEFT))
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
