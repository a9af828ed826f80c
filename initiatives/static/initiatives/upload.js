// Shows how far the work on an upload is, and the page anew when it is done; without this, the page reloads itself.
"use strict";
{
  const EVERY = 1500;

  const look = async () => {
    const state = document.getElementById("upload-state");
    try {
      const answer = await fetch(location.href);
      if (answer.redirected || answer.status === 403 || answer.status === 404) {
        location.reload();
        return;
      }
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById("upload-state");
        if (found?.dataset.state !== state.dataset.state) {
          location.reload();
          return;
        }
        const now = found.querySelector(".working");
        const shown = state.querySelector(".working");
        // Only the words, so that nothing flickers, and only when they differ, so that it is not read out each time.
        if (now && shown && now.textContent !== shown.textContent) shown.lastChild.data = now.lastChild.data;
      }
    } catch (error) {
      // The server may be away for a moment; the next look tells.
      if (!(error instanceof TypeError)) throw error;
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
