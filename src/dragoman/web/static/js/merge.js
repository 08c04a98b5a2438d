// The htmx swap "merge": parts are matched by id and changed only where their data-v differs, so that what the
// reader has opened, scrolled or begun to write stays as it is. Containers marked data-merge are entered.

import { one } from "./dom.js";

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
    else if (part.dataset.v !== present.dataset.v) {
      present.replaceWith(part);
      changed.push(part);
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
    if (panel && panel.dataset.v !== one("#panel")?.dataset.v) {
      one("#panel")?.replaceWith(panel);
      changed.push(panel);
    }
    if (follows) follow(thread);
    if (held && document.activeElement === document.body) one(`summary[data-key="${held}"]`, target)?.focus({ preventScroll: true });
    return changed;
  },
});
