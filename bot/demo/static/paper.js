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

export const ownPhone = () => document.querySelector(".person:not([hidden])").dataset.phone;

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
  for (const person of document.querySelectorAll(".person")) person.hidden = person.dataset.citizen !== String(citizen);
  for (const owner of document.querySelectorAll("[data-owner]")) {
    owner.textContent = document.querySelector(`.person:not([hidden]) [data-field=${owner.dataset.owner}]`).textContent;
  }
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
export function wording({ text, token, contact }, phone) {
  if (token) return { what: "tap", text: token };
  if (contact) return { what: "contact", text: phone };
  return text ? { what: "text", text } : { what: "sticker", text: "" };
}
