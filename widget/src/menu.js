// The menu in the header: by mouse, touch and keyboard (arrows, Home, End, Escape), as ARIA describes it.

import {h, icon} from './dom.js';

export function menuOf(t, choices) {
  const list = h('div', {class: 'menu', role: 'menu', 'aria-label': t('menu'), hidden: true, onkeydown: keys});
  const button = h('button', {
    type: 'button', class: 'round', 'aria-label': t('menu'), 'aria-haspopup': 'menu', 'aria-expanded': 'false',
    onclick: () => (list.hidden ? open() : close()),
    onkeydown: (event) => event.key === 'ArrowDown' && (event.preventDefault(), open()),
  }, icon('more'));
  const left = ({relatedTarget}) => element.contains(relatedTarget) || close(false);
  const element = h('div', {class: 'menu-place', onfocusout: left}, button, list);

  function open() {
    const item = ([key, sign, job]) =>
      h('button', {type: 'button', role: 'menuitem', tabindex: '-1', 'data-do': key, onclick: () => (close(), job())}, icon(sign), t(key));
    list.replaceChildren(...choices().map(item));
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    list.firstChild.focus();
  }

  // Whether it was open.
  function close(focus = true) {
    if (list.hidden) return false;
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (focus) button.focus();
    return true;
  }

  function keys(event) {
    const items = [...list.children];
    const at = items.indexOf(list.getRootNode().activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1}[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[to % items.length].focus();
    } else if (event.key === 'Tab') close(false);
  }

  return {element, close};
}
