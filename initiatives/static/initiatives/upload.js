// Shows how far the work on an upload is, and the page anew when it is done; without this, the page reloads itself.
"use strict";
{
  const INTERVAL = 1500;

  const poll = async () => {
    const state = document.getElementById("upload-state");
    try {
      const response = await fetch(location.href);
      if (response.redirected || response.status === 403 || response.status === 404) {
        location.reload();
        return;
      }
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const newState = page.getElementById("upload-state");
        if (newState?.dataset.state !== state.dataset.state) {
          location.reload();
          return;
        }
        const newText = newState.querySelector(".working");
        const text = state.querySelector(".working");
        // Only the words, so that nothing flickers, and only when they differ, so that it is not read out each time.
        if (newText && text && newText.textContent !== text.textContent) text.lastChild.data = newText.lastChild.data;
      }
    } catch (error) {
      // The server may be away for a moment; the next look tells.
      if (!(error instanceof TypeError)) throw error;
    }
    setTimeout(poll, INTERVAL);
  };
  setTimeout(poll, INTERVAL);
}
