// Photos of the visitor: chosen, cut to what the server takes, and shown small. The picture on
// the page comes from the visitor's own file; the server hands no photo back.

import { $, copy } from "./paper.js";

const SIDE = 480; // pixels of a small picture on a sharp screen
const largest = Number(document.body.dataset.largestPhoto);

export function onPhotos(take) {
  const file = $("photo-file");
  $("photo").onclick = () => file.click();
  file.onchange = async () => {
    const photos = [...file.files];
    file.value = ""; // so that the same photo can be chosen again
    for (const photo of photos) await take(photo);
  };
}

// More than the bot takes need not be sent whole: it refuses it either way, and says why.
export const cut = (photo) => photo.slice(0, largest);

// After a reload only the sign is left of a photo.
export function shown(photo, drawn) {
  const frame = copy("photo-sent");
  if (photo) draw(photo, frame).then(drawn, () => null);
  return frame;
}

async function draw(photo, frame) {
  const small = await createImageBitmap(photo, { resizeWidth: SIDE, resizeQuality: "medium" });
  const canvas = document.createElement("canvas");
  canvas.width = small.width;
  canvas.height = small.height;
  canvas.getContext("2d").drawImage(small, 0, 0);
  small.close();
  frame.replaceChildren(canvas);
}
