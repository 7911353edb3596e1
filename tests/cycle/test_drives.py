"""What drives the employee: checks, and a history in which nothing that was shared is overwritten (C4, C13, L8, M5)."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cycle import drives
from cycle.drives import (
    LONGEST_WORK,
    MORE_OF_IT,
    RANKS,
    WORK,
    Change,
    DrivesForm,
    changes_in,
    check_drives,
    drives_differ,
    written,
)
from cycle.errors import NotAllowed
from cycle.guards import own_pair
from storage.discussions import DiscussionState
from storage.drives import Drive, DriveKind, Motivation, PathPreference
from storage.pairs import PairState
from storage.people import Person
from tests.support.builders import pair, planning
from tests.support.databases import SqliteTemplate, opened
from tests.support.pair_fixture import NOW, PairFixture

PAY, SKILLS, IMPACT = Motivation.PAY, Motivation.SKILLS, Motivation.IMPACT
MOTIVATIONS, WORDS, PATH = DriveKind.MOTIVATIONS, DriveKind.WORK, DriveKind.PATH
DAY = timedelta(days=1)


@pytest.fixture
async def two(sqlite_template: SqliteTemplate, tmp_path: Path) -> AsyncIterator[PairFixture]:
    """Ana and Chiyo, unprepared; on SQLite, since which rows there are has nothing to do with the kind of database."""
    async with opened(sqlite_template.copy(tmp_path)) as database:
        yield await PairFixture.planning(database, await database.workspace("T0ACME", "Acme"))


def says(**also: Any) -> dict[str, DrivesForm]:
    """What Ana submits."""
    shared = frozenset(also.pop("shared", ()))
    return {"drives": DrivesForm(shared=shared, **also)}


async def history(two: PairFixture, who: Person) -> list[Change]:
    """The history as a person reads it."""
    async with two.reading(who) as (store, me):
        return await drives.history(store, me, await own_pair(store, me, two.pair.pk))


def lines(changes: list[Change]) -> list[tuple[str, str, str]]:
    """Kind, what was said and what before, the latest first."""
    return [
        (one.kind, one.now.text.strip() if one.now else "", one.before.text.strip() if one.before else "")
        for one in changes
    ]


async def next_discussion(two: PairFixture) -> None:
    """The discussion is over, and the next one is planned."""
    async with two.database.unit(two.workspace_id) as store:
        (await store.discussions.get(two.discussion.pk)).state = DiscussionState.CLOSED
    two.discussion = planning(two.pair, two.discussion.due_on + 30 * DAY, number=two.discussion.number + 1)
    await two.write(two.discussion)


# --- pure ------------------------------------------------------------------------------------------------------------


def test_C4_the_same_motivation_twice_is_named_beside_the_second_field():
    """The sentence names the motivation; a rank that is left out is no mistake."""
    errors = check_drives(DrivesForm([PAY, None, PAY]))
    assert list(errors) == [RANKS[2]]
    assert "“Pay” is in your list already." in errors[RANKS[2]]
    assert check_drives(DrivesForm([None, SKILLS, PAY])) == {}


def test_M5_words_that_are_too_long_are_counted():
    """The longest words fit; one more is named with the count, beside its own field."""
    assert check_drives(DrivesForm(work="x" * LONGEST_WORK, more_of_it=f" {'x' * LONGEST_WORK} ")) == {}
    errors = check_drives(DrivesForm(work="x" * 501, more_of_it="x" * 1200))
    assert errors == {
        WORK: "That is 501 characters. Please keep it within 500.",
        MORE_OF_IT: "That is 1200 characters. Please keep it within 500.",
    }


def drive(key: int, text: str, when: datetime, **also: Any) -> Drive:
    """A row of the history."""
    known = {"pair_id": 1, "discussion_id": 1, "author_id": 1, "kind": WORDS, "shared": False}
    return Drive(id=key, text=text, set_at=when, **(known | also))


def test_C13_a_history_has_what_was_said_taken_out_and_said_again():
    """Each change with what was before; what was taken out is an entry of its own; the same words again are none."""
    rows = [
        drive(1, "Audits", NOW, replaced_at=NOW + DAY),
        drive(2, "Talks", NOW + DAY, replaces_id=1, replaced_at=NOW + 2 * DAY),
        drive(3, "Talks", NOW + 3 * DAY, replaced_at=NOW + 4 * DAY),
        drive(4, "Talks", NOW + 4 * DAY, replaces_id=3),
    ]
    found = changes_in(rows)
    assert lines(found) == [
        (WORDS, "Talks", ""), (WORDS, "", "Talks"), (WORDS, "Talks", "Audits"), (WORDS, "Audits", ""),
    ]  # fmt: skip
    assert [one.changed_at for one in found] == [NOW + days * DAY for days in (3, 2, 1, 0)]
    assert lines(changes_in(rows[:2], with_drops=False)) == [(WORDS, "Talks", "Audits"), (WORDS, "Audits", "")]


def test_L8_a_path_and_a_ranking_are_written_out_and_a_later_one_is_no_error():
    """In words, whatever version wrote them."""
    assert written(drive(1, "expert", NOW, kind=PATH)) == "Expert: go deeper in my field"
    assert written(drive(1, "pay skills  ", NOW, kind=MOTIVATIONS)) == "Pay, then growing skills"
    assert written(drive(1, "sabbatical", NOW, kind=PATH)) == "A path of a later version"


def test_C13_a_page_that_is_only_confirmed_says_nothing_new():
    """The same ranking, words and ticks are no change; another tick is one."""
    current = {MOTIVATIONS: drive(1, "pay skills".ljust(47), NOW, kind=MOTIVATIONS, shared=True)}
    assert not drives_differ(DrivesForm([PAY, SKILLS], shared=frozenset({MOTIVATIONS, PATH})), current)
    assert drives_differ(DrivesForm([PAY, SKILLS]), current)
    assert drives_differ(DrivesForm([SKILLS, PAY], shared=frozenset({MOTIVATIONS})), current)


# --- saved -----------------------------------------------------------------------------------------------------------


async def test_C13_what_is_tried_out_in_one_preparation_is_one_entry(two: PairFixture):
    """Private words that change five times while Ana thinks are one row; taken out, they leave none."""
    for number in range(5):
        await two.prepare(two.ana, NOW + number * DAY, **says(work=f"Work {number}", ranking=[PAY]))
    assert lines(await history(two, two.ana)) == [(WORDS, "Work 4", ""), (MOTIVATIONS, "pay", "")]
    await two.prepare(two.ana, **says(ranking=[PAY]))
    assert lines(await history(two, two.ana)) == [(MOTIVATIONS, "pay", "")]


async def test_C13_what_was_shared_stays_as_it_was_though_it_changes_in_the_same_preparation(two: PairFixture):
    """Chiyo may have read it: the new words are a new entry, which she reads as well while it is shared."""
    await two.prepare(two.ana, **says(work="Audits", shared={WORDS}))
    await two.prepare(two.ana, NOW + DAY, **says(work="Talks", shared={WORDS}))
    for reader in (two.ana, two.chiyo):
        assert lines(await history(two, reader)) == [(WORDS, "Talks", "Audits"), (WORDS, "Audits", "")]
    await two.prepare(two.ana, NOW + 2 * DAY, **says(work="Talks"))
    assert lines(await history(two, two.chiyo)) == [(WORDS, "Audits", "")]
    assert lines(await history(two, two.ana)) == [(WORDS, "Talks", "Audits"), (WORDS, "Audits", "")]


async def test_C13_a_later_preparation_adds_to_the_history_and_the_other_reads_only_what_is_shared(two: PairFixture):
    """In the next discussion the ranking changes in private: Ana reads both, Chiyo the one she was shown, as it was."""
    await two.prepare(two.ana, **says(ranking=[PAY, SKILLS], path=PathPreference.LEAD, shared={MOTIVATIONS}))
    await next_discussion(two)
    await two.prepare(two.ana, NOW + 90 * DAY, **says(ranking=[IMPACT], path=PathPreference.LEAD))
    assert lines(await history(two, two.ana)) == [
        (MOTIVATIONS, "impact", "pay skills"), (MOTIVATIONS, "pay skills", ""), (PATH, "lead", ""),
    ]  # fmt: skip
    assert lines(await history(two, two.chiyo)) == [(MOTIVATIONS, "pay skills", "")]
    assert (await two.brief(two.chiyo)).drives == []
    assert [one.kind for one in (await two.brief(two.ana)).drives] == [MOTIVATIONS, PATH]


async def test_C13_a_cancelled_discussion_passes_on_what_was_being_said_for_it(two: PairFixture):
    """Chiyo, who reads none of it, cancels the date: Ana's next wording still belongs to the same preparation."""
    await two.prepare(two.ana, **says(work="Audits"))
    await two.set_date(two.ana, NOW + 7 * DAY)
    await two.cancel(two.chiyo, "A customer comes")
    await two.prepare(two.ana, NOW + DAY, **says(work="Talks"))
    assert lines(await history(two, two.ana)) == [(WORDS, "Talks", "")]


async def test_C13_with_another_manager_the_past_is_ones_own(two: PairFixture):
    """Ana's page begins with what she said to Chiyo; Ben reads none of it until she shares it with him."""
    await two.prepare(two.ana, **says(work="Audits", shared={WORDS}))
    ended = two.pair
    async with two.database.unit(two.workspace_id) as store:
        (await store.pairs.get(ended.pk)).state = PairState.ENDED
    two.pair = pair(two.ana, two.ben)
    await two.write(two.pair)
    two.discussion = planning(two.pair, two.discussion.due_on)
    await two.write(two.discussion)
    view = await two.prepared(two.ana)
    assert (view.lists.drives, [one.text for one in view.lists.drives_before.values()]) == ({}, ["Audits"])
    assert await history(two, two.ben) == []
    await two.prepare(two.ana, NOW + DAY, **says(work="Audits"))
    assert await history(two, two.ben) == []
    assert lines(await history(two, two.ana)) == [(WORDS, "Audits", "")]
    await two.prepare(two.ana, NOW + DAY, **says(work="Audits", shared={WORDS}))
    assert lines(await history(two, two.ben)) == [(WORDS, "Audits", "")]


async def test_C13_a_third_person_reads_no_history(two: PairFixture):
    """Not even what is shared."""
    await two.prepare(two.ana, **says(work="Audits", path=PathPreference.LEAD, shared={WORDS, PATH}))
    assert len(await history(two, two.chiyo)) == 2
    with pytest.raises(NotAllowed):
        await history(two, two.ben)


async def test_M5_a_page_alone_is_a_preparation_and_the_manager_cannot_say_what_drives_the_employee(two: PairFixture):
    """With it Ana has prepared, and without it no longer; a form of Chiyo's that was tampered with saves nothing."""
    await two.prepare(two.ana, **says(work="Audits"))
    assert (await two.prepared(two.ana)).preparation is not None
    await two.prepare(two.ana, **says())
    assert (await two.prepared(two.ana)).preparation is None
    await two.prepare(two.chiyo, **says(work="Audits"))
    assert (await two.prepared(two.chiyo)).preparation is None
