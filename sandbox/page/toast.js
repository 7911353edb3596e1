/** Short notices that belong to no part of the page. They disappear after a while, and can be dismissed. */

import { h } from "./dom.js";

const SHOWN_MS = 8000;

export function toast(text) {
  const note = h("div", { class: "toast" }, h("p", null, text), h("button", {
    type: "button", class: "icon", "aria-label": "Dismiss", on: { click: () => note.remove() },
  }, "✕"));
  // An open modal makes everything else inert, so the notice goes into the modal.
  (document.querySelector("dialog[open] .toasts") ?? document.getElementById("toasts")).append(note);
  setTimeout(() => note.remove(), SHOWN_MS);
}
