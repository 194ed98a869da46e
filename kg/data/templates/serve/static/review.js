"use strict";
// One letter answers, as in the terminal: s same, d different, u unsure, n next, p previous, z take back, w a reason.
(() => {
  const form = document.getElementById("answer");
  const reason = form.elements.namedItem("why");
  let sent = false;
  form.addEventListener("submit", (event) => {
    // A second press of a key must not answer the next pair as well.
    if (sent) event.preventDefault();
    sent = true;
  });
  // Enter in the reason would press the first button: say with Tab and a button, or leave the field with Escape.
  if (reason) reason.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "Escape" || event.key === "Enter") reason.blur();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.target.closest("input, select, textarea")) return;
    const wanted = document.querySelector(`main [aria-keyshortcuts="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    if (wanted === reason) reason.focus();
    else wanted.click();
  });
  form.dataset.ready = "1";
  addEventListener("pageshow", () => { sent = false; });
})();
