// Begins in the first field of a form for something new, unless somebody types in another one already.
"use strict";
{
  const isOpen = (field) => field.matches("button, input, select, textarea") && !field.disabled && field.offsetParent;
  const { elements } = document.getElementById(document.currentScript.dataset.form);
  if (document.activeElement === document.body) [...elements].find(isOpen)?.focus();
}
