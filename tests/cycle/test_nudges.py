from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle.nudges import KINDS, NudgeKind, PlannedNudge, plan
from cycle.snapshot import PairSnapshot
from storage.agenda import AgendaItem, ItemState
from storage.commitments import ChangeRequest, RequestState
from storage.discussions import Discussion, DiscussionState
from storage.pairs import Pair, PairState
from storage.thanks import ThankYou
from tests.cycle.test_calendar import zones
from tests.support.builders import (
    LONG_AGO,
    MADRID,
    TOKYO,
    at,
    commitment,
    held,
    pair,
    person,
    planning,
    scheduled,
    view,
)

EMPLOYEE, MANAGER = 1, 2
THURSDAY_AT_TEN = at(MADRID, 2026, 11, 26, 10)


def when(planned: Sequence[PlannedNudge] | dict[str, PlannedNudge], kind: str, to: int | None = None) -> list[datetime]:
    """The moments at which a kind of nudge is due, in order."""
    rows = planned.values() if isinstance(planned, dict) else planned
    return sorted(one.due_at for one in rows if one.kind == kind and to in {None, one.person_id})


def discussion_on_thursday(
    employee_tz: str = MADRID, manager_tz: str = MADRID, dated_at: datetime = LONG_AGO
) -> PairSnapshot:
    """A pair that talks on Thursday 26 November 2026 at 10:00 in Madrid."""
    return view(employee_tz, manager_tz, current=partial(scheduled, starts_at=THURSDAY_AT_TEN, dated_at=dated_at))


def test_E15_the_agenda_is_asked_for_nine_days_and_a_week_ahead():
    """For Thursday 26 November 10:00: Tuesday 17 at nine, and a last call on Thursday 19, in time for a week ahead."""
    due = when(plan(discussion_on_thursday(), LONG_AGO), "propose_agenda")
    assert due == [at(MADRID, 2026, 11, 17, 9), at(MADRID, 2026, 11, 19, 9)]
    assert due[-1] <= THURSDAY_AT_TEN - timedelta(days=7)


def test_E15_the_days_are_the_employees_own():
    """With the employee in Tokyo the same talk, 18:00 there, is asked about at nine in Tokyo."""
    due = when(plan(discussion_on_thursday(employee_tz=TOKYO), LONG_AGO), "propose_agenda", EMPLOYEE)
    assert due == [at(TOKYO, 2026, 11, 17, 9), at(TOKYO, 2026, 11, 19, 9)]


def test_E15_a_weekend_moves_the_calls_forward_never_back():
    """For a Monday talk both calls come on working days before: Friday 20 (the Saturday's) and Monday 23 November."""
    starts_at = at(MADRID, 2026, 11, 30, 10)
    monday = view(current=partial(scheduled, starts_at=starts_at))
    assert when(plan(monday, LONG_AGO), "propose_agenda") == [at(MADRID, 2026, 11, 20, 9), at(MADRID, 2026, 11, 23, 9)]


def test_E15_a_proposal_ends_the_calls_and_asks_the_manager():
    """Once points are out, the employee is left alone and the manager is asked on the second working day."""
    item = AgendaItem(
        pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="x", position=1, proposed_at=at(MADRID, 2026, 11, 17, 15)
    )
    planned = plan(view(current=partial(scheduled, starts_at=THURSDAY_AT_TEN), agenda=[item]), LONG_AGO)
    assert when(planned, "propose_agenda") == []
    assert when(planned, "answer_agenda", MANAGER) == [at(MADRID, 2026, 11, 19, 9)]
    item.state = ItemState.ACCEPTED
    planned = plan(view(current=partial(scheduled, starts_at=THURSDAY_AT_TEN), agenda=[item]), LONG_AGO)
    assert when(planned, "answer_agenda") == []


def test_E15_nobody_is_asked_on_the_day_on_which_the_date_was_set():
    """A date set eight days before is followed by one call, on the next working day."""
    planned = plan(discussion_on_thursday(dated_at=at(MADRID, 2026, 11, 18, 15)), at(MADRID, 2026, 11, 18, 15))
    assert when(planned, "propose_agenda") == [at(MADRID, 2026, 11, 19, 9)]


def test_E16_the_brief_comes_on_the_last_working_day_before():
    """Wednesday at nine for Thursday, Friday at nine for Monday: to both, each in their own morning."""
    planned = plan(discussion_on_thursday(manager_tz=TOKYO), LONG_AGO)
    assert when(planned, "day_before", EMPLOYEE) == [at(MADRID, 2026, 11, 25, 9)]
    assert when(planned, "day_before", MANAGER) == [at(TOKYO, 2026, 11, 25, 9)]
    monday = view(current=partial(scheduled, starts_at=at(MADRID, 2026, 11, 30, 10)))
    assert when(plan(monday, LONG_AGO), "day_before") == [at(MADRID, 2026, 11, 27, 9)] * 2


def test_E16_a_date_set_at_short_notice_brings_the_brief_at_once():
    """Set on Wednesday afternoon for Thursday: the brief comes right then; set at night, before work on Thursday."""
    now = at(MADRID, 2026, 11, 25, 15)
    assert when(plan(discussion_on_thursday(dated_at=now), now), "day_before") == [now, now]
    night = at(MADRID, 2026, 11, 25, 22)
    assert when(plan(discussion_on_thursday(dated_at=night), night), "day_before") == [at(MADRID, 2026, 11, 26, 9)] * 2


def test_E10_wrapping_up_is_asked_ten_minutes_after_the_end_and_the_next_working_day():
    """Thursday 11:10 and Friday at nine in Madrid; where it is evening by then, the mornings after."""
    planned = plan(discussion_on_thursday(manager_tz=TOKYO), LONG_AGO)
    assert when(planned, "wrap_up", EMPLOYEE) == [at(MADRID, 2026, 11, 26, 11, 10), at(MADRID, 2026, 11, 27, 9)]
    assert when(planned, "wrap_up", MANAGER) == [at(TOKYO, 2026, 11, 27, 9), at(TOKYO, 2026, 11, 30, 9)]


def test_E12_thanks_come_on_the_second_working_day_and_again_on_the_fourth():
    """A talk on Thursday 26 November: Monday 30, then Wednesday 2 December; never once the note is sent."""
    wrapped_up_at = THURSDAY_AT_TEN + timedelta(minutes=75)
    after = view(held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=wrapped_up_at))
    planned = plan(after, wrapped_up_at)
    assert when(planned, "thank_you", EMPLOYEE) == [at(MADRID, 2026, 11, 30, 9), at(MADRID, 2026, 12, 2, 9)]
    assert when(planned, "thank_you", MANAGER) == []


def test_E12_a_note_that_was_sent_reaches_the_manager_in_their_hours():
    """Sent in Madrid's afternoon, read in Tokyo's next morning; and the employee is asked for no other."""
    sent_at = at(MADRID, 2026, 11, 30, 15)
    base = view(manager_tz=TOKYO, held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=THURSDAY_AT_TEN))
    note = ThankYou(id=1, pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="x", sent_at=sent_at)
    after = PairSnapshot(base.pair, base.employee, base.manager, held=base.held, thank_you=note)
    planned = plan(after, sent_at)
    assert when(planned, "thank_you_note", MANAGER) == [at(TOKYO, 2026, 12, 1, 9)]
    assert when(planned, "thank_you") == []


def of_a_commitment(due_on: date, agreed_at: datetime = LONG_AGO, *requests: ChangeRequest) -> PairSnapshot:
    """A pair with one promise of the employee's."""
    two = pair(person(id=1), person(id=2), id=1)
    return view(commitments=[commitment(two, person(id=1), due_on, agreed_at, id=1)], requests=requests)


def test_E13_a_commitment_is_remembered_a_week_and_a_working_day_before_its_date():
    """For Friday 15 January 2027: Friday 8 and Thursday 14; for a Monday, the Friday before."""
    due = partial(when, kind="commitment_ahead", to=EMPLOYEE)
    assert due(plan(of_a_commitment(date(2027, 1, 15)), LONG_AGO)) == [
        at(MADRID, 2027, 1, 8, 9), at(MADRID, 2027, 1, 14, 9),
    ]  # fmt: skip
    assert due(plan(of_a_commitment(date(2027, 1, 18)), LONG_AGO)) == [
        at(MADRID, 2027, 1, 11, 9), at(MADRID, 2027, 1, 15, 9),
    ]  # fmt: skip


def test_E13_a_short_commitment_is_remembered_once_a_very_short_one_not_before():
    """Five days leave room for the day before only; from today to tomorrow there is nothing to remind of."""
    agreed_at = at(MADRID, 2027, 1, 11, 15)
    due = partial(when, kind="commitment_ahead")
    assert due(plan(of_a_commitment(date(2027, 1, 15), agreed_at), agreed_at)) == [at(MADRID, 2027, 1, 14, 9)]
    assert due(plan(of_a_commitment(date(2027, 1, 12), agreed_at), agreed_at)) == []


def test_E13_an_overdue_commitment_comes_up_three_times_then_to_both():
    """Due on Friday 15 January: Mondays 18, 25 and 1 February to the owner, Monday 8 to both."""
    planned = plan(of_a_commitment(date(2027, 1, 15)), LONG_AGO)
    mondays = [at(MADRID, 2027, 1, 18, 9), at(MADRID, 2027, 1, 25, 9), at(MADRID, 2027, 2, 1, 9)]
    assert when(planned, "commitment_overdue", EMPLOYEE) == [*mondays, at(MADRID, 2027, 2, 8, 9)]
    assert when(planned, "commitment_overdue", MANAGER) == [at(MADRID, 2027, 2, 8, 9)]


def test_E13_nobody_is_pressed_while_a_new_date_is_being_agreed():
    """A change that was asked for is answered first: it reaches the other side, and the reminders are silent."""
    asked_at = at(MADRID, 2027, 1, 18, 10)
    asked = ChangeRequest(
        id=7, commitment_id=1, pair_id=1, asked_by_id=EMPLOYEE, text="x", due_on=date(2027, 2, 1), asked_at=asked_at
    )
    planned = plan(of_a_commitment(date(2027, 1, 15), LONG_AGO, asked), asked_at)
    assert when(planned, "commitment_overdue") == []
    assert when(planned, "change_asked", MANAGER) == [asked_at]
    asked.state, asked.answered_at = RequestState.DECLINED, asked_at + timedelta(hours=1)
    planned = plan(of_a_commitment(date(2027, 1, 15), LONG_AGO, asked), asked_at + timedelta(hours=1))
    assert when(planned, "change_answered", EMPLOYEE) == [asked_at + timedelta(hours=1)]
    assert when(planned, "commitment_overdue")


def test_E17_a_turn_without_a_date_comes_up_three_weeks_before_it_is_due():
    """Due by Wednesday 26 May 2027: 5, 12 and 19 May, to the employee, until a date is set."""
    open_turn = view(current=partial(planning, due_on=date(2027, 5, 26)))
    mornings = [at(MADRID, 2027, 5, day, 9) for day in (5, 12, 19)]
    assert when(plan(open_turn, LONG_AGO), "schedule_next", EMPLOYEE) == mornings
    assert when(plan(discussion_on_thursday(), LONG_AGO), "schedule_next") == []


def test_E17_whoever_has_just_opened_a_turn_gets_two_working_days():
    """A turn that is due soon after it opened is not asked about on the same day."""
    wrapped_up_at = at(MADRID, 2026, 11, 26, 11)
    two_weeks = view(
        held=partial(held, starts_at=THURSDAY_AT_TEN, wrapped_up_at=wrapped_up_at),
        current=partial(planning, due_on=date(2026, 12, 10), number=2),
    )
    assert when(plan(two_weeks, wrapped_up_at), "schedule_next")[0] == at(MADRID, 2026, 11, 30, 9)


def test_E17_a_cycle_that_stands_still_comes_up_for_both():
    """Four weeks after the last word on it, and every four weeks then: without a date as well as without a wrap-up."""
    open_turn = view(current=partial(planning, due_on=date(2027, 5, 26)))
    for who in (EMPLOYEE, MANAGER):
        due = when(plan(open_turn, LONG_AGO), "gone_quiet", who)
        assert due[:2] == [at(MADRID, 2027, 6, 16, 9), at(MADRID, 2027, 7, 14, 9)]
        due = when(plan(discussion_on_thursday(), LONG_AGO), "gone_quiet", who)
        assert due[:2] == [at(MADRID, 2026, 12, 24, 9), at(MADRID, 2027, 1, 21, 9)]


def test_nobody_who_has_left_is_planned_for():
    """A deactivated person gets nothing; the other side still does."""
    discussion = discussion_on_thursday()
    discussion.manager.deactivated = True
    assert {one.person_id for one in plan(discussion, LONG_AGO).values()} == {EMPLOYEE}


def test_E1_a_question_reaches_the_other_side_and_the_answer_comes_back():
    """Asked on a Sunday, it arrives on Monday at nine; the answer arrives at once, within hours."""
    asked = view()
    asked.pair.state, asked.pair.asked_at, asked.pair.answered_at = PairState.ASKED, at(MADRID, 2026, 11, 22, 12), None
    assert when(plan(asked, asked.pair.asked_at), "pair_asked", MANAGER) == [at(MADRID, 2026, 11, 23, 9)]
    asked.pair.state, asked.pair.answered_at = PairState.ACTIVE, at(MADRID, 2026, 11, 23, 10)
    planned = plan(asked, asked.pair.answered_at)
    assert when(planned, "pair_answered", EMPLOYEE) == [at(MADRID, 2026, 11, 23, 10)]
    assert when(planned, "pair_asked") == []


# By property: wherever the two are, whenever they talk.

minutes_of_years = st.integers(0, 3 * 365 * 24 * 60)


@st.composite
def pairs_of_any_kind(draw: st.DrawFn) -> tuple[PairSnapshot, datetime]:
    """A pair in any state, in any two zones, with a moment to plan at."""
    base = datetime(2026, 1, 5, 9, tzinfo=UTC)
    starts_at = base + timedelta(minutes=draw(minutes_of_years))
    dated_at = starts_at - timedelta(minutes=draw(st.integers(1, 60 * 24 * 40)))
    wrapped_up_at = starts_at + timedelta(minutes=draw(st.integers(0, 60 * 24 * 10)))
    turns = draw(st.sampled_from(["planning", "scheduled", "held", "cancelled"]))

    def now_open(two: Pair) -> Discussion:
        if turns == "scheduled":
            return scheduled(
                two, starts_at, dated_at=dated_at, dated_by_id=EMPLOYEE, minutes=draw(st.integers(15, 240))
            )
        return planning(two, draw(st.dates(date(2026, 1, 5), date(2029, 1, 5))))

    made = {"current": now_open}
    if turns == "held":
        made["held"] = partial(held, starts_at=starts_at, wrapped_up_at=wrapped_up_at)
    if turns == "cancelled":
        made["cancelled"] = partial(
            scheduled, starts_at=starts_at, state=DiscussionState.CANCELLED, cancelled_at=dated_at,
            cancelled_by_id=MANAGER,
        )  # fmt: skip
    two = pair(person(id=1), person(id=2), id=1)
    due_on = draw(st.dates(date(2026, 1, 5), date(2029, 1, 5)))
    commitments = [commitment(two, person(id=draw(st.sampled_from([1, 2]))), due_on, dated_at, id=1)]
    request = ChangeRequest(
        id=1, commitment_id=draw(st.sampled_from([1, 2])), pair_id=1, asked_by_id=MANAGER, text="x", due_on=due_on,
        asked_at=dated_at, state=draw(st.sampled_from(RequestState)), answered_at=wrapped_up_at,
    )  # fmt: skip
    item = AgendaItem(pair_id=1, discussion_id=1, author_id=EMPLOYEE, text="x", position=1, proposed_at=dated_at)
    made_view = view(
        draw(zones), draw(zones), commitments=commitments, requests=[request],
        agenda=[item] if draw(st.booleans()) else [], **made,
    )  # fmt: skip
    return made_view, base + timedelta(minutes=draw(minutes_of_years))


@given(pairs_of_any_kind())
def test_whatever_is_planned_is_due_in_the_persons_own_working_hours(case: tuple[PairSnapshot, datetime]):
    """In any two zones, for any talk, on any day of the year: nobody is planned for at night or at the weekend."""
    pair_view, now = case
    for planned in plan(pair_view, now).values():
        assert pair_view.hours(planned.person_id).is_open(planned.due_at)
        assert planned.due_at.tzinfo is UTC


@given(pairs_of_any_kind())
def test_a_plan_is_stable(case: tuple[PairSnapshot, datetime]):
    """The same state gives the same keys and moments; time only takes away what no longer makes sense."""
    pair_view, now = case
    assert plan(pair_view, now) == plan(pair_view, now)
    later = plan(pair_view, now + timedelta(days=3))
    assert later.items() <= plan(pair_view, now).items()
    for planned in plan(pair_view, now).values():
        assert planned.key.startswith(f"{planned.kind}:")
        assert planned.ends_at is None or planned.due_at < planned.ends_at
        assert planned.person_id in {EMPLOYEE, MANAGER}


@given(pairs_of_any_kind())
def test_a_plan_of_some_kinds_is_that_part_of_the_whole(case: tuple[PairSnapshot, datetime]):
    """Rechecking only what is due sees exactly what planning everything sees."""
    pair_view, now = case
    whole = plan(pair_view, now)
    for kind in (*KINDS, "a_kind_that_was_retired"):
        assert plan(pair_view, now, [kind]) == {key: one for key, one in whole.items() if one.kind == kind}


@given(pairs_of_any_kind())
def test_what_is_planned_can_be_worded_for_its_reader(case: tuple[PairSnapshot, datetime]):
    """Words are found for every planned nudge, or nothing, never an error; and no private text is in them."""
    pair_view, now = case
    for planned in plan(pair_view, now).values():
        words = KINDS[planned.kind].words(pair_view, planned, pair_view.by_id(planned.person_id))
        assert words is None or (words.text and len(words.buttons) <= 3)


@given(zones, zones, minutes_of_years, st.integers(1, 60 * 24 * 40), st.integers(15, 240))
def test_the_chain_keeps_its_order(employee_tz: str, manager_tz: str, start: int, ahead: int, minutes: int):
    """Propose, brief, talk, wrap up, thank: in this order for both, wherever they are and whatever the clocks do."""
    starts_at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=start)
    dated_at = starts_at - timedelta(minutes=ahead)
    before = view(
        employee_tz, manager_tz, current=partial(scheduled, starts_at=starts_at, dated_at=dated_at, minutes=minutes)
    )
    planned = plan(before, dated_at)
    ends_at = starts_at + timedelta(minutes=minutes)
    for side in (EMPLOYEE, MANAGER):
        proposals, briefs, wrap_ups = (
            when(planned, kind, side) for kind in ("propose_agenda", "day_before", "wrap_up")
        )
        assert len(briefs) <= 1
        assert len(wrap_ups) == 2
        assert all(proposal < brief for proposal in proposals for brief in briefs)
        assert all(proposal < starts_at for proposal in proposals)
        assert all(brief < starts_at for brief in briefs)
        assert ends_at + timedelta(minutes=10) <= wrap_ups[0] < wrap_ups[1]
        assert before.hours(side).day_of(wrap_ups[0]) < before.hours(side).day_of(wrap_ups[1])
    after = view(employee_tz, manager_tz, held=partial(held, starts_at=starts_at, wrapped_up_at=ends_at))
    thanks = when(plan(after, ends_at), "thank_you", EMPLOYEE)
    assert len(thanks) == 2
    assert all(wrap_up <= thanks[0] for wrap_up in when(planned, "wrap_up", EMPLOYEE)[:1])


@given(zones, st.dates(date(2026, 2, 1), date(2029, 1, 1)), st.integers(1, 400))
def test_E13_a_reminder_always_comes_before_the_date(tz: str, due_on: date, days_ahead: int):
    """Wherever its owner is, no promise with two working days left is remembered only on its date."""
    base = view(tz, tz)
    hours = base.hours(EMPLOYEE)
    agreed_at = hours.at(due_on - timedelta(days=days_ahead), hours.opens)
    assume(hours.working_days_before(due_on, 1) > hours.day_of(agreed_at))
    two = base.pair
    one = view(tz, tz, commitments=[commitment(two, base.employee, due_on, agreed_at, id=1)])
    ahead = when(plan(one, agreed_at), "commitment_ahead", EMPLOYEE)
    assert ahead
    assert all(hours.day_of(moment) < due_on for moment in ahead)
    assert all(hours.day_of(moment) > due_on for moment in when(plan(one, agreed_at), "commitment_overdue"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_every_kind_says_why(kind: NudgeKind):
    """“Why did I get this?” has an answer of one sentence for every kind."""
    assert kind.why.endswith(".")
