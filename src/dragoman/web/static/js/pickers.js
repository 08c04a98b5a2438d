// Lists that open while one writes: "/" for macros, two braces for variables. "@" for colleagues is in mentions.js.

import { all, composing, element, one, say } from "./dom.js";
import { safe } from "./rich.js";

// Chinese and Japanese put no space before the sign, and their keyboards give "、" and wide braces for it.
const PATTERNS = { macros: /(?:^|[\s\u2e80-\uffef])[/、／]([^\s/、／]{0,30})$/, variables: /(?:\{\{|｛｛)\s*([\w.]{0,40})$/ };
let macros = null;
let asked = "";

function typed(name) {
  const selection = getSelection();
  const node = selection.anchorNode;
  if (!selection.isCollapsed || node?.nodeType !== Node.TEXT_NODE) return null;
  const found = PATTERNS[name].exec(node.data.slice(0, selection.anchorOffset));
  if (!found) return null;
  const lead = name === "macros" ? 1 : found[0].length - found[1].length;
  return { node, end: selection.anchorOffset, start: selection.anchorOffset - found[1].length - lead, word: found[1].toLowerCase() };
}

const list = (name) => one(`#${name}`);
const shown = (name) => all("li[role=option]:not([hidden])", list(name));
const open = () => Object.keys(PATTERNS).find((name) => list(name) && !list(name).hidden);

function select(name, option) {
  for (const item of all("li", list(name))) item.setAttribute("aria-selected", String(item === option));
  option?.scrollIntoView({ block: "nearest" });
}

export function close() {
  for (const name of Object.keys(PATTERNS)) if (list(name)) list(name).hidden = true;
}

async function load(form) {
  if (asked === form.dataset.macros && macros) return;
  asked = form.dataset.macros;
  const answer = await fetch(asked, { headers: { Accept: "application/json" } }).catch(() => null);
  macros = answer?.ok ? await answer.json() : [];
  list("macros").replaceChildren(
    ...macros.map((macro, place) => {
      const item = element("li", { role: "option", id: `macro-${place}`, "data-id": macro.id, "aria-selected": "false" }, element("b", {}, macro.name));
      if (macro.shortcut) item.append(" ", element("code", {}, `/${macro.shortcut}`));
      item.append(element("small", {}, [macro.text, ...macro.changes].filter(Boolean).join(" · ")));
      if (macro.insert) item.dataset.insert = macro.insert;
      item.dataset.words = `${macro.name} ${macro.shortcut} ${macro.text}`.toLowerCase();
      return item;
    }),
  );
}

/** Show what fits the word being typed; returns whether a list is open. */
export async function suggest(form) {
  for (const name of Object.keys(PATTERNS)) {
    if (!list(name)) continue;
    const place = typed(name);
    if (place && name === "macros") await load(form);
    if (!place || !typed(name)) {
      list(name).hidden = true;
      continue;
    }
    const options = all("li[role=option]", list(name));
    for (const item of options) item.hidden = !(item.dataset.words ?? item.textContent.toLowerCase()).includes(place.word);
    const first = options.find((item) => item.textContent.includes(`/${place.word}`) && !item.hidden) ?? shown(name)[0];
    list(name).hidden = shown(name).length === 0;
    select(name, first);
  }
}

function replace(place, html, text) {
  getSelection().setBaseAndExtent(place.node, place.start, place.node, place.end);
  if (html === null) document.execCommand("insertText", false, text);
  else {
    const box = element("div");
    box.append(safe(html));
    document.execCommand("insertHTML", false, box.innerHTML || " ");
  }
}

/** Put a macro into what is written. One that only changes the ticket does so at once, with undo. */
export async function use(form, id, place = null) {
  const answer = await fetch(`${form.dataset.macros}/${id}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const macro = await answer.json();
  const field = one(".composer__rich", form);
  if (!macro.html) {
    if (place) replace(place, null, "");
    window.htmx.ajax("POST", `${form.dataset.macros}/${id}`, { source: "#ticket", target: "#ticket", swap: "merge" });
    return;
  }
  field.focus();
  if (macro.note !== (form.elements.kind.value === "note")) {
    one(`[name=kind][value=${macro.note ? "note" : "reply"}]`, form).click();
    place = null;
  }
  if (place) replace(place, macro.html);
  else {
    const box = element("div");
    box.append(safe(macro.html));
    document.execCommand("insertHTML", false, box.innerHTML);
  }
  if (!macro.changes.length || one(`[name=macro][value="${id}"]`, form)) return;
  const drop = element("button", { type: "button", class: "composer__drop", "data-macro-drop": "", "aria-label": say("sayRemove", { name: macro.name }, form) }, "×");
  one("#composer-macros").append(element("li", { class: "chip" }, element("input", { type: "hidden", name: "macro", value: id }), macro.changes.join(" · "), drop));
}

/** Select the first [blank], so that what is typed next fills it. */
function blank(field) {
  const walker = document.createTreeWalker(field, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const found = /\[[a-z]+\]/.exec(node.data);
    if (found) return getSelection().setBaseAndExtent(node, found.index, node, found.index + found[0].length);
  }
}

/** Whether a text holds a suggestion already, its [blanks] filled or not. */
function holds(text, said) {
  const parts = said.replace(/\s+/g, "").split(/\[[a-z]+\]/);
  const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*?");
  return new RegExp(pattern).test(text.replace(/\s+/g, ""));
}

/** A draft of an answer out of the desk's own lines, behind what stands there; asked again it only leads to a blank. */
export async function draft(form, address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { html } = await answer.json();
  const field = one(".composer__rich", form);
  const box = element("div");
  box.append(safe(html));
  field.focus();
  if (holds(field.textContent, box.textContent)) return blank(field);
  getSelection().selectAllChildren(field);
  getSelection().collapseToEnd();
  if (field.innerText.trim()) document.execCommand("insertParagraph"); // what stands there keeps its last line
  document.execCommand("insertHTML", false, box.innerHTML);
  blank(field);
  if (form.elements.tongue && !form.elements.tongue.checked) form.elements.tongue.click(); // the customer has these lines in their own
}

async function choose(form, name, option) {
  const place = typed(name);
  close();
  if (!place || !option) return;
  if (option.dataset.insert) return replace(place, null, option.dataset.insert);
  if (name === "macros") return use(form, option.dataset.id, place);
  replace(place, null, option.dataset.text || `{{${option.dataset.name}}}`);
}

/** Keys while a list is open; true when the list took the key. */
export function steer(form, event) {
  const name = open();
  if (!name || composing(event)) return false;
  const options = shown(name);
  const here = options.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") select(name, options[(here + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) choose(form, name, options[here]);
  else if (event.key === "Escape") close();
  else return false;
  event.preventDefault();
  return true;
}

document.addEventListener("mousedown", (event) => {
  const option = event.target instanceof Element ? event.target.closest("#macros li[role=option], #variables li[role=option]") : null;
  if (!option) return;
  event.preventDefault();
  choose(one("#composer"), option.parentElement.id, option);
});
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-macro-drop]")) event.target.closest("li").remove();
});
