"""Fills a workspace that nobody has used yet, by a script in which its people act."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from sandbox.acting import Stage
from sandbox.errors import PageError
from sandbox.state_store import StateStore


@dataclass(frozen=True)
class Filled:
    """What a script has led to: whom to act as first, by full name, and a sentence on what there is to see."""

    name: str
    text: str


Script = Callable[[Stage], Awaitable[Filled]]
"""Fills a workspace by acting in it."""

IN_USE = "This workspace is already in use, so it stays as it is. To get the team as it was, start over with a new one."
BROKEN_OFF = "Adding the team was interrupted, so this workspace has only part of it. Start over with a new one."
BUSY = "The team is being added. That takes a few seconds."
NO_TEAM = "This sandbox has no team to add."

STORED = "filling"
"""The kind of record that says that the script has begun and not ended."""


class Filling:
    """Runs the script, once and only in a workspace that nobody has used yet."""

    def __init__(self, stage: Stage, script: Script | None, store: StateStore) -> None:
        self._stage = stage
        self._script = script
        self._store = store

    @property
    def progress(self) -> str | None:
        """How far the script has come; None while it does not run."""
        return self._stage.progress

    async def is_possible(self) -> bool:
        """Whether there is a script, and a workspace that nobody has used yet."""
        return self._script is not None and self.progress is None and await self._stage.is_unused()

    async def fill(self) -> Filled:
        """Run the script. Raises `PageError` where it cannot run here."""
        if self._script is None:
            raise PageError(NO_TEAM, status=HTTPStatus.NOT_FOUND)
        self.check_idle()
        self._stage.progress = ""
        try:
            await self._check_unused()
            self._store.save(STORED, "script", {})
            filled = await self._script(self._stage)
            self._store.delete(STORED, "script")
            return filled
        finally:
            self._stage.progress = None

    async def _check_unused(self) -> None:
        if not await self._stage.is_unused():
            raise PageError(BROKEN_OFF if self._store.load(STORED) else IN_USE, status=HTTPStatus.CONFLICT)

    def check_idle(self) -> None:
        """Raise `PageError` while the script runs: what people do meanwhile would change what it finds."""
        if self.progress is not None:
            raise PageError(BUSY, status=HTTPStatus.CONFLICT)
