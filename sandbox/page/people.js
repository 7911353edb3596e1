/** Avatars, and the switch for the person as whom the page acts. */

import { clockTime, utcText } from "./dates.js";
import { h } from "./dom.js";

/** Labels for the kinds of guests. */
export const GUESTS = { "multi-channel": "Multi-channel guest", "single-channel": "Single-channel guest" };

const DARK_INK = "#1d1c1d";
const LIGHT_INK = "#ffffff";
const LUMINANCE_EDGE = 0.179; // Above it dark ink has the better WCAG contrast, below it white.

/** A square with the person's initials on their colour; the ink is the one with more contrast. */
export function avatar(person) {
  const color = /^#?[0-9a-f]{6}$/i.test(person.color ?? "") ? person.color.replace("#", "") : "5a6b7a";
  const node = h("span", { class: "avatar", "aria-hidden": "true" }, person.initials || person.name?.[0] || "?");
  node.style.backgroundColor = `#${color}`;
  node.style.color = luminance(color) > LUMINANCE_EDGE ? DARK_INK : LIGHT_INK;
  return node;
}

function luminance(hex) {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export class PersonSwitch {
  constructor(store, { select, card }) {
    Object.assign(this, { store, select, card, drawn: "" });
    select.addEventListener("change", () => store.actAs(select.value));
  }

  update() {
    const people = this.store.state.people.filter((person) => !person.is_bot);
    const signature = people.map((person) => this.#label(person)).join("\n");
    // Redrawing closes an open native select, so it is redrawn only when it has changed.
    if (signature !== this.drawn) {
      this.select.replaceChildren(...people.map((person) => h("option", { value: person.id, disabled: person.deleted }, this.#label(person))));
      this.drawn = signature;
    }
    this.select.value = this.store.me;
    this.#drawCard();
  }

  #label(person) {
    if (person.deleted) return `${person.name} (deactivated)`;
    const news = person.unread && person.id !== this.store.me ? ` · ${person.unread} unread` : "";
    return `${person.name} · ${cityOf(person)}${news}`;
  }

  #drawCard() {
    const { person, now, tz } = this.store;
    if (!person) return;
    const signature = [person.id, person.tz, person.guest, person.is_admin, clockTime(now, tz)].join("/");
    if (this.card.dataset.signature === signature) return;
    this.card.dataset.signature = signature;
    this.card.replaceChildren(avatar(person), h("div", null,
      h("strong", null, person.name),
      person.title ? h("span", null, person.title) : null,
      person.guest ? h("span", null, GUESTS[person.guest]) : null,
      person.is_admin ? h("span", null, "Admin of the workspace") : null,
      h("span", { title: utcText(now) }, `${clockTime(now, tz)} in ${cityOf(person)}`),
      h("span", null, person.tz_label)));
  }
}

/** "America/New_York" → "New York". */
export function cityOf(person) {
  return (person.tz || "UTC").split("/").at(-1).replaceAll("_", " ");
}
