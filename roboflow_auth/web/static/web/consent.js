/* Makes the consent page quicker to use. Everything on the page works without this file. */
(() => {
  "use strict";
  const form = document.getElementById("consent");
  if (!form) return;
  const RETURN_KEY = "consent-return-to-workspace";

  // A workspace changes what can be given, so choosing one asks the server again; focus then comes back to it.
  const workspaceButton = form.querySelector("[data-workspace-submit]");
  if (workspaceButton) {
    workspaceButton.hidden = true;
    const askAgain = () => {
      sessionStorage.setItem(RETURN_KEY, "1");
      workspaceButton.formNoValidate = true;
      form.requestSubmit(workspaceButton);
    };
    form.querySelectorAll('input[name="workspace"]').forEach((radio) => radio.addEventListener("change", askAgain));
    const chosen = form.querySelector('input[name="workspace"]:checked');
    if (sessionStorage.getItem(RETURN_KEY)) {
      sessionStorage.removeItem(RETURN_KEY);
      chosen?.focus({ preventScroll: true });
    }
    // Chosen before this file was there; going back restores choices as well, and must not lead forward again.
    const isRestored = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (chosen && !chosen.defaultChecked && !isRestored) askAgain();
  }

  // A level ticks what it contains; changing a single tick means "choose exactly what".
  const custom = form.querySelector("[data-custom]");
  const fold = form.querySelector("[data-custom-fold]");
  const groups = form.querySelectorAll("[data-scope-group]");
  const tickUpTo = (level) => groups.forEach((group) => {
    const included = Number(group.dataset.scopeGroup) <= level;
    group.querySelectorAll("input").forEach((box) => { box.checked = included; });
  });
  form.querySelectorAll("[data-level]").forEach((radio) => {
    radio.addEventListener("change", () => tickUpTo(Number(radio.dataset.level)));
  });
  groups.forEach((group) => group.addEventListener("change", () => { if (custom) custom.checked = true; }));
  custom?.addEventListener("change", () => { if (fold) fold.open = true; });

  // A second click must not send a second answer; the pause ends by itself if the browser stays on the page.
  let busy = false;
  const setBusy = (value) => {
    busy = value;
    form.toggleAttribute("data-busy", value);
    form.setAttribute("aria-busy", String(value));
  };
  form.addEventListener("submit", (event) => {
    if (busy) { event.preventDefault(); return; }
    setBusy(true);
    setTimeout(() => setBusy(false), 4000);
  });
  window.addEventListener("pageshow", () => setBusy(false));
})();
