/* Joins the pages' passkey buttons to the browser. Codes and passwords work without this file. */
(() => {
  "use strict";
  const ways = window.allauth?.webauthn?.forms;
  const able = Boolean(ways && window.PublicKeyCredential);
  document.querySelectorAll("[data-passkey-missing]").forEach((note) => { note.hidden = able; });
  if (!able) return;

  // What the button does stands in data-passkey; its form holds the hidden field for the browser's answer.
  document.querySelectorAll("button[data-passkey]").forEach((button) => {
    const kind = button.dataset.passkey;
    const credential = button.form.querySelector('input[name="credential"]').id;
    const passwordless = button.form.querySelector('input[name="passwordless"]')?.id;
    const ids = { [button.dataset.passkeyRole]: button.id, credential, passwordless };
    if (document.getElementById("passkey-options")) ids.data = "passkey-options";
    ways[`${kind}Form`]({ ids });
    button.hidden = false;
  });
  document.querySelectorAll("[data-passkey-part]").forEach((part) => { part.hidden = false; });

  // A person who closes the browser's own dialog is not told of a fault.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const note = document.querySelector("[data-passkey-error]");
    if (!note) return;
    const { name } = event.detail.exception || {};
    const words = name === "NotAllowedError" ? note.dataset.cancelled : name === "InvalidStateError" ? note.dataset.known : note.dataset.failed;
    note.querySelector("p").textContent = words || note.dataset.failed;
    note.hidden = false;
  });
})();
