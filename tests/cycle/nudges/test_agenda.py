from datetime import timedelta

from cycle.nudges import KINDS, NudgeText, plan, worded
from cycle.snapshot import PairSnapshot
from storage.agenda import ItemState
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, scheduled, view
from tests.support.planning import EMPLOYEE, MANAGER, THURSDAY_AT_TEN, item, on_thursday, said, when


def test_E15_the_agenda_is_asked_for_nine_days_and_a_week_ahead():
    """For Thursday 26 November 10:00: Tuesday 17 at nine, and a last call on Thursday 19, in time for a week ahead."""
    due = when(plan(on_thursday(), LONG_AGO), "propose_agenda")
    assert due == [at(MADRID, 2026, 11, 17, 9), at(MADRID, 2026, 11, 19, 9)]
    assert due[-1] <= THURSDAY_AT_TEN - timedelta(days=7)


def test_E15_the_days_are_the_employees_own():
    """With the employee in Tokyo the same discussion, 18:00 there, is asked about at nine in Tokyo."""
    due = when(plan(on_thursday(employee_tz=TOKYO), LONG_AGO), "propose_agenda", EMPLOYEE)
    assert due == [at(TOKYO, 2026, 11, 17, 9), at(TOKYO, 2026, 11, 19, 9)]


def test_E15_a_weekend_moves_the_calls_forward_never_back():
    """For a Monday both calls come on working days before: Friday 20 (the Saturday's) and Monday 23 November."""
    monday = view(current=lambda two: scheduled(two, at(MADRID, 2026, 11, 30, 10)))
    assert when(plan(monday, LONG_AGO), "propose_agenda") == [at(MADRID, 2026, 11, 20, 9), at(MADRID, 2026, 11, 23, 9)]


def test_E15_a_proposal_ends_the_calls_and_asks_the_manager():
    """Once items are proposed, the employee gets no more calls and the manager is asked on the second working day."""
    proposed = item(proposed_at=at(MADRID, 2026, 11, 17, 15))
    planned = plan(on_thursday(agenda=[proposed]), LONG_AGO)
    assert when(planned, "propose_agenda") == []
    assert when(planned, "answer_agenda", MANAGER) == [at(MADRID, 2026, 11, 19, 9)]
    proposed.state = ItemState.ACCEPTED
    planned = plan(on_thursday(agenda=[proposed]), LONG_AGO)
    assert when(planned, "answer_agenda") == []
    assert when(planned, "propose_agenda") == []


def test_E15_what_is_left_from_last_time_is_no_proposal():
    """Carried-over items neither end the calls nor ask the manager; the employee hears how many there are."""
    left = [item(carried_from_id=number) for number in (7, 8)]
    planned = plan(on_thursday(agenda=left), LONG_AGO)
    assert len(when(planned, "propose_agenda", EMPLOYEE)) == 2
    assert when(planned, "answer_agenda") == []
    assert (
        "2 agenda items are left from last time."
        in said(on_thursday(agenda=left), "propose_agenda", EMPLOYEE, "first").text
    )


def test_E15_nobody_is_asked_on_the_day_on_which_the_date_was_set():
    """A date set eight days before is followed by one call, on the next working day."""
    set_at = at(MADRID, 2026, 11, 18, 15)
    assert when(plan(on_thursday(dated_at=set_at), set_at), "propose_agenda") == [at(MADRID, 2026, 11, 19, 9)]


def test_E15_a_move_after_the_calls_does_not_repeat_them():
    """Moved within its day: on the 20th after both calls nobody is asked again, on the 18th only the last is left."""
    moved_from = THURSDAY_AT_TEN - timedelta(hours=1)
    for moved_at, calls in (
        (at(MADRID, 2026, 11, 18, 12), [at(MADRID, 2026, 11, 19, 9)]),
        (at(MADRID, 2026, 11, 20, 12), []),
    ):
        moved = on_thursday(dated_at=moved_at, moved_from=moved_from, round=2)
        assert when(plan(moved, moved_at), "propose_agenda") == calls


def test_E15_the_last_call_does_not_come_on_the_day_after_the_first():
    """A date set on a Friday for the Tuesday after next: the call of Monday is not repeated on Tuesday."""
    tuesday = view(
        current=lambda two: scheduled(two, at(MADRID, 2026, 12, 1, 11), dated_at=at(MADRID, 2026, 11, 20, 12))
    )
    planned = plan(tuesday, at(MADRID, 2026, 11, 20, 12))
    assert when(planned, "propose_agenda") == [at(MADRID, 2026, 11, 23, 9)]


def test_E15_the_manager_reads_how_many_items_wait_and_since_when():
    """Only new items that are not answered count; one is “it”, several are “they”."""
    now = at(MADRID, 2026, 11, 19, 9)
    first, second = item(proposed_at=at(MADRID, 2026, 11, 16, 15)), item(proposed_at=at(MADRID, 2026, 11, 17, 15))
    others = [item(carried_from_id=7), item(state=ItemState.ACCEPTED), item(MANAGER)]
    one = said(on_thursday(agenda=[second, *others], now=now), "answer_agenda", MANAGER)
    assert one.text == (
        "Ana proposed an agenda item for your discussion on Thu 26 Nov at 10:00. "
        "You can accept it, reword it or add your own."
    )
    assert one.reason == "It has waited for your answer since Tue 17 Nov."
    two = said(on_thursday(agenda=[second, first, *others], now=now), "answer_agenda", MANAGER)
    assert two.text.startswith("Ana proposed 2 agenda items")
    assert two.reason == "The first has waited for you since Mon 16 Nov."


def test_E15_the_employee_hears_once_a_day_what_the_manager_put_on_the_agenda():
    """With the manager's answers of that day, in one message; what was left from last time or withdrawn is no news."""
    tuesday, wednesday = at(MADRID, 2026, 11, 17, 15), at(MADRID, 2026, 11, 18, 9)
    agenda = [
        item(text="Mentoring", state=ItemState.ACCEPTED, answered_at=tuesday),
        item(MANAGER, text="The audit", proposed_at=tuesday),
        item(MANAGER, text="From last time", proposed_at=tuesday, carried_from_id=7),
        item(MANAGER, text="Taken back", proposed_at=tuesday, state=ItemState.WITHDRAWN),
        item(MANAGER, text="Read by her already", proposed_at=tuesday, state=ItemState.ACCEPTED, answered_at=tuesday),
    ]
    snapshot = on_thursday(agenda=agenda, now=wednesday)
    assert when(plan(snapshot, LONG_AGO), "agenda_answered", EMPLOYEE) == [wednesday]
    (planned,) = [one for one in KINDS["agenda_answered"].rule(snapshot) if one.person_id == EMPLOYEE]
    text = worded(snapshot, planned, snapshot.employee)
    assert text is not None
    assert text.text == "Bo accepted one of your agenda items. Bo added an agenda item."
    assert text.quote == "Accepted: Mentoring\nAdded: The audit"


def test_E15_an_author_hears_once_a_day_what_became_of_their_items():
    """What Bo answered on Tuesday is told on Wednesday at nine, with the words in the quotation only."""
    tuesday, wednesday = at(MADRID, 2026, 11, 17, 15), at(MADRID, 2026, 11, 18, 9)
    answered = [
        item(text="Mentoring", state=ItemState.ACCEPTED, answered_at=tuesday),
        item(text="A course", state=ItemState.ACCEPTED, answered_at=tuesday + timedelta(hours=1)),
        item(text="Half a day a week", first_text="A day a week", state=ItemState.AMENDED, answered_at=tuesday),
        item(text="Pay", state=ItemState.CARRIED_OVER, answered_at=tuesday),
        item(text="Travel", state=ItemState.ACCEPTED, answered_at=wednesday),
        item(text="Not answered"),
        item(text="Left by herself", state=ItemState.CARRIED_OVER),
    ]
    snapshot = on_thursday(agenda=answered, now=wednesday)
    assert when(plan(snapshot, LONG_AGO), "agenda_answered") == [wednesday, at(MADRID, 2026, 11, 19, 9)]
    (planned,) = [one for one in KINDS["agenda_answered"].rule(snapshot) if one.due_at == wednesday]
    assert planned.person_id == EMPLOYEE
    text = worded(snapshot, planned, snapshot.employee)
    assert text is not None
    assert text.text == (
        "Bo accepted 2 of your agenda items. Bo reworded one of your agenda items. "
        "Bo left one of your agenda items for next time."
    )
    assert text.quote == (
        "Accepted: Mentoring\nAccepted: A course\nReworded: Half a day a week\nLeft for next time: Pay"
    )


def test_E15_suggested_words_are_told_to_the_author_and_the_answer_to_the_other_side():
    """Ana reads both wordings and is asked for an answer; Bo reads which of his words she took and which not."""
    tuesday, wednesday = at(MADRID, 2026, 11, 17, 15), at(MADRID, 2026, 11, 18, 9)
    waiting = item(text="A day a week", counter_text="Half a day a week", state=ItemState.COUNTERED)
    waiting.answered_at = tuesday
    snapshot = on_thursday(agenda=[waiting], now=wednesday)
    asked = said_of(snapshot, EMPLOYEE)
    assert asked.text == "Bo suggests other words for one of your agenda items. Would you take them?"
    assert asked.quote == "Suggested: Half a day a week\nInstead of: A day a week"
    answered = [
        item(text="Pay by June", counter_text="Pay by June", state=ItemState.AMENDED, counter_answered_at=tuesday),
        item(text="Travel", counter_text="Trips", state=ItemState.KEPT, counter_answered_at=tuesday),
        item(text="Time", counter_text="Days", state=ItemState.KEPT, counter_answered_at=tuesday),
    ]
    snapshot = on_thursday(agenda=answered, now=wednesday)
    (planned,) = KINDS["agenda_answered"].rule(snapshot)
    assert planned.person_id == MANAGER
    told = said_of(snapshot, MANAGER)
    assert told.text == "Ana took your words for an agenda item. Ana kept the words of 2 agenda items."
    assert told.quote == "Your words: Pay by June\nKept: Travel\nKept: Time"


def test_E15_an_answer_on_the_eve_is_told_at_once_and_one_during_the_discussion_not_at_all():
    """Nobody reads after the discussion what they have just talked about."""
    early = at(MADRID, 2026, 11, 26, 9, 30)
    known = item(state=ItemState.ACCEPTED, answered_at=early)
    assert when(plan(on_thursday(agenda=[known]), LONG_AGO), "agenda_answered", EMPLOYEE) == [early]
    known.answered_at = at(MADRID, 2026, 11, 26, 10, 5)
    assert when(plan(on_thursday(agenda=[known]), LONG_AGO), "agenda_answered") == []


def test_E15_a_manager_hears_what_became_of_theirs_in_their_own_morning():
    """The manager's items are told to the manager, at nine in Tokyo."""
    answered = item(MANAGER, state=ItemState.ACCEPTED, answered_at=at(MADRID, 2026, 11, 17, 15))
    planned = plan(on_thursday(manager_tz=TOKYO, agenda=[answered]), LONG_AGO)
    assert when(planned, "agenda_answered", MANAGER) == [at(TOKYO, 2026, 11, 18, 9)]
    assert when(planned, "agenda_answered", EMPLOYEE) == []


def test_thirty_answers_are_quoted_as_ten_and_counted():
    """A message stays readable however long the agenda is."""
    many = [
        item(text="word " * 99, state=ItemState.ACCEPTED, answered_at=at(MADRID, 2026, 11, 17, 15)) for _ in range(30)
    ]
    text = said_of(on_thursday(agenda=many), EMPLOYEE)
    assert text.text == "Bo accepted 30 of your agenda items."
    assert text.quote is not None
    assert len(text.quote) < 2600
    assert text.quote.endswith("And 20 items more.")


def said_of(snapshot: PairSnapshot, to: int) -> NudgeText:
    """What the one message about answers says."""
    (planned,) = KINDS["agenda_answered"].rule(snapshot)
    text = worded(snapshot, planned, snapshot.by_id(to))
    assert text is not None
    return text
