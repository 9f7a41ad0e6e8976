// Hand-off: the number of waiting visitors in menu and title, the sound, and drafts of replies kept in the browser.
"use strict";

(() => {
  const EVERY = 10000, TYPING_EVERY = 4000;
  const store = { get: (name) => { try { return localStorage.getItem(name); } catch { return null; } }, set: (name, value) => { try { value ? localStorage.setItem(name, value) : localStorage.removeItem(name); } catch { /* private browsing */ } } };
  const badges = () => document.querySelectorAll("[data-badge]");
  const words = { waiting: gettext("waiting"), contacts: gettext("to be reached"), unanswered: gettext("unanswered"), corrections: gettext("to be checked") };
  const short = (number, name) => (name === "corrections" && number >= 100 ? "100+" : number > 999 ? "999+" : number || "");
  const title = document.title;
  let before = null;

  async function look() {
    if (!document.getElementById("bell")) return;
    const answer = await fetch("/staff/waiting/count").catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const counts = await answer.json(), waiting = counts.waiting || 0, bell = document.getElementById("bell");
    if (bell?.dataset.unread && Number(bell.dataset.unread) !== counts.notifications) htmx.trigger(bell, "refresh"); // its notice was lost
    badges().forEach((badge) => {
      const name = badge.dataset.badge, shown = short(counts[name], name);
      badge.replaceChildren(String(shown));
      if (shown) badge.insertAdjacentHTML("beforeend", `<span class="unseen"> ${words[name]}</span>`);
    });
    document.title = waiting ? `(${waiting}) ${title}` : title;
    if (before !== null && waiting > before && store.get("advisor-sound") === "on") beep();
    before = waiting;
  }

  function beep() {
    const context = new AudioContext(), tone = context.createOscillator(), loudness = context.createGain();
    tone.frequency.value = 660;
    loudness.gain.setValueAtTime(0.15, context.currentTime);
    loudness.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.5);
    tone.connect(loudness).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.5);
  }

  function offerSound() {
    const choice = document.getElementById("sound");
    if (!choice) return;
    choice.closest("[data-sound]").hidden = false;
    choice.checked = store.get("advisor-sound") === "on";
    choice.addEventListener("change", () => { store.set("advisor-sound", choice.checked ? "on" : ""); if (choice.checked) beep(); });
  }

  // --- the reply ------------------------------------------------------------------------------------------------------
  const form = () => document.querySelector("[data-reply]");
  const draft = () => `advisor-draft-${form().dataset.reply}`;
  let told = 0;

  function begin() {
    document.querySelectorAll("[data-insert]").forEach((button) => { button.hidden = false; });
    if (form() && !form().elements.text.value) form().elements.text.value = store.get(draft()) || "";
  }

  function sayTyping(on) {
    post(`/staff/conversations/${form().dataset.reply}/typing`, { on: on ? "yes" : "no" });
  }

  document.addEventListener("input", (event) => {
    if (!form()?.contains(event.target)) return;
    store.set(draft(), event.target.value);
    if (Date.now() - told > TYPING_EVERY) { told = Date.now(); sayTyping(true); }
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail?.ctx || {};
    if (form() && sourceElement === form() && response?.status < 300) { store.set(draft(), ""); told = 0; }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form()?.contains(event.target)) { event.preventDefault(); form().requestSubmit(); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button || !form()) return;
    const field = form().elements.text;
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    store.set(draft(), field.value);
    field.focus();
  });

  // --- canned replies: a / at the start of a word lists them ------------------------------------------------------------
  let canned = null, picked = 0;
  const wanted = (field) => field.value.slice(0, field.selectionStart).match(/(?:^|\s)\/([a-z0-9-]*)$/);
  const list = () => document.getElementById("canned");

  async function offerCanned(field) {
    const found = wanted(field);
    if (!found) return hideCanned();
    canned ??= fetch("/staff/canned/all").then((answer) => (answer.ok && !answer.redirected ? answer.json() : [])).catch(() => []);
    const fitting = (await canned).filter((one) => one.name.includes(found[1])).slice(0, 8);
    if (!fitting.length || !wanted(field)) return hideCanned();
    picked = 0;
    list().replaceChildren(...fitting.map((one, place) => {
      const line = document.createElement("li"), name = document.createElement("strong"), words = document.createElement("span");
      Object.assign(line, { role: "option", id: `canned-${place}` });
      name.textContent = `/${one.name}`;
      words.textContent = one.text;
      line.append(name, words);
      line.addEventListener("mousedown", (event) => { event.preventDefault(); putCanned(field, one.text); });
      line.reply = one.text;
      return line;
    }));
    list().hidden = false;
    pick(field, 0);
  }

  function pick(field, step) {
    const lines = [...list().children];
    picked = (picked + step + lines.length) % lines.length;
    lines.forEach((line, place) => line.setAttribute("aria-selected", place === picked));
    field.setAttribute("aria-activedescendant", lines[picked].id);
    lines[picked].scrollIntoView({ block: "nearest" });
  }

  function hideCanned() {
    const field = form()?.elements.text;
    if (!list() || list().hidden) return;
    list().hidden = true;
    field?.removeAttribute("aria-activedescendant");
  }

  function putCanned(field, text) {
    const end = field.selectionStart, start = end - wanted(field)[1].length - 1;
    field.setRangeText(text, start, end, "end");
    hideCanned();
    store.set(draft(), field.value);
    field.focus();
  }

  document.addEventListener("input", (event) => { if (event.target === form()?.elements.text) offerCanned(event.target); });
  document.addEventListener("focusout", (event) => { if (event.target === form()?.elements.text) hideCanned(); });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (field !== form()?.elements.text || !list() || list().hidden) return;
    const does = { ArrowDown: () => pick(field, 1), ArrowUp: () => pick(field, -1), Escape: hideCanned,
      Enter: () => putCanned(field, list().children[picked].reply), Tab: () => putCanned(field, list().children[picked].reply) }[event.key];
    if (!does || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    does();
  }, true);

  let forgetting;
  function visitorTypes(on) {
    const line = document.getElementById("visitor-typing");
    if (!line) return;
    line.textContent = on ? gettext("The visitor is typing…") : "";
    clearTimeout(forgetting);
    if (on) forgetting = setTimeout(() => visitorTypes(false), 8000);
  }

  document.addEventListener("DOMContentLoaded", () => {
    look();
    setInterval(look, EVERY);
    offerSound();
    begin();
    // Heard at the document: the stream's element is replaced with each conversation that opens in the inbox.
    document.addEventListener("news", look, true);
    document.addEventListener("said", () => visitorTypes(false), true);
    document.addEventListener("typing", (event) => visitorTypes((event.detail?.data ?? event.data) !== "off"), true);
  });
  document.body.addEventListener("decided", look);
  document.addEventListener("htmx:after:swap", begin);

  // --- a stream that is down for long is said, until it is there again ---------------------------------------------------
  let silence = 0;
  const paused = (on) => {
    document.getElementById("paused")?.remove();
    if (!on) return;
    const line = Object.assign(document.createElement("p"), { id: "paused", className: "paused", textContent: gettext("Live updates are paused: the server does not answer.") });
    line.setAttribute("role", "alert");
    document.body.append(line);
  };
  document.addEventListener("htmx:sse:error", () => { silence ||= setTimeout(() => paused(true), 4000); });
  document.addEventListener("htmx:sse:after:connection", () => { clearTimeout(silence); silence = 0; paused(false); });
  document.addEventListener("htmx:error", (event) => {
    if (form() && event.detail?.ctx?.sourceElement === form()) decide.say(gettext("Not sent: the server did not answer. Your words are kept; send them again in a moment."));
  });
})();
