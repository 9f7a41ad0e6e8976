// The chat as a hook and as a component of React (16.8 or newer). Nothing happens on a server, nor before the page is there.

import {useEffect, useMemo, useRef} from 'react';
import {mount} from './index.js';

const LISTENERS = {ready: 'onReady', opened: 'onOpened', closed: 'onClosed', message: 'onMessage', failed: 'onFailed'};

// Keeps the chat on the page for as long as the component is there; returns what the page may do with it, the same at each
// render. Options are read once, but `identity` is followed; another `host` or `site` fails while the page carries the first one's chat.
export function useAdvisorChat(props) {
  const now = useRef(props);
  const chat = useRef(null);
  now.current = props;
  const {host, site, identity} = props;
  useEffect(() => {
    const mine = (chat.current = mount(optionsOf(now.current)));
    const ends = Object.entries(LISTENERS).map(([kind, name]) => mine.on(kind, (detail) => now.current[name]?.(detail)));
    return () => {
      ends.forEach((end) => end());
      mine.unmount();
    };
  }, [host, site]);
  useEffect(() => {
    if (identity !== undefined) chat.current.identify(identity).catch(() => {}); // `onFailed` has the reason
  }, [host, site, identity]);
  return useMemo(() => callsOf(chat), []);
}

// The same where nothing is to be called.
export function AdvisorChat(props) {
  useAdvisorChat(props);
  return null;
}

const optionsOf = ({host, site, lang, theme, dir, zIndex, offsetX, offsetY}) =>
  Object.fromEntries(
    Object.entries({host, site, lang, theme, dir, zIndex, offsetX, offsetY}).filter(([, value]) => value !== undefined),
  );

function callsOf(chat) {
  const call = (name) => async (...values) => {
    if (!chat.current) throw new Error(`${name}: the chat is mounted after the first render`);
    return chat.current[name](...values);
  };
  return {open: call('open'), close: call('close'), ask: call('ask'), identify: call('identify')};
}
