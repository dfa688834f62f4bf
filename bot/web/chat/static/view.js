// Turns message objects into elements. Only textContent: nothing that was said ever becomes markup.

export const texts = JSON.parse(document.getElementById("texts").textContent);

export function text(key, values = {}) {
  let out = texts[key] ?? "";
  for (const [name, value] of Object.entries(values)) out = out.replace(`%{${name}}`, value);
  return out;
}

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function paragraphs(source) {
  const box = element("div", { class: "text" });
  for (const block of source.split(/\n\s*\n/)) {
    const lines = block.split("\n");
    let list = null;
    let run = [];
    const flush = () => {
      if (run.length) box.append(element("p", {}, run.join("\n")));
      run = [];
    };
    for (const line of lines) {
      if (line.startsWith("- ")) {
        flush();
        list ??= box.appendChild(element("ul"));
        list.append(element("li", {}, line.slice(2)));
      } else {
        list = null;
        run.push(line);
      }
    }
    flush();
  }
  return box;
}

function day(iso, language) {
  try {
    return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(`${iso}T12:00:00`));
  } catch {
    return iso;
  }
}

function clock(iso, language) {
  try {
    return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(new Date(iso));
  } catch {
    return "";
  }
}

const call = (number) => `tel:${number.replace(/[^+\d]/g, "")}`;

function numbers(list) {
  if (!list.length) return null;
  const items = list.map((n) =>
    element("li", {}, element("a", { href: call(n.number) }, element("span", {}, n.label), element("bdi", { dir: "ltr" }, n.number))),
  );
  return element("ul", { class: "numbers" }, ...items);
}

function sources(list, language) {
  if (!list.length) return null;
  const items = list.map((source) => {
    const label = source.law || source.title; // a section names its statute
    const link = /^https?:\/\//.test(source.url)
      ? element("a", { href: source.url, target: "_blank", rel: "noopener noreferrer", lang: "nb", dir: "ltr" }, label)
      : element("span", { lang: "nb", dir: "ltr" }, label);
    return element("li", {}, link, " ", element("span", {}, `(${text("chat.checked", { date: day(source.checked, language) })})`));
  });
  return element("details", { class: "sources" }, element("summary", {}, text("chat.sources")), element("ul", {}, ...items));
}

function terms(message) {
  if (!(message.terms ?? []).length) return null;
  const items = message.terms.flatMap((t) => [element("dt", { lang: "nb", dir: "ltr" }, t.term), element("dd", {}, t.meaning)]);
  const list = element("dl", { lang: message.language, dir: message.direction }, ...items);
  return element("details", { class: "sources" }, element("summary", {}, text("chat.terms")), list);
}

// As bot.texts.direction_of: the first letter says little, for a message in Arabic often begins with a Norwegian word.
export function directionOf(words) {
  const right = (words.match(/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/g) ?? []).length;
  const left = (words.match(/\p{L}/gu) ?? []).length - right;
  return right && right * 2 >= left ? "rtl" : "ltr";
}

export const speaker = (from) => text({ parent: "chat.from_you", coordinator: "chat.from_coordinator" }[from] ?? "chat.from_bot");

// A whole message. `act` holds what buttons do: choose(payload, button), vote(message, useful), speak(message, button).
export function bubble(message, act) {
  const from = message.from ?? "bot";
  const language = message.language ?? document.documentElement.lang;
  const page = document.documentElement.lang;
  const head = element("p", { class: "who" }, speaker(from));
  if (message.at) head.append(element("time", { datetime: message.at }, clock(message.at, page)));
  const body = paragraphs(message.text ?? "");
  body.lang = language;
  body.dir = message.direction ?? "auto";
  // What stands around the words keeps its language when the page changes to another.
  const item = element("li", { class: `message ${from} ${message.kind ?? ""}`, "data-id": message.id, lang: page, dir: document.documentElement.dir }, head);
  // In danger, and when a child has just been moved, the numbers come before every word.
  const first = ["crisis", "handoff_offer"].includes(message.kind);
  if (first) item.append(...[numbers(message.numbers ?? []), body].filter(Boolean));
  else item.append(...[body, numbers(message.numbers ?? [])].filter(Boolean));
  for (const notice of message.notices ?? []) {
    const words = text(`notice.${notice}`);
    if (words) item.append(element("p", { class: "notice" }, words));
  }
  item.append(...[terms(message), sources(message.sources ?? [], page)].filter(Boolean));
  if ((message.choices ?? []).length) {
    const row = element("div", { class: "choices", role: "group", "aria-label": text("chat.choose") });
    for (const choice of message.choices) {
      const button = element("button", { type: "button", "data-payload": choice.payload }, choice.title);
      const code = choice.payload.startsWith("language:") ? choice.payload.slice(9) : null;
      if (code) button.lang = code;
      button.addEventListener("click", () => act.choose(choice, button));
      row.append(button);
    }
    item.append(row);
  }
  if (message.kind === "answer" && message.id) item.append(tools(message, act));
  return item;
}

function tools(message, act) {
  const row = element("div", { class: "tools" });
  const ask = element("span", {}, text("chat.useful"));
  const yes = element("button", { type: "button" }, text("chat.useful_yes"));
  const no = element("button", { type: "button" }, text("chat.useful_no"));
  for (const [button, useful] of [[yes, true], [no, false]]) {
    button.addEventListener("click", async () => {
      if (await act.vote(message, useful)) {
        yes.remove();
        no.remove();
        ask.textContent = text("chat.useful_thanks");
        ask.tabIndex = -1;
        ask.focus();
      }
    });
  }
  row.append(ask, yes, no);
  if ("speechSynthesis" in window && act.voice(message.language)) {
    const speak = element("button", { type: "button" }, text("chat.read_aloud"));
    speak.addEventListener("click", () => act.speak(message, speak));
    row.append(speak);
  }
  return row;
}

// Interface words after a change of language, without loading the page again.
export async function speakLanguage(code) {
  const answer = await fetch(`/texts/${code}.json`);
  if (!answer.ok) return;
  const fresh = await answer.json();
  for (const key of Object.keys(texts)) delete texts[key];
  Object.assign(texts, fresh.texts);
  document.documentElement.lang = fresh.language;
  document.documentElement.dir = fresh.direction;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text, node.dataset);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute(node.dataset.attribute ?? "aria-label", text(node.dataset.label));
  }
  for (const link of document.querySelectorAll(".emergency a")) {
    const label = fresh.numbers[link.textContent];
    if (label) link.title = label;
    if (label) link.setAttribute("aria-label", `${link.textContent} ${label}`);
  }
  document.getElementById("leave").title = `${text("chat.leave")} (Esc, Esc)`;
  document.title = text("chat.title");
  history.replaceState(null, "", `/?language=${fresh.language}`); // loading the page again keeps the language
  const picker = document.getElementById("language");
  if (picker) picker.value = fresh.language;
}
