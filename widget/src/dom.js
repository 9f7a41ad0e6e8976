// Small helpers for making elements. Text is always a text node and never parsed, so nothing that is said can become markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

// Whether a key belongs to an input method that is still putting a word together. Safari says so by the number alone.
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const small = matchMedia('(max-width: 640px)');

// Lines of 20 by 20, stroke 1.75; drawn for this widget.
const PATHS = {
  chat: 'M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3v-3a2 2 0 0 1-1.5-2zM7 7.3h6M7 10h4',
  close: 'M5 5l10 10M15 5L5 15',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  send: 'M10 16V4.5M5 9.5l5-5 5 5',
  up: 'M6.5 9L9.6 3.2a1.5 1.5 0 0 1 1.9 1.5V8h3.6a1.4 1.4 0 0 1 1.4 1.7l-1.2 5.6a1.5 1.5 0 0 1-1.5 1.2H6.5zM6.5 9H3.8v7.5h2.7',
  down: 'M13.5 11l-3.1 5.8a1.5 1.5 0 0 1-1.9-1.5V12H4.9a1.4 1.4 0 0 1-1.4-1.7l1.2-5.6a1.5 1.5 0 0 1 1.5-1.2h7.3zM13.5 11h2.7V3.5h-2.7',
  book: 'M10 5.2C8.3 4 6 3.8 3.5 4v11c2.5-.2 4.8 0 6.5 1.2 1.7-1.2 4-1.4 6.5-1.2V4c-2.5-.2-4.8 0-6.5 1.2zM10 5.2v11',
  person: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 16.5c.6-2.6 3-4 6-4s5.4 1.4 6 4',
  mail: 'M3.5 5.5h13v9h-13zM3.5 6l6.5 5 6.5-5',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  again: 'M4.2 8A6.2 6.2 0 1 1 4 11.5M4 4v4h4',
  bin: 'M4 5.5h12M8 5.5v-2h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.8v4.6M11.5 8.8v4.6',
  arrow: 'M10 4v12M5 11l5 5 5-5',
  out: 'M8 4.5H4.5v11h11V12M11.5 4.5h4v4M15.5 4.5L9 11',
};
const SVG = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  for (const [key, value] of Object.entries({viewBox: '0 0 20 20', 'aria-hidden': 'true', class: name === 'more' ? 'i dots' : 'i'}))
    svg.setAttribute(key, value);
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

export function styled(shadow, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
