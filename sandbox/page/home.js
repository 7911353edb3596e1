/** The App Home tab. */

import { h } from "./dom.js";
import { Surface } from "./surface.js";

export class Home {
  constructor(store, place) {
    Object.assign(this, { store, place, shown: "" });
  }

  update() {
    const view = this.store.state.home;
    const shown = `${this.store.me}/${view?.id ?? ""}`;
    if (shown !== this.shown) {
      this.surface = view ? new Surface(this.store, "home", { type: "view", view_id: view.id }, view.state?.values) : null;
      this.blocks = h("div", { class: "blocks" });
      this.place.replaceChildren(view ? this.blocks : h("p", { class: "empty" }, "The bot hasn’t published anything here yet."));
      this.shown = shown;
    }
    if (view) this.surface.draw(this.blocks, view.blocks);
  }
}
