// A loud, neutral sound made by the browser itself, and the phone's buzz. A browser lets a page sound only after a tap.

const Audio = globalThis.AudioContext || globalThis.webkitAudioContext
const EVERY = 1600 // milliseconds from one ring to the next

export class Sound {
  constructor() {
    this.context = null
    this.timer = null
    this.rings = 0 // how often it rang
  }

  /** Make sound possible, from inside a tap. Resolves to whether it is. */
  async unlock() {
    if (!Audio) return false
    try {
      if (!this.context) this.context = new Audio()
      await this.context.resume()
    } catch (error) {
      return false
    }
    return this.on
  }

  get on() {
    return !!this.context && this.context.state === 'running'
  }

  /** Ring until `stop`. `hard`: the alarm, not the reminder. */
  start(hard) {
    this.hard = hard
    if (this.timer) return
    this.ring()
    this.timer = setInterval(() => this.ring(), EVERY)
  }

  stop() {
    clearInterval(this.timer)
    this.timer = null
    if (navigator.vibrate && this.rings) navigator.vibrate(0)
  }

  get ringing() {
    return this.timer !== null
  }

  ring() {
    this.rings += 1
    if (navigator.vibrate) navigator.vibrate(this.hard ? [500, 150, 500] : [300, 150, 300])
    if (!this.on) return
    const tones = this.hard ? [880, 660, 880, 660] : [660, 880]
    tones.forEach((pitch, place) => this.tone(pitch, place * 0.3))
  }

  tone(pitch, after) {
    const start = this.context.currentTime + after
    const tone = this.context.createOscillator()
    const volume = this.context.createGain()
    tone.type = 'square'
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.0001, start)
    volume.gain.exponentialRampToValueAtTime(0.8, start + 0.03)
    volume.gain.setValueAtTime(0.8, start + 0.2)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.26)
    tone.connect(volume).connect(this.context.destination)
    tone.start(start)
    tone.stop(start + 0.28)
  }

  close() {
    this.stop()
    if (this.context) this.context.close().catch(() => {})
    this.context = null
  }
}
