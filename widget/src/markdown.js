// What the server read in a message (channels/markdown.py) as DOM nodes. Nothing is read here: a text stays what it is.

import {h, icon} from './dom.js';

const TAGS = {code: 'code', italic: 'em', bold: 'strong'}; // the inner ones first

// A link, where its address is of a kind that can do no harm; else its words.
export function link(words, address, hint) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return words;
  }
  if (!['https:', 'http:', 'mailto:', 'tel:'].includes(url.protocol)) return words;
  return h('a', {href: url.href, target: '_blank', rel: 'noopener noreferrer'}, words, h('span', {class: 'sr'}, ` (${hint})`));
}

const styled = (span) => Object.keys(TAGS).reduce((inside, style) => (span[style] ? h(TAGS[style], {}, inside) : inside), span.text);

// A line's spans; neighbours that lead to one address are one link.
function inline(spans, hint) {
  const runs = [];
  for (const span of spans) {
    if (span.url && runs.at(-1)?.url === span.url) runs.at(-1).inside.push(styled(span));
    else runs.push({url: span.url, inside: [styled(span)]});
  }
  return runs.flatMap(({url, inside}) => (url ? link(inside, url, hint) : inside));
}

export function markdown(said, hint) {
  const blocks = [];
  let list = null;
  let text = null;
  for (const {mark, spans} of said) {
    if (mark) {
      const kind = mark === '-' ? 'ul' : 'ol';
      const start = kind === 'ol' && parseInt(mark, 10);
      if (list?.localName !== kind) blocks.push((list = h(kind, {dir: 'auto', start})));
      list.append(h('li', {value: start}, ...inline(spans, hint)));
      text = null;
    } else if (spans.length) {
      if (text) text.append(h('br'), ...inline(spans, hint));
      else blocks.push((text = h('p', {dir: 'auto'}, ...inline(spans, hint))));
      list = null;
    } else text = null;
  }
  return blocks;
}

export function card({title, said = [], facts = [], url}, hint) {
  const head = url ? link(title, url, hint) : title;
  if (head.append) head.append(icon('out'));
  return h('li', {class: 'card', dir: 'auto'},
    h('strong', {}, head),
    markdown(said, hint),
    facts.map(({spans}) => h('p', {class: 'fact'}, ...inline(spans, hint))));
}
