// Rich text: a contenteditable that keeps to a handful of elements. What is pasted is read in an inert document,
// and only what stands in the list below is taken over; the server sanitises once more.

import { element } from "./dom.js";

const KEPT = { P: "p", DIV: "p", BR: "br", B: "b", STRONG: "b", I: "i", EM: "i", UL: "ul", OL: "ol", LI: "li", BLOCKQUOTE: "blockquote", A: "a" };
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "HEAD", "TITLE", "META", "LINK", "OBJECT", "IFRAME", "SVG", "MATH"]);
const HREF = /^(https?:|mailto:|tel:)/i;

function clean(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data.replace(/\s+/g, " "))];
  if (!(node instanceof Element) || DROPPED.has(node.tagName.toUpperCase())) return [];
  const children = [...node.childNodes].flatMap(clean);
  const tag = KEPT[node.tagName.toUpperCase()];
  if (!tag) return children;
  if (tag === "a") {
    const href = node.getAttribute("href")?.trim() ?? "";
    return HREF.test(href) ? [element("a", { href }, ...children)] : children;
  }
  return [element(tag, {}, ...children)];
}

/** A fragment with the allowed parts of some HTML. */
export function safe(html) {
  const fragment = document.createDocumentFragment();
  fragment.append(...[...new DOMParser().parseFromString(html, "text/html").body.childNodes].flatMap(clean));
  return fragment;
}

export function paste(field, transfer) {
  const html = transfer.getData("text/html");
  const content = html ? safe(html) : document.createTextNode(transfer.getData("text/plain"));
  const selection = getSelection();
  if (!selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  range.deleteContents();
  range.insertNode(content);
  range.collapse(false);
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Apply one of the toolbar's commands to the selection; a link needs its address. */
export function format(command, href = "") {
  if (command === "quote") {
    const quoted = getSelection().anchorNode?.parentElement?.closest("blockquote");
    document.execCommand(quoted ? "outdent" : "formatBlock", false, "blockquote");
  } else if (command === "link") {
    if (href) document.execCommand("createLink", false, HREF.test(href) ? href : `https://${href}`);
    else document.execCommand("unlink");
  } else document.execCommand(command);
}

/** The plain text of what was written, paragraph by paragraph. */
export const plain = (field) => field.innerText.replace(/\u00a0/g, " ").replace(/\n{3,}/g, "\n\n").trim();

/** The HTML of what was written, through the same list as a paste. */
export function markup(field) {
  const box = element("div");
  box.append(safe(field.innerHTML));
  return box.innerHTML;
}

/** Put the cursor behind the last word. */
export function toEnd(field) {
  field.focus();
  getSelection().selectAllChildren(field);
  getSelection().collapseToEnd();
}

/** Put a contenteditable in the place of a textarea, which stays for the form. */
export function enrich(textarea, html) {
  const field = element("div", {
    class: "composer__rich", contenteditable: "true", role: "textbox", "aria-multiline": "true", dir: "auto",
    "aria-label": textarea.labels[0]?.textContent ?? "", "data-placeholder": textarea.placeholder,
  });
  field.append(safe(html));
  textarea.hidden = true;
  textarea.before(field);
  document.execCommand("defaultParagraphSeparator", false, "p");
  return field;
}
