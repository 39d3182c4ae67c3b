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

  const press = (step) => document.querySelector(`[data-step="${step}"]`)?.click();
  // What a refusal or a question needs before it goes.
  let asked = "";
  const words = (step) => {
    asked = step;
    const field = document.getElementById("why");
    const reason = document.getElementById("reason");
    if (step === "reject" && reason && !reason.value && !field.value.trim()) return reason.focus();
    if (field && !field.value.trim() && !(step === "reject" && reason?.value)) return field.focus();
    return press(step);
  };

  // The note that a key has opened; it is told of later, when the field may have been left again.
  let byKey = null;

  const keys = {
    j: () => (document.querySelector("[data-next]") ? onward() : move(1)),
    k: () => (document.querySelector("[data-next]") ? window.history.back() : move(-1)),
    a: () => press("approve"),
    b: () => words("ask"),
    r: () => words("reject"),
    u: () => undo(),
    "/": () => document.querySelector("[data-search]")?.focus(),
    t: () => document.querySelector("[data-take]")?.click(),
    e: () => document.querySelector("[data-return]")?.click(),
    n: () => {
      const note = document.querySelector("details.note:not(.reveal)");
      if (!note) return;
      byKey = note.open ? null : note;
      note.open = true;
      note.querySelector("textarea").focus();
    },
    "?": () => document.getElementById("keys")?.showModal(),
  };

  // Letters as keys disturb whoever speaks to the computer; each browser may do without them.
  const store = window.localStorage;
  document.querySelectorAll("[data-keys]").forEach((box) => {
    box.checked = store.getItem("keys") !== "off";
    box.addEventListener("change", () => store.setItem("keys", box.checked ? "on" : "off"));
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (store.getItem("keys") === "off") return;
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const saved = /^[1-9]$/.test(event.key) && document.querySelector(`[data-saved="${event.key}"]`);
    const act = saved ? () => saved.click() : keys[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });

  // Enter opens the topmost line while none is chosen; Escape leaves a field for the other keys.
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && event.target.matches("input, textarea, select")) event.target.blur();
    if (event.key === "Enter" && event.target.matches("body, main") && rows().length) link(rows()[0]).click();
  });

  // Whoever is on the way to another page is not called back by what is drawn anew here.
  let left = 0;
  window.addEventListener("beforeunload", () => { left = Date.now(); });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (Date.now() - left < 5000) event.preventDefault();
  });

  // A list that is drawn anew keeps the line that was chosen.
  const remember = () => {
    chosen = document.activeElement?.closest("[data-row]")
      ? document.activeElement.getAttribute("href") : "";
  };
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:sseBeforeMessage", remember);
  document.addEventListener("htmx:afterSwap", () => {
    const row = chosen && rows().find((each) => link(each).getAttribute("href") === chosen);
    if (row) link(row).focus({ preventScroll: true });
  });

  // What is drawn anew between press and release would swallow the click, so it waits meanwhile.
  let pressed = false;
  const waiting = new Map();
  const release = () => {
    pressed = false;
    window.setTimeout(() => {
      waiting.forEach((draw) => draw());
      waiting.clear();
    });
  };
  window.addEventListener("pointerdown", () => { pressed = true; }, true);
  window.addEventListener("pointerup", release, true);
  window.addEventListener("pointercancel", release, true);
  window.addEventListener("pointermove", (event) => { if (pressed && !event.buttons) release(); }, true);
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (!pressed || !event.target.matches("#rows")) return;
    event.preventDefault();
    const { data } = event.detail;
    waiting.set("rows", () => window.htmx.swap(event.target, data, { swapStyle: "innerHTML" }));
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!pressed || !event.target.matches("#part")) return;
    event.detail.shouldSwap = false;
    waiting.set("part", () => window.htmx.trigger("#part", "sse:stir"));
  });

  // A ready reply goes into the field, where it can still be changed.
  document.addEventListener("change", (event) => {
    const field = document.getElementById(event.target.dataset.ready ?? "");
    if (!field || !event.target.value) return;
    field.value = [field.value.trim(), event.target.value].filter(Boolean).join(" ");
    event.target.value = "";
    field.focus();
  });

  // So does "/" and its number, typed into the empty field.
  document.addEventListener("input", (event) => {
    const number = /^\/([1-9])$/.exec(event.target.value)?.[1];
    const ready = number && document.querySelector(`[data-ready="${event.target.id}"]`);
    if (ready?.options[number]) event.target.value = ready.options[number].value;
  });

  // A note that is opened is about to be written.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.open || !target.matches("details.note")) return;
    if (target !== byKey) target.querySelector("textarea, select").focus();
    byKey = null;
  }, true);

  // What was shown for a reason is gone after a minute.
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll("[data-hide]").forEach((shown) => {
      window.setTimeout(() => shown.remove(), Number(shown.dataset.hide) * 1000);
      delete shown.dataset.hide;
    });
  });

  // The newest word is the one to read first.
  const newest = () => document.querySelectorAll("[data-newest-last]").forEach((list) => {
    list.scrollTop = list.scrollHeight;
  });
  newest();
  document.addEventListener("htmx:afterSwap", newest);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    if (asked && event.target.matches("#why, #reason")) {
      event.preventDefault();
      event.target.blur(); // or the same field of the next request would have the keys
      words(asked);
    }
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });

  // What was written and not sent is not lost by a key.
  document.addEventListener("submit", (event) => {
    const unsent = event.target.dataset.unsent;
    if (!unsent || !document.getElementById("words")?.value.trim()) return;
    if (!window.confirm(unsent)) event.preventDefault();
  });

  // A decision waits some seconds in which it can be taken back; whoever leaves has decided.
  const board = () => document.getElementById("pending");
  let pending = [];

  const send = async (each, leaving = false) => {
    pending = pending.filter((other) => other !== each);
    window.clearInterval(each.clock);
    each.line.remove();
    const says = board().dataset;
    let why = says.offline;
    try {
      const headers = { "HX-Request": "true" };
      const answer = await fetch(each.action, {
        method: "POST", body: each.form, headers, keepalive: leaving,
      });
      if (answer.status === 204) return;
      if (answer.status === 409) why = await answer.text();
    } catch {
      // Told below: nothing was decided.
    }
    const line = document.createElement("p");
    const link = document.createElement("a");
    line.className = "error";
    link.href = each.page;
    link.textContent = says.failed.replace("{ref}", each.ref).replace("{why}", why);
    line.append(link);
    board().append(line);
  };

  // The next request comes into this page, so that what waits can still be taken back.
  const onward = async () => {
    const next = document.querySelector("[data-next]");
    if (!next) return;
    asked = "";
    await window.htmx.ajax("GET", next.href, { target: "#main", select: "#main", swap: "outerHTML" });
    window.history.pushState({ htmx: true }, "", next.href);
    window.scrollTo(0, 0);
  };

  const undo = () => {
    const last = pending.pop();
    if (!last) return;
    window.clearInterval(last.clock);
    window.location.assign(last.page);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-undo]");
    if (!form || !board()) return;
    event.preventDefault();
    const asked = new URLSearchParams(new FormData(form, event.submitter));
    const each = {
      action: form.action, form: asked, ref: form.dataset.ref, page: window.location.href,
      left: Number(form.dataset.undo), line: document.createElement("p"),
    };
    const label = event.submitter.firstChild.textContent.trim();
    const words = document.createElement("span");
    const button = document.createElement("button");
    button.textContent = board().dataset.undo;
    button.addEventListener("click", () => {
      pending = [...pending.filter((other) => other !== each), each];
      undo();
    });
    each.line.append(words, button);
    const tell = () => {
      words.textContent = board().dataset.says
        .replace("{ref}", each.ref).replace("{step}", label).replace("{s}", each.left);
    };
    tell();
    board().append(each.line);
    each.clock = window.setInterval(() => {
      each.left -= 1;
      if (each.left <= 0) send(each); else tell();
    }, 1000);
    pending.push(each);
    onward();
  });
  window.addEventListener("pagehide", () => pending.forEach((each) => send(each, true)));

  const offline = (gone) => {
    const line = document.getElementById("offline");
    if (line) line.hidden = !gone;
  };
  let leaving = false;
  const leave = () => {
    if (!leaving) window.location.assign("/sign-in");
    leaving = true; // a second time would break off the first
  };
  // A stream that fails tells no reason: ask once whether we are still signed in.
  const ask = async () => {
    offline(true);
    const cut = new AbortController();
    try {
      const headers = { accept: "text/event-stream" };
      const answer = await fetch("/live", { headers, redirect: "manual", signal: cut.signal });
      if (answer.status === 401) leave();
    } catch {
      // Still no connection; the stream tries again by itself.
    }
    cut.abort();
  };
  document.addEventListener("htmx:sseError", ask);
  document.addEventListener("htmx:sseOpen", () => offline(false));
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (event.target.matches("[data-bye]")) leave();
  });
})();
