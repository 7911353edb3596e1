/** The workspace's clock: shows the time of the acting person, and moves it forward. */

import { longMoment, shortMoment, utcText } from "./dates.js";
import { announce } from "./dom.js";
import { toast } from "./toast.js";

const TICK_MS = 1000;

export class Clock {
  /** `buttons`: {hour, day, week, next}. */
  constructor(store, { owner, now, buttons, when, status, start }) {
    Object.assign(this, { store, owner, now, buttons, when, status, start, busy: false });
    for (const [by, button] of Object.entries(buttons)) button.addEventListener("click", () => this.#move(by));
    setInterval(() => this.#tick(), TICK_MS);
  }

  update() {
    this.#tick();
    const next = this.store.state.next_moment && new Date(this.store.state.next_moment);
    this.#write(this.when, next ? shortMoment(next, this.store.tz) : "nothing planned");
    this.when.title = next ? utcText(next) : "";
    const started = this.store.state.started_at;
    this.#write(this.start, started ? `Its clock started on ${longMoment(new Date(started), this.store.tz)} and only moves forward.` : "");
    this.nothing = !next;
    this.#enable();
  }

  #tick() {
    if (!this.store.state) return;
    const { now, tz } = this.store;
    this.#write(this.owner, `${this.store.person?.name ?? "Sandbox"}’s time`);
    this.#write(this.now, longMoment(now, tz));
    this.now.dateTime = now.toISOString();
    this.now.title = utcText(now);
  }

  #write(node, text) {
    if (node.textContent !== text) node.textContent = text;
  }

  /** aria-disabled instead of disabled: the button that was pressed keeps the focus. */
  #enable() {
    for (const [by, button] of Object.entries(this.buttons)) {
      button.setAttribute("aria-disabled", String(this.busy || (by === "next" && this.nothing)));
    }
  }

  async #move(by) {
    if (this.buttons[by].getAttribute("aria-disabled") === "true") return;
    this.#setBusy(by, true);
    try {
      await this.store.post("clock", { by });
      announce(`It is now ${longMoment(this.store.now, this.store.tz)}.`);
    } catch (error) {
      toast(error.message);
    } finally {
      this.#setBusy(by, false);
    }
  }

  #setBusy(by, busy) {
    this.busy = busy;
    this.buttons[by].setAttribute("aria-busy", String(busy));
    this.status.textContent = busy ? "Moving the clock…" : "";
    this.#enable();
  }
}
