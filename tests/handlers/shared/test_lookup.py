import pytest
from slack_bolt.async_app import AsyncApp

from handlers.shared.foreground import Foreground
from handlers.shared.listeners import Listeners


@pytest.fixture
def listeners() -> Listeners:
    """No listeners yet."""
    return Listeners(AsyncApp(name="test", token="xoxb-made-up", signing_secret="made-up"), Foreground())


async def one(*_arguments: object) -> None:
    """A listener."""


async def other(*_arguments: object) -> None:
    """Another one."""


@pytest.mark.parametrize("kind", ["action", "view"])
def test_an_id_with_two_listeners_is_an_error_at_start(listeners: Listeners, kind: str):
    """Of two listeners with one id the second would never be called, so both are named when it registers."""
    connect = getattr(listeners, kind)
    connect("save")(one)
    with pytest.raises(ValueError, match=r"save has two listeners: .*\.one and .*\.other"):
        connect("save")(other)


def test_a_button_and_a_form_may_have_the_same_id(listeners: Listeners):
    """They are never asked for together."""
    listeners.action("save")(one)
    listeners.view("save")(other)
    assert listeners.button({"actions": [{"action_id": "save"}]}) is one
    assert listeners.form({"view": {"callback_id": "save"}}) is other
