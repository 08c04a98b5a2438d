// Rich text: a contenteditable that keeps to a handful of elements. What is pasted is read in an inert document,
// and only what stands in the list below is taken over; the server sanitises once more.

import { element } from "./dom.js";

const KEPT = { P: "p", DIV: "p", H1: "p", H2: "p", H3: "p", H4: "p", H5: "p", H6: "p", PRE: "p", TR: "p", BR: "br", B: "b", STRONG: "b", I: "i", EM: "i", UL: "ul", OL: "ol", LI: "li", BLOCKQUOTE: "blockquote", A: "a" };
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "HEAD", "TITLE", "META", "LINK", "OBJECT", "IFRAME", "SVG", "MATH"]);
const BLOCKS = new Set(["P", "UL", "OL", "BLOCKQUOTE"]);
const HREF = /^(https?:|mailto:|tel:)/i;

function clean(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data.replace(/\s+/g, " "))];
  if (!(node instanceof Element) || DROPPED.has(node.tagName.toUpperCase())) return [];
  const children = [...node.childNodes].flatMap(clean);
  const tag = KEPT[node.tagName.toUpperCase()];
  if (!tag) return /^T[DH]$/i.test(node.tagName) ? [...children, document.createTextNode(" ")] : children;
  if (tag === "a") {
    const href = node.getAttribute("href")?.trim() ?? "";
    return HREF.test(href) ? [element("a", { href }, ...children)] : children;
  }
  return [element(tag, {}, ...children)];
}

/** Blocks side by side: loose words get a paragraph of their own, and what stands inside a paragraph but cannot
 * (a list, another paragraph) steps out of it. Blank lines that were meant, a lone break, stay. */
function blocks(nodes) {
  const out = [];
  let run = [];
  const close = () => {
    if (run.some((node) => node.nodeName === "BR" || node.querySelector?.("br") || node.textContent.trim())) out.push(element("p", {}, ...run));
    run = [];
  };
  for (const node of nodes) {
    if (!BLOCKS.has(node.nodeName)) run.push(node);
    else {
      close();
      out.push(...(node.nodeName === "P" ? blocks([...node.childNodes]) : [node]));
    }
  }
  close();
  return out;
}

/** A fragment with the allowed parts of some HTML, block by block. */
export function safe(html) {
  const fragment = document.createDocumentFragment();
  fragment.append(...blocks([...new DOMParser().parseFromString(html, "text/html").body.childNodes].flatMap(clean)));
  return fragment;
}

/** Take over what is pasted, in a way that Ctrl+Z takes back; its first paragraph joins the line it is pasted into. */
export function paste(transfer) {
  const html = transfer.getData("text/html");
  const box = element("div");
  box.append(safe(html));
  if (box.firstChild?.nodeName === "P") box.firstChild.replaceWith(...box.firstChild.childNodes);
  if (html) document.execCommand("insertHTML", false, box.innerHTML);
  else document.execCommand("insertText", false, transfer.getData("text/plain"));
}

/** Apply one of the toolbar's commands to the selection; a link needs its address. */
export function format(command, href = "") {
  if (command === "quote") {
    const quoted = getSelection().anchorNode?.parentElement?.closest("blockquote");
    document.execCommand(quoted ? "outdent" : "formatBlock", false, "blockquote");
  } else if (command === "link") {
    const whole = HREF.test(href) ? href : `https://${href}`;
    if (!href) document.execCommand("unlink");
    else if (getSelection().isCollapsed) document.execCommand("insertHTML", false, `${element("a", { href: whole }, href).outerHTML}&nbsp;`);
    else document.execCommand("createLink", false, whole);
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
