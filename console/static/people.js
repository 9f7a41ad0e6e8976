// People of the staff: who is there.
"use strict";

(() => {
  // Heard at the document: the stream's element is replaced with each conversation that opens in the inbox.
  const refresh = (id) => { const one = document.getElementById(id); if (one) htmx.trigger(one, "refresh"); };
  document.addEventListener("presence", () => refresh("team"), true);
})();
