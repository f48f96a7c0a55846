// The page of somebody who is called: asks every few seconds whether something changed, and then loads itself anew.

const EVERY = 6000
const { state, now } = document.querySelector('script[data-state]').dataset

async function look() {
  try {
    const answer = await fetch(state, { cache: 'no-store', credentials: 'same-origin' })
    if (answer.ok && (await answer.json()).now !== now) location.reload()
  } catch (error) {
    // No signal: what stands here is what was known last, and it is asked again.
  }
}

setInterval(look, EVERY)
