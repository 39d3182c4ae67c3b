// Keyboard, a lost connection and the end of a session. The pages work without it.
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const link = (row) => row.querySelector("a");
  let chosen = "";

  const choose = (row) => {
    if (!row) return;
    link(row).focus();
    row.scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = rows();
    const at = all.findIndex((row) => row.contains(document.activeElement));
    choose(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => document.querySelector("[data-search]")?.focus(),
    t: () => document.querySelector("[data-take]")?.click(),
    "?": () => document.getElementById("keys")?.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  // A list that is drawn anew keeps the line that was chosen.
  document.addEventListener("htmx:beforeSwap", () => {
    chosen = document.activeElement?.closest("[data-row]")
      ? document.activeElement.getAttribute("href") : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    const row = chosen && rows().find((each) => link(each).getAttribute("href") === chosen);
    if (row) link(row).focus({ preventScroll: true });
  });

  // The newest word is the one to read first.
  const newest = () => document.querySelectorAll("[data-newest-last]").forEach((list) => {
    list.scrollTop = list.scrollHeight;
  });
  newest();
  document.addEventListener("htmx:afterSwap", newest);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("[data-send]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });

  const offline = (gone) => {
    const line = document.getElementById("offline");
    if (line) line.hidden = !gone;
  };
  // A stream that fails tells no reason: ask once whether we are still signed in.
  const ask = async () => {
    offline(true);
    const cut = new AbortController();
    try {
      const headers = { accept: "text/event-stream" };
      const answer = await fetch("/live", { headers, redirect: "manual", signal: cut.signal });
      if (answer.status === 401) window.location.assign("/sign-in");
    } catch {
      // Still no connection; the stream tries again by itself.
    }
    cut.abort();
  };
  document.addEventListener("htmx:sseError", ask);
  document.addEventListener("htmx:sseOpen", () => offline(false));
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (event.target.matches("[data-bye]")) window.location.assign("/sign-in");
  });
})();
