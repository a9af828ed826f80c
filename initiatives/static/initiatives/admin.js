// Names what Django's scripts draw without a name, for whoever listens to a page instead of looking at it.
"use strict";
{
  const labelOf = (select) => document.querySelector(`label[for="${CSS.escape(select.id)}"]`);

  const namePicker = (box) => {
    const select = box.previousElementSibling;
    const label = select?.id && labelOf(select);
    if (!label) return;
    label.id ||= `${select.id}_label`;
    const chosen = box.querySelector(".select2-selection__rendered");
    const list = box.querySelector("ul.select2-selection__rendered");
    // An empty picker has no text of its own to be named by.
    box.querySelector(".select2-selection").setAttribute("aria-labelledby", `${label.id} ${chosen.id}`.trim());
    // What is chosen is a box to read only in a picker of one row, and a list in one of several.
    if (!list) chosen.setAttribute("aria-labelledby", label.id);
    box.querySelector(".select2-search__field")?.setAttribute("aria-labelledby", label.id);
    // Its rows are no list items to a browser: the box to type in is one of them.
    list?.setAttribute("role", "group");
    list?.setAttribute("aria-labelledby", label.id);
    for (const item of list?.children ?? []) item.setAttribute("role", "presentation");
  };

  // What a picker says while it is open: which list it opens, and that "nothing found" is in that list.
  const nameOpen = () => {
    for (const picker of document.querySelectorAll(".select2-selection")) {
      const list = picker.getAttribute("aria-owns");
      if (list) picker.setAttribute("aria-controls", list);
      else picker.removeAttribute("aria-controls");
    }
    for (const message of document.querySelectorAll(".select2-results__message")) {
      message.setAttribute("role", "option");
      message.setAttribute("aria-disabled", "true");
    }
  };

  // Beside the page's own content it would belong to no part of the page. Pickers are made when the page is read.
  const content = document.getElementById("content-start");
  const { jQuery } = window.django ?? {};
  if (content && jQuery?.fn.select2) jQuery.fn.select2.defaults.set("dropdownParent", jQuery(content));

  const nameAll = () => {
    nameOpen();
    document.querySelectorAll(".select2-container:not(.select2-container--open)").forEach(namePicker);
    document.querySelectorAll(".help-tooltip:not(img)[aria-label]").forEach((icon) => icon.setAttribute("role", "img"));
  };

  window.addEventListener("load", () => {
    nameAll();
    let waiting = false;
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        nameAll();
      });
    }).observe(document.body, { childList: true, subtree: true });
    jQuery?.(document).on("select2:open", (event) => {
      const label = labelOf(event.target);
      const search = document.querySelector(".select2-container--open .select2-search__field");
      if (label && search) search.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
    });
  });
}
