/** What the bot wrote to the acting person: a picture of twelve months, and the messages of a day, a month or all of them. */

import * as api from "./api.js";
import { announce, h, reconcile } from "./dom.js";

const PAUSE_MS = 1000; // While the clock is moved, messages come many times a second.
const SHIFT = 6; // Months that "Earlier" and "Later" move by.
const MANY = 3; // Messages of a day that are not told apart from more.
const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const UTC = { timeZone: "UTC" };

export class MessageCalendar {
  constructor(store, { dialog, opener, close, title, summary, earlier, later, months, listTitle, all, list, empty }) {
    Object.assign(this, { store, dialog, title, summary, earlier, later, months, listTitle, all, list, empty, from: "", chosen: "", shown: "" });
    this.fetchSoon = api.soon(() => this.#fetch(), PAUSE_MS);
    opener.addEventListener("click", () => this.open());
    close.addEventListener("click", () => dialog.close());
    earlier.addEventListener("click", () => this.#move(earlier, -SHIFT));
    later.addEventListener("click", () => this.#move(later, SHIFT));
    all.addEventListener("click", () => this.#choose(""));
    months.addEventListener("keydown", (event) => this.#step(event));
  }

  /** Show twelve months, from one of them on ("2027-02") or the last ones. */
  async open(from = "") {
    Object.assign(this, { from, chosen: "" });
    await this.#fetch();
    if (!this.dialog.open) this.dialog.showModal();
    this.title.focus();
  }

  update() {
    if (!this.dialog.open) return;
    this.fetchSoon();
  }

  async #fetch() {
    const shown = await api.readIfThere("calendar", { as: this.store.me, from: this.from });
    if (!shown) return;
    const signature = JSON.stringify(shown);
    if (signature === this.shown) return;
    Object.assign(this, { shown: signature, data: shown });
    this.#draw();
  }

  async #move(button, by) {
    if (button.getAttribute("aria-disabled") === "true") return;
    this.from = laterMonth(this.data.months[0], by);
    this.chosen = "";
    await this.#fetch();
    announce(this.summary.textContent);
  }

  #draw() {
    const { months, messages, started, latest } = this.data;
    const { name } = this.store.person;
    this.title.textContent = `What the bot wrote to ${name}`;
    const span = `${monthName(months[0])} to ${monthName(months.at(-1))}`;
    this.summary.textContent = `${counted(messages.length)} from ${span}. Days and times are ${name.split(" ")[0]}’s own.`;
    this.earlier.setAttribute("aria-disabled", String(months[0] <= started));
    this.later.setAttribute("aria-disabled", String(months.at(-1) >= latest));
    const counts = new Map();
    for (const { date } of messages) counts.set(date, (counts.get(date) ?? 0) + 1);
    this.counts = counts;
    this.months.replaceChildren(...months.map((month) => this.#month(month)));
    this.#mark();
    this.#drawList();
  }

  #month(month) {
    const days = daysOf(month);
    const lead = (days[0].getUTCDay() + 6) % 7;
    const cells = [...Array(lead).fill(null), ...days];
    const rows = [];
    for (let start = 0; start < cells.length; start += 7) rows.push(cells.slice(start, start + 7));
    const count = days.reduce((sum, day) => sum + (this.counts.get(keyOf(day)) ?? 0), 0);
    const name = count ? h("button", { type: "button", class: "plain", "aria-label": `${monthName(month)}: ${counted(count)}`, data: { span: month }, on: { click: () => this.#choose(month) } }, monthName(month))
      : monthName(month);
    return h("table", { class: "month" }, h("caption", null, name),
      h("thead", null, h("tr", null, WEEK.map((day) => h("th", { scope: "col", abbr: day, "aria-label": day }, day.slice(0, 1))))),
      h("tbody", null, rows.map((row) => h("tr", null, row.map((day) => this.#day(day))))));
  }

  #day(day) {
    if (!day) return h("td");
    const key = keyOf(day);
    const off = this.data.days_off[key];
    const count = this.counts.get(key) ?? 0;
    const number = String(day.getUTCDate());
    const title = [dayName(key), off, count ? counted(count) : null].filter(Boolean).join(" · ");
    if (!count) return h("td", { class: off ? "off" : null, title: off ? title : null }, number);
    return h("td", { class: off ? "off" : null }, h("button", {
      type: "button", class: `day-${Math.min(count, MANY)}`, title, "aria-label": title, "aria-pressed": "false", tabindex: "-1",
      data: { testid: "calendar-day", span: key }, on: { click: () => this.#choose(key) },
    }, number, h("span", { class: "dots", "aria-hidden": "true" }, "•".repeat(Math.min(count, MANY)))));
  }

  /** Only one of the days can be reached by Tab; the arrow keys go from one to the next. */
  #step(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const days = this.#days();
    const at = days.indexOf(document.activeElement);
    if (by === undefined || at < 0) return;
    event.preventDefault();
    const next = days[Math.max(0, Math.min(at + by, days.length - 1))];
    this.#reachable(next);
    next.focus();
  }

  #days() {
    return [...this.months.querySelectorAll("td button")];
  }

  #reachable(day) {
    for (const each of this.#days()) each.tabIndex = each === day ? 0 : -1;
  }

  /** Show the messages of a day ("2027-02-08"), of a month ("2027-02"), or all of them (""). */
  #choose(span) {
    this.chosen = this.chosen === span ? "" : span;
    this.#mark();
    this.#drawList();
    this.listTitle.focus({ preventScroll: true });
    this.listTitle.scrollIntoView({ block: "start" });
  }

  #mark() {
    for (const each of this.months.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each.dataset.span === this.chosen));
    this.#reachable(this.#days().find((day) => day.dataset.span === this.chosen) ?? this.#days()[0]);
  }

  #drawList() {
    const { messages, days_off: daysOff } = this.data;
    const some = messages.filter(({ date }) => date.startsWith(this.chosen));
    const name = this.chosen.length > 7 ? dayName(this.chosen) : this.chosen ? monthName(this.chosen) : "All messages";
    this.listTitle.textContent = this.chosen ? `${name}: ${counted(some.length)}` : name;
    this.all.hidden = !this.chosen;
    this.empty.hidden = messages.length > 0;
    const items = some.map((message) => ({ key: message.ts, signature: `${message.text} ${message.date}`, message }));
    reconcile(this.list, items, ({ message: { date, time, text } }) => h("li", { data: { testid: "calendar-message" } },
      h("div", { class: "quiet" }, h("time", { datetime: `${date}T${time}` }, `${dayName(date)}, ${time}`), daysOff[date] ? ` · ${daysOff[date]}` : ""),
      h("p", null, text)));
  }
}

function counted(count) {
  if (count === 0) return "No messages";
  return count === 1 ? "1 message" : `${count} messages`;
}

function daysOf(month) {
  const first = new Date(`${month}-01T00:00:00Z`);
  const days = [];
  for (const day = new Date(first); day.getUTCMonth() === first.getUTCMonth(); day.setUTCDate(day.getUTCDate() + 1)) days.push(new Date(day));
  return days;
}

function keyOf(day) {
  return day.toISOString().slice(0, 10);
}

/** "Feb 2027" */
function monthName(month) {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString("en-GB", { month: "short", year: "numeric", ...UTC }).replace("Sept", "Sep");
}

/** "Mon 8 Feb 2027" */
function dayName(key) {
  const text = new Date(`${key}T00:00:00Z`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", ...UTC });
  return text.replace(",", "").replace("Sept", "Sep");
}

function laterMonth(month, by) {
  const day = new Date(`${month}-01T00:00:00Z`);
  day.setUTCMonth(day.getUTCMonth() + by);
  return keyOf(day).slice(0, 7);
}
