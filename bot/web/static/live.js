// Keeps a part of the page up to date: <div id="…" data-live="15"> is fetched again every so many seconds, and
// only what differs is replaced, so that focus, selection, scroll and opened details stay where they are.
// A server that sees the header Semaforo-Part may answer with that part alone.
"use strict";

const part = document.querySelector("[data-live]");
const box = document.getElementById("en-vivo");
const note = document.getElementById("en-vivo-nota");

function keyOf(node) {
  return node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || "" : "";
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  // Filled in by another script, and the server knows nothing better.
  if (old.dataset?.load !== undefined) return;
  if (old.dataset?.kept !== undefined && !fresh.textContent.trim()) return;
  if (old.nodeName !== fresh.nodeName || keyOf(old) !== keyOf(fresh)) return void old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) return void (old.data = fresh.data);
  copyAttributes(old, fresh);
  morphChildren(old, fresh);
}

function copyAttributes(old, fresh) {
  const kept = old.nodeName === "DETAILS" ? "open" : "";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== kept) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && name !== kept) old.setAttribute(name, value);
}

function morphChildren(old, fresh) {
  const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = keyOf(next);
    const match = key ? keyed.get(key) : at && !keyOf(at) && at.nodeName === next.nodeName ? at : null;
    if (match && match === at) at = at.nextSibling;
    else old.insertBefore(match ?? next, at);
    if (match) morph(match, next);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

function replace(fresh) {
  const focused = document.activeElement;
  morph(part, fresh);
  // A row that moves to another place loses the focus on the way.
  if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
}

function say(text) {
  if (note && note.textContent !== text) note.textContent = text;
}

async function refresh() {
  if (box && !box.checked) return;
  const answer = await fetch(part.dataset.from ?? location.href, { redirect: "manual", headers: { "Semaforo-Part": part.id } }).catch(() => null);
  if (answer?.type === "opaqueredirect") return say("La sesión terminó: actualice la página y vuelva a entrar.");
  if (!answer?.ok) return say("Sin conexión con el servicio; se sigue intentando.");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (fresh) replace(fresh);
  say("");
}

if (part) {
  if (box) {
    box.checked = localStorage.getItem("en-vivo") !== "no";
    box.addEventListener("change", () => localStorage.setItem("en-vivo", box.checked ? "si" : "no"));
    box.closest("label").hidden = false;
  }
  setInterval(() => document.hidden || refresh(), Number(part.dataset.live) * 1000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  // Other scripts of the page, and people's tests, may ask for fresh data at once.
  part.addEventListener("semaforo:refresh", refresh);
}
