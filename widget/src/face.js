// The face beside a name: the site's logo, a sign where it has none or its page does not let it be shown, a person's initials.

import {h, icon} from './dom.js';

export function face(widget, person) {
  const plate = (content) => h('span', {class: 'face', 'aria-hidden': 'true'}, content);
  if (person !== undefined) return plate(initials(person) || icon('person'));
  const {logo} = widget.settings;
  if (!logo) return plate(icon('chat'));
  const picture = h('img', {alt: '', referrerpolicy: 'no-referrer', onerror: () => picture.replaceWith(icon('chat'))});
  picture.src = new URL(logo, widget.host).href;
  return plate(picture);
}

// Of the first and the last word, as letters are written: none where a name begins with something else.
function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return [words[0], words.length > 1 && words.at(-1)].filter(Boolean).map((word) => [...word][0].toUpperCase()).join('');
}
