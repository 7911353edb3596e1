"""Examples of a result for a goal that has none, chosen by what the goal is about."""

import re

from cycle.coach.verbs import Head, VerbKind
from cycle.coach.wordlists import phrases, words

_LANGUAGES = (
    "arabic|chinese|dutch|english|french|german|hindi|italian|japanese|mandarin|polish|portuguese|russian|spanish"
    "|swedish|turkish"
)
# Words in a goal, and a result that fits them. The first topic found counts. A topic is what the goal is about, not
# a word that only says which thing is meant: "my French", but not "French windows".
_RESULTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{topic})(?![\w-])"), result)
    for topic, result in (
        (
            (
                rf"(?:{_LANGUAGES})(?=$|[,;:]| (?:for|to|with|in|by|before|from|so|enough|and|until|at|over|again"
                r"|this|next|skills?|grammar|vocabulary|pronunciation|language|every|each|on|a bit)\b)"
            ),
            "two meetings held in it without help",
        ),
        (
            (
                r"time.management|(?:my|her|his|their|with|meet|meeting) deadlines|organi[sz]ed|overwhelmed|priorities"
                r"|prioriti[sz](?:e|ing|ation)|punctual|stress(?! tests?| testing)|stressed|workload"
            ),
            "no missed deadlines for three months",
        ),
        (
            r"communicat\w+|presentations?(?! layer)|presenting|speaking|speech(?! recognition| therap| pathol)",
            "three updates presented to the whole team",
        ),
        (
            r"documentation|(?:writer|writing)(?!.*\b(?:e-?mails?|letters?|posts?|articles?|code|tests?|copy|queries)\b)",
            "three reports sent out without corrections",
        ),
        (
            (
                r"delegat\w+|leadership|leading (?:a|an|my|our|the|people|projects?|teams?|others|meetings)"
                r"|(?:be|become) (?:an? )?(?:[\w-]+ ){0,3}(?:leader|manager)(?=$|[,;])"
            ),
            "two projects led from start to finish",
        ),
        (
            (
                r"(?:clients?|customers?|guests|patients)(?=$|[,;]|'s? (?:experience|satisfaction|trust)| (?:experience"
                r"|satisfaction|on|in|at|with|when|and|by|better|more)\b)"
            ),
            "a rating of 4.5 out of 5",
        ),
        (r"collaborat\w+|cooperation|team.player|teamwork", "two projects finished with another team"),
        (
            (
                r"network(?:ing)?(?= with| more| at|$)|(?:meetups?|meet-ups?|conferences|webinars|podcasts|seminars"
                r"|journals|articles|magazines)|read (?:for|more)"
            ),
            "one idea from it in use",
        ),
        (
            r"(?:the |our )?(?:competition(?! law)|competitors?)|industry(?! \w)|the (?:[\w-]+ )?market(?! \w)",
            "a two-page summary that the team uses",
        ),
    )
)
_ANY_EFFORT = "one finished piece of work, signed off by a colleague"
_ANY_RESULT = "two colleagues can each name an example"
_LESS_WORK = "ten minutes saved each time"
# More or less of these can be counted, others cannot: "boost morale by 10 %" means nothing.
_COUNTED = frozenset(
    {"efficiency", "engagement", "productivity", "results", "satisfaction", "speed", "stress", "workload"}
)
_UNCOUNTED = frozenset({"everything", "it", "things"})
_SIMPLER = frozenset({"simplify", "stabilise", "stabilize", "streamline", "tighten"})
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
        return _with_amount(goal, folded, head)
    otherwise = _ANY_EFFORT if head.kind is VerbKind.EFFORT else _ANY_RESULT
    return f"{goal}: {next((result for topic, result in _RESULTS if topic.search(folded)), otherwise)}"


def _with_amount(goal: str, folded: str, head: Head) -> str:
    """A goal for more or less of something with an amount, if that can be counted."""
    if head.verb in _SIMPLER:
        return f"{goal}: {_LESS_WORK}"
    tokens = set(folded[head.end :].split())
    uncounted = _UNCOUNTED | (words("qualities") - _COUNTED)
    if (tokens & uncounted and not tokens & _COUNTED) or phrases("figures").search(folded):
        return f"{goal}: {_ANY_RESULT}"
    return f"{goal} by 10 %"
