// The composer: a plain form that becomes rich text, keeps drafts, takes files, and sends with Ctrl/Cmd+Enter.

import { all, composing, on, one, say, token } from "./dom.js";
import { attach, drop } from "./files.js";
import { lookOver, stopLooking } from "./findings.js";
import * as links from "./links.js";
import * as mentions from "./mentions.js";
import * as pickers from "./pickers.js";
import { enrich, format, markup, paste, plain, safe, toEnd } from "./rich.js";
import { presence } from "./live.js";
import * as tongues from "./tongues.js";

let timer = 0;
const taken = new WeakMap(); // a composer that comes in another's place -> what was being written there

const field = (form) => one(".composer__rich", form);

function mirror(form) {
  const rich = field(form);
  form.elements.text.value = plain(rich);
  form.elements.html.value = markup(rich);
  rich.toggleAttribute("data-empty", !form.elements.text.value && !rich.querySelector("li, blockquote"));
}

async function keep(form, kind = form.elements.kind.value) {
  clearTimeout(timer);
  timer = 0;
  const body = new FormData();
  body.append("kind", kind);
  body.append("html", kind === form.elements.kind.value ? form.elements.html.value : form.dataset[kind]);
  const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "X-CSRF-Token": token() } }).catch(() => null);
  const place = one("#draft-state");
  if (answer?.ok && place) place.textContent = `${say("saySaved", {}, form)} ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.body.dataset.zone })}`;
}

/** What had been said when one began to write: whatever comes after it is shown before an answer leaves. */
function begin(form) {
  const last = all("#timeline .msg").at(-1);
  if (last) form.elements.seen.value = last.id.slice(2);
}

function changed(form) {
  if (!form.elements.text.value) begin(form);
  mirror(form);
  presence(form.elements.text.value && form.elements.kind.value === "reply" ? "replying" : "viewing");
  clearTimeout(timer);
  timer = setTimeout(() => form.isConnected && keep(form), 1000);
}

let looking = 0;
/** Offer to keep what an answer promises, a moment after the last word. */
function promises(form) {
  clearTimeout(looking);
  if (form.elements.kind.value !== "reply" || !form.dataset.promises) return;
  looking = setTimeout(async () => {
    const body = new FormData();
    body.append("text", form.elements.text.value);
    const answer = await fetch(form.dataset.promises, { method: "POST", body, headers: { "X-CSRF-Token": token(), "HX-Request": "true" } }).catch(() => null);
    const place = one("#promise-offer");
    if (!answer?.ok || !place || !form.isConnected) return;
    place.innerHTML = await answer.text();
    window.htmx.process(place);
  }, 900);
}
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || !event.altKey || event.code !== "KeyP" || composing(event)) return;
  one("#promise-offer [data-promise]")?.click();
  event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches?.(".promise-offer")) event.target.remove();
});

const CHORDS = { "ctrl+Enter": ".composer__foot .button--primary", "ctrl+shift+Enter": '[data-chord="ctrl+shift+Enter"]', "alt+Enter": '[data-chord="alt+Enter"]' };

const chord = (event) => `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${event.shiftKey ? "shift+" : ""}${event.key}`;

function submit(form, button) {
  clearTimeout(timer);
  mirror(form);
  one(button, form).click(); // htmx sends the button's own value only if it was clicked
}

/** Go on where one was writing when the composer had to be replaced. */
function goOn(rich, { words, writing, cursor }) {
  rich.replaceChildren(...words);
  if (!writing) return;
  toEnd(rich);
  if (cursor[0] !== rich && rich.contains(cursor[0])) getSelection().setBaseAndExtent(...cursor);
}

/** Make a fresh composer rich; one that is rich already is left alone. */
export function prepare() {
  const form = one("#composer");
  if (!form || field(form)) return;
  const rich = enrich(form.elements.text, form.dataset[form.elements.kind.value]);
  one(".tools", form).hidden = false;
  if (taken.has(form)) goOn(rich, taken.get(form));
  mirror(form);
  const look = () => lookOver(form);
  const suggest = () => {
    tongues.follow(form, look);
    look();
    promises(form);
    mentions.suggest(form);
    pickers.suggest(form);
  };
  tongues.prepare(form, look);
  rich.addEventListener("input", (event) => {
    changed(form);
    if (!event.isComposing) suggest();
  });
  rich.addEventListener("compositionend", suggest); // no input follows it
  rich.addEventListener("blur", () => setTimeout(() => (mentions.close(), pickers.close()), 150));
  rich.addEventListener("paste", (event) => {
    event.preventDefault();
    if (event.clipboardData.files.length) attach(form, event.clipboardData.files);
    else paste(event.clipboardData);
  });
  rich.addEventListener("keydown", (event) => {
    if (composing(event) || mentions.steer(form, event) || pickers.steer(form, event)) return;
    const pressed = chord(event);
    if (CHORDS[pressed]) submit(form, CHORDS[pressed]);
    else if (pressed.toLowerCase() === "ctrl+shift+k") links.ask(form);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

on("change", "#composer [name=files]", (_event, input) => {
  attach(input.form, input.files);
  input.value = "";
});
/** Reply and note are two texts: the one in front is swapped, the other waits. */
on("change", "#composer [name=kind]", (_event, input) => {
  const form = input.form;
  const other = input.value === "note" ? "reply" : "note";
  form.dataset[other] = markup(field(form));
  if (timer) keep(form, other);
  field(form).replaceChildren(safe(form.dataset[input.value]));
  mirror(form);
  presence(input.value === "reply" && form.elements.text.value ? "replying" : "viewing");
  toEnd(field(form));
});
/** A composer that comes in another's place while one writes takes over the words, and the cursor. */
on("merge:replace", "#composer", (event, form) => {
  const { detail: next } = event;
  if ("anew" in next.dataset || !field(form)) return;
  next.dataset.reply = form.dataset.reply;
  next.dataset.note = form.dataset.note;
  const kept = [...next.elements.kind].find((choice) => choice.value === form.elements.kind.value && !choice.disabled);
  if (kept) kept.checked = true;
  for (const name of ["seen", "cc"]) next.elements[name].value = form.elements[name].value;
  one("#composer-macros", next).replaceChildren(...one("#composer-macros", form).childNodes);
  next.append(...form.querySelectorAll("[name=mention]"));
  const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
  const writing = field(form).contains(document.activeElement);
  taken.set(next, { words: [...field(form).childNodes], writing, cursor: [anchorNode, anchorOffset, focusNode, focusOffset] });
});
document.addEventListener("composer:open", (event) => toEnd(field(event.target.form)));
// The focus stays where it is: on a phone it decides what is shown, and nothing may move under a thumb.
on("mousedown", "#composer [data-format], .composer__tab", (event) => event.preventDefault());
on("click", "#composer [data-format]", (_event, button) => {
  field(button.form).focus();
  if (button.dataset.format === "link") return links.ask(button.form);
  format(button.dataset.format);
  changed(button.form);
});
on("click", "[data-cc]", (_event, button) => {
  const given = button.form.elements.cc.value.split(/[,;]/).map((one) => one.trim()).filter(Boolean);
  button.form.elements.cc.value = [...new Set([...given, ...button.dataset.cc.split(", ")])].join(", ");
});
on("click", "[data-suggest]", (_event, button) => pickers.draft(button.form, button.dataset.suggest));
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || !event.altKey || event.code !== "KeyD" || composing(event)) return;
  one("#composer [data-suggest]")?.click();
  event.preventDefault();
});
on("click", "[data-drop-file]", (_event, button) => drop(button));
on("submit", "#composer", (_event, form) => mirror(form));
for (const type of ["dragover", "dragleave", "drop"])
  on(type, "#composer, #thread", (event) => {
    const form = one("#composer");
    if (!form || ![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("composer--over", type === "dragover");
    if (type === "drop") attach(form, event.dataTransfer.files);
  });
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.id !== "composer") return;
  clearTimeout(timer);
  stopLooking();
});
document.addEventListener("sent", () => {
  const form = one("#composer");
  if (!form) return;
  field(form).replaceChildren();
  form.dataset[form.elements.kind.value] = "";
  one("#composer-files").replaceChildren();
  for (const input of form.querySelectorAll("[name=mention]")) input.remove();
  one("#composer-macros").replaceChildren();
  one("#composer-clash").replaceChildren();
  clearTimeout(looking);
  one("#promise-offer")?.replaceChildren();
  tongues.forget(form);
  for (const menu of all("details[open]", form)) menu.open = false;
  one("#draft-state").textContent = "";
  one("#composer-problem").hidden = true;
  mirror(form);
  field(form).blur();
  presence("viewing");
});
document.addEventListener("composer:problem", (event) => {
  const place = one("#composer-problem");
  if (!place) return;
  one("span", place).textContent = event.detail.text;
  place.hidden = false;
});
on("click", "[data-clash-drop]", (_event, button) => {
  const form = button.form;
  one("#composer-clash").replaceChildren();
  begin(form);
  one("#thread").scrollTop = one("#thread").scrollHeight;
  one("#thread").focus();
});
for (const moment of ["htmx:afterSwap", "htmx:afterSettle"]) document.addEventListener(moment, prepare);
prepare();
