// Calls for work that fit what somebody lived. The phone fetches all open calls, whoever it belongs to, and finds here
// which of them fit what its vault holds: the server cannot tell, and learns of a person by their yes alone. Without a
// vault, or with one that is shut, nothing more shows than the page holds already.

const place = document.getElementById('first')

/** What the person lived, as codes; nothing when the vault is not there or not open on this phone. */
async function lived(address) {
  if (!address) return []
  try {
    const vault = await import(address)
    if (!(await vault.ready())) return []
    const document = await vault.read()
    return document.experience || []
  } catch (error) {
    return []
  }
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-store' })
    return answer.ok ? (await answer.json()).calls : []
  } catch (error) {
    return []
  }
}

function items(list, words) {
  list.replaceChildren(
    ...words.map((word) => {
      const item = document.createElement('li')
      item.textContent = word
      return item
    }),
  )
}

function drawn(call) {
  const row = place.querySelector('template').content.cloneNode(true)
  const at = (name) => row.querySelector(`[data-fill=${name}]`)
  for (const name of ['title', 'group', 'text', 'why']) at(name).textContent = call[name]
  at('role').textContent = call.role ? ` · ${call.role}` : ''
  at('text').hidden = !call.text
  at('sought').hidden = false
  items(at('lines'), call.lines)
  items(at('experience_words'), call.experience_words)
  row.querySelector('form').action = `/roles/calls/${call.id}/yes/`
  return row
}

async function show() {
  const [calls, codes] = await Promise.all([fetched(place.dataset.calls), lived(place.dataset.vault)])
  const fit = calls.filter((call) => !call.to_all && !call.said_yes && call.experience.some((code) => codes.includes(code)))
  place.querySelector('ul.list').replaceChildren(...fit.map(drawn))
  place.hidden = !fit.length
  document.documentElement.dataset.calls = 'ready'
}

show()
