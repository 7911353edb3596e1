/** The dialog that moves the clock to a date and a time of the acting person's own zone. */

import { fromWall, longMoment, toWall } from "./dates.js";
import { announce } from "./dom.js";

const PAST = "That moment is already in the past here, and the clock only moves forward. Choose a later one.";

export class ClockDialog {
  constructor(store, { dialog, opener, form, cancel, date, time, error, hint }) {
    Object.assign(this, { store, dialog, date, time, error, hint });
    opener.addEventListener("click", () => this.#open());
    cancel.addEventListener("click", () => dialog.close());
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#go(); });
  }

  #open() {
    const { store } = this;
    const now = toWall(store.now.getTime() / 1000, store.tz);
    [this.date.value, this.date.min, this.time.value] = [now.date, now.date, now.time];
    this.hint.textContent = `${store.person.name}’s time. It is ${longMoment(store.now, store.tz)}.`;
    this.#complain("");
    this.dialog.showModal();
    this.date.focus();
  }

  async #go() {
    if (!this.date.value || !this.time.value) return this.#complain("Choose both a date and a time.");
    const { store } = this;
    const { seconds } = fromWall(this.date.value, this.time.value, store.tz);
    if (seconds * 1000 <= store.now.getTime()) return this.#complain(PAST);
    try {
      await store.post("clock", { by: "date", to: seconds });
    } catch (error) {
      return this.#complain(error.message);
    }
    this.dialog.close();
    announce(`It is now ${longMoment(store.now, store.tz)}.`);
    return undefined;
  }

  #complain(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
    for (const input of [this.date, this.time]) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    if (text) this.date.focus();
  }
}
