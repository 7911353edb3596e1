"""Pauses: how long a workspace is left alone after Slack has asked for it or has not answered."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

NO_TIME: Final = timedelta()


class Pauses:
    """The pauses of all workspaces in this process.

    They are measured by a monotonic clock (seconds, from any origin): a wall clock that jumps neither prolongs them nor
    ends them.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._until: dict[int, float] = {}
        self._faults: dict[int, int] = {}

    def left(self, workspace_id: int) -> timedelta:
        """How long a workspace is still to be left alone; zero if it is not."""
        left = self._until.get(workspace_id, 0.0) - self._monotonic()
        return timedelta(seconds=left) if left > 0 else NO_TIME

    def pause(self, workspace_id: int, duration: timedelta) -> None:
        """Leave a workspace alone for a while, or for longer than it is already left alone."""
        until = self._monotonic() + duration.total_seconds()
        self._until[workspace_id] = max(until, self._until.get(workspace_id, until))

    def pause_longer_each_time(self, workspace_id: int, first: timedelta, longest: timedelta) -> None:
        """Leave a workspace alone for `first`, and for twice as long each time until `recovered`.

        Messages that were on their way together fail together; they count once.
        """
        if not self.left(workspace_id):
            faults = self._faults.get(workspace_id, 0)
            self._faults[workspace_id] = faults + 1
            self.pause(workspace_id, growing(first, longest, faults))

    def recovered(self, workspace_id: int) -> None:
        """Slack has accepted something from the workspace: the next fault begins with a short pause again."""
        self._faults.pop(workspace_id, None)


def growing(first: timedelta, longest: timedelta, number: int, factor: int = 2) -> timedelta:
    """The pause after the failure with this number, counted from 0: `first`, then `factor` times as long each time."""
    steps = min(number, 30)  # beyond that every pause of ours is at its longest, and numbers stay small
    return min(first * int(factor**steps), longest)
