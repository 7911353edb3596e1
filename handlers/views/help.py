"""`/career` alone and `/career help`: answers that only the person who typed them sees."""

from difflib import get_close_matches
from typing import Any

from cycle import formatting
from cycle.overview import Overview
from handlers.app_config import Command
from handlers.shared.ids import ActionId
from handlers.views import home, kit
from storage.pairs import PairState, Side

# Characters shown of a word that we do not know; anything may have been pasted.
UNKNOWN_WORD = 60
# Slack takes 50 blocks per message; ten things are enough to choose from.
MOST_TO_DO = 10

# How similar a word has to be to be suggested, from 0 to 1: one slip in a short word, or an ending too many.
SIMILAR = 0.6

NOTHING_TO_DO = "Nothing to do right now. I'll send you a message when something comes up."


def render(command: Command, unknown: str = "") -> dict[str, Any]:
    """The words that a command understands; `unknown` is a word that was typed and that it does not understand."""
    lines = [f"`{command.name} {word.name}`: {word.description}" for word in command.words]
    lines.append(f"`{command.name}` alone shows what to do now. The App Home has everything at a glance.")
    if not unknown:
        return _ephemeral([kit.section("\n".join(["You can type:", *lines]))])
    shown = kit.fitted(unknown, UNKNOWN_WORD)
    first, known = unknown.split(maxsplit=1)[0].lower(), [word.name for word in command.words]
    nearest = get_close_matches(first, known, n=1, cutoff=SIMILAR)
    opening = (
        f"I don't know “{shown}”. Did you mean `{command.name} {nearest[0]}`? Here is all that I understand:"
        if nearest
        else f"I don't know “{shown}”. Here is what I understand:"
    )
    return _ephemeral([kit.section("\n".join([opening, *lines]))])


def what_now(overview: Overview) -> dict[str, Any]:
    """What to do now, or a welcome for a person who has not begun."""
    return _ephemeral(_now(overview))


def plain_message(overview: Overview) -> dict[str, Any]:
    """The answer to someone who wrote to the bot in words: what became of them, and what they could do."""
    unread = "I'm a bot and can't read messages. What you wrote stays in this conversation; nobody else sees it."
    return _message([kit.section(unread), *_now(overview)])


def _now(overview: Overview) -> list[kit.Block]:
    if not overview.pairs:
        start = kit.button("Start career discussions", ActionId.START, primary=True)
        return [kit.section(f"Welcome! {home.WHAT_IT_IS}"), kit.actions([start])]
    blocks = [
        kit.section(kit.fitted(item.sentence, kit.SECTION_TEXT), home.pressed(item.press))
        for _view, item in overview.to_do[:MOST_TO_DO]
    ]
    if (left := len(overview.to_do) - MOST_TO_DO) > 0:
        blocks.append(kit.context(f"And {formatting.count(left, 'thing')} more in the App Home."))
    if not blocks:
        blocks = [kit.section(NOTHING_TO_DO), *_coming(overview)]
    return [*blocks, kit.context("`/career help` lists what you can type.")]


def _coming(overview: Overview) -> list[kit.Block]:
    """The state of things with each person, for when there is nothing to do."""
    blocks = []
    for view in overview.pairs[:MOST_TO_DO]:
        other = view.other_than(overview.me.pk)
        role = "your manager" if view.pair.side_of(overview.me.pk) is Side.EMPLOYEE else "reports to you"
        state = (
            home.next_discussion(view, overview.me, overview.now)
            if view.pair.state is PairState.ACTIVE
            else "You asked and have no answer yet."
            if view.pair.asked_by_id == overview.me.id
            else f"{kit.fitted(formatting.first_name(other), 300)} asked you and is waiting for your answer."
        )
        blocks.append(kit.section(f"*{kit.fitted(other.name, 300)}* · {role}\n{state}"))
    return blocks


def _ephemeral(blocks: list[kit.Block]) -> dict[str, Any]:
    """An answer to a command, which only the person sees."""
    return {"response_type": "ephemeral"} | _message(blocks)


def _message(blocks: list[kit.Block]) -> dict[str, Any]:
    """Blocks with a complete text for screen readers and notifications."""
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    text = formatting.shorten("\n".join(said), kit.MESSAGE_TEXT)
    return {"text": text, "blocks": blocks}
