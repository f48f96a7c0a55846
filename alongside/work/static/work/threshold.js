// The amount a year that somebody must not pass, of a benefit say, is in the vault alone. Before work is shared that would
// pass it, this phone says so. What the work would be owed is asked of the server each time, also where no amount is set:
// from the question it learns nothing.

import * as vault from '../people/vault.js';
import { post, call } from './sync.js';
import { amountInWords } from './values.js';

const WAITING = 'vault-waiting' // what was shared on this phone since the sums were fetched: id to [currency, minor units]
const box = document.getElementById('threshold')

/** The years whose sums a phone keeps at hand: this one, and the one before it while it is still being shared. */
export function years(today) {
  const year = today.getFullYear()
  return today.getMonth() < 3 ? [year - 1, year] : [year]
}

/** Bring the document's sums of a year up to what the server has. */
export async function pullSums(document, today = new Date()) {
  for (const year of years(today)) {
    const { status, body } = await call(`/api/v1/work/owed?year=${year}`, { headers: vault.mine() }, 60000)
    if (status !== 200) throw new vault.Unsent(String(status))
    document.sums[year] = body.owed.reduce((sums, one) => ({ ...sums, [one.entry]: [one.currency, one.amount] }), {})
  }
}

/** What an entry was owed by then in one currency, as far as this phone knows. */
function owedBefore(document, waiting, year, currency, id) {
  const [money, amount] = ({ ...document.sums[year], ...waiting[year] })[id] || []
  return money === currency ? amount : 0
}

/** What a year's work comes to in one currency, in minor units, without the entry `but`. */
export function yearTotal(document, waiting, year, currency, but) {
  const sums = { ...document.sums[year], ...waiting[year] } // what waits is newer: fetching the sums forgets it
  const counted = Object.entries(sums).filter(([id, [money]]) => id !== but && money === currency)
  return counted.reduce((total, [, [, amount]]) => total + amount, 0)
}

/** What there is to say before `entry` is shared: null; { total, limit, currency }; or { unknown } without a connection. */
export async function crossing(store, entry, id) {
  if (store.locked || !(await vault.held(store))) return null
  vault.use(store)
  const document = await vault.read().catch(() => null)
  if (!document) return null
  const body = JSON.stringify({ ...entry, id, revision: 1, shared: true })
  const answer = await post('/api/v1/work/owed/would', body, vault.mine()).catch(() => ({ status: 0 }))
  const { amount: limit, currency } = document.threshold
  if (answer.status !== 200) return limit ? { unknown: true } : null
  const would = answer.body
  const year = entry.day.slice(0, 4)
  const waiting = (await store.getPrivate(WAITING)) || {}
  const others = limit ? yearTotal(document, waiting, year, currency, id) : 0
  const before = others + (limit ? owedBefore(document, waiting, year, currency, id) : 0)
  if (would.currency) await store.setPrivate(WAITING, { ...waiting, [year]: { ...waiting[year], [id]: [would.currency, would.amount] } })
  if (!limit || would.currency !== currency) return null
  const total = others + would.amount
  return before <= limit && total > limit ? { total, limit, currency } : null
}

/** Forget what waits: the sums that were just fetched have it. */
export const forgetWaiting = (store) => store.setPrivate(WAITING, {})

/** Ask, and give 'share' or 'keep'. `shared`: the work is shared already, and is to be changed to more. */
function answered(found, shared) {
  for (const words of box.querySelectorAll('[data-new], [data-shared-already]')) words.hidden = shared === words.hasAttribute('data-new')
  for (const line of box.querySelectorAll('[data-known], [data-unknown]')) line.hidden = !!found.unknown === line.hasAttribute('data-known')
  if (!found.unknown) {
    box.querySelector('[data-total]').textContent = amountInWords(found.total, found.currency)
    box.querySelector('[data-limit]').textContent = amountInWords(found.limit, found.currency)
  }
  box.hidden = false
  box.focus()
  return new Promise((resolve) => {
    const end = (choice) => () => {
      box.hidden = true
      resolve(choice)
    }
    box.querySelector('[data-share]').onclick = end('share')
    box.querySelector('[data-keep]').onclick = end('keep')
  })
}

/** Whether to share `entry`, or its change where it is `shared` by now: 'share', or 'keep' where its person would rather not. */
export async function ask(store, entry, id, shared = false) {
  const kept = (await store.getPrivate(WAITING)) || {}
  const found = box && (await crossing(store, entry, id))
  const choice = found ? await answered(found, shared) : 'share'
  if (choice === 'keep') await store.setPrivate(WAITING, kept)
  return choice
}
