"""A directory of people for tests."""

from cycle.people import LookupFailure, Profile


class FakeDirectory:
    """Stands in for Slack's directory, and records whom it was asked about."""

    def __init__(self, *known: Profile) -> None:
        self.known = {profile.slack_id: profile for profile in known}
        self.asked: list[str] = []

    async def profile(self, slack_id: str) -> Profile | LookupFailure:
        """The profile of a person."""
        self.asked.append(slack_id)
        return self.known.get(slack_id, LookupFailure.UNKNOWN)
