/** The page's state: the server's last answer, the acting person, the open tab or channel. Dispatches "change", "traffic" and "sending". */

import * as api from "./api.js";
import { dayKey } from "./dates.js";
import { toast } from "./toast.js";

export const TABS = ["home", "messages"];
const RETRY_MS = 3000; // How often to try again while the server or the bot is away.
const SOON_MS = 300; // How often at most to look again after what other people did.
const NOT_FOUND = 404;
const CHANNEL = /^C[A-Z0-9]+$/;

/** The tab or the channel that a URL names. */
const placeIn = (wanted) => {
  const place = wanted.get("tab") ?? "";
  return TABS.includes(place) || CHANNEL.test(place) ? place : null;
};

export class Store extends EventTarget {
  state = null;
  me = "";
  tab = "messages";
  offline = false;
  #fetchedAt = 0;
  #running = null;
  #queued = null;
  #again = null;
  #soon = null;
  #reading = false;
  #stopListening = () => {};

  /** Act as the person and open the tab or channel in the URL ("#as=U…&tab=home"), also whenever it changes. */
  async start() {
    addEventListener("hashchange", () => this.#onHashChange());
    const wanted = new URLSearchParams(location.hash.slice(1));
    this.tab = placeIn(wanted) ?? "messages";
    await this.actAs(wanted.get("as") ?? "");
  }

  #onHashChange() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const place = placeIn(wanted);
    if (place) this.open(place);
    if (wanted.get("as") && wanted.get("as") !== this.me) this.actAs(wanted.get("as"));
  }

  /** Act as a person; an unknown id falls back to the first person of the workspace. */
  async actAs(id) {
    this.#stopListening();
    this.me = id;
    await this.refresh();
    if (!this.state) {
      setTimeout(() => this.actAs(id), RETRY_MS);
      return;
    }
    this.me = this.state.me;
    if (!this.#isHere(this.tab)) this.tab = "messages";
    this.#updateUrl();
    this.#listen();
    if (this.tab === "home") this.#homeOpened();
  }

  #listen() {
    this.#stopListening = api.listen(this.me, {
      onOpen: () => this.refresh(),
      onBreak: () => this.#setOffline(true),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  #onEvent(event) {
    if (event.type === "failure") toast(event.text ?? "Something went wrong; the traffic drawer has the details.");
    if (event.type === "traffic") {
      this.dispatchEvent(new Event("traffic"));
      // What someone else does may plan something for this person, of which nothing but the next moment shows here.
      this.#soon ??= setTimeout(() => { this.#soon = null; this.refresh(); }, SOON_MS);
    } else this.refresh();
  }

  /** Open a tab, or a channel by its id; opening Home notifies the bot, as in Slack. */
  open(tab) {
    if (tab === this.tab || !this.#isHere(tab)) return;
    this.tab = tab;
    this.#updateUrl();
    this.dispatchEvent(new Event("change"));
    if (tab === "home") this.#homeOpened();
  }

  #isHere(place) {
    return TABS.includes(place) || this.state?.channels.some((channel) => channel.id === place);
  }

  #homeOpened() {
    if (this.me) this.post("home_opened").catch((error) => toast(error.message));
  }

  #updateUrl() {
    const wanted = `#as=${this.me}&tab=${this.tab}`;
    if (location.hash !== wanted) history.replaceState(null, "", wanted);
  }

  /** Fetch the state again. Calls during a fetch share one further fetch after it. */
  refresh() {
    if (this.#running) {
      this.#queued ??= this.#running.then(() => {
        this.#queued = null;
        return this.refresh();
      });
      return this.#queued;
    }
    this.#running = this.#fetch().finally(() => { this.#running = null; });
    return this.#running;
  }

  async #fetch() {
    const asked = this.me;
    try {
      const state = await api.read("state", { as: asked });
      if (asked !== this.me) return undefined;
      this.state = state;
      this.#fetchedAt = performance.now();
      this.offline = false;
      this.#scheduleRefresh();
    } catch (error) {
      if (asked !== this.me) return undefined;
      if (error.status === NOT_FOUND && asked) {
        this.me = "";
        return this.#fetch();
      }
      if (this.state?.me !== asked) this.state = null;
      this.offline = true;
    }
    this.dispatchEvent(new Event("change"));
    return undefined;
  }

  /** The page learns only from the server that the bot is back, so it asks again. */
  #scheduleRefresh() {
    clearTimeout(this.#again);
    if (this.state.bot?.connected === false) this.#again = setTimeout(() => this.refresh(), RETRY_MS);
  }

  /** Mark the messages as read while the person has them in front of them. */
  async markRead() {
    const { channel } = this;
    const place = this.tab === "messages" ? this.state.dm : channel;
    const visible = document.visibilityState === "visible" && this.state.modals.length === 0;
    if (!visible || !place?.unread || this.#reading) return;
    this.#reading = true;
    await this.post("read", channel ? { channel: channel.id } : {}).catch(() => {});
    this.#reading = false;
  }

  #setOffline(offline) {
    if (this.offline === offline) return;
    this.offline = offline;
    this.dispatchEvent(new Event("change"));
  }

  /** POST as the acting person, then refresh. Throws an Error with a readable message. */
  async post(what, body = {}) {
    try {
      return await api.send(what, { as: this.me, ...body });
    } finally {
      await this.refresh();
    }
  }

  /** The sandbox's time: as of the server's last answer, plus the time since. */
  get now() {
    return new Date(Date.parse(this.state.now) + performance.now() - this.#fetchedAt);
  }

  /** The public channel that is open, if any. */
  get channel() {
    return this.state?.channels.find((channel) => channel.id === this.tab);
  }

  get people() {
    return new Map(this.state.people.map((person) => [person.id, person]));
  }

  get person() {
    return this.state.people.find((person) => person.id === this.me);
  }

  get tz() {
    return this.person?.tz || "UTC";
  }

  get today() {
    return dayKey(this.now, this.tz);
  }

  /** What rendering text needs. */
  get context() {
    return { people: this.people, tz: this.tz, now: this.now, me: this.person, dm: this.state.dm.channel, channels: this.state.channels, channel: this.channel?.id ?? this.state.dm.channel };
  }
}
