// On the page of one's account: notifications of this browser, by its push service.
"use strict";

(() => {
  const place = document.getElementById("push-here");
  if (!place || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const button = place.querySelector("button"), status = place.querySelector("[role=status]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = () => fetch("/staff/account/push/key").then((answer) => answer.json());

  // A subscription that was made with an earlier key of the installation is of no use any more.
  const fits = (one, key) => one.options.applicationServerKey && text(one.options.applicationServerKey) === key;

  async function look() {
    const registration = await navigator.serviceWorker.getRegistration("/staff"), one = await registration?.pushManager.getSubscription();
    const { key, endpoints } = one ? await known() : {};
    const on = Boolean(one && fits(one, key) && endpoints.includes(one.endpoint));
    button.hidden = on;
    status.textContent = on ? gettext("This browser is told.") : Notification.permission === "denied" ? gettext("This browser does not let the console notify you; its settings for this site say so.") : "";
    button.disabled = Notification.permission === "denied";
  }

  async function turnOn() {
    if (await Notification.requestPermission() !== "granted") return look();
    await navigator.serviceWorker.register("/staff/service-worker.js", { scope: "/staff" });
    const registration = await navigator.serviceWorker.ready, { key } = await known();
    const before = await registration.pushManager.getSubscription();
    if (before && !fits(before, key)) await before.unsubscribe();
    const one = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const { keys } = one.toJSON();
    const answer = await post("/staff/account/push", { endpoint: one.endpoint, p256dh: keys.p256dh, auth: keys.auth });
    if (!answer || answer.status >= 400) throw new Error("not stored");
    location.reload();
  }

  const refused = () => { status.textContent = gettext("That did not work: the browser's push service cannot be reached."); };
  place.hidden = false;
  button.addEventListener("click", () => turnOn().catch(refused));
  look().catch(() => { place.hidden = true; });
})();
