"""The page around the modals: people, messages, Home, composer, clock, traffic."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Payload:
    """A section with mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


async def test_two_windows_are_two_people(harness: Any):
    """Each window keeps its own person and tab in the address; the switch offers all but the deactivated."""
    ana = await harness.open("Ana Ruiz")
    chiyo = await harness.open("Chiyo Tanaka", tab="home")
    await harness.bot.call("chat.postMessage", channel=harness.id("Chiyo Tanaka"), text="Only for *Chiyo*")
    await expect(chiyo.get_by_test_id("home")).to_be_visible()
    await expect(chiyo.get_by_test_id("tab-messages").locator(".unread")).to_have_text("1")
    await chiyo.get_by_test_id("tab-messages").click()
    await expect(chiyo.get_by_test_id("message").locator(".head")).to_contain_text("18:00")
    await expect(chiyo.get_by_test_id("message").locator("strong")).to_have_text("Chiyo")
    await expect(chiyo.locator(".unread:visible")).to_have_count(0)
    await expect(ana.get_by_test_id("message")).to_have_count(0)
    await expect(ana.get_by_test_id("now")).to_have_text("Mon 23 Nov 2026, 10:00")
    await expect(chiyo.get_by_test_id("now")).to_have_text("Mon 23 Nov 2026, 18:00")
    await expect(ana.get_by_role("option", name="Former Fred")).to_be_disabled()
    await ana.get_by_test_id("person-switch").select_option(harness.id("Chiyo Tanaka"))
    await expect(ana.get_by_test_id("message")).to_have_count(1)
    assert f"#as={harness.id('Chiyo Tanaka')}&tab=messages" in ana.url


async def test_commands_are_completed_by_keyboard_alone(harness: Any):
    """Slash opens a list; arrows, Tab and Enter work it; an unknown command is refused and leaves the box."""
    page = await harness.open()
    composer, choices = page.get_by_test_id("composer"), page.get_by_test_id("completion")
    await composer.focus()
    await page.keyboard.type("/")
    await expect(choices).to_have_count(2)
    await expect(choices.first).to_contain_text("[prep | schedule | agenda | help]")
    await page.keyboard.press("Tab")
    await expect(composer).to_have_value("/career ")
    await page.keyboard.press("ArrowDown")
    await expect(choices.nth(1)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(composer).to_have_value("/career schedule")
    await page.keyboard.press("Enter")
    await expect(composer).to_have_value("")
    await composer.fill("/nonsense")
    await composer.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("not a valid command")
    await expect(composer).to_have_value("")
    assert [(sent["command"], sent["text"]) for sent in harness.bot.of("/career")] == [("/career", "schedule")]
    harness.page_errors.clear()  # the browser reports the refused request in its console


async def test_an_answer_to_a_command_is_only_visible_to_the_person(harness: Any):
    """Ephemeral answers say so, and are gone from nobody else's view."""
    page = await harness.open()

    async def answer(_: Payload) -> Payload:
        return {"response_type": "ephemeral", "text": "I know `/career prep`"}

    harness.bot.answers["/career"] = answer
    await page.get_by_test_id("composer").fill("/career help")
    await page.get_by_test_id("composer").press("Enter")
    message = page.get_by_test_id("message").filter(has=page.get_by_test_id("ephemeral"))
    await expect(message).to_contain_text("Only visible to you")
    await expect(message.locator("code")).to_have_text("/career prep")


async def test_live_messages_leave_words_scroll_and_focus_alone(harness: Any):
    """A message that arrives while someone writes or reads further up moves nothing, and is announced."""
    page = await harness.open()
    for number in range(20):
        await harness.bot.call(
            "chat.postMessage", channel=harness.id("Ana Ruiz"), text=f"Message {number}\nwith\nlines"
        )
    await expect(page.get_by_test_id("message")).to_have_count(20)
    await page.get_by_test_id("composer").fill("half a sent")
    await page.locator("#message-scroll").evaluate("node => { node.scrollTop = 40; }")
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="The *newest*")
    await expect(page.get_by_test_id("message")).to_have_count(21)
    await expect(page.get_by_test_id("composer")).to_have_value("half a sent")
    await expect(page.get_by_test_id("composer")).to_be_focused()
    assert await page.locator("#message-scroll").evaluate("node => node.scrollTop") == 40
    await expect(page.locator("#announcer")).to_contain_text("New message from Career: The newest")
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_test_id("message").last).to_be_in_viewport()


async def _is_at_the_end(page: Page) -> None:
    await expect(page.get_by_test_id("message").last).to_be_in_viewport()
    left = "(node) => node.scrollHeight - node.scrollTop - node.clientHeight"
    assert await page.locator("#message-scroll").evaluate(left) < 2


async def test_messages_open_at_the_newest_one(harness: Any):
    """After a reload, after another person was chosen on Home, and after sending, the newest message is in view."""
    for name in ("Ana Ruiz", "Ben Okafor"):
        for number in range(20):
            await harness.bot.call("chat.postMessage", channel=harness.id(name), text=f"Message {number}\nwith\nlines")
    page = await harness.open(tab="home")
    await page.get_by_test_id("tab-messages").click()
    await _is_at_the_end(page)
    await page.get_by_test_id("tab-home").click()
    await page.get_by_test_id("person-switch").select_option(harness.id("Ben Okafor"))
    await expect(page.locator("body")).to_have_attribute("data-ready", harness.id("Ben Okafor"))
    await page.get_by_test_id("tab-messages").click()
    await _is_at_the_end(page)
    await page.locator("#message-scroll").evaluate("node => { node.scrollTop = 40; }")

    async def answer(_: Payload) -> Payload:
        return {"text": "Here is what I understand"}

    harness.bot.answers["/career"] = answer
    await page.get_by_test_id("composer").fill("/career help")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("ephemeral")).to_be_in_viewport()
    await _is_at_the_end(page)


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}])
async def test_the_page_is_exactly_as_tall_as_the_window(harness: Any, viewport: dict[str, int]):
    """Only its parts scroll: a page one pixel taller would have a second scrollbar."""
    page = await harness.open(viewport=viewport)
    assert await page.evaluate("document.scrollingElement.scrollHeight") == viewport["height"]


async def test_buttons_menus_and_selects_of_a_message_reach_the_bot(harness: Any):
    """Everything in an actions block sends its own value; a changed message keeps the focus where it was."""
    page = await harness.open()
    options = [{"text": plain(word), "value": word} for word in ("day", "week")]
    elements = [
        {"type": "button", "action_id": "done", "text": plain("Done"), "value": "c1", "style": "primary"},
        {"type": "static_select", "action_id": "snooze", "placeholder": plain("Snooze"), "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "datepicker", "action_id": "move", "initial_date": "2026-12-01"},
    ]
    blocks = [section("A commitment"), {"type": "actions", "block_id": "acts", "elements": elements}]
    posted = await harness.bot.call(
        "chat.postMessage", channel=harness.id("Ana Ruiz"), text="A commitment", blocks=blocks
    )

    async def change(payload: Payload) -> None:
        if payload["actions"][0]["action_id"] == "done":
            changed = [section("A commitment, *kept*"), blocks[1]]
            await harness.bot.call(
                "chat.update", channel=posted["channel"], ts=posted["ts"], text="Kept", blocks=changed
            )

    harness.bot.answers["block_actions"] = change
    message = page.locator(f"[data-testid=message][data-ts='{posted['ts']}']")
    await message.locator("[data-action-id=done][data-block-id=acts]").click()
    await expect(message).to_contain_text("A commitment, kept")
    await expect(message.locator("[data-action-id=done]")).to_be_focused()
    await message.locator("[data-action-id=snooze]").select_option("week")
    await message.locator("[data-action-id=more]").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    async with page.expect_response("**/sandbox/action"):
        await page.keyboard.press("Enter")
    async with page.expect_response("**/sandbox/action"):
        await message.locator("[data-action-id=move]").fill("2026-12-08")
    actions = [payload["actions"][0] for payload in harness.bot.of("block_actions")]
    assert [action["action_id"] for action in actions] == ["done", "snooze", "more", "move"]
    assert actions[0]["value"] == "c1"
    assert actions[1]["selected_option"]["value"] == actions[2]["selected_option"]["value"] == "week"
    assert actions[3]["selected_date"] == "2026-12-08"


async def test_a_message_shortcut_runs_on_its_message(harness: Any):
    """The app's message shortcuts are in each message's menu and carry that message."""
    page = await harness.open()
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="We shipped it")
    await page.get_by_role("button", name="Menu of this message").click()
    async with page.expect_response("**/sandbox/shortcut"):
        await page.get_by_role("menuitem", name="Save as achievement").click()
    (payload,) = harness.bot.of("message_action")
    assert (payload["callback_id"], payload["message"]["text"]) == ("save_achievement", "We shipped it")


async def test_home_is_asked_for_and_updates_live(harness: Any):
    """Opening Home notifies the bot; what it publishes appears, and again when it changes."""
    page = await harness.open()
    titles = iter(["First", "Second"])

    async def publish(payload: Payload) -> None:
        await _publish(harness, payload["event"]["user"], next(titles))

    harness.bot.answers["app_home_opened"] = publish
    await page.get_by_test_id("tab-home").click()
    await expect(page.get_by_test_id("home").get_by_role("heading", name="First")).to_be_visible()
    await _publish(harness, harness.id("Ana Ruiz"), next(titles))
    await expect(page.get_by_test_id("home").get_by_role("heading", name="Second")).to_be_visible()


async def _publish(harness: Any, user: str, title: str) -> None:
    view = {"type": "home", "blocks": [{"type": "header", "text": plain(title)}]}
    await harness.bot.call("views.publish", user_id=user, view=view)


async def test_the_clock_moves_and_says_where_it_goes(harness: Any):
    """Hour, day and week move the clock; "next" names its moment, goes there, and rests when nothing is planned."""
    page = await harness.open()
    start = harness.sandbox.clock.now()
    await expect(page.get_by_test_id("clock-next")).to_be_disabled()
    await page.get_by_test_id("clock-hour").click()
    await expect(page.get_by_test_id("now")).to_have_text("Mon 23 Nov 2026, 11:00")
    harness.bot.next_moment = start.replace(minute=0, second=0, microsecond=0) + timedelta(days=1, minutes=30)
    await page.get_by_test_id("clock-hour").click()
    await expect(page.get_by_test_id("clock-next")).to_contain_text("Tue 24 Nov, 10:30")
    await page.get_by_test_id("clock-next").click()
    await expect(page.get_by_test_id("now")).to_have_text("Tue 24 Nov 2026, 10:30")
    await expect(page.get_by_test_id("clock-next")).to_contain_text("nothing planned")
    await page.get_by_test_id("clock-day").click()
    await page.get_by_test_id("clock-week").click()
    await expect(page.get_by_test_id("now")).to_have_text("Wed 2 Dec 2026, 10:30")
    await expect(page.get_by_test_id("now")).to_have_attribute("title", re.compile("^Wed, 02 Dec 2026 09:30:.. UTC$"))


async def test_traffic_shows_both_directions_without_tokens(harness: Any):
    """The drawer lists requests either way; opening one shows its JSON, and no token is in it."""
    page = await harness.open()
    await page.get_by_test_id("traffic-toggle").click()
    await page.get_by_test_id("composer").fill("/cheer Ben")
    await page.get_by_test_id("composer").press("Enter")
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="Cheers")
    traffic = page.get_by_test_id("traffic")
    await expect(traffic.locator("li").filter(has_text="← from bot").first).to_contain_text("chat.postMessage")
    row = traffic.locator("li").filter(has_text="/cheer")
    await row.locator("summary").click()
    await expect(row.locator("pre").first).to_contain_text('"text": "Ben"')
    assert "xox" not in await traffic.inner_text()
    await page.keyboard.press("Escape")
    await expect(traffic).to_be_hidden()
    await expect(page.get_by_test_id("traffic-toggle")).to_be_focused()


async def test_a_bot_that_cannot_be_reached_is_announced(harness: Any):
    """When the bot can't be reached a banner says so, and goes away when it is back."""
    page = await harness.open()
    await expect(page.get_by_test_id("banner")).to_be_hidden()
    at = harness.sandbox._bot_client.request_url
    harness.sandbox.connect("http://127.0.0.1:9/slack/events")
    await page.get_by_test_id("composer").fill("/career help")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("banner")).to_contain_text("cannot be reached")
    await expect(page.get_by_test_id("composer")).to_have_value("/career help")
    harness.sandbox.connect(at)
    await expect(page.get_by_test_id("banner")).to_be_hidden()
    harness.page_errors.clear()  # the browser reports the refused request in its console


async def test_a_phone_shows_everything_without_sideways_scrolling(harness: Any):
    """At 360 pixels nothing is cut off, modals fill the screen, and every control is at least 40 pixels high."""
    page = await harness.open(viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True)
    button = {"type": "button", "action_id": "a", "text": plain("A button with quite a long label for a phone")}
    blocks = [section("word" * 60, accessory=button), {"type": "actions", "elements": [{**button, "action_id": "b"}]}]
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="Long", blocks=blocks)
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await _check_fit(page)
    element = {"type": "plain_text_input", "action_id": "x"}
    await harness.show(page, [{"type": "input", "block_id": "one", "label": plain("One"), "element": element}])
    box = await page.get_by_test_id("modal").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 640}
    await _check_fit(page)


async def _check_fit(page: Page) -> None:
    assert await page.evaluate("document.scrollingElement.scrollWidth") <= 360
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, select, input, textarea")]
          .filter((node) => node.checkVisibility({ visibilityProperty: true }))
          .filter((node) => node.getBoundingClientRect().height < 40)
          .map((node) => node.outerHTML)"""
    )
    assert small == []


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


async def test_unread_marks_say_whom_to_change_to(harness: Any):
    """Mail for someone else is announced and counted beside the switch, where one press changes over to them."""
    page = await harness.open()
    await expect(page.get_by_test_id("mail")).to_be_hidden()
    for text in ("One", "Two"):
        await harness.bot.call("chat.postMessage", channel=harness.id("Ben Okafor"), text=text)
    await expect(page.locator("#person-switch option", has_text="Ben Okafor")).to_have_text(
        "Ben Okafor · London · 2 unread"
    )
    await expect(page.locator("#announcer")).to_have_text("Ben Okafor has 2 unread.")
    await page.get_by_role("button", name="Ben Okafor has 2 unread: act as Ben").press("Enter")
    await expect(page.get_by_test_id("message")).to_have_count(2)
    await expect(page.get_by_test_id("mail")).to_be_hidden()
    await expect(page.get_by_test_id("person-switch")).to_be_focused()


async def test_an_empty_conversation_has_a_first_step(harness: Any):
    """One line says what this place is; the button fills the composer, and both go with the first message."""
    page = await harness.open()
    await expect(page.get_by_test_id("first-step")).to_contain_text("a Slack workspace on your own machine")
    await page.get_by_role("button", name="Type /career prep").click()
    await expect(page.get_by_test_id("composer")).to_have_value("/career prep")
    await expect(page.get_by_test_id("composer")).to_be_focused()
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="Hello")
    await expect(page.get_by_test_id("first-step")).to_be_hidden()


async def test_an_unused_workspace_is_filled_by_one_press(harness: Any):
    """The page says how far it has come, shows no modal of the script, then acts as the one to look at first."""
    page = await harness.open()
    await expect(page.get_by_test_id("first-step")).to_contain_text("Adding it takes a few seconds")
    await page.get_by_role("button", name="Fill with a small team").click()
    await expect(page.get_by_test_id("banner")).to_have_text("Adding a small team: week 1 of 2…")
    await expect(page.get_by_test_id("fill")).to_be_hidden()
    await page.wait_for_function("() => document.querySelector('[data-testid=mail]').textContent.includes('Ben')")
    await expect(page.get_by_test_id("modal")).to_be_hidden()
    harness.bot.may_end.set()
    await expect(page.locator(".toast")).to_contain_text("You are Ben, two weeks in.")
    await expect(page.locator("body")).to_have_attribute("data-ready", harness.id("Ben Okafor"))
    await expect(page.get_by_test_id("tab-home")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_test_id("person-switch")).to_be_focused()
    await expect(page.get_by_test_id("banner")).to_be_hidden()
    await page.get_by_test_id("person-switch").select_option(harness.id("Chiyo Tanaka"))
    await page.get_by_test_id("tab-messages").click()
    await expect(page.get_by_test_id("first-step")).to_be_visible()
    await expect(page.get_by_test_id("fill")).to_be_hidden()
    await expect(page.locator("#team")).to_be_hidden()


async def test_the_clock_goes_to_a_date(harness: Any):
    """The clock says whose it is; a moment that has passed is refused kindly, a later one is where the clock goes."""
    page = await harness.open("Chiyo Tanaka")
    await expect(page.locator(".clock-now")).to_contain_text("Chiyo Tanaka’s time Mon 23 Nov 2026, 18:00")
    harness.bot.next_moment = harness.sandbox.clock.now() + timedelta(days=2)
    await page.get_by_test_id("clock-hour").click()
    await expect(page.get_by_test_id("clock-next")).to_contain_text("Wed 25 Nov")
    assert await page.locator(".clock").evaluate("node => node.offsetHeight") < 64
    await page.get_by_test_id("clock-date").click()
    await expect(page.get_by_test_id("clock-to-date")).to_be_focused()
    await page.get_by_test_id("clock-to-time").fill("17:00")
    await page.get_by_test_id("clock-go").click()
    await expect(page.get_by_test_id("clock-error")).to_contain_text("only moves forward")
    await page.get_by_test_id("clock-to-date").fill("2027-01-05")
    await page.get_by_test_id("clock-go").click()
    await expect(page.get_by_test_id("clock-dialog")).to_be_hidden()
    await expect(page.get_by_test_id("now")).to_have_text("Tue 5 Jan 2027, 17:00")
    await expect(page.get_by_test_id("clock-date")).to_be_focused()


async def test_a_phones_header_is_one_line_with_a_menu(harness: Any):
    """The rest opens behind one button and closes with Escape, which gives the focus back; no label is broken."""
    page = await harness.open("Ben Okafor", **PHONE)
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="For Ana")
    await expect(page.get_by_test_id("mail")).to_be_visible()
    box = await page.locator(".sidebar").bounding_box()
    assert box is not None
    assert box["height"] <= 56
    await expect(page.get_by_test_id("clock-next")).to_be_hidden()
    toggle = page.get_by_role("button", name="Clock and more")
    await toggle.click()
    await expect(toggle).to_have_attribute("aria-expanded", "true")
    height = await page.get_by_test_id("clock-next").evaluate("node => node.offsetHeight")
    assert 40 <= height < 50
    mail = page.get_by_test_id("mail").get_by_role("button")
    assert await mail.evaluate("node => node.offsetHeight") < 50
    await page.get_by_test_id("clock-hour").focus()
    await page.keyboard.press("Escape")
    await expect(toggle).to_be_focused()
    await expect(page.get_by_test_id("clock-next")).to_be_hidden()
    assert await page.evaluate("document.scrollingElement.scrollHeight") == 844


async def test_menus_and_dates_are_named_by_the_text_beside_them(harness: Any):
    """A screen reader can tell the menus and date fields of one message apart."""
    page = await harness.open()
    options = [{"text": plain("Reword"), "value": "reword"}]
    overflow = {"type": "overflow", "options": options}
    blocks = [
        section("The *first* item", accessory={**overflow, "action_id": "one"}),
        section("The second item", accessory={**overflow, "action_id": "two"}),
        {"type": "actions", "elements": [{"type": "datepicker", "action_id": "move"}]},
    ]
    await harness.bot.call("chat.postMessage", channel=harness.id("Ana Ruiz"), text="Agenda", blocks=blocks)
    message = page.get_by_test_id("message")
    await expect(message.get_by_role("button", name="More actions: The first item", exact=True)).to_be_visible()
    await expect(message.get_by_role("button", name="More actions: The second item", exact=True)).to_be_visible()
    await expect(message.get_by_label("Date: The second item", exact=True)).to_be_visible()
