// Keeps what is typed into a form of the desk in this tab until it is saved, and offers it when the form is opened anew.
"use strict";
{
  const WAIT = 400;
  const PREFIX = "typed:";
  const own = ([name, value]) => typeof value === "string" && !name.startsWith("_") && name !== "csrfmiddlewaretoken";
  // Empty boxes differ between a page and what comes back from it; what stands in them does not.
  const said = (entries) => JSON.stringify(entries.filter(([, value]) => value !== "").map(([n, v]) => [n, v.replaceAll("\r\n", "\n")]));

  const forgetSaved = () => {
    if (!document.querySelector(".messagelist .success")) return;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && JSON.parse(sessionStorage[key]).sent) sessionStorage.removeItem(key);
    }
  };

  const restore = (form, kept) => {
    const again = document.createElement("form");
    again.method = "post";
    again.action = form.action || location.href;
    const token = new FormData(form);
    const marks = ["csrfmiddlewaretoken", "_typed", "_popup", "_to_field"].filter((name) => token.has(name));
    const boxes = [...kept.entries, ...marks.map((name) => [name, token.get(name)]), ["_restore", "1"]];
    if (kept.version) boxes.push(["_version", kept.version]);
    for (const [name, value] of boxes) {
      const box = document.createElement("textarea");
      box.name = name;
      box.value = value;
      again.append(box);
    }
    again.hidden = true;
    document.body.append(again);
    again.submit();
  };

  const start = () => {
    forgetSaved();
    const mark = document.querySelector("form input[name=_typed][data-of]");
    const form = mark?.closest("form");
    const offer = form?.querySelector(".typed-offer");
    if (!offer) return;
    const key = `${PREFIX}${mark.dataset.of}:${location.pathname}`;
    const entries = () => [...new FormData(form)].filter(own);
    const first = said(entries());
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    // A form that was sent back holds what was typed already.
    const isSentBack = form.querySelector(".errornote, .errorlist, .conflict") !== null;
    if (kept && !isSentBack && said(kept.entries) !== first) {
      offer.hidden = false;
      offer.querySelector("[data-typed=restore]").addEventListener("click", () => restore(form, kept));
      offer.querySelector("[data-typed=drop]").addEventListener("click", () => {
        sessionStorage.removeItem(key);
        offer.hidden = true;
      });
    }

    const keep = (sent) => {
      const now = entries();
      if (said(now) === first && !isSentBack) return;
      const version = form.querySelector("input[name=_version]")?.value;
      try {
        sessionStorage.setItem(key, JSON.stringify({ entries: now, version, sent }));
      } catch {
        // No room left in the tab: what the server keeps has to do.
      }
    };
    let timer;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(keep, WAIT, false);
    };
    form.addEventListener("input", later);
    // The pickers tell of a choice through jQuery only.
    django.jQuery(form).on("change", later);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      keep(true);
    });
  };
  window.addEventListener("load", start);
}
