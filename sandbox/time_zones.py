"""Time zones that the page offers, with Slack's name for each."""

from zoneinfo import ZoneInfo

LABELS = {
    "Pacific/Honolulu": "Hawaii-Aleutian Standard Time",
    "America/Los_Angeles": "Pacific Time",
    "America/Denver": "Mountain Time",
    "America/Chicago": "Central Time",
    "America/New_York": "Eastern Time",
    "America/Sao_Paulo": "Brasilia Time",
    "UTC": "Coordinated Universal Time",
    "Europe/London": "Greenwich Mean Time",
    "Europe/Madrid": "Central European Time",
    "Europe/Berlin": "Central European Time",
    "Europe/Istanbul": "Turkey Time",
    "Africa/Nairobi": "East Africa Time",
    "Asia/Dubai": "Gulf Standard Time",
    "Asia/Kolkata": "India Standard Time",
    "Asia/Singapore": "Singapore Standard Time",
    "Asia/Tokyo": "Japan Standard Time",
    "Australia/Sydney": "Australian Eastern Time",
    "Pacific/Auckland": "New Zealand Time",
}
"""By IANA name, from west to east."""


def label_of(tz: str) -> str:
    """What Slack would call a time zone; raises `ValueError` for a name that is not an IANA zone.

    A zone that is not in the list is called after its city: "Lord Howe Time".
    """
    try:
        ZoneInfo(tz)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(f"There is no time zone {tz}.") from error
    return LABELS.get(tz) or f"{tz.rsplit('/', 1)[-1].replace('_', ' ')} Time"
