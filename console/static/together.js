// Changing many conversations at once: rows are ticked, or all that match are meant; a preview comes first.
"use strict";

window.together = (() => {
  const list = document.getElementById("list"), bar = document.getElementById("selected"), button = document.getElementById("select");
  if (!bar || !button) return null;
  const ticks = () => [...list.querySelectorAll(".picker")];
  const picked = () => ticks().filter((tick) => tick.checked).map((tick) => tick.closest("[data-row]").dataset.id);

  function tell() {
    const number = picked().length;
    bar.querySelector("output").textContent = gettext("%(number)s selected").replace("%(number)s", number);
    bar.querySelector("[data-change]").disabled = !number;
  }

  function select(on) {
    list.classList.toggle("is-selecting", on);
    button.setAttribute("aria-pressed", on);
    bar.hidden = !on;
    if (!on) ticks().forEach((tick) => { tick.checked = false; });
    tell();
  }

  async function preview(fields) {
    const answer = await post("/staff/together", fields);
    if (!answer?.ok || answer.redirected) return told(gettext("That did not work. Load the page again."));
    const chooser = document.getElementById("chooser");
    chooser.innerHTML = await answer.text();
    decide.openedFrom(null);
    chooser.showModal();
  }

  // What is between two ticks is ticked with Shift, as in other lists.
  let latest = null;
  list.addEventListener("click", (event) => {
    const tick = event.target.closest(".picker"), all = ticks();
    if (!tick) return;
    const [from, to] = [all.indexOf(latest), all.indexOf(tick)].sort((one, other) => one - other);
    if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = tick.checked; });
    latest = tick;
    tell();
  });

  button.hidden = false;
  button.addEventListener("click", () => select(bar.hidden));
  bar.querySelector("[data-stop]").addEventListener("click", () => { select(false); button.focus(); });
  bar.querySelector("[data-change]").addEventListener("click", () => preview({ ids: picked().join(",") }));
  bar.querySelector("[data-all]").addEventListener("click", () => preview(new URL(document.getElementById("results").dataset.here, location).searchParams));
  document.addEventListener("htmx:after:swap", tell);
  document.body.addEventListener("decided", (event) => { if (event.detail.address.startsWith("/staff/together")) select(false); });

  return {
    tell,
    pick() {
      const row = chosen(), tick = row?.querySelector(".picker");
      if (bar.hidden) select(true);
      if (!tick) return;
      tick.checked = !tick.checked;
      tell();
    },
  };
})();
