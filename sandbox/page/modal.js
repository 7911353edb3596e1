/** The stack of modals in one native dialog: the browser traps the focus, the server decides what is open. */

import { showErrors } from "./blocks.js";
import { h, uniqueId } from "./dom.js";
import { words } from "./mrkdwn.js";
import { Surface } from "./surface.js";
import { toast } from "./toast.js";

const FALLBACK = "#panel-channel:not([hidden]) .scroll, .panel:not([hidden]) [data-testid=composer]";

/** One view of the stack. Its DOM, with everything typed, is kept while another view is on top of it. */
class Sheet {
  constructor(store, view) {
    this.id = view.id;
    this.store = store;
    this.surface = new Surface(store, "modal", { type: "view", view_id: view.id }, view.state?.values);
    this.titleId = uniqueId("modal-title");
    this.title = h("h2", { id: this.titleId, tabindex: "-1" });
    this.cross = h("button", { type: "button", class: "icon", data: { testid: "modal-cross" }, on: { click: () => this.close(true) } }, "✕");
    this.blocks = h("div", { class: "blocks" });
    this.failure = h("div", { class: "failure-place" });
    this.closeButton = h("button", { type: "button", data: { testid: "modal-close" }, on: { click: () => this.close(false) } });
    this.submitButton = h("button", { type: "submit", class: "primary", data: { testid: "modal-submit" } });
    // novalidate: errors are shown beside the field, not in the browser's own bubbles.
    this.node = h("form", { novalidate: true, class: "sheet", data: { viewId: view.id }, on: { submit: (event) => this.#submit(event) } },
      h("header", null, this.title, this.cross), this.failure, this.blocks, h("div", { class: "toasts", role: "status" }),
      h("div", { class: "dialog-foot" }, this.closeButton, this.submitButton));
    this.busy = false;
    this.view = null;
  }

  update(view, depth) {
    this.view = view;
    this.title.textContent = words(view.title);
    this.closeButton.textContent = words(view.close) || (view.submit ? "Cancel" : "Close");
    this.cross.setAttribute("aria-label", depth > 1 ? "Close all" : "Close");
    this.submitButton.hidden = !view.submit;
    if (!this.busy) this.submitButton.textContent = words(view.submit) || "Submit";
    this.surface.draw(this.blocks, view.blocks);
    showErrors(this.blocks, view.errors ?? {});
    this.#showFailure(view.failure);
  }

  #showFailure(text) {
    if ((this.failure.textContent || null) === (text ?? null)) return;
    this.failure.replaceChildren(...(text ? [h("p", { role: "alert", class: "failure", data: { testid: "modal-failure" } }, text)] : []));
  }

  async #submit(event) {
    event.preventDefault();
    if (this.busy || !this.view.submit) return;
    this.surface.dropPending();
    const problems = this.surface.problems();
    showErrors(this.blocks, problems);
    if (Object.keys(problems).length === 0) await this.#send();
    this.#focusFirstError();
  }

  async #send() {
    this.#setBusy(true);
    try {
      await this.store.post("submit", { view_id: this.id, values: this.surface.values() });
    } catch (error) {
      toast(error.message);
    } finally {
      this.#setBusy(false);
    }
  }

  #setBusy(busy) {
    this.busy = busy;
    this.submitButton.setAttribute("aria-busy", String(busy));
    this.submitButton.textContent = busy ? "Sending…" : words(this.view.submit) || "Submit";
  }

  #focusFirstError() {
    if (!this.node.isConnected) return; // It was accepted.
    const field = this.blocks.querySelector("[data-testid=field]:has([data-testid=field-error])");
    field?.querySelector("input:not(:disabled), select, textarea, button")?.focus();
  }

  /** Close this view, or the whole stack. What was typed but not sent yet is sent first: the bot may keep drafts. */
  async close(clear) {
    if (this.closing) return;
    this.closing = true;
    try {
      await this.surface.flush();
      await this.store.post("close", { view_id: this.id, clear: clear && this.view.previous_view_id !== null });
    } catch (error) {
      toast(error.message);
    } finally {
      this.closing = false;
    }
  }

  /** Focus what had the focus before, the field that asks for it, or the first field. */
  focus() {
    if (this.lastFocus?.isConnected) return this.lastFocus.focus();
    const wanted = this.view.blocks.find((block) => block.element?.focus_on_load);
    const control = wanted && this.surface.controls.get(`${wanted.block_id}\n${wanted.element.action_id}`);
    if (control) return control.focus();
    const first = this.blocks.querySelector("input:not(:disabled), select, textarea");
    return (first ?? this.title).focus();
  }
}

export class Modals {
  constructor(store) {
    this.store = store;
    this.sheets = new Map();
    this.dialog = h("dialog", { class: "modal", data: { testid: "modal" } });
    this.dialog.addEventListener("keydown", (event) => this.#onKey(event));
    this.dialog.addEventListener("cancel", (event) => {
      if (event.target !== this.dialog) return;
      event.preventDefault();
      this.top?.close(false);
    });
    // The browser may force the dialog to close (a second Escape in a row); the server must know.
    this.dialog.addEventListener("close", () => this.top?.close(false));
    document.body.append(this.dialog);
  }

  #onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.top?.node.requestSubmit();
    if (event.key !== "Escape" || document.querySelector(":popover-open")) return;
    event.preventDefault();
    this.top?.close(false);
  }

  /** Show the server's stack (the topmost view last). */
  update(views) {
    const open = new Set(views.map((view) => view.id));
    for (const id of this.sheets.keys()) if (!open.has(id)) this.sheets.delete(id);
    for (const [depth, view] of views.entries()) {
      if (!this.sheets.has(view.id)) this.sheets.set(view.id, new Sheet(this.store, view));
      this.sheets.get(view.id).update(view, depth + 1);
    }
    this.#show(this.sheets.get(views.at(-1)?.id) ?? null);
  }

  #show(sheet) {
    const changed = sheet !== this.top;
    if (changed && this.top?.node.contains(document.activeElement)) this.top.lastFocus = document.activeElement;
    this.top = sheet;
    if (!sheet) return this.#hide();
    if (changed) this.dialog.replaceChildren(sheet.node);
    this.dialog.setAttribute("aria-labelledby", sheet.titleId);
    if (!this.dialog.open) {
      this.opener ??= document.activeElement;
      this.dialog.showModal();
    }
    if (changed) sheet.focus();
    return undefined;
  }

  #hide() {
    if (!this.dialog.open) return;
    this.dialog.close();
    this.dialog.replaceChildren();
    // If the button that opened the modal has been redrawn since, the composer gets the focus, or a channel's messages.
    const place = this.opener?.isConnected && this.opener !== document.body ? this.opener : document.querySelector(FALLBACK);
    this.opener = null;
    place?.focus();
  }
}
