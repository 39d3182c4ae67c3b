// Blanks and stamps: templates copied, papers shown, times written the Vietnamese way. No state.

export const lang = document.documentElement.lang;
const zone = "Asia/Ho_Chi_Minh";
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
const calendar = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "numeric", timeZone: zone });
const isoDay = new Intl.DateTimeFormat("sv", { timeZone: zone });
const today = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });

export const $ = (id) => document.getElementById(id);
export const copy = (id) => $(id).content.firstElementChild.cloneNode(true);
export const visible = (id) => $(id).checkVisibility();

const person = () => document.querySelector(".person:not([hidden])");
export const ownPhone = () => person().dataset.phone;

// "new_phone" or "new_email" for an address the citizen has only just got, else "".
export function newcomer(to) {
  const { newPhone, newEmail } = person().dataset;
  return { [newPhone.replace(/^0/, "+84")]: "new_phone", [newEmail]: "new_email" }[to.toLowerCase()] ?? "";
}

// "hôm nay", or the weekday and date; the day is a Vietnamese one wherever the browser is.
export function nameOfDay(time) {
  const day = isoDay.format(time);
  return { day, name: day === isoDay.format(new Date()) ? today.format(0, "day") : calendar.format(time) };
}

export function stamp(element, time) {
  const stamp = element.querySelector("time");
  stamp.dateTime = time.toISOString();
  stamp.textContent = clock.format(time);
}

export function count(badge, n) {
  badge.firstChild.textContent = String(n);
  badge.hidden = n === 0;
}

export function dress(citizen) {
  $("citizen").value = citizen;
  for (const one of document.querySelectorAll(".person")) one.hidden = one.dataset.citizen !== String(citizen);
  for (const owner of document.querySelectorAll("[data-owner]")) {
    const address = field(owner.dataset.owner);
    owner.textContent = owner.dataset.short ? `${owner.dataset.short}: ${address}` : address;
  }
}

const field = (name) => person().querySelector(`[data-field=${name}]`).textContent;
export const label = (name) => `${document.querySelector(`[data-owner=${name}]`).dataset.label}: ${field(name)}`;

// Text stays text. Only an address of a one-time page of this very server can be followed.
const page = new RegExp(`((?<![^\\s(])${location.origin.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}/p/[\\w-]+(?![^\\s.,;)]))`);

export function say(element, text) {
  const parts = text.split(page).map((part, n) => (n % 2 ? followed(part) : part));
  element.replaceChildren(...parts);
}

function followed(address) {
  const link = copy("link");
  link.href = address;
  link.textContent = address;
  return link;
}

const kilobytes = new Intl.NumberFormat(lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });

export function pdf({ id, name, size }, session) {
  const bubble = copy("pdf");
  bubble.querySelector("a").href = `/demo/paper/${encodeURIComponent(id)}?${new URLSearchParams({ session })}`;
  bubble.querySelector(".file").textContent = name;
  bubble.querySelector(".size").textContent = kilobytes.format(Math.max(1, size / 1000));
  return bubble;
}

export function age(key) {
  key.classList.add("old");
  key.setAttribute("aria-describedby", "old-buttons");
}

export function picture(base64, loaded) {
  const image = copy("picture");
  image.onload = loaded;
  image.src = `data:image/png;base64,${base64}`;
  return image;
}

// The server shows each message on its own page; this is for when it cannot be reached.
export function wording({ text, token, contact, photo }, phone) {
  if (photo) return { what: "photo", text: "" };
  if (token) return { what: "tap", text: token };
  if (contact) return { what: "contact", text: phone };
  return text ? { what: "text", text } : { what: "sticker", text: "" };
}
