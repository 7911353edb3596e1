"""What drives the employee: motivations, energising work and a path, with their history (practices C4, C13, L8, M5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cycle.bank import Clarity
from cycle.errors import FieldErrors, too_long
from storage.base import distinct
from storage.discussions import Discussion
from storage.drives import Drive, DriveKind, Motivation, PathPreference
from storage.objectives import Objective
from storage.pairs import Pair
from storage.people import Person
from storage.store import Store

MOST_RANKED: Final = 3
LONGEST_WORK: Final = 500  # characters: a sentence or two
RANKING_WIDTH: Final = 47  # characters a ranking is padded to, so that its encrypted length does not tell what is in it

RANKS: Final = tuple(f"motivation.{rank}" for rank in range(1, MOST_RANKED + 1))  # fields of the page
WORK: Final = "energising.work"
MORE_OF_IT: Final = "energising.more"
PATH: Final = "path_preference"


@dataclass(frozen=True)
class Meaning:
    """What a motivation is called, whether it comes from the work itself, and what a manager can offer (C4)."""

    label: str
    offer: str
    is_inner: bool = False


MEANINGS: Final = {
    Motivation.PAY: Meaning(
        "Pay",
        "Explain how pay is decided here, what would change it, and when you will look at it again.",
    ),
    Motivation.SKILLS: Meaning(
        "Growing skills",
        "Offer a stretch task, a course or someone to learn from, and keep hours free for it.",
        is_inner=True,
    ),
    Motivation.IMPACT: Meaning(
        "Impact on society",
        "Show whom the work helps: a visit, a customer's words, a project with a purpose.",
        is_inner=True,
    ),
    Motivation.AUTHORITY: Meaning(
        "Authority to decide",
        "Hand over one whole decision, name its limits, and back what comes of it.",
    ),
    Motivation.RECOGNITION: Meaning(
        "Recognition",
        "Say soon and precisely what went well, also where others hear it.",
    ),
    Motivation.CREATIVITY: Meaning(
        "Creative freedom",
        "Agree on the result, leave the way there open, and keep time free to try things.",
        is_inner=True,
    ),
}

PATHS: Final = {
    PathPreference.LEAD: "Lead: people, a team or a direction",
    PathPreference.EXPERT: "Expert: go deeper in my field",
    PathPreference.EXPLORE: "Explore: not sure yet, I'd like to try things",
    PathPreference.STAY: "Stay and grow: keep my role, get better at it",
}

LABELS: Final = {
    DriveKind.MOTIVATIONS: "What matters most",
    DriveKind.WORK: "Energising work",
    DriveKind.MORE_OF_IT: "One way to have more of it",
    DriveKind.PATH: "Path",
}

# How clear a path is follows from the path, so nobody is asked for both (C12).
CLARITY: Final = {
    PathPreference.LEAD: Clarity.KNOWS,
    PathPreference.EXPERT: Clarity.KNOWS,
    PathPreference.EXPLORE: Clarity.UNSURE,
    PathPreference.STAY: Clarity.KNOWS,
}


@dataclass(frozen=True)
class DrivesForm:
    """What the employee submits: a choice for each rank, words, a path, and which kinds of it are shared."""

    ranking: Sequence[Motivation | None] = ()
    work: str = ""
    more_of_it: str = ""
    path: PathPreference | None = None
    shared: frozenset[DriveKind] = frozenset()

    @property
    def said(self) -> Mapping[DriveKind, str]:
        """Each kind as a row holds it; empty where nothing is said. A rank that is left out closes up."""
        return {
            DriveKind.MOTIVATIONS: " ".join(one for one in self.ranking if one is not None),
            DriveKind.WORK: self.work.strip(),
            DriveKind.MORE_OF_IT: self.more_of_it.strip(),
            DriveKind.PATH: self.path or "",
        }


@dataclass(frozen=True)
class Change:
    """An entry of the history: what was said on a day, and what was said before; `now` is None where it was dropped."""

    kind: DriveKind
    changed_at: datetime
    now: Drive | None
    before: Drive | None
    shared: bool


def check_drives(form: DrivesForm) -> FieldErrors:
    """What is wrong: a motivation that is ranked twice, words that are too long. Pure."""
    errors, ranked = FieldErrors(), set[Motivation]()
    for field, motivation in zip(RANKS, form.ranking, strict=False):
        if motivation in ranked:
            label = MEANINGS[motivation].label
            errors.add(field, f"“{label}” is in your list already. Pick something else here, or “No answer”.")
        elif motivation is not None:
            ranked.add(motivation)
    for field, text in ((WORK, form.work), (MORE_OF_IT, form.more_of_it)):
        if len(text.strip()) > LONGEST_WORK:
            errors.add(field, too_long(text.strip(), LONGEST_WORK))
    return errors


def drives_differ(form: DrivesForm, current: Mapping[DriveKind, Drive]) -> bool:
    """Whether a page says or shares anything else than what is saved. Pure."""
    for kind, text in form.said.items():
        row = current.get(kind)
        saved = (row.text.strip(), row.shared) if row else ("", False)
        if saved != (text, bool(text) and kind in form.shared):
            return True
    return False


async def save_drives(  # noqa: PLR0913, PLR0917 - what is saved, over what, by whom and when
    store: Store,
    me: Person,
    pair: Pair,
    discussion: Discussion,
    form: DrivesForm,
    current: Mapping[DriveKind, Drive],
    now: datetime,
) -> None:
    """Save what changed as new rows, each of which replaces the one before (C13).

    Within one preparation a row that nobody else could ever read is changed where it is: what people try out while they
    think is no history. What was shared stays, even if a later row is private.
    """
    for kind, text in form.said.items():
        row, shared = current.get(kind), bool(text) and kind in form.shared
        if row is not None and row.text.strip() == text:
            row.shared, row.shared_at = shared, row.shared_at or (now if shared else None)
            continue
        if row is not None and row.discussion_id == discussion.pk and row.shared_at is None:
            if not text:
                await store.delete(row)
                continue
            row.text, row.set_at, row.shared, row.shared_at = _padded(kind, text), now, shared, now if shared else None
            continue
        if row is not None:
            row.replaced_at = now
        if text:
            store.add(
                Drive(
                    pair_id=pair.pk, discussion_id=discussion.pk, author_id=me.pk, kind=kind, text=_padded(kind, text),
                    shared=shared, shared_at=now if shared else None, set_at=now, replaces_id=row.pk if row else None,
                )
            )  # fmt: skip


def _padded(kind: DriveKind, text: str) -> str:
    return text.ljust(RANKING_WIDTH) if kind is DriveKind.MOTIVATIONS else text


async def objectives_and_drives(store: Store, pair: Pair) -> tuple[list[Objective], list[Drive]]:
    """The current objectives of a pair as they were set, and all that its employee says now, in one statement."""
    rows = await store.drives.with_objectives(pair.pk)
    return distinct(objective for _, objective, _ in rows), distinct(drive for *_, drive in rows)


def here_and_before(rows: Sequence[Drive], pair: Pair) -> tuple[dict[DriveKind, Drive], dict[DriveKind, Drive]]:
    """Of what an employee says now: what they say in this pair, and else what they said to another manager. Pure."""
    here = {row.kind: row for row in rows if row.pair_id == pair.pk}
    return here, {row.kind: row for row in rows if row.kind not in here}


def shared_in(rows: Sequence[Drive], pair: Pair) -> dict[DriveKind, Drive]:
    """Of what an employee says now, what they share in this pair. Pure."""
    return {row.kind: row for row in rows if row.pair_id == pair.pk and row.shared}


async def history(store: Store, me: Person, pair: Pair) -> list[Change]:
    """How the employee's drives changed, the latest first: for themselves all of it, for the manager what is shared."""
    rows = await store.drives.history_of(pair.employee_id)
    if me.pk == pair.employee_id:
        return changes_in(rows)
    return changes_in([row for row in rows if row.pair_id == pair.pk and row.shared], with_drops=False)


def changes_in(rows: Sequence[Drive], *, with_drops: bool = True) -> list[Change]:
    """The changes that some rows tell of, the latest first. Pure.

    `rows` are in the order in which they were said. Without drops nothing tells that something was taken out, or
    went on in private.
    """
    by_key, latest = {row.pk: row for row in rows}, dict[DriveKind, Drive]()
    replaced, found = {row.replaces_id for row in rows}, list[Change]()
    for row in rows:
        known = latest.get(row.kind)
        if known is None or known.text.strip() != row.text.strip() or _was_dropped(known, replaced, with_drops):
            found.append(Change(row.kind, row.set_at, row, by_key.get(row.replaces_id or 0), row.shared))
        latest[row.kind] = row
        if row.replaced_at is not None and _was_dropped(row, replaced, with_drops):
            found.append(Change(row.kind, row.replaced_at, None, row, shared=False))
    return sorted(found, key=lambda change: change.changed_at, reverse=True)


def _was_dropped(row: Drive, replaced: set[int | None], with_drops: bool) -> bool:  # noqa: FBT001 - passed on
    return with_drops and row.replaced_at is not None and row.pk not in replaced


def written(row: Drive) -> str:
    """A drive in words."""
    match row.kind:
        case DriveKind.MOTIVATIONS:
            ranking = ", then ".join(MEANINGS[one].label.lower() for one in row.motivations)
            return ranking.capitalize() or "A ranking of a later version"
        case DriveKind.PATH:
            return PATHS[row.path] if row.path else "A path of a later version"
        case _:
            return row.text
