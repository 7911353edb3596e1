"""Drafts: what was typed last is what is saved, by the moments that Slack gives and no others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlmodel import select

from storage.database import Database
from storage.drafts import Draft, DraftKey
from storage.store import Store
from tests.support.builders import LONG_AGO, person, saved

NOW = LONG_AGO
AHEAD = NOW + timedelta(hours=1)  # our clock, where it runs ahead of Slack's
SECOND = timedelta(seconds=1)


class Writer(NamedTuple):
    """Someone who types into one form in two modals."""

    database: Database
    workspace_id: int
    key: DraftKey

    async def types(self, text: str, seconds: float, view_id: str = "V1") -> None:
        """Saves a keystroke that was made so many seconds after `NOW`."""
        async with self.database.unit(self.workspace_id) as store:
            await store.drafts.save(
                self.key, text, view_id=view_id, typed_at=NOW + timedelta(seconds=seconds), now=AHEAD
            )

    async def submits_in_vain(self, text: str, view_id: str = "V1") -> None:
        """Saves what was submitted and rejected, for which Slack gives no moment."""
        async with self.database.unit(self.workspace_id) as store:
            await store.drafts.save(self.key, text, view_id=view_id, typed_at=None, now=AHEAD)

    async def submits(self, view_id: str = "V1") -> None:
        """Submits the form, for which Slack gives no moment either."""
        async with self.database.unit(self.workspace_id) as store:
            await store.drafts.clear(self.key, view_id=view_id, typed_at=None, now=AHEAD)

    async def discards(self, seconds: float, view_id: str = "V1") -> None:
        """Discards what is typed, so many seconds after `NOW`."""
        async with self.database.unit(self.workspace_id) as store:
            typed_at = NOW + timedelta(seconds=seconds)
            await store.drafts.clear(self.key, view_id=view_id, typed_at=typed_at, now=AHEAD)

    async def reopens(self, seconds: float | None = None, view_id: str = "V1") -> None:
        """Shows the form again in a modal, at no moment that Slack names or so many seconds after `NOW`."""
        typed_at = None if seconds is None else NOW + timedelta(seconds=seconds)
        async with self.database.unit(self.workspace_id) as store:
            await store.drafts.reopen(self.key, view_id=view_id, typed_at=typed_at)

    async def text(self) -> str | None:
        """What is typed, None where nothing is."""
        async with self.database.reading(self.workspace_id) as store:
            draft = await store.drafts.get(self.key)
        return draft.state if draft else None


@pytest.fixture
async def ana(database: Database, workspace_id: int) -> Writer:
    """Ana, who has typed nothing yet."""
    ana = person()
    async with database.unit(workspace_id) as store:
        await saved(store, ana)
    return Writer(database, workspace_id, DraftKey(ana.pk, "preparation", 7))


async def all_drafts(store: Store) -> Sequence[Draft]:
    """Every draft of the workspace."""
    rows: Sequence[Draft] = await store.drafts._all(select(Draft).order_by(Draft.form))
    return rows


async def test_what_is_typed_is_saved_once_per_person_form_and_subject(ana: Writer):
    """Typing on replaces the draft; that of another form, subject or person is one of its own."""
    await ana.types("Ship", 1)
    await ana.types("Shipped it", 2)
    async with ana.database.unit(ana.workspace_id) as store:
        ben = person("Ben")
        await saved(store, ben)
        for key in (
            DraftKey(ben.pk, "preparation", 7), DraftKey(ana.key.person_id, "agenda", 7),
            DraftKey(ana.key.person_id, "preparation", 8),
        ):  # fmt: skip
            await store.drafts.save(key, "other", view_id="V1", typed_at=NOW, now=NOW)
        assert len(await all_drafts(store)) == 4
    assert await ana.text() == "Shipped it"


@pytest.mark.parametrize(("seconds", "text"), [(1, "Shipped it"), (2, "Shipped"), (3, "Shipped")])
async def test_what_was_typed_last_wins_over_what_arrives_last(ana: Writer, seconds: int, text: str):
    """A keystroke that arrives late is older than what is saved; of two in one moment the later to arrive wins."""
    await ana.types("Shipped it", 2, "V2")
    await ana.types("Shipped", seconds)
    assert await ana.text() == text


async def test_a_keystroke_of_a_cleared_modal_brings_nothing_back(ana: Writer):
    """Also one that was typed after everything that is saved."""
    await ana.types("Shipped", 1)
    await ana.submits()
    await ana.types("Shipped it", 2)
    assert await ana.text() is None


async def test_a_cleared_draft_is_typed_anew_in_another_modal(ana: Writer):
    """Only the modal that was submitted is done with."""
    await ana.types("Shipped", 1)
    await ana.submits()
    await ana.types("One more thing", 2, "V2")
    assert await ana.text() == "One more thing"


async def test_what_is_typed_after_a_form_was_cleared_is_saved_though_our_clock_runs_ahead(ana: Writer):
    """Nothing was saved before the form was submitted; what is typed next is newer, whatever our clock says."""
    await ana.submits()
    await ana.types("One more thing", 1, "V2")
    assert await ana.text() == "One more thing"


async def test_what_is_typed_in_the_modal_that_was_discarded_is_saved_once_it_is_reopened(ana: Writer):
    """Starting over goes on in the same modal."""
    await ana.types("Shipped", 1)
    await ana.discards(2)
    await ana.reopens()
    assert await ana.text() is None
    await ana.types("Afresh", 3)
    assert await ana.text() == "Afresh"


async def test_a_keystroke_from_before_a_discard_brings_nothing_back_once_it_is_reopened(ana: Writer):
    """Slack says when a draft was discarded, so what was typed before is known by its moment."""
    await ana.types("Shipped", 1)
    await ana.discards(3)
    await ana.reopens()
    await ana.types("Shipped it", 2)
    assert await ana.text() is None


async def test_what_is_typed_in_the_modal_that_was_submitted_is_saved_once_its_page_shows_again(ana: Writer):
    """A page is saved and gone back to in the same modal; what was typed before she went back stays out."""
    await ana.types("Shipped", 1)
    await ana.submits()
    await ana.types("Shipped it", 2)
    await ana.reopens(4)
    await ana.types("Shipped it!", 3)
    assert await ana.text() is None
    await ana.types("One more thing", 5)
    assert await ana.text() == "One more thing"


async def test_reopening_in_another_modal_lets_nothing_late_of_the_submitted_one_in(ana: Writer):
    """She submitted on her phone and shows the page at her desk: a late keystroke of the phone changes nothing."""
    await ana.types("Shipped", 1)
    await ana.submits()
    await ana.reopens(4, "V2")
    await ana.types("Shipped it", 2)
    assert await ana.text() is None
    await ana.types("At the desk", 5, "V2")
    assert await ana.text() == "At the desk"


async def test_a_keystroke_of_another_modal_from_before_a_discard_brings_nothing_back(ana: Writer):
    """Ana resumed what she had typed, and discarded it without typing on."""
    await ana.types("Shipped", 1)
    await ana.discards(3, "V2")
    await ana.types("Shipped it", 2)
    assert await ana.text() is None


async def test_a_discard_that_arrives_late_keeps_what_was_typed_since_in_another_modal(ana: Writer):
    """What was typed before the discard may arrive later still; and the other modal is still the one typed in last."""
    await ana.types("Afresh", 9, "V2")
    await ana.discards(3)
    await ana.types("Shipped it", 2)
    assert await ana.text() == "Afresh"
    await ana.reopens()
    await ana.submits_in_vain("Afresh, once more", "V2")
    assert await ana.text() == "Afresh, once more"


async def test_a_discard_empties_what_was_typed_in_its_modal_before_the_form_was_replaced(ana: Writer):
    """A keystroke made just after “Start over” is discarded as well, and none before it brings anything back."""
    await ana.types("Shipped it early", 4)
    await ana.discards(2)
    await ana.reopens()
    await ana.types("Shipped it", 3)
    assert await ana.text() is None


async def test_a_submission_keeps_the_moment_of_the_last_keystroke(ana: Writer):
    """A keystroke of another modal that was made before that moment brings nothing back."""
    await ana.types("Shipped", 1)
    await ana.types("Shipped it", 3, "V2")
    await ana.submits("V2")
    await ana.types("Ship", 2)
    assert await ana.text() is None


async def test_what_is_typed_in_one_modal_while_another_is_submitted_is_saved(ana: Writer):
    """Slack dates no submission: typed on another device, it may be newer than the submission, so it is not dropped."""
    await ana.types("Shipped", 1)
    await ana.submits("V2")
    await ana.types("Shipped it", 2)
    assert await ana.text() == "Shipped it"


@pytest.mark.parametrize("typed_before", [True, False])
async def test_what_was_submitted_and_rejected_wins_over_what_is_saved(ana: Writer, *, typed_before: bool):
    """Slack gives no moment for it. It wins over what was typed before, and what is typed next wins over it."""
    if typed_before:
        await ana.types("Shipped", 1)
    await ana.submits_in_vain("Shipped it")
    assert await ana.text() == "Shipped it"
    await ana.types("Shipped it early", 2)
    assert await ana.text() == "Shipped it early"


async def test_what_was_submitted_and_rejected_loses_to_what_was_typed_in_another_modal(ana: Writer):
    """The form that was rejected stays open with everything in it; the other one may be closed."""
    await ana.types("Shipped it early", 9, "V2")
    await ana.submits_in_vain("Shipped it")
    assert await ana.text() == "Shipped it early"
    await ana.types("Shipped it late", 10)
    assert await ana.text() == "Shipped it late"


async def test_what_was_submitted_and_rejected_is_saved_where_another_modal_was_cleared(ana: Writer):
    """There is nothing that it could replace."""
    await ana.types("Shipped", 1, "V2")
    await ana.submits("V2")
    await ana.submits_in_vain("Shipped it")
    assert await ana.text() == "Shipped it"


async def test_a_keystroke_from_before_a_rejection_is_saved_until_the_next_one(ana: Writer):
    """Nothing says that it was typed before; the form on the screen has everything, and so has the next keystroke."""
    await ana.types("Ship", 1)
    await ana.submits_in_vain("Shipped it")
    await ana.types("Shipped", 2)
    assert await ana.text() == "Shipped"
    await ana.types("Shipped it early", 3)
    assert await ana.text() == "Shipped it early"


async def test_a_rejected_submission_of_a_cleared_modal_brings_nothing_back(ana: Writer):
    """It was sent twice, and the first one counted."""
    await ana.submits()
    await ana.submits_in_vain("Shipped it")
    assert await ana.text() is None


async def test_a_draft_that_was_read_before_is_read_as_saved_since(ana: Writer):
    """Within one transaction: the session holds the row as it was, and saving goes past the session."""
    await ana.types("Shipped", 1)
    async with ana.database.unit(ana.workspace_id) as store:
        before = await store.drafts.get(ana.key)
        assert before is not None
        assert before.state == "Shipped"
        await store.drafts.save(ana.key, "Shipped it", view_id="V1", typed_at=NOW + 2 * SECOND, now=NOW)
        found = await store.drafts.get(ana.key)
        assert found is not None
        assert found.state == "Shipped it"
        await store.drafts.clear(ana.key, view_id="V1", typed_at=None, now=NOW)
        found = await store.drafts.get(ana.key)
        assert found is not None
        assert found.state is None


async def test_drafts_move_with_their_subject(ana: Writer):
    """Both people's drafts of the form get the new subject; those of another form or subject stay."""
    await ana.types("Shipped", 1)
    async with ana.database.unit(ana.workspace_id) as store:
        await store.drafts.save(
            DraftKey(ana.key.person_id, "agenda", 7), "items", view_id="V1", typed_at=NOW, now=NOW
        )  # fmt: skip
        await store.drafts.move("preparation", 7, 8)
    async with ana.database.reading(ana.workspace_id) as store:
        assert [(one.form, one.subject_id, one.state) for one in await all_drafts(store)] == [
            ("agenda", 7, "items"), ("preparation", 8, "Shipped")
        ]  # fmt: skip


async def test_drafts_that_were_saved_long_ago_are_deleted(ana: Writer):
    """By our clock, which says when a draft was saved; the moment itself is kept."""
    for form, saved_at in (("agenda", NOW - SECOND), ("preparation", NOW)):
        async with ana.database.unit(ana.workspace_id) as store:
            key = DraftKey(ana.key.person_id, form, 7)
            await store.drafts.save(key, "x", view_id="V1", typed_at=NOW, now=saved_at)
    async with ana.database.unit(ana.workspace_id) as store:
        assert await store.drafts.delete_saved_before(NOW) == 1
        assert [one.form for one in await all_drafts(store)] == ["preparation"]
