"""Modals: every element, errors, updates, the stack."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(word), "value": word.lower()} for word in ("Developing", "Strong", "Outstanding")]
LEVEL, STRONG = OPTIONS[0], OPTIONS[1]


def field(block_id: str, kind: str, **element: Any) -> Payload:
    """An input block; its element's action_id is "x"."""
    around = {name: element.pop(name) for name in ("optional", "hint", "dispatch_action") if name in element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(block_id.capitalize()),
        "element": {"type": kind, "action_id": "x", **element},
        **around,
    }


def at(page: Page, block_id: str) -> Locator:
    """A field of the modal."""
    return page.locator(f"[data-testid=field][data-block-id={block_id}]")


def typed(page: Page, block_id: str) -> Locator:
    """The text control of a field."""
    return at(page, block_id).locator("input, textarea")


EVERYTHING = [
    field("text", "plain_text_input", placeholder=plain("Your words"), hint=plain("Only you see this")),
    field("long", "plain_text_input", multiline=True, max_length=50, focus_on_load=True),
    field("number", "number_input", is_decimal_allowed=False),
    field("mail", "email_text_input"),
    field("address", "url_text_input"),
    field("level", "static_select", options=OPTIONS),
    field("skills", "multi_static_select", options=OPTIONS, max_selected_items=2),
    field("manager", "users_select"),
    field("others", "multi_users_select"),
    field("place", "conversations_select"),
    field("ticks", "checkboxes", options=OPTIONS),
    field("share", "radio_buttons", options=OPTIONS, initial_option=LEVEL),
    field("day", "datepicker"),
    field("clock", "timepicker"),
    field("when", "datetimepicker", initial_date_time=int(datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp())),
]


async def test_every_element_gives_slacks_value(harness: Any):
    """What is entered in each kind of element reaches the bot in the shape of view.state.values."""
    page = await harness.open()
    await harness.show(page, EVERYTHING)
    await expect(typed(page, "long")).to_be_focused()
    for control in await page.get_by_test_id("modal").locator("input, select, textarea, button").all():
        await expect(control).to_have_accessible_name(re.compile(r"\w"))
    for block_id, text in {"text": "a <b> & c", "long": "two\nlines", "number": "7"}.items():
        await typed(page, block_id).fill(text)
    await page.get_by_label("Mail").fill("ana@example.com")
    await page.get_by_label("Address").fill("https://example.com")
    await page.get_by_label("Level").select_option("Strong")
    await at(page, "skills").get_by_label("Developing").check()
    await at(page, "skills").get_by_label("Strong").check()
    await expect(at(page, "skills").get_by_label("Outstanding")).to_be_disabled()
    await page.get_by_label("Manager").select_option("Ben Okafor")
    await at(page, "others").get_by_label("Chiyo Tanaka").check()
    await at(page, "place").locator("select").select_option(index=1)
    await at(page, "ticks").get_by_label("Outstanding").check()
    await at(page, "share").get_by_label("Strong").check()
    await typed(page, "day").fill("2026-12-24")
    await typed(page, "clock").fill("16:45")
    await expect(at(page, "when").get_by_test_id("time")).to_have_value("10:00")
    await at(page, "when").get_by_test_id("time").fill("11:15")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    values = {
        block: entry["x"] for block, entry in harness.bot.of("view_submission")[0]["view"]["state"]["values"].items()
    }
    moment = int(datetime(2026, 12, 1, 10, 15, tzinfo=UTC).timestamp())
    channel = harness.sandbox.people.by_name("Ana Ruiz").dm
    assert values == {
        "text": {"type": "plain_text_input", "value": "a <b> & c"},
        "long": {"type": "plain_text_input", "value": "two\nlines"},
        "number": {"type": "number_input", "value": "7"},
        "mail": {"type": "email_text_input", "value": "ana@example.com"},
        "address": {"type": "url_text_input", "value": "https://example.com"},
        "level": {"type": "static_select", "selected_option": STRONG},
        "skills": {"type": "multi_static_select", "selected_options": [LEVEL, STRONG]},
        "manager": {"type": "users_select", "selected_user": harness.id("Ben Okafor")},
        "others": {"type": "multi_users_select", "selected_users": [harness.id("Chiyo Tanaka")]},
        "place": {"type": "conversations_select", "selected_conversation": channel},
        "ticks": {"type": "checkboxes", "selected_options": [OPTIONS[2]]},
        "share": {"type": "radio_buttons", "selected_option": STRONG},
        "day": {"type": "datepicker", "selected_date": "2026-12-24"},
        "clock": {"type": "timepicker", "selected_time": "16:45"},
        "when": {"type": "datetimepicker", "selected_date_time": moment},
    }


async def test_errors_are_under_their_field_and_nothing_typed_is_lost(harness: Any):
    """Slack's own refusals and the bot's are tied to their field and read aloud; every typed value stays."""
    page = await harness.open()

    async def refuse(_: Payload) -> Payload:
        return {"response_action": "errors", "errors": {"two": "Too soon for Ben"}}

    harness.bot.answers["view_submission"] = refuse
    await harness.show(page, [field("one", "plain_text_input"), field("two", "plain_text_input", hint=plain("A hint"))])
    await typed(page, "two").fill("next week")
    await page.get_by_test_id("modal-submit").click()
    error = at(page, "one").get_by_test_id("field-error")
    await expect(error).to_have_text("This field is required")
    await expect(error).to_have_attribute("role", "alert")
    await expect(typed(page, "one")).to_be_focused()
    await typed(page, "one").fill("kept")
    await page.get_by_test_id("modal-submit").click()
    await expect(at(page, "two").get_by_test_id("field-error")).to_have_text("Too soon for Ben")
    await expect(error).to_have_count(0)
    await expect(typed(page, "two")).to_be_focused()
    await expect(typed(page, "two")).to_have_accessible_description("A hint Too soon for Ben")
    await expect(typed(page, "two")).to_have_attribute("aria-invalid", "true")
    assert [await typed(page, name).input_value() for name in ("one", "two")] == ["kept", "next week"]


async def test_a_bot_that_fails_leaves_the_modal_as_it_was(harness: Any):
    """Without a response the modal says so, keeps what was typed, and can be submitted again."""
    page = await harness.open()
    await harness.show(page, [field("one", "plain_text_input")])
    await typed(page, "one").fill("precious")

    async def fall_over(_: Payload) -> Payload:
        raise RuntimeError

    harness.bot.answers["view_submission"] = fall_over
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal-failure")).to_contain_text("trouble connecting")
    await expect(typed(page, "one")).to_have_value("precious")
    del harness.bot.answers["view_submission"]
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_be_hidden()


async def test_an_update_keeps_typed_words_focus_and_caret(harness: Any):
    """views.update with the same ids leaves values, focus and caret alone; other ids start from their initial value."""
    page = await harness.open()
    blocks = [
        field("kind", "static_select", options=OPTIONS, dispatch_action=True),
        field("notes", "plain_text_input", multiline=True),
        field("gone", "plain_text_input", optional=True),
    ]

    async def grow(payload: Payload) -> None:
        chosen = payload["actions"][0]["selected_option"]["value"]
        more = [
            {**blocks[0], "label": plain("Kind, chosen")},
            {**field("notes", "plain_text_input", multiline=True, initial_value="from the bot"), "label": plain("Now")},
            field("fresh", "plain_text_input", initial_value=f"for {chosen}"),
        ]
        view = {"type": "modal", "title": plain("Grown"), "submit": plain("Save"), "blocks": more}
        await harness.bot.call("views.update", view_id=payload["view"]["id"], hash=payload["view"]["hash"], view=view)

    harness.bot.answers["block_actions"] = grow
    await harness.show(page, blocks)
    await typed(page, "notes").fill("half a thought")
    await typed(page, "gone").fill("will go")
    await at(page, "kind").locator("select").select_option("Strong")
    await typed(page, "notes").focus()
    await page.keyboard.press("Home")
    await expect(page.get_by_role("dialog", name="Grown")).to_be_visible()
    await expect(typed(page, "fresh")).to_have_value("for strong")
    await expect(typed(page, "notes")).to_be_focused()
    await page.keyboard.type("Not ")
    await expect(typed(page, "notes")).to_have_value("Not half a thought")
    await expect(at(page, "kind").locator("select")).to_have_value("strong")
    await expect(at(page, "gone")).to_have_count(0)


async def test_typing_reaches_the_bot_after_a_pause_or_when_the_modal_closes(harness: Any):
    """on_character_entered sends once after a pause; closing sends what was typed last before view_closed."""
    page = await harness.open()
    config = {"trigger_actions_on": ["on_character_entered"]}
    draft = field("draft", "plain_text_input", dispatch_action=True, dispatch_action_config=config)
    await harness.show(page, [draft], notify_on_close=True)
    async with page.expect_response("**/sandbox/action"):
        await typed(page, "draft").press_sequentially("abc")
    await typed(page, "draft").press_sequentially("d")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    assert [payload["actions"][0]["value"] for payload in harness.bot.of("block_actions")] == ["abc", "abcd"]
    assert [payload.get("type") for payload in harness.bot.heard][-2:] == ["block_actions", "view_closed"]
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def test_modals_stack_three_high_and_come_back_as_they_were(harness: Any):
    """Pushed views lie on top; closing one shows the one below with its words and focus; the cross closes all."""
    page = await harness.open()

    async def push(payload: Payload) -> None:
        depth = int(payload["actions"][0]["value"])
        button = {"type": "button", "action_id": "deeper", "text": plain("Deeper"), "value": str(depth + 1)}
        blocks = [field("word", "plain_text_input"), {"type": "actions", "block_id": "go", "elements": [button]}]
        view = {"type": "modal", "title": plain(f"Level {depth}"), "submit": plain("Save"), "blocks": blocks}
        await harness.bot.call("views.push", trigger_id=payload["trigger_id"], view=view)

    harness.bot.answers["block_actions"] = push
    button = {"type": "button", "action_id": "deeper", "text": plain("Deeper"), "value": "2"}
    await harness.show(
        page, [field("word", "plain_text_input"), {"type": "actions", "block_id": "go", "elements": [button]}]
    )
    for depth in (1, 2):
        await typed(page, "word").fill(f"word {depth}")
        await page.locator("[data-action-id=deeper][data-block-id=go]").click()
        await expect(page.get_by_role("dialog", name=f"Level {depth + 1}")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Level 2")).to_be_visible()
    await expect(typed(page, "word")).to_have_value("word 2")
    await expect(page.locator("[data-action-id=deeper]")).to_be_focused()
    await page.get_by_test_id("modal-close").click()
    await expect(page.get_by_role("dialog", name="Prepare")).to_be_visible()
    await expect(typed(page, "word")).to_have_value("word 1")
    await page.locator("[data-action-id=deeper]").click()
    await expect(page.get_by_role("dialog", name="Level 2")).to_be_visible()
    await page.get_by_role("button", name="Close all").click()
    await expect(page.get_by_test_id("modal")).to_be_hidden()


async def test_a_confirm_is_asked_first_and_the_focus_stays_inside(harness: Any):
    """A button with a confirm object sends only after yes; Tab never leaves an open modal for the page behind it."""
    page = await harness.open()
    confirm = {"title": plain("Sure?"), "text": plain("It goes."), "confirm": plain("Drop"), "deny": plain("Keep")}
    button = {"type": "button", "action_id": "drop", "text": plain("Drop it"), "style": "danger", "confirm": confirm}
    await harness.show(page, [{"type": "actions", "block_id": "acts", "elements": [button]}])
    for answer, sent in (("confirm-no", 0), ("confirm-yes", 1)):
        await page.get_by_role("button", name="Drop it").click()
        await page.get_by_test_id(answer).click()
        await expect(page.get_by_test_id("confirm")).to_have_count(0)
        await expect(page.get_by_role("button", name="Drop it")).not_to_have_attribute("aria-busy", "true")
        assert len(harness.bot.of("block_actions")) == sent
    outside = "document.activeElement !== document.body && !document.activeElement.closest('dialog')"
    for _ in range(8):
        await page.keyboard.press("Tab")
        assert not await page.evaluate(outside)


async def test_escape_closes_a_menu_before_the_modal_around_it(harness: Any):
    """An overflow menu inside a modal closes alone, and its choice reaches the bot."""
    page = await harness.open()
    menu = {"type": "overflow", "action_id": "more", "options": OPTIONS}
    text = {"type": "mrkdwn", "text": "A commitment"}
    await harness.show(page, [{"type": "section", "block_id": "one", "text": text, "accessory": menu}])
    await page.get_by_role("button", name="More actions").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(page.get_by_test_id("modal")).to_be_visible()
    await page.get_by_role("button", name="More actions").click()
    async with page.expect_response("**/sandbox/action"):
        await page.get_by_role("menuitem", name="Strong").click()
    (payload,) = harness.bot.of("block_actions")
    assert payload["actions"][0]["selected_option"] == STRONG


async def test_a_half_filled_date_and_time_is_not_dropped_silently(harness: Any):
    """A date without its time is pointed out beside the field instead of being sent as nothing."""
    page = await harness.open(name="Dev Patel")
    await harness.show(page, [field("when", "datetimepicker", optional=True)])
    await at(page, "when").get_by_test_id("date").fill("2027-03-14")
    await page.get_by_test_id("modal-submit").click()
    await expect(at(page, "when").get_by_test_id("field-error")).to_have_text("Choose both a date and a time")
    await at(page, "when").get_by_test_id("time").fill("02:30")
    await expect(at(page, "when")).to_contain_text("The clocks go forward that day")
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    value = harness.bot.of("view_submission")[0]["view"]["state"]["values"]["when"]["x"]["selected_date_time"]
    assert datetime.fromtimestamp(value, UTC) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
