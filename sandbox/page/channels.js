/** The public channels: in the sidebar, in the list that takes its place on a phone, and the head of the one that is open. */

import { announce, h, keepingFocus, reconcile } from "./dom.js";
import { toast } from "./toast.js";

/** The name of a channel as people see it; its id where there is none of that id. */
export function channelName(id, { channels }) {
  return `#${channels.find((channel) => channel.id === id)?.name ?? id}`;
}

export class Channels {
  constructor(store, { list, picker, elsewhere, title, button, empty }) {
    Object.assign(this, { store, list, picker, elsewhere, title, button, empty, drawn: "" });
    picker.addEventListener("change", () => store.open(picker.value));
    button.addEventListener("click", () => this.#change());
  }

  update() {
    const { channels } = this.store.state;
    const { channel } = this.store;
    const items = channels.map((one) => ({ key: one.id, signature: `${one.unread} ${one === channel}`, channel: one }));
    keepingFocus(this.list, () => reconcile(this.list, items, (item) => this.#entry(item.channel)));
    this.#drawPicker();
    if (!channel) return;
    this.title.textContent = `#${channel.name}`;
    this.button.textContent = channel.has_app ? "Remove Career from this channel" : "Invite Career to this channel";
    this.empty.hidden = channel.messages.length > 0;
  }

  #entry(channel) {
    const { id, name, unread } = channel;
    return h("li", null, h("button", {
      type: "button", "aria-current": channel === this.store.channel ? "true" : null, data: { testid: "channel", focusKey: `channel/${id}` },
      on: { click: () => this.store.open(id) },
    }, h("span", { class: "hash", "aria-hidden": "true" }, "#"), name, " ", unread ? h("span", { class: "unread" }, String(unread)) : null));
  }

  /** Redrawing closes an open native select, so it is redrawn only when it has changed. */
  #drawPicker() {
    const { channel, state } = this.store;
    const label = (name, unread) => (unread ? `${name} · ${unread} unread` : name);
    const shown = channel?.id ?? "messages";
    const all = [{ id: "messages", name: "Career", unread: state.dm.unread }, ...state.channels.map((one) => ({ ...one, name: `#${one.name}` }))];
    const places = all.map(({ id, name, unread }) => ({ id, label: id === shown ? name : label(name, unread) }));
    const elsewhere = all.reduce((sum, one) => sum + (one.id === shown ? 0 : one.unread), 0);
    const signature = JSON.stringify(places);
    if (signature !== this.drawn) this.picker.replaceChildren(...places.map((place) => h("option", { value: place.id }, place.label)));
    this.drawn = signature;
    this.picker.value = shown;
    this.elsewhere.hidden = elsewhere === 0;
    this.elsewhere.replaceChildren(String(elsewhere), h("span", { class: "hidden" }, " unread elsewhere"));
  }

  async #change() {
    const { channel } = this.store;
    try {
      await this.store.post("channel", { channel: channel.id, has_app: !channel.has_app });
      announce(channel.has_app ? `Career is no longer in #${channel.name}.` : `Career is in #${channel.name} now.`);
    } catch (error) {
      toast(error.message);
    }
  }
}
