// The address of a link is asked for beside the toolbar, not in a dialog; the selection waits meanwhile.

import { on, one } from "./dom.js";
import { format } from "./rich.js";

let kept = null;

const box = (form) => one(".linker", form);

/** Ask for the address of the link that the selection is to become. */
export function ask(form) {
  const selection = getSelection();
  if (!selection.rangeCount) return;
  kept = selection.getRangeAt(0).cloneRange();
  box(form).hidden = false;
  const input = one("input", box(form));
  input.value = selection.anchorNode?.parentElement?.closest("a")?.getAttribute("href") ?? "";
  input.focus();
}

function end(form, href) {
  box(form).hidden = true;
  one(".composer__rich", form).focus();
  if (!kept) return;
  getSelection().removeAllRanges();
  getSelection().addRange(kept);
  kept = null;
  if (href === null) return;
  format("link", href);
}

on("click", "[data-link]", (_event, button) => end(button.form, button.dataset.link === "set" ? one("input", box(button.form)).value.trim() : null));
on("keydown", ".linker input", (event, input) => {
  if (event.key !== "Enter" && event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  end(input.form, event.key === "Enter" ? input.value.trim() : null);
});
