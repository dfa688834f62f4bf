// Tells of new cases and messages in words, and by sound and on the desktop where somebody asked for that. What is told
// is a case number; danger sounds different and says so. Several open pages tell a thing once.
const body = document.body;
const TOLD = "brobygger.told";
const OVERLAP = 5000; // milliseconds: a case whose storing took longer than that of a later one is still new

export const kept = (name) => { try { return localStorage.getItem(name) === "1"; } catch { return false; } };
export const keep = (name, on) => { try { localStorage.setItem(name, on ? "1" : "0"); } catch { /* private window */ } };
export const said = (words, values) => words.replace(/%\{(\w+)\}/g, (_, name) => values[name] ?? "");

let audio = null;
// Two even tones; for danger five, higher and falling.
export function sound(danger = false) {
  audio ??= new AudioContext();
  body.dataset.sounded = danger ? "danger" : "usual";
  const tones = danger ? [988, 784, 988, 784, 988] : [660, 660];
  tones.forEach((height, place) => {
    const start = audio.currentTime + place * 0.25;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = height;
    volume.gain.value = danger ? 0.25 : 0.15;
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + (danger ? 0.2 : 0.15));
  });
}

// Whether this page is the first to tell it: pages of one browser share the list.
function isFirst(key) {
  try {
    const told = JSON.parse(localStorage.getItem(TOLD) ?? "[]");
    if (told.includes(key)) return false;
    localStorage.setItem(TOLD, JSON.stringify([...told, key].slice(-50)));
  } catch { /* private window */ }
  return true;
}

export function alertAbout(words, { danger = false, key = "" } = {}) {
  const place = document.getElementById(danger ? "alarm" : "announcer") ?? document.getElementById("announcer");
  place.textContent = words;
  if (danger) place.dataset.case = key.split(":")[0];
  if (key && !isFirst(key)) return;
  if (kept("brobygger.sound")) sound(danger);
  if (kept("brobygger.notify") && "Notification" in window && Notification.permission === "granted") {
    new Notification("Brobygger", { body: words, tag: words, requireInteraction: danger });
  }
}

let known = new Map(JSON.parse(body.dataset.newest || "[]").map((one) => [one.case, one]));
let mark = Math.max(0, ...[...known.values()].map((one) => one.at));

// The latest cases that wait: those that were not there before are told, danger last, so that it is what stays.
export function hearOf(newest) {
  const fresh = newest.filter((one) => {
    const before = known.get(one.case);
    if (before) return one.at > before.at || (one.urgency === "U0" && before.urgency !== "U0");
    return one.at > mark - OVERLAP;
  });
  for (const one of fresh.sort((a, b) => (a.urgency === "U0") - (b.urgency === "U0"))) {
    const danger = one.urgency === "U0";
    const words = danger ? body.dataset.alertDanger : body.dataset.alertNew;
    alertAbout(said(words, { case: one.case }), { danger, key: `${one.case}:${one.at}:${one.urgency}` });
  }
  const alarm = document.getElementById("alarm");
  if (alarm?.dataset.case && !newest.some((one) => one.case === alarm.dataset.case)) {
    alarm.textContent = "";
    delete alarm.dataset.case;
  }
  known = new Map(newest.map((one) => [one.case, one]));
  mark = Math.max(mark, ...newest.map((one) => one.at));
}

// Cases that she had put off and that are back. The server lets one page tell each, once: whichever is open first.
export async function hearOfWoken(woken) {
  for (const one of woken ?? []) {
    try {
      const answer = await fetch(`/console/cases/${one.case}/woken`, { method: "POST" });
      if (answer.ok && (await answer.json()).tells) alertAbout(said(body.dataset.alertWoken, { case: one.case }));
    } catch { /* the next look asks again */ }
  }
}
