// Choosing several tickets: a tick on each, "x" ticks the row in front, Shift ticks all between.

import { all, composing, on, one, say, writing } from "./dom.js";

let last = null;
const boxes = () => all(".row__pick");

function sum() {
  const chosen = boxes().filter((box) => box.checked).length;
  const place = one("#bulk-sum");
  if (place) place.textContent = say("sayChosen", { n: chosen }, one("#bulk"));
}

/** The menus come when the first ticket is chosen: most pages never need them. */
async function menus() {
  const form = one("#bulk");
  if (!form?.dataset.menus) return;
  const where = form.dataset.menus;
  delete form.dataset.menus; // the next tick must not fetch them again, under an open menu
  const answer = await fetch(where, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return (form.dataset.menus = where);
  one("#bulk-menus").innerHTML = await answer.text();
}

on("change", ".row__pick", menus);
on("click", ".row__pick", (event, box) => {
  if (event.shiftKey && last?.isConnected) {
    const known = boxes();
    const [from, to] = [known.indexOf(last), known.indexOf(box)].sort((a, b) => a - b);
    for (const one of known.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
});
on("change", ".row__pick", sum);
on("change", "[data-pick-all]", (_event, all_) => {
  for (const box of boxes()) box.checked = all_.checked;
  sum();
});
document.addEventListener("reset", () => setTimeout(sum));
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || composing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.body.dataset.letters === "off" || writing(event.target)) return;
  const row = document.activeElement?.closest?.("#rows > li, .grid tr");
  const box = row && one(".row__pick", row);
  if (!box) return;
  box.click();
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
