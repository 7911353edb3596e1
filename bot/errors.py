"""Reasons not to start that an admin can fix. The command line prints them in plain words, without a traceback."""

from collections.abc import Sequence


class StartupError(Exception):
    """The bot cannot start. The message says what to change."""

    @property
    def problems(self) -> Sequence[str]:
        """Everything to fix, one or two sentences each. None of them contains a secret."""
        return [str(self)]


class SettingsError(StartupError):
    """Settings that are wrong, missing or contradictory, all reported together."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[str]:
        """Every problem found, in the order of the settings."""
        return self._problems
