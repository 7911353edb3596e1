from datetime import date, timedelta
from typing import Any

import pytest

from cycle.nudges import Action
from cycle.snapshot import PairSnapshot
from cycle.todo import PREPARE_FROM, to_do
from storage.agenda import AgendaItem, ItemState
from storage.commitments import ChangeRequest, Commitment
from storage.pairs import PairState
from storage.people import Person
from storage.preparations import Preparation
from storage.thanks import ThankYou
from tests.support.builders import LONG_AGO, MADRID, TOKYO, at, commitment, held, pair, person, planning, scheduled

NOW = at(MADRID, 2026, 11, 23, 10)
SOON, FAR = NOW + timedelta(days=10), NOW + timedelta(days=90)
ANA, BEN = person("Ana Ruiz", id=1), person("Ben Okafor", id=2)
TWO = pair(ANA, BEN, id=1)


def seen(**also: Any) -> PairSnapshot:
    """A snapshot of the pair."""
    return PairSnapshot(**({"pair": TWO, "employee": ANA, "manager": BEN, "now": NOW} | also))


def offered(view: PairSnapshot, me: Person) -> list[Action]:
    """The buttons that a person is offered, in order."""
    return [item.press.does for item in to_do(view, me, NOW)]


def item(author: Person, state: ItemState = ItemState.PROPOSED) -> AgendaItem:
    """An item on the agenda of discussion 1."""
    return AgendaItem(
        pair_id=1, discussion_id=1, author_id=author.pk, text="…", position=1, proposed_at=LONG_AGO, state=state
    )


def mine(owner: Person, due_on: date, **also: Any) -> Commitment:
    """A commitment of one of the two."""
    return commitment(TWO, owner, due_on, **also)


def prepared(author: Person) -> Preparation:
    """A preparation submitted for discussion 1."""
    return Preparation(
        pair_id=1, discussion_id=1, author_id=author.pk, side=TWO.side_of(author.pk), submitted_at=LONG_AGO
    )


def test_E1_the_person_asked_may_say_yes():
    """The other side can answer from here; the asker only waits."""
    waiting = seen(pair=pair(ANA, BEN, id=1, state=PairState.ASKED, answered_at=None))
    assert offered(waiting, ANA) == []
    assert offered(waiting, BEN) == [Action.ACCEPT_PAIR]


@pytest.mark.parametrize("state", [PairState.DECLINED, PairState.ENDED])
def test_nothing_is_left_to_do_in_what_is_over(state: PairState):
    """A pair that has ended asks nothing of anyone."""
    over = seen(pair=pair(ANA, BEN, id=1, state=state), current=planning(TWO, date(2026, 12, 1), id=1))
    assert offered(over, ANA) == offered(over, BEN) == []


@pytest.mark.parametrize("me", [ANA, BEN])
def test_E10_a_discussion_without_a_date_needs_one(me: Person):
    """Either side may find the time."""
    assert offered(seen(current=planning(TWO, date(2026, 12, 1), id=1)), me) == [Action.OPEN_SCHEDULE]


def test_E10_a_date_left_for_later_on_purpose_is_not_asked_for_at_once():
    """Half a year ahead nothing is to do; three weeks before it is due the date is wanted."""
    for days, wanted in ((180, []), (21, [Action.OPEN_SCHEDULE])):
        due_on = NOW.date() + timedelta(days=days)
        view = seen(current=planning(TWO, due_on, id=1, postponed=True))
        assert offered(view, ANA) == wanted


def test_E15_the_employee_proposes_first():
    """Near the discussion the employee is offered the agenda, the manager is not; months ahead neither is."""
    near = seen(current=scheduled(TWO, NOW + PREPARE_FROM, id=1), preparations=[prepared(ANA), prepared(BEN)])
    assert offered(near, ANA) == [Action.OPEN_AGENDA]
    assert offered(near, BEN) == []
    far = seen(current=scheduled(TWO, NOW + PREPARE_FROM + timedelta(minutes=1), id=1))
    assert offered(far, ANA) == offered(far, BEN) == []


def test_E15_the_manager_answers_a_proposal():
    """What the employee proposed waits for the manager, until nothing of it is open."""
    discussion = scheduled(TWO, FAR, id=1)
    proposed = seen(current=discussion, agenda=[item(ANA)])
    assert offered(proposed, ANA) == []
    assert offered(proposed, BEN) == [Action.OPEN_AGENDA]
    assert offered(seen(current=discussion, agenda=[item(ANA, ItemState.ACCEPTED)]), BEN) == []


def test_E15_other_words_for_an_item_wait_for_its_author():
    """Ana is asked for her answer, with or without a date, and no longer once the discussion has begun."""
    countered = [item(ANA, ItemState.COUNTERED), item(ANA, ItemState.COUNTERED), item(BEN)]
    for current in (planning(TWO, date(2026, 12, 1), id=1), scheduled(TWO, FAR, id=1)):
        first = to_do(seen(current=current, agenda=countered), ANA, NOW)[0]
        assert first.sentence == "Ben suggests other words for 2 agenda items."
        assert first.press.does is Action.OPEN_AGENDA
        assert "suggests" not in str(to_do(seen(current=current, agenda=countered), BEN, NOW))
    begun = seen(current=scheduled(TWO, NOW, id=1), agenda=countered)
    assert "suggests" not in str(to_do(begun, ANA, NOW))


@pytest.mark.parametrize(
    ("starts_at", "wanted"), [(NOW + PREPARE_FROM, True), (NOW + PREPARE_FROM + timedelta(minutes=1), False)]
)
def test_E16_preparing_is_offered_when_the_discussion_is_near(starts_at: Any, *, wanted: bool):
    """Two weeks before, to the minute, and not earlier."""
    view = seen(current=scheduled(TWO, starts_at, id=1), agenda=[item(ANA, ItemState.ACCEPTED)])
    assert (Action.OPEN_PREPARATION in offered(view, ANA)) is wanted


def test_E16_each_prepares_once():
    """A side that has prepared is not asked again; the other still is."""
    view = seen(
        current=scheduled(TWO, SOON, id=1),
        agenda=[item(ANA, ItemState.ACCEPTED)],
        preparations=[prepared(ANA)],
    )
    assert offered(view, ANA) == []
    assert offered(view, BEN) == [Action.OPEN_PREPARATION]


def test_after_the_discussion_only_wrapping_up_counts():
    """A discussion whose end has passed is wrapped up before anything else is offered for it."""
    view = seen(current=scheduled(TWO, NOW - timedelta(hours=1), id=1, minutes=60))
    assert offered(view, ANA) == offered(view, BEN) == [Action.OPEN_WRAP_UP]


def test_during_the_discussion_nobody_is_asked_how_it_went():
    """Until the planned end, the discussion is not over."""
    view = seen(current=scheduled(TWO, NOW - timedelta(minutes=59), id=1, minutes=60))
    assert Action.OPEN_WRAP_UP not in offered(view, ANA)


def test_E12_the_employee_thanks_and_then_the_manager_confirms():
    """The employee thanks; then the manager confirms what is not confirmed yet."""
    discussion = held(TWO, NOW - timedelta(days=3), NOW - timedelta(days=3), id=1)
    agreed = mine(ANA, date(2027, 1, 15), id=1, discussion_id=1)
    assert offered(seen(held=discussion, commitments=[agreed]), ANA) == [Action.OPEN_THANK_YOU]
    assert offered(seen(held=discussion, commitments=[agreed]), BEN) == []
    note = ThankYou(pair_id=1, discussion_id=1, author_id=ANA.pk, text="Thanks!", sent_at=LONG_AGO)
    assert offered(seen(held=discussion, commitments=[agreed], thanks=[note]), ANA) == []
    assert offered(seen(held=discussion, commitments=[agreed], thanks=[note]), BEN) == [Action.CONFIRM_DELIVERABLES]
    turned = mine(ANA, date(2027, 1, 15), id=1, discussion_id=1, confirmed_at=LONG_AGO)
    assert offered(seen(held=discussion, commitments=[turned], thanks=[note]), BEN) == []


def test_E13_a_date_that_passed_is_for_its_owner():
    """Overdue commitments are counted in one line for their owner; one due today is not late."""
    late = [
        mine(ANA, date(2026, 11, 22), id=1),
        mine(ANA, date(2026, 11, 20), id=2),
        mine(ANA, date(2026, 11, 23), id=3),
    ]
    (item,) = to_do(seen(commitments=late), ANA, NOW)
    assert item.sentence == "2 commitments to Ben are past their dates. Done, or new dates?"
    assert item.press.does is Action.OPEN_COMMITMENTS
    assert offered(seen(commitments=late), BEN) == []


def test_E13_late_is_late_on_the_owners_own_calendar():
    """The same commitment at the same moment: in Tokyo the day is over, in Madrid it is not."""
    evening = at(MADRID, 2026, 11, 23, 18)
    for tz, late in ((MADRID, False), (TOKYO, True)):
        ana = person("Ana Ruiz", tz, id=1)
        view = seen(employee=ana, commitments=[mine(ana, date(2026, 11, 23), id=1)])
        assert bool(to_do(view, ana, evening)) is late


def test_E13_a_change_is_answered_by_the_other_side():
    """The asker waits; the other side is offered the answer, before everything else."""
    asked = ChangeRequest(
        id=7, commitment_id=1, pair_id=1, asked_by_id=ANA.pk, text="…", due_on=date(2027, 1, 8), asked_at=LONG_AGO
    )
    view = seen(requests=[asked], current=planning(TWO, date(2026, 12, 1), id=1))
    assert offered(view, ANA) == [Action.OPEN_SCHEDULE]
    assert offered(view, BEN) == [Action.ANSWER_CHANGE, Action.OPEN_SCHEDULE]


def test_C10_what_to_do_quotes_nobody():
    """Sentences name people, dates and counts, and never hold what someone wrote."""
    secret = "Zebra"
    view = seen(
        current=scheduled(TWO, SOON, id=1),
        agenda=[AgendaItem(pair_id=1, discussion_id=1, author_id=1, text=secret, position=1, proposed_at=LONG_AGO)],
        commitments=[mine(ANA, date(2026, 11, 1), text=secret), mine(BEN, date(2026, 11, 1), text=secret)],
    )
    sentences = [item.sentence for me in (ANA, BEN) for item in to_do(view, me, NOW)]
    assert sentences
    assert not any(secret in sentence for sentence in sentences)
