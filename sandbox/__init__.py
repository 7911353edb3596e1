"""A Slack workspace on your own machine: Web API, Socket Mode, signed requests, and a page to act as several people.

It takes Slack's place for the unmodified bot and is strict where Slack is strict. It imports nothing from the bot.
"""

from sandbox.clock import SandboxClock
from sandbox.faults import Fault
from sandbox.server import Sandbox
from sandbox.settings import (
    DEFAULT_COMMANDS,
    DEFAULT_PEOPLE,
    DEFAULT_SCOPES,
    CommandSeed,
    Hooks,
    PersonSeed,
    SandboxSettings,
    ShortcutSeed,
)
from sandbox.state_store import StateFileError

__all__ = [
    "DEFAULT_COMMANDS",
    "DEFAULT_PEOPLE",
    "DEFAULT_SCOPES",
    "CommandSeed",
    "Fault",
    "Hooks",
    "PersonSeed",
    "Sandbox",
    "SandboxClock",
    "SandboxSettings",
    "ShortcutSeed",
    "StateFileError",
]
