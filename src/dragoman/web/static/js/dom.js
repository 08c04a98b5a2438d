// Small helpers that every module of the desk uses.

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** A sentence that the server put on an element as data-say-…, with its {names} filled. */
export const say = (name, values = {}, host = document.body) =>
  (host.dataset[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

/** Run `handler` for events of `type` on elements that match, now or later. */
export const on = (type, selector, handler) =>
  document.addEventListener(type, (event) => {
    const target = event.target instanceof Element ? event.target.closest(selector) : null;
    if (target) handler(event, target);
  });

export const token = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"] ?? "";

/** Whether an input method is composing: keys then belong to it, not to us. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

export const writing = (element) =>
  element instanceof HTMLElement &&
  (element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button])"));

const controls = (part) => all("a[href], button, input, select, textarea, summary", part);

/** Put `item` in the place of `present`. The focus stays with the same control, by its place among them: a page that
 * renews itself must not swallow the next key. */
export function renew(present, item) {
  const at = controls(present).indexOf(document.activeElement);
  present.replaceWith(item);
  if (at >= 0) controls(item)[at]?.focus({ preventScroll: true });
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A passing word at the foot of the page; with `undo` it carries the form that takes the deed back. */
export function toast({ text, tone = "plain", undo = "", fields = [] }) {
  const box = element("div", { class: `toast toast--${tone || "plain"}`, role: "status" }, element("p", {}, text));
  if (undo) {
    const where = undo.startsWith("/desk/bulk/") ? { "hx-target": "#list", "hx-swap": "outerHTML" } : { "hx-target": "#ticket", "hx-swap": "merge", "hx-ext": "merge" };
    const form = element("form", { method: "post", action: undo, "hx-post": undo, ...where });
    for (const [name, value] of [["csrf", token()], ...fields]) form.append(element("input", { type: "hidden", name, value }));
    form.append(element("button", { class: "toast__undo", title: `${say("sayUndo")} · Ctrl Z` }, say("sayUndo")));
    form.addEventListener("submit", () => setTimeout(() => (box.hidden = true))); // the answer's own word comes through it
    box.append(form);
  }
  one("#toasts")?.replaceChildren(box);
  if (undo && one("#ticket")) window.htmx.process(box);
  passing(box, undo ? 10_000 : 6_000);
}

/** Take a passing word away after a while, but not from under a hand or the keyboard. */
export function passing(box, after) {
  setTimeout(() => (box.matches(":hover, :focus-within") ? passing(box, 2_000) : box.remove()), after);
}
