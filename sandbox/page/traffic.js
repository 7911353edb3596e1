/** The drawer with the last requests in both directions. */

import * as api from "./api.js";
import { toWall, utcText } from "./dates.js";
import { h, reconcile } from "./dom.js";

const PAUSE_MS = 300; // A busy bot makes many requests; the drawer reads them a few times a second at most.
const FINE = /^(ok|2\d\d)$/; // In HTTP's terms, or in Slack's.

export class Traffic {
  constructor(store, { drawer, toggle, close, list }) {
    Object.assign(this, { store, drawer, toggle, list });
    this.fetchSoon = api.soon(() => this.#fetch(), PAUSE_MS);
    toggle.addEventListener("click", () => this.#open(drawer.hidden));
    close.addEventListener("click", () => this.#open(false));
    drawer.addEventListener("keydown", (event) => { if (event.key === "Escape") this.#open(false); });
    store.addEventListener("traffic", () => this.#soon());
  }

  #open(open) {
    this.drawer.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    if (!open) return this.toggle.focus();
    this.drawer.querySelector("h2").focus();
    return this.#fetch();
  }

  #soon() {
    if (this.drawer.hidden) return;
    this.fetchSoon();
  }

  async #fetch() {
    const rows = await api.readIfThere("traffic");
    if (!rows) return;
    const items = rows.map((row) => ({ key: `${row.at} ${row.direction} ${row.what}`, signature: `${row.status} ${row.ms}`, row }));
    reconcile(this.list, items, ({ row }) => this.#row(row));
    this.drawer.querySelector(".empty").hidden = items.length > 0;
  }

  /** The JSON is rendered only when the row is opened. */
  #row(row) {
    const at = new Date(row.at);
    const toBot = row.direction === "to bot";
    const failed = !FINE.test(row.status);
    const details = h("details", null, h("summary", null,
      h("span", { class: toBot ? "way to" : "way from" }, toBot ? "→ to bot" : "← from bot"),
      h("strong", null, row.what),
      h("span", { class: failed ? "status failed" : "status" }, failed ? `✗ ${row.status}` : row.status),
      h("span", { class: "quiet", title: utcText(at) }, `${toWall(at / 1000, this.store.tz).time} · ${Math.round(row.ms ?? 0)} ms`)));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(json("Request", row.request), json("Response", row.response));
    });
    return h("li", null, details);
  }
}

function json(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2);
  return h("div", null, h("h3", null, title), h("pre", { tabindex: "0" }, h("code", null, text)));
}
