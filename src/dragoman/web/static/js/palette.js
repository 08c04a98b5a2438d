// The palette: Ctrl/Cmd+K finds any ticket, customer, order, view, macro, page, and whatever the present page can do.

import { all, composing, element, on, one, say, token } from "./dom.js";
import { use } from "./pickers.js";

const box = () => one("#palette");
const field = () => one("#palette-field");
const list = () => one("#palette-list");
let timer = 0;
let turn = 0;

export function open() {
  if (!box() || box().open) return;
  field().value = "";
  box().showModal();
  show([]);
  look();
}

/** What the page in front can do: its controls that have a key, told by their tooltip. */
function actions(words) {
  const found = [];
  for (const control of all("[data-key]")) {
    const name = (control.title.split(" · ")[0] || control.textContent).replace(/\s+/g, " ").trim();
    if (!name || control.closest("#palette") || !name.toLowerCase().includes(words)) continue;
    found.push({ kind: say("sayAction", {}, box()), label: name, key: control.dataset.key, control });
  }
  return found.slice(0, words ? 8 : 4);
}

function item(found, place) {
  const made = element("li", { role: "option", id: `palette-${place}`, class: "palette__item", "aria-selected": String(place === 0) });
  made.append(element("span", { class: "palette__kind" }, found.kind), element("bdi", { dir: "auto" }, found.label));
  if (found.hint) made.append(element("small", { dir: "auto" }, found.hint));
  if (found.key) made.append(element("kbd", {}, found.key.toUpperCase()));
  made.found = found;
  return made;
}

function show(found) {
  const words = field().value.trim().toLowerCase();
  list().replaceChildren(...[...(words.startsWith("#") ? [] : actions(words)), ...found].map(item));
  one("#palette-none").hidden = list().childElementCount > 0;
  point();
}

function point() {
  const here = one("[aria-selected=true]", list());
  if (here) field().setAttribute("aria-activedescendant", here.id);
  here?.scrollIntoView({ block: "nearest" });
}

async function look() {
  const mine = ++turn;
  const answer = await fetch(`/palette?q=${encodeURIComponent(field().value.trim())}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (mine === turn && answer?.ok) show(await answer.json());
}

function take(chosen) {
  const found = chosen?.found;
  if (!found) return;
  box().close();
  if (found.control) return found.control.matches("summary") ? (found.control.parentElement.open = true) : found.control.click();
  if (found.macro) return one("#composer") ? use(one("#composer"), found.macro) : undefined;
  if (found.post) {
    const form = element("form", { method: "post", action: found.post }, element("input", { type: "hidden", name: "csrf", value: token() }));
    document.body.append(form);
    return form.submit();
  }
  location.assign(found.href);
}

on("input", "#palette-field", () => {
  clearTimeout(timer);
  show([]);
  timer = setTimeout(look, 120);
});
on("keydown", "#palette-field", (event) => {
  if (composing(event)) return;
  const items = all("li", list());
  const here = items.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = (here + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
    for (const [place, one] of items.entries()) one.setAttribute("aria-selected", String(place === next));
    point();
  } else if (event.key === "Enter") take(items[here]);
  else return;
  event.preventDefault();
});
on("click", "#palette-list li", (_event, chosen) => take(chosen));
on("click", "#palette", (event, dialog) => event.target === dialog && dialog.close());
on("click", "[data-palette]", open);
