// Keeps what happens in the widget from the page around it, which would take single keys for its shortcuts, or would pull
// the focus back into a dialog of its own. The window hears of everything first, before any listener of the document.

const KEYS = ['keydown', 'keypress', 'keyup'];
// A page's editors take what is pasted, its fields for uploads what is dropped, its smooth scrolling the wheel and the finger.
const REST = [
  'beforeinput', 'input', 'copy', 'cut', 'paste', 'dragenter', 'dragover', 'dragleave', 'drop', 'wheel', 'touchstart', 'touchmove',
];

export function shield(element) {
  const inside = (event) => event.composedPath().includes(element);

  // The widget's own listeners get a copy that does not leave it. What the browser does by itself, typing above all, it still does.
  // A plain Event, since Firefox lets every KeyboardEvent out.
  const key = (event) => {
    if (!inside(event)) return;
    event.stopImmediatePropagation();
    const {key, keyCode, shiftKey, isComposing} = event;
    const copy = Object.assign(new Event(event.type, {bubbles: true, cancelable: true}), {key, keyCode, shiftKey, isComposing});
    if (!event.composedPath()[0].dispatchEvent(copy)) event.preventDefault();
  };
  for (const kind of KEYS) addEventListener(kind, key, true);
  addEventListener('focusin', (event) => inside(event) && event.stopImmediatePropagation(), true);
  for (const kind of REST) element.addEventListener(kind, (event) => event.stopPropagation(), {passive: true});
}
