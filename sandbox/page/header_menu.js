/** On a phone the header is one line; everything else in it opens below, behind one button. */

const OPEN = "menu-open";

export class HeaderMenu {
  constructor({ frame, toggle }) {
    Object.assign(this, { frame, toggle });
    toggle.addEventListener("click", () => this.#show(!this.#open));
    frame.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#open || event.defaultPrevented) return;
      this.#show(false);
      toggle.focus();
    });
  }

  get #open() {
    return this.frame.classList.contains(OPEN);
  }

  #show(open) {
    this.frame.classList.toggle(OPEN, open);
    this.toggle.setAttribute("aria-expanded", String(open));
  }
}
