// A draft as it is written: saved by itself, checked at once, and never lost, whatever happens to the connection or the session.
"use strict";

(() => {
  const WAIT = 800, PREVIEW_WAIT = 400, NEAR_WAIT = 1200, AGAIN = 5000; // ms
  const form = document.querySelector(".entry-form");
  if (!form) return;
  const version = form.elements.version, saved = document.getElementById("saved"), kept = `draft-${form.dataset.draft}`;
  let timer = 0, nearTimer = 0, previewTimer = 0, looked = 0, saving = false, again = false, unsaved = false, stopped = false;

  const say = (words, bad = false) => { saved.textContent = words; saved.classList.toggle("bad-text", bad); };

  // --- what was not saved yet is kept in the browser -----------------------------------------------------------------
  const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrf");
  const written = () => JSON.stringify(fields().filter(([name]) => name !== "version"));
  function keep() { try { localStorage.setItem(kept, JSON.stringify(fields())); } catch { /* full or forbidden: it is on the page */ } }
  function forget() { try { localStorage.removeItem(kept); } catch { /* nothing was kept */ } }

  function bringBack() {
    let stored = null;
    try { stored = JSON.parse(localStorage.getItem(kept)); } catch { forget(); }
    if (!Array.isArray(stored) || JSON.stringify(stored.filter(([name]) => name !== "version")) === written()) return forget();
    for (const [name, value] of stored) {
      const row = name.match(/^([a-z]+)-(\d+)-/);
      while (row && !form.elements[name] && addRow(form.querySelector(`[data-rows="${CSS.escape(row[1])}"]`))) { /* one more */ }
      const key = name.match(/^([a-z_]+)-(\d+)$/);
      while (key && !form.elements[name] && addKey(form.querySelector(`[data-field="${CSS.escape(key[1])}"] .field-keys`))) { /* one more */ }
      if (form.elements[name]) form.elements[name].value = value;
    }
    say(gettext("What you wrote before is back."));
    changed();
  }

  // --- saving ----------------------------------------------------------------------------------------------------------
  function changed() {
    unsaved = true;
    keep();
    if (stopped) return;
    say(gettext("Not saved yet ..."));
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
    clearTimeout(previewTimer);
    previewTimer = setTimeout(lookPreview, PREVIEW_WAIT);
  }

  async function save() {
    clearTimeout(timer);
    if (saving) { again = true; return; }
    saving = true;
    const sent = written();
    const answer = await post(form.getAttribute("action"), new FormData(form));
    saving = false;
    await (answer ? taken(answer, sent) : away());
    if (again) { again = false; save(); }
  }

  async function taken(answer, sent) {
    if (answer.ok) {
      const state = await answer.json();
      version.value = state.version;
      unsaved = written() !== sent;
      if (unsaved) { changed(); } else { forget(); say(gettext("Saved just now") + mendable(state)); }
      return show(state);
    }
    again = false;
    if (answer.status === 409) return conflict(await answer.text());
    if (answer.status === 401 || answer.status === 403) {
      say(gettext("Not saved: you are signed out.") + " ", true);
      const link = Object.assign(document.createElement("a"), { href: "/staff/sign-in", target: "_blank", rel: "noopener", textContent: gettext("Sign in") });
      saved.append(link, gettext(", then load this page again: what you wrote is kept in this browser."));
      stopped = true;
      return keep();
    }
    say(`${gettext("Not saved:")} ${(await answer.text()).replace(/<[^>]*>/g, " ").trim().slice(0, 200)}`, true);
  }

  function mendable(state) {
    const many = state.problems.length + state.elsewhere.length;
    return many && !state.same ? `, ${many} ${gettext("to mend")}` : "";
  }

  function away() {
    say(gettext("Not saved: the server does not answer. What you wrote is kept in this browser."), true);
    timer = setTimeout(save, AGAIN);
  }

  function conflict(html) {
    const dialog = document.getElementById("conflict");
    dialog.innerHTML = html;
    stopped = true;
    say(gettext("Not saved: somebody else has changed it."), true);
    if (!dialog.open) dialog.showModal();
  }

  // --- what is wrong ---------------------------------------------------------------------------------------------------
  function show(state) {
    document.getElementById("draft-title").textContent = state.title;
    const told = new Map();
    for (const one of state.problems) {
      const place = form.querySelector(`[data-field="${CSS.escape(one.field)}"] .told-of`) || form.querySelector(`[data-told="${CSS.escape(one.field.split("-")[0])}"]`) || document.querySelector('#checks [data-told=""]');
      told.set(place, [...(told.get(place) || []), one.text]);
    }
    for (const place of document.querySelectorAll(".told-of")) {
      const texts = told.get(place) || [];
      if (place.textContent === texts.join("")) continue;
      place.replaceChildren(...texts.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
    }
    const many = state.problems.length + state.elsewhere.length;
    const line = document.getElementById("checks-told");
    line.textContent = state.same ? gettext("Nothing is changed yet.") : many ? `${many} ${many === 1 ? gettext("problem to mend.") : gettext("problems to mend.")}` : gettext("All is well.");
    line.classList.toggle("bad-text", many > 0 && !state.same);
    document.getElementById("elsewhere").replaceChildren(...state.elsewhere.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    document.getElementById("training").textContent = state.training ? gettext("Goes live after a training, some minutes long: ways of asking have changed, or it is the first name of its kind.") : gettext("Goes live in seconds: nothing has to be learned.");
    const publish = document.getElementById("publish");
    if (publish) Object.assign(publish, { disabled: many > 0 || state.same || state.behind, textContent: state.training ? gettext("Check and train") : gettext("Publish") });
  }

  // --- what visitors would see ------------------------------------------------------------------------------------------
  async function lookPreview() {
    if (!document.getElementById("preview")) return;
    const sent = new FormData(form), number = ++looked;
    sent.append("asked", document.getElementById("asked")?.value || "");
    const answer = await post(`${form.getAttribute("action")}/preview`, sent);
    if (!answer?.ok || number !== looked) return;
    const holder = document.createElement("template"), had = document.activeElement?.id === "asked";
    holder.innerHTML = await answer.text();
    document.getElementById("preview").replaceWith(holder.content.querySelector("#preview"));
    if (had) document.getElementById("asked")?.focus();
  }

  document.querySelector(".preview")?.addEventListener("change", (event) => { if (event.target.id === "asked") lookPreview(); });

  async function lookNear() {
    const answer = await post(`${form.getAttribute("action")}/near`, { ask: form.elements.ask.value });
    if (answer?.ok) document.getElementById("near").innerHTML = await answer.text();
  }

  // --- rows ------------------------------------------------------------------------------------------------------------
  function addRow(group) {
    const made = group?.querySelector("template");
    if (!made) return null;
    const numbers = [...group.querySelectorAll("[name]")].map((each) => Number(each.name.split("-")[1])).filter(Number.isFinite);
    const holder = document.createElement("template");
    holder.innerHTML = made.innerHTML.replaceAll("NUMBER", String(Math.max(-1, ...numbers) + 1));
    const row = holder.content.querySelector("[data-entry-row]");
    made.before(row);
    return row;
  }

  function addKey(holder) {
    const last = holder?.querySelector("input:last-of-type");
    if (!last) return null;
    const next = last.cloneNode();
    const [name, number] = last.name.split("-");
    Object.assign(next, { name: `${name}-${Number(number) + 1}`, value: "" });
    next.setAttribute("aria-label", next.getAttribute("aria-label").replace(/\d+$/, String(Number(number) + 2)));
    holder.append(next);
    return next;
  }

  function dropRow(row) {
    const line = Object.assign(document.createElement("p"), { className: "notice small" });
    const back = Object.assign(document.createElement("button"), { type: "button", className: "bare text", textContent: gettext("Put it back") });
    back.addEventListener("click", () => { line.replaceWith(row); row.querySelector("textarea, input")?.focus(); changed(); });
    line.append(gettext("Removed.") + " ", back);
    row.replaceWith(line);
    back.focus();
    changed();
  }

  form.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-drop-row]"), add = event.target.closest("[data-add-row]"), today = event.target.closest("[data-today]");
    if (drop) dropRow(drop.closest("[data-entry-row]"));
    if (add) addRow(add.closest("[data-rows]"))?.querySelector("textarea, input")?.focus();
    if (today) { form.elements.reviewed.value = today.dataset.today; changed(); }
  });

  form.addEventListener("input", (event) => {
    if (event.target.matches(".field-keys input:last-of-type") && event.target.value) addKey(event.target.parentElement);
    if (event.target.matches("[data-names-row]")) event.target.closest("[data-entry-row]").querySelector("[data-row-name]").textContent = event.target.value || gettext("A new answer");
    if (event.target.name === "ask") { clearTimeout(nearTimer); nearTimer = setTimeout(lookNear, NEAR_WAIT); }
    changed();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); stopped = false; save(); });
  document.getElementById("publish")?.form.addEventListener("submit", (event) => {
    if (!unsaved) return;
    event.preventDefault();
    say(gettext("Wait until it is saved, then publish."), true);
  });
  document.getElementById("conflict").addEventListener("click", (event) => { if (event.target.closest("a, button")) { forget(); unsaved = false; } });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); }
  });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  addEventListener("online", () => { if (unsaved && !stopped) save(); });
  bringBack();
  if (form.elements.ask?.value) lookNear();
})();
