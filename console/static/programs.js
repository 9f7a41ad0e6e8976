// The form of a program: offerings are added and removed in place, and what was written is kept in this browser until it is saved.
"use strict";

(() => {
  const place = (name) => `program-${name}`;
  const read = (name) => { try { return JSON.parse(localStorage.getItem(place(name))); } catch { return null; } };
  const forget = (name) => { try { localStorage.removeItem(place(name)); } catch { /* nothing was kept */ } };

  const saved = document.querySelector("[data-saved-program]");
  if (saved) {
    const key = saved.dataset.savedProgram, begun = read("new");
    forget(key);
    if (Array.isArray(begun) && begun.some(([name, value]) => name === "key" && value === key)) forget("new");
  }

  const form = document.querySelector("[data-program]");
  if (!form) return;
  const name = form.dataset.program, kept = document.getElementById("kept");
  const blank = form.querySelector("[data-blank-offering]"), add = form.querySelector("[data-add-offering]");
  const fields = () => [...new FormData(form)].filter(([field]) => field !== "csrf");

  // --- offerings ---------------------------------------------------------------------------------------------------------
  const numbers = () => [...form.querySelectorAll("[data-offering]")].map((row) => Number(row.dataset.offering.split("-")[1]));
  const next = () => Math.max(-1, ...numbers()) + 1;

  function addOffering(number = next()) {
    const holder = document.createElement("template");
    holder.innerHTML = blank.innerHTML.replaceAll("NUMBER", String(number));
    const row = holder.content.querySelector("[data-offering]");
    blank.before(row);
    offer();
    return row;
  }

  function offer() {
    if (add) add.hidden = numbers().length >= Number(add.dataset.most);
  }

  function dropOffering(row) {
    const line = Object.assign(document.createElement("p"), { className: "notice small" });
    const back = Object.assign(document.createElement("button"), { type: "button", className: "bare text", textContent: gettext("Put it back") });
    back.addEventListener("click", () => { line.replaceWith(row); row.querySelector("input")?.focus(); keep(); });
    line.append(gettext("Removed."), " ", back);
    row.replaceWith(line);
    back.focus();
    offer();
    keep();
  }

  form.addEventListener("click", (event) => {
    const drop = event.target.closest("[data-drop-offering]");
    if (drop) dropOffering(drop.closest("[data-offering]"));
    if (event.target.closest("[data-add-offering]")) { addOffering().querySelector("input")?.focus(); keep(); }
  });

  // --- what is not saved yet ------------------------------------------------------------------------------------------------
  function keep() { try { localStorage.setItem(place(name), JSON.stringify(fields())); } catch { /* full or forbidden: it is on the page */ } }

  function bringBack() {
    const stored = read(name);
    if (new URLSearchParams(location.search).has("fresh")) return forget(name);
    if (new URLSearchParams(location.search).has("version")) return; // it shows what was before, on demand
    if (!Array.isArray(stored) || "sent" in form.dataset) return;
    const left = (list) => JSON.stringify(list.filter(([field]) => field !== "base" && (name !== "new" || field !== "key")));
    if (left(stored) === left(fields())) return forget(name);
    for (const [field, value] of stored) {
      const number = field.match(/^offerings-(\d+)-/)?.[1];
      if (number && blank && !form.elements[field] && !field.endsWith("-remove")) addOffering(Number(number));
      const input = form.elements[field];
      if (!input) continue;
      const fold = input.closest("details");
      if (fold && (input.type === "checkbox" || input.value !== value)) fold.open = true;
      if (input.type === "checkbox") input.checked = true;
      else input.value = value;
    }
    kept.hidden = false;
    kept.querySelector("span").textContent = gettext("What you wrote before, and did not save, is back.");
  }

  kept?.querySelector("button").addEventListener("click", () => { forget(name); location.replace(location.href); });
  form.addEventListener("input", keep);
  offer();
  bringBack();
})();
