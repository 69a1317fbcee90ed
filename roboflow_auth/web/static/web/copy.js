/* Copy buttons. Everything on the page works without this file: what they copy can be selected by hand. */
(() => {
  "use strict";
  const select = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // Browsers lend the clipboard to secure pages only; elsewhere the old command may still do it.
  const copy = async (element) => {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      select(element);
      try { return document.execCommand("copy"); } catch { return false; }
    }
  };

  document.querySelectorAll("[data-copy]").forEach((button) => {
    const source = document.getElementById(button.dataset.copy);
    const words = button.querySelector("span");
    if (!source || !words) return;
    const usual = words.textContent;
    let timer = 0;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const isCopied = await copy(source);
      words.textContent = isCopied ? button.dataset.copied : button.dataset.select;
      button.toggleAttribute("data-done", isCopied);
      clearTimeout(timer);
      timer = setTimeout(() => { words.textContent = usual; button.removeAttribute("data-done"); }, 2500);
    });
  });
})();
