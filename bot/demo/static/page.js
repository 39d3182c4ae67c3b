// The demo page: draws what the server tells and posts what the visitor does. It decides
// nothing, and every text reaches the page as text, never as markup.

import { $, age, copy, count, dress, label, lang, nameOfDay, newcomer, ownPhone, pdf, picture, say, stamp, visible, wording } from "./paper.js";
import { cut, onPhotos, shown } from "./photo.js";

const LONGEST_TYPING = 30_000;
const TOAST_TIME = 7_000;
const CODE = /(?<![\d-])\d{6}(?![\d-])/, UNDO = /KH[OÔ]NG (?:[A-Z]\d){2} ?(?:[A-Z]\d){3}/;
const CHIPS = { "": "code-arrived", new_phone: "code-new-phone", new_email: "code-new-email" };

const log = $("log"), box = $("message"), welcome = $("welcome"), typing = $("typing"), chips = $("chips");

let chat;

// --- one chat, from its first message to the next reset or citizen -----------------

function begin(citizen, session = crypto.randomUUID()) {
  chat?.stream.close();
  sessionStorage.setItem("chat", JSON.stringify({ citizen, session }));
  chat = { citizen, session, live: false, day: "", told: new Set(), labels: new Map(), mine: new Map(), bodies: new Map() };
  wipe();
  dress(citizen);
  chat.stream = new EventSource(`/demo/stream?${new URLSearchParams({ session, citizen })}`);
  chat.stream.onopen = () => { log.ariaBusy = "true"; $("lost").hidden = true; };
  chat.stream.onerror = () => { $("lost").hidden = false; };
  chat.stream.onmessage = (event) => tell(JSON.parse(event.data));
}

function wipe() {
  log.replaceChildren(welcome, typing);
  for (const inbox of document.querySelectorAll(".inbox .scroll")) inbox.replaceChildren(inbox.querySelector(".empty"));
  for (const badge of document.querySelectorAll(".badge")) count(badge, 0);
  for (const part of [welcome, typing]) part.hidden = true;
  chips.replaceChildren();
  $("toasts").replaceChildren();
  write("");
}

// --- what the server tells -------------------------------------------------------------

const draw = {
  mine: drawMine,
  taken: ({ of }) => tick(of, "sent"),
  bubble: drawBubble,
  pdf: (entry) => { rest(); place(pdf(entry, chat.session), entry.at); },
  answered: () => rest(),
  erased: ({ of }) => chat.mine.get(of)?.querySelector(".text").replaceChildren(copy("erased")),
  sms: (entry) => drawLetter("sms", entry),
  mail: (entry) => drawLetter("mail", entry),
  live: () => { chat.live = true; log.ariaBusy = "false"; welcome.hidden = chat.day !== ""; doubt(); jump(); },
  cleared: () => begin(chat.citizen),
};

function tell(entry) {
  if (entry.id && chat.told.has(entry.id)) return;
  chat.told.add(entry.id);
  draw[entry.kind](entry);
}

function drawBubble(entry) {
  rest();
  for (const key of log.querySelectorAll(".key:not(.old)")) age(key);
  for (const [id, mine] of chat.mine) { mine.dataset.answered = ""; tick(id, "seen", "sent"); }
  const bubble = copy("bubble");
  say(bubble.querySelector(".text"), entry.text);
  if (entry.picture) bubble.querySelector(".text").before(picture(entry.picture, jump));
  place(bubble, entry.at);
  if (entry.buttons.length || entry.share_phone) place(keyboard(entry), entry.at, false);
}

function keyboard(entry) {
  const keys = copy("keys");
  for (const { label, token } of entry.buttons) {
    chat.labels.set(token, label);
    const key = copy("key");
    key.textContent = label;
    key.onclick = () => { key.classList.add("pressed"); post({ token }); };
    keys.append(key);
  }
  if (entry.share_phone) keys.append(...sharing(entry.share_phone));
  return keys;
}

function sharing(label) {
  const key = copy("share");
  key.querySelector("span").textContent = label;
  key.disabled = !ownPhone();
  key.onclick = () => post({ contact: true });
  return key.disabled ? [key, copy("no-phone")] : [key];
}

function drawMine({ id, at, what, text }) {
  const bubble = copy("mine"), content = bubble.querySelector(".text");
  if (what === "sticker") content.append(copy("flower"));
  else if (what === "photo") content.append(shown(chat.bodies.get(id)?.photo, jump));
  else content.textContent = what === "tap" ? chat.labels.get(text) ?? "…" : text;
  if (what === "tap" || what === "contact") content.before(copy(what));
  bubble.dataset.what = what;
  bubble.querySelector(".again").onclick = () => deliver(id);
  bubble.querySelector(".again").hidden = !chat.bodies.has(id);
  chat.mine.set(id, bubble);
  tick(id, "sending");
  place(bubble, at);
}

function tick(id, state, only) {
  const bubble = chat.mine.get(id);
  if (!bubble || (only && bubble.dataset.state !== only)) return;
  bubble.dataset.state = state === "sent" && "answered" in bubble.dataset ? "seen" : state;
}

// After a reload nobody is waiting for an answer to what was still on its way.
function doubt() {
  for (const id of chat.mine.keys()) if (!chat.bodies.has(id)) tick(id, "failed", "sending");
}

function place(element, at, dated = true) {
  welcome.hidden = true;
  const time = new Date(at * 1000), { day, name } = nameOfDay(time);
  if (day !== chat.day) {
    chat.day = day;
    const line = copy("day");
    line.firstChild.dateTime = day;
    line.firstChild.textContent = name;
    typing.before(line);
  }
  if (dated) stamp(element, time);
  typing.before(element);
  jump();
}

function drawLetter(kind, { at, to, subject, text }) {
  const letter = copy("letter"), code = text.match(CODE)?.[0], type = letter.querySelector(".type"), typed = code ?? text.match(UNDO)?.[0];
  if (newcomer(to)) letter.querySelector(".to").textContent = label(newcomer(to));
  else letter.querySelector(".to").remove();
  if (subject) letter.querySelector("h3").textContent = subject;
  else letter.querySelector("h3").remove();
  say(letter.querySelector(".text"), text);
  stamp(letter, new Date(at * 1000));
  if (typed) {
    type.querySelector("strong").textContent = typed;
    type.onclick = () => write(typed, true);
  } else type.remove();
  $(kind).querySelector(".scroll").prepend(letter);
  if (!chat.live) return;
  if (code) offer(to, code);
  arrive(kind, letter, subject ?? text);
}

// One chip per address: two codes may be on their way at once, and either may be typed first.
function offer(to, code) {
  for (const old of chips.querySelectorAll("button")) if (old.dataset.to === to) old.remove();
  const chip = copy("chip");
  chip.dataset.to = to;
  chip.firstChild.textContent = $(CHIPS[newcomer(to)]).textContent;
  chip.querySelector("strong").textContent = code;
  chip.onclick = () => { write(code, true); chip.remove(); };
  chips.append(chip);
  jump();
}

function arrive(kind, letter, text) {
  letter.parentElement.querySelector(".new")?.classList.remove("new");
  letter.classList.add("new");
  if (visible(kind)) return;
  const badge = document.querySelector(`[data-show=${kind}] .badge`);
  count(badge, Number(badge.firstChild.textContent) + 1);
  const toast = copy("toast");
  for (const icon of toast.querySelectorAll("[data-icon]")) icon.hidden = icon.dataset.icon !== kind;
  toast.querySelector(".toast-text").textContent = text;
  toast.onclick = () => { toast.remove(); show(kind); };
  $("toasts").replaceChildren(toast);
  setTimeout(() => toast.remove(), TOAST_TIME);
}

// --- what the visitor does -------------------------------------------------------------

function post(content) {
  const id = crypto.randomUUID();
  chat.bodies.set(id, { session: chat.session, citizen: chat.citizen, key: id, lang, ...content });
  return deliver(id);
}

async function deliver(id) {
  const here = chat, body = here.bodies.get(id);
  wait();
  delete here.mine.get(id)?.dataset.answered;
  tick(id, "sending");
  const answer = await fetch(...request(body)).catch(() => null);
  if (here !== chat || answer?.ok) return;
  rest();
  tell({ kind: "mine", id, at: Date.now() / 1000, ...wording(body, ownPhone()) });
  tick(id, "failed", "sending");
}

function request({ photo, ...said }) {
  if (photo) return [`/demo/photo?${new URLSearchParams(said)}`, { method: "POST", body: cut(photo) }];
  return ["/demo/say", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) }];
}

function wait() {
  typing.hidden = false;
  clearTimeout(chat.patience);
  chat.patience = setTimeout(rest, LONGEST_TYPING);
  jump();
}

function rest() {
  clearTimeout(chat.patience);
  typing.hidden = true;
}

function send() {
  const text = box.value.trim();
  if (!text) return;
  write("");
  for (const chip of chips.querySelectorAll("button")) if (text.includes(chip.querySelector("strong").textContent)) chip.remove();
  post({ text });
}

function write(text, go = false) {
  box.value = text;
  fit();
  if (go) { show("chat"); box.focus(); }
}

async function startOver() {
  const here = chat;
  here.stream.close();
  await fetch("/demo/reset", { method: "POST" }).catch(() => null);
  if (here === chat) begin(here.citizen);
  show("chat");
}

function show(view, move = true) {
  document.body.dataset.view = view;
  $("toasts").replaceChildren();
  for (const tab of document.querySelectorAll("[data-show]")) tab.ariaCurrent = String(tab.dataset.show === view);
  count(document.querySelector(`[data-show=${view}] .badge`), 0);
  if (move) $(view).focus({ preventScroll: true });
  jump();
}

// --- small things ------------------------------------------------------------------------

const jump = () => { log.scrollTop = log.scrollHeight; };

function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

$("composer").onsubmit = (event) => { event.preventDefault(); send(); };
box.oninput = fit;
// Vietnamese input methods end a syllable with Enter: that Enter must not send.
box.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
};
$("start").onclick = () => { welcome.hidden = true; log.focus(); post({ text: "/start" }); };
$("sticker").onclick = () => post({ sticker: true });
onPhotos((photo) => post({ photo }));
$("reset").onclick = startOver;
$("citizen").onchange = ({ target }) => begin(Number(target.value));
for (const tab of document.querySelectorAll("[data-show]")) tab.onclick = () => show(tab.dataset.show);
for (const type of document.querySelectorAll("[data-type]")) type.onclick = () => write(type.dataset.type, true);

const kept = JSON.parse(sessionStorage.getItem("chat") ?? "{}");
const known = document.querySelector(`[data-citizen="${Number(kept.citizen ?? 0)}"]`);
show("chat", false);
begin(known ? Number(kept.citizen ?? 0) : 0, known ? kept.session : undefined);
