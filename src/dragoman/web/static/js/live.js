// Live notices: one socket a page. A notice is only a hint; what it hints at is fetched anew over HTTP.

import { all, element, one, renew, say } from "./dom.js";
import { markRow } from "./ui.js";

const address = document.body.dataset.live;
const others = new Map();
let socket = null;
let tries = 0;
let told = "";
let fresh = new Set();
const waiting = new Map();
const last = new Map();
const LIST_GAP = 2000;
const TICKET_GAP = 400;
const COUNTED = 3200; // the desk may give counts that were right three seconds ago
let recounting = 0;

/** Run `task` soon, and not again within `gap` ms however often it is asked for: a busy hour must not make every
 * open page ask without end. A little chance keeps many desks from asking at the same moment. */
function soon(name, task, gap) {
  if (waiting.has(name)) return;
  const rest = (last.get(name) ?? -gap) + gap - performance.now();
  const run = () => {
    waiting.delete(name);
    last.set(name, performance.now());
    task();
  };
  waiting.set(name, setTimeout(run, Math.max(60, rest) + Math.random() * 120));
}

function edge(offline) {
  const bar = one("#edge");
  if (!bar) return;
  bar.hidden = !offline;
  one("span", bar).textContent = offline ? say("sayOffline") : "";
}

const openTicket = () => one("#ticket");

function refetchTicket() {
  const ticket = openTicket();
  if (ticket) window.htmx.ajax("GET", ticket.dataset.href, { source: ticket, target: "#ticket", swap: "merge" });
}

/** Counts change where they stand: in the tabs, and on the rail. */
function recount(incoming) {
  const tabs = one("#list .tabs");
  const fresh = one(".tabs", incoming);
  if (tabs && fresh) tabs.replaceChildren(...fresh.childNodes);
  const badge = one("#rail-unread");
  if (badge) badge.replaceChildren(...all("#list .tab:first-child .count").map((count) => element("span", { class: "count count--badge" }, count.textContent)));
}

/** Rows on screen change where they stand; new ones wait behind "3 new", and those that left the view are only
 * dimmed, so that nothing moves under the reader. */
async function refetchList() {
  const list = one("#list[data-href]");
  if (!list) return;
  const answer = await fetch(list.dataset.href, { headers: { "HX-Request": "true", "HX-Target": "list" } }).catch(() => null);
  if (!answer?.ok) return;
  const incoming = new DOMParser().parseFromString(await answer.text(), "text/html");
  recount(incoming);
  if (!one("#rows")) {
    const body = one(".list__body", incoming);
    one(".list__body", list).replaceWith(body);
    window.htmx.process(body);
    return markRow();
  }
  const still = new Set(all("#rows > li[id]", incoming).map((item) => item.id));
  const rows = all("#rows > li[id]");
  const known = one("#rows > .rows__more", incoming) ? rows.findLastIndex((item) => still.has(item.id)) : rows.length;
  for (const [index, item] of rows.entries()) item.classList.toggle("gone", index < known && !still.has(item.id));
  for (const item of all("#rows > li[id]", incoming)) {
    const present = document.getElementById(item.id);
    if (!present) fresh.add(item.id);
    else renewRow(present, item);
  }
  showFresh();
  markRow();
}

/** A row that has changed is fetched alone: it changes where it stands, waits behind "3 new", or is dimmed. */
async function refetchRow(number, version) {
  const list = one("#list[data-href]");
  if (!list || !one("#rows")) return;
  const query = new URL(list.dataset.href, location.href).searchParams;
  query.set("v", version ?? "");
  const answer = await fetch(`/desk/rows/${number}?${query}`).catch(() => null);
  if (!answer?.ok) return;
  const present = document.getElementById(`row-${number}`);
  if (answer.status === 204) return present?.classList.add("gone");
  const item = one("li[id]", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!item) return;
  if (!present) {
    fresh.add(item.id);
    return showFresh();
  }
  present.classList.remove("gone");
  renewRow(present, item);
  markRow();
}

/** A row changes where it stands; chosen, it stays chosen. */
function renewRow(present, item) {
  if (present.dataset.v === item.dataset.v) return;
  const box = one(".row__pick", present);
  if (box?.checked) one(".row__pick", item).checked = true;
  renew(present, item);
  window.htmx.process(item);
}

function showFresh() {
  for (const id of fresh) if (document.getElementById(id)) fresh.delete(id);
  const bar = one("#newbar");
  if (!bar) return;
  bar.hidden = fresh.size === 0;
  one("span", bar).textContent = fresh.size === 1 ? say("sayNewOne") : say("sayNewMany", { n: fresh.size });
}

/** The numbers beside the views. */
async function refetchCounts() {
  if (!one("#list .tabs")) return;
  const answer = await fetch("/desk/counts", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  for (const [view, number] of Object.entries(await answer.json())) {
    const shown = number > 99 ? "99+" : String(number);
    const tab = one(`#list .tab[data-view="${CSS.escape(view)}"]`);
    if (tab) {
      one(".count", tab)?.remove();
      if (number) tab.append(element("span", { class: `count count--${view === "unread" ? "accent" : "plain"}` }, shown));
    }
    if (view === "unread") one("#rail-unread")?.replaceChildren(...(number ? [element("span", { class: "count count--badge" }, shown)] : []));
  }
}

/** An import that runs tells how far it is. */
function refetchImport() {
  const part = one("#import[data-href]");
  if (part) window.htmx.ajax("GET", part.dataset.href, { source: part, target: "#import", swap: "outerHTML" }).then(() => one("#import[data-href]") ?? location.reload());
}

function showPresence() {
  const place = one("#presence");
  if (!place) return;
  const ticket = openTicket().dataset.number;
  const here = [...others.values()].filter((other) => String(other.ticket) === ticket);
  const replying = here.filter((other) => other.state === "replying");
  const shown = replying.length ? replying : here;
  place.textContent = shown.map((other) => say(other.state === "replying" ? "sayReplying" : "sayViewing", { name: other.name })).join(" · ");
}

/** Somebody else's place; to a newcomer at our ticket we say again what we do, for they have not heard it. */
function meet(message) {
  if (message.person === document.body.dataset.me) return;
  const key = `${message.person} ${message.ticket}`;
  const newcomer = !others.has(key) && String(message.ticket) === openTicket()?.dataset.number;
  if (message.state === "gone") others.delete(key);
  else {
    others.set(key, message);
    const [, state] = told.split(" ");
    if (newcomer && state) {
      told = "";
      presence(state);
    }
  }
  showPresence();
}

/** Something one should know: the bell is renewed, and where it is wished the desktop says so. */
async function ring(message) {
  const answer = await fetch("/notices/bell", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !one("#bell")) return;
  const incoming = one("#bell", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!incoming) return;
  renew(one("#bell"), incoming);
  if (!message.desktop || !incoming.dataset.newest || document.hasFocus() || !("Notification" in window)) return;
  if (Notification.permission !== "granted") return;
  const shown = new Notification(incoming.dataset.newest, { tag: incoming.dataset.open });
  shown.onclick = () => (window.focus(), location.assign(incoming.dataset.open));
}

/** Count once more when the last of several changes is behind us: what was told meanwhile may be from before it. */
function settleCounts() {
  clearTimeout(recounting);
  recounting = setTimeout(refetchCounts, COUNTED + Math.random() * 500);
}

function hear(message) {
  if (message.kind === "presence") return meet(message);
  if (message.kind === "notice") return message.to === document.body.dataset.me && soon("bell", () => ring(message), 500);
  const everything = message.kind === "reload";
  if (everything || (message.kind === "ticket" && String(message.number) === openTicket()?.dataset.number)) soon("ticket", refetchTicket, TICKET_GAP);
  if (everything || message.kind === "import") soon("import", refetchImport, LIST_GAP / 2);
  if (everything || message.kind === "tickets" || (message.kind === "ticket" && !one("#rows"))) soon("list", refetchList, LIST_GAP);
  else if (message.kind === "ticket" && [...waiting.keys()].filter((name) => name.startsWith("row ")).length > 8) soon("list", refetchList, LIST_GAP);
  else if (message.kind === "ticket") {
    soon(`row ${message.number}`, () => refetchRow(message.number, message.version), TICKET_GAP);
    soon("counts", refetchCounts, LIST_GAP);
  }
  if (everything || message.kind.startsWith("ticket")) settleCounts();
}

/** Tell colleagues what we do at the open ticket: viewing, replying or gone. */
export function presence(state) {
  const ticket = openTicket()?.dataset.number;
  const now = ticket ? `${ticket} ${state}` : "";
  if (now === told || socket?.readyState !== WebSocket.OPEN) return;
  if (told && told.split(" ")[0] !== ticket) socket.send(JSON.stringify({ kind: "presence", ticket: told.split(" ")[0], state: "gone" }));
  if (ticket) socket.send(JSON.stringify({ kind: "presence", ticket, state }));
  told = now;
}

function connect() {
  const line = new URL(address, location.href.replace(/^http/, "ws"));
  // What changed while this page was on its way is told again; after a break everything is asked for anyway.
  if (!tries) line.searchParams.set("ago", Math.min(60, performance.now() / 1000).toFixed(1));
  socket = new WebSocket(line);
  socket.onopen = () => {
    const again = tries > 0;
    tries = 0;
    told = "";
    others.clear();
    edge(false);
    showPresence();
    presence("viewing");
    refetchImport(); // it may have ended before the line was there
    if (again) {
      refetchTicket();
      refetchList();
    }
  };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = () => {
    tries += 1;
    if (tries > 1) edge(true);
    setTimeout(connect, Math.min(30_000, 300 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random()));
  };
}

document.addEventListener("desk:stale", () => soon("ticket", refetchTicket, TICKET_GAP));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "matter") {
    presence("viewing");
    showPresence();
  }
});
addEventListener("offline", () => edge(true));
addEventListener("pagehide", () => presence("gone"));
// A browser asks only when its owner has pressed something: saving the wish for notices on the desktop.
document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/notices/wishes") && "Notification" in window && one("[value=desktop]:checked", event.target)) Notification.requestPermission();
});
if (address) connect();
else for (const bar of all("#edge")) bar.hidden = true;

