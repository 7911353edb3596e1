"""What people do, as the signed requests that Slack sends: a command, a submission, a keystroke, an opened Home."""

import copy
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Final, Self
from urllib.parse import urlencode

from benchmarks.support import signed
from sandbox.view_state import state

TEAM_ID: Final = "T1"
TYPED_FIELD: Final = "achievements"
"""The field in which people type; it is on the page of answers."""

JSON: Final = "application/json"
_numbers = count(1)  # no two requests of a run are the same: the bot would take the second for a repeat


@dataclass(frozen=True)
class SlackRequest:
    """A signed request.

    `awaited` is the trigger, person or modal of the call to Slack that shows its effect; empty where the answer does.
    """

    body: str
    headers: Mapping[str, str]
    awaited: str = ""


@dataclass(frozen=True)
class OpenForm:
    """A modal that is open in front of a person, as the app has drawn it."""

    slack_id: str
    view: dict[str, Any]

    @classmethod
    def of(cls, slack_id: str, drawn: dict[str, Any]) -> Self:
        """The modal that an app has opened for a person. Slack gives ids to blocks that have none."""
        view = copy.deepcopy(drawn)
        for number, block in enumerate(view["blocks"]):
            block.setdefault("block_id", f"b{number}")
        return cls(slack_id, view | {"id": f"V{slack_id}", "root_view_id": f"V{slack_id}", "previous_view_id": None})

    def filled(self, text: str, version: int) -> dict[str, Any]:
        """The modal with a text typed into one field; the others hold what they were opened with."""
        return self._with({TYPED_FIELD: {"typed": {"type": "plain_text_input", "value": text}}}, version)

    def untouched(self, version: int) -> dict[str, Any]:
        """The modal with what it was opened with."""
        return self._with({}, version)

    @property
    def has_typed_field(self) -> bool:
        """Whether it is the page on which people type."""
        return any(block.get("block_id") == TYPED_FIELD for block in self.view["blocks"])

    def _with(self, typed: dict[str, Any], version: int) -> dict[str, Any]:
        return self.view | {"hash": f"{version}.a", "state": {"values": state(self.view["blocks"], typed)}}


Make = Callable[[OpenForm], SlackRequest]
"""Makes the request of a person who does something; each one is new."""


def type_prep(form: OpenForm) -> SlackRequest:
    """The person types `/career prep`; the effect is an open modal."""
    return prep_command(form.slack_id)


def prep_command(slack_id: str) -> SlackRequest:
    """The same of a person without an open form."""
    return _command(slack_id, "prep")


def typing(word: str) -> Make:
    """The person types `/career` and a word; the effect is an open modal."""
    return lambda form: _command(form.slack_id, word)


def pressing(action: str, key: int) -> Make:
    """The person presses a button on the App Home; the effect is an open modal."""

    def press(form: OpenForm) -> SlackRequest:
        pressed = {"type": "button", "action_id": action, "block_id": "b0", "value": str(key), "action_ts": "1.2"}
        payload = {"type": "block_actions", "actions": [pressed], "view": {"type": "home", "id": "V0"}}
        trigger_id = f"{next(_numbers)}.trigger"
        return replace(_interactive(form, payload | {"trigger_id": trigger_id}), awaited=trigger_id)

    return press


def going_to(part: str, discussion_id: int) -> Make:
    """The person chooses a part of the guide; the effect is the changed modal. What is typed is saved on the way."""

    def go(form: OpenForm) -> SlackRequest:
        chosen = {
            "type": "static_select", "action_id": "go_to_part", "block_id": "guide.nav",
            "selected_option": {"value": part}, "action_ts": f"{time.time():.6f}",
        }  # fmt: skip
        view = {
            "type": "modal", "callback_id": "guide", "id": "VG", "hash": f"{next(_numbers)}.a", "blocks": [],
            "private_metadata": json.dumps({"discussion_id": discussion_id}), "state": {"values": {}},
        }  # fmt: skip
        made = _interactive(form, {"type": "block_actions", "actions": [chosen], "view": view})
        return replace(made, awaited=view["id"])

    return go


def _command(slack_id: str, word: str) -> SlackRequest:
    trigger_id = f"{next(_numbers)}.trigger"
    body = urlencode(
        {
            "command": "/career", "text": word, "user_id": slack_id, "user_name": slack_id.lower(),
            "team_id": TEAM_ID, "channel_id": "C1", "trigger_id": trigger_id,
        }
    )  # fmt: skip
    return SlackRequest(body, signed(body), trigger_id)


def turn_page(form: OpenForm) -> SlackRequest:
    """The person submits a page as it is; the answer is the next one."""
    number = next(_numbers)
    return _interactive(form, {"type": "view_submission", "view": form.untouched(number)})


def is_rejected(answer: str) -> bool:
    """Whether a submission was answered with what is wrong with it."""
    return bool(answer) and json.loads(answer).get("response_action") in {"errors", "push"}


def submit_preparation(form: OpenForm) -> SlackRequest:
    """The person submits a page, with an answer that is new; the effect is the answer, the next page."""
    number = next(_numbers)
    return _interactive(form, {"type": "view_submission", "view": form.filled(f"Trained {number} people", number)})


def type_a_word(form: OpenForm) -> SlackRequest:
    """The person pauses while typing in a field; the effect is the answer, after which the draft is safe."""
    number = next(_numbers)
    text = f"Trained {number} people"
    pressed = {
        "type": "plain_text_input", "action_id": "typed", "block_id": TYPED_FIELD, "value": text,
        "action_ts": f"{time.time():.6f}",
    }  # fmt: skip
    return _interactive(form, {"type": "block_actions", "actions": [pressed], "view": form.filled(text, number)})


def open_home(form: OpenForm) -> SlackRequest:
    """The person opens the App Home; the effect is the published view."""
    event = {"type": "app_home_opened", "user": form.slack_id, "channel": "D1", "tab": "home"}
    envelope = {
        "type": "event_callback", "team_id": TEAM_ID, "event_id": f"Ev{next(_numbers)}",
        "event_time": int(time.time()), "event": event,
    }  # fmt: skip
    body = json.dumps(envelope)
    return SlackRequest(body, signed(body, JSON), form.slack_id)


def _interactive(form: OpenForm, payload: dict[str, Any]) -> SlackRequest:
    by = {
        "user": {"id": form.slack_id, "name": form.slack_id.lower(), "team_id": TEAM_ID}, "team": {"id": TEAM_ID},
        "api_app_id": "A1", "trigger_id": f"{next(_numbers)}.trigger",
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(by | payload)})
    return SlackRequest(body, signed(body))
