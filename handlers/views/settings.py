"""Settings: working time, and how many messages of what."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.calendar import EVERY_DAY, WorkingCalendar, calendar_of
from cycle.countries import NOWHERE, country_names, country_of_zone
from cycle.day_spans import DaySpan, not_over, spans_from_text
from cycle.nudges import Topic
from cycle.preferences import (
    AS_USUAL,
    AWAY_FROM,
    AWAY_UNTIL,
    CLOSES_AT,
    COUNTRY,
    OPENS_AT,
    TIME_OFF,
    WEEKDAYS,
    Notices,
    Pace,
    WorkingTime,
)
from cycle.zones import local_day
from handlers.shared.ids import ActionId, FormId
from handlers.views import kit
from storage.people import Person

PACE: Final = "pace"  # fields
TOPICS: Final = "topics"
DISCREET: Final = "discreet"

WHAT_I_SEND: Final = "What I send you"
WHOLE_WORKSPACE: Final = "The whole workspace"
MOST_PLANNED: Final = 5  # discussions named that fall into time off

WEEKDAY_VALUES: Final = frozenset(map(str, EVERY_DAY))

PACES: Final[Mapping[Pace, tuple[str, str]]] = {
    Pace.USUAL: ("One a day, three a week", "What may wait comes together, or waits for the next day."),
    Pace.WEEKLY: ("One a week", "The App Home shows the rest."),
    Pace.AS_IT_COMES: ("As they come", "Everything due at the same moment still comes in one message."),
}
TOPIC_LABELS: Final[Mapping[Topic, str]] = {
    Topic.DATES: "Finding a date",
    Topic.PREPARING: "Preparing, and the agenda",
    Topic.COMMITMENTS: "Commitments",
    Topic.THANKS: "Thank-you notes",
    Topic.NEWS: "What the other side has done that can wait",
}


def working_time(shown: WorkingTime, me: Person, now: datetime) -> dict[str, Any]:
    """When I may write: days, hours, public holidays, time off."""
    days = [kit.option(name, str(number)) for number, name in enumerate(formatting.WEEKDAYS)]
    buttons = [kit.button(WHAT_I_SEND, ActionId.OPEN_NOTICES), kit.button("What comes next", ActionId.OPEN_COMING)]
    if me.is_admin:
        buttons.append(kit.button(WHOLE_WORKSPACE, ActionId.OPEN_WORKSPACE_DAYS))
    blocks = [
        kit.context(f"Times are those of your Slack profile: {kit.fitted(me.tz, 100)}."),
        kit.actions(buttons),
        _field(WEEKDAYS, "Working days", kit.several(days, map(str, shown.weekdays)), optional=False),
        _field(OPENS_AT, "I may write to you from", kit.time_picker(shown.opens), optional=False),
        _field(CLOSES_AT, "Until", kit.time_picker(shown.closes), optional=False),
        _field(COUNTRY, "Public holidays", kit.grouped_select(_countries(me), shown.country), optional=False),
    ]
    if shown.time_off:
        blocks.append(field_of_spans(TIME_OFF, "Your time off", shown.time_off, local_day(me, now)))
    blocks += [
        _field(AWAY_FROM, "More time off, from" if shown.time_off else "Time off, from", kit.day_picker()),
        _field(
            AWAY_UNTIL, "Until and including", kit.day_picker(),
            hint="I write nothing on these days; what still matters comes when you are back. "
            "People you meet with see when that is.",
        ),
    ]  # fmt: skip
    return kit.modal(FormId.WORKING_TIME, "Settings", blocks, submit="Save")


def notices(shown: Notices) -> dict[str, Any]:
    """How many messages of what."""
    paces = [kit.option(label, pace, description) for pace, (label, description) in PACES.items()]
    topics = [kit.option(label, topic) for topic, label in TOPIC_LABELS.items()]
    discreet = [kit.option("Names, dates and counts only", "yes", "Other people's words stay behind the buttons.")]
    blocks = [
        _field(
            PACE, "Reminders", kit.radio(paces, shown.pace),
            hint="Answers that you wait for, the brief of the day before and how it went always come at once.",
            optional=False,
        ),
        _field(
            TOPICS, "Of what", kit.checkboxes(topics, shown.topics), hint="The App Home shows all of it either way.",
        ),
        _field(DISCREET, "What my messages say", kit.checkboxes(discreet, ["yes"] if shown.discreet else ())),
    ]  # fmt: skip
    return kit.modal(FormId.NOTICES, WHAT_I_SEND, blocks, submit="Save")


def working_time_saved(me: Person, planned: Sequence[datetime], now: datetime) -> dict[str, Any]:
    """What counts from now on, when the bot writes again to someone who is away, and what is `planned` meanwhile."""
    calendar, today = calendar_of(me), local_day(me, now)
    hours = f"from {calendar.opens:%H:%M} to {calendar.closes:%H:%M}"
    sentences = [f"Saved. I write to you {_days(calendar)}, {hours}."]
    spans = not_over(spans_from_text(me.time_off), today)
    if len(spans) == 1:
        back = formatting.day(calendar.working_day_from(spans[0].last), today)
        sentences.append(f"You are away {days_of(spans[0], today)}; I write again on {back}.")
    elif spans:
        sentences.append(f"You are away {formatting.listed([days_of(span, today) for span in spans])}.")
    if planned:
        moments = formatting.listed([formatting.moment(one, me, today) for one in planned[:MOST_PLANNED]])
        sentences.append(f"You have a discussion then, on {moments}. `/career schedule` moves it.")
    return kit.notice("Settings", " ".join(sentences))


def notices_saved(saved: Notices) -> dict[str, Any]:
    """What counts from now on."""
    sentences = [f"Saved. Reminders: {PACES[saved.pace][0].lower()}."]
    off = [TOPIC_LABELS[topic].lower() for topic in Topic if topic not in saved.topics]
    if off:
        sentences.append(f"Nothing more about: {'; '.join(off)}. The App Home shows what is open.")
    if saved.discreet:
        sentences.append("My messages say names, dates and counts only.")
    return kit.notice(WHAT_I_SEND, " ".join(sentences))


def field_of_spans(name: str, label: str, spans: Sequence[DaySpan], today: date) -> kit.Block:
    """Spans of days that were entered before, each to be unticked where it no longer holds."""
    words = {str(span): days_of(span, today) for span in spans}
    options = [kit.option(text[:1].upper() + text[1:], value) for value, text in words.items()]
    return _field(name, label, kit.checkboxes(options, map(str, spans)), hint="Untick what no longer holds.")


def days_of(span: DaySpan, today: date) -> str:
    """“on Thu 24 Dec”, “until Fri 1 Jan”, “from Thu 24 Dec to Fri 1 Jan”."""
    last = formatting.day(span.last, today)
    if span.first <= today < span.last:
        return f"until {last}"
    if span.first == span.last:
        return f"on {last}"
    return f"from {formatting.day(span.first, today)} to {last}"


def _days(calendar: WorkingCalendar) -> str:
    """“Monday to Friday”, or the days one by one."""
    days = sorted(calendar.weekdays)
    names = [formatting.WEEKDAYS[day] for day in days]
    is_run = days == list(range(days[0], days[-1] + 1))
    return f"{names[0]} to {names[-1]}" if is_run and len(days) > 2 else formatting.listed(names)  # noqa: PLR2004


def _countries(me: Person) -> Mapping[str, Sequence[kit.Element]]:
    """What is usual for a person first, then none, then all countries."""
    names = country_names()
    around = names.get(country_of_zone(me.tz) or "")
    if me.workspace_country == NOWHERE:
        usual = "None, as in the whole workspace"
    elif me.workspace_country is not None:
        usual = f"Those of {names.get(me.workspace_country, me.workspace_country)}, as in the whole workspace"
    else:
        usual = f"Those of {around}, as your time zone says" if around else "None: your time zone is of no country"
    return countries(usual, "None: I work on all of them")


def countries(usual: str, none: str) -> Mapping[str, Sequence[kit.Element]]:
    """Countries to choose, by their first letter; before them what is usual, and none."""
    names = country_names()
    groups: dict[str, list[kit.Element]] = {"As a rule": [kit.option(usual, AS_USUAL), kit.option(none, NOWHERE)]}
    for code, name in names.items():
        groups.setdefault(name[0], []).append(kit.option(name, code))
    return groups


def _field(name: str, label: str, element: kit.Element, hint: str = "", *, optional: bool = True) -> kit.Block:
    """A field of a form that is saved when it is submitted, and not before."""
    return kit.field(name, label, element, hint=hint, optional=optional, tracked=False)
