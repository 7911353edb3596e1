"""Examples of a result for a goal that has none, chosen by what the goal is about."""

import re

from cycle.coach.verbs import Head, VerbKind

_LANGUAGES = (
    "arabic|chinese|dutch|english|french|german|hindi|italian|japanese|mandarin|polish|portuguese|russian|spanish"
    "|swedish|turkish"
)
# Words in a goal, and a result that fits them. The first topic found counts.
_RESULTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{topic})\b"), result)
    for topic, result in (
        (_LANGUAGES, "two meetings held in it without help"),
        (
            r"time.management|deadlines?|organi[sz]ed|overwhelmed|priorit\w+|punctual|stress|workload",
            "no missed deadlines for three months",
        ),
        (
            r"communicat\w+|presentations?|presenting|speaking|speech",
            "three updates presented to the whole team",
        ),
        (r"documentation|writ(?:er|ing)", "three reports sent out without corrections"),
        (r"delegat\w+|leader|leadership|leading|manager", "two projects led from start to finish"),
        (r"clients?|customers?|guests|patients", "a rating of 4.5 out of 5"),
        (r"collaborat\w+|cooperation|team.player|teamwork", "two projects finished with another team"),
        (r"competition|competitors?|industry|the market", "a two-page summary that the team uses"),
    )
)
_ANY_EFFORT = "one finished piece of work, signed off by a colleague"
_ANY_RESULT = "two colleagues can each name an example"
_UNRELATED = "Have the new checklist in use on every shift"
# Characters. A longer goal is hard to read with a result added, so it gets an example about something else.
_LONGEST_REUSED = 90


def with_result(goal: str, folded: str, head: Head) -> str:
    """A goal with an example of a result added. No date is added, since people choose one in a field beside it.

    Args:
        goal: the goal in the person's own words.
        folded: its folded text.
        head: its head.

    Returns:
        A wording that gets no remark of its own; about something else if `goal` is too long to add to.
    """
    if len(goal) > _LONGEST_REUSED:
        return _UNRELATED
    if head.kind is VerbKind.DIRECTION:
        return f"{goal} by 10 %"
    otherwise = _ANY_EFFORT if head.kind is VerbKind.EFFORT else _ANY_RESULT
    return f"{goal}: {next((result for topic, result in _RESULTS if topic.search(folded)), otherwise)}"
