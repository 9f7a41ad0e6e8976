// Shows staff that somebody waits, and leads to it. WORDS stand before this script. It stores and fetches nothing.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* an empty message: something is to be done, nothing more is known */ }
  const words = WORDS[told.kind] || WORDS.waiting;
  event.waitUntil(self.registration.showNotification(words, { tag: told.kind, renotify: Boolean(told.kind), data: { link: told.link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link || "/staff", self.location.origin);
  if (link.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const one = open.find((each) => each.focused) || open[0];
    if (!one) return self.clients.openWindow(link.href);
    await one.focus();
    return one.navigate(link.href);
  })());
});
