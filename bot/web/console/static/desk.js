// Around a case: who else is here, the draft that is kept while one writes, and mentions. The console works without it.
const presence = document.getElementById("presence");
const badge = document.getElementById("mentions-badge");
const form = document.getElementById("reply-form");
const box = document.getElementById("reply");
const draftUrl = form?.action.replace(/\/reply$/, "/draft");

const post = (url, fields) =>
  fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" }, cache: "no-store" });

// -- mentions

function countMentions(number) {
  if (!badge) return;
  const before = Number(badge.textContent);
  badge.textContent = String(number);
  badge.hidden = !number;
  if (number <= before) return;
  document.getElementById("announcer").textContent = badge.dataset.desk;
  document.dispatchEvent(new CustomEvent("mention", { detail: number }));
  let wanted = false;
  try { wanted = localStorage.getItem("brobygger.notify") === "1"; } catch { /* private window */ }
  if (wanted && "Notification" in window && Notification.permission === "granted") {
    new Notification("Brobygger", { body: badge.dataset.desk, tag: "mention" });
  }
}

for (const button of document.querySelectorAll("[data-mention]")) {
  button.addEventListener("click", () => {
    const note = document.getElementById("note");
    const before = note.value.slice(0, note.selectionStart);
    const space = before && !/\s$/.test(before) ? " " : "";
    note.setRangeText(`${space}${button.dataset.mention} `, note.selectionStart, note.selectionEnd, "end");
    note.focus();
  });
}

// -- who looks and who writes: status only

let typedAt = 0;
let toldWriting = false;
async function look() {
  if (document.hidden) return;
  try {
    if (presence) {
      toldWriting = Date.now() - typedAt < 8000;
      const answer = await post(presence.dataset.look, { writing: toldWriting ? "1" : "0" });
      if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) return;
      const news = await answer.json();
      const words = news.others.join(" ");
      if (presence.textContent.trim() !== words) presence.textContent = words;
      countMentions(news.unread);
    } else if (badge) {
      const answer = await fetch("/console/mentions/unread", { cache: "no-store" });
      if (answer.ok && answer.headers.get("content-type")?.includes("json")) countMentions((await answer.json()).unread);
    }
  } catch { /* console.js says that there is no connection */ }
}
if (badge) {
  look();
  setInterval(look, presence ? 5000 : 15000);
  document.addEventListener("visibilitychange", look);
}
if (presence) {
  window.addEventListener("pagehide", () => navigator.sendBeacon(presence.dataset.look, new URLSearchParams({ leaving: "1" })));
}

// -- the draft of the reply

if (form && box && draftUrl && !document.getElementById("send").disabled) {
  const status = document.getElementById("draft-status");
  const fields = () => ({ id: form.elements.id.value, language: form.elements.language.value, text: box.value });
  let timer = 0;
  let kept = box.value;

  async function keep() {
    timer = 0;
    if (box.value === kept) return;
    const sent = fields();
    try {
      const answer = await post(draftUrl, sent);
      if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) return;
      kept = sent.text;
      status.textContent = (await answer.json()).said;
    } catch { /* the text stays in the box, and the next key tries again */ }
  }
  const flush = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    navigator.sendBeacon(draftUrl, new URLSearchParams(fields()));
  };

  box.addEventListener("input", () => {
    typedAt = Date.now();
    if (!toldWriting) { toldWriting = true; look(); }
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
  // What is being sent is no draft any more; the server refuses a late one by its id.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    timer = 0;
    typedAt = 0;
    kept = "";
    status.textContent = "";
  });
  window.addEventListener("pagehide", flush);
  document.addEventListener("submit", (event) => { if (event.target !== form) flush(); }, true);
}
