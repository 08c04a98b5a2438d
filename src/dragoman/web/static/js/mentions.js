// "@" in a note opens the list of colleagues; choosing one writes the name and remembers whom it means.

import { all, element, one } from "./dom.js";

function typed() {
  const selection = getSelection();
  const node = selection.anchorNode;
  if (!selection.isCollapsed || node?.nodeType !== Node.TEXT_NODE) return null;
  const found = /(?:^|[\s\u2e80-\uffef])[@＠]([^\s@＠]{0,30})$/.exec(node.data.slice(0, selection.anchorOffset));
  return found ? { node, end: selection.anchorOffset, start: selection.anchorOffset - found[1].length - 1, word: found[1].toLowerCase() } : null;
}

const list = () => one("#mentions");
const options = () => all("li:not([hidden])", list());

function select(option) {
  for (const item of all("li", list())) item.setAttribute("aria-selected", String(item === option));
  option?.scrollIntoView({ block: "nearest" });
}

export function close() {
  if (list()) list().hidden = true;
}

/** Show the colleagues that match what is typed after "@", in notes only. */
export function suggest(form) {
  const place = form.elements.kind.value === "note" ? typed() : null;
  if (!place || !list()) return close();
  for (const item of all("li", list())) item.hidden = !item.textContent.toLowerCase().includes(place.word);
  list().hidden = options().length === 0;
  select(options()[0]);
}

function choose(form, option) {
  const place = typed();
  if (!place || !option) return close();
  getSelection().setBaseAndExtent(place.node, place.start, place.node, place.end);
  document.execCommand("insertText", false, `@${option.dataset.name}\u00a0`);
  form.append(element("input", { type: "hidden", name: "mention", value: option.dataset.id }));
  close();
}

/** Keys while the list is open; true when the list took the key. */
export function steer(form, event) {
  if (!list() || list().hidden) return false;
  const shown = options();
  const here = shown.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") select(shown[(here + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length]);
  else if (event.key === "Enter" || event.key === "Tab") choose(form, shown[here]);
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  return true;
}

document.addEventListener("mousedown", (event) => {
  const option = event.target instanceof Element ? event.target.closest("#mentions li") : null;
  if (!option) return;
  event.preventDefault();
  choose(one("#composer"), option);
});
