"""Text and time, as the page's own modules render them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

NOW = int(datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp())

RENDER = """async ([texts, now, tz]) => {
  const { mrkdwn } = await import("/static/mrkdwn.js");
  const context = { people: new Map([["U1", { name: "Ana <b>Ruiz</b>" }]]), tz, now: new Date(now * 1000) };
  return texts.map((text) => {
    const place = document.createElement("div");
    place.append(...mrkdwn(text, context));
    place.querySelectorAll("*").forEach((node) => ["title", "target", "rel", "datetime", "class", "role", "aria-label"]
      .forEach((name) => node.removeAttribute(name)));
    return place.innerHTML;
  });
}"""

RENDERED = {
    "*bold* _slanted_ ~gone~ `code`": "<strong>bold</strong> <em>slanted</em> <s>gone</s> <code>code</code>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "2 * 3 * 4 snake_case_name a*b*c": "2 * 3 * 4 snake_case_name a*b*c",
    "`*not bold*`": "<code>*not bold*</code>",
    "a &lt;b&gt; &amp;amp;": "a &lt;b&gt; &amp;amp;",
    "```\nx &lt; 1\n*y*```after": "<pre><code>x &lt; 1\n*y*</code></pre>after",
    "an open ``` fence": "an open ``` fence",
    "&gt; one\n&gt; two\nthree": "<blockquote>one\ntwo</blockquote>three",
    "• one\n• *two*": "<ul><li>one</li><li><strong>two</strong></li></ul>",
    "3. three\n4. four": '<ol start="3"><li>three</li><li>four</li></ol>',
    "<https://x.test/?a=1&amp;b=2|the _guide_>": '<a href="https://x.test/?a=1&amp;b=2">the _guide_</a>',
    "*<https://x.test|a*b>*": '<strong><a href="https://x.test">a*b</a></strong>',
    "see https://x.test/a_b_c.": 'see <a href="https://x.test/a_b_c">https://x.test/a_b_c</a>.',
    "<mailto:a@x.test|a@x.test>": '<a href="mailto:a@x.test">a@x.test</a>',
    "<javascript:alert(1)|press>": "<span>press</span>",
    "<img src=x onerror=alert(1)>": "<span>img src=x onerror=alert(1)</span>",
    "<@U1> <@U9|zoe> <!here>": (
        '<span data-user="U1">@Ana &lt;b&gt;Ruiz&lt;/b&gt;</span> <span data-user="U9">@zoe</span> <span>@here</span>'
    ),
    ":wave: at 10:30:15 :no_such_emoji:": "<span>👋</span> at 10:30:15 :no_such_emoji:",
    f"<!date^{NOW + 86400}^{{date_long}} at {{time}}|x>": "<time>Tuesday 24 November 2026 at 18:00</time>",
    f"<!date^{NOW}^{{date_pretty}}|x>": "<time>today</time>",
    f"<!date^{NOW - 7200}^{{ago}}|x>": "<time>2 hours ago</time>",
    "<!date^1^{no_such}|the fallback>": "<span>the fallback</span>",
}


async def test_mrkdwn_becomes_nodes_and_never_markup(harness: Any):
    """Formatting, references, dates in the person's zone and hostile words all come out as safe nodes."""
    page = await harness.open()
    found = await page.evaluate(RENDER, [list(RENDERED), NOW, "Asia/Tokyo"])
    assert dict(zip(RENDERED, found, strict=True)) == RENDERED


async def test_long_hostile_text_is_rendered_quickly(harness: Any):
    """No pattern runs away on texts at Slack's length limit."""
    page = await harness.open()
    texts = ["*" * 3000, "<" * 3000, "*a <b " * 500, "_" + "<x>" * 990, ":a" * 1500, "`" * 3000, "> " * 1500]
    took = await page.evaluate(
        f"async (given) => {{ const at = performance.now(); await ({RENDER})(given); return performance.now() - at; }}",
        [texts, NOW, "UTC"],
    )
    assert took < 1000


async def test_standard_markdown_is_rendered(harness: Any):
    """A markdown block shows headings, lists, emphasis, tables and links."""
    page = await harness.open()
    text = "# Plan\n\n**Now** and *later*\n\n- one\n- [two](https://x.test)\n\n| A | B |\n|---|---|\n| 1 | <b> |\n"
    await harness.bot.call(
        "chat.postMessage", channel=harness.id("Ana Ruiz"), text="Plan", blocks=[{"type": "markdown", "text": text}]
    )
    shown = page.get_by_test_id("message").locator(".markdown")
    assert await shown.locator("h3").inner_text() == "Plan"
    assert await shown.locator("strong").inner_text() == "Now"
    assert await shown.locator("em").inner_text() == "later"
    assert await shown.locator("li").all_inner_texts() == ["one", "two"]
    assert await shown.locator("td").all_inner_texts() == ["1", "<b>"]


ZONES = ("Europe/Madrid", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Tokyo")
WALLS = """async (cases) => {
  const { fromWall, toWall } = await import("/static/dates.js");
  return cases.map(([date, time, tz]) => {
    const { seconds, note } = fromWall(date, time, tz);
    const back = toWall(seconds, tz);
    return [seconds, note, `${back.date}T${back.time}`];
  });
}"""


def _expected(wall: datetime, zone: ZoneInfo) -> list[Any]:
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    seconds = int(first.timestamp())
    back = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None)
    twice = first.utcoffset() != second.utcoffset() and back == wall
    note = "twice" if twice else None if back == wall else "skipped"
    return [seconds, note, f"{back:%Y-%m-%dT%H:%M}"]


async def test_wall_times_become_the_right_moment_in_every_zone(harness: Any):
    """Dates and times typed in a person's zone agree with the tz database, on the days when clocks change too."""
    page = await harness.open()
    dice = random.Random(7)  # noqa: S311 (examples need no secrecy)
    walls = [datetime(2025, 1, 1) + timedelta(minutes=15 * dice.randrange(4 * 24 * 700)) for _ in range(150)]  # noqa: DTZ001
    walls += [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 8, 2, 0)]  # noqa: DTZ001
    walls += [datetime(2026, 11, 1, 1, 59), datetime(2026, 4, 5, 1, 45), datetime(2026, 10, 4, 2, 15)]  # noqa: DTZ001
    cases = [(wall, zone) for wall in walls for zone in ZONES]
    found = await page.evaluate(WALLS, [[f"{wall:%Y-%m-%d}", f"{wall:%H:%M}", zone] for wall, zone in cases])
    assert found == [_expected(wall, ZoneInfo(zone)) for wall, zone in cases]
    assert {note for _, note, _ in found} == {None, "twice", "skipped"}
