// The second half of a code on paper: made here, never sent. It is what opens the vault; the first half, which the
// server makes and keeps a slow hash of, is what lets back in.

import { derive } from './age.js';

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ' // Crockford's 32, as people.rules.CODE_LETTERS
const LOOKS = { O: '0', I: '1', L: '1', U: 'V' }
const FIRST = 16 // letters of the first half
const SECRET = 26 // random letters of the second half: 130 bits
const CHECK = 2 // letters after them that tell a slip of the pen

/** Only what counts of what was typed, as people.rules.code reads it. */
export function letters(text) {
  return Array.from(text.normalize('NFKC').toUpperCase())
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter))
    .map((letter) => LOOKS[letter] || letter)
    .join('')
}

/** Four letters at a time, as people.rules.grouped. */
export const grouped = (code) => code.match(/.{1,4}/g).join(' ')

async function checkOf(secret) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('alongside paper ' + secret)))
  return Array.from(digest.subarray(0, CHECK), (byte) => LETTERS[byte & 31]).join('')
}

/** A fresh second half. */
export async function freshHalf() {
  const secret = Array.from(crypto.getRandomValues(new Uint8Array(SECRET)), (byte) => LETTERS[byte & 31]).join('')
  return secret + (await checkOf(secret))
}

/** What was typed, as { first, second }: either may be '' where only the other was typed. */
export function halves(text) {
  const all = letters(text)
  if (all.length === FIRST) return { first: all, second: '' }
  if (all.length === SECRET + CHECK) return { first: '', second: all }
  return { first: all.slice(0, FIRST), second: all.slice(FIRST) }
}

/** Whether a second half was written down and typed without a slip. */
export async function isHalf(second) {
  const secret = second.slice(0, SECRET)
  return second.length === SECRET + CHECK && (await checkOf(secret)) === second.slice(SECRET)
}

/** The identity that a second half opens with. */
export const identityOf = (second) => derive(new TextEncoder().encode(second.slice(0, SECRET)), 'alongside vault paper 1')
