// Two tongues: what is written goes over into the customer's language a moment after the last word, and a sentence of
// a translation shows which one of the original it stands for.

import { all, on, one, say, token } from "./dom.js";

let waiting = 0;

/** The text that the customer will receive in place of what is written; null where nothing is translated. */
export function rendered(form) {
  const box = form.elements.tongue;
  return box?.checked ? form.elements.rendered : null;
}

const place = (form) => one("#rendition", form);

function state(form, text, stale = false) {
  one(".rendition__state", form).textContent = text;
  one("[data-render-anew]", form).hidden = !stale;
}

async function ask(form, address, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token() } }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** Put what is written into the customer's language. What somebody has mended stays until they ask anew. */
async function render(form, done) {
  const text = form.elements.text.value;
  const area = form.elements.rendered;
  form.elements.edited.value = "";
  if (!text.trim()) {
    area.value = "";
    state(form, "");
    return done();
  }
  state(form, say("sayBusy", {}, place(form)));
  const found = await ask(form, place(form).dataset.render, { text, tongue: form.elements.tongue.value });
  if (!form.isConnected || form.elements.text.value !== text || form.elements.edited.value) return;
  if (found?.text) area.value = found.text;
  const words = found ? [found.problem || found.by, ...found.findings].filter(Boolean).join(" · ") : say("sayFailed", {}, place(form));
  state(form, words, !found?.text);
  done();
}

/** Follow what is being written. `done` is called when the customer's text has changed. */
export function follow(form, done) {
  if (!rendered(form) || form.elements.kind.value !== "reply") return;
  clearTimeout(waiting);
  if (form.elements.edited.value) return state(form, say("sayStale", {}, place(form)), true);
  waiting = setTimeout(() => form.isConnected && render(form, done), 600);
}

export function forget(form) {
  clearTimeout(waiting);
  if (!form.elements.rendered) return;
  form.elements.rendered.value = "";
  form.elements.edited.value = "";
  one(".rendition__back", form).hidden = true;
  state(form, "");
}

export function prepare(form, done) {
  const box = form.elements.tongue;
  if (!box) return;
  const shown = () => (one(".rendition__body", form).hidden = !box.checked);
  box.addEventListener("change", () => {
    shown();
    follow(form, done);
    done();
  });
  form.elements.rendered.addEventListener("input", (event) => {
    form.elements.edited.value = form.elements.rendered.value.trim() ? "1" : "";
    if (!event.isComposing) done();
  });
  one("[data-render-anew]", form).addEventListener("click", () => render(form, done));
  one("[data-translate-back]", form).addEventListener("click", async () => {
    const text = form.elements.rendered.value.trim();
    if (!text) return;
    const found = await ask(form, place(form).dataset.back, { rendered: text, tongue: box.value });
    const back = one(".rendition__back", form);
    back.textContent = found ? found.text || found.problem : say("sayFailed", {}, place(form));
    back.hidden = false;
  });
  shown();
  follow(form, done);
}

/** Where some words stand in an element, however its lines are broken; null where they do not. */
function range(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const letters = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let at = 0; at < node.data.length; at += 1) if (!/\s/.test(node.data[at])) letters.push([node, at]);
  const wanted = words.replace(/\s+/g, "");
  const start = letters.map(([node, at]) => node.data[at]).join("").indexOf(wanted);
  if (!wanted || start < 0) return null;
  const found = document.createRange();
  found.setStart(...letters[start]);
  const [last, at] = letters[start + wanted.length - 1];
  found.setEnd(last, at + 1);
  return found;
}

function point(span) {
  if (!globalThis.CSS?.highlights) return;
  CSS.highlights.delete("original");
  for (const each of all(".beside__text .is-shown")) each.classList.remove("is-shown");
  const texts = span ? all(".msg__text", span.closest(".msg__card")) : [];
  const found = texts.map((text) => range(text, span.dataset.source)).find(Boolean);
  if (!found) return;
  span.classList.add("is-shown");
  CSS.highlights.set("original", new Highlight(found));
}

on("mouseover", "[data-source]", (_event, span) => point(span));
on("click", "[data-source]", (_event, span) => point(span));
on("mouseout", "[data-source]", () => point(null));
