// Names that begin as one types, below each search box of the site: a combobox (ARIA Authoring Practices, “editable
// combobox with list autocomplete”). Without this file the form leads to the page of results.
"use strict";

(() => {
  const PAUSE = 150;
  // A letter of a script without spaces, or of Korean, is as much as a word of others.
  const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

  const isEnough = (text) => [...text].length > 1 || UNSPACED.test(text);

  function combobox(input) {
    const address = input.dataset.suggestions;
    const list = document.createElement("ul");
    const message = document.createElement("div");
    let controller = new AbortController();
    let timer = 0;
    let isComposing = false;
    let shown = "";

    list.id = `${input.id}-suggestions`;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.label);
    list.hidden = true;
    message.className = "visually-hidden";
    message.setAttribute("aria-live", "polite");
    input.parentElement.append(list, message);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    const options = () => [...list.children];
    const active = () => list.querySelector("[aria-selected=true]");

    function select(option) {
      active()?.setAttribute("aria-selected", "false");
      if (option) {
        option.setAttribute("aria-selected", "true");
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    }

    function close() {
      clearTimeout(timer);
      controller.abort();
      select(null);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function open() {
      list.hidden = !list.children.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    }

    function show(text, suggestions) {
      select(null);
      list.replaceChildren(...suggestions.map((suggestion, number) => {
        const option = document.createElement("li");
        const name = document.createElement("span");
        const about = document.createElement("small");
        option.id = `${list.id}-${number}`;
        option.dataset.address = suggestion.address;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        name.dir = about.dir = "auto";
        name.textContent = suggestion.name;
        about.textContent = [suggestion.also_called, suggestion.kind_label].filter(Boolean).join(" · ");
        option.append(name, " ", about);
        return option;
      }));
      shown = text;
      message.textContent = suggestions.length ? `${input.dataset.label}: ${suggestions.length}` : input.dataset.none;
      open();
    }

    async function ask() {
      const text = input.value.trim();
      controller.abort();
      const own = controller = new AbortController();
      try {
        const response = await fetch(`${address}?${new URLSearchParams({ q: text })}`, { signal: own.signal });
        if (!response.ok) throw new Error(String(response.status));
        const { suggestions } = await response.json();
        if (own === controller && !own.signal.aborted && document.activeElement === input) show(text, suggestions);
      } catch (error) {
        // A later question has taken the place of this one; whatever else went wrong, the form still works.
        if (error.name !== "AbortError") close();
      }
    }

    function typed() {
      clearTimeout(timer);
      controller.abort();
      if (isEnough(input.value.trim())) {
        timer = setTimeout(ask, PAUSE);
      } else {
        list.replaceChildren();
        message.textContent = "";
        close();
      }
    }

    function move(step) {
      const all = options();
      if (list.hidden && shown === input.value.trim()) open();
      if (list.hidden) return typed();
      // Before the first and after the last one is the box itself.
      const at = all.indexOf(active()) + step;
      select(at === -2 ? all.at(-1) : all[at]);
    }

    function follow(option, inNewTab) {
      close();
      if (inNewTab) window.open(option.dataset.address, "_blank", "noopener");
      else location.assign(option.dataset.address);
    }

    input.addEventListener("compositionstart", () => { isComposing = true; clearTimeout(timer); });
    input.addEventListener("compositionend", () => { isComposing = false; typed(); });
    input.addEventListener("input", (event) => { if (!isComposing && !event.isComposing) typed(); });
    input.addEventListener("blur", close);
    input.form.addEventListener("submit", close);
    input.addEventListener("keydown", (event) => {
      // What is being composed has its own use for these keys.
      if (isComposing || event.isComposing || event.ctrlKey || event.metaKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (event.altKey) {
          if (event.key === "ArrowUp") close(); else open();
        } else {
          move(event.key === "ArrowDown" ? 1 : -1);
        }
      } else if (event.key === "Enter" && active()) {
        event.preventDefault();
        follow(active(), false);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      }
    });
    // The box keeps the focus.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) follow(option, event.ctrlKey || event.metaKey);
    });
  }

  document.querySelectorAll("input[data-suggestions]").forEach(combobox);
})();
