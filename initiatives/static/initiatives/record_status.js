// Shows what a status will change while it is typed; without this, a button does the same.
"use strict";
{
  const WAIT = 400;

  const start = () => {
    const panel = document.getElementById("preview");
    const form = panel?.closest("form");
    if (!form) return;
    let timer, controller;

    const refresh = async () => {
      controller?.abort();
      controller = new AbortController();
      const data = new FormData(form);
      data.set("_preview", "1");
      try {
        const response = await fetch(form.action || location.href, {
          method: "POST",
          body: data,
          signal: controller.signal,
        });
        // Signed out or without the right: the form itself will say so when it is sent.
        if (!response.ok || response.redirected) return;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const replacement = page.getElementById("preview");
        if (replacement) panel.replaceChildren(...replacement.childNodes);
      } catch (error) {
        if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
      }
    };

    // The pickers tell of a choice through jQuery only.
    django.jQuery(form).on("change", () => {
      clearTimeout(timer);
      timer = setTimeout(refresh, WAIT);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      controller?.abort();
    });
  };
  window.addEventListener("load", start);
}
