// Server-sent events read through fetch, because EventSource can send no header and would put the session into an address.

const SILENT = 45_000; // ms; the server says something every 20 s, so after this the connection is dead

// Until the stream ends or breaks (which raises): `told` gets each event as {kind, data}.
export async function read(api, after, told, signal) {
  const own = new AbortController();
  const end = () => own.abort();
  signal.addEventListener('abort', end);
  let alarm = setTimeout(end, SILENT);
  try {
    const answer = await api.call('stream', {after}, {signal: own.signal});
    told({kind: 'connection', data: true});
    const decoder = new TextDecoder();
    const reader = answer.body.getReader();
    for (let rest = ''; ;) {
      const {done, value} = await reader.read();
      if (done) return;
      clearTimeout(alarm);
      alarm = setTimeout(end, SILENT);
      const parts = (rest + decoder.decode(value, {stream: true})).split('\n\n');
      rest = parts.pop();
      parts.map(event).filter(Boolean).forEach(told);
    }
  } finally {
    clearTimeout(alarm);
    signal.removeEventListener('abort', end);
    own.abort();
  }
}

function event(part) {
  const found = {};
  for (const line of part.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return found.event && {kind: found.event, data: JSON.parse(found.data)};
}
