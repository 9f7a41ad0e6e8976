// People of the staff: who is there, the bell, and mentions in notes.
"use strict";

(() => {
  // Heard at the document: the stream's element is replaced with each conversation that opens in the inbox.
  const refresh = (id) => { const one = document.getElementById(id); if (one) htmx.trigger(one, "refresh"); };
  document.addEventListener("presence", () => refresh("team"), true);
  document.addEventListener("notified", () => refresh("bell"), true);

  const bell = () => document.querySelector("#bell details[open]");
  document.addEventListener("click", (event) => { if (bell() && !bell().contains(event.target)) bell().open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !bell()?.contains(document.activeElement)) return;
    const summary = bell().querySelector("summary");
    bell().open = false;
    summary.focus();
  });

  // --- an @ at the start of a word of a note lists colleagues -------------------------------------------------------------
  let colleagues = null, picked = 0;
  const list = () => document.getElementById("mentioned");
  const isNote = (field) => field instanceof HTMLTextAreaElement && field.matches("[data-mentions]");
  const begun = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|[\s(])@([^\s@]{0,30})$/);
  const fits = (one, words) => [one.name, one.shown, ...one.shown.split(" ")].some((name) => name.toLowerCase().startsWith(words.toLowerCase()));

  async function offer(field) {
    if (!begun(field)) return hide(field);
    colleagues ??= fetch("/staff/colleagues/all").then((answer) => (answer.ok && !answer.redirected ? answer.json() : [])).catch(() => []);
    const all = await colleagues, found = begun(field);
    const fitting = found ? all.filter((one) => fits(one, found[1])).slice(0, 6) : [];
    if (!fitting.length) return hide(field);
    picked = 0;
    list().replaceChildren(...fitting.map((one, place) => line(field, one, place)));
    list().hidden = false;
    pick(field, 0);
  }

  function line(field, one, place) {
    const item = document.createElement("li"), name = document.createElement("strong"), more = document.createElement("span");
    Object.assign(item, { role: "option", id: `mentioned-${place}`, mention: one.name });
    name.textContent = one.shown;
    more.textContent = one.shown === one.name ? one.status : `${one.name} · ${one.status}`;
    item.append(name, more);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); put(field, one.name); });
    return item;
  }

  function pick(field, step) {
    const lines = [...list().children];
    picked = (picked + step + lines.length) % lines.length;
    lines.forEach((one, place) => one.setAttribute("aria-selected", place === picked));
    field.setAttribute("aria-activedescendant", lines[picked].id);
    lines[picked].scrollIntoView({ block: "nearest" });
  }

  function hide(field) {
    if (!list() || list().hidden) return;
    list().hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  function put(field, name) {
    const end = field.selectionStart, start = end - begun(field)[1].length;
    field.setRangeText(`${name} `, start, end, "end");
    hide(field);
    field.focus();
  }

  document.addEventListener("input", (event) => { if (isNote(event.target)) offer(event.target); });
  document.addEventListener("focusin", (event) => { if (isNote(event.target)) colleagues = null; }); // who is there may have changed
  document.addEventListener("focusout", (event) => { if (isNote(event.target)) hide(event.target); });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!isNote(field) || list().hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
    const choose = () => put(field, list().children[picked].mention);
    const does = { ArrowDown: () => pick(field, 1), ArrowUp: () => pick(field, -1), Escape: () => hide(field), Enter: choose, Tab: choose }[event.key];
    if (!does) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  }, true);
})();
