// The advisor's chat on pages that are made with a bundler. Importing this touches no document, so a server may do it, too; the
// widget itself comes from the front when it is mounted, so what visitors get is always of the front's own version.

const CALLS = ['open', 'close', 'ask', 'identify'];
const ELEMENT = 'advisor-chat';

let shown = null; // what this page carries: {place, ours, ready, element}
let tries = 0;
const holders = new Set();

// Put the chat on the page, or join whoever has. It is there until each that mounted it has unmounted it.
export function mount(options) {
  if (typeof document === 'undefined') throw new Error('mount: only in a browser, for instance in an effect');
  const {host, site} = options;
  if (!host || !site) throw new TypeError('mount: host and site are needed');
  const holder = {};
  const chat = {ready: join(holder, options)};
  chat.ready.catch(() => {}); // who wants to know asks for it
  for (const name of CALLS)
    chat[name] = async (...values) => {
      await chat.ready;
      if (!holders.has(holder)) throw new Error(`${name}: the chat was unmounted`);
      return window.advisorChat[name](...values);
    };
  chat.on = (kind, listener) => (once[kind] || always)(chat, listener, kind);
  chat.unmount = () => {
    holders.delete(holder);
    if (!holders.size) shown?.element?.remove();
  };
  return chat;
}

// Ready or failed is known once, and told to those who come later as well.
const once = {
  ready: (chat, listener) => waiting(listener, (tell) => chat.ready.then(() => tell(), () => {})),
  failed: (chat, listener) => waiting(listener, (tell) => chat.ready.catch((error) => tell({reason: error.message}))),
};

function waiting(listener, wait) {
  let wanted = true;
  wait((detail) => wanted && listener(detail));
  return () => (wanted = false);
}

function always(chat, listener, kind) {
  const told = ({detail}) => listener(detail ?? undefined);
  document.addEventListener(`advisor:${kind}`, told);
  return () => document.removeEventListener(`advisor:${kind}`, told);
}

async function join(holder, options) {
  const place = `${options.host.replace(/\/+$/, '')}/ ${options.site}`;
  holders.add(holder);
  if (shown && shown.place !== place) {
    holders.delete(holder);
    throw new Error(`mount: the page carries the chat of ${shown.place} already`);
  }
  shown ||= {place, ours: !window.advisorChat?.open, ready: load(options)}; // else by a tag of the page, which keeps it
  const mine = shown;
  try {
    await mine.ready;
  } catch (error) {
    holders.delete(holder);
    if (shown === mine) shown = null; // so that the next one tries again
    throw error;
  }
  if (mine.ours) mine.element ||= document.querySelector(ELEMENT);
  if (!holders.size) mine.element?.remove(); // unmounted before it came
  else if (mine.element && !mine.element.isConnected) document.documentElement.append(mine.element);
}

// Resolves once the button is there. Imported and not put in as a tag, as strict policies (Trusted Types) forbid a tag's address.
function load({host, ...options}) {
  if (window.advisorChat?.open) return Promise.resolve();
  window.advisorChat = {...window.advisorChat, ...options, host};
  const again = tries++ ? `?try=${tries}` : ''; // a module runs once for each address
  const address = `${host.replace(/\/+$/, '')}/widget.js${again}`;
  return new Promise((done, failed) => {
    const ends = [
      ['ready', () => done()],
      ['failed', ({detail}) => failed(new Error(detail.reason))],
    ].map(([kind, job]) => [`advisor:${kind}`, (event) => (stop(), job(event))]);
    const stop = () => ends.forEach(([kind, job]) => document.removeEventListener(kind, job));
    ends.forEach(([kind, job]) => document.addEventListener(kind, job));
    import(/* webpackIgnore: true */ /* @vite-ignore */ address).catch(() => {
      stop();
      failed(new Error(`${address} cannot be loaded: it does not answer, or the page's Content-Security-Policy lacks it`));
    });
  });
}
