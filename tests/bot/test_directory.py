from typing import Any

import pytest
import structlog

from bot.directory import SlackDirectory
from cycle.people import LookupFailure, Profile
from tests.bot.fake_api import SILENCE, Answer, FakeApi, refusal

ANA = {
    "id": "U0ANA", "team_id": "T0ACME", "name": "ana", "tz": "Europe/Madrid", "deleted": False, "is_bot": False,
    "profile": {"real_name": "Ana Ruiz"},
}  # fmt: skip


async def look_up(api: FakeApi, answer: Answer, **options: float) -> Profile | LookupFailure:
    """What the directory says about Ana when Slack gives this answer."""
    api.answers["users.info"] = answer
    async with api.client() as client:
        return await SlackDirectory(client, "T0ACME", **options).profile("U0ANA")


async def test_a_profile_is_what_slack_says(api: FakeApi):
    """Name and zone are Slack's; flags that Slack does not mention are off."""
    found = await look_up(api, Answer({"ok": True, "user": ANA}))
    assert found == Profile("U0ANA", "Ana Ruiz", "Europe/Madrid")


@pytest.mark.parametrize(
    ("flags", "attribute"),
    [
        ({"is_bot": True}, "is_bot"),
        ({"id": "USLACKBOT"}, "is_bot"),
        ({"deleted": True}, "deactivated"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "is_guest"),
        ({"is_stranger": True}, "is_external"),
        ({"team_id": "T0OTHER"}, "is_external"),
    ],
)
async def test_people_who_may_not_take_part_are_marked(api: FakeApi, flags: dict[str, Any], attribute: str):
    """Bots, people who have left, guests of one channel and people from elsewhere each have a flag."""
    found = await look_up(api, Answer({"ok": True, "user": ANA | flags}))
    assert getattr(found, attribute) is True


async def test_a_sparse_profile_is_enough(api: FakeApi):
    """Without a real name the handle is the name, without a zone it is UTC."""
    found = await look_up(api, Answer({"ok": True, "user": {"id": "U0ANA", "name": "ana"}}))
    assert found == Profile("U0ANA", "ana", "UTC")


@pytest.mark.parametrize(
    ("answer", "failure", "reason"),
    [
        (refusal("user_not_found"), LookupFailure.UNKNOWN, "user_not_found"),
        (refusal("user_not_visible"), LookupFailure.UNKNOWN, "user_not_visible"),
        (refusal("missing_scope"), LookupFailure.NOT_ALLOWED, "missing_scope"),
        (refusal("token_revoked"), LookupFailure.NOT_ALLOWED, "token_revoked"),
        (refusal("ratelimited", 429), LookupFailure.UNAVAILABLE, "ratelimited"),
        (Answer({}, 429), LookupFailure.UNAVAILABLE, "ratelimited"),
        (refusal("fatal_error"), LookupFailure.UNAVAILABLE, "fatal_error"),
        (Answer({}, 503), LookupFailure.UNAVAILABLE, "HTTP 503"),
        (Answer("<html>Sorry</html>", 502, {"Content-Type": "text/html"}), LookupFailure.UNAVAILABLE, "HTTP 502"),
        (Answer({"ok": True}), LookupFailure.UNAVAILABLE, "AttributeError"),
        (Answer({"ok": True, "user": None}), LookupFailure.UNAVAILABLE, "AttributeError"),
    ],
)
async def test_a_failure_says_what_kind_it_is(api: FakeApi, answer: Answer, failure: LookupFailure, reason: str):
    """No such person, not allowed and not now are three things, and the log has Slack's own word."""
    with structlog.testing.capture_logs() as lines:
        assert await look_up(api, answer) is failure
    (line,) = lines
    assert (line["event"], line["person"], line["reason"]) == ("directory.lookup_failed", "U0ANA", reason)


async def test_a_slow_answer_is_not_waited_for(api: FakeApi):
    """A person is waiting, so after the time limit the answer is: not now."""
    assert await look_up(api, SILENCE, lookup_seconds=0.05) is LookupFailure.UNAVAILABLE


async def test_an_unreachable_slack_is_not_now():
    """Without a connection no person is called unknown."""
    async with FakeApi.running() as api, api.client() as client:
        client.base_url = "http://127.0.0.1:1/api/"
        assert await SlackDirectory(client, "T0ACME").profile("U0ANA") is LookupFailure.UNAVAILABLE
