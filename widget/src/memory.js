// What this browser keeps for a site: the session, what is still to be sent, what was seen. Works without storage, too.

export function memoryOf(site) {
  const instead = new Map();
  const key = (name) => `advisor:${site}:${name}`;
  return {
    get(name, otherwise = null) {
      try {
        return JSON.parse(localStorage.getItem(key(name))) ?? instead.get(name) ?? otherwise;
      } catch {
        return instead.get(name) ?? otherwise;
      }
    },
    set(name, value) {
      instead.set(name, value);
      try {
        if (value === null) localStorage.removeItem(key(name));
        else localStorage.setItem(key(name), JSON.stringify(value));
      } catch {
        // full or forbidden: it lasts as long as the page
      }
    },
  };
}
