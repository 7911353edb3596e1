/** Plays a year: asks first, shows how far it has come through the banner, and opens the calendar at the end. */

import { confirmed } from "./confirm.js";
import { longMoment } from "./dates.js";
import { announce } from "./dom.js";
import { toast } from "./toast.js";

const plain = (text) => ({ type: "plain_text", text });
const QUESTION = {
  title: plain("Play a year?"),
  text: plain("The clock moves ahead by a year, and nobody answers meanwhile: you see what the bot writes by itself. It takes about a minute, you can stop it, and the clock never goes back."),
  confirm: plain("Play a year"),
  deny: plain("Cancel"),
};

export class Year {
  /** `done` is called with the month in which it began when a year was played, also when it was stopped. */
  constructor(store, { button, done }) {
    Object.assign(this, { store, button, done, busy: false });
    button.addEventListener("click", () => this.#play());
  }

  update() {
    const { filling, playing_until: until } = this.store.state;
    this.button.setAttribute("aria-disabled", String(this.busy || until !== null || filling !== null));
  }

  async #play() {
    if (this.button.getAttribute("aria-disabled") === "true" || !(await confirmed(QUESTION, this.store.context))) return;
    const began = this.store.today.slice(0, "2027-02".length);
    this.#setBusy(true);
    try {
      const { is_over: isOver, sent } = await this.store.post("year");
      const text = `${isOver ? "A year has passed" : "Stopped"}: it is ${longMoment(this.store.now, this.store.tz)}. ${sentence(sent)}`;
      await this.done(began);
      toast(text);
      announce(text);
    } catch (error) {
      toast(error.message);
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(busy) {
    this.busy = busy;
    this.button.setAttribute("aria-busy", String(busy));
    this.update();
  }
}

/** What the bot sent to whom: {"Ana Ruiz": 26}. */
function sentence(sent) {
  const people = Object.entries(sent);
  if (people.length === 0) return "The bot sent nothing.";
  return `The bot’s messages: ${people.map(([name, count]) => `${name} ${count}`).join(", ")}.`;
}
