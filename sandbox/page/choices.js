/** Elements that choose from a list: native selects for one, checkbox lists for several (best on phones and for keyboards). */

import { channelName } from "./channels.js";
import { h, uniqueId } from "./dom.js";
import { textObject, words } from "./mrkdwn.js";

/** The names that a kind of list has for its values in view.state.values and for its initial values. */
const OPTIONS = { one: "selected_option", many: "selected_options", initialOne: "initial_option", initialMany: "initial_options" };
const USERS = { one: "selected_user", many: "selected_users", initialOne: "initial_user", initialMany: "initial_users" };
const CONVERSATIONS = {
  one: "selected_conversation", many: "selected_conversations", initialOne: "initial_conversation", initialMany: "initial_conversations",
};
const CHANNELS = { one: "selected_channel", many: "selected_channels", initialOne: "initial_channel", initialMany: "initial_channels" };

/** → [{group: string | null, entries: [{id, value, label, nodes?, note?}]}]; `value` is what Slack gets. */
function optionGroups(element, host) {
  const groups = element.option_groups ?? [{ label: null, options: element.options ?? [] }];
  return groups.map((group) => ({
    group: group.label ? words(group.label) : null,
    entries: group.options.map((option) => ({
      id: option.value, value: option, label: words(option.text),
      nodes: textObject(option.text, host.context), note: option.description && textObject(option.description, host.context),
    })),
  }));
}

/** Everyone but deactivated people, who are listed only where they were chosen earlier. */
function allPeople(element, host) {
  const chosen = [element.initial_user, ...(element.initial_users ?? [])];
  const shown = [...host.context.people.values()].filter((person) => !person.deleted || chosen.includes(person.id));
  return [{ group: null, entries: shown.map((person) => ({ id: person.id, value: person.id, label: nameOf(person) })) }];
}

function nameOf(person) {
  if (person.deleted) return `${person.name} (deactivated)`;
  return person.is_bot ? `${person.name} (app)` : person.name;
}

/** The direct messages with the bot and the public channels, or what the filter leaves of them. */
function conversations(element, host) {
  const includes = (kind) => element.filter?.include?.includes(kind) ?? true;
  const direct = includes("im") && !element.filter?.exclude_bot_users ? [host.context.dm] : [];
  const open = includes("public") ? publicChannels(host) : [];
  return named([...direct, ...open, element.initial_conversation, ...(element.initial_conversations ?? [])], host);
}

function channels(element, host) {
  return named([...publicChannels(host), element.initial_channel, ...(element.initial_channels ?? [])], host);
}

function publicChannels(host) {
  return host.context.channels.map((channel) => channel.id);
}

function named(ids, host) {
  const label = (id) => (id === host.context.dm ? "Direct messages with the bot" : channelName(id, host.context));
  return [{ group: null, entries: [...new Set(ids.filter(Boolean))].map((id) => ({ id, value: id, label: label(id) })) }];
}

const idOf = (value) => value?.value ?? value ?? "";

function one(source, names) {
  return (element, host) => {
    const groups = source(element, host);
    const entries = new Map(groups.flatMap((group) => group.entries).map((entry) => [entry.id, entry]));
    const drawn = groups.map(({ group, entries: members }) => {
      const options = members.map((entry) => h("option", { value: entry.id }, entry.label));
      return group ? h("optgroup", { label: group }, options) : options;
    });
    const select = h("select", host.attributes(), h("option", { value: "" }, words(element.placeholder) || "Choose…"), drawn);
    const initial = element.default_to_current_conversation ? host.context.channel : element[names.initialOne];
    select.value = entries.has(idOf(initial)) ? idOf(initial) : "";
    const control = {
      node: select, type: element.type,
      read: () => ({ type: element.type, [names.one]: entries.get(select.value)?.value ?? null }),
      write: (part) => { if (entries.has(idOf(part[names.one])) || !part[names.one]) select.value = idOf(part[names.one]); },
      focus: () => select.focus(),
    };
    select.addEventListener("change", () => host.changed(control));
    return control;
  };
}

/** Radio buttons (kind "radio"), and elements that accept several choices (kind "checkbox"). */
function list(source, names, kind) {
  return (element, host) => {
    const entries = source(element, host).flatMap(({ group, entries: members }) => members.map((entry, index) => ({ ...entry, group: index === 0 ? group : null })));
    const name = uniqueId("choice");
    const boxes = entries.map((entry) => h("input", { type: kind, name, value: entry.id, data: host.data(entry.id) }));
    const { labelledby, describedby, required } = host.labels;
    const node = h("div", {
      class: `choices ${element.type}`, role: kind === "radio" ? "radiogroup" : "group", "aria-labelledby": labelledby,
      "aria-label": labelledby ? null : words(element.placeholder) || element.action_id,
      "aria-describedby": describedby, "aria-required": required && kind === "radio" ? "true" : null,
    }, entries.map((entry, index) => row(entry, boxes[index])), entries.length ? null : h("p", { class: "counter" }, "There is nothing to choose from."));
    const control = listControl(element, names, kind, { node, boxes, entries });
    control.write({ [names.one]: element[names.initialOne], [names.many]: element[names.initialMany] });
    node.addEventListener("change", () => { control.limit(); host.changed(control); });
    return control;
  };
}

function row(entry, box) {
  return [
    entry.group ? h("p", { class: "group-label" }, entry.group) : null,
    h("label", { class: "choice" }, box, h("span", null, entry.nodes ?? entry.label, entry.note ? h("small", null, entry.note) : null)),
  ];
}

function listControl(element, names, kind, { node, boxes, entries }) {
  const chosen = () => entries.filter((_, index) => boxes[index].checked).map((entry) => entry.value);
  const most = element.max_selected_items ?? boxes.length;
  const limit = () => {
    const full = kind === "checkbox" && chosen().length >= most;
    for (const box of boxes) box.disabled = full && !box.checked;
  };
  return {
    node, limit, type: element.type,
    read: () => ({ type: element.type, ...(kind === "radio" ? { [names.one]: chosen()[0] ?? null } : { [names.many]: chosen() }) }),
    write: (part) => {
      const wanted = (kind === "radio" ? [part[names.one]] : part[names.many] ?? []).filter(Boolean).map(idOf);
      for (const box of boxes) box.checked = wanted.includes(box.value);
      limit();
    },
    focus: () => (boxes.find((box) => box.checked) ?? boxes[0])?.focus(),
  };
}

export const CHOICES = {
  static_select: one(optionGroups, OPTIONS),
  users_select: one(allPeople, USERS),
  conversations_select: one(conversations, CONVERSATIONS),
  channels_select: one(channels, CHANNELS),
  multi_static_select: list(optionGroups, OPTIONS, "checkbox"),
  multi_users_select: list(allPeople, USERS, "checkbox"),
  multi_conversations_select: list(conversations, CONVERSATIONS, "checkbox"),
  multi_channels_select: list(channels, CHANNELS, "checkbox"),
  checkboxes: list(optionGroups, OPTIONS, "checkbox"),
  radio_buttons: list(optionGroups, OPTIONS, "radio"),
};
