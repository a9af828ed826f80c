// A list that changes without reloading: the same address is fetched and its parts put in place.
// The server does all the work; without this file the form and the links do the same.
"use strict";

(() => {
  const list = document.querySelector("[data-live]");
  const form = list.querySelector("form");
  const filters = list.querySelector("details.filters");
  const wide = matchMedia("(min-width: 60rem)");
  const TYPING_PAUSE = 250;
  let asked = new AbortController();
  let timer = 0;
  // What was typed in one go is one step back.
  let typing = false;

  function addressOfForm() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value.trim()) query.append(name, value);
    }
    return form.getAttribute("action") + (query.size ? `?${query}` : "");
  }

  // Where the keyboard was, so that it is there again in what replaces it.
  function whereFocusWas() {
    const at = document.activeElement;
    if (!at || !at.closest("[data-part]")) return null;
    if (at.matches("input")) return `input[name="${CSS.escape(at.name)}"][value="${CSS.escape(at.value)}"]`;
    if (at.matches("[data-facet] > summary")) return `[data-facet="${at.parentElement.dataset.facet}"] > summary`;
    return "#results-title";
  }

  function putInPlace(page, inputToo) {
    const focus = whereFocusWas();
    const open = [...list.querySelectorAll("[data-facet][open]")].map((one) => one.dataset.facet);
    const scrolled = new Map([...list.querySelectorAll("[data-facet]")].map((one) => [one.dataset.facet, one.querySelector("fieldset").scrollTop]));
    for (const part of list.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
    }
    for (const facet of list.querySelectorAll("[data-facet]")) {
      if (open.includes(facet.dataset.facet)) facet.open = true;
      facet.querySelector("fieldset").scrollTop = scrolled.get(facet.dataset.facet) || 0;
    }
    const text = form.elements.q;
    if (text && inputToo) text.value = page.querySelector("#q").value;
    Object.assign(list.dataset, page.querySelector("[data-live]").dataset);
    document.title = page.title;
    for (const link of document.querySelectorAll("head link[rel=alternate]")) link.remove();
    document.head.append(...page.querySelectorAll("head link[rel=alternate]"));
    if (focus) (list.querySelector(focus) || list.querySelector("#results-title")).focus({ preventScroll: true });
  }

  // `step`: “push” for a new step of the history, “replace” for the same one, empty for going through it.
  async function show(address, { step, inputToo }) {
    clearTimeout(timer);
    asked.abort();
    const mine = asked = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(text, "text/html");
      if (step) history[`${step}State`](null, "", address);
      putInPlace(page, inputToo);
    } catch (error) {
      // A later question has taken the place of this one; anything else the browser shows as it would have.
      if (error.name !== "AbortError") location.assign(address);
    } finally {
      if (mine === asked) list.removeAttribute("aria-busy");
    }
  }

  function follow() {
    const step = typing ? "replace" : "push";
    const address = addressOfForm();
    if (address !== location.pathname + location.search) show(address, { step });
  }

  form.addEventListener("input", (event) => {
    if (event.target.type !== "search") return;
    clearTimeout(timer);
    timer = setTimeout(() => { follow(); typing = true; }, TYPING_PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target.type === "search") typing = false;
    else { typing = false; follow(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    typing = false;
    if (!wide.matches) filters.open = false;
    show(addressOfForm(), { step: "push", inputToo: true }).then(() => {
      list.querySelector("#results-title").focus({ preventScroll: wide.matches });
    });
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("#results a[href]");
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.pathname !== location.pathname || link.hasAttribute("download")) return;
    event.preventDefault();
    typing = false;
    const turns = Boolean(link.closest(".pages"));
    show(link.href, { step: "push", inputToo: true }).then(() => {
      if (!turns) return;
      list.querySelector("#results-title").focus({ preventScroll: true });
      list.querySelector("#results").scrollIntoView({ block: "start" });
    });
  });
  addEventListener("popstate", () => {
    // A jump within the page is none of ours.
    if (!location.hash) show(location.href, { inputToo: true });
  });
})();
