// What a page loads: the site's settings, the button that opens the chat, the greeting. The chat itself comes when it is
// wanted: when the button is pressed, or at once for a visitor who has a conversation already (a reply may have come).

import {wasOpenHere} from './back.js';
import {paint} from './colours.js';
import {h, icon, small, styled} from './dom.js';
import {jsonOf} from './json.js';
import {memoryOf} from './memory.js';
import {shield} from './shield.js';
import css from './widget.css';

const NAME = 'advisor-chat';
const TAG = optionsOf(document.currentScript); // known only while the script runs for the first time
const HOW = 'Put data-site="..." on its script tag, or set window.advisorChat = {site: "...", host: "https://..."} before it runs.';
const FIELDS = 'input, textarea';

class AdvisorChat extends HTMLElement {
  // Beside the page's body and not in it: what pages do to their body (replace it, move it, hide its children) leaves it alone.
  mount() {
    document.documentElement.append(this);
  }

  connectedCallback() {
    this.body = document.body;
    if (this.root) this.raise();
    this.loading?.then((chat) => chat.returned());
  }

  // A page that replaces all that it holds took it along; one that removes just this element wants it gone.
  disconnectedCallback() {
    setTimeout(() => {
      if (this.isConnected) return;
      if (this.body !== document.body) this.mount();
      else this.loading?.then((chat) => chat.gone());
    });
  }

  // What is fixed follows the page's root element where that is transformed; only the top layer keeps to the window.
  raise() {
    const style = getComputedStyle(document.documentElement);
    const moves = ['transform', 'translate', 'rotate', 'scale', 'perspective'].some((name) => style[name] !== 'none');
    if (!moves && !/transform|perspective/.test(style.willChange) && !/paint|layout|strict|content/.test(style.contain)) return;
    this.root.popover = 'manual';
    this.root.showPopover?.();
  }

  // Pages with shortcuts of single keys ask this of what has the focus, which from outside is this element.
  get isContentEditable() {
    return Boolean(this.shadow?.activeElement?.matches(FIELDS));
  }

  // Called once, with what the server says about the site.
  begin(host, settings, options) {
    this.host = host;
    this.settings = settings;
    this.memory = memoryOf(settings.site);
    this.tab = memoryOf(settings.site, 'sessionStorage');
    this.identity = options.identity; // a token of the page's server; '' for nobody, undefined where the page says nothing
    // How the visitor writes times, where that is in the site's language.
    this.locale = navigator.languages.find((one) => one.split('-')[0] === settings.language) || settings.language;
    this.shadow = this.attachShadow({mode: 'open'});
    styled(this.shadow, css);
    this.root = h('section', {
      'aria-label': settings.words.name,
      lang: settings.language,
      dir: options.dir || settings.direction,
      'data-theme': options.theme || 'auto',
      'data-side': settings.position,
    });
    if (options.zIndex) this.root.style.setProperty('--layer', options.zIndex);
    for (const side of ['X', 'Y']) {
      const given = options[`offset${side}`];
      if (given) this.root.style.setProperty(`--offset-${side.toLowerCase()}`, `${parseFloat(given)}px`);
    }
    this.shadow.append(this.root);
    this.raise();
    this.keepColours();
    this.showLauncher();
    this.offer();
    if (small.matches ? wasOpenHere() : this.tab.get('open')) this.open({quietly: true});
    else if (this.memory.get('token')) this.chat();
    else if (settings.greet_after && !this.memory.get('greeted')) setTimeout(() => this.greet(), settings.greet_after * 1000);
  }

  // What the page's own scripts may do, and hear.
  offer() {
    const call = Object.fromEntries(['open', 'close', 'ask', 'identify'].map((name) => [name, (given) => this[name](given)]));
    window.advisorChat = Object.assign(window.advisorChat || {}, call);
    this.announce('ready');
  }

  announce(what, detail) {
    announce(what, detail);
  }

  // A text of the settings, with {names} filled in.
  say(key, values = {}) {
    const all = {...this.settings.words, ...values};
    return (this.settings.words[key] || '').replace(/\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
  }

  keepColours() {
    const wish = this.root.dataset.theme;
    const system = matchMedia('(prefers-color-scheme: dark)');
    const set = () => {
      const dark = wish === 'dark' || (wish !== 'light' && system.matches);
      this.root.dataset.scheme = dark ? 'dark' : 'light';
      paint(this.root, [getComputedStyle(this).getPropertyValue('--advisor-accent'), this.settings.accent], dark);
    };
    system.addEventListener('change', set);
    set();
  }

  showLauncher() {
    this.badge = h('span', {class: 'badge', 'aria-hidden': 'true', hidden: true});
    this.launcher = h('button', {class: 'launcher', type: 'button', onclick: () => this.open()}, icon('chat'), this.badge);
    this.root.append(this.launcher);
    this.unread(0);
  }

  unread(count) {
    this.badge.hidden = !count;
    this.badge.textContent = count > 9 ? '9+' : count;
    this.launcher.setAttribute('aria-label', this.say('open') + (count ? `, ${this.say('unread', {count})}` : ''));
  }

  greet() {
    if (this.opened || this.bubble || this.memory.get('greeted')) return;
    this.memory.set('greeted', true);
    this.tell(this.say('greeting'), () => this.open());
  }

  // A small bubble beside the button.
  tell(text, pressed) {
    this.bubble?.remove();
    this.bubble = h('div', {class: 'bubble', role: 'status'},
      h('button', {class: 'words', type: 'button', onclick: pressed}, text),
      h('button', {class: 'dismiss', type: 'button', 'aria-label': this.say('dismiss'), onclick: () => this.hush()}, icon('close')));
    this.root.prepend(this.bubble);
  }

  hush() {
    this.bubble?.remove();
    this.bubble = null;
  }

  // The chat, loaded once.
  chat() {
    this.loading ||= import(`${this.host}widget/${CHAT_FILE}`).then(({start}) => start(this));
    return this.loading;
  }

  // `quietly`: as it was on the page before, so the focus stays with the page.
  async open({quietly} = {}) {
    this.hush();
    this.opened = true;
    this.launcher.setAttribute('aria-busy', 'true');
    this.launcher.hidden = Boolean(quietly);
    try {
      (await this.chat()).open(quietly);
    } catch (error) {
      console.error('advisor widget:', error);
      this.loading = null; // so that the next press tries again
      this.launcher.hidden = false;
      this.tell(this.say('failed'), () => this.open());
    }
    this.launcher.removeAttribute('aria-busy');
  }

  // For the page, which may be about to go elsewhere.
  async close() {
    (await this.loading)?.close({staying: true});
  }

  // Who is signed in to the page, for as long as it is shown. Told to the front once the visitor has agreed.
  async identify(token) {
    this.identity = String(token || '');
    if (this.memory.get('token')) await (await this.chat()).conversation.identify();
  }

  async ask(text) {
    await this.open();
    (await this.loading)?.ask(String(text).trim());
  }
}

function announce(what, detail) {
  document.dispatchEvent(new CustomEvent(`advisor:${what}`, {detail}));
}

async function settingsOf(host, site, language) {
  const ask = () => fetch(`${host}web/${site}/settings`, {
    method: 'POST',
    credentials: 'omit',
    body: jsonOf({language}), // as plain text, so that no preflight is needed
  }).catch(() => {
    throw new Error(`${host} does not answer, or this page's Content-Security-Policy lacks it in connect-src.`);
  });
  let answer = await ask();
  for (let tries = 0; tries < 5 && [429, 503].includes(answer.status); tries += 1) { // many at once: asked again by and by
    const seconds = (Number(answer.headers.get('Retry-After')) || 5) * (1 + Math.random() / 4);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    answer = await ask();
  }
  const found = await answer.json().catch(() => ({error: `${host} is not the advisor's address`}));
  if (!answer.ok || found.error) throw new Error(found.error);
  return found;
}

// The tag's attributes and the front's address. A module, a bundle or a tag manager leaves no tag, or one without its attributes:
// then another tag on the page that has them, or `window.advisorChat`, says the same.
function optionsOf(current) {
  const tag = [current, ...document.querySelectorAll('script[data-site]')].find((one) => one?.src && one.dataset.site);
  const {src = current?.src, dataset} = tag || {};
  return {host: src && new URL('.', src).href, ...dataset, ...window.advisorChat};
}

async function begin() {
  const known = customElements.get(NAME);
  if (known && !known.failed) return known.shown?.isConnected || known.shown?.mount(); // run again: a second tag, a page replaced
  if (!known) customElements.define(NAME, AdvisorChat);
  const kind = known || AdvisorChat;
  kind.failed = false;
  const {site, lang} = TAG;
  try {
    if (!site || !TAG.host) throw new Error(HOW);
    const host = TAG.host.replace(/\/*$/, '/');
    const settings = await settingsOf(host, site, lang || document.documentElement.lang || navigator.language || '');
    const element = (kind.shown = document.createElement(NAME));
    shield(element);
    element.mount();
    element.begin(host, settings, TAG);
  } catch (error) {
    kind.failed = true; // another tag may know better
    console.warn(`advisor widget: not shown. ${error.message}`); // for the site's owner; visitors miss nothing they saw before
    announce('failed', {reason: error.message});
  }
}

if (document.body) begin();
else addEventListener('DOMContentLoaded', begin);
