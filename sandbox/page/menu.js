/** A small menu below a button. It uses the browser's popover, which closes on Escape and on a click elsewhere. */

import { h } from "./dom.js";

const EDGE = 8;

/** `items`: [{label: nodes, note, choose(), data}]. */
export function openMenu(opener, items) {
  const buttons = items.map((item) => h("button", {
    type: "button", role: "menuitem", tabindex: "-1", data: item.data,
    on: { click: () => { menu.hidePopover(); item.choose(); } },
  }, h("span", null, item.label), item.note ? h("small", null, item.note) : null));
  const menu = h("div", { role: "menu", class: "menu", popover: "auto", on: { keydown: (event) => step(event, buttons) } }, buttons);
  menu.addEventListener("toggle", (event) => {
    opener.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState !== "closed") return;
    menu.remove();
    if (opener.isConnected && document.activeElement === document.body) opener.focus();
  });
  opener.after(menu);
  menu.showPopover();
  place(menu, opener.getBoundingClientRect());
  buttons[0]?.focus();
}

function place(menu, anchor) {
  const { width, height } = menu.getBoundingClientRect();
  const below = anchor.bottom + height + EDGE < innerHeight ? anchor.bottom + 4 : Math.max(EDGE, anchor.top - height - 4);
  menu.style.top = `${below}px`;
  menu.style.left = `${Math.max(EDGE, Math.min(anchor.left, innerWidth - width - EDGE))}px`;
}

function step(event, buttons) {
  const at = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  buttons.at(next % buttons.length)?.focus();
}
