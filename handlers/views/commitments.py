"""Promises: what stands, what was kept, a new date, and the answer to one (practices E11, E13)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from cycle import words
from cycle.calendar import hours_in
from cycle.nudges import Do
from cycle.promises import (
    DUE_ON,
    LONGEST_PROMISE,
    LONGEST_REASON,
    REASON,
    TEXT,
    AnswerView,
    ChangeView,
    PromiseEntry,
    PromisesView,
)
from handlers.filled import Filled
from handlers.ids import Act, Form
from handlers.subject import Subject
from handlers.views import kit
from handlers.views.home import words_for_due
from storage.commitments import ChangeRequest, Commitment
from storage.pairs import Side
from storage.people import Person

A_PAGE = 10  # promises
KEPT_TEXT = 300  # characters shown of a promise that was kept
PAGE_BLOCK = "promises.page"  # the block ids of the two paging buttons begin with it


def own_entry(filled: Filled, about: Subject, side: Side) -> PromiseEntry:
    """The promise typed below the list; its fields are fresh ones after each that was added."""
    empty = PromiseEntry(f"mine{about.added}", side)
    return PromiseEntry(empty.slot, side, filled.text(empty.text_field), filled.day(empty.date_field))


# --- the list --------------------------------------------------------------------------------------------------------


def render(
    view: PromisesView, me: Person, about: Subject, now: datetime, filled: Filled | None = None
) -> dict[str, Any]:
    """A page of open promises, what was kept lately, and a row for one more of my own."""
    today = hours_in(me.tz).day_of(now)
    pages = max(-(-len(view.standing) // A_PAGE), 1)
    page = min(max(about.page, 0), pages - 1)
    about = about.but(page=page)
    blocks = [kit.section(_opening(view, me))]
    for promise in view.standing[page * A_PAGE : (page + 1) * A_PAGE]:
        blocks += _promise(promise, view, me, today)
    blocks += [*_paging(page, pages), *_kept(view, me), *_notes(view, me, page), *_mine(about, filled or Filled())]
    return kit.modal(Form.COMMITMENTS, "Promises", blocks, submit="Add promise", about=about)


def _opening(view: PromisesView, me: Person) -> str:
    other = kit.fitted(words.first_name(view.other_than(me.pk)), 300)
    if not view.standing:
        return f"Nothing is open between you and {other}."
    return f"{words.count(len(view.standing), 'open promise')} between you and {other}."


def _promise(promise: Commitment, view: PromisesView, me: Person, today: date) -> Iterator[kit.Block]:
    mine = promise.owner_id == me.id
    facts = [f"*{_who(promise, view, me)}*", words_for_due(promise.due_on, today)]
    if promise.confirmed_at is not None:
        facts.append("confirmed by both of you")
    elif promise.owner_id == view.pair.employee_id and promise.discussion_id is not None:
        facts.append("not confirmed by both of you yet")
    lines = [" · ".join(facts), kit.quoted(promise.text, 2600)]
    request = view.asked.get(promise.pk)
    if request is not None:
        lines.append(_waiting(request, view, me, today))
    elif promise.due_on < today:
        lines.append("Done, or would a new date be better?" if mine else "A new date together may help.")
    yield kit.section("\n".join(lines))
    yield kit.actions(list(_buttons(promise, request, me)), block_id=f"promise.{promise.pk}")


def _who(promise: Commitment, view: PromisesView, me: Person) -> str:
    return "You" if promise.owner_id == me.id else kit.fitted(words.first_name(view.other_than(me.pk)), 300)


def _waiting(request: ChangeRequest, view: PromisesView, me: Person, today: date) -> str:
    other = kit.fitted(words.first_name(view.other_than(me.pk)), 300)
    asked_for = words.day(request.due_on, today)
    if request.asked_by_id == me.id:
        return f"You asked for {asked_for}; {other} has not answered yet."
    return f"{other} asks for {asked_for}. What do you say?"


def _buttons(promise: Commitment, request: ChangeRequest | None, me: Person) -> Iterator[kit.Element]:
    if request is not None and request.asked_by_id != me.id:
        yield _named("See and answer", Do.ANSWER_CHANGE, request.pk, promise) | {"style": "primary"}
    if promise.owner_id == me.id:
        yield _named("Done", Do.COMMITMENT_DONE, promise.pk, promise)
    yield _named("New date", Do.NEW_DATE, promise.pk, promise)


def _named(label: str, does: Do, key: int, promise: Commitment) -> kit.Element:
    """A button that stands once a promise: a screen reader also hears which."""
    spoken = words.shorten(f"{label}: {' '.join(promise.text.split())}", kit.BUTTON_TEXT)
    return kit.button(label, does, str(key)) | {"accessibility_label": spoken}


def _paging(page: int, pages: int) -> Iterator[kit.Block]:
    """Each button in a block of its own: Slack takes an action id once a block."""
    if page > 0:
        back = kit.button(f"Back to page {page} of {pages}", Act.PAGE, str(page - 1))
        yield kit.actions([back], block_id=f"{PAGE_BLOCK}.back")
    if page + 1 < pages:
        on = kit.button(f"On to page {page + 2} of {pages}", Act.PAGE, str(page + 1))
        yield kit.actions([on], block_id=f"{PAGE_BLOCK}.on")


def _kept(view: PromisesView, me: Person) -> Iterator[kit.Block]:
    if not view.kept:
        return
    hours = hours_in(me.tz)
    lines = []
    for promise in view.kept:
        on = f" ({words.day(hours.day_of(promise.settled_at))})" if promise.settled_at else ""
        text = kit.fitted(" ".join(promise.text.split()), KEPT_TEXT)
        lines.append(f"• {kit.fitted(_who(promise, view, me), 200)}: {text}{on}")
    yield kit.header("Kept lately")
    yield kit.section("\n".join(lines))


def _notes(view: PromisesView, me: Person, page: int) -> Iterator[kit.Block]:
    """What the two wrote down at their last talk, which both read."""
    talk = view.last_talk
    if page or talk is None or not talk.notes or talk.starts_at is None:
        return
    yield kit.header(f"Notes of your talk on {words.day(hours_in(me.tz).day_of(talk.starts_at))}")
    yield from kit.in_full(talk.notes)


def _mine(about: Subject, filled: Filled) -> Iterator[kit.Block]:
    entry = own_entry(filled, about, Side.EMPLOYEE)
    yield kit.header("One more promise of your own?")
    what = kit.text_input(entry.text, longest=LONGEST_PROMISE)
    yield kit.field(entry.text_field, "What will you do?", what, hint="The other of you sees it.")
    yield kit.field(entry.date_field, "By when?", kit.day_picker(entry.due_on))


# --- a new date ------------------------------------------------------------------------------------------------------


def change(
    view: ChangeView, me: Person, about: Subject, now: datetime,
    filled: Filled | None = None, kept_at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Ask for a new date, or new words."""
    today, promise = hours_in(me.tz).day_of(now), view.promise
    other = words.first_name(view.other)
    blocks = kit.draft_note(words.moment(kept_at, hours_in(me.tz))) if kept_at else []
    whose = (
        "Your promise" if promise.owner_id == me.id else f"{kit.fitted(words.first_name(view.owner), 300)}'s promise"
    )
    blocks.append(kit.section(f"{whose}, {words_for_due(promise.due_on, today)}:\n{kit.quoted(promise.text, 2600)}"))
    if view.waiting is not None:
        who = "You have" if view.waiting.asked_by_id == me.id else f"{kit.fitted(other, 300)} has"
        asked_for = words.day(view.waiting.due_on, today)
        blocks.append(kit.context(f"{who} asked for {asked_for} already. What you ask for here takes its place."))
    due_on = filled.day(DUE_ON) if filled else (promise.due_on if promise.due_on > today else None)
    text, reason = (filled.text(TEXT), filled.text(REASON)) if filled else (promise.text, "")
    hint = f"{other} is asked to agree. Until then the date stands as it is."
    blocks += [
        kit.field(DUE_ON, "New date", kit.day_picker(due_on), hint=hint, optional=False),
        kit.field(TEXT, "What will be done by then", kit.text_input(text, longest=LONGEST_PROMISE), optional=False),
        kit.field(REASON, "Why? A word helps", kit.text_input(reason, longest=LONGEST_REASON)),
    ]
    return kit.modal(Form.CHANGE, "A new date", blocks, submit="Ask", about=about)


def asked(view: ChangeView) -> dict[str, Any]:
    """After asking from outside the list."""
    other = kit.fitted(words.first_name(view.other), 300)
    return kit.notice("Asked", f"{other} is asked to agree, in their working hours. I will tell you what they say.")


# --- the answer ------------------------------------------------------------------------------------------------------


def answer(view: AnswerView, me: Person, about: Subject) -> dict[str, Any]:
    """Old and new side by side, the reason, and the two answers."""
    promise, request, other = view.promise, view.request, kit.fitted(words.first_name(view.other), 300)
    whose = "a promise of yours" if promise.owner_id == me.id else "a promise of theirs"
    blocks = [
        kit.section(f"{other} would like to change {whose}."),
        kit.section(f"*As agreed, by {words.day(promise.due_on)}*\n{kit.quoted(promise.text, 2800)}"),
        kit.section(f"*As asked, by {words.day(request.due_on)}*\n{kit.quoted(request.text, 2800)}"),
    ]
    if request.reason:
        blocks.append(kit.section(f"*Why*\n{kit.quoted(request.reason, 2800)}"))
    key = str(request.pk)
    buttons = [kit.button("Agree", Act.AGREE, key, primary=True), kit.button("Keep as it was", Act.KEEP_AS_IT_WAS, key)]
    return kit.modal(Form.ANSWER_CHANGE, "A change", [*blocks, kit.actions(buttons)], about=about)


def answered(stands: Commitment, other: Person, *, agreed: bool) -> dict[str, Any]:
    """What now stands."""
    name, day = kit.fitted(words.first_name(other), 300), words.day(stands.due_on)
    if agreed:
        return kit.notice("Agreed", f"Agreed: the new date is {day}. I will tell {name}.")
    return kit.notice("Kept as it was", f"It stays as it was: {day}. I will tell {name}; a word between you may help.")
