/** Slack's mrkdwn → DOM nodes. Context everywhere: {people: Map(id → person), channels, tz, now: Date}. */

import { channelName } from "./channels.js";
import { slackDate, utcText } from "./dates.js";
import { h, link } from "./dom.js";
import { emojiNode } from "./emoji.js";

/** Slack escapes exactly three characters. */
export function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Text of a plain_text object, where only emoji codes have a meaning → nodes */
export function plain(text, { emoji = true } = {}) {
  const nodes = [];
  let rest = 0;
  for (const found of emoji ? text.matchAll(EMOJI_CODE) : []) {
    const node = emojiNode(found[1]);
    if (!node) continue;
    nodes.push(unescape(text.slice(rest, found.index)), node);
    rest = found.index + found[0].length;
  }
  nodes.push(unescape(text.slice(rest)));
  return nodes.filter((node) => node !== "");
}

/** A text object ({type: "plain_text" | "mrkdwn", text}) → nodes. */
export function textObject(object, context) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text, context) : plain(object.text ?? "", { emoji: object.emoji !== false });
}

/** The text alone, for labels that can't contain nodes (native options, aria-label). */
export function words(object) {
  return plain(typeof object === "string" ? object : object?.text ?? "").map((node) => node.textContent ?? node).join("");
}

/** mrkdwn → nodes: fences first, then quotes, lists and lines. */
export function mrkdwn(text, context) {
  const nodes = [];
  text.split("```").forEach((piece, index, pieces) => {
    const fenced = index % 2 === 1 && index < pieces.length - 1;
    if (fenced) nodes.push(h("pre", null, h("code", null, references(piece.replace(/^\n|\n$/g, ""), context))));
    else {
      // A fence has its own line breaks; an unclosed one is just three characters.
      const open = index % 2 === 1 ? "```" : "";
      const body = open + (index > 0 && !open ? piece.replace(/^\n/, "") : piece);
      nodes.push(...lines(index < pieces.length - 1 ? body.replace(/\n$/, "") : body, context));
    }
  });
  return nodes;
}

const LINE_KINDS = [
  ["quote", /^(?:&gt;|>) ?(.*)$/],
  ["bullet", /^[ \t]*[•◦▪‣-] +(.*)$/],
  ["number", /^[ \t]*(\d{1,3})\. +(.*)$/],
];

function kindOf(line) {
  for (const [kind, pattern] of LINE_KINDS) {
    const found = pattern.exec(line);
    if (found) return { kind, words: found.at(-1), number: kind === "number" ? Number(found[1]) : null };
  }
  return { kind: "line", words: line, number: null };
}

function lines(text, context) {
  if (text === "") return [];
  const runs = [];
  for (const line of text.split("\n").map(kindOf)) {
    const last = runs.at(-1);
    if (last?.kind === line.kind) last.lines.push(line);
    else runs.push({ kind: line.kind, lines: [line] });
  }
  return runs.flatMap((run) => drawRun(run, context));
}

function drawRun({ kind, lines: members }, context) {
  if (kind === "line") return inline(members.map((line) => line.words).join("\n"), context);
  if (kind === "quote") return [h("blockquote", null, inline(members.map((line) => line.words).join("\n"), context))];
  const items = members.map((line) => h("li", null, inline(line.words, context)));
  return [kind === "bullet" ? h("ul", null, items) : h("ol", { start: members[0].number }, items)];
}

const EMOJI_CODE = /:([a-z0-9_+-]+(?:::skin-tone-[2-6])?):/g;

/** Between two signs: text without the sign on one line; references (<…>) may contain anything. */
const styled = (sign) => `(?<![\\w${sign}])${sign}(?=\\S)((?:<[^<>\\n]*>|[^${sign}\\n<])+)(?<=\\S)${sign}(?![\\w${sign}])`;

const INLINE = new RegExp([
  "<(?<reference>[^<>\\n]+)>",
  "`(?<code>[^`\\n]+)`",
  styled("\\*").replace("((?:", "(?<bold>(?:"),
  styled("_").replace("((?:", "(?<italic>(?:"),
  styled("~").replace("((?:", "(?<strike>(?:"),
  ":(?<emoji>[a-z0-9_+-]+(?:::skin-tone-[2-6])?):",
  "(?<url>https?://[^\\s<>|`]*[^\\s<>|`.,;:!?)'\"*_~])",
].join("|"), "g");

function inline(text, context) {
  const nodes = [];
  let rest = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = drawInline(found.groups, context);
    if (!node) continue;
    nodes.push(unescape(text.slice(rest, found.index)), node);
    rest = found.index + found[0].length;
  }
  nodes.push(unescape(text.slice(rest)));
  return nodes.filter((node) => node !== "");
}

function drawInline(found, context) {
  if (found.reference !== undefined) return reference(found.reference, context);
  if (found.code !== undefined) return h("code", null, references(found.code, context));
  if (found.bold !== undefined) return h("strong", null, inline(found.bold, context));
  if (found.italic !== undefined) return h("em", null, inline(found.italic, context));
  if (found.strike !== undefined) return h("s", null, inline(found.strike, context));
  if (found.emoji !== undefined) return emojiNode(found.emoji);
  return link(unescape(found.url), unescape(found.url));
}

/** Inside code only references have a meaning. */
function references(text, context) {
  return text.split(/<([^<>\n]+)>/).map((piece, index) => (index % 2 ? reference(piece, context) : unescape(piece)));
}

function reference(body, context) {
  const bar = body.indexOf("|");
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : unescape(body.slice(bar + 1));
  if (target.startsWith("!date^")) return dateNode(target.split("^").slice(1), label, context);
  if (target.startsWith("@")) return mention(target.slice(1), context, label);
  if (target.startsWith("#")) return h("span", { class: "mention" }, label ? `#${label}` : channelName(target.slice(1), context));
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? `@${target.slice(9)}`);
  if (target.startsWith("!")) return h("span", { class: "mention" }, `@${target.slice(1)}`);
  return link(unescape(target), label ?? unescape(target));
}

/** "@Ana Ruiz". */
export function mention(id, { people }, label = null) {
  return h("span", { class: "mention", data: { user: id } }, `@${people.get(id)?.name ?? label ?? id}`);
}

function dateNode([seconds, format, url], fallback, context) {
  const text = slackDate(seconds, format ?? "", context);
  if (text === null) return h("span", null, fallback ?? "");
  const moment = new Date(Number(seconds) * 1000);
  const node = h("time", { datetime: moment.toISOString(), title: utcText(moment) }, text);
  return url ? link(unescape(url), node) : node;
}
