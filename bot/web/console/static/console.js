// Keeps an open page fresh. The console works without this file; here it hears of changes at once, sounds an alert,
// and sends a reply without leaving the page. The page itself is always what the server rendered.
import { alertAbout, hearOf, hearOfWoken, keep, kept, said, sound } from "./alerts.js";

const body = document.body;
// A page that answers a form stands at the form's address, which cannot be read again: the case's own can.
const posted = location.pathname.match(/^(\/console\/cases\/[^/]+)\/[a-z-]+$/);
if (posted) history.replaceState(null, "", posted[1]);
const banner = document.getElementById("banner");

function warn(words, offersSignIn = false) {
  if (!banner) return;
  banner.hidden = !words;
  banner.querySelector("span").textContent = words;
  banner.querySelector("a").hidden = !offersSignIn;
}

// -- reading the page again

const isSignIn = (response) => new URL(response.url).pathname.endsWith("/sign-in");
const parsed = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");
const hers = (root) => new Set([...root.querySelectorAll("#messages .parent")].map((item) => item.id));

// The newest message is in sight unless the reader has scrolled back; then her place is kept.
function placeInMessages() {
  const list = document.getElementById("messages");
  const top = list?.scrollTop ?? 0;
  const atEnd = !list || list.scrollHeight - top - list.clientHeight < 40;
  return () => {
    const now = document.getElementById("messages");
    if (now) now.scrollTop = atEnd ? now.scrollHeight : top;
  };
}

function merge(fresh) {
  const readBefore = hers(document);
  const focused = document.activeElement?.id;
  const row = [...document.querySelectorAll("tr[data-case]")].indexOf(document.activeElement?.closest("tr[data-case]"));
  const place = placeInMessages();
  const open = document.getElementById("outcome")?.value;
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const now = fresh.getElementById(old.id);
    if (!now) old.remove();
    else if (now.outerHTML !== old.outerHTML) old.replaceWith(document.importNode(now, true));
  }
  place();
  const outcome = document.getElementById("outcome");
  if (outcome && open) outcome.value = open;
  document.title = fresh.title;
  state = fresh.body.dataset.state;
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  // The row she stood on has left: the next one, or the heading of an empty list.
  if (row >= 0 && (document.activeElement === body || !document.activeElement)) {
    const rows = document.querySelectorAll("tr[data-case]");
    (rows[Math.min(row, rows.length - 1)]?.querySelector("th a") ?? document.querySelector("section[data-fresh] h2[tabindex]"))?.focus();
  }
  const form = document.getElementById("reply-form");
  if (form && !fresh.getElementById("reply-form")) {
    document.getElementById("send").disabled = true;
    document.getElementById("reply-status").textContent = form.dataset.gone;
    for (const id of ["notes", "booking", "leaving", "phrases"]) document.getElementById(id)?.remove();
  }
  // Something new to show that this page has no place for: read it whole, unless a text would be lost.
  const fields = [...document.querySelectorAll("textarea")];
  const missing = [...fresh.querySelectorAll("[data-fresh]")].some((part) => !document.getElementById(part.id));
  if (missing && fields.every((field) => !field.value)) location.reload();
  const number = new URLSearchParams(body.dataset.live.split("?")[1]).get("case");
  if (number && [...hers(document)].some((id) => !readBefore.has(id))) {
    alertAbout(said(body.dataset.alertMessage, { case: number }));
  }
}

let reading = false;
let again = false;
async function refresh() {
  if (reading) { again = true; return; }
  reading = true;
  try {
    const response = await fetch(location.pathname + location.search, { cache: "no-store", headers: { accept: "text/html" } });
    if (isSignIn(response)) { ended(); return; }
    if (response.status === 404) { location.reload(); return; }
    if (!response.ok) { warn(body.dataset.away); return; }
    merge(await parsed(response));
    warn("");
  } catch {
    warn(body.dataset.away);
  } finally {
    reading = false;
    if (again) { again = false; refresh(); }
  }
}

function ended() {
  stream?.close();
  clearInterval(ticking);
  clearInterval(polling);
  warn(body.dataset.ended, true);
  // What the parent passed on does not stay on a screen that nobody is signed in to.
  for (const part of document.querySelectorAll("[data-fresh]")) part.remove();
}

// -- hearing of changes: a stream, and looking every five seconds where streams do not come through

let stream = null;
let polling = 0;
let ticking = 0;
let state = body.dataset.state;

function heard(news) {
  if (news.state === "away") { warn(body.dataset.away); return; }
  hearOf(news.newest);
  hearOfWoken(news.woken);
  count(news.waiting);
  if (news.page !== state) { state = news.page; refresh(); }
}

// The number of waiting cases, also where the rest of the page need not be read again.
function count(waiting) {
  const shown = document.getElementById("waiting");
  if (shown && shown.textContent !== String(waiting)) shown.textContent = waiting;
  document.title = document.title.replace(/^\(\d+\)/, `(${waiting})`);
}

async function look() {
  try {
    const response = await fetch(body.dataset.live.replace("/events", "/changes"), { cache: "no-store" });
    if (isSignIn(response)) ended();
    else if (response.ok) heard(await response.json());
    else warn(body.dataset.away);
  } catch {
    warn(body.dataset.away);
  }
}

function listen() {
  stream?.close();
  stream = new EventSource(body.dataset.live);
  stream.addEventListener("open", () => { clearInterval(polling); polling = 0; });
  stream.addEventListener("news", (event) => heard(JSON.parse(event.data)));
  stream.addEventListener("gone", () => { stream.close(); refresh(); });
  stream.addEventListener("error", () => { polling ||= setInterval(look, 5000); });
}

if (body.dataset.live) {
  listen();
  // Browsers allow few connections: a case in a hidden tab gives its own back. The queue keeps it, for the alert.
  if (body.dataset.live.includes("?")) {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) stream?.close();
      else if (banner.querySelector("a").hidden) listen();
    });
  } else {
    ticking = setInterval(refresh, 60000); // the waiting times
  }
}

// -- the menu of the less used pages: Escape, or a press elsewhere, closes it

const menu = document.getElementById("more");
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => { if (menu?.open && !menu.contains(event.target)) menu.open = false; });

// -- alerts, only where somebody asked for them

function switchFor(id, name, allowed) {
  const button = document.getElementById(id);
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(kept(name)));
  button.addEventListener("click", async () => {
    if (!kept(name) && !(await allowed())) { warn(body.dataset.refused); return; }
    keep(name, !kept(name));
    show();
  });
  show();
}
switchFor("sound", "brobygger.sound", async () => { sound(); return true; });
switchFor("notify", "brobygger.notify", async () => "Notification" in window && (await Notification.requestPermission()) === "granted");
for (const part of document.querySelectorAll("[data-script]")) part.hidden = false;

// -- a reply: stays in the box until the server has stored it; the same id again is stored once

const form = document.getElementById("reply-form");
if (form) {
  const box = document.getElementById("reply");
  const send = document.getElementById("send");
  const status = document.getElementById("reply-status");
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    const words = box.value;
    try {
      const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (response.status === 401) { status.textContent = form.dataset.notSent; warn(body.dataset.ended, true); return; }
      const fresh = await parsed(response);
      if (!response.ok) {
        status.textContent = `${form.dataset.notSent} ${fresh.querySelector(".problem")?.textContent ?? ""}`;
        return;
      }
      if (box.value === words) box.value = "";
      merge(fresh);
      document.getElementById("reply-id").value = fresh.getElementById("reply-id")?.value ?? crypto.randomUUID();
      status.textContent = fresh.getElementById("reply-status")?.textContent ?? "";
    } catch {
      status.textContent = form.dataset.notSent;
    } finally {
      send.disabled = false;
      box.focus();
    }
  });
}

// -- a ready phrase: sent without leaving the page, so that a draft stays where it is

const phraseForm = document.getElementById("phrase-form");
if (phraseForm) {
  const status = document.getElementById("reply-status");
  phraseForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (!button || button.disabled) return;
    button.disabled = true;
    const fields = new URLSearchParams(new FormData(phraseForm));
    fields.set("phrase", button.value);
    try {
      const response = await fetch(phraseForm.action, { method: "POST", body: fields });
      if (response.status === 401) { status.textContent = form?.dataset.notSent ?? ""; warn(body.dataset.ended, true); return; }
      const fresh = await parsed(response);
      if (!response.ok) { status.textContent = fresh.querySelector(".problem")?.textContent ?? ""; return; }
      phraseForm.elements.id.value = fresh.querySelector("#phrase-form [name=id]")?.value ?? crypto.randomUUID();
      merge(fresh);
      status.textContent = fresh.getElementById("reply-status")?.textContent ?? "";
    } catch {
      status.textContent = form?.dataset.notSent ?? "";
    } finally {
      button.disabled = false;
    }
  });
}
const messages = document.getElementById("messages");
if (messages) messages.scrollTop = messages.scrollHeight;
