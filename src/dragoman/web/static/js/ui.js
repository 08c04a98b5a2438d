// Politeness of small parts: menus close, clocks run, things are copied, the open row is marked.

import { all, composing, on, one, passing, say, toast } from "./dom.js";

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
/** A sheet that would leave the window opens towards the other side. */
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches("details.menu[open]")) return;
  const sheet = one(".menu__sheet", menu).getBoundingClientRect();
  if (sheet.right > innerWidth || sheet.left < 0) menu.classList.toggle("menu--end");
}, true);
on("click", "a.menu__item", (_event, item) => {
  const menu = item.closest("details.menu");
  if (menu) menu.open = false;
});
on("click", "[data-dismiss]", (_event, button) => button.closest(".toast").remove());
on("click", "[data-once]", (_event, link) => setTimeout(() => link.remove()));
on("click", "[data-copy]", async (_event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("button--done");
  setTimeout(() => button.classList.remove("button--done"), 1200);
});
on("input", "[data-filter]", (_event, input) => {
  const words = input.value.trim().toLowerCase();
  for (const item of all("li", input.closest(".menu__sheet"))) item.hidden = !item.textContent.toLowerCase().includes(words);
});
/** Enter takes the first choice that is still shown; a form's own first button may be one that no longer is. */
on("keydown", "[data-filter]", (event, input) => {
  if (event.key !== "Enter" || composing(event)) return;
  event.preventDefault();
  all("li:not([hidden]) button", input.closest(".menu__sheet"))[0]?.click();
});
on("keydown", ".menu__sheet", (event, sheet) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const items = all(".menu__item", sheet).filter((item) => item.checkVisibility());
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
  event.preventDefault();
});
on("submit", ".menu__sheet form", (event) => {
  const menu = event.target.closest("details.menu");
  menu.open = false;
  one("summary", menu).focus({ preventScroll: true });
});

/** The list shows which ticket is open, also after a part of the page was swapped; only opening it reads it. */
export function markRow(opened = false) {
  const number = one("#ticket")?.dataset.number;
  for (const row of all("#rows a.row[aria-current]")) row.removeAttribute("aria-current");
  const row = number && one(`#row-${number} a.row`);
  if (!row) return;
  row.setAttribute("aria-current", "true");
  if (!opened) return;
  row.classList.remove("row--unread");
  one(".row__dot", row)?.remove();
}

const format = new Map();
function inZone(zone) {
  const language = document.documentElement.lang;
  if (!format.has(zone))
    format.set(zone, new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
  return format.get(zone);
}

function tick() {
  for (const clock of all("time[data-zone]")) {
    const parts = Object.fromEntries(inZone(clock.dataset.zone).formatToParts(new Date()).map((part) => [part.type, part.value]));
    clock.textContent = `${parts.weekday} ${parts.hour}:${parts.minute}`;
  }
}

function countdown() {
  for (const clock of all("time[data-until]")) {
    const left = Math.ceil((new Date(clock.dateTime) - Date.now()) / 1000);
    if (left > 0) clock.textContent = `${left} s`;
    else {
      clock.removeAttribute("data-until");
      clock.closest(".delivery")?.querySelector("form")?.remove();
      document.dispatchEvent(new CustomEvent("desk:stale"));
    }
  }
}

tick();
setInterval(tick, 20_000);
setInterval(countdown, 1_000);
countdown();

document.addEventListener("htmx:afterSettle", (event) => {
  const opened = event.detail.target?.id === "matter";
  if (opened) {
    const thread = one("#thread");
    if (thread) thread.scrollTop = thread.scrollHeight;
    document.title = one("#subject") ? `${one("#subject").textContent.trim()} · Dragoman` : document.title;
  }
  markRow(opened);
  countdown();
});
document.addEventListener("htmx:responseError", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Trigger")) toast({ text: say("sayFailed"), tone: "red" });
});
document.addEventListener("htmx:sendError", () => toast({ text: say("sayFailed"), tone: "red" }));
document.addEventListener("desk:toast", (event) => toast(event.detail));
for (const box of all("#toasts .toast")) passing(box, 10_000);
const thread = one("#thread");
if (thread) thread.scrollTop = thread.scrollHeight;
markRow();

// On a phone the settings' tabs scroll sideways: the present one must be seen.
one(".manage__nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
