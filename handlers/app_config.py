"""What Slack needs to know about this app: its commands, shortcuts, events, scopes and name.

The manifest, the help text, the sandbox's completion and the listeners are all made from these values, so they cannot
get out of step.
"""

from dataclasses import dataclass
from typing import Final, Literal

from handlers.forms import WORDS
from handlers.shared.forms import Word
from handlers.shared.ids import ShortcutId

APP_NAME: Final = "Career"
APP_DESCRIPTION: Final = "Keeps career discussions going: prepare, meet, follow up, and never lose a commitment."
APP_LONG_DESCRIPTION: Final = (
    "Career walks an employee and a manager through career discussions that really happen. The employee owns the plan "
    "and may start at any time; the manager gives advice and support.\n\n"
    "Before you meet, both prepare privately and choose what to share. The agenda is proposed a week ahead, "
    "and each of you gets a short brief the day before. After it, a short form records what you agreed on "
    "and when you meet next. In between, friendly reminders arrive in your working hours until each commitment "
    "is kept or given a new date.\n\n"
    "This is about growth, apart from performance reviews. Answers are private unless their author shares them."
)


@dataclass(frozen=True)
class Command:
    """A slash command and the words it understands."""

    name: str
    description: str
    words: tuple[Word, ...]

    @property
    def usage_hint(self) -> str:
        """What Slack shows beside the command while it is typed."""
        return f"[{' | '.join(word.name for word in self.words)}]"


@dataclass(frozen=True)
class Shortcut:
    """An entry of Slack's shortcuts menu ("global") or of a message's own menu ("message")."""

    name: str
    description: str
    callback_id: str
    kind: Literal["global", "message"]


COMMANDS: Final = (Command("/career", "Plan, hold and follow up your career discussions", WORDS),)
SHORTCUTS: Final = (
    Shortcut(
        "Save as achievement",
        "Keep this message among your achievements, for your next preparation",
        ShortcutId.SAVE_ACHIEVEMENT,
        "message",
    ),
)

EVENTS: Final = (
    "app_home_opened",
    "message.im",  # people who write to the bot are told what it can do
    "user_change",  # who moved, left or came back
)

# The least that works, one reason each.
BOT_SCOPES: Final = (
    "chat:write",  # send the nudges
    "commands",  # slash commands and shortcuts
    "files:write",  # send people the records and calendar files that they ask for
    "im:history",  # read back own direct messages, to tell whether a nudge went out when Slack's answer was lost
    "im:write",  # find the conversation to read back when the very first message in it is unconfirmed
    "users:read",  # names, time zones, who is a bot or has left
)

# read back own posts in a channel that gets a digest, to tell whether one went out when Slack's answer was lost; for
# workspaces that want digests
CHANNEL_SCOPES: Final = ("channels:history", "groups:history")
