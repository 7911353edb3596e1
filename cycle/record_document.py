"""Records as documents: one to read on the screen, and one or all of a pair's to take along as files (practice L5).

People are called by their names, never “you”: the file says the same to everyone who reads it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from cycle import formatting
from cycle.bank import QuestionSet
from cycle.document import Chapter, Document, Heading, ListItem, Paragraph, Part, Quote, Span, bold, excerpt, text
from cycle.nudges import Action, Button
from cycle.nudges.scheduling import calendar_button
from cycle.prompts import BY_KEY
from cycle.record import Record
from cycle.zones import local_day
from storage.agenda import AgendaItem
from storage.commitments import Commitment, CommitmentState
from storage.discussions import HELD_STATES, Discussion, DiscussionState
from storage.objectives import Objective
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Answer

# What a screen shows; a file has all of it.
ITEM_TEXT: Final = 300  # characters of an agenda item, commitment, objective or achievement
ANSWER_TEXT: Final = 600  # characters of an answer
NOTES_TEXT: Final = 2500  # characters of notes or a thank-you
MOST_LISTED: Final = 20  # items of a list

MOST_CHARACTERS: Final = 600_000
"""Of an export, about 300 pages: a PDF of that takes some ten seconds, and one of years of usual discussions a few."""

ONLY_YOU: Final = "Only you see this"
STATES: Final = {
    CommitmentState.OPEN: "open",
    CommitmentState.DONE: "done",
    CommitmentState.RENEGOTIATED: "changed by both of them, and replaced",
    CommitmentState.DROPPED: "dropped",
}

Sets = Mapping[str, QuestionSet]
"""The question sets of the bank, by id."""


def record_document(record: Record, sets: Sets) -> Document:
    """The record of one discussion as its reader sees it on the screen."""
    parts = [Paragraph(text(bold(_title(record)))), *_parts(record, sets, MOST_LISTED)]
    files = Button("Get this as files", Action.OPEN_EXPORT, record.discussion.pk)
    return Document("Record", parts, (files, calendar_button(record.discussion)) if record.is_cancelled else (files,))


def export_document(records: Sequence[Record], sets: Sets, now: datetime) -> Document:
    """Records of one pair as a document of its own, with all that is in them; a chapter for each discussion."""
    first, me = records[0], records[0].me
    names = formatting.listed([first.employee.name, first.manager.name])
    reader = first.name(me.pk)
    chapters = _latest_chapters(records, sets)
    many = formatting.count(len(chapters), "discussion")
    has_private = any(_has_private(one) for one in records[-len(chapters) :])
    parts: list[Part] = [
        Paragraph(text(bold(names))),
        Paragraph(text(f"{many}, as recorded on {formatting.full_day(local_day(me, now))}.")),
        Paragraph(text("All times are those of ", formatting.place_name(me.tz), "."), small=True),
    ]
    if has_private:
        why = f"This copy is {reader}'s own: it also has what only {reader} can read. Each such part says so."
        parts.append(Paragraph(text(why)))
    else:
        parts.append(Paragraph(text("Both of them can read everything in this file.")))
    if len(chapters) < len(records):
        left_out = (
            f"These are the latest {len(chapters)} of {len(records)} discussions: there was no room for the others."
        )
        parts.append(Paragraph(text(left_out, " Each of them can be exported by itself.")))
    parts += [part for chapter in chapters for part in chapter]
    return Document("Career discussions", parts)


def _latest_chapters(records: Sequence[Record], sets: Sets) -> list[list[Part]]:
    """A chapter for each record, the first discussion first; the latest ones where there is too much, at least one."""
    chapters: list[list[Part]] = []
    characters = 0
    for record in reversed(records):
        chapter: list[Part] = [Chapter(_title(record)), *_parts(record, sets, None)]
        characters += sum(_length(part) for part in chapter)
        if chapters and characters > MOST_CHARACTERS:
            break
        chapters.insert(0, chapter)
    return chapters


def _length(part: Part) -> int:
    return len(part.text) if isinstance(part.text, str) else sum(len(span.text) for span in part.text)


def file_name(records: Sequence[Record]) -> str:
    """A name for files, without an ending and without names of people: they show in previews and download folders."""
    days = [_day(one.discussion, one.me).isoformat() for one in records]
    return f"career-discussion-{days[0]}" if len(days) == 1 else f"career-discussions-{days[0]}-to-{days[-1]}"


def label(discussion: Discussion, me: Person) -> str:
    """“Tue 24 Nov 2026”, “Tue 24 Nov 2026, cancelled”; days are the reader's."""
    day = formatting.full_day(_day(discussion, me))
    return f"{day}, cancelled" if discussion.state is DiscussionState.CANCELLED else day


def _day(discussion: Discussion, me: Person) -> date:
    moment = discussion.starts_at or discussion.wrapped_up_at or discussion.cancelled_at
    return local_day(me, moment) if moment else discussion.due_on


def _title(record: Record) -> str:
    return f"Discussion of {label(record.discussion, record.me)}"


def _parts(record: Record, sets: Sets, most: int | None) -> Iterator[Part]:
    """Everything in a record; of a list at most some items."""
    yield from _when(record, sets)
    yield from _agenda(record, most)
    yield from _questions(record, most)
    yield from _levels(record)
    yield from _answers(record)
    yield from _objectives(record, most)
    yield from _notes(record)
    yield from _commitments(record, most)
    yield from _thanks(record)
    yield from _following(record)
    yield from _private(record, most)


def _when(record: Record, sets: Sets) -> Iterator[Part]:
    discussion = record.discussion
    both = formatting.listed([record.employee.name, record.manager.name])
    when = formatting.full_moment(discussion.starts_at, record.me) if discussion.starts_at else ""
    if record.is_cancelled:
        yield from _cancelled(record, both, when)
        return
    where = f", {formatting.PLACES[discussion.place]}" if discussion.place else ""
    yield Paragraph(text(both, " met on ", bold(when), f", for {discussion.minutes} minutes{where}."))
    if (chosen := sets.get(discussion.question_set or "")) is not None:
        yield Paragraph(text(f"They used the questions of “{chosen.title}”."))
    if discussion.wrapped_up_at is not None:
        on = formatting.full_moment(discussion.wrapped_up_at, record.me)
        yield Paragraph(text(record.name(discussion.wrapped_up_by_id), f" wrapped it up on {on}."), small=True)


def _cancelled(record: Record, both: str, when: str) -> Iterator[Part]:
    discussion = record.discussion
    due = formatting.full_day(discussion.due_on)
    planned = f" planned to meet on {when}." if when else f" planned to meet by {due}, and had set no date."
    yield Paragraph(text(both, planned))
    if discussion.cancelled_at is not None:
        on = formatting.full_moment(discussion.cancelled_at, record.me)
        yield Paragraph(text(record.name(discussion.cancelled_by_id), f" cancelled it on {on}."))
    if discussion.cancel_reason:
        yield Paragraph(text(bold("Why")))
        yield Quote(discussion.cancel_reason, NOTES_TEXT)


def _agenda(record: Record, most: int | None) -> Iterator[Part]:
    yield Heading("Agenda")
    items = [one for one in record.agenda if not one.is_question]
    if not items:
        yield Paragraph(text("There was no agenda."))
    yield from _listed([_item(record, one) for one in items], most)


def _questions(record: Record, most: int | None) -> Iterator[Part]:
    if questions := [one for one in record.agenda if one.is_question]:
        yield Heading("Questions asked")
        yield from _listed([_item(record, one) for one in questions], most)


def _item(record: Record, one: AgendaItem) -> tuple[Span, ...]:
    """Whose it is, and what became of it."""
    fate = Span(f"({formatting.ITEM_STATES[one.state]})", italic=True)
    before = text(bold(record.name(one.author_id)), ": ", excerpt(one.text, ITEM_TEXT), " ", fate)
    if one.first_text and one.first_text != one.text:
        return (*before, *text("; first proposed as “", excerpt(one.first_text, ITEM_TEXT), "”"))
    if one.counter_text and one.counter_text != one.text:
        other = record.name(record.pair.other_than(one.author_id))
        return (*before, *text(f"; {other} suggested “", excerpt(one.counter_text, ITEM_TEXT), "”"))
    return before


def _levels(record: Record) -> Iterator[Part]:
    """E2: both assessments once both are in; until then one's own at most."""
    if not record.levels:
        return
    yield Heading("How each of them saw it")
    name = record.name(record.employee.pk)
    yield Paragraph(text(f"How well {name} drives their own development, as each of the two assessed it."), small=True)
    for whose in Side:
        if (level := record.levels.get(whose)) is not None:
            alone = "" if record.both_levels else f" ({ONLY_YOU.lower()}, until both are in)"
            yield ListItem(text(bold(record.name(record.person(whose).pk)), f": {formatting.LEVELS[level]}{alone}"))
    if record.response and record.both_levels:
        yield Paragraph(text(bold(f"{name}'s response")))
        yield Quote(record.response, ANSWER_TEXT)


def _answers(record: Record) -> Iterator[Part]:
    """The employee's first (E1)."""
    for whose in Side:
        author = record.person(whose)
        shared = [one for one in record.answers if one.author_id == author.pk]
        if shared:
            yield Heading(f"What {record.name(author.pk)} shared beforehand")
            yield from _said(shared)


def _said(answers: Sequence[Answer]) -> Iterator[Part]:
    known = {key: place for place, key in enumerate(BY_KEY)}
    for one in sorted(answers, key=lambda answer: known.get(answer.question, len(known))):
        prompt = BY_KEY.get(one.question)
        yield Paragraph(text(bold(prompt.label if prompt else "An earlier question")))
        yield Quote(one.text, ANSWER_TEXT)


def _objectives(record: Record, most: int | None) -> Iterator[Part]:
    if record.objectives:
        yield Heading(f"{record.name(record.employee.pk)}'s objectives, as shared")
        yield from _listed([_objective(one) for one in record.objectives], most)


def _objective(one: Objective) -> tuple[Span, ...]:
    by = f"({formatting.HORIZONS[one.horizon]}: by {formatting.full_day(one.target_on)})"
    said = text(excerpt(one.text, ITEM_TEXT), " ", Span(by, italic=True))
    if one.support_given:
        return (*said, *text(" Support agreed: ", excerpt(one.support_given, ITEM_TEXT)))
    return said


def _notes(record: Record) -> Iterator[Part]:
    if record.notes:
        yield Heading("Notes")
    for one in record.notes:
        yield Paragraph(text(bold(record.name(one.author_id))))
        yield Quote(one.text, NOTES_TEXT)


def _commitments(record: Record, most: int | None) -> Iterator[Part]:
    if record.is_cancelled and not record.commitments:
        return
    yield Heading("What they agreed on")
    if not record.commitments:
        yield Paragraph(text("No commitments."))
    yield from _listed([_commitment(record, one) for one in record.commitments], most)


def _commitment(record: Record, one: Commitment) -> tuple[Span, ...]:
    """Who does what by when, what became of it, and whether the manager has confirmed it (E12)."""
    facts = [f"by {formatting.full_day(one.due_on)}", STATES[one.state]]
    if one.advocacy is not None:
        facts.insert(0, formatting.ADVOCACY[one.advocacy].lower())
    if one.settled_at is not None and one.state is not CommitmentState.OPEN:
        facts[-1] += f" on {formatting.full_day(local_day(record.me, one.settled_at))}"
    if one.confirmed_at is not None:
        facts.append(f"confirmed by {record.name(record.manager.pk)}")
    elif record.thanks is not None and one.owner_id == record.employee.pk:
        facts.append(f"not confirmed by {record.name(record.manager.pk)}")
    said = Span(f"({', '.join(facts)})", italic=True)
    return text(bold(record.name(one.owner_id)), ": ", excerpt(one.text, ITEM_TEXT), " ", said)


def _thanks(record: Record) -> Iterator[Part]:
    if (note := record.thanks) is None:
        return
    yield Heading("Thank-you")
    sent = formatting.full_moment(note.sent_at, record.me)
    yield Paragraph(text(record.name(note.author_id), f" wrote on {sent}:"))
    yield Quote(note.text, NOTES_TEXT)
    if note.confirmed_at is not None:
        on = formatting.full_moment(note.confirmed_at, record.me)
        yield Paragraph(text(record.name(record.manager.pk), f" confirmed it on {on}."), small=True)


def _following(record: Record) -> Iterator[Part]:
    if (following := record.following) is None:
        return
    yield Heading("The next discussion")
    if following.starts_at is None:
        due = formatting.full_day(following.due_on)
        later = "They left its date open on purpose; it" if following.postponed else "It"
        yield Paragraph(text(f"{later} is due by {due}."))
    else:
        when = formatting.full_moment(following.starts_at, record.me)
        yield Paragraph(text(f"{_fate(following)} {when}."))


def _fate(following: Discussion) -> str:
    if following.state is DiscussionState.CANCELLED:
        return "It was cancelled; it had been set for"
    return "It took place on" if following.state in HELD_STATES else "It is set for"


def _has_private(record: Record) -> bool:
    own_level = bool(record.levels) and not record.both_levels
    return own_level or bool(record.private_answers or record.private_objectives or record.achievements)


def _private(record: Record, most: int | None) -> Iterator[Part]:
    """What only the reader can read, under a heading that says so."""
    if not (record.private_answers or record.private_objectives or record.achievements):
        return
    yield Heading(ONLY_YOU)
    yield Paragraph(text(f"The rest is what both can read. This is {record.name(record.me.pk)}'s alone."), small=True)
    yield from _said(record.private_answers)
    if record.private_objectives:
        yield Paragraph(text(bold("Objectives that are not shared")))
        yield from _listed([_objective(one) for one in record.private_objectives], most)
    if record.achievements:
        yield Paragraph(text(bold("Achievements noted down before")))
        said = [
            text(f"{formatting.full_day(one.happened_on)}: ", excerpt(one.text, ITEM_TEXT))
            for one in record.achievements
        ]
        yield from _listed(said, most)


def _listed(items: Sequence[tuple[Span, ...]], most: int | None) -> Iterator[Part]:
    for one in items[:most]:
        yield ListItem(one)
    if most is not None and (left := len(items) - most) > 0:
        yield Paragraph(text(f"And {left} more: they are in the files."), small=True)
