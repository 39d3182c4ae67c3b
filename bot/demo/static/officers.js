// The sample officers: what their phones show, asked for once a second while somebody looks, and
// the console in a window of its own beside this one.

import { $, copy } from "./paper.js";

const PERIOD = 1_000;
const drawn = new Map();

for (const link of document.querySelectorAll("[data-console]")) link.onclick = (event) => {
  const half = Math.floor(screen.availWidth / 2);
  if (half < 600 || event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab, then
  event.preventDefault();
  open(link.href, "_blank", `noopener,popup,left=${half},top=0,width=${half},height=${screen.availHeight}`);
};

async function ask() {
  if (document.hidden) return;
  const answer = await fetch("/demo/officers").catch(() => null);
  if (answer?.ok) for (const officer of await answer.json()) show(officer);
}

function show(officer) {
  if (!drawn.has(officer.name)) {
    drawn.set(officer.name, copy("officer"));
    $("officers").append(drawn.get(officer.name));
  }
  const told = { ...officer, role: $("roles").dataset[officer.role], left: `${officer.left} s` };
  for (const part of drawn.get(officer.name).querySelectorAll("[data-of]")) {
    if (part.textContent !== told[part.dataset.of]) part.textContent = told[part.dataset.of];
  }
}

ask();
setInterval(ask, PERIOD);
document.addEventListener("visibilitychange", ask);
