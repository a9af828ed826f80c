// Shows what a status will change while it is typed; without this, a button does the same.
"use strict";
{
  const WAIT = 400;

  const start = () => {
    const panel = document.getElementById("outlook");
    const form = panel?.closest("form");
    if (!form) return;
    let timer, asking;

    const ask = async () => {
      asking?.abort();
      asking = new AbortController();
      const data = new FormData(form);
      data.set("_preview", "1");
      try {
        const answer = await fetch(form.action || location.href, {
          method: "POST",
          body: data,
          signal: asking.signal,
        });
        // Signed out or without the right: the form itself will say so when it is sent.
        if (!answer.ok || answer.redirected) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("outlook");
        if (found) panel.replaceChildren(...found.childNodes);
      } catch (error) {
        if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
      }
    };

    // The pickers tell of a choice through jQuery only.
    django.jQuery(form).on("change", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      asking?.abort();
    });
  };
  window.addEventListener("load", start);
}
