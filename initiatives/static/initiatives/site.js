// Small conveniences; the site works without them.
"use strict";

(() => {
  const OFF = "search-shortcut-off";
  const shortcut = {
    get off() { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } },
    set off(value) { try { localStorage.setItem(OFF, value ? "1" : "0"); } catch { /* Not kept, then. */ } },
  };
  document.documentElement.classList.add("has-script");

  // “/” goes to the search; a single key must be possible to turn off (WCAG 2.1.4).
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || shortcut.off) return;
    const focused = document.activeElement;
    if (focused && (focused.isContentEditable || focused.matches("input:not([type=checkbox], [type=radio]), textarea, select"))) return;
    const field = document.querySelector("main input[type=search]") || document.querySelector("input[type=search]");
    if (!field) return;
    event.preventDefault();
    const closed = field.closest("details:not([open])");
    if (closed) closed.open = true;
    field.focus();
    field.select();
  });

  const button = document.querySelector("[data-shortcut]");
  if (button) {
    const showState = () => { button.textContent = shortcut.off ? button.dataset.on : button.dataset.shortcut; };
    button.addEventListener("click", () => { shortcut.off = !shortcut.off; showState(); });
    showState();
  }

  // Copy the address of the page, or the text of the element that the button names.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const message = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(source ? source.textContent.trim() : location.href);
      message.textContent = button.dataset.done;
    } catch {
      message.textContent = button.dataset.failed;
    }
  });
})();
