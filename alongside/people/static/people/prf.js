// The secret that a passkey gives for one purpose alone (WebAuthn's extension prf): it never leaves this device.

const PURPOSE = new TextEncoder().encode('alongside vault passkey 1')

/** What a question to a passkey asks for beside the rest. */
export const extensions = { prf: { eval: { first: PURPOSE } } }

/** The secret (bytes) in a passkey's answer, or null where it gave none. */
export function secretIn(answer) {
  const { prf } = answer.getClientExtensionResults()
  return prf && prf.results && prf.results.first ? new Uint8Array(prf.results.first) : null
}

/** Whether the passkey that was just made can give such a secret, when asked again. */
export function couldGive(answer) {
  const { prf } = answer.getClientExtensionResults()
  return !!(prf && prf.enabled)
}

/** Ask a passkey of this place for the secret: the one with this id, or whichever the person chooses. null: none given. */
export async function ask(id) {
  const publicKey = {
    challenge: crypto.getRandomValues(new Uint8Array(32)), // nobody checks the answer: it goes nowhere
    userVerification: 'required',
    allowCredentials: id ? [{ type: 'public-key', id }] : [],
    extensions,
  }
  return secretIn(await navigator.credentials.get({ publicKey }))
}
