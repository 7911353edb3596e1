/** rich_text blocks → DOM nodes. */

import { channelName } from "./channels.js";
import { slackDate, utcText } from "./dates.js";
import { h, link } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { mention } from "./mrkdwn.js";

const STYLES = [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]];

/** The elements of a rich_text block → nodes. */
export function richText(elements, context) {
  return elements.map((element) => PARTS[element.type]?.(element, context) ?? section(element, context));
}

function section(element, context) {
  return h("p", null, leaves(element, context));
}

function leaves(element, context) {
  return (element.elements ?? []).map((leaf) => styled(LEAVES[leaf.type]?.(leaf, context) ?? leaf.text ?? "", leaf.style));
}

function styled(node, style) {
  return STYLES.reduce((inner, [name, tag]) => (style?.[name] ? h(tag, null, inner) : inner), node);
}

const PARTS = {
  rich_text_section: section,
  rich_text_quote: (element, context) => h("blockquote", null, leaves(element, context)),
  rich_text_preformatted: (element, context) => h("pre", null, h("code", null, leaves(element, context))),
  rich_text_list: (element, context) => {
    const items = element.elements.map((item) => h("li", null, leaves(item, context)));
    const props = { class: element.indent ? `indent-${Math.min(element.indent, 4)}` : null };
    return element.style === "ordered" ? h("ol", { ...props, start: (element.offset ?? 0) + 1 }, items) : h("ul", props, items);
  },
};

const LEAVES = {
  text: (leaf) => leaf.text,
  link: (leaf) => link(leaf.url, leaf.text || leaf.url),
  user: (leaf, context) => mention(leaf.user_id, context),
  usergroup: (leaf) => h("span", { class: "mention" }, `@${leaf.usergroup_id}`),
  channel: (leaf, context) => h("span", { class: "mention" }, channelName(leaf.channel_id, context)),
  broadcast: (leaf) => h("span", { class: "mention" }, `@${leaf.range}`),
  color: (leaf) => h("code", null, leaf.value),
  emoji: (leaf) => emojiNode(leaf.name) ?? fromCode(leaf) ?? `:${leaf.name}:`,
  date: (leaf, context) => {
    const text = slackDate(leaf.timestamp, leaf.format, context) ?? leaf.fallback ?? "";
    const moment = new Date(leaf.timestamp * 1000);
    return h("time", { datetime: moment.toISOString(), title: utcText(moment) }, text);
  },
};

function fromCode({ name, unicode }) {
  if (!unicode) return null;
  const sign = String.fromCodePoint(...unicode.split("-").map((code) => Number.parseInt(code, 16)));
  return h("span", { role: "img", class: "emoji", "aria-label": name }, sign);
}
