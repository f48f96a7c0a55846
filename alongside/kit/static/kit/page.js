// On every page: quick exit, and the service worker that keeps the app there without a connection.
//
// Quick exit blanks at once, drops what is in memory, signs out, and goes to another site in place of this page.
// When the sign-out cannot be sent, a flag keeps every page blank until it has been: see gate.js and sw.js.

const EXIT = 'alongside-exit' // a sign-out is still to be sent
const LEFT = 'alongside-left' // somebody left or signed out; record.js takes it away when the owner is back
const OWNER = 'alongside-owner' // whose store lies on this phone: record.js
const A_WHILE = 8000 // how long, in milliseconds, a form that was sent takes no second tap
const body = document.body

function kept(work) {
  try {
    return work(localStorage)
  } catch (error) {
    return null
  }
}

/** What the page's cookie of this name says; empty without. One copy for all scripts: this one is on every page. */
export function cookie(name) {
  const found = document.cookie.split('; ').find((part) => part.startsWith(name + '='))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

function postExit() {
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 8000)
  return fetch(body.dataset.exitPost || '/exit/', {
    method: 'POST',
    keepalive: true,
    credentials: 'same-origin',
    headers: { 'X-Alongside-Exit': '1' },
    signal: stop.signal,
  })
}

/** Whether the server has signed this phone out; false when that is not known. */
async function signedOut() {
  try {
    const answer = await postExit()
    return answer.ok
  } catch (error) {
    return false
  }
}

function tellWorker(message) {
  const workers = navigator.serviceWorker
  if (workers && workers.controller) workers.controller.postMessage(message)
}

/** Whose store the worker has something to clear in. */
const owner = () => kept((storage) => storage.getItem(OWNER))

/** Show the way to a page that the worker keeps, where it keeps it. */
async function showKept() {
  const way = document.querySelector('[data-kept-page]')
  if (!way || !window.caches) return
  const names = await caches.keys()
  way.hidden = !names.some((name) => name.startsWith(way.dataset.keptPage))
}

function finish() {
  kept((storage) => storage.removeItem(EXIT))
  tellWorker({ exit: false })
}

function blank() {
  document.documentElement.hidden = true
  document.title = body.dataset.blankTitle || 'New tab'
  const icon = document.querySelector('link[rel=icon]')
  if (icon) icon.remove()
  document.dispatchEvent(new Event('alongside:leave'))
  try {
    sessionStorage.clear()
  } catch (error) {
    // No storage: nothing to drop.
  }
  body.replaceChildren()
}

function leave() {
  kept((storage) => {
    storage.setItem(EXIT, '1')
    storage.setItem(LEFT, '1')
  })
  blank()
  tellWorker({ exit: true, owner: owner() })
  if (!navigator.onLine) {
    location.replace('about:blank')
    return
  }
  signedOut().then((done) => done && finish())
  location.replace(body.dataset.exit || 'about:blank')
}

/** Somebody signs out in another tab: go to the first page once the server knows. Before, it would show who is leaving. */
async function followOut() {
  for (let tries = 0; tries < 20 && kept((storage) => storage.getItem(LEFT)); tries += 1) {
    await new Promise((go) => setTimeout(go, 1000))
    const answer = await fetch('/phone.json', { method: 'HEAD', credentials: 'same-origin', cache: 'no-store' }).catch(() => null)
    if (!answer || !answer.ok) break
  }
  location.replace('/')
}

let away = false

/** Left, or signed out, in another tab. */
function hear(event) {
  if (away || !event.newValue || ![EXIT, LEFT].includes(event.key)) return
  away = true
  blank()
  if (event.key === LEFT) followOut()
  else location.replace('about:blank')
}

/** Send a sign-out that is still waiting before anything is shown. Returns whether this page may be shown. */
async function settle() {
  if (!kept((storage) => storage.getItem(EXIT))) return true
  if (await signedOut()) {
    finish()
    if (body.hasAttribute('data-signed-in')) {
      location.replace('/')
      return false
    }
  } else if (body.hasAttribute('data-signed-in')) {
    // The server did not answer the sign-out: this page is private, so it is not shown.
    body.replaceChildren()
    location.replace('/shell/')
    return false
  }
  document.documentElement.hidden = false
  return true
}

let escapes = []
function watchKeys(event) {
  if (event.key !== 'Escape') return
  const now = event.timeStamp
  escapes = escapes.filter((before) => now - before < 1500).concat(now)
  if (escapes.length >= 3) leave()
}

let patience = 0

/** Say that something is under way when it takes over a second; scripts that answer at once prevent the event. */
function watchSlowness(event) {
  const link = event.type === 'click' ? event.target.closest('a[href]') : null
  if (event.type === 'click' && (!link || link.hasAttribute('download') || link.target)) return
  setTimeout(() => {
    if (event.defaultPrevented) return
    clearTimeout(patience)
    patience = setTimeout(() => {
      const said = document.getElementById('busy')
      if (said) said.hidden = false
    }, 1000)
  })
}

/** A form for the server stays where it is without a connection: the browser would put an empty page in its place, and
 * what was typed would be gone. Who signs out leaves all the same. */
function keepTyped(event) {
  const form = event.target
  if (navigator.onLine || event.defaultPrevented || form.method !== 'post' || form.hasAttribute('data-sign-out')) return
  event.preventDefault()
  const said = document.getElementById('busy')
  if (!said || !said.hidden) return
  const before = Array.from(said.childNodes)
  said.replaceChildren(said.dataset.offline)
  said.hidden = false
  const back = () => {
    said.hidden = true
    said.replaceChildren(...before)
  }
  window.addEventListener('online', back, { once: true })
}

/** A second tap on what is on its way already would do it twice. What is answered by a script, or was not sent, is not on its way. */
function once(event) {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.dataset.sent) event.preventDefault()
  else form.dataset.sent = 'yes'
  setTimeout(() => delete form.dataset.sent, A_WHILE) // a file comes, and the page stays; or the way was cut
}

function start() {
  document.addEventListener('submit', keepTyped)
  document.addEventListener('submit', once)
  document.addEventListener('submit', watchSlowness)
  document.addEventListener('click', watchSlowness)
  for (const button of document.querySelectorAll('[data-leave]')) {
    button.addEventListener('click', (event) => {
      event.preventDefault()
      leave()
    })
  }
  for (const form of document.querySelectorAll('[data-sign-out]')) {
    // Whoever signs out on a phone that others use leaves nothing to read on it either, and gets no letters on it.
    form.addEventListener('submit', () => {
      kept((storage) => storage.setItem(LEFT, '1'))
      kept(() => sessionStorage.removeItem('alongside-pocket'))
      tellWorker({ signedOut: true, owner: owner() })
    })
  }
  document.addEventListener('keydown', watchKeys)
  window.addEventListener('storage', hear)
  window.addEventListener('online', settle) // a sign-out that waits goes first
  window.addEventListener('pagehide', (event) => {
    if (event.persisted) document.documentElement.hidden = true // what comes back is blank until it is loaded anew
  })
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload()
  })
  if (document.querySelector('[data-shell]')) {
    // The shell was kept a while ago: its forms carry the token that counts now.
    for (const field of document.querySelectorAll('[name=csrfmiddlewaretoken]')) field.value = cookie('csrftoken') || field.value
  }
  if (document.querySelector('[data-none-runs]')) tellWorker({ over: true, owner: owner() })
  showKept().catch(() => {})
  if ('serviceWorker' in navigator && body.hasAttribute('data-signed-in')) {
    navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => {})
  }
}

start()
settle().then((shown) => {
  if (!shown) return
  body.dataset.settled = ''
  document.dispatchEvent(new Event('alongside:settled'))
})
