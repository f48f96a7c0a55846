// The page that shows a new code on paper: makes the half that is never sent, has the vault opened by it, and shows it.
// What the server cannot know must not be shown before the vault has taken it: a paper that opens nothing is worse
// than none.

import { pocketUsed, say } from './opening.js';

const went = document.querySelector('[data-done]')
const half = document.getElementById('half')

async function make() {
  await pocketUsed
  const [vault, paper] = await Promise.all([import('./vault.js'), import('./paper.js')])
  const state = await vault.state()
  if (state === 'shut' || state === 'locked') return say(state)
  const second = await paper.freshHalf()
  const slots = { paper: await vault.slotOf(await paper.identityOf(second)) }
  await (state === 'open' ? vault.setSlots(slots) : vault.begin(slots))
  half.textContent = paper.grouped(second)
  say('both')
}

async function start() {
  say('wait')
  went.hidden = true
  try {
    await make()
  } catch (error) {
    say('failed')
  }
  went.hidden = false
}

for (const again of document.querySelectorAll('[data-again]')) again.addEventListener('click', start)
start()
