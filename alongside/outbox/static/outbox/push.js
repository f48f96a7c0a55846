// Letters to this phone: asks the browser for its address, when the person taps, and tells it to the server.
//
// The place is [data-push], with the server's public key in data-key; its form says where the address goes. What is said
// meanwhile, and when it cannot be, stands there in [data-push-said]. What the server was told is kept where the service
// worker finds it (see sw.js); this phone is marked in the list.

const PUSHED = 'alongside-push'
const place = document.querySelector('[data-push]')

async function kept() {
  if (!(await caches.has(PUSHED))) return {}
  const found = await (await caches.open(PUSHED)).match(place.dataset.renew)
  return found ? found.json() : {}
}

async function keep(what) {
  await (await caches.open(PUSHED)).put(place.dataset.renew, new Response(JSON.stringify(what)))
}

function show(name) {
  for (const said of place.querySelectorAll('[data-push-said]')) said.hidden = said.dataset.pushSaid !== name
}

/** Whether the browser can do it at all; not whether it may. */
function able() {
  return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window && 'caches' in window
}

async function subscription(registration) {
  const key = place.dataset.key
  const there = await registration.pushManager.getSubscription()
  const wanted = { userVisibleOnly: true, applicationServerKey: key }
  if (!there) return registration.pushManager.subscribe(wanted)
  try {
    return await registration.pushManager.subscribe(wanted) // the one that is there, when it is of this key
  } catch (error) {
    await there.unsubscribe()
    return registration.pushManager.subscribe(wanted)
  }
}

async function add(form) {
  show('')
  if ((await Notification.requestPermission()) !== 'granted') return show('refused')
  show('wait')
  const registration = await navigator.serviceWorker.ready
  const fresh = await subscription(registration)
  const language = form.querySelector('[name=language]:checked')
  const answer = await fetch(form.action, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'Content-Type': 'application/json',
      'X-CSRFToken': form.querySelector('[name=csrfmiddlewaretoken]').value,
    },
    body: JSON.stringify({ address: fresh.toJSON(), language: language ? language.value : '' }),
  })
  if (!answer.ok) throw new Error(String(answer.status))
  const { way, next } = await answer.json()
  await keep({ key: place.dataset.key, address: fresh.toJSON(), way })
  location.assign(next)
}

/** Mark this phone in the list, when the browser still has the address that the server was told. */
async function markOwn() {
  const { way, address } = await kept()
  const registration = await navigator.serviceWorker.getRegistration()
  const there = registration && (await registration.pushManager.getSubscription())
  if (!way || !there || there.endpoint !== address.endpoint) return
  for (const mark of document.querySelectorAll(`[data-way="${way}"] [data-this-phone]`)) mark.hidden = false
}

function start() {
  const form = place.querySelector('form')
  if (!able()) return show('none')
  if (form) {
    form.hidden = false
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      add(form).catch(() => show('failed'))
    })
  }
  markOwn().catch(() => {})
}

if (place) start()
