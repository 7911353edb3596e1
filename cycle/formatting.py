"""How dates, times and amounts are written for people. English; numbers and names as they are spoken."""

from collections.abc import Sequence
from datetime import date, datetime

from cycle.zones import local_time
from storage.agenda import ItemState
from storage.commitments import Advocacy
from storage.objectives import Development, Horizon
from storage.pairs import Cadence, NotesBy, Pair, Place
from storage.people import Person
from storage.preparations import Level

LEVELS = {
    Level.DEVELOPING: "Developing",
    Level.STRONG: "Strong performer",
    Level.OUTSTANDING: "Outstanding performer",
}
CADENCES = {
    Cadence.TWO_WEEKS: "every two weeks",
    Cadence.MONTHLY: "every month",
    Cadence.TWO_MONTHS: "every two months",
    Cadence.QUARTERLY: "every three months",
    Cadence.HALF_YEARLY: "every six months",
    Cadence.YEARLY: "once a year",
}
PLACES = {
    Place.ROOM: "in a room",
    Place.VIDEO: "by video",
    Place.PHONE: "by phone",
    Place.WALK: "on a walk",
    Place.MEAL: "over coffee or lunch",
}
TERMS = {Horizon.SHORT: "Short term", Horizon.LONG: "Longer term"}
HORIZONS = {Horizon.SHORT: "the next 6 to 12 months", Horizon.LONG: "the next 2 to 5 years"}
DEVELOPMENTS = {
    Development.STRETCH_WORK: "Stretch work",
    Development.MENTORING: "Being mentored",
    Development.COACHING_OTHERS: "Coaching others",
    Development.JOB_SHADOWING: "Job shadowing",
    Development.COURSE: "A course",
    Development.CONFERENCE: "A conference",
    Development.NEW_ROLE: "A new role",
    Development.PROMOTION: "A promotion",
}
ADVOCACY = {
    Advocacy.INTRODUCE: "Introducing",
    Advocacy.NOMINATE: "Nominating",
    Advocacy.SPONSOR: "Sponsoring",
    Advocacy.FREE_TIME: "Freeing time",
    Advocacy.FUND: "Funding",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ITEM_STATES = {
    ItemState.PROPOSED: "proposed",
    ItemState.ACCEPTED: "accepted",
    ItemState.AMENDED: "reworded",
    ItemState.COUNTERED: "other words suggested",
    ItemState.KEPT: "kept as worded",
    ItemState.CARRIED_OVER: "left for next time",
    ItemState.DISCUSSED: "discussed",
    ItemState.WITHDRAWN: "withdrawn",
}


def day(value: date, today: date) -> str:
    """“Tue 24 Nov”, with the year where it is not that of the reader's own `today`."""
    text = f"{value:%a} {value.day} {value:%b}"
    return text if value.year == today.year else f"{text} {value.year}"


def full_day(value: date) -> str:
    """“Tue 24 Nov 2026”, for what is read years later as well."""
    return f"{value:%a} {value.day} {value:%b} {value.year}"


def full_moment(value: datetime, person: Person) -> str:
    """“Tue 24 Nov 2026 at 10:00” on the person's own clock."""
    here = local_time(person, value)
    return f"{full_day(here.date())} at {here:%H:%M}"


def near_day(value: date, today: date) -> str:
    """A day from today on, to follow a verb: “today”, “tomorrow (Tue 24 Nov)” or “on Wed 25 Nov”."""
    match (value - today).days:
        case 0:
            return "today"
        case 1:
            return f"tomorrow ({day(value, today)})"
        case _:
            return f"on {day(value, today)}"


def moment(value: datetime, person: Person, today: date) -> str:
    """“Tue 24 Nov at 10:00” on the person's own clock; `today` and the year as in `day`."""
    here = local_time(person, value)
    return f"{day(here.date(), today)} at {here:%H:%M}"


def near_moment(value: datetime, person: Person, today: date) -> str:
    """A moment from today on: “today at 10:00”, “tomorrow (Tue 24 Nov) at 10:00” or “on Wed 25 Nov at 10:00”."""
    here = local_time(person, value)
    return f"{near_day(here.date(), today)} at {here:%H:%M}"


def clock(value: datetime, person: Person) -> str:
    """“10:00” on the person's own clock."""
    return f"{local_time(person, value):%H:%M}"


def both_clocks(value: datetime, me: Person, other: Person, today: date, *, names_day: bool = True) -> str:
    """“Tue 24 Nov at 10:00 for you, 18:00 for Chiyo (Tokyo)”; once where the two clocks agree. Years as in `day`.

    `names_day` is false where the sentence has named the person's own day already.
    """
    mine, theirs = local_time(me, value), local_time(other, value)
    text = moment(value, me, today) if names_day else clock(value, me)
    if mine.utcoffset() == theirs.utcoffset():
        return f"{text}, for both of you"
    there = clock(value, other) if mine.date() == theirs.date() else moment(value, other, today)
    return f"{text} for you, {there} for {first_name(other)} ({place_name(other.tz)})"


def place_name(tz: str) -> str:
    """“Tokyo” for Asia/Tokyo."""
    return tz.rsplit("/", 1)[-1].replace("_", " ")


def first_name(person: Person) -> str:
    """The first word of the name, as a colleague would say it."""
    return person.name.split()[0] if person.name.split() else person.name


def name_beside(person: Person, other: Person) -> str:
    """The name that tells two people apart: the first one, unless both have the same."""
    return person.name if first_name(person) == first_name(other) else first_name(person)


def who_takes_notes(pair: Pair, me: Person, other: Person) -> str:
    """“You take notes.”, “Ben takes notes.” or “You both take notes.”; empty where the two have not said."""
    if pair.notes_by is None:
        return ""
    if pair.notes_by is NotesBy.BOTH:
        return "You both take notes."
    is_mine = (pair.notes_by is NotesBy.EMPLOYEE) is (me.id == pair.employee_id)
    return "You take notes." if is_mine else f"{first_name(other)} takes notes."


def how_you_meet(pair: Pair, me: Person, other: Person) -> str:
    """Whole sentences, as “You meet every month for 60 minutes, by video. Ben takes notes.” (E9)."""
    where = f", {PLACES[pair.place]}" if pair.place else ""
    meet = f"You meet {CADENCES[pair.cadence]} for {pair.minutes} minutes{where}."
    return " ".join(filter(None, (meet, who_takes_notes(pair, me, other))))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """“1 commitment”, “3 commitments”."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str]) -> str:
    """“Ana”, “Ana and Ben”, “Ana, Ben and Chiyo”."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def shorten(text: str, limit: int) -> str:
    """A text within a number of characters, cut at a word, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at_word = next(iter(kept.rsplit(maxsplit=1)), kept) if any(c.isspace() for c in kept) else kept
    return (at_word if len(at_word) > limit // 2 else kept).rstrip() + "…"
