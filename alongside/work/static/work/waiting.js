// The list of what waits on this phone: in words, with what can be done about each. Draws; decides nothing.

import { icon, make } from './fields.js';
import { dayInWords, isoDay, minutesInWords, monthInWords, sinceInWords, t } from './values.js';

const MOST = 30
const PROBLEMS = { offline: 'offline', signedOut: 'signed_out', someoneElse: 'someone_else', cannotSave: 'cannot_save' }

function button(words, picture, click, kind = 'second') {
  return make('button', { type: 'button', class: kind, click }, picture ? icon(picture) : null, make('span', {}, t(words)))
}

/** All of an entry, a line a thing. `fields` knows the words of its choices. */
function inWords(fields, entry) {
  if (entry.deleted) return [t('gone')]
  if (entry.folded) {
    const long = entry.minutes === null || entry.minutes === undefined ? [] : [minutesInWords(entry.minutes)]
    return [fields.kindsInWords(entry), [monthInWords(entry.month), ...long].join(' \u00b7 '), t('folded')]
  }
  const lines = [fields.kindsInWords(entry), fields.whenInWords(entry)]
  if (entry.origin) lines.push(fields.choiceLabel('origin', entry.origin))
  lines.push(fields.forInWords(entry), entry.shared ? t('shared_with', { who: fields.forInWords(entry) }) : t('not_shared'))
  if (entry.weight !== null && entry.weight !== undefined) lines.push(`${fields.legend('weight')} ${fields.choiceLabel('weight', entry.weight)}`)
  if (entry.people !== null && entry.people !== undefined) lines.push(t('people', { n: entry.people }))
  for (const [code, n] of Object.entries(entry.supplies || {})) lines.push(`${fields.fieldLabel('supplies_' + code)}: ${n}`)
  for (const code of entry.barriers || []) lines.push(fields.choiceLabel('barriers', code))
  for (const [code, n] of Object.entries(entry.extra || {})) lines.push(`${fields.fieldLabel('extra_' + code)}: ${minutesInWords(n)}`)
  for (const one of entry.expenses || []) lines.push(fields.expenseInWords(one))
  if (entry.note) lines.push(t(entry.share_note && entry.shared ? 'note_shared' : 'note', { text: entry.note }))
  return lines
}

export class Waiting {
  /** `fields` are those of the form, or null on a page that has none: then the list stays away. `acts` has edit, remove, settle, retry, undo, setCode, clearCode, lock, unlock, throwAway. */
  constructor(container, fields, acts) {
    this.fields = fields
    this.acts = acts
    this.says = make('div', { role: 'status' })
    this.list = make('div')
    this.code = make('div')
    this.title = make('h2', {}, t('waiting'))
    container.replaceChildren(this.title, this.says, this.list, this.code)
    this.drawn = {}
  }

  /** Draw `view`, touching only what has changed, so that nobody loses their place or what they type. */
  draw(view) {
    const part = (name, node, key, nodes) => {
      const seen = JSON.stringify(key)
      if (this.drawn[name] === seen) return
      this.drawn[name] = seen
      node.replaceChildren(...nodes().filter(Boolean))
    }
    this.title.hidden = !view.count && !view.hasCode && !view.undo && !view.offerCode
    // While some cannot be read, the first that can be read need not be the first.
    const first = view.records.length && view.records.length === view.count ? view.records[0].since : ''
    const { sync } = view
    const sending = sync.slow && sync.phase === 'sending'
    part('says', this.says, [view.count, view.records.map((record) => record.state), view.locked, view.hidden, view.thrown, view.signIn, view.undo, view.said, view.back, first, view.broken, sync.phase, sending && [sync.done, sync.total], isoDay(new Date())], () => this.saying(view, sending, first))
    part('list', this.list, [this.shown(view), this.whole || view.count, view.editing], () => this.listing(view))
    const ask = [view.locked && !view.hidden, view.hasCode, view.offerCode, view.codeStep, view.codeError, view.count > 0]
    part('code', this.code, ask, () => this.coding(view))
  }

  /** The first of them, those that ask something before all: a phone that was away for months would draw for seconds. */
  shown(view) {
    if (!this.fields) return []
    if (this.whole || view.records.length <= MOST) return view.records
    const asks = (record) => record.state === 'conflict' || record.state === 'rejected' || record.id === view.editing
    const first = view.records.filter(asks)
    return first.concat(view.records.filter((record) => !asks(record))).slice(0, Math.max(MOST, first.length))
  }

  listing(view) {
    const shown = this.shown(view)
    const nodes = shown.map((record) => this.item(record, view))
    if (this.fields && shown.length < view.records.length) {
      const more = () => {
        this.whole = true
        this.draw(view)
      }
      nodes.push(make('button', { type: 'button', class: 'quiet wide', click: more }, t('show_all', { n: view.records.length })))
    }
    return nodes
  }

  saying(view, sending, first) {
    const { count, sync } = view
    const lines = []
    if (count && first) lines.push(make('p', {}, t('count', { n: count, since: sinceInWords(first) })))
    else if (count) lines.push(make('p', {}, t('count_locked', { n: count })))
    else if (view.hasCode) lines.push(make('p', { class: 'soft' }, t('nothing')))
    if (count && view.hidden) lines.push(make('p', { class: 'soft' }, t('hidden')))
    else if (count && view.locked) lines.push(make('p', { class: 'soft' }, t('locked')))
    if (view.broken) lines.push(make('p', { class: 'card bad' }, t('bad_store')))
    if (count && view.thrown) lines.push(make('p', { class: 'card mind' }, t('may_be_thrown')))
    if (sending) {
      lines.push(make('p', {}, t('sending', { done: sync.done, n: sync.total })))
      lines.push(make('progress', { max: sync.total || 1, value: sync.done, 'aria-label': t('state_sending') }))
    }
    const problem = PROBLEMS[sync.phase]
    if (problem && (count || sync.phase === 'offline')) lines.push(make('p', { class: count && problem !== 'offline' ? 'card mind' : 'soft' }, t(problem)))
    const buttons = []
    if (count && (sync.phase === 'signedOut' || sync.phase === 'someoneElse' || view.hidden)) {
      buttons.push(make('a', { class: 'button', href: view.signIn }, icon('key'), make('span', {}, t('sign_in'))))
    }
    if (view.records.some((record) => record.state !== 'conflict') && !sending && sync.phase !== 'signedOut') buttons.push(button('retry', 'share', this.acts.retry))
    if (view.undo) {
      lines.push(make('p', {}, t('deleted')))
      buttons.push(button('undo', null, this.acts.undo))
    }
    if (view.said) lines.push(make('p', { class: 'soft' }, view.said))
    if (view.back) {
      lines.push(make('p', { class: 'card good' }, t('all_sent')))
      buttons.push(make('a', { class: 'button second', href: '/' }, icon('home'), make('span', {}, t('first_page'))))
    }
    return [...lines, buttons.length ? make('div', { class: 'row' }, ...buttons) : null]
  }

  item(record, view) {
    if (record.state === 'conflict') return this.conflict(record)
    const { entry } = record
    const tag = { rejected: 'bad', waiting: 'mind', sending: 'mind' }[record.state]
    const what = this.fields.kindsInWords(entry) || t('gone')
    const node = make('article', { class: 'card waits', 'data-id': record.id, 'data-state': record.state })
    node.append(make('h3', {}, entry.deleted ? t('to_delete', { what }) : what))
    if (!entry.deleted) node.append(make('p', {}, this.fields.whenInWords(entry)), make('p', {}, this.fields.forInWords(entry)))
    node.append(make('p', {}, make('span', { class: 'tag ' + tag }, icon(tag === 'bad' ? 'mind' : 'clock'), make('span', {}, t('state_' + record.state))), ' ', t('since', { since: sinceInWords(record.since) })))
    if (record.state === 'rejected') {
      const texts = Object.entries(record.errors).map(([name, text]) => (name === 'entry' ? t('unreadable') : text))
      node.append(make('p', {}, t('mend')), make('ul', { class: 'errors' }, ...texts.map((text) => make('li', {}, icon('mind'), make('span', {}, text)))))
    }
    if (!entry.deleted && view.editing !== record.id) {
      node.append(make('div', { class: 'row' }, button('edit', 'pen', () => this.acts.edit(record)), button('delete', 'bin', () => this.acts.remove(record))))
    }
    return node
  }

  conflict(record) {
    const side = (words, entry) => make('div', {}, make('h3', {}, t(words)), ...inWords(this.fields, entry).map((line) => make('p', { dir: 'auto' }, line)))
    const choose = (choice) => () => this.acts.settle(record, choice)
    const both = !record.entry.deleted && !record.theirs.deleted
    const here = record.here ? '_here' : '' // the words for two versions that were both written on this phone
    return make(
      'article',
      { class: 'card asks waits', 'data-id': record.id, 'data-state': 'conflict' },
      make('h3', {}, t('state_conflict' + here)),
      make('p', {}, t('two_places' + here)),
      make('div', { class: 'versions' }, side('mine' + here, record.entry), side('theirs' + here, record.theirs)),
      make('div', { class: 'pair' }, button('keep_mine' + here, null, choose('mine')), button('keep_theirs' + here, null, choose('theirs'))),
      both ? button('keep_both', null, choose('both'), 'second wide') : null
    )
  }

  // The phone code.

  coding(view) {
    const step = (next) => () => this.acts.step(next)
    if (view.codeStep === 'set') return [this.setting(view)]
    if (view.locked && !view.hidden) return [view.codeStep === 'forgot' ? this.forgotten(view) : this.unlocking(view)]
    if (view.hidden) return []
    if (view.hasCode) return [make('div', { class: 'row' }, button('code_lock', 'lock', this.acts.lock), button('code_remove', null, this.acts.clearCode))]
    const pair = make('div', { class: 'pair' }, button('code_yes', 'lock', step('set')), button('code_no', null, this.acts.noCode))
    if (view.offerCode) return [make('div', { class: 'card asks' }, make('p', {}, t('code_offer')), pair)]
    return view.count ? [button('code_yes', 'lock', step('set'), 'quiet')] : []
  }

  input(id, words, hint) {
    const described = hint ? id + '-hint' : null
    return make(
      'div',
      { class: 'field' },
      make('label', { for: id }, t(words)),
      hint ? make('p', { class: 'hint', id: described }, t(hint)) : null,
      make('input', { id, type: 'password', autocomplete: 'off', autocapitalize: 'none', 'aria-describedby': described })
    )
  }

  form(view, fields, submit, ...rest) {
    const error = view.codeError ? make('p', { class: 'errors', role: 'alert' }, t(view.codeError)) : null
    const form = make('form', { class: 'card', autocomplete: 'off' }, ...fields, error, ...rest)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      const pressed = form.querySelector('button:not([type=button])')
      const busy = make('progress', { 'aria-label': t('saving') }) // an old phone takes a while over a code
      pressed.disabled = true
      form.append(busy)
      Promise.resolve(submit(...Array.from(form.querySelectorAll('input'), (input) => input.value))).finally(() => {
        pressed.disabled = false
        busy.remove()
      })
    })
    return form
  }

  setting(view) {
    const fields = [this.input('code-1', 'code_label', 'code_hint'), this.input('code-2', 'code_again')]
    const keep = make('button', {}, icon('lock'), make('span', {}, t('code_keep')))
    return this.form(view, fields, this.acts.setCode, make('div', { class: 'pair' }, keep, button('cancel', null, () => this.acts.step(''))))
  }

  unlocking(view) {
    const go = make('button', {}, icon('key'), make('span', {}, t('unlock')))
    const forgot = button('forgot', null, () => this.acts.step('forgot'), 'quiet')
    return this.form(view, [this.input('code-0', 'code_label')], this.acts.unlock, make('div', { class: 'row' }, go, forgot))
  }

  forgotten(view) {
    return make(
      'div',
      { class: 'card bad' },
      make('p', {}, t('throw_warning', { n: view.count })),
      make('div', { class: 'pair' }, button('throw', 'bin', this.acts.throwAway), button('keep', null, () => this.acts.step('')))
    )
  }
}

/** Says when the phone's date and the server's are more than a day apart. */
export function clockWarning(phone, server) {
  return make('p', { class: 'card mind', role: 'status' }, t('clock', { phone: dayInWords(phone), server: dayInWords(server) }))
}
