/** Short notices that no part of the page has a place for. They stay long enough to be read, and can be put away. */

import { h } from "./dom.js";

const SHOWN_MS = 8000;

export function toast(text) {
  const note = h("div", { class: "toast" }, h("p", null, text), h("button", {
    type: "button", class: "icon", "aria-label": "Put this notice away", on: { click: () => note.remove() },
  }, "✕"));
  // An open modal makes everything else inert, so the notice goes where the person is.
  (document.querySelector("dialog[open] .toasts") ?? document.getElementById("toasts")).append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
