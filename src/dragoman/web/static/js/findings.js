// What checks find in an answer, beside it while it is written: asked for a moment after the last word, mended by one key.

import { composing, on, one, token } from "./dom.js";
import { rendered } from "./tongues.js";

let waiting = 0;
let asked = "";
let turn = 0;

const rich = (form) => one(".composer__rich", form);
/** What the customer will read. */
const sent = (form) => rendered(form)?.value ?? form.elements.text.value;

/** What has been asked no longer counts: the answer is on its way out, and what is said of that comes with it. */
export function stopLooking() {
  clearTimeout(waiting);
  turn += 1;
}

/** Ask what should be looked at, a moment after the last word. */
export function lookOver(form) {
  clearTimeout(waiting);
  const place = one("#composer-findings");
  if (!place || !form.dataset.check || form.elements.kind.value !== "reply") return;
  waiting = setTimeout(async () => {
    const text = sent(form);
    if (text && text === asked) return;
    asked = text;
    const mine = turn;
    const body = new FormData();
    body.append("text", text);
    const answer = await fetch(form.dataset.check, { method: "POST", body, headers: { "X-CSRF-Token": token(), "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || !form.isConnected || turn !== mine || sent(form) !== text) return;
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
  CSS.highlights.delete("finding");
  if (rendered(form)) return;
  const ranges = [...document.querySelectorAll("#composer-findings .finding__words")]
    .map((each) => range(form, each.textContent, Number(each.closest(".finding").querySelector("[data-nth]")?.dataset.nth ?? 0)))
    .filter(Boolean);
  CSS.highlights.set("finding", new Highlight(...ranges));
}

function mend(button) {
  const form = one("#composer");
  if (rendered(form)) return mendRendered(rendered(form), button.dataset);
  const found = range(form, button.dataset.words, Number(button.dataset.nth)) ?? range(form, button.dataset.words, 0);
  if (!found) return;
  const chosen = getSelection();
  rich(form).focus();
  chosen.removeAllRanges();
  chosen.addRange(found);
  document.execCommand(button.dataset.mend ? "insertText" : "delete", false, button.dataset.mend); // so that Ctrl Z takes it back
}

/** The same in the text that the customer reads, which is a plain field. */
function mendRendered(area, { words, nth, mend: instead }) {
  let at = area.value.indexOf(words);
  for (let left = Number(nth); at >= 0 && left > 0; left -= 1) at = area.value.indexOf(words, at + 1);
  if (at < 0) return;
  area.focus();
  area.setSelectionRange(at, at + words.length);
  document.execCommand(instead ? "insertText" : "delete", false, instead);
}

on("click", "[data-mend]", (_event, button) => mend(button));
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== "." || composing(event)) return;
  const first = one("#composer-findings [data-mend]");
  if (!first) return;
  mend(first);
  event.preventDefault();
});
