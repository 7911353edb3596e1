"""Commitments: what is open, what was kept, a new date, and the answer to one (practices E11, E13)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from cycle import formatting
from cycle.commitments import (
    DUE_ON,
    LONGEST_COMMITMENT,
    LONGEST_REASON,
    REASON,
    TEXT,
    AnswerView,
    ChangeView,
    CommitmentEntry,
    CommitmentsView,
    can_be_undone,
)
from cycle.follow_through import in_words
from cycle.nudges import Action
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ChangeMetadata, CommitmentsMetadata
from handlers.views import kit
from handlers.views.home import words_for_due
from handlers.views.wrap_up_fields import advocacy_menu
from storage.commitments import Advocacy, ChangeRequest, Commitment
from storage.pairs import Pair, Side
from storage.people import Person

PAGE_SIZE = 10  # commitments
KEPT_TEXT = 300  # characters shown of a commitment that was kept
DONE = "Marked as done."
REOPENED = "It is open again."
MINE = "mine"  # how the fields of a commitment of one's own begin
PAGE_BLOCK = "commitments.page"  # the block ids of the two paging buttons begin with it


def own_entry(values: FormValues, metadata: CommitmentsMetadata, side: Side) -> CommitmentEntry:
    """The commitment typed below the list; after each one that is added, its fields have new names."""
    empty = CommitmentEntry(f"{MINE}{metadata.added}", side)
    text, day = values.text(empty.text_field), values.day(empty.date_field)
    return CommitmentEntry(empty.slot, side, text, day, values.member(empty.advocacy_field, Advocacy))


def undo(commitment_id: int) -> kit.Element:
    """Takes “Done” back."""
    return kit.button("Undo", ActionId.UNDO_DONE, str(commitment_id))


def show_all(pair: Pair) -> kit.Element:
    """Opens the list."""
    return kit.button("Show commitments", Action.OPEN_COMMITMENTS, str(pair.pk))


# --- the list --------------------------------------------------------------------------------------------------------


def render(
    view: CommitmentsView, me: Person, metadata: CommitmentsMetadata, now: datetime,
    values: FormValues | None = None, *, added: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A page of open commitments, what was kept recently, and a row for one more of my own.

    `added` are the words of a commitment that was added just now.
    """
    today = local_day(me, now)
    pages = max(-(-len(view.open) // PAGE_SIZE), 1)
    page = min(max(metadata.page, 0), pages - 1)
    metadata = metadata.updated(page=page)
    name = kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)
    shown = kit.fitted(" ".join(added.split()), KEPT_TEXT)
    blocks = [kit.section(f":white_check_mark: Added: “{shown}”. {name} sees it here.")] if added else []
    blocks += [kit.section(_opening(view, me)), *_mirror(view, me)]
    for commitment in view.open[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]:
        blocks += _commitment(commitment, view, me, today)
    blocks += [
        *_paging(page, pages),
        *_kept(view, me, now),
        *_notes(view, me, today, page),
        *_mine(view, me, metadata, values or FormValues()),
    ]
    return kit.modal(FormId.COMMITMENTS, "Commitments", blocks, submit="Add commitment", metadata=metadata)


def _opening(view: CommitmentsView, me: Person) -> str:
    other = kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)
    if not view.open:
        return f"Nothing is open between you and {other}."
    return f"{formatting.count(len(view.open), 'open commitment')} between you and {other}."


def _mirror(view: CommitmentsView, me: Person) -> Iterator[kit.Block]:
    """M8: how both have followed through in the last year, the employee first (E1)."""
    lines = [
        f"{'You' if one.id == me.id else kit.fitted(formatting.first_name(one), 300)}: {in_words(found)}"
        for one in (view.employee, view.manager)
        if (found := view.mirror.get(one.pk)) is not None and not found.is_empty
    ]
    if lines:
        yield kit.context("\n".join(["Follow-through in the last year", *lines]))


def _commitment(commitment: Commitment, view: CommitmentsView, me: Person, today: date) -> Iterator[kit.Block]:
    mine = commitment.owner_id == me.id
    facts = [f"*{_who(commitment, view, me)}*", words_for_due(commitment.due_on, today)]
    if commitment.advocacy is not None:
        facts.append(formatting.ADVOCACY[commitment.advocacy].lower())
    if commitment.confirmed_at is not None:
        facts.append("confirmed by both of you")
    elif commitment.owner_id == view.pair.employee_id and commitment.discussion_id is not None:
        facts.append("not confirmed by both of you yet")
    if updates := view.written.get(commitment.pk, 0):
        facts.append(formatting.count(updates, "update"))
    lines = [" · ".join(facts), kit.quoted(commitment.text, 2600)]
    request = view.asked.get(commitment.pk)
    if request is not None:
        lines.append(_waiting(request, view, me, today))
    elif commitment.due_on < today:
        lines.append("Done, or would a new date be better?" if mine else "You two could agree on a new date.")
    yield kit.section("\n".join(lines))
    yield kit.actions(list(_buttons(commitment, request, me)), block_id=f"commitment.{commitment.pk}")


def _who(commitment: Commitment, view: CommitmentsView, me: Person) -> str:
    return "You" if commitment.owner_id == me.id else kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)


def _waiting(request: ChangeRequest, view: CommitmentsView, me: Person, today: date) -> str:
    other = kit.fitted(formatting.first_name(view.other_than(me.pk)), 300)
    asked_for = formatting.day(request.due_on, today)
    if request.asked_by_id == me.id:
        return f"You asked for {asked_for}; {other} has not answered yet."
    return f"{other} asks for {asked_for}. What do you say?"


def _buttons(commitment: Commitment, request: ChangeRequest | None, me: Person) -> Iterator[kit.Element]:
    key, words = str(commitment.pk), commitment.text
    if request is not None and request.asked_by_id != me.id:
        yield kit.button("See and answer", Action.ANSWER_CHANGE, str(request.pk), primary=True, about=words)
    if commitment.owner_id == me.id:
        yield kit.button("Done", Action.COMMITMENT_DONE, key, about=words)
    yield kit.button("New date", Action.NEW_DATE, key, about=words)
    yield kit.button("Write", Action.OPEN_UPDATES, key, about=words)


def _paging(page: int, pages: int) -> Iterator[kit.Block]:
    """Each button in a block of its own: Slack allows an action id only once per block."""
    if page > 0:
        back = kit.button(f"Back to page {page} of {pages}", ActionId.COMMITMENTS_PAGE, str(page - 1))
        yield kit.actions([back], block_id=f"{PAGE_BLOCK}.back")
    if page + 1 < pages:
        on = kit.button(f"On to page {page + 2} of {pages}", ActionId.COMMITMENTS_PAGE, str(page + 1))
        yield kit.actions([on], block_id=f"{PAGE_BLOCK}.on")


def _kept(view: CommitmentsView, me: Person, now: datetime) -> Iterator[kit.Block]:
    if not view.kept:
        return
    yield kit.header("Recently kept")
    today = local_day(me, now)
    for commitment in view.kept:
        on = f" ({formatting.day(local_day(me, commitment.settled_at), today)})" if commitment.settled_at else ""
        text = kit.fitted(" ".join(commitment.text.split()), KEPT_TEXT)
        line = f"• {kit.fitted(_who(commitment, view, me), 200)}: {text}{on}"
        yield kit.section(line, undo(commitment.pk) if can_be_undone(commitment, me, now) else None)


def _notes(view: CommitmentsView, me: Person, today: date, page: int) -> Iterator[kit.Block]:
    """What the two wrote down at their last discussion, which both can read."""
    discussion = view.last_discussion
    if page or not view.notes or discussion is None or discussion.starts_at is None:
        return
    on = formatting.day(local_day(me, discussion.starts_at), today)
    yield kit.header(f"Notes from your discussion on {on}")
    for notes in view.notes:
        yield kit.section(f"*{kit.fitted(formatting.first_name(view.person(notes.author_id)), 300)}*")
        yield from kit.in_full(notes.text)


def _mine(view: CommitmentsView, me: Person, metadata: CommitmentsMetadata, values: FormValues) -> Iterator[kit.Block]:
    name = formatting.first_name(view.other_than(me.pk))
    entry = own_entry(values, metadata, Side.EMPLOYEE)
    yield kit.header("Add a commitment of your own")
    what = kit.text_input(entry.text, longest=LONGEST_COMMITMENT)
    yield kit.field(entry.text_field, "What will you do?", what, hint=f"{name} will see it.")
    yield kit.section(kit.BY_WHEN, kit.day_picker(entry.due_on)) | {"block_id": entry.date_field}
    if view.manager.id == me.id:
        yield advocacy_menu(entry, view.employee)


# --- a new date ------------------------------------------------------------------------------------------------------


def change(
    view: ChangeView, me: Person, metadata: ChangeMetadata, now: datetime,
    values: FormValues | None = None, kept_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Ask for a new date, or new words."""
    today, commitment = local_day(me, now), view.commitment
    other = formatting.first_name(view.other)
    blocks = kit.draft_note(formatting.moment(kept_at, me, today)) if kept_at else []
    is_mine = commitment.owner_id == me.id
    whose = "Your commitment" if is_mine else f"{kit.fitted(formatting.first_name(view.owner), 300)}'s commitment"
    blocks.append(
        kit.section(f"{whose}, {words_for_due(commitment.due_on, today)}:\n{kit.quoted(commitment.text, 2600)}")
    )
    if view.waiting is not None:
        who = "You have" if view.waiting.asked_by_id == me.id else f"{kit.fitted(other, 300)} has"
        asked_for = formatting.day(view.waiting.due_on, today)
        blocks.append(kit.context(f"{who} asked for {asked_for} already. What you ask for here takes its place."))
    due_on = values.day(DUE_ON) if values else (commitment.due_on if commitment.due_on > today else None)
    text, reason = (values.text(TEXT), values.text(REASON)) if values else (commitment.text, "")
    hint = f"{other} is asked to agree. Until then the date stays as it is."
    blocks += [
        kit.field(DUE_ON, "New date", kit.day_picker(due_on), hint=hint, optional=False),
        kit.field(
            TEXT,
            "What you will do" if is_mine else f"What {formatting.first_name(view.owner)} will do",
            kit.text_input(text, longest=LONGEST_COMMITMENT),
            optional=False,
        ),
        kit.field(REASON, "Why? A word helps", kit.text_input(reason, longest=LONGEST_REASON)),
    ]
    return kit.modal(FormId.CHANGE, "A new date", blocks, submit="Ask", metadata=metadata)


def asked(person: Person) -> dict[str, Any]:
    """After asking from outside the list."""
    other = kit.fitted(formatting.first_name(person), 300)
    return kit.notice("Asked", f"I'm asking {other} to agree, in their working hours. I'll let you know what they say.")


# --- the answer ------------------------------------------------------------------------------------------------------


def answer(view: AnswerView, me: Person, metadata: ChangeMetadata, now: datetime) -> dict[str, Any]:
    """Old and new side by side, the reason, and the two answers."""
    commitment, request, other = view.commitment, view.request, kit.fitted(formatting.first_name(view.other), 300)
    before, after = (formatting.day(one.due_on, local_day(me, now)) for one in (commitment, request))
    whose = "your commitment" if commitment.owner_id == me.id else "their commitment"
    blocks = [
        kit.section(f"{other} would like to change {whose}."),
        kit.section(f"*Now, by {before}*\n{kit.quoted(commitment.text, 2800)}"),
        kit.section(f"*Proposed, by {after}*\n{kit.quoted(request.text, 2800)}"),
    ]
    if request.reason:
        blocks.append(kit.section(f"*Why*\n{kit.quoted(request.reason, 2800)}"))
    key = str(request.pk)
    buttons = [
        kit.button("Agree", ActionId.AGREE, key, primary=True),
        kit.button("Keep as it was", ActionId.KEEP_AS_IT_WAS, key),
    ]
    return kit.modal(FormId.ANSWER_CHANGE, "A change", [*blocks, kit.actions(buttons)], metadata=metadata)


def answered(current: Commitment, other: Person, today: date, *, agreed: bool) -> dict[str, Any]:
    """After answering: what holds now."""
    name, day = kit.fitted(formatting.first_name(other), 300), formatting.day(current.due_on, today)
    if agreed:
        return kit.notice("Agreed", f"Agreed: the new date is {day}. I'll let {name} know.")
    return kit.notice(
        "Kept as it was", f"It stays as it was: {day}. I'll let {name} know; a word between you may help."
    )
