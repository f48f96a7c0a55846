// The age file format (age-encryption.org/v1) with X25519 recipients, for small files held in memory: what is sealed
// here any age program opens. HKDF, HMAC and, where the browser has it, X25519 are WebCrypto's.

import { ChaCha20Poly1305 } from '../kit/vendor/stablelib/chacha20poly1305.js';

const VERSION = 'age-encryption.org/v1'
const X25519 = 'age-encryption.org/v1/X25519'
const CHUNK = 64 * 1024
const TAG = 16
const NONE = new Uint8Array(0)
const PKCS8 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 0x04, 0x22, 0x04, 0x20]
const { subtle } = crypto
const encode = (text) => new TextEncoder().encode(text)

/** Thrown when a file is none of age's, was cut or changed, or is for somebody else. */
export class Unopened extends Error {}

export const random = (length) => crypto.getRandomValues(new Uint8Array(length))

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Bytes as base64 without padding, as age writes them. */
export function base64(bytes) {
  let plain = ''
  for (const byte of bytes) plain += String.fromCharCode(byte)
  return btoa(plain).replace(/=+$/, '')
}

/** The bytes of base64, with or without padding. Throws Unopened. */
export function unbase64(text) {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch (error) {
    throw new Unopened('no base64')
  }
}

// --- X25519 ----------------------------------------------------------------------------------------------------------

const BASE = Uint8Array.from({ length: 32 }, (none, i) => (i ? 0 : 9))
let older = null // the script that stands in where the browser's WebCrypto has no X25519

async function mult(secret, point) {
  if (!older) {
    try {
      const key = await subtle.importKey('pkcs8', join(PKCS8, secret), { name: 'X25519' }, false, ['deriveBits'])
      const other = await subtle.importKey('raw', point, { name: 'X25519' }, false, [])
      return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: other }, key, 256))
    } catch (error) {
      if (error.name === 'OperationError') throw new Unopened('a point of low order')
      older = await import('../kit/vendor/stablelib/x25519.js')
    }
  }
  const shared = older.scalarMult(secret, point)
  if (!shared.some(Boolean)) throw new Unopened('a point of low order')
  return shared
}

/** The recipient (32 bytes) of an identity (32 secret bytes). */
export const recipientOf = (identity) => mult(identity, BASE)

/** 32 bytes out of a secret, for one use. */
export async function derive(secret, use, salt = NONE) {
  const base = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: encode(use) }, base, 256))
}

// --- the header --------------------------------------------------------------------------------------------------------

async function stanza(recipient, fileKey) {
  const secret = random(32)
  const share = await recipientOf(secret)
  const key = await derive(await mult(secret, recipient), X25519, join(share, recipient))
  const body = new ChaCha20Poly1305(key).seal(new Uint8Array(12), fileKey)
  return `-> X25519 ${base64(share)}\n${base64(body)}\n`
}

async function mac(fileKey, header) {
  const key = await subtle.importKey('raw', await derive(fileKey, 'header'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return base64(new Uint8Array(await subtle.sign('HMAC', key, encode(header))))
}

function parse(file) {
  const lines = []
  let at = 0
  while (!lines.length || !lines[lines.length - 1].startsWith('--- ')) {
    const end = file.indexOf(10, at)
    if (end < 0 || lines.length > 30) throw new Unopened('no header')
    lines.push(new TextDecoder().decode(file.subarray(at, end)))
    at = end + 1
  }
  if (lines[0] !== VERSION) throw new Unopened('another format')
  return { lines, rest: file.subarray(at), head: lines.slice(0, -1).join('\n') + '\n---', mac: lines[lines.length - 1].slice(4) }
}

async function fileKeyFor(identity, lines) {
  const own = await recipientOf(identity)
  for (let i = 1; i < lines.length - 1; i += 1) {
    if (!lines[i].startsWith('-> X25519 ')) continue
    const [share, body] = [unbase64(lines[i].slice(10)), unbase64(lines[i + 1])]
    if (share.length !== 32 || body.length !== 32) throw new Unopened('a slot of another length')
    const key = await derive(await mult(identity, share), X25519, join(share, own))
    const fileKey = new ChaCha20Poly1305(key).open(new Uint8Array(12), body)
    if (fileKey) return fileKey
  }
  throw new Unopened('for somebody else')
}

// --- the file ----------------------------------------------------------------------------------------------------------

function nonceOf(index, last) {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setUint32(7, index)
  nonce[11] = last ? 1 : 0
  return nonce
}

/** `plain` sealed to all `recipients`. */
export async function seal(recipients, plain) {
  const fileKey = random(16)
  const stanzas = []
  for (const recipient of recipients) stanzas.push(await stanza(recipient, fileKey))
  const head = `${VERSION}\n${stanzas.join('')}---`
  const nonce = random(16)
  const cipher = new ChaCha20Poly1305(await derive(fileKey, 'payload', nonce))
  const chunks = []
  const count = Math.max(1, Math.ceil(plain.length / CHUNK))
  for (let i = 0; i < count; i += 1) {
    chunks.push(cipher.seal(nonceOf(i, i === count - 1), plain.subarray(i * CHUNK, (i + 1) * CHUNK)))
  }
  return join(encode(`${head} ${await mac(fileKey, head)}\n`), nonce, ...chunks)
}

/** What was sealed. Rejects with Unopened. */
export async function open(identity, file) {
  const { lines, rest, head, mac: told } = parse(file)
  const fileKey = await fileKeyFor(identity, lines)
  if ((await mac(fileKey, head)) !== told) throw new Unopened('a changed header')
  const cipher = new ChaCha20Poly1305(await derive(fileKey, 'payload', rest.subarray(0, 16)))
  const payload = rest.subarray(16)
  const chunks = []
  const count = Math.max(1, Math.ceil(payload.length / (CHUNK + TAG)))
  for (let i = 0; i < count; i += 1) {
    const chunk = payload.subarray(i * (CHUNK + TAG), (i + 1) * (CHUNK + TAG))
    const plain = cipher.open(nonceOf(i, i === count - 1), chunk)
    if (!plain || (i && !plain.length)) throw new Unopened('a changed or cut file')
    chunks.push(plain)
  }
  return join(...chunks)
}
