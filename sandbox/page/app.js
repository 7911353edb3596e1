/** Puts the page together. */

import { MessageCalendar } from "./calendar.js";
import { Channels } from "./channels.js";
import { Clock } from "./clock.js";
import { ClockDialog } from "./clock_dialog.js";
import { Composer } from "./composer.js";
import { longMoment } from "./dates.js";
import { Faults, often } from "./faults.js";
import { FirstStep } from "./first_step.js";
import { HeaderMenu } from "./header_menu.js";
import { Home } from "./home.js";
import { Mail } from "./mail.js";
import { Messages } from "./messages.js";
import { Modals } from "./modal.js";
import { PersonSwitch } from "./people.js";
import { PeopleManager } from "./people_manager.js";
import { Store, TABS } from "./state.js";
import { toast } from "./toast.js";
import { Traffic } from "./traffic.js";
import { Year } from "./year.js";

const at = (id) => document.getElementById(id);
const store = new Store();

const calendar = new MessageCalendar(store, {
  dialog: at("calendar"), opener: at("calendar-open"), close: at("calendar-close"), title: at("calendar-title"), summary: at("calendar-summary"),
  earlier: at("calendar-earlier"), later: at("calendar-later"), months: at("calendar-months"),
  listTitle: at("calendar-list-title"), all: at("calendar-all"), list: at("calendar-list"), empty: at("calendar-empty"),
});
const faults = new Faults(store, {
  dialog: at("faults"), opener: at("faults-open"), close: at("faults-close"), form: at("faults-form"), name: at("fault-name"), meaning: at("fault-meaning"),
  method: at("fault-method"), times: at("fault-times"), error: at("fault-error"), pending: at("faults-pending"), happened: at("faults-happened"),
});

const parts = [
  new PersonSwitch(store, { select: at("person-switch"), card: at("person-card") }),
  new Mail(store, at("mail")),
  new PeopleManager(store, {
    dialog: at("people-manager"), opener: at("people-manager-open"), close: at("people-manager-close"), list: at("people-manager-list"),
  }),
  new Messages(store, () => store.state.dm, { scroller: at("message-scroll"), list: at("message-list"), newest: at("to-newest") }),
  new Channels(store, {
    list: at("channel-list"), picker: at("place"), elsewhere: at("elsewhere"),
    title: at("channel-title"), button: at("channel-app"), empty: at("channel-empty"),
  }),
  new Messages(store, () => store.channel, { scroller: at("channel-scroll"), list: at("channel-messages"), newest: at("channel-newest") }),
  new Home(store, at("home")),
  new Composer(store, { form: at("composer-form"), input: at("composer"), list: at("completions"), shortcuts: at("shortcuts") }),
  new FirstStep(store, { place: at("first-step"), button: at("first-command"), composer: at("composer"), team: at("team"), fill: at("fill"), person: at("person-switch") }),
  new Clock(store, {
    owner: at("clock-owner"), now: at("now"), when: at("next-when"), status: at("clock-status"), start: at("clock-start"),
    buttons: { hour: at("clock-hour"), day: at("clock-day"), week: at("clock-week"), next: at("clock-next") },
  }),
  new Year(store, { button: at("clock-year"), done: (month) => calendar.open(month) }),
  calendar,
  faults,
];
const modals = new Modals(store);
new HeaderMenu({ frame: document.querySelector(".frame"), toggle: at("menu-toggle") });
new ClockDialog(store, {
  dialog: at("clock-dialog"), opener: at("clock-date"), form: at("clock-form"), cancel: at("clock-cancel"),
  date: at("clock-to-date"), time: at("clock-to-time"), error: at("clock-error"), hint: at("clock-dialog-hint"),
});
new Traffic(store, { drawer: at("traffic"), toggle: at("traffic-toggle"), close: at("traffic-close"), list: at("traffic-list") });

function showTab() {
  for (const tab of TABS) {
    const chosen = tab === store.tab;
    const button = at(`tab-${tab}`);
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    at(`panel-${tab}`).hidden = !chosen;
  }
  const inChannel = Boolean(store.channel);
  for (const id of ["app-title", "tabs"]) at(id).hidden = inChannel;
  for (const id of ["channel-title", "channel-app", "panel-channel"]) at(id).hidden = !inChannel;
  if (inChannel) at("direct").removeAttribute("aria-current");
  else at("direct").setAttribute("aria-current", "true");
}

/** What to do about what the banner says, by one button; null where there is nothing. */
let bannerAct = null;

function showBanner() {
  const { state, offline } = store;
  const person = state && store.person;
  bannerAct = null;
  const problem = offline ? "The sandbox isn’t responding. This page will continue when it is back."
    : state?.filling != null ? `Adding a small team: ${state.filling || "one moment"}…`
    : state?.playing_until != null ? playing()
    : person?.deleted ? `${person.name} is deactivated and can’t act. Choose someone else, or reactivate ${person.name} under “Manage people”.`
    : state?.bot?.connected === false ? state.bot.problem ?? "The bot can’t be reached right now."
    : state?.faults?.length ? failing() : "";
  const banner = at("banner");
  if (banner.textContent !== problem) banner.textContent = problem;
  banner.hidden = at("banner-bar").hidden = !problem;
  at("banner-act").hidden = !bannerAct;
  at("banner-act").textContent = bannerAct?.label ?? "";
}

function playing() {
  bannerAct = { label: "Stop", run: () => store.post("year", { stop: true }) };
  return `Playing a year: ${longMoment(store.now, store.tz)}…`;
}

function failing() {
  const [fault, ...others] = store.state.faults;
  bannerAct = { label: "Show", run: () => faults.open() };
  return `On purpose: ${fault.label}, ${often(fault.times)}.${others.length ? ` And ${others.length} more.` : ""}`;
}

function showNames() {
  const { state, tab, person } = store;
  at("workspace").textContent = state.team?.name ?? "Sandbox";
  const unread = tab === "messages" ? 0 : state.dm.unread;
  for (const badge of document.querySelectorAll(".unread[data-direct]")) {
    badge.hidden = unread === 0;
    badge.replaceChildren(document.createTextNode(String(unread)));
  }
  document.title = `${unread ? `(${unread}) ` : ""}${person?.name ?? "Career"} · Slack sandbox`;
}

store.addEventListener("change", () => {
  showTab();
  showBanner();
  if (!store.state) return;
  showNames();
  for (const part of parts) part.update();
  modals.update(store.state.filling == null ? store.state.modals : []); // A script opens and submits many.
  document.body.dataset.ready = store.me;
  store.markRead();
});
document.addEventListener("visibilitychange", () => store.state && store.markRead());

at("banner-act").addEventListener("click", () => bannerAct?.run().catch((error) => toast(error.message)));
for (const tab of TABS) at(`tab-${tab}`).addEventListener("click", () => store.open(tab));
for (const node of document.querySelectorAll("[data-opens]")) {
  node.addEventListener("click", () => {
    store.open(node.dataset.opens);
    (node.dataset.opens === "messages" ? at("composer") : at("panel-home")).focus();
  });
}
at("skip").addEventListener("click", (event) => {
  event.preventDefault(); // The URL keeps the person and the tab.
  store.open("messages");
  at("composer").focus();
});
at("tabs").addEventListener("keydown", (event) => {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  event.preventDefault();
  store.open(store.tab === "home" ? "messages" : "home");
  at(`tab-${store.tab}`).focus();
});

await store.start();
