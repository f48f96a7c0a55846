// The page where a code on paper is typed in: its second half stays here, for the next page to open the vault with.

import { put } from './pocket.js';

const form = document.querySelector('form[data-recover]')
const said = form.querySelector('[data-slip]')

async function keepHalf() {
  const paper = await import('./paper.js')
  const field = form.elements.code
  const { first, second } = paper.halves(field.value)
  if (!second) return true
  const good = await paper.isHalf(second)
  said.hidden = good
  if (!good) {
    field.focus()
    return false
  }
  await put('paper', await paper.identityOf(second))
  field.value = paper.grouped(first)
  return true
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  keepHalf().then(
    (go) => go && form.submit(),
    () => {
      // This browser keeps nothing for the next page: the first half lets back in all the same.
      form.elements.code.value = form.elements.code.value.replace(/[\s-]/g, '').slice(0, 16)
      form.submit()
    }
  )
})
