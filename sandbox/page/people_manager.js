/** The dialog in which an admin deactivates people, makes them admins or guests, and moves them to other time zones. */

import { h, keepingFocus, reconcile } from "./dom.js";
import { avatar, cityOf, GUESTS } from "./people.js";
import { toast } from "./toast.js";

const ACCOUNTS = { member: "Member", admin: "Admin", ...GUESTS, deactivated: "Deactivated" };

export class PeopleManager {
  constructor(store, { dialog, opener, close, list }) {
    Object.assign(this, { store, dialog, list });
    opener.addEventListener("click", () => { dialog.showModal(); this.update(); });
    close.addEventListener("click", () => dialog.close());
  }

  update() {
    if (!this.dialog.open) return;
    const people = this.store.state.people.filter((person) => !person.is_bot);
    const items = people.map((person) => ({ key: person.id, signature: JSON.stringify([accountOf(person), person.tz]), person }));
    keepingFocus(this.list, () => reconcile(this.list, items, ({ person }) => this.#row(person)));
  }

  #row(person) {
    const zones = [...new Set([...this.store.state.time_zones, person.tz])];
    return h("li", { data: { testid: "managed-person", userId: person.id } }, avatar(person), h("strong", null, person.name),
      this.#select(person, "account", `Account of ${person.name}`, ACCOUNTS, accountOf(person), changesOf),
      this.#select(person, "time-zone", `Time zone of ${person.name}`, Object.fromEntries(zones.map((tz) => [tz, cityOf({ tz })])), person.tz, (tz) => ({ tz })));
  }

  /** A select that sends each change at once. `choices`: {value: label}; `changes` turns a value into the request. */
  #select(person, kind, label, choices, chosen, changes) {
    const select = h("select", { "aria-label": label, data: { testid: kind, focusKey: `${person.id}/${kind}` } },
      Object.entries(choices).map(([value, text]) => h("option", { value }, text)));
    select.value = chosen;
    select.addEventListener("change", () => this.#send(person, changes(select.value)).catch((error) => {
      select.value = chosen;
      toast(error.message);
    }));
    return select;
  }

  #send(person, changes) {
    return this.store.post("person", { user: person.id, ...changes });
  }
}

function accountOf(person) {
  if (person.deleted) return "deactivated";
  return person.guest ?? (person.is_admin ? "admin" : "member");
}

function changesOf(account) {
  if (account === "deactivated") return { deleted: true };
  return { deleted: false, is_admin: account === "admin", guest: account in GUESTS ? account : null };
}
