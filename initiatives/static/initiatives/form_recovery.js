// Keeps what is typed into a form of the desk in this tab until it is saved, and offers it when the form is opened anew.
"use strict";
{
  const WAIT = 400;
  const PREFIX = "typed:";
  const isField = ([name, value]) => typeof value === "string" && !name.startsWith("_") && name !== "csrfmiddlewaretoken";
  // Empty fields differ between a page and what comes back from it; what stands in them does not.
  const serialize = (entries) => JSON.stringify(entries.filter(([, value]) => value !== "").map(([n, v]) => [n, v.replaceAll("\r\n", "\n")]));

  const forgetSaved = () => {
    if (!document.querySelector(".messagelist .success")) return;
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && JSON.parse(sessionStorage[key]).sent) sessionStorage.removeItem(key);
    }
  };

  const restore = (form, saved) => {
    const copy = document.createElement("form");
    copy.method = "post";
    copy.action = form.action || location.href;
    const token = new FormData(form);
    const hidden = ["csrfmiddlewaretoken", "_typed", "_popup", "_to_field"].filter((name) => token.has(name));
    const fields = [...saved.entries, ...hidden.map((name) => [name, token.get(name)]), ["_restore", "1"]];
    if (saved.version) fields.push(["_version", saved.version]);
    for (const [name, value] of fields) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      copy.append(field);
    }
    copy.hidden = true;
    document.body.append(copy);
    copy.submit();
  };

  const start = () => {
    forgetSaved();
    const mark = document.querySelector("form input[name=_typed][data-of]");
    const form = mark?.closest("form");
    const offer = form?.querySelector(".recovery-offer");
    if (!offer) return;
    const key = `${PREFIX}${mark.dataset.of}:${mark.dataset.page}`;
    const entries = () => [...new FormData(form)].filter(isField);
    const first = serialize(entries());
    const saved = JSON.parse(sessionStorage.getItem(key) ?? "null");
    // A form that was sent back holds what was typed already.
    const isSentBack = form.querySelector(".errornote, .errorlist, .conflict") !== null;
    if (saved && !isSentBack && serialize(saved.entries) !== first) {
      offer.hidden = false;
      offer.querySelector("[data-typed=restore]").addEventListener("click", () => restore(form, saved));
      offer.querySelector("[data-typed=drop]").addEventListener("click", () => {
        sessionStorage.removeItem(key);
        offer.hidden = true;
      });
    }

    const save = (sent) => {
      const current = entries();
      if (serialize(current) === first && !isSentBack) return;
      const version = form.querySelector("input[name=_version]")?.value;
      try {
        sessionStorage.setItem(key, JSON.stringify({ entries: current, version, sent }));
      } catch {
        // No room left in the tab: what the server keeps has to do.
      }
    };
    let timer;
    const scheduleSave = () => {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT, false);
    };
    form.addEventListener("input", scheduleSave);
    // The pickers tell of a choice through jQuery only.
    django.jQuery(form).on("change", scheduleSave);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      save(true);
    });
  };
  window.addEventListener("load", start);
}
