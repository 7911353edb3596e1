"""The App Home: what waits for the person, the state of things with each other person, what was kept.

Only its owner sees it, so commitments are shown in full; answers of preparations never are (practice C10).
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.calendar import calendar_of
from cycle.commitments import can_be_undone
from cycle.nudges import Action, Button
from cycle.overview import MOST_IN_FULL, Measured, Overview
from cycle.snapshot import PairSnapshot
from cycle.zones import local_day
from handlers.shared.ids import ActionId, FormId
from handlers.views import coach_remarks, forecast, kit
from handlers.views.roadmap import bar, words_for_progress
from storage.agenda import ACTIVE_ITEMS
from storage.commitments import Commitment, CommitmentState
from storage.pairs import PairState, Side
from storage.people import Person

# Together these keep a Home within Slack's 100 blocks, even with 40 reports and everything open.
MOST_TO_DO: Final = 8  # the rest is shown with each person below
MOST_COMMITMENTS: Final = 5  # of a pair; the others are behind “Show all”
MOST_MEASURED: Final = 5  # objectives of a pair; the roadmap has all of them
MOST_CHARTS: Final = 2  # as many as a message may have: Slack names no limit for the Home
OBJECTIVE_TEXT: Final = 120  # characters shown of an objective
MOST_PAIRS: Final = 40
COMMITMENT_TEXT: Final = 300  # characters shown of a commitment
REQUEST_TEXT: Final = 300  # characters shown of a request to pair; the message has all of it

WHAT_IT_IS = (
    "Career discussions are regular meetings of an employee and their manager about the employee's growth, "
    "apart from performance reviews. The employee owns the plan, and either of you may start."
)
SETTINGS: Final = kit.button("Settings", Action.OPEN_SETTINGS)
OPPORTUNITIES: Final = kit.button("Opportunities", ActionId.OPEN_OPPORTUNITIES)
FORECAST: Final = kit.button(forecast.TITLE, ActionId.OPEN_FORECAST)

HOW_IT_GOES = (
    "1. *Plan*: both prepare, and share only what you tick.\n"
    "2. *Meet*: with an agenda you both know beforehand.\n"
    "3. *Follow up*: I keep track of what you agreed on, and remind you in time."
)


def render(overview: Overview) -> dict[str, Any]:
    """The Home of a person, or a welcome where there is nothing yet."""
    coach = coach_remarks.switch(on=not overview.me.coach_off)
    if not overview.pairs:
        return _home(_welcome(coach))
    with_each = [view for view in overview.pairs if not _waits_for(view, overview.me)]
    shown = with_each[:MOST_PAIRS]
    blocks = [*_i_am_away(overview), *_waiting(overview)]
    with_chart = [view for view in shown if _is_worth_a_chart(overview.measured.get(view.pair.pk, ()))][:MOST_CHARTS]
    for view in shown:
        blocks += _pair(view, overview, in_full=len(overview.pairs) <= MOST_IN_FULL)
        blocks += _progress(overview.measured.get(view.pair.pk, ()), chart=view in with_chart)
    if left := len(with_each) - len(shown):
        blocks.append(kit.context(f"And {left} more. Use a `/career` command to reach the others."))
    blocks += _kept(overview)
    begin = kit.button("Start with someone else", ActionId.START)
    everything_else = [*_own_pages(overview), OPPORTUNITIES, FORECAST, begin, SETTINGS, coach]
    return _home([*blocks, kit.divider(), kit.actions(everything_else)])


def _i_am_away(overview: Overview) -> Iterator[kit.Block]:
    today = local_day(overview.me, overview.now)
    if (back := calendar_of(overview.me).back_on(today)) is not None:
        yield kit.context(f"You're away. I write to you again on {formatting.day(back, today)}.")


def _own_pages(overview: Overview) -> Iterator[kit.Element]:
    """What is about the person, or about all their pairs together."""
    as_employee = [view.pair for view in overview.pairs if view.pair.side_of(overview.me.pk) is Side.EMPLOYEE]
    if active := next((pair for pair in as_employee if pair.state is PairState.ACTIVE), None):
        yield kit.button("My profile", ActionId.OPEN_PROFILE, str(active.pk))
    if as_employee:
        yield kit.button("My achievements", ActionId.ACHIEVEMENTS)
    if any(view.held is not None for view in overview.pairs):
        yield kit.button("Records", ActionId.OPEN_RECORDS, "0")
    if any(view.pair.manager_id == overview.me.id and view.pair.state is PairState.ACTIVE for view in overview.pairs):
        yield kit.button("Team objectives", ActionId.TEAM_OBJECTIVES, "0")


def _home(blocks: Sequence[kit.Block]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks)}


def _welcome(coach: kit.Element) -> list[kit.Block]:
    return [
        kit.header("Career discussions"),
        kit.section(WHAT_IT_IS),
        kit.section(HOW_IT_GOES),
        kit.actions([kit.button("Start career discussions", ActionId.START, primary=True), OPPORTUNITIES, coach]),
        kit.context("It takes a minute: you choose a person, and they say yes or no. `/career help` lists the rest."),
    ]


# --- what waits for the person --------------------------------------------------------------------------------------


def _waits_for(view: PairSnapshot, me: Person) -> bool:
    """Whether the other side has asked and waits for the person's answer."""
    return view.pair.state is PairState.ASKED and view.pair.asked_by_id != me.id


def _waiting(overview: Overview) -> Iterator[kit.Block]:
    """Requests to answer, then what to do; the very first thing is the one primary button of the Home."""
    requests = [view for view in overview.pairs if _waits_for(view, overview.me)]
    items = [(view, item) for view, item in overview.to_do if not _waits_for(view, overview.me)]
    yield kit.header("What waits for you")
    if not requests and not items:
        yield kit.section("Nothing right now. I'll send you a message when something comes up.")
    for number, view in enumerate(requests[:MOST_TO_DO]):
        yield from _asked(view, overview.me, is_first=number == 0)
    room = max(MOST_TO_DO - len(requests), 0)
    for number, (_view, item) in enumerate(items[:room]):
        is_first = number == 0 and not requests
        yield kit.section(kit.fitted(item.sentence, kit.SECTION_TEXT), pressed(item.press, primary=is_first))
    if (left := max(len(requests) - MOST_TO_DO, 0) + max(len(items) - room, 0)) > 0:
        yield kit.context(f"And {formatting.count(left, 'thing')} more, with each person below.")


def pressed(press: Button, *, primary: bool = False) -> kit.Element:
    """The button that does something."""
    return kit.button(press.label, press.does, str(press.subject_id), primary=primary)


# --- each pair -------------------------------------------------------------------------------------------------------


def _pair(view: PairSnapshot, overview: Overview, *, in_full: bool) -> list[kit.Block]:
    me, other = overview.me, view.other_than(overview.me.pk)
    title = _title(view, me)
    if view.pair.state is PairState.ASKED:
        text = f"{title}\nYou asked, and {kit.fitted(formatting.first_name(other), 300)} has not answered yet."
        return [kit.section(text, kit.button("Take it back", ActionId.WITHDRAW_PAIR, str(view.pair.pk)))]
    today = local_day(me, overview.now)
    facts = [_agenda(view), _prepared(view, me)]
    if not in_full:
        facts.append(_commitments_in_short(view, today))
    lines = [
        title, next_discussion(view, me, overview.now), _away(view, me, overview.now),
        " · ".join(fact for fact in facts if fact),
    ]  # fmt: skip
    about = kit.section("\n".join(line for line in lines if line), _menu(view))
    offered = {item.press.does for one, item in overview.to_do if one is view}
    blocks = [about, *_buttons(view, other, offered)]
    return [kit.divider(), *blocks, *_commitments(view, me, today)] if in_full else blocks


def _away(view: PairSnapshot, me: Person, now: datetime) -> str:
    """That the other one is away now, and when they are back; empty otherwise."""
    other = view.other_than(me.pk)
    if (back := view.calendar(other.pk).back_on(local_day(other, now))) is None:
        return ""
    name, day = kit.fitted(formatting.first_name(other), 300), formatting.day(back, local_day(me, now))
    return f"{name} is away, and back on {day}."


def _title(view: PairSnapshot, me: Person) -> str:
    role = "your manager" if view.pair.side_of(me.pk) is Side.EMPLOYEE else "reports to you"
    return f"*{kit.fitted(view.other_than(me.pk).name, 300)}* · {role}"


def _asked(view: PairSnapshot, me: Person, *, is_first: bool) -> list[kit.Block]:
    """A request with its words and the two answers."""
    key, name = str(view.pair.pk), kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)
    asked = f"{_title(view, me)}\n{name} would like to have career discussions with you."
    if view.pair.request:
        asked += f"\n{kit.quoted(view.pair.request, REQUEST_TEXT)}"
    answers = [
        kit.button("Yes, let's", Action.ACCEPT_PAIR, key, primary=is_first),
        kit.button("Say no", Action.DECLINE_PAIR, key),
    ]
    return [kit.section(asked), kit.actions(answers)]


def next_discussion(view: PairSnapshot, me: Person, now: datetime) -> str:
    """When the two meet next, on both clocks; or by when they want to."""
    discussion = view.current
    if discussion is None:
        return "No discussion is open."
    today = local_day(me, now)
    if (coming := view.scheduled) is None:
        due = formatting.day(discussion.due_on, today)
        if (request := view.waiting_request) is not None and request.asked_by_id == me.id:
            name = kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)
            return f"You asked {name} to meet and have no answer yet. Your next discussion is due by {due}."
        if discussion.due_on < today:
            return f"Your next discussion was due by {due} and has no date yet."
        return f"Your next discussion is due by {due} and has no date yet."
    if discussion.ends_at is not None and discussion.ends_at <= now:
        return f"You planned to meet on {formatting.moment(coming[1], me, today)}. How did it go?"
    when = formatting.both_clocks(coming[1], me, view.other_than(me.pk), today)
    return f"Next discussion: {kit.fitted(when, 600)}, {discussion.minutes} minutes."


def _agenda(view: PairSnapshot) -> str:
    items = sum(item.state in ACTIVE_ITEMS for item in view.agenda)
    return f"{formatting.count(items, 'agenda item')}" if items else ""


def _prepared(view: PairSnapshot, me: Person) -> str:
    """Who has prepared, which both see; what they wrote is private until shared. Nothing where nobody has."""
    ready = {one.author_id for one in view.preparations}
    other = view.other_than(me.pk)
    name = kit.fitted(formatting.first_name(other), 300)
    if me.pk in ready:
        return "both of you have prepared" if other.pk in ready else "you have prepared"
    return f"{name} has prepared" if other.pk in ready else ""


def _buttons(view: PairSnapshot, other: Person, offered: Collection[str]) -> list[kit.Block]:
    """What people do most, less what is offered at the top already."""
    name, key = formatting.first_name(other), str(view.pair.pk)
    usual = (("Prepare", Action.OPEN_PREPARATION), ("Agenda", Action.OPEN_AGENDA))
    buttons = [kit.button(label, does, key, about=name) for label, does in usual if does not in offered]
    return [kit.actions(buttons)] if buttons else []


def _menu(view: PairSnapshot) -> kit.Element:
    """Everything else about a pair, one press away: three to five choices."""
    key = view.pair.pk
    options = [("Move the date" if view.scheduled else "Find a time", FormId.SCHEDULE, key)]
    options.append(("Roadmap", FormId.ROADMAP, key))
    if view.current is not None:
        options.append(("Brief", FormId.BRIEF, view.current.pk))
    options.append(("Commitments", FormId.COMMITMENTS, key))
    if view.held is not None:
        options.append(("Last discussion", FormId.BRIEF, view.held.pk))
    return kit.overflow([kit.option(label, f"{form}:{key}") for label, form, key in options], ActionId.PAIR_MENU)


# --- how far the objectives are --------------------------------------------------------------------------------------


def _is_worth_a_chart(measured: Sequence[Measured]) -> bool:
    """One objective is told in a line, and before anything is reached there is nothing to compare."""
    return len(measured) > 1 and any(one.progress.reached for one in measured[:MOST_MEASURED])


def _progress(measured: Sequence[Measured], *, chart: bool) -> Iterator[kit.Block]:
    """Each objective with benchmarks in words, and all of them as a chart, which says nothing that the words don't."""
    shown = measured[:MOST_MEASURED]
    if chart:
        categories = [f"{number}. {' '.join(one.objective.text.split())}" for number, one in enumerate(shown, start=1)]
        reached = [one.progress.reached for one in shown]
        still = [one.progress.total - one.progress.reached for one in shown]
        bars = [("Reached", reached), ("Still to go", still)]
        yield kit.bar_chart("How far the objectives are", categories, bars, "Benchmarks")
    if shown:
        lines = [
            f"{f'{number}. ' if chart else ''}{kit.fitted(' '.join(one.objective.text.split()), OBJECTIVE_TEXT)}: "
            f"{bar(one.progress)} {words_for_progress(one.progress)}"
            for number, one in enumerate(shown, start=1)
        ]
        if (left := len(measured) - len(shown)) > 0:
            lines.append(f"And {formatting.count(left, 'objective')} more, on the roadmap.")
        yield kit.context("\n".join(lines))


def without_charts(view: dict[str, Any]) -> dict[str, Any]:
    """The Home for a workspace that has no charts yet; the same words are in it."""
    return view | {"blocks": [block for block in view["blocks"] if block["type"] != kit.CHART]}


# --- commitments -----------------------------------------------------------------------------------------------------


def _commitments(view: PairSnapshot, me: Person, today: date) -> Iterator[kit.Block]:
    for commitment in view.commitments[:MOST_COMMITMENTS]:
        text = f"{_said(view, commitment, me)}\n_{words_for_due(commitment.due_on, today)}_"
        done = kit.button("Done", Action.COMMITMENT_DONE, str(commitment.pk)) if commitment.owner_id == me.id else None
        yield kit.section(text, done)
    if (left := len(view.commitments) - MOST_COMMITMENTS) > 0:
        everything = kit.button("Show all", Action.OPEN_COMMITMENTS, str(view.pair.pk))
        yield kit.section(f"And {formatting.count(left, 'commitment')} more.", everything)


def _commitments_in_short(view: PairSnapshot, today: date) -> str:
    if not view.commitments:
        return ""
    late = sum(commitment.due_on < today for commitment in view.commitments)
    text = formatting.count(len(view.commitments), "open commitment")
    return f"{text}, {late} past the date" if late else text


def words_for_due(due_on: date, today: date) -> str:
    """“by Tue 24 Nov”, “today”, “was due on Tue 24 Nov, 3 days ago”."""
    days = (due_on - today).days
    if days < 0:
        return f"was due on {formatting.day(due_on, today)}, {formatting.count(-days, 'day')} ago"
    if days == 0:
        return "due today"
    return "due tomorrow" if days == 1 else f"by {formatting.day(due_on, today)}"


def _kept(overview: Overview) -> Iterator[kit.Block]:
    done = [(view, one) for view, one in overview.kept if one.state is CommitmentState.DONE]
    if done:
        yield kit.header("Recently kept")
        for view, one in done:
            undone = can_be_undone(one, overview.me, overview.now)
            undo = kit.button("Undo", ActionId.UNDO_DONE, str(one.pk)) if undone else None
            yield kit.section(f"• {_said(view, one, overview.me)}{_on(one, overview)}", undo)


def _said(view: PairSnapshot, commitment: Commitment, me: Person) -> str:
    """Who does what, on one line."""
    whose = "You" if commitment.owner_id == me.id else formatting.first_name(view.other_than(me.pk))
    return f"{kit.fitted(whose, 200)}: {kit.fitted(' '.join(commitment.text.split()), COMMITMENT_TEXT)}"


def _on(commitment: Commitment, overview: Overview) -> str:
    if commitment.settled_at is None:
        return ""
    me = overview.me
    return f" ({formatting.day(local_day(me, commitment.settled_at), local_day(me, overview.now))})"
