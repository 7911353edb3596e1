/** Who else has unread messages: one button per person, which changes over to them. */

import { announce, h, keepingFocus, reconcile } from "./dom.js";

export class Mail {
  constructor(store, place) {
    Object.assign(this, { store, place, counts: null });
  }

  update() {
    const { me, state } = this.store;
    const waiting = state.people.filter((person) => person.unread && person.id !== me && !person.is_bot && !person.deleted);
    this.place.hidden = waiting.length === 0;
    const items = waiting.map((person) => ({ key: person.id, signature: String(person.unread), person }));
    keepingFocus(this.place, () => reconcile(this.place, items, ({ person }) => this.#button(person)));
    this.#announceNew(waiting);
  }

  #button(person) {
    const first = person.name.split(" ")[0];
    return h("button", {
      type: "button", "aria-label": `${person.name} has ${person.unread} unread: act as ${first}`, data: { focusKey: `mail/${person.id}` },
      on: { click: () => this.#change(person) },
    }, first, " ", h("span", { class: "count" }, String(person.unread)));
  }

  async #change(person) {
    await this.store.actAs(person.id);
    this.store.open("messages");
    document.getElementById("person-switch").focus(); // The button that was pressed is gone.
  }

  /** Only what came since the last look, and nothing when the page opens. */
  #announceNew(waiting) {
    const known = this.counts;
    this.counts = new Map(this.store.state.people.map((person) => [person.id, person.unread]));
    const fresh = known ? waiting.filter((person) => person.unread > (known.get(person.id) ?? 0)) : [];
    if (fresh.length) announce(fresh.map((person) => `${person.name} has ${person.unread} unread.`).join(" "));
  }
}
