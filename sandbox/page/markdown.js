/** Standard Markdown, as far as Slack's markdown block goes, → DOM nodes. */

import { h, link } from "./dom.js";
import { emojiNode } from "./emoji.js";

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^>\s?(.*)$/;
const BULLET = /^\s*[-*+]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(.*)$/;
const TABLE_LINE = /^\s*\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?$/;

/** Headings start at level `top`, so that the page keeps one outline. */
export function markdown(text, top = 3) {
  const nodes = [];
  const lines = text.split("\n");
  while (lines.length > 0) {
    const node = takeBlock(lines, top);
    if (node) nodes.push(node);
  }
  return nodes;
}

/** Takes the lines of one block off the front of `lines`. */
function takeBlock(lines, top) {
  const line = lines[0];
  if (line.trim() === "") return void lines.shift();
  if (FENCE.test(line)) return fence(lines);
  const heading = HEADING.exec(line);
  if (heading) return lines.shift(), h(`h${Math.min(top + heading[1].length - 1, 6)}`, null, inline(heading[2]));
  if (RULE.test(line)) return lines.shift(), h("hr");
  if (QUOTE.test(line)) return h("blockquote", null, markdown(takeWhile(lines, QUOTE).map((found) => found[1]).join("\n"), top));
  if (BULLET.test(line)) return h("ul", null, takeWhile(lines, BULLET).map((found) => h("li", null, inline(found[1]))));
  const number = NUMBER.exec(line);
  if (number) return h("ol", { start: number[1] }, takeWhile(lines, NUMBER).map((found) => h("li", null, inline(found[2]))));
  if (line.includes("|") && TABLE_LINE.test(lines[1] ?? "")) return table(lines);
  return paragraph(lines);
}

function takeWhile(lines, pattern) {
  const found = [];
  while (lines.length > 0 && pattern.test(lines[0])) found.push(pattern.exec(lines.shift()));
  return found;
}

function fence(lines) {
  lines.shift();
  const code = [];
  while (lines.length > 0 && !FENCE.test(lines[0])) code.push(lines.shift());
  lines.shift();
  return h("pre", null, h("code", null, code.join("\n")));
}

function paragraph(lines) {
  const words = [lines.shift()];
  while (lines.length > 0 && lines[0].trim() !== "" && ![FENCE, HEADING, RULE, QUOTE, BULLET, NUMBER].some((kind) => kind.test(lines[0]))) {
    words.push(lines.shift());
  }
  return h("p", null, inline(words.join("\n")));
}

function table(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => inline(cell.trim()));
  const head = cells(lines.shift());
  lines.shift();
  const rows = [];
  while (lines.length > 0 && lines[0].includes("|")) rows.push(cells(lines.shift()));
  return h("div", { class: "table-scroll", tabindex: "0" }, h("table", null,
    h("thead", null, h("tr", null, head.map((cell) => h("th", { scope: "col" }, cell)))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map((cell) => h("td", null, cell)))))));
}

const INLINE = new RegExp([
  "\\\\(?<escaped>[\\\\`*_~\\[\\]()#+.!|-])",
  "`(?<code>[^`\\n]+)`",
  "\\[(?<label>[^\\]\\n]+)\\]\\((?<target>[^()\\s]+)\\)",
  "\\*\\*(?<bold>(?=\\S)[^\\n]+?)(?<=\\S)\\*\\*",
  "~~(?<strike>(?=\\S)[^\\n]+?)(?<=\\S)~~",
  "\\*(?<italic>(?=\\S)[^*\\n]+)(?<=\\S)\\*",
  "(?<![\\w])_(?<under>(?=\\S)[^_\\n]+)(?<=\\S)_(?![\\w])",
  ":(?<emoji>[a-z0-9_+-]+):",
  "(?<url>https?://[^\\s<>|`]*[^\\s<>|`.,;:!?)'\"*_~])",
].join("|"), "g");

function inline(text) {
  const nodes = [];
  let rest = 0;
  for (const found of text.matchAll(INLINE)) {
    const node = drawInline(found.groups);
    if (node === null) continue;
    nodes.push(text.slice(rest, found.index), node);
    rest = found.index + found[0].length;
  }
  nodes.push(text.slice(rest));
  return nodes.filter((node) => node !== "");
}

function drawInline(found) {
  if (found.escaped !== undefined) return found.escaped;
  if (found.code !== undefined) return h("code", null, found.code);
  if (found.label !== undefined) return link(found.target, inline(found.label));
  if (found.bold !== undefined) return h("strong", null, inline(found.bold));
  if (found.strike !== undefined) return h("s", null, inline(found.strike));
  const italic = found.italic ?? found.under;
  if (italic !== undefined) return h("em", null, inline(italic));
  if (found.emoji !== undefined) return emojiNode(found.emoji);
  return link(found.url, found.url);
}
