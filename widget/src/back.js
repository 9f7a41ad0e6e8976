// On a small screen the open chat takes the place of the page, so going back leaves the chat and not the site. While it is open
// there is one more entry in the browser's history, of the same page. The page's own entry has no state for so long: routers, who
// would load the page anew, take a step back to it for one inside the page, as by a fragment, and do nothing.

const MARK = 'advisorChat';

export const wasOpenHere = () => Boolean(history.state?.[MARK]);

export class Back {
  constructor(chat) {
    this.chat = chat;
    if (wasOpenHere()) this.remember(); // loaded anew while it was open
    addEventListener('popstate', (event) => this.went(event), true);
  }

  remember() {
    const {[MARK]: mark, ...state} = history.state || {};
    this.page = {address: location.href, state: mark?.empty || !history.state ? null : state};
  }

  // By the browser's own method: routers put theirs in its place.
  write(how, state) {
    try {
      History.prototype[how].call(history, state, '');
    } catch {
      // a page that may not, or too often: going back leaves it, as it did before
    }
  }

  enter() {
    this.remember();
    if (wasOpenHere()) return;
    const {state} = this.page;
    this.write('replaceState', null);
    this.write('pushState', {...state, [MARK]: {empty: !state}});
  }

  // `staying`: the page may be about to go elsewhere, which a step back would undo.
  leave(staying) {
    if (wasOpenHere() && !staying) {
      this.left = true;
      return history.back();
    }
    if (wasOpenHere()) this.write('replaceState', this.page.state);
    this.page = null;
  }

  went(event) {
    const {chat, page, left} = this;
    if (wasOpenHere()) return chat.panel.open || chat.open();
    if (!page) return; // a step of the page itself
    this.page = this.left = null;
    if (location.href === page.address) {
      this.write('replaceState', page.state);
      event.stopImmediatePropagation();
    }
    if (!left) chat.close();
  }
}
