// What this browser keeps for a site: the session, what is still to be sent, what was seen; or, in `sessionStorage`, what this
// tab does: whether the chat is open. Works without storage, too.

import {jsonOf} from './json.js';

export function memoryOf(site, storage = 'localStorage') {
  const instead = new Map();
  const key = (name) => `advisor:${site}:${name}`;
  return {
    get(name, otherwise = null) {
      try {
        return JSON.parse(window[storage].getItem(key(name))) ?? instead.get(name) ?? otherwise;
      } catch {
        return instead.get(name) ?? otherwise;
      }
    },
    set(name, value) {
      instead.set(name, value);
      try {
        if (value === null) window[storage].removeItem(key(name));
        else window[storage].setItem(key(name), jsonOf(value));
      } catch {
        // full or forbidden: it lasts as long as the page
      }
    },
  };
}
