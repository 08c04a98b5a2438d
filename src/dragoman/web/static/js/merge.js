// The htmx swap "merge": parts are matched by id and changed only where their data-v differs, so that what the
// reader has opened, scrolled or begun to write stays as it is. Containers marked data-merge are entered; a part marked
// data-anew brings something of its own (words given back, an error) and is always taken.

import { all, one, writing } from "./dom.js";

let asked = null; // the element whose request is being answered
let owed = false; // something was in use, and shows an older state
let composing = false;
let unfolded = [];

/** Whether one is in the middle of it: an open menu, a field with the focus. Taken away, the next letters would be
 * lost or be read as shortcuts; what one has sent from it oneself is another matter. */
function inUse(part) {
  const active = document.activeElement;
  if (!part.contains(active) || part.contains(asked)) return false;
  if (part.id === "composer") return composing; // it takes its words along
  return writing(active) || Boolean(active.closest("details.menu[open]"));
}

const folds = (part) => all("details:not(.menu)", part);
const foldName = (fold) => one("h3", fold.closest("section") ?? fold)?.textContent;

function replace(present, part) {
  unfolded.push(...folds(present).filter((fold) => fold.open).map((fold) => [part, foldName(fold)]));
  present.dispatchEvent(new CustomEvent("merge:replace", { bubbles: true, detail: part }));
  present.replaceWith(part);
}

function place(container, part, before) {
  const after = before ? before.nextElementSibling : container.firstElementChild;
  container.insertBefore(part, after);
}

/** Bring `container` to the state of `incoming`; returns the elements that are new or replaced. */
export function merge(container, incoming) {
  const changed = [];
  const wanted = new Set([...incoming.children].map((child) => child.id).filter(Boolean));
  for (const child of [...container.children]) if (child.id && !wanted.has(child.id)) child.remove();
  let before = null;
  for (const part of [...incoming.children]) {
    const present = part.id ? [...container.children].find((child) => child.id === part.id) : null;
    if (!present) {
      place(container, part, before);
      changed.push(part);
      before = part;
      continue;
    }
    if ("merge" in part.dataset) changed.push(...merge(present, part));
    else if ("anew" in part.dataset || part.dataset.v !== present.dataset.v) {
      if (!("anew" in part.dataset) && inUse(present)) owed = true;
      else {
        replace(present, part);
        changed.push(part);
      }
    }
    before = document.getElementById(part.id);
  }
  return changed;
}

/** Whether the reader is at the foot of the thread, where a new message should be followed. */
const atFoot = (thread) => !thread || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;

export function follow(thread) {
  if (thread) thread.scrollTop = thread.scrollHeight;
}

window.htmx.defineExtension("merge", {
  isInlineSwap: (style) => style === "merge",
  handleSwap(style, target, fragment) {
    if (style !== "merge") return false;
    const incoming = fragment.getElementById?.(target.id) ?? fragment.firstElementChild;
    if (!incoming) return [];
    // What was taken back belongs to a ticket that has been left since: the page goes there.
    if (incoming.dataset.number !== target.dataset.number) return location.assign(incoming.dataset.href) ?? [];
    const thread = one("#thread");
    const follows = atFoot(thread);
    const held = target.contains(document.activeElement) ? document.activeElement.closest("summary[data-key]")?.dataset.key : "";
    const changed = merge(target, incoming);
    const panel = fragment.querySelector("#panel");
    const beside = target.isConnected ? one("#panel") : null; // a ticket that has been left has no panel any more
    if (panel && beside && panel.dataset.v !== beside.dataset.v) {
      if (inUse(beside)) owed = true;
      else {
        replace(beside, panel);
        changed.push(panel);
      }
    }
    if (follows) follow(thread);
    if (held && document.activeElement === document.body) one(`summary[data-key="${held}"]`, target)?.focus({ preventScroll: true });
    return changed;
  },
});

/** What was left as it was because it was in use is made good when one is done with it. */
function settle() {
  setTimeout(() => {
    if (!owed) return;
    owed = false;
    document.dispatchEvent(new CustomEvent("desk:stale"));
  });
}

document.addEventListener("htmx:beforeSwap", (event) => (asked = event.detail.requestConfig.elt));
document.addEventListener("htmx:afterSettle", () => {
  for (const [part, name] of unfolded) for (const fold of folds(part)) if (foldName(fold) === name) fold.open = true;
  unfolded = [];
});
document.addEventListener("compositionstart", () => (composing = true));
document.addEventListener("compositionend", () => {
  composing = false;
  settle();
});
document.addEventListener("focusout", settle);
document.addEventListener("toggle", settle, true);
