// Single keys: every control names its key in data-key, and pressing the key presses the control.

import { all, composing, on, one, writing } from "./dom.js";
import { open as openPalette } from "./palette.js";

let prefix = "";
let timer = 0;

/** Controls of a closed menu count: their key works without opening it. */
const visible = (element) => {
  const host = element.closest(".menu__sheet") ? element.closest("details") : element;
  return host.checkVisibility?.() ?? host.offsetParent !== null;
};

function press(key) {
  const control = all(`[data-key="${CSS.escape(key)}"]`).find((item) => !item.disabled && (visible(item) || item.type === "radio"));
  if (!control) return false;
  if (control.matches("summary")) {
    control.click();
    const first = one("input:not([type=hidden]), button, a", control.parentElement.querySelector(".menu__sheet"));
    first?.focus();
    if (first?.type === "text") first.setSelectionRange(first.value.length, first.value.length); // behind what is there
  } else if (control.matches("input[type=radio]")) {
    control.click();
    control.dispatchEvent(new CustomEvent("composer:open", { bubbles: true }));
  } else if (control.matches("input")) control.focus();
  else control.click();
  return true;
}

function move(step) {
  const rows = all("#rows a.row, .grid__subject a");
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const current = here >= 0 ? here : rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, current + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function listen(event) {
  if (!composing(event) && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (!composing(event) && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z" && !writing(event.target) && one(".toast:not([hidden]) .toast__undo")) {
    event.preventDefault();
    return one(".toast:not([hidden]) .toast__undo").click();
  }
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape") return leave();
  if (document.body.dataset.letters === "off" || writing(event.target) || one("dialog[open]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  clearTimeout(timer);
  if (prefix) {
    const whole = `${prefix} ${key}`;
    prefix = "";
    if (press(whole)) event.preventDefault();
    return;
  }
  if (key === "g") {
    prefix = "g";
    timer = setTimeout(() => (prefix = ""), 1200);
  } else if (key === "o" && document.activeElement?.matches("#rows a.row, .grid__subject a")) {
    document.activeElement.click();
    event.preventDefault();
  } else if (key === "j" || key === "k") {
    move(key === "j" ? 1 : -1);
    event.preventDefault();
  } else if (press(key)) event.preventDefault();
}

/** Escape: close what is open, else leave the field. */
function leave() {
  const open = one("details.menu[open]");
  if (open) {
    open.open = false;
    one("summary", open).focus();
  } else if (writing(document.activeElement)) document.activeElement.blur();
}

document.addEventListener("keydown", listen);
on("click", "[data-open]", (_event, control) => document.getElementById(control.dataset.open)?.showModal());
