/** Where people write: plain messages, and slash commands with completion. */

import { h, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { shortcutItems } from "./messages.js";
import { toast } from "./toast.js";

const UNKNOWN_COMMAND = 422; // Trying it again would help nobody, so it does not come back into the box.

export class Composer {
  constructor(store, { form, input, list, shortcuts }) {
    Object.assign(this, { store, form, input, list, shortcuts, drafts: new Map(), draftOf: "", found: [], at: 0 });
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    input.addEventListener("input", () => this.#complete());
    input.addEventListener("focus", () => this.#complete());
    input.addEventListener("blur", () => this.#show([]));
    input.addEventListener("keydown", (event) => this.#onKey(event));
    shortcuts.addEventListener("click", () => openMenu(shortcuts, shortcutItems(this.#globalShortcuts(), store)));
  }

  #globalShortcuts() {
    return this.store.state.shortcuts?.filter((shortcut) => shortcut.kind === "global") ?? [];
  }

  /** Each person keeps their own unsent text. */
  update() {
    this.shortcuts.hidden = this.#globalShortcuts().length === 0;
    if (this.draftOf === this.store.me) return;
    this.drafts.set(this.draftOf, this.input.value);
    this.input.value = this.drafts.get(this.store.me) ?? "";
    this.draftOf = this.store.me;
    this.#show([]);
  }

  async #send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.#take("");
    this.store.dispatchEvent(new Event("sending"));
    try {
      await this.store.post(text.startsWith("/") ? "command" : "message", { text });
    } catch (error) {
      toast(error.message);
      if (!this.input.value && error.status !== UNKNOWN_COMMAND) this.#take(text);
    }
  }

  #take(text) {
    this.input.value = text;
    this.#complete();
  }

  #complete() {
    const focused = document.activeElement === this.input;
    this.#show(focused ? completions(this.input.value, this.store.state?.commands ?? []) : []);
  }

  #show(found) {
    this.found = found;
    this.at = 0;
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    reconcile(this.list, found.map((entry) => ({ key: entry.text, signature: JSON.stringify(entry), entry })), ({ entry }) => this.#option(entry));
    this.#mark();
  }

  #option(entry) {
    return h("li", {
      role: "option", id: `completion-${entry.text.replace(/\W+/g, "-")}`, data: { testid: "completion" },
      // Before the composer loses its focus, which would close the list.
      on: { pointerdown: (event) => { event.preventDefault(); this.#take(entry.fill); this.input.focus(); } },
    }, h("strong", null, entry.text), entry.hint ? h("code", null, entry.hint) : null, entry.note ? h("small", null, entry.note) : null);
  }

  #mark() {
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.at)));
    const option = this.list.children[this.at];
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  #onKey(event) {
    if (event.isComposing) return;
    const open = this.found.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.#move(event);
    else if (open && event.key === "Escape") this.#show([]);
    else if (open && event.key === "Tab" && !event.shiftKey) this.#fill(event);
    else if (event.key === "Enter" && !event.shiftKey) this.#enter(event);
  }

  #move(event) {
    event.preventDefault();
    this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.found.length) % this.found.length;
    this.#mark();
  }

  #fill(event) {
    event.preventDefault();
    this.#take(this.found[this.at].fill);
  }

  /** Enter completes a partial command, and sends anything else. */
  #enter(event) {
    event.preventDefault();
    const typed = this.input.value.trim();
    if (this.found.length === 0 || this.found.some((entry) => entry.text === typed)) this.form.requestSubmit();
    else this.#fill(event);
  }
}

/** Completions: commands after "/", then the words of a command's usage hint ("[prep | schedule]"). */
export function completions(text, commands) {
  const [name, ...rest] = text.split(" ");
  if (!text.startsWith("/") || text.includes("\n")) return [];
  if (rest.length === 0) {
    return commands.filter((command) => command.name.startsWith(name))
      .map((command) => ({ text: command.name, fill: `${command.name} `, hint: command.usage_hint, note: command.description }));
  }
  const command = commands.find((known) => known.name === name);
  if (!command || rest.length > 1) return [];
  return usageWords(command.usage_hint).filter((word) => word.startsWith(rest[0]))
    .map((word) => ({ text: `${name} ${word}`, fill: `${name} ${word}` }));
}

/** The words that a usage hint offers: "[prep | schedule]" → prep, schedule. */
export function usageWords(hint) {
  return (hint ?? "").split("|").map((part) => part.replace(/[[\]()]/g, "").trim().split(/\s+/)[0]).filter((word) => /^[a-z][a-z-]*$/.test(word));
}
