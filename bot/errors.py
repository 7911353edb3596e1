"""Reasons not to start that an admin can fix. The command line prints them in plain words, without a traceback."""


class StartupError(Exception):
    """The bot cannot start. Each of `problems` says in a sentence or two what to change; none contains a secret."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SettingsError(StartupError):
    """Settings that are wrong, missing or contradictory, all reported together."""
