// Where the visitor writes: grows with the text, counts when it gets long. Enter sends, Shift+Enter begins a new line.

import {composing, h, icon} from './dom.js';

const COUNT_FROM = 0.8; // of the longest message
const HIGHEST = 132; // px, five lines

export class Composer {
  constructor(chat) {
    this.chat = chat;
    const {t} = chat;
    this.input = h('textarea', {
      rows: '1', dir: 'auto', placeholder: t('placeholder'), 'aria-label': t('placeholder'), 'aria-describedby': 'count',
      oninput: () => this.typed(), onkeydown: (event) => this.key(event), enterkeyhint: 'send',
    });
    this.count = h('p', {class: 'count', id: 'count', role: 'status'});
    this.button = h('button', {type: 'button', class: 'send', 'aria-label': t('send'), onclick: () => this.send()}, icon('send'));
    // No form: a sandboxed page may not be allowed to submit one.
    this.element = h('div', {class: 'composer', onpaste: (event) => this.pasted(event)},
      h('div', {class: 'field'}, this.input, this.button), this.count);
    this.update();
  }

  get left() {
    return this.chat.widget.settings.longest - [...this.input.value.trim()].length;
  }

  typed() {
    this.update();
    this.chat.conversation.types();
  }

  update() {
    const {settings} = this.chat.widget;
    const {left} = this;
    this.button.disabled = left < 0 || !this.input.value.trim();
    this.input.setAttribute('aria-invalid', left < 0);
    const near = left < settings.longest * (1 - COUNT_FROM);
    const said = !near ? '' : this.chat.t(left < 0 ? 'too_long' : 'characters', {count: Math.abs(left)});
    if (this.count.textContent !== said) this.count.textContent = said;
    this.grow();
  }

  grow() {
    const atEnd = this.chat.log.atEnd();
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(this.input.scrollHeight, HIGHEST)}px`;
    if (atEnd) this.chat.log.toEnd();
  }

  key(event) {
    if (event.key !== 'Enter' || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.send();
  }

  // A picture or a document, and no words beside it.
  pasted(event) {
    const {files, types} = event.clipboardData;
    if (!files.length || types.includes('text/plain')) return;
    event.preventDefault();
    this.chat.tell('no_files');
  }

  send() {
    if (this.button.disabled) return;
    const text = this.input.value.trim();
    this.input.value = '';
    this.update();
    this.chat.conversation.say(text);
    this.chat.log.toEnd();
    this.input.focus();
  }
}
