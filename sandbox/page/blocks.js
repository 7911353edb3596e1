/** Blocks → DOM. In place of an unknown block the page says that it can’t show it. */

import { h, uniqueId } from "./dom.js";
import { drawElement } from "./elements.js";
import { markdown } from "./markdown.js";
import { textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** Draw one block on a surface. */
export function drawBlock(block, surface) {
  const draw = BLOCKS[block.type];
  const inner = draw ? draw(block, surface) : h("p", { class: "unknown" }, `The sandbox can’t show “${block.type}” blocks yet.`);
  inner.classList.add("block", block.type);
  inner.dataset.blockId = block.block_id ?? "";
  return inner;
}

function section(block, surface) {
  const { context } = surface;
  const text = h("div", { class: "text", id: uniqueId("text") }, textObject(block.text, context));
  const fields = block.fields ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "text" }, textObject(field, context)))) : null;
  // A list beside a text would be too narrow, so it goes below.
  const wide = /^(multi_|checkboxes|radio_buttons|datetimepicker)/.test(block.accessory?.type ?? "");
  const accessory = block.accessory
    ? h("div", { class: "accessory" }, accessoryNode(block, surface, block.text ? text.id : null))
    : null;
  return h("div", { class: wide ? "wide" : null }, h("div", { class: "section-body" }, block.text ? text : null, fields), accessory);
}

function accessoryNode(block, surface, labelledby) {
  if (block.accessory.type === "image") return picture(block.accessory);
  return drawElement(block.accessory, block, surface, { labelledby, sends: true });
}

/** Nothing is ever loaded from outside; the alternative text is shown instead. */
function picture(element) {
  const inside = /^data:image\//.test(element.image_url ?? "");
  if (inside) return h("img", { src: element.image_url, alt: element.alt_text ?? "" });
  return h("div", { role: "img", class: "picture", "aria-label": element.alt_text, title: "The sandbox loads nothing from outside" },
    h("span", { "aria-hidden": "true" }, "🖼️ "), element.alt_text);
}

function input(block, surface) {
  const [label, hint, error] = ["label", "hint", "error"].map(uniqueId);
  const node = drawElement(block.element, block, surface, {
    labelledby: label, describedby: [block.hint ? hint : null, error].filter(Boolean).join(" "),
    required: !block.optional, sends: Boolean(block.dispatch_action),
  });
  const field = h("div", { data: { testid: "field" } },
    h("p", { class: "label", id: label }, textObject(block.label, surface.context), block.optional ? h("span", { class: "optional" }, " (optional)") : null),
    node,
    h("div", { class: "errors", id: error }),
    block.hint ? h("p", { class: "hint", id: hint }, textObject(block.hint, surface.context)) : null);
  // The label names the control for screen readers (aria-labelledby) and takes clicks like a native one.
  field.querySelector(".label").addEventListener("click", () => surface.controls.get(`${block.block_id}\n${block.element.action_id}`)?.focus());
  return field;
}

/** Show the errors under the fields of `root`, and remove those that no longer apply. `errors`: {block_id: text}. */
export function showErrors(root, errors) {
  for (const field of root.querySelectorAll("[data-testid=field]")) {
    const text = errors[field.dataset.blockId];
    const place = field.querySelector(".errors");
    if ((place.textContent || undefined) === text) continue;
    place.replaceChildren(...(text ? [h("p", { role: "alert", class: "field-error", data: { testid: "field-error" } }, text)] : []));
    for (const control of field.querySelectorAll("input, select, textarea")) {
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}

function actions(block, surface) {
  return h("div", null, block.elements.map((element) => drawElement(element, block, surface, { sends: true })));
}

function context(block, surface) {
  return h("div", null, block.elements.map((element) => (element.type === "image"
    ? picture(element) : h("span", { class: "text" }, textObject(element, surface.context)))));
}

function image(block, surface) {
  const title = block.title ? h("figcaption", null, textObject(block.title, surface.context)) : null;
  return h("figure", null, title, picture(block));
}

function header(block, surface) {
  return h("h3", null, textObject(block.text, surface.context));
}

function table(block, surface) {
  const align = (index) => `align-${block.column_settings?.[index]?.align ?? "left"}`;
  const cell = (tag, props) => (content, index) => h(tag, { ...props, class: align(index) },
    content.type === "rich_text" ? richText(content.elements, surface.context) : content.text ?? "");
  const [head, ...rows] = block.rows;
  // Wide tables scroll by themselves; tabindex lets the keyboard do it too.
  return h("div", null, h("div", { class: "table-scroll", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", null,
    h("thead", null, h("tr", null, head.map(cell("th", { scope: "col" })))),
    h("tbody", null, rows.map((row) => h("tr", null, row.map(cell("td", {}))))))));
}

/** A chart, each value as a bar with its number: nothing is told by length or colour alone. */
function chart(block) {
  const { segments, series = [{ name: "", data: segments }] } = block.chart;
  const most = Math.max(1, ...series.flatMap((one) => one.data.map((point) => point.value)));
  const bar = (name, { label, value }) => h("td", null, h("meter", { min: "0", max: most, value, "aria-label": `${label} ${name}` }), ` ${name} ${value}`);
  return h("figure", { class: "chart" }, h("figcaption", null, block.title), h("table", null, h("tbody", null,
    series[0].data.map(({ label }, index) => h("tr", null, h("th", { scope: "row" }, label), series.map((one) => bar(one.name, one.data[index])))))));
}

const BLOCKS = {
  section, input, actions, context, image, header, table, data_visualization: chart,
  divider: () => h("hr"),
  rich_text: (block, surface) => h("div", { class: "text" }, richText(block.elements, surface.context)),
  markdown: (block) => h("div", { class: "text" }, markdown(block.text)),
};
