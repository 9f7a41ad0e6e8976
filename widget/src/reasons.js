// Why an answer did not help: asked once its thumb is down, answered by a press or in the visitor's own words.

import {composing, h, icon} from './dom.js';

const REASONS = ['reason_other', 'reason_wrong', 'reason_unclear'];
const LONGEST = 500;

// `tell` gets the reason and returns whether it was taken.
export function reasonsOf(t, tell) {
  const input = h('input', {
    'aria-label': t('reason_own'), placeholder: t('reason_own'), maxlength: LONGEST, dir: 'auto', enterkeyhint: 'send',
    onkeydown: (event) => event.key === 'Enter' && !composing(event) && give(input.value),
  });
  const send = h('button', {type: 'button', class: 'round', 'aria-label': t('send'), onclick: () => give(input.value)}, icon('send'));
  const thanks = h('p', {role: 'status', class: 'thanks'});
  const form = h('div', {class: 'reasons', role: 'group', 'aria-label': t('reason')},
    h('p', {}, t('reason')),
    h('div', {class: 'choices'}, REASONS.map((key) => h('button', {type: 'button', onclick: () => give(t(key))}, t(key)))),
    h('div', {class: 'field'}, input, send));
  const element = h('div', {}, thanks);

  const show = (...parts) => element.replaceChildren(...parts);

  async function give(reason) {
    if (!reason.trim() || !(await tell(reason.trim()))) return;
    show(thanks);
    thanks.textContent = t('reason_thanks');
  }

  return {
    element,
    ask() {
      thanks.textContent = '';
      show(form, thanks);
      form.scrollIntoView({block: 'nearest'});
    },
    drop() {
      show(thanks);
      thanks.textContent = '';
    },
  };
}
