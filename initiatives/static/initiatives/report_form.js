// Offers as “language version of” the documents of the meeting that is chosen first.
"use strict";
{
  const start = () => {
    const meeting = document.getElementById("id_meeting");
    const { jQuery } = window.django ?? {};
    if (!meeting || !jQuery) return;

    jQuery.ajaxPrefilter((options) => {
      const isVersions = typeof options.data === "string" && /(^|&)field_name=translation_of(&|$)/.test(options.data);
      if (isVersions && meeting.value) options.data += `&meeting=${encodeURIComponent(meeting.value)}`;
    });
  };
  window.addEventListener("load", start);
}
