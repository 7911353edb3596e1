from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import pytest

from cycle import agendas, preparations, scheduling
from cycle.errors import InvalidInput, NotAllowed, NotAvailable
from cycle.guards import open_discussion
from cycle.nudges import plan, worded
from cycle.scheduling import REASON, STARTS_AT
from cycle.snapshot_loading import load_snapshot
from cycle.wrap_up import WrapUpForm
from storage.agenda import AgendaItem
from storage.database import Database
from storage.discussions import Discussion, DiscussionState
from storage.drafts import Draft, DraftKey
from storage.nudges import NudgeState
from storage.pairs import Cadence
from storage.people import Person
from storage.preparations import Level
from tests.support.builders import MADRID, TOKYO, at, pair, person, planning, scheduled
from tests.support.pair_fixture import NOW, PairFixture

THEN = at(MADRID, 2026, 11, 24, 9)  # a Tuesday, nine in Madrid and five in the afternoon in Tokyo
HOUR = timedelta(hours=1)


@pytest.fixture
async def two(database: Database, workspace_id: int) -> PairFixture:
    """Ana and Chiyo, without a date."""
    return await PairFixture.planning(database, workspace_id)


OUTSIDE = "Fri 25 Dec at 12:00 is outside your working hours."
AWAY = {"time_off": "2026-12-21/2026-12-31"}


async def set_date(
    two: PairFixture, me: Person, starts_at: Any = THEN, *, seen_round: int = 0, **also: Any
) -> Discussion:
    """Choose a date, an hour long."""
    return await two.set_date(me, starts_at, seen_round=seen_round, **also)


async def test_E10_a_date_is_set_and_the_other_side_hears_of_it(two: PairFixture):
    """Setting a date schedules the discussion, and plans the news for the other of the two alone."""
    discussion = await set_date(two, two.ana)
    assert (discussion.state, discussion.starts_at, discussion.minutes, discussion.round) == (
        DiscussionState.SCHEDULED,
        THEN,
        60,
        1,
    )
    assert discussion.ends_at == THEN + HOUR
    assert (await two.recipients())["date_set"] == two.chiyo.id


async def test_a_date_moves_and_the_nudges_with_it(two: PairFixture):
    """Moving counts a round, so that what was planned for the old date is planned anew."""
    await set_date(two, two.ana)
    discussion = await set_date(two, two.chiyo, THEN + HOUR, seen_round=1)
    assert (discussion.starts_at, discussion.round, discussion.dated_by_id) == (THEN + HOUR, 2, two.chiyo.id)
    assert (await two.recipients())["date_set"] == two.ana.id


async def news(two: PairFixture, discussion: Discussion, now: datetime = NOW) -> list[tuple[int, str]]:
    """What is planned to be said of a date: to whom, and the words."""
    async with two.database.reading(two.workspace_id) as store:
        snapshot = await load_snapshot(store, await store.pairs.get(discussion.pair_id), now)
    planned = plan(snapshot, now, (*scheduling.NEWS_OF_DATES, "cancelled")).values()
    texts = [(one.person_id, worded(snapshot, one, snapshot.by_id(one.person_id))) for one in planned]
    return [(person_id, said.text) for person_id, said in texts if said is not None]


async def told(
    two: PairFixture, discussion: Discussion, kinds: Collection[str] = (*scheduling.NEWS_OF_DATES, "cancelled")
) -> None:
    """What is planned to be said of a date has been sent."""
    async with two.database.unit(two.workspace_id) as store:
        for row in await store.nudges.of_pair(discussion.pair_id):
            if row.kind in kinds and row.state is NudgeState.PLANNED:
                row.state = NudgeState.SENT


async def postpone(two: PairFixture, me: Person, now: datetime = NOW) -> None:
    """Leave the date for later."""
    async with two.changing(me) as (store, person_of_store, locked):
        await scheduling.postpone(store, person_of_store, locked, await open_discussion(store, locked), now)


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_date_moved_twice_before_the_other_side_hears_of_it_is_one_move(two: PairFixture, *, is_told: bool):
    """One message has the final date, and names the one before that its reader knows of, if any.

    Ana sets 9:00; Chiyo hears of it, or not. Then Ana moves it to 10:00 and to 11:00 while Chiyo is not at work.
    """
    discussion = await set_date(two, two.ana)
    if is_told:
        await told(two, discussion)
    await set_date(two, two.ana, THEN + HOUR, seen_round=1)
    await set_date(two, two.ana, THEN + 2 * HOUR, seen_round=2)
    ((reader, text),) = await news(two, discussion)
    assert reader == two.chiyo.pk
    assert ("to 19:00 for you" if is_told else "Tue 24 Nov at 19:00 for you") in text
    assert text.startswith(
        "Ana moved your career discussion on Tue 24 Nov from 17:00 to" if is_told else "Ana set a date"
    )
    async with two.database.reading(two.workspace_id) as store:
        rows = await store.nudges.of_pair(discussion.pair_id)
    assert [row.key for row in rows if row.kind == "date_set" and row.state is NudgeState.PLANNED] == [
        f"date_set:{discussion.pk}:3"
    ]


async def test_a_date_that_was_moved_and_moved_back_is_not_said_to_have_moved(two: PairFixture):
    """What the reader knew is true again: the message says the date, and no move from a date to the same one."""
    discussion = await set_date(two, two.ana)
    await told(two, discussion)
    await set_date(two, two.ana, THEN + HOUR, seen_round=1)
    await set_date(two, two.ana, THEN, seen_round=2)
    ((_, text),) = await news(two, discussion)
    assert text.startswith("Ana edited your career discussion: it is on Tue 24 Nov at 17:00 for you")


async def test_a_date_of_the_readers_own_is_the_one_they_know(two: PairFixture):
    """Chiyo, who chose 10:00 herself, reads that Ana moved it from there, whether or not Ana had heard of it."""
    discussion = await set_date(two, two.ana)
    await set_date(two, two.chiyo, THEN + HOUR, seen_round=1)
    await set_date(two, two.ana, THEN + 2 * HOUR, seen_round=2)
    ((reader, text),) = await news(two, discussion)
    assert reader == two.chiyo.pk
    assert text.startswith("Ana moved your career discussion on Tue 24 Nov from 18:00 to 19:00")


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_dropped_date_is_news_only_to_someone_who_knew_it(two: PairFixture, *, is_told: bool):
    """A date that is set and dropped before the other side hears of it is no message; with a new one it is one."""
    discussion = await set_date(two, two.ana)
    if is_told:
        await told(two, discussion)
    await postpone(two, two.ana)
    dropped = await news(two, discussion)
    assert [text.partition(",")[0] for _, text in dropped] == (
        ["Ana dropped the date of your career discussion"] if is_told else []
    )
    await set_date(two, two.ana, THEN + HOUR, seen_round=2)
    ((_, text),) = await news(two, discussion)
    assert text.startswith("Ana moved your career discussion on Tue 24 Nov from 17:00" if is_told else "Ana set a date")


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_date_before_their_next_working_hours_is_none_that_the_other_side_knows(
    two: PairFixture, *, is_told: bool
):
    """Moved to tonight, unknown to Chiyo, and on from there, it is one move from the date that she knows, if any."""
    discussion = await set_date(two, two.ana)
    if is_told:
        await told(two, discussion)
    await set_date(two, two.ana, NOW + 2 * HOUR, seen_round=1)
    assert await news(two, discussion) == []
    await set_date(two, two.ana, THEN + HOUR, seen_round=2)
    ((reader, text),) = await news(two, discussion)
    assert reader == two.chiyo.pk
    assert text.startswith(
        "Ana moved your career discussion on Tue 24 Nov from 17:00 to 18:00"
        if is_told
        else "Ana set a date for your career discussion: Tue 24 Nov at 18:00"
    )


async def test_a_date_that_a_later_nudge_named_is_one_that_the_other_side_knows(two: PairFixture):
    """Asked in the morning how it went, Chiyo knows of last night's date, and reads that it was dropped."""
    discussion = await set_date(two, two.ana, NOW + 2 * HOUR)
    await told(two, discussion, ["wrap_up"])
    next_day = at(TOKYO, 2026, 11, 3, 10)
    await postpone(two, two.ana, next_day)
    ((reader, text),) = await news(two, discussion, next_day)
    assert reader == two.chiyo.pk
    assert text.startswith("Ana dropped the date of your career discussion, Mon 2 Nov at 20:00,")


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("move", "Ana moved your career discussion on Tue 24 Nov from 17:00 to 18:00"),
        ("drop", "Ana dropped the date of your career discussion, Tue 24 Nov at 17:00,"),
        ("cancel", "Ana cancelled your career discussion on Tue 24 Nov at 17:00."),
    ],
)
@pytest.mark.parametrize("told_by", ["wrapped_up", "day_before", "wrap_up", None])
async def test_a_date_set_in_the_wrap_up_is_known_once_a_message_has_named_it(
    two: PairFixture, what: str, text: str, told_by: str | None
):
    """Until then it is set anew where it moves, and its end is no message."""
    form = WrapUpForm(cadence=Cadence.HALF_YEARLY, minutes=60, no_commitments=True, next_starts_at=THEN)
    discussion, later = await two.wrap_up(two.ana, form, NOW), NOW + HOUR
    if told_by is not None:
        await told(two, discussion, [told_by])
    if what == "move":
        await set_date(two, two.ana, THEN + HOUR, seen_round=1, now=later)
    elif what == "drop":
        await postpone(two, two.ana, later)
    else:
        await two.cancel(two.ana, "The audit moved", later)
    if_untold = ["Ana set a date for your career discussion: Tue 24 Nov at 18:00"] if what == "move" else []
    heard = await news(two, discussion, later)
    assert [reader for reader, _ in heard] == [two.chiyo.pk] * len(heard)
    for (_, sent), start in zip(heard, [text] if told_by else if_untold, strict=True):
        assert sent.startswith(start)


async def test_the_same_date_again_changes_nothing(two: PairFixture):
    """Submitting the same form twice is no new round and no second piece of news."""
    await set_date(two, two.ana)
    again = await set_date(two, two.chiyo, seen_round=1)
    assert (again.round, again.dated_by_id) == (1, two.ana.id)


@pytest.mark.parametrize(
    ("starts_at", "says"),
    [
        (NOW, "has passed"),
        (NOW - HOUR, "has passed"),
        (at(MADRID, 2028, 1, 10, 10), "more than a year away"),
    ],
)
async def test_an_impossible_time_is_refused_beside_the_field(two: PairFixture, starts_at: Any, says: str):
    """A past time and one beyond the next year are refused, and nothing is saved."""
    with pytest.raises(InvalidInput) as refused:
        await set_date(two, two.ana, starts_at)
    assert says in refused.value.fields[STARTS_AT]
    assert (await two.open_discussion()).starts_at is None


@pytest.mark.parametrize(("busy", "who"), [("ana", "You have"), ("chiyo", "Chiyo has")])
async def test_an_overlap_with_another_discussion_of_either_is_refused(two: PairFixture, busy: str, who: str):
    """If one of the two has a discussion with someone else at that time, the sentence says so, but not with whom."""
    other_pair = pair(two.ben, getattr(two, busy))
    await two.write(other_pair)
    await two.write(scheduled(other_pair, THEN + HOUR / 2))
    with pytest.raises(InvalidInput) as refused:
        await set_date(two, two.ana)
    assert refused.value.fields[STARTS_AT].startswith(f"{who} another career discussion at that time.")
    assert "Ben" not in refused.value.sentence


async def test_a_discussion_right_beside_another_is_fine(two: PairFixture):
    """Ends touch without overlapping, on both sides."""
    other_pair, third = pair(two.ben, two.chiyo), person("Dana")
    await two.write(other_pair, third)
    next_pair = pair(third, two.chiyo)
    await two.write(scheduled(other_pair, THEN - HOUR), next_pair)
    await two.write(scheduled(next_pair, THEN + HOUR))
    assert (await set_date(two, two.ana)).starts_at == THEN


async def test_a_discussion_does_not_overlap_with_itself(two: PairFixture):
    """Moving a discussion by half an hour is no conflict with its old time."""
    await set_date(two, two.ana)
    assert (await set_date(two, two.ana, THEN + HOUR / 2, seen_round=1)).round == 2


async def test_a_third_person_sets_no_date(two: PairFixture):
    """A third person can neither look at nor change the date of a pair."""
    with pytest.raises(NotAllowed):
        await set_date(two, two.ben)
    with pytest.raises(NotAllowed):
        await two.schedule(two.ben)


async def test_a_date_set_meanwhile_by_the_other_side_is_kept(two: PairFixture):
    """A person who chose without having seen the other's date reads it, on their own clock."""
    await set_date(two, two.chiyo)
    with pytest.raises(InvalidInput) as refused:
        await set_date(two, two.ana, THEN + HOUR, seen_round=0)
    assert "Tue 24 Nov at 09:00" in refused.value.fields[STARTS_AT]
    assert (await two.open_discussion()).starts_at == THEN


async def test_a_form_of_a_discussion_that_ended_does_not_touch_the_next(two: PairFixture):
    """With the next discussion dated in the same round number, an old form moves and cancels nothing."""
    discussion = await set_date(two, two.ana)
    form = WrapUpForm(cadence=Cadence.HALF_YEARLY, minutes=60, no_commitments=True, next_starts_at=THEN)
    await two.wrap_up(two.chiyo, form, NOW + HOUR, discussion.pk)
    assert (await two.open_discussion()).round == discussion.round
    with pytest.raises(NotAvailable):
        await set_date(two, two.ana, THEN + HOUR, seen_round=1, seen_id=discussion.pk)
    with pytest.raises(NotAvailable):
        await two.cancel(two.ana, "Ill", NOW, seen_id=discussion.pk)
    assert (await two.open_discussion()).starts_at == THEN


# --- warned, not refused ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minutes", "whose"),
    [
        (9, 60, ["Chiyo's"]),
        (7, 60, ["your"]),
        (8, 60, ["your"]),
        (8, 90, ["your", "Chiyo's"]),
        (20, 60, ["your", "Chiyo's"]),
    ],
)
def test_a_time_outside_either_persons_hours_gets_a_warning(hour: int, minutes: int, whose: list[str]):
    """It has to begin and end within working hours; otherwise each person concerned is named with their time."""
    ana, chiyo = person(id=1), person("Chiyo Tanaka", TOKYO, id=2)
    said = scheduling.warnings(at(MADRID, 2026, 11, 24, hour), minutes, (ana, chiyo), ana, NOW.date())
    assert [line.split(" is outside ")[1] for line in said] == [f"{one} working hours." for one in whose]


def test_a_time_within_both_peoples_hours_gets_no_warning():
    """There is no warning where nothing is unusual, up to the minute at which work ends."""
    ana, ben = person(id=1), person("Ben Okafor", "Europe/London", id=2)
    assert scheduling.warnings(at(MADRID, 2026, 11, 24, 16), 60, (ana, ben), ana, NOW.date()) == []


@pytest.mark.parametrize(
    ("anas", "bens", "sentences"),
    [
        ({"country": "ES"}, {"country": "GB"}, ["Fri 25 Dec is a public holiday for both of you."]),
        ({}, {"country": "GB"}, ["Fri 25 Dec is a public holiday for Ben."]),
        ({"country": "ES"}, {}, ["Fri 25 Dec is a public holiday for you."]),
        (AWAY, {"country": "GB"}, ["You are away on Fri 25 Dec.", "Fri 25 Dec is a public holiday for Ben."]),
        (
            {"weekdays": "0123"},
            AWAY,
            [OUTSIDE, "Ben is away on Fri 25 Dec."],
        ),
        ({"weekdays": "0123"}, {"weekdays": "0123"}, ["That's a Friday for both of you."]),
    ],
)
def test_L2_a_day_off_is_named(anas: dict[str, Any], bens: dict[str, Any], sentences: list[str]):
    """Whoever sets a date on a holiday or in somebody's time off reads so before it is set."""
    ana, ben = person(id=1, **anas), person("Ben Okafor", "Europe/London", id=2, **bens)
    assert scheduling.warnings(at(MADRID, 2026, 12, 25, 12), 60, (ana, ben), ana, NOW.date()) == sentences


# --- cancelling ------------------------------------------------------------------------------------------------------


async def test_E17_a_cancelled_discussion_has_a_successor_that_inherits(two: PairFixture):
    """Agenda, preparations and what was typed live on in the next discussion, which is open.

    It is due by the day on which they had meant to meet, though the one before was due much later.
    """
    two.discussion.due_on = NOW.date() + timedelta(days=180)
    await two.write(two.discussion)
    discussion = await set_date(two, two.ana)
    await two.prepare(two.ana, level=Level.STRONG)
    item = AgendaItem(
        pair_id=two.pair.pk, discussion_id=discussion.pk, author_id=two.ana.pk, text="Lead", position=1, proposed_at=NOW
    )
    drafts = [
        Draft(
            person_id=two.chiyo.pk, form=form, subject_id=discussion.pk, state="{}", view_id="V1", typed_at=NOW,
            saved_at=NOW,
        )
        for form in (*preparations.DRAFTS, agendas.FORM)
    ]  # fmt: skip
    await two.write(item, *drafts)
    successor = await two.cancel(two.chiyo, "The audit moved", NOW, seen_id=discussion.pk)
    assert (successor.state, successor.number, successor.starts_at) == (DiscussionState.PLANNING, 2, None)
    assert successor.due_on == THEN.date()
    async with two.database.reading(two.workspace_id) as store:
        assert [item.text for item in await store.agenda.of_discussions([successor.pk])] == ["Lead"]
        assert [one.author_id for one in await store.preparations.of_discussion([successor.pk])] == [two.ana.pk]
        for draft in drafts:
            assert await store.drafts.get(DraftKey(two.chiyo.pk, draft.form, successor.pk)), draft.form
        assert (await store.discussions.get(discussion.pk)).cancel_reason == "The audit moved"


async def test_the_other_side_hears_of_a_cancellation_and_reads_its_reason(two: PairFixture):
    """The other side gets the news as a nudge, and reads the reason where a new time is found."""
    await set_date(two, two.ana)
    await two.cancel(two.chiyo, "The audit moved", NOW)
    assert (await two.recipients())["cancelled"] == two.ana.id
    seen = await two.schedule(two.ana)
    assert seen.cancelled is not None
    assert seen.cancelled.cancel_reason == "The audit moved"


async def test_a_cancelled_discussion_is_old_news_after_the_next(two: PairFixture):
    """The reason of a cancelled discussion is not shown any more once a later one has taken place."""
    await set_date(two, two.ana)
    successor = await two.cancel(two.chiyo, "The audit moved", NOW)
    form = WrapUpForm(cadence=Cadence.HALF_YEARLY, minutes=60, no_commitments=True, next_later=True)
    await two.wrap_up(two.ana, form, NOW + HOUR, successor.pk)
    assert (await two.schedule(two.ana)).cancelled is None


@pytest.mark.parametrize("is_told", [True, False])
async def test_a_cancellation_names_the_date_that_its_reader_knows(two: PairFixture, *, is_told: bool):
    """Of a date that moved before they heard of it they read the one before, and nothing where they knew of none."""
    discussion = await set_date(two, two.ana)
    if is_told:
        await told(two, discussion)
    await set_date(two, two.ana, THEN + HOUR, seen_round=1)
    await two.cancel(two.ana, "The audit moved", NOW)
    assert await news(two, discussion) == (
        [(two.chiyo.pk, "Ana cancelled your career discussion on Tue 24 Nov at 17:00. Next, find a new date.")]
        if is_told
        else []
    )
    seen = (await two.schedule(two.chiyo)).cancelled
    assert seen is not None
    assert (seen.moved_from, seen.cancel_reason) == (THEN if is_told else None, "The audit moved")


@pytest.mark.parametrize("is_told", [True, False])
async def test_two_discussions_cancelled_before_the_other_side_hears_of_it_are_one_message(
    two: PairFixture, *, is_told: bool
):
    """It is about the date that they know: the first one, until they have heard that it is cancelled."""
    discussion = await set_date(two, two.ana)
    await told(two, discussion)
    await two.cancel(two.ana, "The audit moved", NOW)
    if is_told:
        await told(two, discussion)
    await set_date(two, two.ana, THEN + HOUR)
    await two.cancel(two.ana, "Ill", NOW)
    texts = [text.partition(".")[0] for _, text in await news(two, discussion)]
    assert texts == ([] if is_told else ["Ana cancelled your career discussion on Tue 24 Nov at 17:00"])


@pytest.mark.parametrize("reason", ["", "  \n "])
async def test_cancelling_needs_a_reason(two: PairFixture, reason: str):
    """Without a word on why, nothing is cancelled."""
    await set_date(two, two.ana)
    with pytest.raises(InvalidInput) as refused:
        await two.cancel(two.ana, reason, NOW)
    assert REASON in refused.value.fields
    assert (await two.open_discussion()).starts_at == THEN


async def test_without_a_date_there_is_nothing_to_cancel(two: PairFixture):
    """There is nothing to cancel before a date is set and after it was cancelled."""
    with pytest.raises(NotAvailable):
        await two.cancel(two.ana, "Ill", NOW)
    await set_date(two, two.ana)
    await two.cancel(two.ana, "Ill", NOW)
    with pytest.raises(NotAvailable):
        await two.cancel(two.chiyo, "Ill too", NOW)


async def test_a_third_person_cancels_nothing(two: PairFixture):
    """A third person is refused."""
    await set_date(two, two.ana)
    with pytest.raises(NotAllowed):
        await two.cancel(two.ben, "Mischief", NOW)


async def test_a_postponed_discussion_goes_back_to_planning(two: PairFixture):
    """Leaving the date for later on purpose keeps the discussion open, due in three weeks at the earliest."""
    await set_date(two, two.ana)
    async with two.changing(two.ana) as (store, me, locked):
        discussion = await open_discussion(store, locked)
        await scheduling.postpone(store, me, locked, discussion, NOW)
    assert (discussion.state, discussion.starts_at, discussion.postponed) == (DiscussionState.PLANNING, None, True)
    assert discussion.due_on >= NOW.date() + scheduling.AFTER_CANCELLING


async def test_an_ended_pair_sets_no_date(two: PairFixture):
    """Where the two have ended their discussions, the form says so."""
    ended = pair(two.ben, two.chiyo, state="ended")
    await two.write(ended)
    await two.write(planning(ended, NOW.date()))
    with pytest.raises(NotAvailable):
        await two.set_date(two.ben, THEN, pair_id=ended.pk)
