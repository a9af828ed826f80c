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

  // Who reads in another language of the site is told so in that language, until they close the line.
  const CLOSED = "language-offer-closed";
  const kept = (value) => {
    try { return value ? localStorage.setItem(CLOSED, value) : localStorage.getItem(CLOSED); } catch { return null; }
  };
  const links = [...document.querySelectorAll("a[data-offer]")];
  const first = (tag) => tag.split("-")[0].toLowerCase();
  const preferred = links.find((link) => first(link.hreflang) === first(navigator.language || ""));
  if (preferred && !preferred.hasAttribute("aria-current") && !kept()) {
    const line = document.createElement("p");
    const offer = document.createElement("a");
    const close = document.createElement("button");
    line.className = "language-offer";
    line.lang = preferred.lang;
    offer.href = preferred.href;
    offer.textContent = preferred.dataset.offer;
    close.type = "button";
    close.className = "link-button";
    close.textContent = preferred.dataset.close;
    close.addEventListener("click", () => { kept("1"); line.remove(); });
    line.append(offer, close);
    document.body.append(line);
  }
})();
