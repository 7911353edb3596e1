from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.scheduling import MINUTES, REASON, STARTS_AT, Heard, ScheduleView
from handlers.schedule import CANCEL
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.shared.view_metadata import ScheduleMetadata
from handlers.views import schedule as view
from handlers.views.schedule import Chosen
from sandbox.validation import problems
from storage.discussions import Discussion, DiscussionState
from storage.people import Person
from tests.support.builders import MADRID, TOKYO, at, pair, person, planning, scheduled

THEN = at(MADRID, 2026, 11, 24, 10)  # six in the evening in Tokyo
ANA, CHIYO = person("Ana Ruiz", id=1), person("Chiyo Tanaka", TOKYO, id=2)
TWO = pair(ANA, CHIYO, id=1)


def known(
    starts_at: datetime | None = None, *, me: Person = ANA, other: Person = CHIYO, cancelled: Discussion | None = None
) -> ScheduleView:
    """A discussion with or without a date."""
    discussion = scheduled(TWO, starts_at, id=7) if starts_at else planning(TWO, THEN.date(), id=7)
    return ScheduleView(TWO, discussion, me, other, THEN.date(), cancelled)


def texts(shown: dict[str, Any]) -> str:
    """Everything that is written in a view."""
    return str(shown["blocks"])


def block(shown: dict[str, Any], name: str) -> dict[str, Any]:
    """A block by id."""
    return next(one for one in shown["blocks"] if one.get("block_id") == name)


def test_without_a_date_the_form_asks_for_one():
    """It says by when the discussion is due and that no time suits both, and has nothing to cancel."""
    shown = view.render(known(), [])
    assert problems("modal", shown) == []
    assert "due by Tue 24 Nov" in texts(shown)
    assert "initial_date_time" not in block(shown, STARTS_AT)["element"]
    assert block(shown, MINUTES)["element"]["initial_option"]["value"] == "60"
    assert ActionId.OPEN_CANCEL not in texts(shown)
    assert shown["submit"]["text"] == "Set the date"
    assert "I found no time within both your working hours" in texts(shown)


def test_E10_proposed_times_are_one_press_each_on_both_clocks():
    """Each has a button of its own that names its time to a screen reader."""
    times = [at(MADRID, 2026, 12, day, 9) for day in (15, 16, 17)]
    shown = view.render(known(), times)
    assert problems("modal", shown) == []
    rows = [one for one in shown["blocks"] if one.get("accessory", {}).get("action_id") == ActionId.SET_TIME]
    assert [row["text"]["text"] for row in rows] == [
        f"{day} Dec at 09:00 for you, 17:00 for Chiyo (Tokyo)" for day in ("Tue 15", "Wed 16", "Thu 17")
    ]
    assert [row["accessory"]["value"] for row in rows] == [str(int(one.timestamp())) for one in times]
    assert rows[0]["accessory"]["accessibility_label"] == "Set this time: Tue 15 Dec at 09:00"
    assert "Move it here" in texts(view.render(known(THEN), times))


def test_E10_after_setting_a_date_the_form_says_when_who_hears_of_it_and_what_comes_next():
    """The other side is told, or the person reads that they have to tell them; the agenda is one press away."""
    shown = view.date_set(known(THEN), was_moved=False, heard=Heard.BY_MESSAGE)
    assert problems("modal", shown) == []
    assert shown["title"]["text"] == "Date set"
    assert "You and Chiyo meet on *Tue 24 Nov at 10:00 for you, 18:00 for Chiyo (Tokyo)*, 60 minutes." in texts(shown)
    assert "I'll let Chiyo know." in texts(shown)
    assert Action.OPEN_AGENDA in texts(shown)
    unheard = view.date_set(known(THEN), was_moved=True, heard=Heard.NOT)
    assert unheard["title"]["text"] == "Moved"
    assert "please tell Chiyo yourself" in texts(unheard)
    by_edit = view.date_set(known(THEN), was_moved=True, heard=Heard.BY_EDIT)
    assert "I'll update the message about it that Chiyo already has." in texts(by_edit)
    already = view.date_set(known(THEN), was_moved=True, heard=Heard.ALREADY)
    assert already["title"]["text"] == "Date set"
    assert "That is the date that Chiyo has set." in texts(already)


def test_E10_a_date_long_after_the_discussion_is_due_is_asked_about():
    """A slip of the month is seen, whether the discussion is due or was; a few weeks more are nothing unusual."""
    assert "more than a month" not in texts(view.render(known(), [], Chosen(at(MADRID, 2026, 12, 24, 10), 60)))
    late = texts(view.render(known(), [], Chosen(at(MADRID, 2026, 12, 28, 10), 60)))
    assert "That is more than a month after it is due (Tue 24 Nov)." in late
    was_due = ScheduleView(TWO, planning(TWO, date(2026, 6, 1), id=7), ANA, CHIYO, THEN.date(), None)
    later = texts(view.render(was_due, [], Chosen(at(MADRID, 2026, 12, 28, 10), 60)))
    assert "That is more than a month after it was due (Mon 1 Jun)." in later


def test_a_weekend_of_both_is_one_sentence():
    """Nobody needs two clocks to see that it is a Saturday."""
    shown = texts(view.render(known(), [], Chosen(at(MADRID, 2026, 12, 5, 11), 60)))
    assert "That's a Saturday for both of you." in shown
    assert "working hours." not in shown.replace("within both your working hours", "")


def test_E10_a_time_of_another_year_names_it():
    """A slip of the year is seen before the date is set, in the clocks and in what is unusual."""
    shown = texts(view.render(known(), [], Chosen(at(MADRID, 2027, 11, 24, 10), 90)))
    assert "Wed 24 Nov 2027 at 10:00 for you" in shown
    assert "Wed 24 Nov 2027 at 18:00 is outside Chiyo's working hours." in shown


def test_E10_a_time_is_shown_on_both_clocks_right_under_its_field():
    """After a choice the two clocks and what is unusual are between the time and the length."""
    shown = view.render(known(), [], Chosen(THEN, 90))
    assert problems("modal", shown) == []
    number = shown["blocks"].index(block(shown, STARTS_AT))
    clocks, warning, length = shown["blocks"][number + 1 : number + 4]
    assert clocks["elements"][0]["text"] == "Tue 24 Nov at 10:00 for you, 18:00 for Chiyo (Tokyo)"
    assert "Tue 24 Nov at 18:00 is outside Chiyo's working hours." in warning["text"]["text"]
    assert view.AGAIN not in warning["text"]["text"]
    assert length["element"]["initial_option"]["value"] == "90"
    assert ScheduleMetadata.of(shown).warned_of == int(THEN.timestamp())


def test_an_odd_hour_that_was_submitted_asks_to_be_submitted_again():
    """The form that comes back says how to keep the time."""
    assert view.AGAIN in texts(view.render(known(), [], Chosen(THEN, 60), ask_again=True))


def test_a_usual_hour_needs_no_warning():
    """Where both are at work there is no warning and nothing counts as seen; each reads their own clock."""
    ben = person("Ben Okafor", "Europe/London", id=2)
    shown = view.render(known(other=ben), [], Chosen(THEN, 60))
    assert "Please note" not in texts(shown)
    assert ScheduleMetadata.of(shown).warned_of == 0
    assert "10:00 for you, 09:00 for Ben (London)" in texts(shown)


def test_a_date_can_be_moved_or_cancelled():
    """The date that is set is filled in and named, and the form knows which discussion and round it is about."""
    shown = view.render(known(THEN), [])
    assert problems("modal", shown) == []
    assert block(shown, STARTS_AT)["element"]["initial_date_time"] == int(THEN.timestamp())
    assert "You and Chiyo meet on" in texts(shown)
    assert shown["submit"]["text"] == "Move"
    assert shown["blocks"][-1]["elements"][0]["action_id"] == ActionId.OPEN_CANCEL
    metadata = ScheduleMetadata.of(shown)
    assert (metadata.pair_id, metadata.discussion_id, metadata.round) == (1, 7, 1)


def test_while_choosing_the_date_that_is_set_stays_in_sight():
    """A new choice does not change the date that the form says is set."""
    shown = view.render(known(THEN), [], Chosen(THEN + timedelta(days=1), 30))
    assert "Tue 24 Nov" in shown["blocks"][0]["text"]["text"]
    assert "Wed 25 Nov" in texts(shown)


@pytest.mark.parametrize("minutes", [15, 50, 240])
def test_a_length_agreed_elsewhere_is_on_offer(minutes: int):
    """The length that the two agreed on can be kept, though the menu does not usually offer it."""
    options = block(view.render(known(), [], Chosen(None, minutes)), MINUTES)["element"]["options"]
    values = [int(option["value"]) for option in options]
    assert minutes in values
    assert values == sorted(values)


def test_why_the_last_discussion_was_cancelled_is_read_here():
    """The reason stays between the two, and is in the form in which a new time is found; each reads the date they knew.

    Chiyo moved it to 10:00 and cancelled it before Ana, who knew of 9:00, heard of that.
    """
    discussion = scheduled(
        TWO, THEN, id=6, state=DiscussionState.CANCELLED, cancelled_by_id=CHIYO.id, cancel_reason="The <audit>",
        moved_from=THEN - timedelta(hours=1),
    )  # fmt: skip
    shown = view.render(known(cancelled=discussion), [])
    assert problems("modal", shown) == []
    assert "Chiyo cancelled the discussion of Tue 24 Nov at 09:00" in texts(shown)
    assert "The &lt;audit&gt;" in texts(shown)
    assert "You cancelled the discussion of Tue 24 Nov at 18:00" in texts(
        view.render(known(me=CHIYO, other=ANA, cancelled=discussion), [])
    )


@pytest.mark.parametrize("name", ["x" * 255, "<!channel>&" * 23, "名" * 255])
def test_long_names_and_reasons_fit(name: str):
    """Slack takes the forms whatever people are called and however much they write."""
    long_one = person(name, "America/Argentina/ComodRivadavia", id=2)
    reason = "<a & b> " * 375
    discussion = scheduled(TWO, THEN, id=6, state=DiscussionState.CANCELLED, cancelled_by_id=2, cancel_reason=reason)
    for shown in (
        view.render(known(other=long_one, cancelled=discussion), [THEN] * 3, Chosen(THEN, 60), ask_again=True),
        view.render(known(THEN, other=long_one), [THEN], problem=f"{name} has another one"),
        view.date_set(known(THEN, other=long_one), was_moved=True, heard=Heard.NOT),
        view.cancelling(known(THEN, other=long_one), FormValues({REASON: {ActionId.TYPED: {"value": reason}}})),
        view.cancelled(scheduled(TWO, THEN, id=1), planning(TWO, THEN.date()), long_one, THEN.date(), is_news=True),
        view.cancelled(scheduled(TWO, THEN, id=1), planning(TWO, THEN.date()), long_one, THEN.date(), is_news=False),
    ):
        assert problems("modal", shown) == []
        assert "<!channel>" not in str([one.get("text") for one in shown["blocks"] if one["type"] == "section"])


def test_cancelling_asks_why_and_resumes_what_was_typed():
    """The reason is required, resumed from its draft, and that draft belongs to this discussion."""
    shown = view.cancelling(known(THEN), FormValues({REASON: {ActionId.TYPED: {"value": "The audit moved"}}}))
    field = block(shown, REASON)
    assert field["element"]["initial_value"] == "The audit moved"
    assert not field["optional"]
    assert CANCEL.draft_subject is not None
    assert CANCEL.draft_subject(ScheduleMetadata.of(shown)) == 7


def test_after_cancelling_the_next_discussion_is_named():
    """The answer names when the next discussion is due, and closing it closes the forms below as well."""
    shown = view.cancelled(scheduled(TWO, THEN, id=1), planning(TWO, THEN.date()), CHIYO, THEN.date(), is_news=True)
    assert "due by Tue 24 Nov" in texts(shown)
    assert shown["clear_on_close"] is True
