// The inbox: the list keeps its place and its rows while conversations open beside it; new rows wait behind a button.
"use strict";

window.inbox = (() => {
  const WIDE = matchMedia("(min-width: 1100px)");
  const list = () => document.getElementById("list");
  const results = () => document.getElementById("results");
  const talk = () => document.querySelector("#open .inbox-talk");
  const openId = () => document.querySelector('#open input[name="open"]')?.value || "";
  const row = (id) => (id ? document.getElementById(`line-${id}`) : null);
  const scroller = () => (WIDE.matches ? list() : document.scrollingElement);
  const get = (address) => fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  let fresh = null; // the newest list, whose new rows wait
  let before = ""; // the conversation that was open before this one

  // --- the list's place, kept for reloads and for the way back on narrow screens ----------------------------------------
  const key = () => `advisor-place ${results()?.dataset.here}`;
  function keepPlace() {
    const top = WIDE.matches ? list().getBoundingClientRect().top : 0;
    const first = [...results().querySelectorAll("[data-row]")].find((one) => one.getBoundingClientRect().bottom > top);
    if (first) sessionStorage.setItem(key(), JSON.stringify([first.id, first.getBoundingClientRect().top]));
  }
  function findPlace() {
    const [id, top] = JSON.parse(sessionStorage.getItem(key()) || "[]");
    const first = id && document.getElementById(id);
    if (first) scroller().scrollBy(0, first.getBoundingClientRect().top - top);
  }

  // --- opening ------------------------------------------------------------------------------------------------------------
  function activate(which) { document.querySelectorAll("[data-pane]").forEach((one) => one.classList.toggle("is-active", one === which)); }

  function mark(id) {
    results()?.querySelectorAll("[data-row]").forEach((one) => {
      const isOpen = one === row(id);
      one.classList.toggle("is-open", isOpen);
      const link = one.querySelector("a.line-link");
      if (isOpen) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    row(id)?.scrollIntoView({ block: "nearest" });
  }

  function show(address, push = true) {
    const whole = new URL(address, location), part = new URL(whole);
    part.searchParams.set("part", "open");
    if (!WIDE.matches && !talk()) keepPlace();
    return htmx.ajax("GET", part.pathname + part.search, { target: "#open", swap: "outerHTML", ...(push ? { push: whole.pathname + whole.search } : {}) });
  }

  // Brings what matters of an opened conversation into view: what the address names, else where the server says to begin.
  function begin(hash = "") {
    const scroll = document.getElementById("talk-scroll");
    if (!scroll) return;
    const start = hash.replace(/[^#\w-]/g, "").slice(1) || scroll.dataset.start;
    const turn = start && start !== "end" ? document.getElementById(start) : null;
    if (turn?.matches(".turn")) {
      activate(talk());
      markChosen(turn);
      turn.scrollIntoView({ block: WIDE.matches ? "start" : "center" });
    } else if (start === "end") toEnd(scroll);
    else if (!WIDE.matches) scrollTo(0, 0);
  }

  // A conversation that is followed at its end stays there, whatever is said or opened below; who reads further up is left alone.
  const END = 48; // pixels that may be missing
  let follows = false;

  function isAtEnd(scroll) {
    if (WIDE.matches) return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < END;
    return scroll.getBoundingClientRect().bottom < document.getElementById("end").getBoundingClientRect().top + END;
  }

  function toEnd(scroll) {
    scroll.scrollTop = scroll.scrollHeight;
    if (!WIDE.matches) scrollTo(0, scroll.offsetTop + scroll.offsetHeight + document.getElementById("end").offsetHeight - innerHeight);
  }

  document.addEventListener("htmx:before:swap", () => {
    const scroll = document.getElementById("talk-scroll");
    follows = Boolean(scroll) && isAtEnd(scroll);
  });

  function opened() {
    const undo = document.querySelector("#open > form[data-undo]");
    if (undo) decide.say(undo.dataset.told, { form: undo });
    refreshRow(before);
    before = openId();
    mark(before);
    if (!talk()) { activate(list()); if (!WIDE.matches) findPlace(); return; }
    activate(talk());
    begin();
    const reply = document.querySelector("[data-reply] textarea");
    (reply || document.querySelector(".turn.is-chosen") || document.getElementById("talk-title")).focus({ preventScroll: true });
  }

  // --- the list, kept up to date -------------------------------------------------------------------------------------------
  function renew(was, now) {
    if (was.innerHTML === now.innerHTML) return;
    const had = was.contains(document.activeElement), isPicked = was.querySelector(".picker").checked;
    const focused = document.activeElement.matches(".picker") ? ".picker" : "a.line-link";
    was.innerHTML = now.innerHTML;
    was.querySelector(".picker").checked = isPicked;
    was.classList.toggle("is-reviewed", now.classList.contains("is-reviewed"));
    if (was.classList.contains("is-open")) was.querySelector("a.line-link").setAttribute("aria-current", "true");
    if (had) was.querySelector(focused).focus({ preventScroll: true });
  }

  // Puts newer results in place of those that are there; what was ticked stays so, and they are counted anew.
  function putInPlace(newest) {
    const picked = [...results().querySelectorAll(".picker:checked")].map((one) => one.closest("[data-row]").id);
    results().replaceWith(newest);
    newest.querySelectorAll("[data-row]").forEach((one) => { one.querySelector(".picker").checked = picked.includes(one.id); });
    htmx.trigger(document.getElementById("how-many"), "recount");
    window.together?.tell();
  }

  // One answer at a time: of two under way, the older might come last.
  let refreshing = false, again = false;
  async function refresh() {
    again = true;
    if (refreshing) return;
    refreshing = true;
    try {
      while (again) { again = false; await refreshOnce(); }
    } finally { refreshing = false; }
  }

  async function refreshOnce() {
    const mine = results(), address = mine?.dataset.live;
    if (!address) return;
    const answer = await get(address);
    if (!answer?.ok || answer.redirected) return;
    const newest = parse(await answer.text()).getElementById("results");
    if (mine !== results() || !newest) return;
    const now = [...newest.querySelectorAll("[data-row]")];
    if (!mine.querySelector("[data-row]")) { putInPlace(newest); return; }
    now.forEach((one) => { const was = document.getElementById(one.id); if (was) renew(was, one); });
    const lastKnown = now.map((one) => Boolean(document.getElementById(one.id))).lastIndexOf(true);
    wait(now.filter((one, place) => !document.getElementById(one.id) && (place < lastKnown || lastKnown < 0)).length, newest);
  }

  function wait(count, newest) {
    fresh = count ? newest : null;
    const button = document.getElementById("new-rows");
    button.hidden = !count;
    button.textContent = `${count} ${gettext("new")}`;
  }

  function showNew() {
    if (!fresh) return;
    putInPlace(fresh);
    wait(0);
    scroller().scrollTo(0, 0);
    mark(openId());
    activate(list());
    const first = rows()[0];
    if (first) first.querySelector("a.line-link").focus({ preventScroll: true });
  }

  async function refreshRow(id) {
    const was = row(id);
    if (!was) return;
    const answer = await get(`/staff/conversations/${id}?part=line&${new URLSearchParams(location.search)}`);
    if (answer?.ok && !answer.redirected) renew(was, parse(await answer.text()).querySelector("li"));
  }

  // The search field and the menus say the same: each follows what was written into the other. While somebody writes into the
  // field, and until what was written last is asked, it stays as it is.
  function followFilters() {
    const form = document.getElementById("filters"), now = results().dataset, { words, told } = form.elements;
    const isAhead = ![told.value, now.asked].includes(words.value), query = new URL(now.here, location).searchParams;
    const isWriting = isAhead || (document.activeElement === words && now.asked);
    if (!isWriting) words.value = now.written;
    told.value = isWriting ? now.asked : now.written;
    const days = { since: now.since, until: now.until };
    [...form.elements].forEach((field) => {
      if (!field.name || ["words", "told", "open", "also", "topic"].includes(field.name) || field === document.activeElement) return;
      field.value = field.name in days ? days[field.name] : query.get(field.name) || "";
    });
    document.querySelectorAll("#views [data-search]").forEach((field) => { field.value = now.written; });
  }

  // What was written to add topics stays only if it was none, to be mended; the topics themselves follow the results.
  function topicAdded() {
    const field = document.querySelector('#filters input[name="also"]');
    if (field && !document.querySelector("#topics-in-use [data-unknown]")) field.value = "";
  }

  function goList(link) {
    load(link.href).then(() => scroller().scrollTo(0, 0));
  }

  function load(href) {
    const address = new URL(href, location), open = openId();
    if (open) address.searchParams.set("open", open);
    return htmx.ajax("GET", address.pathname + address.search, { target: "#results", swap: "outerHTML" });
  }

  // --- what people do -------------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (!list()) return;
    if (event.target.closest("#new-rows")) return showNew();
    const link = event.target.closest("#results a.line-link, #list a[data-list], #open a[data-back]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.matches("[data-list]")) goList(link); else show(link.getAttribute("href"));
  });

  document.addEventListener("focusin", (event) => {
    const which = event.target.closest("[data-pane]");
    if (which) activate(which);
  });
  // What is typed is searched for at once; when the field is left there is nothing to ask, and a chip that was clicked would lose.
  document.addEventListener("change", (event) => { if (event.target.id === "words") event.stopPropagation(); }, true);
  document.addEventListener("focusout", ({ target }) => {
    const told = target.id === "words" && target.form.elements.told;
    if (told && told.value === target.value) told.value = target.value = results().dataset.written;
  });
  document.addEventListener("pointerdown", (event) => {
    const which = event.target.closest("[data-pane]");
    if (which) activate(which);
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (!list()) return;
    const target = event.detail?.ctx?.target, id = target?.id || (typeof target === "string" ? target.slice(1) : "");
    if (id === "open") opened();
    else if (follows && talk()) toEnd(document.getElementById("talk-scroll"));
    if (id === "results") { wait(0); mark(openId()); topicAdded(); followFilters(); }
    if (["notes", "hand-over"].includes(id)) refreshRow(openId());
  });

  // Going back and forth between conversations of one list opens them beside it; anything else loads the page.
  document.addEventListener("htmx:before:history:restore", (event) => {
    const query = location.search.slice(1), here = results() && new URL(results().dataset.here, location).search.slice(1);
    if (!list() || query !== here || !/^\/staff\/conversations(\/\w+)?$/.test(location.pathname)) return;
    event.preventDefault();
    show(location.pathname + location.search, false);
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail?.ctx || {};
    if (!talk() || !sourceElement?.matches?.("[data-reply]") || !(response?.status < 300)) return;
    toEnd(document.getElementById("talk-scroll"));
    htmx.trigger("#live", "said"); // the stream tells it too, a while later
  });

  addEventListener("pagehide", () => { if (results() && (WIDE.matches || !talk())) keepPlace(); });
  document.body.addEventListener("decided", (event) => {
    if (!list()) return;
    if (event.detail.address.startsWith("/staff/together")) { load(results().dataset.here); return; }
    refreshRow(openId());
    refreshRow(/\/conversations\/(\w+)\//.exec(event.detail.address)?.[1]);
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!list()) return;
    before = openId();
    activate(talk() || list());
    findPlace();
    mark(before);
    begin(location.hash);
    // Going to the address's fragment takes the focus away once the page is there.
    if (location.hash === "#end") addEventListener("load", () => setTimeout(() => document.querySelector("[data-reply] textarea")?.focus({ preventScroll: true })));
    // The element of the stream is replaced with each conversation; its events are heard at the document.
    document.addEventListener("news", refresh, true);
  });

  return {
    // Returns whether the list stands beside the conversation and now has the focus.
    toList() {
      if (!list() || !WIDE.matches || !talk()?.classList.contains("is-active")) return false;
      activate(list());
      const one = row(openId()) || rows()[0];
      if (one) chooseRow(one);
      return true;
    },
  };
})();
