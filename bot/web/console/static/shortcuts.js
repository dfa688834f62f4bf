// Single keys for people who work all day by keyboard. They do nothing while somebody types, in a dialog, or when they
// are switched off (WCAG 2.1.4); the list of them opens with "?" or its button.
const dialog = document.getElementById("shortcuts");
const on = document.getElementById("shortcuts-on");
const OFF = "brobygger.shortcuts.off";
const WAIT = 1500; // milliseconds between "g" and what follows

try { on.checked = localStorage.getItem(OFF) !== "1"; } catch { /* private window: on until the page is left */ }
on?.addEventListener("change", () => {
  try { localStorage.setItem(OFF, on.checked ? "0" : "1"); } catch { /* as above */ }
});
document.getElementById("shortcuts-open")?.addEventListener("click", () => dialog.showModal());

const rows = () => [...document.querySelectorAll("main tr[data-case]")];
const current = () => document.activeElement?.closest?.("tr[data-case]");
const linkOf = (row) => row?.querySelector("th a");

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  linkOf(all[next])?.focus();
}

function into(id) {
  const field = document.getElementById(id);
  if (!field) return false;
  field.closest("details:not([open])")?.setAttribute("open", "");
  field.focus();
  return true;
}

const press = (button) => { if (button && !button.disabled) button.click(); };
const queues = { n: "new", t: "team", m: "mine", w: "waiting", a: "all", s: "snoozed", x: "closed" };

function go(queue) {
  const link = document.getElementById(`queue-${queue}`); // keeps the filters
  location.assign(link ? link.href : `/console?queue=${queue}`);
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  c: () => press(current()?.querySelector("button") ?? document.getElementById("claim")),
  r: () => into("reply"),
  n: () => into("note"),
  "/": () => { if (!into("search")) location.assign("/console/search"); },
  "?": () => dialog.showModal(),
};

let goes = 0;
const types = (node) => node?.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(node?.tagName);

document.addEventListener("keydown", (event) => {
  if (!on?.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
  if (types(event.target) || document.querySelector("dialog[open]")) return;
  if (goes > Date.now()) {
    goes = 0;
    if (Object.hasOwn(queues, event.key)) { event.preventDefault(); go(queues[event.key]); }
    return;
  }
  if (event.key === "g") { event.preventDefault(); goes = Date.now() + WAIT; return; }
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
