/** What an empty conversation suggests: the first command, filled into the composer by one press, or a team to look at. */

import { usageWords } from "./composer.js";
import { announce } from "./dom.js";
import { toast } from "./toast.js";

const FIRST_WORD = "start";

export class FirstStep {
  constructor(store, { place, button, composer, team, fill, person }) {
    Object.assign(this, { store, place, button, team, fill, person });
    button.addEventListener("click", () => {
      composer.value = this.#command();
      composer.focus();
    });
    fill.addEventListener("click", () => this.#fill());
  }

  update() {
    const { dm, commands, can_be_filled: canBeFilled } = this.store.state;
    this.place.hidden = dm.messages.length > 0;
    this.button.hidden = !commands.length;
    this.button.textContent = commands.length ? `Type ${this.#command()}` : "";
    this.team.hidden = this.fill.hidden = !canBeFilled;
  }

  /** It takes some seconds; the banner says how far it has come. */
  async #fill() {
    if (this.fill.hidden) return;
    this.fill.hidden = true;
    try {
      const { as, text } = await this.store.post("fill");
      await this.store.actAs(as);
      this.store.open("home");
      this.person.focus(); // The button that was pressed is gone.
      toast(text);
      announce(text);
    } catch (error) {
      toast(error.message);
    }
  }

  #command() {
    const [command] = this.store.state.commands;
    const words = usageWords(command.usage_hint);
    return `${command.name} ${words.includes(FIRST_WORD) ? FIRST_WORD : words[0] ?? ""}`.trim();
  }
}
