// Offers as “raised at” the meetings of the dialogue that is chosen; without this, a button does the same.
"use strict";
{
  const start = () => {
    const dialogue = document.getElementById("id_dialogue");
    const meeting = document.getElementById("id_raised_at");
    const { jQuery } = window.django ?? {};
    if (!dialogue || !meeting || !jQuery) return;

    jQuery.ajaxPrefilter((options) => {
      const isMeetings = typeof options.data === "string" && /(^|&)model_name=initiative&field_name=raised_at(&|$)/.test(options.data);
      if (isMeetings && dialogue.value) options.data += `&dialogue=${encodeURIComponent(dialogue.value)}`;
    });

    // A meeting of the dialogue that was chosen before is none of this one.
    let before = dialogue.value;
    jQuery(dialogue).on("change", () => {
      if (before && before !== dialogue.value) jQuery(meeting).val(null).trigger("change");
      before = dialogue.value;
    });
  };
  window.addEventListener("load", start);
}
