// Asks the browser for a passkey, and sends what it says with the form. Where a browser knows no
// passkeys, or runs no scripts, the form stays hidden and there is the rest of the page.
for (const form of document.querySelectorAll("form[data-failed]")) {
  const parse = window.PublicKeyCredential;
  if (!parse?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[role=alert]");
    failed.textContent = "";
    try {
      const body = new URLSearchParams({ j: form.elements.j.value });
      const answer = await fetch("/signin/passkeyquestion", { method: "POST", body });
      const { create, get } = await answer.json();
      const credential = create
        ? await navigator.credentials.create({ publicKey: parse.parseCreationOptionsFromJSON(create) })
        : await navigator.credentials.get({ publicKey: parse.parseRequestOptionsFromJSON(get) });
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.textContent = form.dataset.failed;
    }
  });
}
