// Small conveniences; the site works without them.
"use strict";

(() => {
  const OFF = "search-shortcut-off";
  const stored = {
    get off() { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } },
    set off(value) { try { localStorage.setItem(OFF, value ? "1" : "0"); } catch { /* Not kept, then. */ } },
  };
  document.documentElement.classList.add("with-script");

  // “/” goes to the search; a single key must be possible to turn off (WCAG 2.1.4).
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || stored.off) return;
    const at = document.activeElement;
    if (at && (at.isContentEditable || at.matches("input:not([type=checkbox], [type=radio]), textarea, select"))) return;
    const field = document.querySelector("input[type=search]");
    if (!field) return;
    event.preventDefault();
    const closed = field.closest("details:not([open])");
    if (closed) closed.open = true;
    field.focus();
    field.select();
  });

  const turn = document.querySelector("[data-shortcut]");
  if (turn) {
    const say = () => { turn.textContent = stored.off ? turn.dataset.on : turn.dataset.shortcut; };
    turn.addEventListener("click", () => { stored.off = !stored.off; say(); });
    say();
  }

  // Copy the address of the page, or the text of the element that the button names.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const named = document.getElementById(button.dataset.copy);
    const said = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(named ? named.textContent.trim() : location.href);
      said.textContent = button.dataset.done || "Copied.";
    } catch {
      said.textContent = named ? "Not copied: mark the text and copy it." : "Not copied: take it from the address bar.";
    }
  });
})();
