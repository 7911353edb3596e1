/** The dialog in which one picks what goes wrong at Slack, sees what is set to, and what has become of it. */

import * as api from "./api.js";
import { longMoment, shortMoment, utcText } from "./dates.js";
import { announce, h, keepingFocus, reconcile } from "./dom.js";

const PAUSE_MS = 300; // A busy bot runs into a fault many times; the dialog looks a few times a second at most.

export class Faults {
  constructor(store, { dialog, opener, close, form, name, meaning, method, times, error, pending, happened }) {
    Object.assign(this, { store, dialog, name, meaning, method, times, error, pending, happened, known: [], affected: [] });
    this.fetchSoon = api.soon(() => this.#fetch(), PAUSE_MS);
    opener.addEventListener("click", () => this.open());
    close.addEventListener("click", () => dialog.close());
    name.addEventListener("change", () => this.#picked());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#switchOn(); });
  }

  async open() {
    await this.#fetch();
    this.dialog.showModal();
    this.name.focus();
  }

  update() {
    if (!this.dialog.open) return;
    this.fetchSoon();
  }

  async #fetch() {
    const shown = await api.readIfThere("faults");
    if (!shown) return;
    if (this.known.length === 0) this.#fill(shown);
    const pending = shown.faults.map((fault) => ({ key: String(fault.id), signature: `${fault.times}`, fault }));
    keepingFocus(this.pending, () => reconcile(this.pending, pending, ({ fault }) => this.#pendingRow(fault)));
    this.dialog.querySelector(".none-pending").hidden = pending.length > 0;
    const happened = shown.happened.map((one) => ({ key: `${one.at} ${one.method} ${one.person} ${one.text}`, signature: JSON.stringify(one), one }));
    reconcile(this.happened, happened, ({ one }) => this.#happenedRow(one));
    this.dialog.querySelector(".none-happened").hidden = happened.length > 0;
  }

  #fill({ known, affected }) {
    Object.assign(this, { known, affected });
    this.name.replaceChildren(...known.map((one) => h("option", { value: one.name }, one.label)));
    this.method.replaceChildren(...affected.map((one) => h("option", { value: one.method }, one.label)));
    this.#picked();
  }

  #picked() {
    const chosen = this.known.find((one) => one.name === this.name.value);
    this.meaning.textContent = chosen.meaning;
    this.method.value = chosen.method;
  }

  async #switchOn() {
    this.error.hidden = true;
    const times = this.times.value ? Number(this.times.value) : null;
    try {
      await this.store.post("faults", { name: this.name.value, method: this.method.value, times });
      announce("Switched on.");
    } catch (error) {
      this.error.textContent = error.message;
      this.error.hidden = false;
    }
    await this.#fetch();
  }

  #pendingRow(fault) {
    const off = h("button", { type: "button", "aria-label": `Switch off: ${fault.label}`, data: { focusKey: `off/${fault.id}` }, on: { click: () => this.#switchOff(fault) } }, "Switch off");
    return h("li", { data: { testid: "pending-fault" } }, h("div", null, h("strong", null, fault.label),
      h("span", { class: "quiet" }, `${this.#affected(fault.method)} · ${often(fault.times)}`)), off);
  }

  async #switchOff(fault) {
    await this.store.post("faults", { off: fault.id }).catch(() => {});
    await this.#fetch();
    announce("Switched off.");
    this.name.focus(); // The button that was pressed is gone.
  }

  #affected(method) {
    return this.affected.find((one) => one.method === method)?.label ?? method;
  }

  #happenedRow(one) {
    const at = new Date(one.at);
    return h("li", { data: { testid: "incident" } },
      h("div", { class: "quiet" }, h("time", { datetime: one.at, title: utcText(at) }, shortMoment(at, this.store.tz)), ` · ${one.label}`),
      h("div", null, this.#about(one)),
      one.arrived ? h("strong", { class: one.arrived.copies > 1 ? "failed" : "" }, this.#outcome(one.arrived)) : null);
  }

  #about({ method, person, text }) {
    if (text) return `For ${person}: “${text}”`;
    return person ? `${this.#affected(method)}: ${person}` : this.#affected(method);
  }

  /** What became of a message; a second copy would be a mistake of the bot's. */
  #outcome({ copies, messages, at }) {
    if (copies === 0) return "Not there so far.";
    const when = longMoment(new Date(at), this.store.tz);
    if (copies > 1) return `There ${copies} times, first on ${when}.`;
    return messages > 1 ? `There once, in ${messages} messages, since ${when}.` : `There once, since ${when}.`;
  }
}

/** "2 more times" */
export function often(times) {
  if (times === null) return "until you switch it off";
  return times === 1 ? "once more" : `${times} more times`;
}
