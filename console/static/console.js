// Keyboard shortcuts and other behaviour that HTML and htmx cannot express. Every page works without this script.
"use strict";

// The scripts' texts in the language of the page, which holds them unless it is English: that stands in the scripts.
const translated = JSON.parse(document.getElementById("words-of-scripts")?.textContent || "{}");
const gettext = (text) => translated[text] || text;

// Keys move within one pane: the list, or the conversation that stands beside it.
const pane = () => document.querySelector("[data-pane].is-active") || document;
const rows = () => [...pane().querySelectorAll("[data-row]")];
const chosen = () => pane().querySelector("[data-row].is-chosen");
const told = (words) => decide.say(words);

// Sends a form's fields as htmx would; returns null if the server does not answer.
const post = (address, fields) => fetch(address, {
  method: "POST",
  headers: { "X-CSRF-Token": document.body.dataset.csrf, "HX-Request": "true" },
  body: new URLSearchParams(fields),
}).catch(() => null);

const markChosen = (row) => rows().forEach((one) => one.classList.toggle("is-chosen", one === row));

function chooseRow(row) {
  markChosen(row);
  (row.querySelector("a.line-link") || row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function choose(step) {
  const all = rows();
  if (!all.length) return;
  const place = all.indexOf(chosen());
  chooseRow(all[Math.min(all.length - 1, Math.max(0, place < 0 ? 0 : place + step))]);
}

async function markReviewed(row) {
  const answer = await post(`/staff/conversations/${row.dataset.id}/reviewed${location.search}`, { on: "yes", row: "line" });
  if (!answer?.ok) return told(answer?.status === 403 ? gettext("Your role may not mark conversations.") : gettext("That did not work. Load the page again."));
  const holder = document.createElement("template");
  holder.innerHTML = (await answer.text()).trim();
  decide.replaceRow(row, holder.content.querySelector("[data-told]"));
}

function review() {
  const form = document.getElementById("reviewed-next");
  if (form) return form.requestSubmit();
  const row = chosen();
  return row ? markReviewed(row) : told(gettext("Choose a conversation with j first."));
}

let coming = null; // the digit that is pressed while the chooser is on its way: {digit}

async function openChooser(link) {
  const early = (coming = { digit: "" });
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  const made = answer?.ok ? await answer.text() : "";
  coming = null;
  if (!made) return told(answer?.status === 403 ? gettext("Your role may not correct messages.") : gettext("That did not work. Load the page again."));
  const chooser = document.getElementById("chooser");
  chooser.innerHTML = made;
  if (!link.closest("dialog")) decide.openedFrom(link.closest("[data-row], tr"));
  chooser.querySelector("[data-close]").hidden = false;
  if (!chooser.open) chooser.showModal();
  (chooser.querySelector("[data-digit], [autofocus]") || chooser.querySelector("input[list]")).focus();
  chooser.querySelector(`[data-digit="${early.digit}"]`)?.click();
}

function correct() {
  const link = chosen()?.querySelector("[data-correct]");
  return link ? openChooser(link) : told(gettext("Choose a visitor's message with j first."));
}

// What a key presses in the chosen row: buttons and fields marked data-key.
function pressed(key) {
  const what = chosen()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (what) what.matches("input") ? what.focus() : what.click();
  return Boolean(what);
}

const keys = {
  z: () => decide.takeBack(),
  c: correct,
  j: () => choose(1),
  k: () => choose(-1),
  e: review,
  s: () => window.together?.pick(),
  u: () => window.inbox?.toList() || document.querySelector("[data-back]")?.click(),
  "/": () => { const words = document.getElementById("words"); if (words) { words.focus(); words.select(); } else location.href = "/staff/conversations"; },
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (coming && /^[1-9]$/.test(event.key)) { coming.digit = event.key; return; }
  const digit = !event.target.closest("input, textarea, select") && document.querySelector(`#chooser[open] [data-digit="${event.key}"]`);
  if (digit) return digit.click();
  const writing = event.target.closest("input, textarea, select, dialog");
  if (event.key === "Escape" && writing && !writing.closest("dialog")) {
    event.preventDefault(); // a search field would be emptied, and the list begun anew
    return writing.blur();
  }
  if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (pressed(event.key)) return event.preventDefault();
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-correct]");
  if (event.target.closest("[data-close]")) document.getElementById("chooser").close();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openChooser(link);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  await navigator.clipboard.writeText(link.href);
  told(gettext("The link is copied. Whoever opens it must sign in."));
});

// A bar of a chart leads to its days; for the keyboard, the table below it does.
document.addEventListener("click", (event) => {
  const bar = event.target.closest("[data-go]");
  if (bar) location.href = bar.dataset.go;
});

// A chosen row unfolds. While the mouse is down that waits, or what it presses would move away under it and hear no click.
let isPressing = false, meantRow = null;
document.addEventListener("pointerdown", () => { isPressing = true; }, true);
for (const kind of ["pointerup", "pointercancel"]) {
  document.addEventListener(kind, () => {
    isPressing = false;
    setTimeout(() => { if (meantRow?.isConnected) markChosen(meantRow); meantRow = null; });
  }, true);
}
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || row.matches(".turn")) return;
  if (isPressing) meantRow = row; else markChosen(row);
});

// What the reader has opened and chosen outlasts a morph: the server knows neither.
let standing = null;
document.addEventListener("htmx:before:swap", () => {
  standing = { chosen: chosen()?.id, open: [...document.querySelectorAll("[id] details[open]")].map(pathOf) };
});
document.addEventListener("htmx:after:swap", () => {
  if (!standing) return;
  const row = standing.chosen && document.getElementById(standing.chosen);
  if (row && !chosen()) row.classList.add("is-chosen");
  standing.open.forEach(([id, place]) => { const all = document.getElementById(id)?.querySelectorAll("details"); if (all?.[place]) all[place].open = true; });
});

function pathOf(details) {
  const holder = details.closest("[id]:not(details)");
  return [holder.id, [...holder.querySelectorAll("details")].indexOf(details)];
}

// A menu that is opened, or was left open because the page is one of its, is seen whole; a field that is opened has the cursor.
document.addEventListener("toggle", ({ target }) => {
  if (!target.open) return;
  if (target.matches(".menu-group")) target.scrollIntoView({ block: "nearest" });
  if (target.matches("[data-focus]")) target.querySelector("input:not([type=hidden])").select();
}, true);

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector(".menu-group[open]")?.scrollIntoView({ block: "nearest" });
  const meant = location.hash && document.querySelector(`[data-row]${location.hash.replace(/[^#\w-]/g, "")}`);
  if (meant) meant.classList.add("is-chosen");
  if (matchMedia("(max-width: 79.99rem)").matches) document.querySelector(".menu")?.removeAttribute("open");
});
