// A page that signs people in with OpenID Connect: authorization code with PKCE, nothing else.
"use strict";
const { client, tenant, name } = document.body.dataset;
const base = `${location.origin}/${tenant}`;
const here = `${location.origin}/demo/${name}`;
const kept = `comity-demo-${name}`;
const at = (id) => document.getElementById(id);

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function signIn() {
  const begun = { verifier: random(), state: random(), nonce: random() };
  sessionStorage.setItem(kept, JSON.stringify(begun));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(begun.verifier));
  location.assign(`${base}/oauth2/v2.0/authorize?` + new URLSearchParams({
    client_id: client,
    redirect_uri: here,
    response_type: "code",
    scope: "openid profile email offline_access",
    state: begun.state,
    nonce: begun.nonce,
    code_challenge: base64url(digest),
    code_challenge_method: "S256",
  }));
}

function say(text) {
  at("state").textContent = text;
}

function claimsOf(token) {
  const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

let tokens = null;

function show(claims) {
  at("claims").replaceChildren(...Object.entries(claims).map(([claim, value]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = claim;
    const cell = document.createElement("td");
    cell.textContent = typeof value === "string" ? value : JSON.stringify(value);
    row.append(head, cell);
    return row;
  }));
  at("claims").parentElement.hidden = false;
  at("in").hidden = true;
  at("again").hidden = false;
  at("out").hidden = false;
  const guest = claims.acct === 1 ? `, a guest from ${claims.idp}` : "";
  say(`Signed in: ${claims.name ?? claims.preferred_username}${guest}.`);
}

async function ask(fields) {
  const answer = await fetch(`${base}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: client, ...fields }),
  });
  const body = await answer.json();
  if (!answer.ok) {
    say(`Refused: ${body.error_description ?? body.error}`);
    return null;
  }
  tokens = { ...tokens, ...body };
  return body;
}

async function arrive(parameters) {
  history.replaceState(null, "", here);
  if (parameters.get("error")) {
    say(`Refused: ${parameters.get("error_description")}`);
    return;
  }
  const begun = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  sessionStorage.removeItem(kept);
  if (!begun || begun.state !== parameters.get("state") || parameters.get("iss") !== `${base}/v2.0`) {
    say("This sign-in was not begun here.");
    return;
  }
  const body = await ask({
    grant_type: "authorization_code",
    code: parameters.get("code"),
    redirect_uri: here,
    code_verifier: begun.verifier,
  });
  if (!body) return;
  const claims = claimsOf(body.id_token);
  if (claims.nonce !== begun.nonce || claims.aud !== client) {
    say("The token is not for this page.");
    return;
  }
  show(claims);
}

async function refresh() {
  const body = await ask({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
  if (body) show(claimsOf(body.id_token));
}

at("in").addEventListener("click", signIn);
at("again").addEventListener("click", refresh);
at("out").addEventListener("click", () => {
  location.assign(`${base}/oauth2/v2.0/logout?` + new URLSearchParams({
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: here,
  }));
});
const parameters = new URLSearchParams(location.search);
if (parameters.has("code") || parameters.has("error")) arrive(parameters);
