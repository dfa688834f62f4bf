// The chat: what the parent does, what the server says, and what happens when the line is poor.
import { bubble, directionOf, element, speakLanguage, speaker, text } from "./view.js";

const $ = (id) => document.getElementById(id);
const log = $("log");
const box = $("text");
const PENDING = "brobygger.pending";
let conversation = document.body.dataset.conversation || null;
let state = document.body.dataset.state || "bot";
let cursor = document.body.dataset.cursor || 0;
let live = null;
let timer = null;
const outbox = []; // what is on its way, in the order it was written; the first one goes first, always
let sending = false;
const seen = new Set();

async function request(method, path, body) {
  const options = { method, headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const read = answer.status === 204 ? null : await answer.json().catch(() => null);
  return { ok: answer.ok, status: answer.status, body: read };
}

const here = (rest = "") => `/api/conversations/${conversation}${rest}`;
const newId = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

// --- what a screen reader hears: only new text, once, with who says it
function announce(words) {
  const line = element("p", {}, words);
  $("announcer").append(line);
  setTimeout(() => line.remove(), 1500);
}

function show(message, { quiet = false } = {}) {
  if (message.id && seen.has(message.id)) return null;
  if (message.id) seen.add(message.id);
  const item = bubble(message, act);
  log.append(item);
  if (!quiet && message.from !== "parent") {
    announce(text("chat.new_message", { who: speaker(message.from), text: message.text }));
  }
  item.scrollIntoView({ block: message.from === "parent" ? "end" : "nearest" });
  return item;
}

async function settle(reply, how) {
  if (reply.language && reply.language !== document.documentElement.lang) await speakLanguage(reply.language);
  for (const message of reply.messages ?? []) show(message, how);
  setState(reply.state ?? state);
}

function setState(next) {
  state = next;
  const line = $("state");
  const key = { waiting: "chat.state_waiting", human: "chat.state_human" }[state];
  line.hidden = !key;
  line.textContent = key ? text(key) : "";
  listen();
}

// --- messages that others write: server-sent events, else asking now and then
function listen() {
  const wanted = conversation && (state === "waiting" || state === "human");
  clearTimeout(timer);
  if (!wanted) {
    live?.close();
    live = null;
    return;
  }
  if (live) return;
  if ("EventSource" in window) {
    live = new EventSource(here(`/events?after=${cursor}`));
    live.addEventListener("news", (event) => take(JSON.parse(event.data)));
    live.addEventListener("error", () => {
      if (live?.readyState === EventSource.CLOSED) {
        live = null;
        poll();
      }
    });
  } else {
    poll();
  }
}

function poll() {
  timer = setTimeout(async () => {
    try {
      await refresh();
    } catch { /* the line is gone: ask again later */ }
    if (!live && (state === "waiting" || state === "human")) poll();
  }, document.hidden ? 30000 : 5000);
}

// Her own words are on the page since she wrote them; only others' are news.
const byOthers = (messages) => messages.filter((message) => message.from !== "parent");

function take(news) {
  for (const message of byOthers(news.messages ?? [])) show(message);
  if (news.cursor) cursor = news.cursor;
  if (news.state && news.state !== state) setState(news.state);
}

async function refresh() {
  const answer = await request("GET", here(`/messages?after=${cursor}`));
  if (answer.status === 401 || answer.status === 410 || answer.status === 404) return forget();
  if (!answer.ok) return false;
  for (const message of byOthers(answer.body.messages)) show(message);
  if (answer.body.cursor) cursor = answer.body.cursor;
  if (answer.body.state) setState(answer.body.state);
  return true;
}

// --- speaking to the server
async function begin(language) {
  const wish = { language: language ?? document.documentElement.lang, audience: "parent" };
  const about = new FormData($("about"));
  if (about.get("municipality")) wish.municipality = about.get("municipality");
  const answer = await request("POST", "/api/conversations", wish);
  if (!answer.ok) return fail(answer);
  conversation = answer.body.conversation;
  $("start").hidden = true;
  const first = log.firstElementChild;
  if (first?.matches(".smalltalk:not([data-id])")) {
    // The greeting stands on the page already, perhaps with a pressed button.
    for (const message of answer.body.messages) seen.add(message.id);
    setState(answer.body.state);
    return true;
  }
  log.replaceChildren();
  await settle(answer.body, { quiet: true });
  log.append(...outbox.flatMap(({ item }) => item ?? []));
  return true;
}

async function fail(answer) {
  const problem = answer.body ?? {};
  if ((problem.messages ?? []).length) for (const message of problem.messages) show({ ...message, id: undefined });
  else show({ from: "bot", kind: "notice", text: [problem.title, problem.detail].filter(Boolean).join("\n\n"), language: problem.language, choices: [], numbers: [] });
  return false;
}

// Sends what waits, one after the other. What fails stays first, so that nothing overtakes it.
async function deliver() {
  if (sending) return;
  sending = true;
  while (outbox.length) {
    const failed = await attempt(outbox[0]).catch(() => "chat.offline");
    if (failed) {
      outbox.forEach(({ item }, place) => item && mark(item, place ? "chat.not_sent" : failed, !place));
      break;
    }
    outbox.shift();
    remember();
  }
  sending = false;
}

// One attempt; answers with the text that says why it must be tried again, if it must.
async function attempt({ item, said }) {
  if (item) mark(item, "chat.sending");
  if (!conversation && !(await begin())) return "chat.not_sent";
  const answer = await request("POST", here("/messages"), said);
  if (answer.ok) {
    item?.querySelector(".status")?.remove();
    await settle(answer.body);
    return null;
  }
  if (answer.status === 401 || answer.status === 410) {
    forget();
    return "chat.not_sent";
  }
  await fail(answer);
  if (answer.status >= 500 || answer.status === 429) return answer.body?.type?.endsWith("/service_down") ? "chat.kept" : "chat.not_sent";
  if (item) mark(item, "chat.not_sent", false);
  box.value ||= said.text ?? "";
  return null;
}

// The line under her own message: on its way, or not sent, with the button that tries again.
function mark(item, key, again) {
  const status = item.querySelector(".status") ?? item.appendChild(element("p", { class: "status", role: "status" }));
  status.classList.toggle("failed", again !== undefined);
  status.replaceChildren(text(key));
  if (!again) return;
  const button = element("button", { type: "button", class: "plain" }, text("choice.again"));
  button.addEventListener("click", () => {
    box.focus();
    deliver();
  });
  status.append(" ", button);
}

function send(said, words, language) {
  const mine = { from: "parent", kind: "said", text: words, language: language || document.documentElement.lang, direction: directionOf(words ?? "") };
  const item = words ? log.appendChild(bubble(mine, act)) : null;
  item?.scrollIntoView({ block: "end" });
  outbox.push({ item, said });
  remember();
  deliver();
}

const say = (words) => send({ id: newId(), text: words }, words);
const press = (choice, language) => send({ id: newId(), choice: choice.payload }, choice.title, language);

// What was typed but not yet taken by the server survives a reload; it leaves the device with the tab.
function remember() {
  const kept = { draft: box.value, said: outbox.map(({ said }) => said).filter((said) => said.text) };
  try {
    if (kept.draft || kept.said.length) sessionStorage.setItem(PENDING, JSON.stringify(kept));
    else sessionStorage.removeItem(PENDING);
  } catch { /* storage refused: nothing to keep it in */ }
}

function recall() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(PENDING));
  } catch { /* nothing readable was kept */ }
  if (!kept) return;
  box.value ||= kept.draft;
  for (const said of kept.said) {
    // It may have been stored although its answer was lost: then it stands on the page already.
    const last = [...log.querySelectorAll(".message.parent")].at(-1);
    if (last?.querySelector(".text").textContent === said.text && !last.querySelector(".status")) {
      outbox.push({ item: last, said });
      deliver();
    } else send(said, said.text);
  }
}

function forget() {
  conversation = null;
  cursor = 0;
  seen.clear();
  setState("bot");
  return false;
}

const act = {
  choose(choice, button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    for (const other of button.parentElement.children) other.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-pressed", "true");
    box.focus({ preventScroll: true });
    press(choice, button.lang);
  },
  async vote(message, useful) {
    try {
      return (await request("POST", here("/feedback"), { message: message.id, useful })).ok;
    } catch {
      return false;
    }
  },
  voice: (language) => speechSynthesis.getVoices().find((voice) => voice.lang.toLowerCase().startsWith(language === "nb" ? "no" : language) || voice.lang.toLowerCase().startsWith(language)),
  speak(message, button) {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      button.textContent = text("chat.read_aloud");
      return;
    }
    const speech = new SpeechSynthesisUtterance(message.text);
    speech.lang = message.language;
    speech.voice = act.voice(message.language);
    speech.onend = () => (button.textContent = text("chat.read_aloud"));
    button.textContent = text("chat.stop_reading");
    speechSynthesis.speak(speech);
  },
};

// --- the page's own controls
$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = box.value.trim();
  if (!words) return box.focus();
  box.value = "";
  box.focus();
  return say(words);
});
box.addEventListener("input", remember);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});
async function chooseLanguage(code) {
  await speakLanguage(code);
  if (!conversation) {
    const answer = await fetch(`/?language=${encodeURIComponent(code)}`, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const greeting = await answer.json();
      log.replaceChildren(...greeting.messages.map((message) => bubble(message, act)));
    }
    return;
  }
  send({ id: newId(), choice: `language:${code}` });
}
$("language").addEventListener("change", (event) => chooseLanguage(event.target.value));
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    chooseLanguage(button.dataset.language);
  });
}
$("person").addEventListener("click", (event) => {
  event.preventDefault();
  box.focus();
  press({ payload: "human", title: text("chat.person") });
});
$("print").addEventListener("click", () => window.print());
$("about").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const age = form.get("child_age");
  const wish = { municipality: form.get("municipality") || null, situation: form.get("situation") || null, child_age: age ? Number(age) : null };
  if (!conversation && !(await begin())) return;
  const answer = await request("PATCH", here(), wish).catch(() => null);
  if (answer?.ok) $("about-saved").textContent = text("chat.saved");
  else if (answer) await fail(answer);
});
$("delete").addEventListener("click", (event) => {
  event.preventDefault();
  $("delete-dialog").showModal();
});
$("delete-dialog").addEventListener("close", async () => {
  if ($("delete-dialog").returnValue !== "delete") return;
  if (conversation) {
    const answer = await request("DELETE", here()).catch(() => null);
    if (!answer?.ok && answer?.status !== 401 && answer?.status !== 410) {
      if (answer) await fail(answer);
      return;
    }
  }
  outbox.length = 0;
  box.value = "";
  remember();
  forget();
  log.replaceChildren();
  show({ from: "bot", kind: "notice", text: text("chat.deleted"), language: document.documentElement.lang, direction: document.documentElement.dir, choices: [], numbers: [] });
  $("start").hidden = false;
  box.focus();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && conversation && (state === "waiting" || state === "human")) refresh().catch(() => {});
});

function wake() {
  document.documentElement.classList.add("scripted");
  for (const node of document.querySelectorAll("[data-script]")) node.hidden = false;
  const greeting = JSON.parse($("messages").textContent);
  log.replaceChildren(...greeting.map((message) => bubble(message, act)));
  for (const message of greeting) if (message.id) seen.add(message.id);
  if (conversation) log.lastElementChild?.scrollIntoView({ block: "end" });
  setState(state);
  recall();
}
wake();
