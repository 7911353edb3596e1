"""Snapshots to plan from, and the moments of what was planned."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from cycle.nudges import KINDS, NudgeText, PlannedNudge, plan, worded
from cycle.snapshot import OpportunitySnapshot, PairSnapshot, PersonSnapshot, Report, Snapshot
from storage.agenda import AgendaItem, ItemState
from storage.commitments import ChangeRequest, CommitmentState, RequestState
from storage.discussions import DiscussionState
from storage.meeting_requests import MeetingRequest, MeetingState
from storage.opportunities import Digest, Frequency, Opportunity, OpportunityKind
from storage.pairs import PairState
from storage.planning_rows import SignUpRow
from storage.preparations import Level, Preparation
from storage.thanks import MailFailure, MailState, ThankYou
from storage.updates import Update, UpdateKind
from storage.wrap_ups import Addition
from tests.support.builders import LONG_AGO, MADRID, at, commitment, held, pair, person, planning, scheduled, view

EMPLOYEE, MANAGER = 1, 2
THURSDAY_AT_TEN = at(MADRID, 2026, 11, 26, 10)
AN_HOUR_LATER = LONG_AGO + timedelta(hours=1)


def when(
    planned: Iterable[PlannedNudge] | Mapping[str, PlannedNudge], kind: str, to: int | None = None
) -> list[datetime]:
    """The moments at which a kind of nudge is due, in order."""
    rows = planned.values() if isinstance(planned, Mapping) else planned
    return sorted(one.due_at for one in rows if one.kind == kind and to in {None, one.person_id})


def on_thursday(**also: Any) -> PairSnapshot:
    """A pair that meets on Thursday 26 November 2026 at 10:00 in Madrid for an hour; the rest as in `view`."""
    of_the_discussion = {
        name: also.pop(name) for name in ("dated_at", "dated_by_id", "round", "moved_from") if name in also
    }
    return view(current=partial(scheduled, starts_at=THURSDAY_AT_TEN, **of_the_discussion), **also)


def item(author_id: int = EMPLOYEE, proposed_at: datetime = LONG_AGO, **also: Any) -> AgendaItem:
    """An item on the agenda of discussion 1."""
    known = {"pair_id": 1, "discussion_id": 1, "text": "x", "position": 1}
    return AgendaItem(author_id=author_id, proposed_at=proposed_at, **(known | also))


def thank_you(sent_at: datetime, **also: Any) -> ThankYou:
    """A note for discussion 1."""
    return ThankYou(
        sent_at=sent_at, **({"id": 1, "pair_id": 1, "discussion_id": 1, "author_id": EMPLOYEE, "text": "x"} | also)
    )


def addition(added_at: datetime, author_id: int = MANAGER, **also: Any) -> Addition:
    """Notes and a commitment of each, added to discussion 1 by the manager."""
    known = {"id": 1, "pair_id": 1, "discussion_id": 1, "has_notes": True, "for_employee": 1, "for_manager": 1}
    return Addition(added_at=added_at, author_id=author_id, **(known | also))


def update(kind: UpdateKind, author_id: int = EMPLOYEE, written_at: datetime = LONG_AGO, **also: Any) -> Update:
    """A line about commitment 31."""
    known = {"id": 1, "pair_id": 1, "commitment_id": 31, "text": "x"}
    return Update(kind=kind, author_id=author_id, written_at=written_at, **(known | also))


def opportunity(kind: OpportunityKind = OpportunityKind.PROJECT, **also: Any) -> Opportunity:
    """What the manager offers; a session is on Thursday at ten."""
    known: dict[str, Any] = {"id": 101, "offered_by_id": MANAGER, "title": "x", "about": "", "skills": "", "place": "",
                             "offered_at": LONG_AGO}  # fmt: skip
    if kind is OpportunityKind.SESSION:
        known |= {"starts_at": THURSDAY_AT_TEN, "minutes": 60}
    return Opportunity(kind=kind, **(known | also))


def weekly_digest(**also: Any) -> Digest:
    """The manager has a channel told every Monday."""
    known: dict[str, Any] = {"id": 121, "set_up_by_id": MANAGER, "channel": "C0GROWTH", "weekday": 0,
                             "frequency": Frequency.WEEKLY, "set_up_at": LONG_AGO}  # fmt: skip
    return Digest(**(known | also))


def offered(
    one: Opportunity, *, signed_up: bool = True, digests: Iterable[Digest] = (), **also: Any
) -> OpportunitySnapshot:
    """The snapshot of an opportunity for which the employee has signed up, or has not."""
    sign_up = SignUpRow(id=111, opportunity_id=one.pk, person_id=EMPLOYEE, signed_up_at=LONG_AGO)
    people = {EMPLOYEE: person(id=EMPLOYEE), MANAGER: person("Bo Lind", id=MANAGER)}
    return OpportunitySnapshot(
        one,
        **({"people": people, "now": LONG_AGO} | also),
        sign_ups=[sign_up] if signed_up else [],
        digests=list(digests),
    )


def said(snapshot: Snapshot, kind: str, to: int, stage: str = "") -> NudgeText:
    """What a nudge says; there has to be exactly one of that kind and stage to that person."""
    (planned,) = [
        one
        for one in KINDS[kind].rule(snapshot)
        if (one.kind, one.person_id, one.stage) == (kind, to, stage)
    ]  # fmt: skip
    text = worded(snapshot, planned, snapshot.by_id(to))
    assert text is not None
    return text


def _meeting(words: Mapping[str, str], state: MeetingState) -> MeetingRequest:
    """The employee asked to meet, and what became of it."""
    answered_at = None if state is MeetingState.ASKED else AN_HOUR_LATER
    return MeetingRequest(
        id=91, pair_id=1, discussion_id=1, asked_by_id=EMPLOYEE, words=words.get("request to meet"),
        times=f"{int(THURSDAY_AT_TEN.timestamp())}", asked_at=LONG_AGO, state=state, answered_at=answered_at,
        other_time=THURSDAY_AT_TEN if state is MeetingState.COUNTERED else None,
        reason=words.get("reason not to meet") if state is MeetingState.DECLINED else None,
    )  # fmt: skip


def every_situation(words: Mapping[str, str] = MappingProxyType({})) -> list[Snapshot]:
    """Snapshots that together call for every kind of nudge, with `words` in place of what people wrote."""
    two = pair(person(id=1), person(id=2), id=1)
    asked, declined, expired = view(), view(), view()
    asked.pair.state, asked.pair.request, asked.pair.answered_at = PairState.ASKED, words.get("request"), None
    declined.pair.state, declined.pair.decline_reason = PairState.DECLINED, words.get("reason of a no")
    expired.pair.state, expired.pair.request = PairState.EXPIRED, words.get("request")
    expired.pair.answered_at, expired.pair.ended_at = None, LONG_AGO
    common: dict[str, Any] = {
        "held": partial(held, starts_at=LONG_AGO, wrapped_up_at=AN_HOUR_LATER),
        "cancelled": partial(
            scheduled, starts_at=THURSDAY_AT_TEN, state=DiscussionState.CANCELLED, cancelled_at=LONG_AGO,
            cancelled_by_id=MANAGER, moved_from=THURSDAY_AT_TEN, cancel_reason=words.get("reason of a cancellation"),
        ),
        "commitments": [
            commitment(
                two, person(id=owner), date(2027, 1, 15), id=key, discussion_id=2, text=words.get("commitment", "x")
            )
            for key, owner in ((31, EMPLOYEE), (32, MANAGER), (33, EMPLOYEE), (34, EMPLOYEE))
        ],
        "kept": [
            commitment(
                two, person(id=EMPLOYEE), date(2027, 1, 15), id=35, text=words.get("commitment", "x"),
                state=CommitmentState.DONE, settled_at=LONG_AGO,
            )
        ],
        "requests": [
            _change(words, 41, 33, RequestState.ASKED),
            _change(words, 42, 98, RequestState.AGREED),
            _change(words, 43, 34, RequestState.DECLINED),
        ],
        "preparations": [
            Preparation(
                id=61, pair_id=1, discussion_id=1, author_id=EMPLOYEE, side="employee", level=Level.DEVELOPING,
                submitted_at=LONG_AGO,
            )
        ],
    }  # fmt: skip
    items = [
        item(text=words.get("agenda item", "x"), first_text=words.get("first words of an item")),
        item(MANAGER, text=words.get("agenda item", "x")),
        item(text=words.get("agenda item", "x"), carried_from_id=7),
        item(text=words.get("agenda item", "x"), state=ItemState.ACCEPTED),
        item(
            text=words.get("agenda item", "x"),
            first_text=words.get("first words of an item"),
            state=ItemState.AMENDED,
            answered_at=LONG_AGO,
        ),
        item(
            text=words.get("agenda item", "x"),
            counter_text=words.get("suggested words"),
            state=ItemState.COUNTERED,
            answered_at=LONG_AGO,
        ),
    ]
    undated = partial(planning, due_on=date(2027, 5, 26), number=2, round=3, postponed=True)
    ana, bo = person(id=EMPLOYEE), person("Bo Lind", id=MANAGER)
    return [
        asked,
        declined,
        expired,
        view(current=undated),
        *(
            view(current=partial(planning, due_on=date(2027, 5, 26), round=3), meetings=[_meeting(words, state)])
            for state in (MeetingState.ASKED, MeetingState.COUNTERED, MeetingState.DECLINED, MeetingState.WITHDRAWN)
        ),
        view(
            current=partial(
                planning, due_on=date(2027, 5, 26), postponed=True, dated_by_id=MANAGER, dated_at=LONG_AGO, round=2,
                moved_from=THURSDAY_AT_TEN,
            )
        ),
        on_thursday(dated_by_id=EMPLOYEE, round=2, **common),
        on_thursday(
            dated_by_id=EMPLOYEE, moved_from=LONG_AGO, agenda=items,
            thanks=[
                thank_you(
                    LONG_AGO, id=51, discussion_id=2, confirmed_at=LONG_AGO, text=words.get("note", "x"),
                    mail_state=MailState.FAILED, mail_attempt=1, mail_at=LONG_AGO, mail_failure=MailFailure.REFUSED,
                )
            ],
            additions=[addition(AN_HOUR_LATER, id=71, discussion_id=2)],
            updates=[
                update(UpdateKind.QUESTION, id=81, text=words.get("question", "x")),
                update(UpdateKind.ANSWER, MANAGER, id=82, text=words.get("answer", "x")),
                update(UpdateKind.PROGRESS, id=83, text=words.get("progress", "x")),
            ],
            **common,
        ),
        *(
            offered(one, digests=[weekly_digest()])
            for one in (
                opportunity(open_until=date(2026, 12, 18), title=words.get("title", "x"), about=words.get("about", "")),
                opportunity(OpportunityKind.SESSION, title=words.get("title", "x"), moved_from=LONG_AGO, round=2,
                            moved_at=AN_HOUR_LATER),
                opportunity(OpportunityKind.SESSION, title=words.get("title", "x"), withdrawn_at=AN_HOUR_LATER),
                opportunity(title=words.get("title", "x"), withdrawn_at=AN_HOUR_LATER),
            )
        ),
        PersonSnapshot(bo, LONG_AGO, [Report(pair(ana, bo, id=1, request=words.get("request")), ana)]),
    ]  # fmt: skip


def _change(words: Mapping[str, str], key: int, commitment_id: int, state: RequestState) -> ChangeRequest:
    return ChangeRequest(
        id=key, pair_id=1, commitment_id=commitment_id, asked_by_id=EMPLOYEE, text=words.get("new words", "x"),
        reason=words.get("reason of a change"), due_on=date(2027, 2, 1), asked_at=LONG_AGO, state=state,
        answered_at=None if state is RequestState.ASKED else AN_HOUR_LATER,
    )  # fmt: skip


def everything_said(words: Mapping[str, str]) -> list[tuple[PlannedNudge, NudgeText]]:
    """Every nudge of every kind, worded for its reader."""
    return [
        (planned, text)
        for snapshot in every_situation(words)
        for planned in plan(snapshot, LONG_AGO).values()
        if (text := worded(snapshot, planned, snapshot.by_id(planned.person_id))) is not None
    ]
