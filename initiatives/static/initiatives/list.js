// A list that changes without reloading: the same address is fetched and its parts put in place.
// The server does all the work; without this file the form and the links do the same.
"use strict";

(() => {
  const list = document.querySelector("[data-live]");
  const form = list.querySelector("form");
  const filters = list.querySelector("details.filters");
  const wide = matchMedia("(min-width: 60rem)");
  const TYPING_PAUSE = 250;
  let controller = new AbortController();
  let timer = 0;
  // What was typed in one go is one step back.
  let isTyping = false;

  function formAddress() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) query.append(name, value);
    }
    return form.getAttribute("action") + (query.size ? `?${query}` : "");
  }

  // Where the keyboard was, so that it is there again in what replaces it.
  function focusSelector() {
    const focused = document.activeElement;
    if (!focused || !focused.closest("[data-part]")) return null;
    if (focused.matches("input")) return `input[name="${CSS.escape(focused.name)}"][value="${CSS.escape(focused.value)}"]`;
    if (focused.matches("[data-facet] > summary")) return `[data-facet="${focused.parentElement.dataset.facet}"] > summary`;
    return "#results-title";
  }

  function replaceParts(page, withInput) {
    const focus = focusSelector();
    const open = [...list.querySelectorAll("[data-facet][open]")].map((facet) => facet.dataset.facet);
    const scrolled = new Map([...list.querySelectorAll("[data-facet]")].map((facet) => [facet.dataset.facet, facet.querySelector("fieldset").scrollTop]));
    for (const part of list.querySelectorAll("[data-part]")) {
      const replacement = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (replacement.innerHTML !== part.innerHTML) part.replaceChildren(...replacement.childNodes);
    }
    for (const facet of list.querySelectorAll("[data-facet]")) {
      if (open.includes(facet.dataset.facet)) facet.open = true;
      facet.querySelector("fieldset").scrollTop = scrolled.get(facet.dataset.facet) || 0;
    }
    const text = form.elements.q;
    if (text && withInput) text.value = page.querySelector("#q").value;
    Object.assign(list.dataset, page.querySelector("[data-live]").dataset);
    document.title = page.title;
    document.querySelector("h1").replaceWith(page.querySelector("h1"));
    for (const link of document.querySelectorAll("head link[rel=alternate]")) link.remove();
    document.head.append(...page.querySelectorAll("head link[rel=alternate]"));
    if (focus) (list.querySelector(focus) || list.querySelector("#results-title")).focus({ preventScroll: true });
  }

  // `step`: “push” for a new step of the history, “replace” for the same one, empty for going through it.
  async function show(address, { step, withInput }) {
    clearTimeout(timer);
    controller.abort();
    const own = controller = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const response = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
      const text = await response.text();
      if (!response.ok) throw new Error(String(response.status));
      const page = new DOMParser().parseFromString(text, "text/html");
      if (step) history[`${step}State`](null, "", address);
      replaceParts(page, withInput);
    } catch (error) {
      // A later question has taken the place of this one; anything else the browser shows as it would have.
      if (error.name !== "AbortError") location.assign(address);
    } finally {
      if (own === controller) list.removeAttribute("aria-busy");
    }
  }

  function showFiltered() {
    const step = isTyping ? "replace" : "push";
    if (!form.reportValidity()) return;
    const address = formAddress();
    if (address !== location.pathname + location.search) show(address, { step });
  }

  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(timer);
    timer = setTimeout(() => { showFiltered(); isTyping = true; }, TYPING_PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "search") isTyping = false;
    else { isTyping = false; showFiltered(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    isTyping = false;
    if (!wide.matches) filters.open = false;
    show(formAddress(), { step: "push", withInput: true }).then(() => {
      list.querySelector("#results-title").focus({ preventScroll: wide.matches });
    });
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("#results a[href]");
    const isPlainClick = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlainClick || link.pathname !== location.pathname || link.hasAttribute("download")) return;
    event.preventDefault();
    isTyping = false;
    const isPagination = Boolean(link.closest(".pagination"));
    show(link.href, { step: "push", withInput: true }).then(() => {
      if (!isPagination) return;
      list.querySelector("#results-title").focus({ preventScroll: true });
      list.querySelector("#results").scrollIntoView({ block: "start" });
    });
  });
  addEventListener("popstate", () => {
    // A jump within the page is none of ours.
    if (!location.hash) show(location.href, { withInput: true });
  });
})();
