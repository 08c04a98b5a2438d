// What one does oneself goes before what is heard: while a change is under way the ticket is not
// renewed under it, nor afterwards by what was asked for before.

import { toast } from "./dom.js";

let acting = 0;
let deeds = 0; // changes begun or ended
const begun = new WeakMap(); // a look-up's request -> how many there were when it was sent

document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  if (requestConfig.verb === "get") return begun.set(xhr, deeds);
  acting += 1;
  deeds += 1;
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    // Its ticket has been left: the word that comes back would reach nobody, nor the way to take it back.
    const told = JSON.parse(xhr.getResponseHeader("HX-Trigger") ?? "{}")["desk:toast"];
    if (told) toast(told);
  });
  xhr.addEventListener("loadend", () => {
    deeds += 1;
    setTimeout(() => (acting -= 1));
  });
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, xhr } = event.detail;
  if (target.id !== "ticket" || requestConfig.verb !== "get" || (!acting && begun.get(xhr) === deeds)) return;
  event.detail.shouldSwap = false;
  document.dispatchEvent(new CustomEvent("desk:stale"));
});
