// Leaves at once: the link at the top, or Escape twice. First nothing is to be seen, then the page is replaced.
const link = document.getElementById("leave");
const PAUSE = 1500; // milliseconds between the two presses
let pressed = -Infinity; // when Escape was pressed last; a first press never leaves

export function leave() {
  document.title = "";
  document.body.replaceChildren();
  try {
    sessionStorage.clear();
  } catch { /* storage refused: nothing is kept */ }
  location.replace(link.href); // the entry in the history is this one, so that "back" does not lead here
}

link.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat || event.isComposing || document.querySelector("dialog[open]")) return;
  const now = performance.now();
  if (now - pressed < PAUSE) leave();
  pressed = now;
});
