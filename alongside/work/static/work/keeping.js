// What a phone puts into the vault after a sync: the whole of each entry, for as long as its person wants, also what
// came to the server from another phone and what the server keeps only in short later on.

import * as vault from '../people/vault.js';
import { call } from './sync.js';
import { forgetWaiting, pullSums } from './threshold.js';

const ENTRIES = '/api/v1/work/entries?since='
const QUIET = 3600000 // after a sync that sent nothing, the vault is sealed anew once an hour at most
const LAST = 'vault-sealed' // when that was, in the phone's store

const nothing = (value) => value === null || value === false || value === '' || (typeof value === 'object' && !Object.keys(value).length)

/** An entry without what it does not hold. */
export function compact(entry) {
  const kept = {}
  for (const [name, value] of Object.entries(entry)) {
    if (name !== 'id' && !nothing(value)) kept[name] = value
  }
  return kept
}

/** Put one entry, as the server gave it, into the history. What has been whole stays whole when the server folds it. */
export function remember(history, entry) {
  if (entry.deleted) delete history[entry.id]
  else if (!entry.folded || !history[entry.id]) history[entry.id] = compact(entry)
}

async function fetched(address) {
  const answer = await call(address, { headers: vault.mine() }, 60000)
  if (answer.status !== 200 && answer.status !== 400) throw new vault.Unsent(String(answer.status))
  return answer
}

/** Bring the document up to what the server has: the history, and what this year's work is owed. */
export async function pull(document) {
  await pullSums(document)
  let { status, body } = await fetched(ENTRIES + encodeURIComponent(document.seen))
  if (status === 400) ({ body } = await fetched(ENTRIES)) // another server's place in the list
  for (;;) {
    for (const entry of body.entries) remember(document.history, entry)
    document.seen = body.cursor
    if (!body.next) return
    ;({ body } = await fetched(body.next))
  }
}

/** Seal the vault anew after a sync that sent `sent` entries, whatever there is to change in it. */
export async function keep(store, sent) {
  if (!sent && Date.now() - ((await store.getPrivate(LAST)) || 0) < QUIET) return
  vault.use(store)
  await vault.change(pull)
  await forgetWaiting(store)
  await store.setPrivate(LAST, Date.now())
}
