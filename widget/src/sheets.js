// What stands in place of the conversation for a moment: the notice, a question, the contact form.

import {composing, h, icon} from './dom.js';
import {link} from './markdown.js';

export function consentSheet(chat) {
  const {t, widget, conversation} = chat;
  const {privacy_url: page} = widget.settings.consent;
  const button = h('button', {type: 'button', class: 'main', 'data-first': true, onclick: agree}, t('agree'));
  const wait = h('p', {role: 'status'});
  async function agree() {
    button.disabled = true;
    await chat.patiently(() => conversation.agree(), () => (wait.textContent = t('wait')));
    button.disabled = false;
    wait.textContent = '';
  }
  return h('div', {class: 'sheet'},
    h('h3', {}, t(conversation.hasSession ? 'consent_again' : 'consent_title')),
    h('ul', {class: 'points'},
      [['chat', 'consent_machine'], ['book', 'consent_stored'], ['bin', 'consent_forget']].map(([sign, key]) =>
        h('li', {}, icon(sign), h('span', {}, t(key))))),
    page && h('p', {}, link(t('privacy'), new URL(page, widget.host).href, t('opens'))),
    wait, h('div', {class: 'row'}, button));
}

export function questionSheet(chat, what, doIt, job) {
  const {t} = chat;
  return h('div', {class: 'sheet', role: 'group', 'aria-labelledby': 'ask'},
    h('h3', {id: 'ask', tabindex: '-1', 'data-first': true}, t(`${what}_ask`)),
    h('p', {}, t(`${what}_note`)),
    h('div', {class: 'row'},
      h('button', {type: 'button', class: what === 'forget' ? 'main danger' : 'main', 'data-do': 'yes', onclick: job}, t(doIt)),
      h('button', {type: 'button', class: 'second', onclick: () => chat.endSheet()}, t('cancel'))));
}

export function contactSheet(chat, why) {
  const {t} = chat;
  const name = h('input', {name: 'name', autocomplete: 'name', maxlength: '120', dir: 'auto', 'data-first': true});
  const contact = h('input', {
    name: 'contact', required: true, maxlength: '255', dir: 'auto', autocomplete: 'email', 'aria-describedby': 'missing',
  });
  const text = h('textarea', {name: 'text', rows: '3', maxlength: '2000', dir: 'auto'});
  const missing = h('p', {class: 'missing', id: 'missing', role: 'alert'});
  async function send() {
    const empty = !contact.value.trim();
    contact.setAttribute('aria-invalid', empty);
    missing.textContent = empty ? t('contact_missing') : '';
    if (empty) return contact.focus();
    const details = {name: name.value, contact: contact.value, text: text.value};
    if (await chat.attempt(() => chat.conversation.leaveContact(details))) chat.endSheet();
  }
  // No form: a sandboxed page may not be allowed to submit one.
  const key = (event) => event.key === 'Enter' && event.target.matches('input') && !composing(event) && send();
  return h('div', {class: 'sheet', role: 'form', 'aria-labelledby': 'contact-title', onkeydown: key},
    h('h3', {id: 'contact-title'}, t('contact')),
    why && h('p', {class: 'why'}, why),
    h('p', {}, t('contact_hint')),
    field(t('contact_name'), name), field(t('contact_reach'), contact, missing), field(t('contact_text'), text),
    h('div', {class: 'row'},
      h('button', {type: 'button', class: 'main', onclick: send}, t('contact_send')),
      h('button', {type: 'button', class: 'second', onclick: () => chat.endSheet()}, t('cancel'))));
}

function field(words, input, more) {
  return h('div', {class: 'entry'}, h('label', {}, h('span', {}, words), input), more);
}
