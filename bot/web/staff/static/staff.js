// The staff pages work without this file; it only adds the button that prints.
const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// After a question the answer is what the reader waits for.
document.getElementById("answer")?.focus();
