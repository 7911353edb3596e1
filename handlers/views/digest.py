"""The form in which someone has a channel told about opportunities (practice C11)."""

from typing import Any, Final

from cycle.digests import CHANNEL, FREQUENCY, MONDAY, WEEKDAY, Wanted
from cycle.formatting import WEEKDAYS
from cycle.nudges.opportunities import how_often
from handlers.shared.ids import ActionId, FormId
from handlers.views import kit
from storage.opportunities import Digest, Frequency

TITLE: Final = "Share in a channel"
WHAT_IT_IS: Final = (
    "I post what is new on the board, and what closes before my next post. When there is nothing to share, I post "
    "nothing. Each post says that you set this up."
)
NOT_IN_IT: Final = "I'm not in that channel yet. Please type /invite in it and choose me, then save again."
NO_SCOPE: Final = (
    "I can't post in channels yet: this installation lacks a permission that I need for it. An admin can look it up in "
    "the README, under “Opportunities in a channel”."
)
SLOW: Final = "Slack is slow just now, so I couldn't look at that channel. Please save again in a moment."
REFUSED: Final = {
    "ratelimited": SLOW,
    "not_in_channel": NOT_IN_IT,
    "channel_not_found": NOT_IN_IT,
    "is_archived": "That channel is archived. Please pick another one.",
    "missing_scope": NO_SCOPE,
}
OFTEN: Final = {Frequency.WEEKLY: "Every week", Frequency.MONTHLY: "Once a month, in its first week"}


def render(mine: Digest | None) -> dict[str, Any]:
    """The channel, how often, and on which day."""
    often = [kit.option(text, frequency) for frequency, text in OFTEN.items()]
    days = [kit.option(name, str(number)) for number, name in enumerate(WEEKDAYS)]
    channel = kit.channel_picker(mine.channel if mine else None)
    blocks = [
        kit.context(WHAT_IT_IS),
        kit.field(CHANNEL, "Which channel?", channel, optional=False),
        kit.field(FREQUENCY, "How often?", kit.radio(often, mine.frequency if mine else Frequency.WEEKLY),
                  optional=False),
        kit.field(WEEKDAY, "On which day?", kit.select(days, str(mine.weekday if mine else MONDAY)), optional=False),
    ]  # fmt: skip
    if mine is not None:
        stop = kit.button("Stop sharing", ActionId.SWITCH_OFF_DIGEST, danger=True)
        text = "The board stays as it is."
        blocks.append(kit.actions([kit.confirmed(stop, "Stop sharing in this channel?", text, "Stop")]))
    return kit.modal(FormId.DIGEST, TITLE, blocks, submit="Save")


def saved(wanted: Wanted) -> dict[str, Any]:
    """After it was set up."""
    often = how_often(wanted.frequency, wanted.weekday)
    text = f"I'll share opportunities in <#{wanted.channel}> {often}, when your working hours begin."
    return kit.notice(TITLE, f"{text} The first post has everything that is open.")


def switched_off() -> dict[str, Any]:
    """After it was stopped."""
    return kit.notice(TITLE, "Stopped. I no longer post there.")
