// Asks what the tickets in sight are called, a few at a time: Freshdesk is asked only for what people look at.
"use strict";

const board = document.querySelector("[data-headlines]");
const asked = new Map(); // key -> when it may be asked again
const MOST = 10;
const PAUSE = 60_000;
let timer = 0;

function fill(attribute, key, text) {
  for (const place of board.querySelectorAll(`[data-${attribute}="${CSS.escape(key)}"]`)) {
    place.textContent = text;
    place.dataset.kept = ""; // live.js leaves it when the server has no word for it
  }
}

function inSight() {
  return [...board.querySelectorAll("[data-subject]")].filter((place) => {
    const box = place.closest("tr").getBoundingClientRect();
    return !place.textContent && box.bottom > -200 && box.top < innerHeight + 400;
  });
}

async function ask() {
  const now = Date.now();
  const keys = inSight().map((place) => place.dataset.subject).filter((key) => (asked.get(key) ?? 0) < now).slice(0, MOST);
  if (!keys.length) return;
  keys.forEach((key) => asked.set(key, now + PAUSE));
  const query = new URLSearchParams(keys.map((key) => ["t", key]));
  const answer = await fetch(`${board.dataset.headlines}?${query}`, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  for (const [key, told] of Object.entries(await answer.json())) {
    fill("subject", key, told.subject || "(sin asunto)");
    fill("client", key, told.client);
  }
  soon();
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, 150);
}

if (board) {
  soon();
  addEventListener("scroll", soon, { passive: true });
  new MutationObserver(soon).observe(board, { childList: true, subtree: true });
}
for (const select of document.querySelectorAll("select[data-submit]")) select.addEventListener("change", () => select.form.requestSubmit());
