/** Dates in time zones, by Intl alone: everything is shown in the acting person's zone, not in the browser's. */

const LOCALE = "en-GB";
const DAY = 86_400;
const formatters = new Map();

function formatter(tz, options) {
  const key = tz + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(LOCALE, { timeZone: tz, ...options }));
  return formatters.get(key);
}

const WALL = {
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
};

function wallParts(seconds, tz) {
  const parts = formatter(tz, WALL).formatToParts(new Date(seconds * 1000));
  return Object.fromEntries(parts.map((part) => [part.type, Number(part.value)]));
}

/** Unix seconds → what a wall clock in `tz` shows, counted as if it were UTC (seconds). */
function wallSeconds(seconds, tz) {
  const at = wallParts(seconds, tz);
  return Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) / 1000;
}

/** Unix seconds → {date: "2026-11-24", time: "09:00"} in `tz`. */
export function toWall(seconds, tz) {
  const text = new Date(wallSeconds(Math.floor(seconds), tz) * 1000).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16) };
}

/**
 * A date and a time on the wall in `tz` → {seconds, note}. A time that comes twice (clocks go back) is the earlier one;
 * a time that does not exist (clocks go forward) moves on by the gap. `note` is null, "twice" or "skipped".
 */
export function fromWall(date, time, tz) {
  const wall = Date.parse(`${date}T${time}:00Z`) / 1000;
  if (!Number.isFinite(wall)) return { seconds: null, note: null };
  // The zone's offset changes at most once in the two days around the moment, so its values a day before and a day after are the only ones.
  const before = wallSeconds(wall - DAY, tz) - (wall - DAY);
  const after = wallSeconds(wall + DAY, tz) - (wall + DAY);
  const fitting = [...new Set([wall - before, wall - after])].filter((moment) => wallSeconds(moment, tz) === wall);
  if (fitting.length === 0) return { seconds: wall - before, note: "skipped" };
  return { seconds: Math.min(...fitting), note: fitting.length > 1 ? "twice" : null };
}

/** "Tue 24 Nov, 09:00" in `tz`. */
export function shortMoment(date, tz) {
  // "Sept" is how en-GB shortens September; other clients and bots use three letters.
  const day = formatter(tz, { weekday: "short", day: "numeric", month: "short" }).format(date).replace(",", "").replace("Sept", "Sep");
  return `${day}, ${clockTime(date, tz)}`;
}

/** "Tue 24 Nov 2026, 09:00" in `tz`. */
export function longMoment(date, tz) {
  return shortMoment(date, tz).replace(", ", ` ${toWall(date.getTime() / 1000, tz).date.slice(0, 4)}, `);
}

/** "09:00" in `tz`. */
export function clockTime(date, tz) {
  return formatter(tz, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
}

/** "Tuesday 24 November 2026" in `tz`. */
export function longDay(date, tz) {
  return formatter(tz, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(date).replace(",", "");
}

/** "2026-11-24" in `tz`: a key for days. */
export function dayKey(date, tz) {
  return toWall(date.getTime() / 1000, tz).date;
}

/** "Tue, 24 Nov 2026 08:00:00 GMT", for tooltips. */
export function utcText(date) {
  return date.toUTCString().replace("GMT", "UTC");
}

const TOKENS = {
  date_num: (date, tz) => dayKey(date, tz),
  date_slash: (date, tz) => formatter(tz, { day: "2-digit", month: "2-digit", year: "numeric" }).format(date),
  date: (date, tz) => formatter(tz, { day: "numeric", month: "long", year: "numeric" }).format(date),
  date_short: (date, tz) => formatter(tz, { day: "numeric", month: "short", year: "numeric" }).format(date),
  date_long: longDay,
  time: clockTime,
  time_secs: (date, tz) => formatter(tz, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(date),
};

/** Slack's date format ("{date_long_pretty} at {time}") for unix seconds. Returns null for an unknown token: use the fallback. */
export function slackDate(seconds, format, { tz, now }) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => {
    if (token === "ago") return ago(date, now);
    const plain = token.replace(/_pretty$/, "");
    if (plain !== token) {
      const near = nearDay(date, tz, now);
      if (near) return near;
    }
    known &&= plain in TOKENS;
    return TOKENS[plain]?.(date, tz) ?? whole;
  });
  return known ? text : null;
}

function nearDay(date, tz, now) {
  const days = (Date.parse(dayKey(date, tz)) - Date.parse(dayKey(now, tz))) / (DAY * 1000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(date, now) {
  const seconds = (date - now) / 1000;
  const [unit, size] = [["day", DAY], ["hour", 3600], ["minute", 60]].find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
