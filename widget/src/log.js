// What was said, in order: made from the conversation's messages, changed only where something changed.

import {h, icon} from './dom.js';
import {face} from './face.js';
import {card, link, markdown} from './markdown.js';
import {reasonsOf} from './reasons.js';

const GAP = 15 * 60_000; // ms of silence after which the time is shown
const RATED = ['answered', 'declined'];
const NEAR = 80; // px from the end that count as the end

export class Log {
  constructor(chat) {
    this.chat = chat;
    this.shown = new Map();
    this.list = h('div', {class: 'list', role: 'log'});
    this.typing = h('p', {class: 'typing', role: 'status'});
    this.choices = h('div', {class: 'choices'});
    this.latest = h('button', {
      type: 'button', class: 'latest', 'aria-label': chat.t('latest'), hidden: true, onclick: () => this.toEnd(true),
    }, icon('arrow'));
    this.scroller = h('div', {class: 'scroller', role: 'group', 'aria-label': chat.t('log'), tabindex: '0', onscroll: () => this.scrolled()},
      this.list, this.choices, this.typing);
    this.element = h('div', {class: 'log'}, this.scroller, this.latest);
  }

  update() {
    const stays = this.atEnd();
    const messages = this.chat.conversation.all;
    const before = this.shown;
    this.shown = new Map();
    let last = null;
    const items = messages.flatMap((one, at) => {
      const found = this.item(one, messages, at, before);
      const parts = last && new Date(one.at) - new Date(last.at) < GAP ? [found] : [this.time(one, before), found];
      last = one;
      return parts;
    });
    this.place([this.welcome(), ...items]);
    this.list.setAttribute('aria-busy', String(!this.chat.conversation.loaded));
    this.showChoices(messages);
    this.showTyping();
    if (stays) this.toEnd();
    else if (messages.length && !before.has(keyOf(messages.at(-1)))) this.latest.hidden = false;
  }

  // Elements that are there stay as they are, so that focus, selection and screen readers are not disturbed.
  place(items) {
    const {list} = this;
    items.forEach((item, at) => list.children[at] !== item && list.insertBefore(item, list.children[at] ?? null));
    while (this.list.children.length > items.length) this.list.lastChild.remove();
  }

  item(message, messages, at, before) {
    const key = keyOf(message);
    const follows = at > 0 && speaker(messages[at - 1]) === speaker(message);
    const ends = messages[at + 1]?.answers !== message.answers || !message.answers;
    const print = message.author !== 'visitor' && [follows, ends].join();
    let made = before.get(key);
    if (made?.print !== print) made = {print, ...(print ? this.draw(message, follows, ends) : this.drawOwn(message))};
    made.thumb?.(message.thumb || 0);
    made.wait?.(message);
    this.shown.set(key, made);
    return made.element;
  }

  // The visitor's own. Whether it is sent changes later, so that line changes alone and the message is not announced twice.
  drawOwn({text, client_id: id}) {
    const {t, conversation} = this.chat;
    const waits = h('p', {class: 'waits'});
    const again = h('button', {type: 'button', onclick: () => conversation.tryAgain(id)}, t('again'));
    const element = h('article', {class: 'own'},
      h('span', {class: 'sr'}, t('said_you')), h('p', {class: 'text', dir: 'auto'}, text), waits);
    const wait = (message) => {
      const state = message.id !== Infinity ? '' : message.refused ? 'refused' : conversation.connected ? '' : 'queued';
      if (waits.dataset.state === state) return;
      waits.dataset.state = state;
      waits.replaceChildren(...(state ? [t(state)] : []), ...(state === 'refused' ? [again] : []));
    };
    return {element, wait};
  }

  draw(message, follows, ends) {
    const {t, widget} = this.chat;
    const name = message.author === 'person' ? message.name : t('name');
    const says = h('span', {class: 'sr'}, t('said', {name}));
    const source = message.sources && this.source(message);
    const rated = message.author === 'advisor' && ends && RATED.includes(message.outcome) && this.thumbs(message);
    const element = h('article', {class: message.author},
      follows ? says : h('p', {class: 'name'}, face(widget, message.author === 'person' ? name || '' : undefined), name),
      h('div', {class: 'text'}, ...markdown(message.said ?? [], t('opens'))),
      message.cards && h('ul', {class: 'cards'}, message.cards.map((one) => card(one, t('opens')))),
      (rated || source) && h('div', {class: 'foot'},
        source && h('p', {class: 'source'}, icon('book'), source),
        rated && rated.element),
      rated && rated.reasons);
    return {element, thumb: rated ? rated.set : null};
  }

  // The sections that it is from, each once; links where the front shows the guide.
  source({sources, pages = []}) {
    const {t, widget} = this.chat;
    const {guide} = widget.settings;
    const [before, after] = t('source', {sections: '\n'}).split('\n');
    const named = sources.flatMap((title, at) => {
      if (sources.indexOf(title) < at) return [];
      const shown = guide && pages[at] ? link(title, `${widget.host}${guide}${pages[at]}`, t('opens')) : title;
      return [at && ', ', shown].filter(Boolean);
    });
    return h('span', {}, before, named, after);
  }

  thumbs(message) {
    const {t, conversation} = this.chat;
    const now = () => conversation.messages.get(message.id)?.thumb;
    const rate = (value, reason) => this.chat.attempt(() => conversation.thumb(message.id, value, reason));
    const reasons = reasonsOf(t, (reason) => rate(-1, reason));
    const press = async (value) => {
      const wanted = now() === value ? 0 : value;
      if (!(await rate(wanted))) return;
      if (wanted === -1) reasons.ask();
      else reasons.drop();
    };
    const button = (sign, words, value) =>
      h('button', {type: 'button', 'aria-label': t(words), title: t(words), onclick: () => press(value)}, icon(sign));
    const [up, down] = [button('up', 'helpful', 1), button('down', 'unhelpful', -1)];
    return {
      element: h('div', {class: 'thumbs'}, up, down),
      reasons: reasons.element,
      set: (value) => [[up, 1], [down, -1]].forEach(([one, its]) => one.setAttribute('aria-pressed', String(value === its))),
    };
  }

  time(message, before) {
    const key = `time ${keyOf(message)}`;
    const made = before.get(key) || {element: this.clock(new Date(message.at))};
    this.shown.set(key, made);
    return made.element;
  }

  clock(at) {
    const {locale} = this.chat.widget;
    const today = new Date().toDateString() === at.toDateString();
    const form = {hour: '2-digit', minute: '2-digit', ...(!today && {day: 'numeric', month: 'long'})};
    const full = new Intl.DateTimeFormat(locale, {dateStyle: 'full', timeStyle: 'short'}).format(at);
    const short = new Intl.DateTimeFormat(locale, form).format(at);
    return h('p', {class: 'time'}, h('time', {datetime: at.toISOString(), title: full}, short));
  }

  welcome() {
    const {t, widget} = this.chat;
    this.hello ||= h('article', {class: 'advisor'},
      h('p', {class: 'name'}, face(widget), t('name')), h('div', {class: 'text'}, h('p', {dir: 'auto'}, t('welcome'))));
    return this.hello;
  }

  // What may be pressed now: what the last answer offers, or first questions.
  showChoices(messages) {
    const {t, conversation, widget} = this.chat;
    const asked = messages.findLastIndex((one) => one.author === 'visitor');
    const offered = messages.slice(asked + 1);
    const choices = offered.flatMap((one) => one.buttons ?? [])
      .map(({title, token}) => [token, title, () => conversation.say(title, token)]);
    const first = conversation.loaded && !messages.length ? widget.settings.starters : [];
    choices.push(...first.map((one) => [one, one, () => conversation.say(one)]));
    const {state} = conversation.status;
    const may = state !== 'person' && offered.some((one) => one.author === 'front' && one.outcome === 'handoff');
    if (may) choices.push(['contact', t('contact'), () => this.chat.contact()]);
    const print = choices.map(([key]) => key).join();
    if (this.choices.dataset.print === print) return;
    this.choices.dataset.print = print;
    this.choices.replaceChildren(...choices.map(([key, title, job]) =>
      h('button', {type: 'button', dir: 'auto', onclick: () => this.chosen(job)}, title)));
  }

  chosen(job) {
    this.chat.composer.input.focus({preventScroll: true}); // the button goes; focus must not go with it
    job();
    this.toEnd();
  }

  showTyping() {
    const {t, conversation} = this.chat;
    const {typist} = conversation;
    const name = {advisor: t('name'), person: t('somebody')}[typist] ?? typist;
    const who = typist && t('typing', {name});
    if (this.typing.dataset.who === who) return;
    this.typing.dataset.who = who;
    const dots = () => h('span', {class: 'dots-3', 'aria-hidden': 'true'}, h('i'), h('i'), h('i'));
    this.typing.replaceChildren(...(who ? [dots(), h('span', {class: 'sr'}, who)] : []));
    if (who && this.atEnd()) this.toEnd();
  }

  atEnd() {
    const {scrollHeight, scrollTop, clientHeight} = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  scrolled() {
    if (this.atEnd()) this.latest.hidden = true;
  }

  // To the end; of an answer that is longer than the view, to where it begins, unless the very end is asked for.
  toEnd(all = false) {
    const begins = [...this.list.querySelectorAll('.own, .person, .front')].at(-1);
    const end = this.scroller.scrollHeight - this.scroller.clientHeight;
    this.scroller.scrollTop = all || !begins ? end : Math.min(end, begins.offsetTop - 16);
    this.latest.hidden = this.atEnd();
  }
}

const keyOf = (message) => message.client_id || message.id;
const speaker = (message) => (message.author === 'person' ? message.name : message.author === 'visitor' ? 'visitor' : 'advisor');
