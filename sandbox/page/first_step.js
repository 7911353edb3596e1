/** What an empty conversation suggests: the first command, filled into the composer by one press. */

import { usageWords } from "./composer.js";

const FIRST_WORD = "start";

export class FirstStep {
  constructor(store, { place, button, composer }) {
    Object.assign(this, { store, place, button });
    button.addEventListener("click", () => {
      composer.value = this.#command();
      composer.focus();
    });
  }

  update() {
    const { dm, commands } = this.store.state;
    this.place.hidden = dm.messages.length > 0;
    this.button.hidden = !commands.length;
    this.button.textContent = commands.length ? `Type ${this.#command()}` : "";
  }

  #command() {
    const [command] = this.store.state.commands;
    const words = usageWords(command.usage_hint);
    return `${command.name} ${words.includes(FIRST_WORD) ? FIRST_WORD : words[0] ?? ""}`.trim();
  }
}
