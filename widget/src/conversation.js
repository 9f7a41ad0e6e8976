// What this browser knows of its conversation, and what it does with it. Draws nothing: `changed` tells who does.

import {Api, Refusal} from './api.js';
import {read} from './stream.js';
import {Tabs} from './tabs.js';

const LONGEST_WAIT = 30_000; // ms between two attempts to connect
const SEND_AGAIN = 3_000;
const TYPING_LASTS = 8_000;
const TYPING_AGAIN = 4_000;

// ms until those who came at once with too many others may come again, not all of them at the same moment.
export const patience = (error, seconds = 5) => (error.retryAfter || seconds) * (1000 + Math.random() * 250);

export class Conversation {
  constructor(widget, changed) {
    this.widget = widget;
    this.memory = widget.memory;
    this.api = new Api(widget);
    this.changed = changed;
    this.tabs = new Tabs(`advisor:${widget.settings.site}`, (what) => this.told(what));
    this.clear();
    addEventListener('online', () => this.wake());
    addEventListener('offline', () => this.told({kind: 'connection', data: false}));
    addEventListener('pagehide', () => this.rest());
    addEventListener('pageshow', ({persisted}) => persisted && this.resume());
    document.addEventListener('visibilitychange', () => document.hidden || this.wake());
  }

  clear() {
    this.messages = new Map();
    this.reached = 0;
    this.status = {state: 'bot', person: '', office: this.widget.settings.office};
    this.typist = '';
    this.connected = true;
    this.busy = false;
    this.agreed = this.hasSession; // until the front says otherwise
    this.loaded = false;
  }

  get hasSession() {
    return Boolean(this.memory.get('token'));
  }

  // In order; what is still to be sent stands last.
  get all() {
    const said = [...this.messages.values()].sort((one, other) => one.id - other.id);
    return [...said, ...this.queue.map((one) => ({...one, author: 'visitor', client_id: one.id, id: Infinity}))];
  }

  get last() {
    return Math.max(0, ...this.messages.keys());
  }

  // A message that the front has sent, and with it all before it: there the stream goes on when it is opened again. What this
  // browser said counts only once it comes from there, as replies may stand before it that nobody has read to it yet.
  reach(id) {
    this.reached = Math.max(this.reached, id);
  }

  // Kept in the browser, so that it survives a reload and other tabs see it.
  get queue() {
    return this.memory.get('queue', []);
  }

  set queue(waiting) {
    this.memory.set('queue', waiting.length ? waiting : null);
  }

  // --- a session ---------------------------------------------------------------------------------------------------
  async resume() {
    this.stop?.abort();
    this.stop = new AbortController();
    const {signal} = this.stop;
    if (!this.hasSession) return;
    await this.load();
    if (signal.aborted || !this.hasSession) return;
    this.tabs.lead(() => this.follow(signal), signal);
    this.flush();
    this.identify().catch((error) => console.warn(`advisor widget: ${error.message}`)); // for the site's owner
  }

  rest() {
    this.stop?.abort();
  }

  async load() {
    try {
      const {messages, consented, ...status} = await this.api.json('history');
      // Of a conversation that began on this page, the history may bring a reply before the stream does.
      if (this.begun) messages.filter((one) => !this.messages.has(one.id)).forEach((one) => this.announce(one));
      this.messages = new Map([...this.messages, ...messages.map((one) => [one.id, one])]);
      messages.forEach((one) => this.reach(one.id));
      this.agreed = consented;
      this.loaded = true;
      this.status = status;
    } catch (error) {
      if (this.ended(error)) return;
      if (error.retryAfter) setTimeout(() => this.load(), patience(error));
      else this.told({kind: 'connection', data: false});
    }
    this.changed('all');
  }

  async agree() {
    const {settings} = this.widget;
    const consent = settings.consent.version;
    if (this.hasSession) await this.api.json('consent', {consent});
    else {
      const page = location.origin + location.pathname; // without its query, which may hold anything
      this.memory.set('token', (await this.api.json('session', {consent, page, language: settings.language})).token);
      this.clear();
      this.memory.set('seen', 0);
      this.begun = true;
    }
    this.agreed = true;
    this.again();
  }

  async restart() {
    this.memory.set('token', (await this.api.json('restart')).token);
    this.fresh();
  }

  async forget() {
    await this.api.json('forget');
    this.drop();
    this.tabs.tell({kind: 'gone'});
  }

  fresh() {
    this.queue = [];
    this.memory.set('seen', 0);
    this.clear();
    this.agreed = true;
    this.again();
  }

  // Another conversation, or the same with a new consent: here and in the other tabs. They are told the token, too: what is
  // stored here may reach them later than what they are told.
  again() {
    this.changed('all');
    this.tabs.tell({kind: 'session', data: {token: this.memory.get('token')}});
    this.tabs.tell({kind: 'other'});
    this.resume();
  }

  // Who is signed in to the page: nobody else sees the conversation. It is not deleted; who it is of has no way to it here.
  async identify() {
    const {identity} = this.widget;
    if (identity === undefined || !this.hasSession) return;
    try {
      if (identity) {
        await this.api.json('identify', {identity});
        this.memory.set('identified', true);
      } else if (this.memory.get('identified')) this.leave();
    } catch (error) {
      if (error.status === 409) this.leave();
      else if (error.status !== 403 && !this.ended(error)) throw error; // 403: told once the visitor has agreed
    }
  }

  leave() {
    this.drop();
    this.tabs.tell({kind: 'left'});
  }

  // Another tab has left it: that one was told last who is signed in.
  otherPerson() {
    this.widget.identity = undefined;
    this.drop();
  }

  drop() {
    this.stop?.abort();
    for (const known of ['token', 'identified']) this.memory.set(known, null);
    this.queue = [];
    this.clear();
    this.changed('all');
  }

  // Whether a refusal means that there is no conversation any more.
  ended(error) {
    if (!(error instanceof Refusal) || ![401, 410].includes(error.status)) return false;
    this.drop();
    this.changed(error.status === 410 ? 'gone' : 'over');
    return true;
  }

  // --- what comes --------------------------------------------------------------------------------------------------
  async follow(signal) {
    for (let wait = 1000; !signal.aborted;) {
      const began = Date.now();
      this.cut = new AbortController();
      const cut = () => this.cut.abort();
      signal.addEventListener('abort', cut);
      try {
        await read(this.api, this.reached, (what) => this.passOn(what), this.cut.signal);
      } catch (error) {
        if (signal.aborted || this.ended(error)) return;
        if (error.retryAfter) await this.pause(patience(error));
      } finally {
        signal.removeEventListener('abort', cut);
      }
      if (signal.aborted) return;
      this.passOn({kind: 'connection', data: false});
      if (Date.now() - began > 10_000) wait = 1000;
      await this.pause(wait * (0.5 + Math.random() / 2));
      wait = Math.min(2 * wait, LONGEST_WAIT);
    }
  }

  pause(ms) {
    return new Promise((done) => {
      this.wakeUp = done;
      setTimeout(done, ms);
    });
  }

  // Somebody is back: a connection that broke, or may be dead without knowing, is made anew.
  wake() {
    if (!this.connected) this.cut?.abort();
    this.wakeUp?.();
    this.flush();
  }

  passOn(what) {
    this.told(what);
    this.tabs.tell(what);
  }

  told({kind, data}) {
    if (kind === 'message') this.reach(data.id);
    if (['message', 'sent'].includes(kind)) this.hear(data);
    else if (kind === 'state') this.status = data;
    else if (kind === 'typing') this.seeTyping(data);
    else if (kind === 'thumb') this.messages.get(data.id) && (this.messages.get(data.id).thumb = data.value);
    else if (kind === 'session') this.memory.set('token', data.token);
    else if (kind === 'connection') {
      const back = data && !this.connected;
      this.connected = data;
      if (back) this.flush();
      if (data && !this.loaded && this.hasSession) this.load(); // the front had no time for it before
    } else if (kind === 'gone') return this.drop(), this.changed('gone');
    else if (kind === 'left') return this.otherPerson();
    else if (kind === 'other') return this.clear(), this.resume();
    this.changed(kind);
  }

  hear(message) {
    const known = this.messages.get(message.id);
    if (!known) this.announce(message);
    this.messages.set(message.id, {...message, thumb: known?.thumb});
    if (message.author !== 'visitor') this.typist = '';
    else this.queue = this.queue.filter((one) => one.id !== message.client_id);
  }

  announce({author, outcome}) {
    this.widget.announce('message', {author, outcome}); // never what was said
  }

  seeTyping({who, on}) {
    clearTimeout(this.typingEnds);
    this.typist = on ? who : '';
    if (on) this.typingEnds = setTimeout(() => this.told({kind: 'typing', data: {on: false}}), TYPING_LASTS);
  }

  // --- what is said ------------------------------------------------------------------------------------------------
  say(text, button) {
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.queue = [...this.queue, {id, text, button, at: new Date().toISOString()}];
    this.tabs.tell({kind: 'queue'});
    this.changed('message');
    this.flush();
  }

  // Send what waits, in order; what the server has it gets once, whoever sends it again.
  async flush() {
    if (this.flushing || !this.hasSession) return;
    this.flushing = true;
    try {
      for (let one; (one = this.queue.find((each) => !each.refused)); ) await this.send(one);
      this.busy = false;
      clearTimeout(this.later);
    } catch (error) {
      this.wait(error);
    }
    this.flushing = false;
    this.changed('message');
  }

  async send({id, text, button}) {
    try {
      const said = button ? {button} : {text};
      const {message} = await this.api.json('messages', {id, ...said, page: location.origin + location.pathname});
      if (!this.connected) this.wakeUp?.(); // the stream need not wait any longer either
      this.connected = true;
      this.passOn({kind: 'sent', data: {id: message, author: 'visitor', text, client_id: id, at: new Date().toISOString()}});
    } catch (error) {
      if (![400, 413].includes(error.status)) throw error;
      this.queue = this.queue.map((one) => (one.id === id ? {...one, refused: true} : one));
    }
  }

  wait(error) {
    if (this.ended(error)) return;
    if (error.status === 403) {
      this.agreed = false;
      return this.changed('all');
    }
    this.busy = error.status === 429;
    if (!this.busy) this.connected = false;
    this.changed('connection');
    clearTimeout(this.later);
    this.later = setTimeout(() => this.flush(), this.busy ? patience(error, 30) : SEND_AGAIN);
  }

  tryAgain(id) {
    this.queue = this.queue.map((one) => (one.id === id ? {...one, refused: false} : one));
    this.flush();
  }

  // --- beside it ---------------------------------------------------------------------------------------------------
  async thumb(id, value, comment) {
    await this.api.json('feedback', {message: id, value, comment});
    this.passOn({kind: 'thumb', data: {id, value}});
  }

  async askForPerson() {
    this.status = await this.api.json('person');
    this.changed('state');
  }

  leaveContact(details) {
    return this.api.json('contact', details);
  }

  async data() {
    return (await this.api.call('data')).blob();
  }

  async transcript() {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone; // the visitor's own
    return (await this.api.call('transcript', {zone})).text();
  }

  // Staff see that the visitor types, once a person was asked for.
  types() {
    if (this.status.state === 'bot' || Date.now() - (this.typed || 0) < TYPING_AGAIN) return;
    this.typed = Date.now();
    this.api.call('typing', {on: true}).catch(() => {});
  }
}
