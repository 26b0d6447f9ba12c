// Brings the table up to date without losing the place on the page; people switch it off and on.
"use strict";

const EVERY = 30_000;
const box = document.getElementById("refrescar");

async function refresh() {
  if (!box.checked || document.hidden || document.activeElement?.closest("#tabla")) return;
  const answer = await fetch(location.href, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const table = page.getElementById("tabla");
  if (table) document.getElementById("tabla").replaceWith(table);
}

box.checked = localStorage.getItem("refrescar") !== "no";
box.addEventListener("change", () => localStorage.setItem("refrescar", box.checked ? "si" : "no"));
box.closest("label").hidden = false;
setInterval(refresh, EVERY);
