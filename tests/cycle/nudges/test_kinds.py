"""What holds for every kind of nudge."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cycle.calendar import WorkingCalendar
from cycle.nudges import KINDS, PlannedNudge, Topic, Urgency, in_reading_order, plan, worded
from cycle.snapshot import OpportunitySnapshot, PairSnapshot, PersonSnapshot, Report, Snapshot
from storage.agenda import AgendaItem
from storage.commitments import ChangeRequest, RequestState
from storage.discussions import Discussion, DiscussionState
from storage.nudges import NudgeScope
from storage.opportunities import Frequency, OpportunityKind
from storage.pairs import Pair
from storage.people import Person
from storage.thanks import ThankYou
from tests.cycle.test_calendar import ZONES, zones
from tests.support.builders import LONG_AGO, MADRID, at, commitment, held, pair, person, planning, scheduled, view
from tests.support.planning import (
    EMPLOYEE,
    MANAGER,
    THURSDAY_AT_TEN,
    every_situation,
    everything_said,
    item,
    offered,
    on_thursday,
    opportunity,
    weekly_digest,
    when,
)

# What databases in use hold. A key that changes is a nudge that is sent twice.
KEYS_IN_USE = {
    "pair_asked:1",
    "pair_answered:1",
    "schedule_next:1:1", "schedule_next:1:2", "schedule_next:1:3",
    *(f"gone_quiet:1:1:{who}:{call}" for who in (1, 2) for call in range(1, 4)),
    *(f"gone_quiet:1:{round_}:{who}:{call}" for round_ in (2, 3) for who in (1, 2) for call in range(1, 7)),
    "date_set:1:1", "date_set:1:2",
    "cancelled:3",
    "propose_agenda:1:2:first", "propose_agenda:1:2:last",
    "answer_agenda:1:1",
    "day_before:1:1:1", "day_before:1:1:2", "day_before:1:2:1", "day_before:1:2:2",
    *(f"wrap_up:1:{round_}:{who}:{stage}" for round_ in (1, 2) for who in (1, 2) for stage in ("first", "again")),
    "wrapped_up:2",
    "thank_you:2:first", "thank_you:2:again",
    "thank_you_note:51",
    *(f"commitment_ahead:{one}:{stage}" for one in (31, 32, 34) for stage in ("week", "day")),
    *(f"commitment_overdue:{one}:{stage}" for one in (31, 32, 34) for stage in ("1", "2", "3", "both:1", "both:2")),
    "change_asked:41",
    "change_answered:42", "change_answered:43",
}  # fmt: skip
NEW_KEYS = {
    "schedule_next:1:2:1", "schedule_next:1:2:2", "schedule_next:1:2:3",
    "postponed:1:2",
    *(f"annual_floor:2:{day}" for day in ("2026-11-09", "2027-02-08", "2027-05-10", "2027-08-09", "2027-11-08")),
    "pair_expired:1",
    "commitment_kept:35",
    "deliverables_confirmed:51",
    "mail_not_sent:51:1",
    "wrap_up_added:71",
    "guidance_asked:81:first", "guidance_asked:81:again", "guidance_given:82", "progress_told:83", "check_in:1",
    "prepare_manager:1:1", "prepare_manager:1:2",
    "agenda_answered:1:1:2026-01-06T08:00:00+00:00",
    "pair_asked_again:1",
    "meeting_asked:91", "answer_request:91:1", "answer_request:91:2", "meeting_answered:91",
    "team_digest:101:121:new", "team_digest:101:121:closing", "signed_up:111", "session_ahead:101:2:1",
    "session_ahead:101:2:2", "session_changed:101:2:1:moved", "session_changed:101:1:1:called_off",
    "offer_withdrawn:101:1",
}  # fmt: skip


def test_the_keys_of_nudges_stay_what_databases_in_use_hold():
    """Every kind, stage, round and person gives the very key that releases before this one gave."""
    keys = {key for snapshot in every_situation() for key in plan(snapshot, LONG_AGO)}
    assert keys == KEYS_IN_USE | NEW_KEYS
    assert {key.partition(":")[0] for key in keys} == KINDS.keys()


def test_kinds_come_from_their_modules_in_one_order():
    """Every module beside `kind` lists its kinds, no two kinds share a name, and each has the scope it plans for."""
    assert len(KINDS) == 39
    assert list(KINDS)[:4] == ["propose_agenda", "answer_agenda", "agenda_answered", "annual_floor"]
    for snapshot in every_situation():
        for kind in KINDS.values():
            if kind.scope is snapshot.scope:
                assert {(one.kind, one.scope) for one in kind.rule(snapshot)} <= {(kind.name, kind.scope)}


def test_a_kind_beyond_a_pair_is_planned_from_its_own_snapshot_only():
    """A pair's plan has no nudge of a person's scope, and the other way round."""
    scopes = {
        snapshot.scope: {planned.scope for planned in plan(snapshot, LONG_AGO).values()}
        for snapshot in every_situation()
    }
    assert scopes == {scope: {scope} for scope in NudgeScope}


def test_what_someone_waits_for_is_never_held_back():
    """Requests, answers, dates, briefs, wrap-ups and notes go out whatever else did that day; reminders may wait."""
    held_back = {name for name, kind in KINDS.items() if kind.urgency.is_held_back}
    assert held_back == {
        "schedule_next", "gone_quiet", "propose_agenda", "answer_agenda", "thank_you", "commitment_ahead",
        "commitment_overdue", "annual_floor", "commitment_kept", "wrap_up_added", "agenda_answered",
        "progress_told", "check_in", "prepare_manager", "answer_request", "pair_asked_again", "signed_up",
        "offer_withdrawn",
    }  # fmt: skip


def test_nothing_is_planned_for_a_person_who_has_left():
    """A deactivated person gets nothing; the other side still gets theirs."""
    snapshot = on_thursday()
    snapshot.manager.deactivated = True
    assert {one.person_id for one in plan(snapshot, LONG_AGO).values()} == {EMPLOYEE}


# --- what is said ----------------------------------------------------------------------------------------------------

WRITTEN = (
    "request", "reason of a no", "reason of a cancellation", "agenda item", "first words of an item", "suggested words",
    "commitment", "new words", "reason of a change", "note", "question", "answer", "progress",
    "request to meet", "reason not to meet", "title", "about",
)  # fmt: skip
MARKED = {what: f"«{what}»" for what in WRITTEN}
# Written to be sent, or needed to tell one commitment, or one answered item, from another.
MAY_BE_QUOTED = {
    *(
        (kind, "title")
        for kind in (
            "team_digest",
            "signed_up",
            "session_ahead",
            "session_changed",
            "offer_withdrawn",
        )
    ),
    ("pair_asked", "request"),
    ("pair_asked_again", "request"),
    ("thank_you_note", "note"),
    ("commitment_ahead", "commitment"),
    ("commitment_overdue", "commitment"),
    ("commitment_kept", "commitment"),
    ("change_asked", "commitment"),
    ("change_asked", "new words"),
    ("change_answered", "commitment"),
    ("change_answered", "new words"),
    ("agenda_answered", "agenda item"),
    ("agenda_answered", "suggested words"),
    ("guidance_asked", "question"),
    ("guidance_asked", "commitment"),
    ("guidance_given", "commitment"),
    ("progress_told", "commitment"),
    ("guidance_given", "answer"),
    ("progress_told", "progress"),
    ("meeting_asked", "request to meet"),
    ("meeting_answered", "reason not to meet"),
}


def test_C10_no_text_holds_what_people_wrote_and_nothing_private_is_quoted():
    """Over all kinds: what people wrote is quoted where that is meant, and otherwise in no text, button or reason."""
    everything = everything_said(MARKED)
    assert {planned.kind for planned, _text in everything} == KINDS.keys()
    quoted = set()
    for planned, text in everything:
        in_a_list = (text.item.text, text.item.lead(2)) if text.item else ()
        labels = (button.label for button in text.buttons)
        beside_the_quote = " ".join((text.text, text.reason or "", *in_a_list, *labels))
        assert "«" not in beside_the_quote
        assert "Developing" not in beside_the_quote
        quoted |= {(planned.kind, what) for what, mark in MARKED.items() if mark in (text.quote or "")}
    assert quoted == MAY_BE_QUOTED


def outcomes_in(snapshot: Snapshot) -> list[tuple[PlannedNudge, str]]:
    """What every nudge of every situation of this scope says, to its reader, about how its matter ended."""
    nudges = [
        planned
        for other in every_situation()
        if other.scope is snapshot.scope
        for planned in plan(other, LONG_AGO).values()
    ]
    told = [(one, KINDS[one.kind].outcome(snapshot, one, snapshot.by_id(one.person_id))) for one in nudges]
    return [(one, sentence) for one, sentence in told if sentence is not None]


def test_C10_an_outcome_is_a_whole_sentence_without_what_people_wrote():
    """Whatever the situation, each kind that asks for something has an outcome, and none holds what people wrote."""
    told = [one for snapshot in every_situation(MARKED) for one in outcomes_in(snapshot)]
    assert {one.kind for one, _sentence in told} == KINDS.keys() - {
        "team_digest", "pair_expired", "change_answered", "commitment_kept", "deliverables_confirmed", "guidance_given",
        "progress_told", "offer_withdrawn",
    }  # fmt: skip
    for _one, sentence in told:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "«" not in sentence
        assert "Developing" not in sentence


def test_every_text_is_whole_sentences_for_people():
    """Texts and reasons begin with a capital, end like a sentence, know no Slack command and say no zeros."""
    for planned, text in everything_said(MARKED):
        in_a_list = (text.item.text, text.item.lead(2)) if text.item else ()
        for sentence in filter(None, (text.text, text.reason, *in_a_list)):
            assert sentence[0].isupper(), planned
            assert sentence[-1] in ".?", planned
            assert not any(word in f" {sentence} " for word in ("`", "/career", "App Home", " 0 ", "  ", "promise of"))
        assert text.reason is None or len(text.reason) <= 80
        assert len(text.buttons) <= 3
        assert sum(button.primary for button in text.buttons) <= 1


def test_each_repetition_says_something_new():
    """Read on the day on which it is due, no reminder has the words of the one before it."""
    series: dict[tuple[object, ...], list[str]] = {}
    for situation, snapshot in enumerate(every_situation()):
        for planned in sorted(plan(snapshot, LONG_AGO).values(), key=lambda one: one.due_at):
            text = worded(replace(snapshot, now=planned.due_at), planned, snapshot.by_id(planned.person_id))
            about = (situation, planned.kind, planned.subject_id, planned.round, planned.person_id)
            series.setdefault(about, []).append(text.text if text else "")
    repeated = [texts for texts in series.values() if len(texts) > 1]
    assert {len(texts) for texts in repeated} == {2, 3, 4, 5, 6}
    for texts in repeated:
        assert len(set(texts)) == len(texts), texts


def test_a_reason_is_never_what_the_text_says_already():
    """There is a reason under what would puzzle, and none under news that explains itself."""
    said = everything_said(MARKED)
    without = {planned.kind for planned, _text in said} - {planned.kind for planned, text in said if text.reason}
    assert without == {
        "pair_answered", "pair_expired", "date_set", "postponed", "cancelled", "day_before", "wrapped_up",
        "thank_you_note", "commitment_ahead", "change_answered", "commitment_kept", "deliverables_confirmed",
        "wrap_up_added", "agenda_answered", "guidance_asked", "guidance_given", "progress_told", "check_in",
        "prepare_manager", "meeting_asked", "answer_request", "meeting_answered", "mail_not_sent",
        "signed_up", "session_ahead", "session_changed", "offer_withdrawn",
    }  # fmt: skip


def test_a_message_is_read_pair_by_pair_and_as_the_cycle_runs():
    """The date before the agenda for it, whatever fell due first; the pair that has waited longest comes first."""
    moments = iter(LONG_AGO + timedelta(minutes=number) for number in range(99))
    due = [
        (7, "answer_agenda"), (8, "commitment_ahead"), (7, "date_set"), (7, "commitment_ahead"), (8, "wrap_up"),
        (None, "annual_floor"), (7, "wrapped_up"),
    ]  # fmt: skip
    notes = [(pair_id, PlannedNudge(kind, 1, 1, next(moments))) for pair_id, kind in due]
    assert [(pair_id, planned.kind) for pair_id, planned in in_reading_order(notes, lambda one: one)] == [
        (7, "wrapped_up"), (7, "date_set"), (7, "answer_agenda"), (7, "commitment_ahead"),
        (8, "wrap_up"), (8, "commitment_ahead"),
        (None, "annual_floor"),
    ]  # fmt: skip
    assert in_reading_order([], lambda one: one) == []


# --- by property: wherever the two are, whenever they meet or are away ----------------------------------------------

minutes_of_years = st.integers(0, 3 * 365 * 24 * 60)
days_of_years = st.dates(date(2026, 1, 5), date(2029, 1, 5))
BASE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Any working calendar, with some holidays and up to two longer absences."""
    absences: set[date] = set()
    for _ in range(draw(st.integers(0, 2))):
        first = draw(days_of_years)
        absences |= {first + timedelta(days=number) for number in range(draw(st.integers(1, 60)))}
    return WorkingCalendar(
        ZoneInfo(draw(zones)),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens=time(draw(st.integers(0, 12))),
        closes=time(draw(st.integers(13, 23))),
        holidays=draw(st.frozensets(days_of_years, max_size=10)),
        absences=frozenset(absences),
    )


@st.composite
def pairs_of_any_kind(draw: st.DrawFn) -> tuple[PairSnapshot, datetime]:
    """A pair in any state, with any two calendars, and a moment to plan at."""
    starts_at = BASE + timedelta(minutes=draw(minutes_of_years))
    dated_at = starts_at - timedelta(minutes=draw(st.integers(1, 60 * 24 * 40)))
    wrapped_up_at = starts_at + timedelta(minutes=draw(st.integers(0, 60 * 24 * 10)))
    discussions = draw(st.sampled_from(["planning", "scheduled", "held", "cancelled"]))

    def now_open(two: Pair) -> Discussion:
        if discussions == "scheduled":
            minutes = draw(st.integers(15, 240))
            return scheduled(two, starts_at, dated_at=dated_at, dated_by_id=EMPLOYEE, minutes=minutes)
        return planning(two, draw(days_of_years), postponed=draw(st.booleans()))

    made = {"current": now_open}
    thanks: list[ThankYou] = []
    if discussions == "held":
        made["held"] = partial(held, starts_at=starts_at, wrapped_up_at=wrapped_up_at)
        thanks = [ThankYou(id=1, pair_id=1, discussion_id=9, author_id=EMPLOYEE, text="x", sent_at=wrapped_up_at)]
    if discussions == "cancelled":
        made["cancelled"] = partial(
            scheduled, starts_at=starts_at, state=DiscussionState.CANCELLED, cancelled_at=dated_at,
            cancelled_by_id=MANAGER, moved_from=starts_at,
        )  # fmt: skip
    two = pair(person(id=1), person(id=2), id=1)
    due_on = draw(days_of_years)
    commitments = [commitment(two, person(id=draw(st.sampled_from([1, 2]))), due_on, dated_at, id=1)]
    request = ChangeRequest(
        id=1, commitment_id=draw(st.sampled_from([1, 2])), pair_id=1, asked_by_id=MANAGER, text="x", due_on=due_on,
        asked_at=dated_at, state=draw(st.sampled_from(RequestState)), answered_at=wrapped_up_at,
    )  # fmt: skip
    proposed: list[AgendaItem] = [item(proposed_at=dated_at)] if draw(st.booleans()) else []
    now = BASE + timedelta(minutes=draw(minutes_of_years))
    both = {EMPLOYEE: draw(calendars()), MANAGER: draw(calendars())}
    snapshot = view(
        calendars=both, now=now, commitments=commitments, requests=[request], agenda=proposed, thanks=thanks, **made
    )
    return snapshot, now


@st.composite
def managers_of_any_kind(draw: st.DrawFn) -> tuple[PersonSnapshot, datetime]:
    """A manager with any calendar and up to four reports, and a moment to plan at."""
    bo, numbers = person("Bo Lind", id=MANAGER), itertools.count(11)
    reports = []
    for key in itertools.islice(numbers, draw(st.integers(0, 4))):
        ana = person(f"R{key} X", id=key)
        two = pair(ana, bo, id=key)
        talked_at = BASE + timedelta(minutes=draw(minutes_of_years))
        last = held(two, talked_at, talked_at, id=key) if draw(st.booleans()) else None
        reports.append(Report(two, ana, held=last))
    now = BASE + timedelta(minutes=draw(minutes_of_years))
    return PersonSnapshot(bo, now, reports, {MANAGER: draw(calendars())}), now


@st.composite
def opportunities_of_any_kind(draw: st.DrawFn) -> tuple[OpportunitySnapshot, datetime]:
    """An opportunity and a digest with any dates, people with any calendars, and a moment to plan at."""
    moments = st.builds(lambda minutes: BASE + timedelta(minutes=minutes), minutes_of_years)
    offered_at, minutes_of_a_year = draw(moments), st.integers(1, 500_000)
    ends_at = offered_at + timedelta(minutes=draw(minutes_of_a_year))
    kind = draw(st.sampled_from(OpportunityKind))
    ending = {"starts_at": ends_at} if kind is OpportunityKind.SESSION else {"open_until": ends_at.date()}
    changed = {name: draw(st.none() | moments) for name in ("moved_at", "withdrawn_at")}
    one = opportunity(kind, offered_at=offered_at, **(ending if draw(st.booleans()) else {}), **changed)
    digest = weekly_digest(
        frequency=draw(st.sampled_from(Frequency)), weekday=draw(st.integers(0, 6)), set_up_at=draw(moments)
    )
    both = {EMPLOYEE: draw(calendars()), MANAGER: draw(calendars())}
    return offered(one, digests=[digest], calendars=both), draw(moments)


snapshots = st.one_of(pairs_of_any_kind(), managers_of_any_kind(), opportunities_of_any_kind())


@given(snapshots)
def test_whatever_is_planned_is_due_in_the_persons_own_working_hours(case: tuple[Snapshot, datetime]):
    """In any zone, with any days off: nobody is planned for at night, at the weekend, on a holiday or while away."""
    snapshot, now = case
    for planned in plan(snapshot, now).values():
        assert snapshot.calendar(planned.person_id).is_open(planned.due_at)
        assert planned.due_at.tzinfo is UTC


@given(snapshots)
def test_a_plan_is_stable(case: tuple[Snapshot, datetime]):
    """The same state gives the same keys and moments; time only takes away what no longer makes sense."""
    snapshot, now = case
    assert plan(snapshot, now) == plan(snapshot, now)
    later = plan(snapshot, now + timedelta(days=3))
    assert later.items() <= plan(snapshot, now).items()
    for key, planned in plan(snapshot, now).items():
        assert key == planned.key
        assert key.startswith(f"{planned.kind}:{planned.subject_id}")
        assert planned.ends_at is None or planned.due_at < planned.ends_at
        assert planned.person_id in {EMPLOYEE, MANAGER}


@given(snapshots)
def test_a_plan_of_some_kinds_is_that_part_of_the_whole(case: tuple[Snapshot, datetime]):
    """Rechecking only what is due sees exactly what planning everything sees."""
    snapshot, now = case
    whole = plan(snapshot, now)
    for kind in (*KINDS, "a_kind_that_was_retired"):
        assert plan(snapshot, now, [kind]) == {key: one for key, one in whole.items() if one.kind == kind}


@given(snapshots, minutes_of_years)
def test_a_plan_until_a_moment_is_that_part_of_the_whole(case: tuple[Snapshot, datetime], until: int):
    """A night that looks a few weeks ahead sees exactly what planning everything sees of them, in any zone."""
    snapshot, now = case
    due_before = BASE + timedelta(minutes=until)
    whole = plan(snapshot, now)
    near = {key: one for key, one in whole.items() if one.due_at < due_before}
    assert plan(snapshot, now, due_before=due_before) == near


@given(snapshots)
def test_what_is_planned_can_be_worded_for_its_reader(case: tuple[Snapshot, datetime]):
    """A text is found for every planned nudge, or none because its subject has gone; never an error."""
    snapshot, now = case
    for planned in plan(snapshot, now).values():
        text = worded(snapshot, planned, snapshot.by_id(planned.person_id))
        assert text is None or (text.text and len(text.buttons) <= 3)


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), minutes_of_years, st.integers(1, 40), st.integers(15, 240))
def test_the_chain_keeps_its_order(employee_tz: str, manager_tz: str, start: int, days_ahead: int, minutes: int):
    """Propose, brief, talk, wrap up, thank: in this order for both, wherever they are and whatever the clocks do."""
    starts_at = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=start)
    dated_at = starts_at - timedelta(days=days_ahead)
    before = view(
        employee_tz, manager_tz, current=partial(scheduled, starts_at=starts_at, dated_at=dated_at, minutes=minutes)
    )
    planned = plan(before, dated_at)
    ends_at = starts_at + timedelta(minutes=minutes)
    proposals = when(planned, "propose_agenda", EMPLOYEE)
    if days_ahead >= 14:
        assert proposals
        assert proposals[-1] <= starts_at - timedelta(days=7)
    for side in (EMPLOYEE, MANAGER):
        calendar = before.calendar(side)
        briefs, wrap_ups = when(planned, "day_before", side), when(planned, "wrap_up", side)
        assert len(briefs) == _brief_fits(calendar, dated_at, starts_at)
        assert len(wrap_ups) == 2
        assert _ascending([*(proposals if side == EMPLOYEE else []), *briefs, starts_at])
        assert ends_at + timedelta(minutes=10) <= wrap_ups[0] < wrap_ups[1]
        assert calendar.day_of(wrap_ups[0]) < calendar.day_of(wrap_ups[1])
    after = view(employee_tz, manager_tz, held=partial(held, starts_at=starts_at, wrapped_up_at=ends_at))
    thanks = when(plan(after, ends_at), "thank_you", EMPLOYEE)
    assert len(thanks) == 2
    assert _ascending([when(planned, "wrap_up", EMPLOYEE)[0], *thanks])


def _brief_fits(calendar: WorkingCalendar, dated_at: datetime, starts_at: datetime) -> bool:
    """Whether a person is at work at all between a date's being set and the discussion."""
    return calendar.next_open(dated_at) < starts_at


def _ascending(moments: Sequence[datetime]) -> bool:
    return all(earlier < later for earlier, later in itertools.pairwise(moments))


@pytest.mark.parametrize("away", [range(16, 21), range(23, 26), range(27, 32)])
def test_an_absence_shifts_the_chain_and_keeps_its_order(away: range):
    """Away in the week before, on the days before, or afterwards: everything moves to days at work, in order."""
    absences = frozenset(date(2026, 11, 1) + timedelta(days=day - 1) for day in away)
    calendar = WorkingCalendar(ZoneInfo(MADRID), absences=absences)
    planned = plan(on_thursday(calendars={EMPLOYEE: calendar}), LONG_AGO)
    chain = [
        *when(planned, "propose_agenda", EMPLOYEE), *when(planned, "day_before", EMPLOYEE), THURSDAY_AT_TEN,
        *when(planned, "wrap_up", EMPLOYEE),
    ]  # fmt: skip
    assert len(chain) >= 5
    assert _ascending(chain)
    assert not {calendar.day_of(moment) for moment in chain} & absences
    assert when(planned, "day_before", MANAGER) == [at(MADRID, 2026, 11, 25, 9)]


def test_only_what_may_wait_can_be_switched_off():
    """Each kind that may wait has a topic, and no other kind has one."""
    assert {kind.name for kind in KINDS.values() if kind.topic is not None} == {
        kind.name for kind in KINDS.values() if kind.urgency is Urgency.MAY_WAIT
    }
    assert {kind.topic for kind in KINDS.values()} - {None} == set(Topic)


def wanting_no(topic: Topic, who: Person) -> Person:
    """The same person without a topic."""
    return person(who.name, id=who.id, tz=who.tz, muted=f"{topic} other")


def test_nobody_gets_what_they_have_switched_off():
    """In every situation, without a topic the plan is as before but for that person's nudges of that topic."""
    removed = set()
    for snapshot, topic in itertools.product(every_situation(), Topic):
        before = plan(snapshot, LONG_AGO)
        if isinstance(snapshot, PersonSnapshot):
            whose, changed = snapshot.me.pk, replace(snapshot, me=wanting_no(topic, snapshot.me))
        elif isinstance(snapshot, OpportunitySnapshot):
            whose = MANAGER
            people = {**snapshot.people, MANAGER: wanting_no(topic, snapshot.people[MANAGER])}
            changed = replace(snapshot, people=people)
        else:
            whose, changed = EMPLOYEE, replace(snapshot, employee=wanting_no(topic, snapshot.employee))
        without = {key for key, one in before.items() if one.person_id == whose and KINDS[one.kind].topic is topic}
        assert plan(changed, LONG_AGO).keys() == before.keys() - without
        removed |= {topic} if without else set()
    assert removed == set(Topic)


def test_a_discreet_message_has_no_words_of_others():
    """Whoever wants that reads the same text and buttons, and no quote; others go on reading it."""
    quoted = set()
    for snapshot in every_situation():
        for planned in plan(snapshot, LONG_AGO).values():
            me = snapshot.by_id(planned.person_id)
            usual = worded(snapshot, planned, me)
            if usual is None:
                continue
            discreet = person(me.name, id=me.id, tz=me.tz, discreet=True)
            # What we draft is nobody's words, and a channel is for all of its readers.
            left = usual.quote if usual.is_suggestion or planned.channel is not None else None
            assert worded(snapshot, planned, discreet) == replace(usual, quote=left)
            quoted |= {planned.kind} if usual.quote else set()
    assert len(quoted) > 3
