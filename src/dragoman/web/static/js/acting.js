// What one does oneself goes before what is heard: while a change is under way the ticket is not renewed under it.

import { toast } from "./dom.js";

let acting = 0;

document.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  if (requestConfig.verb === "get") return;
  acting += 1;
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    // Its ticket has been left: the word that comes back would reach nobody, nor the way to take it back.
    const told = JSON.parse(xhr.getResponseHeader("HX-Trigger") ?? "{}")["desk:toast"];
    if (told) toast(told);
  });
  xhr.addEventListener("loadend", () => setTimeout(() => (acting -= 1)));
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig } = event.detail;
  if (!acting || target.id !== "ticket" || requestConfig.verb !== "get") return;
  event.detail.shouldSwap = false;
  document.dispatchEvent(new CustomEvent("desk:stale"));
});
