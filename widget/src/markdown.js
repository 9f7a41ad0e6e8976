// The small part of Markdown that the advisor writes (bold, italics, links, lists) as DOM nodes. What is not that stays text.

import {h, icon} from './dom.js';

const INLINE = new RegExp([
  /\*\*(.+?)\*\*/, /__(.+?)__/, // bold
  /(?<![\w*])\*([^*\s][^*]*?)\*(?![\w*])/, /(?<!\w)_([^_\s][^_]*?)_(?!\w)/, // italics
  /\[([^\]]+)\]\(([^)\s]+)\)/, // a link with words
  /(https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/, // an address
].map(({source}) => source).join('|'));
const BULLET = /^\s*[-*•]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;

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

export function inline(text, hint) {
  const found = text.match(INLINE);
  if (!found) return [text];
  const [whole, bold, bold2, italic, italic2, words, address, bare] = found;
  const before = text.slice(0, found.index);
  const made = bold || bold2 ? h('strong', {}, ...inline(bold || bold2, hint))
    : italic || italic2 ? h('em', {}, ...inline(italic || italic2, hint))
    : link(words || bare, address || bare, hint);
  return [before, made, ...inline(text.slice(found.index + whole.length), hint)];
}

export function markdown(text, hint) {
  const blocks = [];
  let list = null;
  let lines = [];
  const endText = () => {
    if (lines.length) blocks.push(h('p', {dir: 'auto'}, ...lines.flatMap((line, at) => [at ? h('br') : '', ...inline(line, hint)])));
    lines = [];
  };
  for (const line of text.split('\n')) {
    const kind = BULLET.test(line) ? 'ul' : NUMBER.test(line) ? 'ol' : '';
    if (kind) {
      endText();
      if (list?.localName !== kind) blocks.push((list = h(kind, {dir: 'auto', start: kind === 'ol' && parseInt(line, 10)})));
      list.append(h('li', {}, ...inline(line.replace(kind === 'ul' ? BULLET : NUMBER, ''), hint)));
    } else if (line.trim()) {
      list = null;
      lines.push(line.replace(/^#{1,4}\s+/, ''));
    } else endText();
  }
  endText();
  return blocks;
}

export function card({title, text, lines = [], url}, hint) {
  const head = url ? link(title, url, hint) : title;
  if (head.append) head.append(icon('out'));
  return h('li', {class: 'card', dir: 'auto'},
    h('strong', {}, head),
    text && h('p', {}, ...inline(text, hint)),
    lines.map((line) => h('p', {class: 'fact'}, ...inline(line, hint))));
}
