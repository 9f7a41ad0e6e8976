// Deciding in place: the row of a form marked data-decide changes where it is, the next row is chosen, and Undo is offered.
"use strict";

const decide = (() => {
  const SECONDS = 10;
  let opener = null; // the row that the chooser was opened from
  let last = null; // what Undo takes back: {form, row, was}
  let timer = 0;

  const failed = (answer) => answer ? answer.text() : Promise.resolve(gettext("The server did not answer, so nothing is changed. Try again in a moment."));

  const send = (form, button) => post(button?.getAttribute("formaction") || form.getAttribute("action"), new FormData(form, button));

  // --- the line at the foot: what was done, and Undo for ten seconds --------------------------------------------------
  function say(words, undo) {
    const line = document.getElementById("told");
    if (!line) return;
    clearTimeout(timer);
    last = undo || null;
    line.textContent = words;
    if (undo) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "bare text", textContent: gettext("Undo") });
      button.setAttribute("aria-keyshortcuts", "z");
      button.addEventListener("click", takeBack);
      line.append(button);
    }
    const hide = () => { if (line.matches(":hover, :focus-within")) timer = setTimeout(hide, 1000); else { line.textContent = ""; last = null; } };
    if (words) timer = setTimeout(hide, SECONDS * 1000);
  }

  async function takeBack() {
    if (!last) return say(gettext("There is nothing to undo."));
    const { form, row, was } = last;
    const answer = await send(form);
    if (!answer?.ok) return say(await failed(answer));
    say(gettext("Undone."));
    restore(row, was);
    changed(form);
  }

  function restore(row, was) {
    if (!row?.isConnected || !was) return;
    row.replaceWith(was);
    count(was, 1);
    chooseRow(was);
  }

  // --- rows -------------------------------------------------------------------------------------------------------------
  function count(row, by) {
    const left = row.closest("section")?.querySelector("[data-left]");
    if (left && /^\d+$/.test(left.textContent)) left.textContent = Math.max(0, Number(left.textContent) + by);
  }

  // Tells the rest of the page (lists, the transcript, the numbers in the menu) to load what it shows anew.
  function changed(form) { document.body.dispatchEvent(new CustomEvent("decided", { bubbles: true, detail: { address: form?.getAttribute("action") || "" } })); }

  function replaceRow(row, made) {
    const all = rows(), place = all.indexOf(row), undo = made.querySelector("form[data-undo]");
    const stays = made.hasAttribute("data-stay");
    const isChosen = row.classList.contains("is-chosen") || row.contains(document.activeElement) || !chosen();
    row.replaceWith(made);
    htmx.process(made);
    count(made, -1);
    const next = stays ? made : all[place + 1] || all[place - 1];
    if (isChosen && next) chooseRow(next);
    say(made.dataset.told, undo && { form: undo, row: made, was: row });
  }

  function settle(row, text) {
    const holder = document.createElement("template");
    holder.innerHTML = text.trim();
    const made = holder.content.querySelector("[data-told]");
    if (row?.matches("li") && made) return replaceRow(row, made);
    if (made) return say(made.dataset.told, { form: made.querySelector("form[data-undo]") });
    if (row?.matches("li, tr")) row.classList.add("is-gone");
    row?.querySelectorAll("form").forEach((form) => form.remove());
    say(gettext("Taken back."));
  }

  async function submit(form, button) {
    const inDialog = form.closest("dialog"), row = inDialog ? opener : form.closest("li, tr, [data-row]");
    form.setAttribute("aria-busy", "true");
    const answer = await send(form, button);
    form.removeAttribute("aria-busy");
    if (!answer || !answer.ok || answer.redirected) return complain(form, answer?.redirected ? gettext("Your session has ended. Sign in again, in another tab, then try once more.") : await failed(answer));
    form.querySelector(".refused")?.remove();
    inDialog?.close();
    const text = answer.status === 204 ? "" : await answer.text();
    // A message of a transcript stays; it shows by itself what it was corrected to.
    settle(row?.matches(".turn") ? null : row, text);
    changed(form);
  }

  function complain(form, words) {
    let line = form.querySelector(".refused");
    if (!line) {
      line = document.createElement("p");
      line.className = "refused bad-text small";
      line.setAttribute("role", "alert");
      form.append(line);
    }
    line.textContent = new DOMParser().parseFromString(words, "text/html").body.textContent;
    form.querySelector("input:not([type=hidden], [type=checkbox])")?.focus();
  }

  // --- ways of asking ---------------------------------------------------------------------------------------------------
  for (const button of document.querySelectorAll("[data-tick-all]")) {
    const ticks = [...button.closest("fieldset").querySelectorAll("input[type=checkbox]")];
    const tell = () => { button.textContent = ticks.some((tick) => tick.checked) ? gettext("Untick all") : gettext("Tick all"); };
    button.hidden = false;
    button.addEventListener("click", () => { const on = !ticks.some((tick) => tick.checked); ticks.forEach((tick) => { tick.checked = on; }); tell(); });
    button.closest("fieldset").addEventListener("change", tell);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("form[data-decide], form[data-undo]") || button?.hasAttribute("data-leave")) return;
    event.preventDefault();
    if (form.matches("[data-decide]")) { if (!form.hasAttribute("aria-busy")) submit(form, button); return; }
    const row = form.closest("li");
    if (last?.row === row) return takeBack();
    takeBackOlder(form, row);
  });

  async function takeBackOlder(form, row) {
    const answer = await send(form);
    if (!answer?.ok) return say(await failed(answer));
    row.classList.add("is-gone");
    form.remove();
    say(gettext("Taken back: it is to be decided about again."));
    changed();
  }

  return { say, takeBack, replaceRow, openedFrom: (row) => { opener = row; } };
})();
