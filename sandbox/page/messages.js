/** The messages of a conversation: the direct ones with the bot, or those of a channel. */

import { clockTime, dayKey, longDay, utcText } from "./dates.js";
import { announce, h, link, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { mrkdwn, words } from "./mrkdwn.js";
import { avatar } from "./people.js";
import { Surface } from "./surface.js";
import { toast } from "./toast.js";

const NEAR_END = 80; // Pixels from the end within which a new message scrolls into view by itself.

export class Messages {
  /** `source()` → the conversation in the state, {messages, id?} (`id` of a channel), or undefined while none is open. */
  constructor(store, source, { scroller, list, newest }) {
    Object.assign(this, { store, source, scroller, list, newest, shownFor: "", lastTs: "", visible: false });
    newest.addEventListener("click", () => this.#toEnd());
    store.addEventListener("sending", () => this.#toEnd()); // At the end, new messages scroll into view by themselves.
    scroller.addEventListener("scroll", () => { if (this.#atEnd()) newest.hidden = true; });
  }

  #atEnd() {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newest.hidden = true;
  }

  update() {
    const { store } = this;
    const conversation = this.source();
    if (!conversation) {
      this.list.replaceChildren();
      this.shownFor = "";
      return;
    }
    const { messages } = conversation;
    const shownFor = `${store.me} ${conversation.id ?? ""}`;
    const fresh = shownFor !== this.shownFor;
    if (fresh) this.list.replaceChildren();
    // A hidden scroller has no height and loses its position, so the messages reopen at the newest one.
    const follow = fresh || !this.visible || this.#atEnd();
    this.visible = this.scroller.clientHeight > 0;
    reconcile(this.list, this.#items(messages), (item, old) => (item.day ? this.#day(item.day) : this.#message(item.message, old)));
    if (follow) this.#toEnd();
    if (!fresh) this.#announceNew(messages, follow);
    this.shownFor = shownFor;
    this.lastTs = messages.at(-1)?.ts ?? "";
  }

  #announceNew(messages, follow) {
    const fresh = messages.filter((message) => message.ts > this.lastTs && message.user !== this.store.me);
    if (fresh.length === 0) return;
    if (!follow) this.newest.hidden = false;
    const { context } = this.store;
    const said = fresh.map((message) => `${authorOf(message, context).name}: ${spoken(message, context)}`);
    announce(`${fresh.length === 1 ? "New message from" : `${fresh.length} new messages.`} ${said.join(" ")}`);
  }

  #items(messages) {
    const { tz, me, today } = this.store;
    const items = [];
    let day = "";
    for (const message of messages) {
      const own = dayKey(new Date(message.at), tz);
      if (own !== day) items.push({ key: `day ${own}`, signature: tz, day: new Date(message.at) });
      day = own;
      items.push({ key: message.ts, signature: JSON.stringify([message, me, today]), message });
    }
    return items;
  }

  #day(date) {
    return h("li", { class: "day" }, h("span", null, longDay(date, this.store.tz)));
  }

  #message(message, old) {
    const node = old ?? this.#frame(message);
    const { context } = this.store;
    const [head, body, files] = node.parts;
    head.replaceChildren(...this.#head(message, authorOf(message, context)));
    // The body stays in the document while it changes; removing it would lose the focus.
    if (message.blocks?.length) node.surface.draw(body, message.blocks);
    else body.replaceChildren(h("div", { class: "text" }, mrkdwn(message.text ?? "", context)));
    files.replaceChildren(...(message.files ?? []).map(fileLink));
    return node;
  }

  #frame(message) {
    const parts = [h("div", { class: "head" }), h("div", { class: "body" }), h("ul", { class: "files" })];
    const only = message.ephemeral ? h("p", { class: "quiet only", data: { testid: "ephemeral" } }, h("span", { "aria-hidden": "true" }, "👁 "), "Only visible to you") : null;
    const node = h("li", { class: message.ephemeral ? "message ephemeral" : "message", data: { testid: "message", ts: message.ts } },
      avatar(authorOf(message, this.store.context)), h("div", { class: "content" }, only, parts));
    node.parts = parts;
    node.surface = new Surface(this.store, "message", { type: "message", ts: message.ts, channel: this.source().id });
    return node;
  }

  #head(message, author) {
    const at = new Date(message.at);
    return [
      h("h3", null, author.name), author.is_bot ? h("span", { class: "badge" }, "APP") : null,
      h("time", { datetime: message.at, title: `${message.local ?? ""} · ${utcText(at)}` }, clockTime(at, this.store.tz)),
      message.edited ? h("span", { class: "quiet" }, "(edited)") : null, this.#more(message),
    ].filter(Boolean);
  }

  #more(message) {
    const shortcuts = this.store.state.shortcuts?.filter((shortcut) => shortcut.kind === "message") ?? [];
    if (shortcuts.length === 0 || message.ephemeral) return null;
    const button = h("button", { type: "button", class: "icon more", "aria-haspopup": "menu", "aria-label": "Menu of this message" }, "⋯");
    button.addEventListener("click", () => openMenu(button, shortcutItems(shortcuts, this.store, { ts: message.ts, channel: this.source().id })));
    return button;
  }
}

function fileLink(file) {
  const size = h("small", null, ` ${Math.max(1, Math.round((file.size ?? 0) / 1024))} kB`);
  return h("li", null, h("span", { "aria-hidden": "true" }, "📎 "), link(file.url_private, file.title || file.name), size);
}

/** Menu items for shortcuts; `more` goes into the request, e.g. the message's ts. */
export function shortcutItems(shortcuts, store, more = {}) {
  return shortcuts.map((shortcut) => ({
    label: shortcut.name, note: shortcut.description,
    choose: () => store.post("shortcut", { callback_id: shortcut.callback_id, ...more }).catch((error) => toast(error.message)),
  }));
}

function authorOf(message, { people }) {
  return people.get(message.user) ?? { id: message.user, name: "Unknown user", initials: "?", is_bot: true };
}

function spoken(message, context) {
  const text = message.text || message.blocks?.map((block) => words(block.text)).join(" ") || "";
  return mrkdwn(text, context).map((node) => node.textContent ?? node).join("");
}
