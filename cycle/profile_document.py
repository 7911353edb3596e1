"""The profile as a document of one page: on the screen, and to take along as a file (practice C2).

As in records, people are called by their names, never “you”: the file says the same to everyone who reads it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from cycle import formatting
from cycle.document import Document, Heading, ListItem, Marker, Paragraph, Part, Span, Text, bold, excerpt, text
from cycle.drives import LABELS, written
from cycle.levels import Assessed
from cycle.profile import STRENGTHS, CareerProfile
from cycle.prompts import ACHIEVEMENTS, MORE_ENERGISING_WORK
from cycle.zones import local_day
from storage.drives import DriveKind
from storage.gaps import Gap
from storage.objectives import Objective
from storage.pairs import Side

# What a screen shows: all of it on about two screens of a phone. A file has all of it.
WORDS: Final = 160  # characters of an objective, a gap or an answer
MOST_LISTED: Final = 5  # objectives, and gaps

ONLY_YOU: Final = "only you see this"
AMBITIONS: Final = "Ambitions"  # the headings
ABILITIES: Final = "Strengths"
LEARNING: Final = "To learn next"
DRIVES: Final = "Motivation"
STANDING: Final = "Assessments"

# What is said in place of a part with nothing in it: to the employee, and to the manager.
HINTS: Final = {
    AMBITIONS: (
        "Objectives are set on the roadmap, and a path is chosen in a preparation.",
        "{name} decides which objectives to share, and whether to share a path.",
    ),
    ABILITIES: (
        "What went well is noted in a preparation. {name} can share key strengths there as well.",
        "What you share as key strengths in a preparation shows here.",
    ),
    LEARNING: ("Skill gaps, each with a next step, are named on the roadmap.",) * 2,
    DRIVES: (
        "A preparation asks what matters most to you, and which work gives you energy.",
        "{name} decides what to share of this.",
    ),
    STANDING: ("It shows here once both of you have said in a preparation how you see it.",) * 2,
}
EMPTY: Final = (
    (
        "There is nothing here yet. It fills up as you go: begin with a longer-term objective on your roadmap, or say "
        "what matters to you when you prepare. Each thing is yours alone until you share it with {name}."
    ),
    (
        "There is nothing here yet. It shows what {name} decides to share. You can begin: share key strengths when you "
        "prepare, or name a skill to learn on the roadmap."
    ),
)


def profile_document(profile: CareerProfile) -> Document:
    """The profile as its reader sees it on the screen."""
    parts: list[Part] = [Paragraph(_who(profile))]
    other = Span(profile.name(Side.MANAGER if profile.is_mine else Side.EMPLOYEE), limit=300)
    if profile.is_empty:
        before, _, after = _for_reader(profile, EMPTY).partition("{name}")
        return Document("Profile", [*parts, Paragraph(text(before, other, after))])
    if profile.is_mine:
        seen = f" can read all of it but what says “{ONLY_YOU}”." if profile.has_private else " can read all of it."
        parts.append(Paragraph(text(other, seen), small=True))
    else:
        parts.append(Paragraph(text("What ", other, " shares with you, and what you share."), small=True))
    for title, items in _sections(profile, MOST_LISTED):
        parts.append(Heading(title))
        if not items:
            before, _, after = _for_reader(profile, HINTS[title]).partition("{name}")
            hint = text(before, other, after) if after else text(before)
            parts.append(Paragraph(hint, small=True))
        parts += items
    return Document("Profile", parts)


def export_document(profile: CareerProfile, now: datetime) -> Document:
    """The profile as a document of its own, with all that is in it."""
    on = formatting.full_day(local_day(profile.me, now))
    reader = profile.name(Side.EMPLOYEE if profile.is_mine else Side.MANAGER)
    readable = (
        f"This copy is {reader}'s own: it also has what only {reader} can read. Each such part says so."
        if profile.has_private
        else "Both of them can read everything in this file."
    )
    parts: list[Part] = [Paragraph(_who(profile)), Paragraph(text(f"As of {on}. {readable}"))]
    for title, items in _sections(profile, None):
        if items:
            parts += [Heading(title), *items]
    if profile.is_empty:
        parts.append(Paragraph(text("There is nothing in it yet.")))
    return Document("Career profile", parts)


def file_name(now: datetime) -> str:
    """A name for files, without an ending and without names of people."""
    return f"career-profile-{now.date().isoformat()}"


def _for_reader(profile: CareerProfile, both: tuple[str, ...]) -> str:
    return both[0 if profile.is_mine else 1]


def _who(profile: CareerProfile) -> Text:
    since = local_day(profile.me, profile.pair.answered_at or profile.pair.asked_at)
    manager = Span(profile.manager.name, limit=300)
    return text(
        Span(profile.employee.name, bold=True, limit=300), " · career discussions with ", manager,
        f" since {formatting.full_day(since)}",
    )  # fmt: skip


def _sections(profile: CareerProfile, most: int | None) -> Iterator[tuple[str, list[Part]]]:
    yield AMBITIONS, list(_ambitions(profile, most))
    yield ABILITIES, list(_strengths(profile, most))
    yield LEARNING, _cut([_gap(one, most) for one in profile.gaps], most)
    yield DRIVES, list(_drives(profile, most))
    yield STANDING, [_assessment(profile, one) for one in profile.assessed]


def _line(label: str, words: Text, *, private: bool) -> ListItem:
    mark = text(" ", Span(f"({ONLY_YOU})", italic=True)) if private else ()
    return ListItem((*text(bold(f"{label}:"), " "), *words, *mark), Marker.NONE)


def _words(words: str, most: int | None) -> Text:
    """People's words: on the screen as an excerpt, in a file all of them."""
    return text(excerpt(words, WORDS) if most is not None else " ".join(words.split()))


def _cut(items: Sequence[Part], most: int | None) -> list[Part]:
    if most is None or len(items) <= most:
        return list(items)
    return [*items[:most], ListItem(text(f"And {len(items) - most} more, on the roadmap."), Marker.NONE)]


def _ambitions(profile: CareerProfile, most: int | None) -> Iterator[Part]:
    if (path := profile.drives.get(DriveKind.PATH)) is not None:
        yield _line("Path", text(written(path)), private=not path.shared)
    yield from _cut([_objective(one, most) for one in profile.objectives], most)


def _objective(one: Objective, most: int | None) -> ListItem:
    by = f", by {formatting.full_day(one.target_on)}"
    return _line(formatting.TERMS[one.horizon], (*_words(one.text, most), *text(by)), private=not one.shared)


def _strengths(profile: CareerProfile, most: int | None) -> Iterator[Part]:
    """As the manager sees them, then what went well: each of the latest preparation that has it."""
    for key, label, whose in (
        (STRENGTHS, "Key strengths", Side.MANAGER),
        (ACHIEVEMENTS, "What went well", Side.EMPLOYEE),
    ):
        if (one := profile.answers.get(key)) is not None:
            said = f"{profile.name(whose)}, {formatting.full_day(local_day(profile.me, one.answered_at))}"
            source = Span(f" ({said})", limit=400)
            yield _line(label, (*_words(one.text, most), source), private=not one.shared)


def _gap(gap: Gap, most: int | None) -> ListItem:
    """A skill, and how to come by it."""
    steps = text(formatting.DEVELOPMENTS[gap.development]) if gap.development is not None else ()
    if gap.way:
        steps = (*steps, *text(": " if steps else ""), *_words(gap.way, most))
    said = steps or text("no next step yet")
    mark = text(" ", Span(f"({ONLY_YOU})", italic=True)) if not gap.shared else ()
    return ListItem((*_words(gap.skill, most), *text(" → "), *said, *mark), Marker.BULLET)


def _drives(profile: CareerProfile, most: int | None) -> Iterator[Part]:
    for kind in (DriveKind.MOTIVATIONS, DriveKind.WORK, DriveKind.MORE_OF_IT):
        if (one := profile.drives.get(kind)) is not None:
            yield _line(LABELS[kind], _words(written(one), most), private=not one.shared)
    if (offer := profile.answers.get(MORE_ENERGISING_WORK.key)) is not None:
        yield _line(f"{profile.name(Side.MANAGER)}'s idea for more of it", _words(offer.text, most), private=False)


def _assessment(profile: CareerProfile, one: Assessed) -> ListItem:
    day = formatting.full_day(local_day(profile.me, one.at))
    seen = " · ".join(f"{profile.name(whose)}: {formatting.LEVELS[one.levels[whose]]}" for whose in Side)
    return _line(day, text(seen), private=False)
