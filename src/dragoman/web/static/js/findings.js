// What checks find in an answer, beside it while it is written: asked for a moment after the last word, mended by one key.

import { composing, on, one, token } from "./dom.js";

let waiting = 0;
let asked = "";

const rich = (form) => one(".composer__rich", form);

/** Ask what should be looked at, a moment after the last word. */
export function lookOver(form) {
  clearTimeout(waiting);
  const place = one("#composer-findings");
  if (!place || !form.dataset.check || form.elements.kind.value !== "reply") return;
  waiting = setTimeout(async () => {
    const text = form.elements.text.value;
    if (text && text === asked) return;
    asked = text;
    const body = new FormData();
    body.append("text", text);
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { "X-CSRF-Token": token(), "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || !form.isConnected || form.elements.text.value !== text) return;
    place.innerHTML = await answer.text();
    mark(form);
  }, 450);
}

/** Where the nth of some words stands in the editor, as a range; null where it does not. */
function range(form, words, nth) {
  const walker = document.createTreeWalker(rich(form), NodeFilter.SHOW_TEXT);
  let left = nth;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let at = node.data.indexOf(words);
    for (; at >= 0 && left > 0; left -= 1) at = node.data.indexOf(words, at + 1);
    if (at < 0) continue;
    const found = document.createRange();
    found.setStart(node, at);
    found.setEnd(node, at + words.length);
    return found;
  }
  return null;
}

/** Underline what was found, without touching the text (CSS custom highlights, where the browser has them). */
function mark(form) {
  if (!globalThis.CSS?.highlights) return;
  const ranges = [...document.querySelectorAll("#composer-findings .finding__words")]
    .map((each) => range(form, each.textContent, Number(each.closest(".finding").querySelector("[data-nth]")?.dataset.nth ?? 0)))
    .filter(Boolean);
  CSS.highlights.set("finding", new Highlight(...ranges));
}

function mend(button) {
  const form = one("#composer");
  const found = range(form, button.dataset.words, Number(button.dataset.nth)) ?? range(form, button.dataset.words, 0);
  if (!found) return;
  const chosen = getSelection();
  rich(form).focus();
  chosen.removeAllRanges();
  chosen.addRange(found);
  document.execCommand(button.dataset.mend ? "insertText" : "delete", false, button.dataset.mend); // so that Ctrl Z takes it back
}

on("click", "[data-mend]", (_event, button) => mend(button));
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== "." || composing(event)) return;
  const first = one("#composer-findings [data-mend]");
  if (!first) return;
  mend(first);
  event.preventDefault();
});
