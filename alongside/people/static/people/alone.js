// One after the other, among all tabs of a browser.

const LEASE = 6000
const LEASE_AGAIN = 2000

/** Run `work` alone among all tabs, or not at all where `ifFree` is true and another runs. Where there are no Web Locks
 * (Safari before 15.4): a lease in IndexedDB, which `reach` hands to a function.
 *
 * A page that goes while it works gives its lease back as it goes, if it still can; if not, the lease runs out within
 * six seconds. Two that work at once for want of a beat do no harm: what is sent twice is stored once. */
export async function alone(reach, name, work, ifFree) {
  if (navigator.locks) {
    return navigator.locks.request(name, { ifAvailable: !!ifFree }, (lock) => (lock ? work() : undefined))
  }
  const lease = leaseOf(reach, 'lease:' + name)
  while (!(await lease.take())) {
    if (ifFree) return undefined
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const beat = setInterval(lease.renew, LEASE_AGAIN)
  addEventListener('pagehide', lease.giveBack)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    removeEventListener('pagehide', lease.giveBack)
    lease.giveBack()
  }
}

/** One claim to the lease `key`: take it if it is free, renew it and give it back while it is still ours. */
function leaseOf(reach, key) {
  const by = crypto.getRandomValues(new Uint32Array(4)).join('-')
  const until = () => Date.now() + LEASE
  const changing = (transaction, decide) =>
    new Promise((resolve, reject) => {
      const store = transaction.objectStore('meta')
      let said = false
      store.get(key).onsuccess = (event) => {
        said = decide(store, event.target.result)
      }
      transaction.oncomplete = () => resolve(said)
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
    })
  const change = (decide) => reach((database) => changing(database.transaction('meta', 'readwrite'), decide))
  const whileOurs = (act) => () => change((store, held) => !!held && held.by === by && !!act(store)).catch(() => false)
  return {
    take: () =>
      change((store, held) => {
        // One that ends far ahead was written before the clock was set back: it binds nobody.
        if (held && held.until > Date.now() && held.until < Date.now() + 2 * LEASE) return false
        return !!store.put({ by, until: until() }, key)
      }),
    renew: whileOurs((store) => store.put({ by, until: until() }, key)),
    giveBack: whileOurs((store) => store.delete(key)),
  }
}
