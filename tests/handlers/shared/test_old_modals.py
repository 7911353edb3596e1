"""Modals that were opened before a deploy: they submit where they can, and say so where they cannot."""

import json
from typing import Any

import pytest
import structlog

from cycle.preparations import Page
from handlers.forms import FORMS
from handlers.shared.ids import ActionId
from handlers.shared.listeners import UNKNOWN_FORM
from handlers.shared.view_metadata import (
    UNREADABLE,
    ChangeMetadata,
    PairPickerMetadata,
    StartOverMetadata,
    ViewMetadata,
)
from tests.support.harness import BotHarness

ANA = "U0ANA"
UNREADABLE_METADATA = ["no JSON", "[1]", "null", '{"pair_id": "the first"}', '{"seen": 7, "pair_id": {}}']
MODELS = sorted({form.metadata for form in FORMS.values()} | {PairPickerMetadata, StartOverMetadata}, key=str)


@pytest.mark.parametrize("model", MODELS)
def test_fields_that_a_later_version_added_are_ignored(model: type[ViewMetadata]):
    """Of any form: what this version knows is read, the rest is as if it were not there."""
    packed = json.loads(ChangeMetadata(pair_id=7, discussion_id=8, commitment_id=9).pack())
    known = {name: value for name, value in packed.items() if name in model.model_fields}
    assert model.of({"private_metadata": json.dumps(packed | {"added_later": [1]})}) == model(**known)


@pytest.mark.parametrize(("word", "field"), [("prep", "achievements"), ("agenda", "new_items")])
async def test_a_form_of_a_later_version_submits(harness: BotHarness, word: str, field: str):
    """In a rolling deploy the processes differ: a modal that one has opened is submitted to another."""
    form = await harness.prep(ANA) if word == "prep" else (await harness.command(ANA, word)).modal
    form["private_metadata"] = json.dumps(json.loads(form["private_metadata"]) | {"added_later": [1]})
    assert (await harness.submit(ANA, form, **{field: "Shipped it"})).refusal == ""
    assert harness.woken == 1


@pytest.mark.parametrize("metadata", UNREADABLE_METADATA)
async def test_a_form_that_cannot_be_read_stays_open_with_a_sentence(sqlite_harness: BotHarness, metadata: str):
    """What was typed is still in it, and the log has no traceback, which could hold what the metadata holds."""
    form = await sqlite_harness.prep(ANA) | {"private_metadata": metadata}
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ANA, form, achievements="Shipped it")
    assert outcome.answer["response_action"] == "errors"
    assert outcome.refusal == UNREADABLE
    assert logged == []


async def test_typing_into_a_form_that_cannot_be_read_is_not_interrupted(sqlite_harness: BotHarness):
    """A sentence at each change would cover what is being typed; it comes with the submission."""
    form = await sqlite_harness.prep(ANA) | {"private_metadata": "no JSON"}
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.press(ANA, form, ActionId.TYPED, achievements="Shipped it")
    assert (outcome.status, outcome.calls, logged) == (200, [], [])


async def test_a_button_in_a_form_that_cannot_be_read_says_so(sqlite_harness: BotHarness):
    """On top of the form, which stays."""
    form = await sqlite_harness.prep(ANA, Page.OBJECTIVES) | {"private_metadata": "no JSON"}
    outcome = await sqlite_harness.press(ANA, form, ActionId.MORE_OBJECTIVES, "long")
    assert [method for method, _ in outcome.calls] == ["views.push"]
    assert outcome.refusal == UNREADABLE


async def test_a_form_that_no_longer_exists_stays_open_with_a_sentence(sqlite_harness: BotHarness):
    """A form that a deploy has removed: nothing typed into it is lost, and nothing is logged."""
    form = await sqlite_harness.prep(ANA) | {"callback_id": "long_gone"}
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.submit(ANA, form, achievements="Shipped it")
    assert outcome.answer["response_action"] == "errors"
    assert outcome.refusal == UNKNOWN_FORM
    assert logged == []


@pytest.mark.parametrize(
    ("does", "value"), [(ActionId.TYPED, None), (ActionId.DISCARD_DRAFT, None), (ActionId.MORE_OBJECTIVES, "long")]
)
async def test_nothing_in_a_form_that_no_longer_exists_fails(
    sqlite_harness: BotHarness, does: ActionId, value: str | None
):
    """Whatever is typed or pressed there is taken quietly or answered with a sentence, never with a fault."""
    await sqlite_harness.press(ANA, await sqlite_harness.prep(ANA), ActionId.TYPED, achievements="Shipped it")
    page = Page.OBJECTIVES if does is ActionId.MORE_OBJECTIVES else Page.ANSWERS
    form: dict[str, Any] = await sqlite_harness.prep(ANA, page) | {"callback_id": "long_gone"}
    with structlog.testing.capture_logs() as logged:
        outcome = await sqlite_harness.press(ANA, form, does, value)
    assert outcome.status == 200
    assert logged == []
