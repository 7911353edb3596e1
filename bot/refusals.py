"""Reasons not to start that a person can mend: told in plain words, without a traceback."""

from collections.abc import Sequence


class StartRefused(Exception):
    """The bot cannot start as things are; the message says what to change."""

    @property
    def problems(self) -> Sequence[str]:
        """Everything that is to be mended, a sentence or two each. None of them carries a secret."""
        return [str(self)]


class SettingsProblems(StartRefused):
    """Settings that are wrong, missing or at odds with each other: all of them together."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[str]:
        """Every problem found."""
        return self._problems
