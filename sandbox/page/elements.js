/** Interactive elements: buttons, overflow menus and everything that is typed. Choices from lists are in choices.js. */

import { CHOICES } from "./choices.js";
import { fromWall, toWall } from "./dates.js";
import { h, uniqueId } from "./dom.js";
import { openMenu } from "./menu.js";
import { textObject, words } from "./mrkdwn.js";

const TYPING_PAUSE = 500; // Slack waits half a second after the last character before it notifies the app.
const DEFAULT_MAX_LENGTH = 3000;
const COUNTER_FROM = 0.9; // The counter appears once nine tenths of the length are used.
const KINDS = { datepicker: "Date", timepicker: "Time" };
const FIRST_YEAR = 1900; // A year that is still being typed ("0020") is no date yet.

/**
 * Draw an element of `block` on `surface`. `labels`: {labelledby, describedby, required, sends} from the block around it;
 * `sends` says whether a change goes to the bot at once.
 */
export function drawElement(element, block, surface, labels = {}) {
  const draw = ELEMENTS[element.type] ?? CHOICES[element.type];
  if (!draw) return h("p", { class: "unknown" }, `The sandbox can’t show “${element.type}” elements yet.`);
  const made = draw(element, new Host(element, block, surface, labels));
  return made.read ? surface.register(block, element, made).node : made.node;
}

/** What an element needs from its block and its surface. */
export class Host {
  constructor(element, block, surface, labels) {
    Object.assign(this, { element, block, surface, labels });
    this.context = surface.context;
  }

  /** Attributes of every native control. `part` distinguishes the controls of one element. */
  attributes(part = "") {
    const { labelledby, describedby, required } = this.labels;
    return {
      "aria-labelledby": labelledby, "aria-describedby": describedby, "aria-required": required ? "true" : null,
      "aria-label": labelledby ? null : this.name(words(this.element.placeholder) || KINDS[this.element.type]),
      data: this.data(part),
    };
  }

  /** "More actions: the text beside it", so that no two controls of a screen have the same name. */
  name(own) {
    const beside = this.surface.textBeside(this.block);
    return [own, beside].filter(Boolean).join(": ") || this.element.action_id;
  }

  data(part = "") {
    const { block, element } = this;
    return { actionId: element.action_id, blockId: block.block_id, focusKey: [block.block_id, element.action_id, part].join("/") };
  }

  /** Send a changed value to the bot, where the block asks for it. */
  changed(control, wait = 0) {
    if (!this.labels.sends) return;
    const send = () => this.surface.act(this.element, this.block, control.read(), control);
    if (wait) this.surface.soon(`${this.block.block_id}/${this.element.action_id}`, wait, send);
    else send();
  }
}

function button(element, host) {
  const style = { primary: "primary", danger: "danger" }[element.style];
  const node = h("button", {
    type: "button", class: style, data: host.data(), "aria-label": element.accessibility_label,
    on: { click: () => press(node, element, host) },
  }, textObject(element.text, host.context), element.url ? h("span", { "aria-hidden": "true" }, " ↗") : null);
  return { node };
}

async function press(node, element, host) {
  if (node.getAttribute("aria-busy") === "true") return;
  if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
  node.setAttribute("aria-busy", "true");
  try {
    await host.surface.act(element, host.block, { type: "button", text: element.text, value: element.value });
  } finally {
    node.removeAttribute("aria-busy");
  }
}

function overflow(element, host) {
  const node = h("button", {
    type: "button", class: "icon", data: host.data(), "aria-haspopup": "menu", "aria-label": host.name("More actions"),
    on: {
      click: () => openMenu(node, element.options.map((option) => ({
        label: textObject(option.text, host.context), note: words(option.description), data: { value: option.value ?? "" },
        choose: () => {
          if (option.url && /^https?:/i.test(option.url)) window.open(option.url, "_blank", "noopener");
          host.surface.act(element, host.block, { type: "overflow", selected_option: option });
        },
      }))),
    },
  }, "⋯");
  return { node };
}

const KEYBOARDS = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

function typed(element, host) {
  const input = element.multiline
    ? h("textarea", { rows: "3", ...host.attributes() })
    : h("input", { type: "text", inputmode: KEYBOARDS[element.type], autocomplete: "off", ...host.attributes() });
  input.placeholder = words(element.placeholder);
  input.value = element.initial_value ?? "";
  const counter = element.type === "plain_text_input" ? lengthCounter(element, input) : null;
  const control = {
    node: h("div", { class: "typed" }, input, counter?.node), type: element.type,
    read: () => ({ type: element.type, value: input.value === "" ? null : input.value }),
    write: (part) => { input.value = part.value ?? ""; counter?.update(); },
    focus: () => input.focus(),
  };
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  input.addEventListener("input", () => {
    counter?.update();
    if (triggers.includes("on_character_entered")) host.changed(control, TYPING_PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || element.multiline || !host.labels.sends || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    host.changed(control);
  });
  return control;
}

function lengthCounter(element, input) {
  const most = element.max_length ?? DEFAULT_MAX_LENGTH;
  const node = h("p", { class: "counter", "aria-live": "polite", hidden: true });
  const update = () => {
    const left = most - [...input.value].length;
    node.hidden = left > most * (1 - COUNTER_FROM);
    node.textContent = left >= 0 ? `${left} left` : `${-left} too many`;
  };
  update();
  return { node, update };
}

function datepicker(element, host) {
  const input = h("input", { type: "date", ...host.attributes() });
  input.value = element.initial_date ?? "";
  const control = {
    node: input, type: element.type,
    read: () => ({ type: element.type, selected_date: input.value || null }),
    write: (part) => { input.value = part.selected_date ?? ""; },
    problem: () => (input.validity.badInput ? "Complete this date" : null),
    focus: () => input.focus(),
  };
  input.addEventListener("change", () => finishedDate(input) && host.changed(control));
  return control;
}

function finishedDate(input) {
  return input.value === "" || Number(input.value.split("-")[0]) >= FIRST_YEAR;
}

function timepicker(element, host) {
  const input = h("input", { type: "time", ...host.attributes() });
  input.value = element.initial_time ?? "";
  const timezone = element.timezone ? { timezone: element.timezone } : {};
  const control = {
    node: element.timezone ? h("div", { class: "typed" }, input, h("p", { class: "counter" }, `Time in ${element.timezone}`)) : input,
    type: element.type,
    read: () => ({ type: element.type, selected_time: input.value || null, ...timezone }),
    write: (part) => { input.value = part.selected_time ?? ""; },
    problem: () => (input.validity.badInput ? "Complete this time" : null),
    focus: () => input.focus(),
  };
  input.addEventListener("change", () => host.changed(control));
  return control;
}

const CLOCK_CHANGES = {
  twice: "The clocks go back that day, so this time comes twice. The earlier one is used.",
  skipped: "The clocks go forward that day and skip this time. It is taken as an hour later.",
};

/** Two native inputs in the acting person's own zone; the value is unix seconds. */
function datetimepicker(element, host) {
  const { tz, me } = host.context;
  const [date, time] = ["date", "time"].map((kind) => dateTimePart(kind, host));
  const note = h("p", { class: "counter", "aria-live": "polite" });
  let shown = null; // What the inputs were set to: its seconds and which of two equal wall times survive.
  const read = () => {
    if (shown && shown.date === date.value && shown.time === time.value) return { seconds: shown.seconds, note: null };
    return date.value && time.value ? fromWall(date.value, time.value, tz) : { seconds: null, note: null };
  };
  const update = () => {
    note.textContent = [`Time in ${me?.tz_label ?? tz} (${tz}).`, CLOCK_CHANGES[read().note]].filter(Boolean).join(" ");
  };
  const half = () => Boolean(date.value) !== Boolean(time.value) || date.validity.badInput || time.validity.badInput;
  const set = (seconds) => {
    shown = seconds ? { seconds, ...toWall(seconds, tz) } : null;
    [date.value, time.value] = shown ? [shown.date, shown.time] : ["", ""];
    update();
  };
  set(element.initial_date_time);
  const control = {
    node: h("div", { class: "typed" }, h("div", { class: "date-time", role: "group", "aria-labelledby": host.labels.labelledby }, date, time), note),
    type: element.type,
    read: () => ({ type: element.type, selected_date_time: read().seconds }),
    write: (part) => set(part.selected_date_time),
    problem: () => (half() ? "Choose both a date and a time" : null),
    focus: () => date.focus(),
  };
  for (const input of [date, time]) {
    input.addEventListener("change", () => {
      update();
      if (finishedDate(date) && !half()) host.changed(control, TYPING_PAUSE);
    });
  }
  return control;
}

function dateTimePart(kind, host) {
  const { data, ...attributes } = host.attributes(kind);
  // The field's label and "Date" or "Time" together name each of the two.
  const own = uniqueId(kind);
  const name = kind === "date" ? "Date" : "Time";
  const labelledby = attributes["aria-labelledby"];
  const labels = labelledby ? { "aria-labelledby": `${labelledby} ${own}`, "aria-label": name } : { "aria-label": host.name(name) };
  return h("input", { ...attributes, ...labels, id: own, type: kind, data: { ...data, testid: kind } });
}

const ELEMENTS = {
  button, overflow, datepicker, timepicker, datetimepicker,
  plain_text_input: typed, number_input: typed, email_text_input: typed, url_text_input: typed,
};
