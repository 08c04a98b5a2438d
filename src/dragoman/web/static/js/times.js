// Times: fields that understand "tomorrow 9" say what they understood; clocks of rows run on.

import { all, on, one, say } from "./dom.js";

const waiting = new WeakMap();
on("input", "[data-when]", (_event, input) => {
  clearTimeout(waiting.get(input));
  waiting.set(input, setTimeout(async () => {
    const hint = document.getElementById(input.getAttribute("aria-describedby"));
    const query = new URLSearchParams({ text: input.value, zone: input.dataset.theirs ?? "" });
    const answer = await fetch(`${input.dataset.when}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || !hint) return;
    const meant = await answer.json();
    hint.dataset.usual ??= hint.textContent;
    hint.textContent = meant.text || hint.dataset.usual;
    input.setAttribute("aria-invalid", String(Boolean(meant.text) && !meant.ok));
  }, 200));
});
on("focusin", "[data-tags]", async (_event, input) => {
  if (input.list.childElementCount) return;
  const answer = await fetch(input.dataset.tags, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) for (const tag of await answer.json()) input.list.append(new Option(tag, tag));
});

function span(minutes) {
  if (minutes < 60) return say("sayMinutes", { n: minutes });
  return say("sayHours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** Clocks within four hours, and those that have run out, count on by themselves; the others name an hour or day. */
function run() {
  for (const clock of all(".clock[data-due]")) {
    const seconds = (new Date(clock.dataset.due) - Date.now()) / 1000;
    const minutes = seconds < 0 ? Math.ceil(-seconds / 60) : Math.floor(seconds / 60);
    const tone = seconds <= 900 ? "red" : seconds <= 7200 ? "amber" : seconds <= 86_400 ? "blue" : "plain";
    clock.className = `clock clock--${tone}`;
    if (minutes < 240) one("time", clock).textContent = say(seconds < 0 ? "sayLate" : "sayLeft", { time: span(minutes) });
  }
}
setInterval(run, 15_000);
