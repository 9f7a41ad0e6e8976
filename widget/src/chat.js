// The chat: its panel, what is in it, and what happens when something changes. Loaded when it is wanted.

import {Back} from './back.js';
import css from './chat.css';
import {Composer} from './composer.js';
import {Conversation, patience} from './conversation.js';
import {composing, h, icon, small, styled} from './dom.js';
import {face} from './face.js';
import {Log} from './log.js';
import {menuOf} from './menu.js';
import {consentSheet, contactSheet, questionSheet} from './sheets.js';

const MOST_WAITS = 10;
const TOLD = 4000; // ms that a short notice stays

export function start(widget) {
  styled(widget.shadow, css);
  const chat = new Chat(widget);
  chat.conversation.resume();
  return chat;
}

class Chat {
  constructor(widget) {
    this.widget = widget;
    this.t = (key, values) => widget.say(key, values);
    this.conversation = new Conversation(widget, (what) => this.changed(what));
    this.back = new Back(this);
    this.draw();
    small.addEventListener('change', () => this.panel.open && this.show());
    for (const kind of ['resize', 'scroll']) visualViewport?.addEventListener(kind, () => this.fit());
  }

  draw() {
    const {t} = this;
    this.title = h('h2', {id: 'title', tabindex: '-1'}, t('name'));
    this.role = h('p', {class: 'role', role: 'status'});
    this.menu = menuOf(t, () => this.choices());
    this.note = h('div', {class: 'note', role: 'status', hidden: true});
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.place = h('div', {class: 'sheets'}); // a sheet, where one is open, in place of log and composer
    this.toast = h('p', {class: 'toast', role: 'status'});
    this.panel = h('dialog', {
      'aria-labelledby': 'title', oncancel: (event) => this.escape(event), onkeydown: (event) => this.key(event),
      onpointerdown: () => (this.quiet = false),
      ondragover: (event) => this.dragged(event), ondrop: (event) => this.dragged(event),
    },
      h('header', {},
        (this.face = face(this.widget)),
        h('div', {class: 'who'}, this.title, this.role),
        this.menu.element,
        h('button', {type: 'button', class: 'round', 'aria-label': t('close'), onclick: () => this.close()}, icon('close'))),
      this.toast, this.note, this.place, this.log.element, this.composer.element);
    this.widget.root.append(this.panel);
  }

  // --- open and closed ---------------------------------------------------------------------------------------------
  open(quietly) {
    if (this.panel.open) return;
    this.quiet = quietly; // until the visitor does something here
    this.widget.launcher.hidden = true;
    this.show();
    this.update();
    this.focus();
    this.log.toEnd();
    this.widget.tab.set('open', true);
    this.widget.announce('opened');
  }

  // On a small screen everything else is out of reach while it is open; on a large one the page stays usable.
  show() {
    if (this.panel.open) this.panel.close();
    if (small.matches) this.panel.showModal();
    else this.panel.open = true; // show() would take the focus
    if (small.matches) this.back.enter();
    this.panel.classList.toggle('full', small.matches);
    this.hold(small.matches);
    this.fit();
  }

  close({staying} = {}) {
    if (!this.panel.open) return;
    const focused = this.widget.shadow.activeElement;
    this.panel.close();
    this.hold(false);
    this.back.leave(staying);
    this.widget.launcher.hidden = false;
    if (focused) this.widget.launcher.focus({preventScroll: true});
    this.widget.tab.set('open', null);
    this.widget.announce('closed');
  }

  // Whether the page behind it stays where it is.
  hold(still) {
    const {style} = document.documentElement;
    if (still) {
      this.held ??= style.overflow;
      style.overflow = 'hidden';
    } else if (this.held !== undefined) {
      style.overflow = this.held;
      this.held = undefined;
    }
  }

  // A keyboard on the screen takes room that the page does not know of, and may move what is seen down the page. Enlarged by two
  // fingers, the view is a part of the page, and the panel stays as large as it was.
  fit() {
    const {height, offsetTop, scale} = (small.matches && visualViewport) || {};
    this.panel.style.setProperty('--height', height ? `${height * scale}px` : '');
    this.panel.style.setProperty('--top', height && scale < 1.01 ? `${offsetTop}px` : '');
  }

  // The page took the widget away: nothing is followed any more, and nothing behind it is held.
  gone() {
    this.taken = true;
    this.close({staying: true});
    this.hold(false);
    this.conversation.rest();
  }

  // Put back, or elsewhere: a dialog that was modal has left the top layer.
  returned() {
    if (this.panel.open) this.show();
    if (this.taken) this.conversation.resume();
    this.taken = false;
  }

  focus() {
    if (this.quiet) return;
    const first = this.place.querySelector('[data-first]');
    if (first) first.focus();
    else if (small.matches) this.title.focus();
    else this.composer.input.focus();
  }

  key(event) {
    this.quiet = false;
    if (event.key !== 'Escape' || event.defaultPrevented || composing(event)) return;
    this.escape(event);
  }

  // A file let go over the chat would else open in place of the page.
  dragged(event) {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    if (event.type === 'drop') this.tell('no_files');
  }

  escape(event) {
    event.preventDefault();
    if (this.menu.close()) return;
    if (this.sheet && this.sheet !== 'consent') this.endSheet();
    else this.close();
  }

  // --- what changed ------------------------------------------------------------------------------------------------
  changed(what) {
    if (what === 'gone') this.tell('forgotten');
    if (what === 'over') this.tell('over');
    this.update();
  }

  update() {
    const {conversation} = this;
    if (!conversation.agreed && this.sheet !== 'consent') this.showSheet('consent', consentSheet(this));
    if (conversation.agreed && this.sheet === 'consent') this.endSheet();
    this.grant();
    this.header();
    this.log.update();
    this.composer.update();
    this.menu.element.hidden = !conversation.agreed;
    this.seen();
  }

  grant() {
    const {conversation, wish} = this;
    if (!wish || !conversation.agreed) return;
    this.wish = '';
    conversation.say(wish);
  }

  header() {
    const {conversation, t} = this;
    const {state, person} = conversation.status;
    const role = state === 'person' ? t('with_person', {name: person || t('somebody')}) : t(conversation.agreed ? 'role' : 'machine');
    if (this.role.textContent !== role) this.role.textContent = role;
    this.panel.dataset.state = state;
    const shown = state === 'person' ? person || '' : undefined;
    if (this.shown !== shown) this.face.replaceWith((this.face = face(this.widget, (this.shown = shown))));
    const said = this.noteText();
    if (this.note.textContent !== said) this.note.textContent = said;
    this.note.hidden = !said;
    this.note.dataset.kind = conversation.connected ? state : 'offline';
  }

  noteText() {
    const {conversation, t} = this;
    const {state} = conversation.status;
    if (!conversation.agreed) return '';
    if (!conversation.connected) return t('offline');
    if (conversation.busy) return t('busy');
    if (state === 'waiting') return conversation.status.office.open ? t('waiting') : this.away();
    return '';
  }

  away() {
    const {next} = this.conversation.status.office;
    if (!next) return this.t('away');
    const form = {weekday: 'long', hour: '2-digit', minute: '2-digit'};
    return this.t('away_until', {when: new Intl.DateTimeFormat(this.widget.locale, form).format(new Date(next))});
  }

  // Say something for the page. What is asked before the visitor has agreed waits for that.
  ask(text) {
    const {conversation, widget} = this;
    if ([...text].length > widget.settings.longest) throw new RangeError(`ask: at most ${widget.settings.longest} characters`);
    if (this.sheet && this.sheet !== 'consent') this.endSheet();
    if (text && conversation.agreed) conversation.say(text);
    else this.wish = text;
    this.log.toEnd();
  }

  // How much came that nobody has seen.
  seen() {
    const {conversation, widget} = this;
    const memory = widget.memory;
    if (this.panel.open && !document.hidden) memory.set('seen', Math.max(conversation.last, memory.get('seen', 0)));
    const seen = memory.get('seen', 0);
    widget.unread([...conversation.messages.values()].filter((one) => one.author !== 'visitor' && one.id > seen).length);
  }

  // --- sheets and notices ------------------------------------------------------------------------------------------
  showSheet(name, content) {
    this.sheet = name;
    this.place.replaceChildren(content);
    this.panel.classList.add('covered');
    if (this.panel.open) this.focus();
  }

  endSheet() {
    this.sheet = null;
    this.place.replaceChildren();
    this.panel.classList.remove('covered');
    this.log.toEnd();
    if (this.panel.open) this.focus();
  }

  tell(key) {
    clearTimeout(this.told);
    this.toast.textContent = this.t(key);
    this.told = setTimeout(() => (this.toast.textContent = ''), TOLD);
  }

  // Do something that may fail; whether it worked.
  async attempt(job) {
    try {
      await job();
      return true;
    } catch (error) {
      if (!this.conversation.ended(error)) this.tell('failed');
      return false;
    }
  }

  // The same, but where too many come at once, wait as long as the front asks for and go on; `waiting` hears of it.
  async patiently(job, waiting) {
    for (let tries = 0; tries < MOST_WAITS; tries += 1) {
      try {
        await job();
        return true;
      } catch (error) {
        if (![429, 503].includes(error.status)) break;
        waiting();
        await new Promise((done) => setTimeout(done, patience(error)));
      }
    }
    return this.attempt(job);
  }

  // --- the menu ----------------------------------------------------------------------------------------------------
  choices() {
    const {conversation} = this;
    const isBot = conversation.status.state === 'bot' || conversation.status.state === 'closed';
    return [
      isBot && ['person', 'person', () => this.askForPerson()],
      ['contact', 'mail', () => this.contact()],
      ['copy', 'copy', () => this.copy()],
      ['download', 'download', () => this.attempt(() => this.download())],
      ['data', 'download', () => this.attempt(() => this.downloadData())],
      ['restart', 'again', () => this.confirm('restart', 'restart', () => conversation.restart())],
      ['forget', 'bin', () => this.confirm('forget', 'forget_do', () => conversation.forget().then(() => this.tell('forgotten')))],
    ].filter(Boolean);
  }

  askForPerson() {
    const {office} = this.conversation.status;
    if (!office.open) return this.contact(this.away());
    return this.attempt(() => this.conversation.askForPerson()).then(() => this.log.toEnd());
  }

  contact(why = '') {
    this.showSheet('contact', contactSheet(this, why));
  }

  confirm(what, doIt, job) {
    this.showSheet(what, questionSheet(this, what, doIt, async () => {
      if (await this.attempt(job)) this.sheet === what && this.endSheet();
    }));
  }

  async copy() {
    await this.attempt(async () => {
      await navigator.clipboard.writeText(await this.conversation.transcript());
      this.tell('copied');
    });
  }

  async download() {
    this.keep(new Blob([await this.conversation.transcript()], {type: 'text/plain'}), 'txt');
  }

  async downloadData() {
    this.keep(await this.conversation.data(), 'json');
  }

  keep(content, ending) {
    const address = URL.createObjectURL(content);
    const name = `${this.t('file')}-${new Date().toISOString().slice(0, 10)}.${ending}`;
    h('a', {href: address, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
