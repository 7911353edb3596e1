/**
 * A surface is what blocks are drawn on: a message, a modal or Home. It knows the controls on it, what was entered in
 * them, and where to send an action.
 *
 * A control: {node, type, read() → its part of view.state.values, write(part), problem?() → string | null, focus()}.
 */

import { drawBlock } from "./blocks.js";
import { confirmed } from "./confirm.js";
import { keepingFocus, reconcile } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { toast } from "./toast.js";

const NAME_LENGTH = 80; // Characters of a text that are read out as part of a control's name.

export class Surface {
  /** `container`: {type: "message", ts, channel?} or {type: "view", view_id}; `kind`: "message", "modal" or "home". */
  constructor(store, kind, container, values = {}) {
    this.store = store;
    this.kind = kind;
    this.container = container;
    this.carried = values;
    this.controls = new Map();
    this.pending = new Map();
    this.blocks = [];
  }

  /** What rendering text needs. */
  get context() {
    return this.store.context;
  }

  /** Show `blocks` in `node`; unchanged ones stay as they are, and entered values are kept. */
  draw(node, blocks) {
    const kept = { ...this.carried, ...this.values() };
    this.blocks = blocks;
    const items = blocks.map((block, index) => ({ key: block.block_id ?? `#${index}`, signature: this.#signature(block), block }));
    keepingFocus(node, () => {
      reconcile(node, items, ({ block }) => {
        this.#drop(block.block_id);
        return drawBlock(block, this);
      });
      this.#settle(new Set(blocks.map((block) => block.block_id)), kept);
    });
    this.carried = {};
  }

  #signature(block) {
    const text = JSON.stringify(block);
    // "Today" and "in 3 hours" depend on the clock, everything else on the text alone.
    return this.store.me + text + (/_pretty\}|\{ago\}/.test(text) ? this.store.today : "");
  }

  #drop(blockId) {
    for (const [key, control] of this.controls) if (control.blockId === blockId) this.controls.delete(key);
  }

  /** Drop the controls of blocks that are gone; write earlier values into new ones. */
  #settle(present, kept) {
    for (const [key, control] of this.controls) {
      if (!present.has(control.blockId)) this.controls.delete(key);
      else if (control.fresh) this.#carry(control, kept);
    }
  }

  #carry(control, kept) {
    control.fresh = false;
    const part = kept[control.blockId]?.[control.actionId];
    if (part && part.type === control.type) control.write(part);
    control.last = control.read();
  }

  /** The text of a block, or of the nearest one above that has any: it names the controls that have no label. */
  textBeside(block) {
    const above = this.blocks.slice(0, this.blocks.indexOf(block) + 1).reverse();
    const text = (above.find((one) => one.text) ?? block).text;
    const spoken = text ? textObject(text, this.context).map((node) => node.textContent ?? node).join("") : "";
    return spoken.length > NAME_LENGTH ? `${spoken.slice(0, NAME_LENGTH)}…` : spoken;
  }

  /** Called by blocks for every control they draw. */
  register(block, element, control) {
    Object.assign(control, { blockId: block.block_id, actionId: element.action_id, fresh: true, last: control.read() });
    this.controls.set(`${block.block_id}\n${element.action_id}`, control);
    return control;
  }

  /** Everything entered, as Slack's view.state.values. */
  values() {
    const values = {};
    for (const control of this.controls.values()) (values[control.blockId] ??= {})[control.actionId] = control.read();
    return values;
  }

  /** Values that can't be sent as they are: {block_id: sentence}. */
  problems() {
    const found = {};
    for (const control of this.controls.values()) {
      const problem = control.problem?.();
      if (problem) found[control.blockId] ??= problem;
    }
    return found;
  }

  /** Send the use of a control to the bot; resolves to whether it was sent. */
  async act(element, block, action, control = null) {
    if (element.confirm && !(await confirmed(element.confirm, this.context))) {
      control?.write(control.last);
      return false;
    }
    if (control) control.last = control.read();
    try {
      await this.store.post("action", {
        container: this.container, block_id: block.block_id, action_id: element.action_id, action, values: this.values(),
      });
    } catch (error) {
      toast(error.message);
      return false;
    }
    return true;
  }

  /** Run `send` after `wait` ms, unless it is called again for the same key before that. */
  soon(key, wait, send) {
    clearTimeout(this.pending.get(key)?.timer);
    const run = () => {
      this.pending.delete(key);
      return send();
    };
    this.pending.set(key, { run, timer: setTimeout(run, wait) });
  }

  /** Send what is still waiting, so that nothing typed is lost when a modal is closed quickly. */
  async flush() {
    await Promise.all([...this.pending.values()].map(({ run, timer }) => (clearTimeout(timer), run())));
  }

  /** Drop what is still waiting: a submission contains everything anyway. */
  dropPending() {
    for (const { timer } of this.pending.values()) clearTimeout(timer);
    this.pending.clear();
  }
}
