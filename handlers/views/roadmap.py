"""The roadmap: objectives as a tree, how far each one is, and skill gaps (practices C3, M6, M7, M9)."""

from collections.abc import Iterator
from typing import Any, Final

from cycle import formatting
from cycle.roadmap import Progress, Roadmap, orphans, tree
from cycle.team_objectives import LONGEST as TEAM_TEXT
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PairMetadata
from handlers.views import kit
from storage.gaps import Gap
from storage.objectives import Objective

# Together within Slack's 100 blocks.
MOST_OBJECTIVES: Final = 40
MOST_GAPS: Final = 20
MOST_REACHED: Final = 10
WORDS: Final = 300  # characters shown of an objective or a gap


def render(shown: Roadmap) -> dict[str, Any]:
    """All that one of the two sees of the way."""
    key = str(shown.pair.pk)
    leads_to = [
        kit.button("Profile", ActionId.OPEN_PROFILE, key),
        kit.button("History", ActionId.OPEN_HISTORY, key),
        kit.button("Records", ActionId.OPEN_RECORDS, "0"),
    ]
    blocks = [kit.context(_opening(shown)), kit.actions(leads_to), *_objectives(shown), *_gaps(shown), *_reached(shown)]
    metadata = PairMetadata(pair_id=shown.pair.pk)
    return kit.modal(FormId.ROADMAP, "Roadmap", blocks, metadata=metadata)


def words_for_progress(progress: Progress) -> str:
    """“2 of 3 benchmarks reached”; empty where there is none."""
    if not progress.total:
        return ""
    return f"{progress.reached} of {formatting.count(progress.total, 'benchmark')} reached"


def bar(progress: Progress) -> str:
    """The same as a picture: a square for each benchmark."""
    return "▰" * progress.reached + "▱" * (progress.total - progress.reached)


def _opening(shown: Roadmap) -> str:
    name = kit.fitted(formatting.first_name(shown.other), 300)
    if shown.is_mine:
        return f"Where you are going, and how far you are. {name} sees what you share."
    return f"What {name} has shared with you."


def _objectives(shown: Roadmap) -> Iterator[kit.Block]:
    name = kit.fitted(formatting.first_name(shown.other), 300)
    yield kit.header("Objectives")
    if not shown.current:
        yield kit.section(
            "None yet. One for the next year and one for later are a good start."
            if shown.is_mine
            else f"None yet. {name} decides which ones to share."
        )
    branches, lone = tree(shown.current), {one.pk for one in orphans(shown.current)} if shown.is_mine else set()
    for branch in branches[:MOST_OBJECTIVES]:
        one = branch.objective
        yield kit.section(
            _objective(shown, one, branch.depth, is_orphan=one.pk in lone),
            kit.button("Open", ActionId.OPEN_OBJECTIVE, str(one.pk), about=one.text),
        )
    if (left := len(branches) - MOST_OBJECTIVES) > 0:
        yield kit.context(f"And {formatting.count(left, 'objective')} more.")
    if shown.is_mine:
        change = "Change objectives" if shown.current else "Set objectives"
        key, primary = str(shown.pair.pk), not shown.current
        yield kit.actions([kit.button(change, ActionId.CHANGE_OBJECTIVES, key, primary=primary)])


def _objective(shown: Roadmap, one: Objective, depth: int, *, is_orphan: bool) -> str:
    day, progress = formatting.day(one.target_on, shown.today), shown.progress(one)
    when = f"was to be reached by {day}" if one.target_on < shown.today else f"by {day}"
    facts = [formatting.TERMS[one.horizon], when]
    if progress.total:
        facts.append(f"{bar(progress)} {words_for_progress(progress)}")
    if one.development is not None:
        facts.append(formatting.DEVELOPMENTS[one.development].lower())
    if (team := shown.fits.get(one.pk)) is not None:
        facts.append(f"fits “{kit.fitted(team.text, TEAM_TEXT * 2)}”")
    elif one.is_personal:
        facts.append("personal")
    if shown.is_mine and not one.shared:
        facts.append("only you see this")
    arrow = "↳ " * min(depth, 3)
    lines = [f"{arrow}*{kit.fitted(' '.join(one.text.split()), WORDS)}*", " · ".join(facts)]
    if is_orphan:
        lines.append("_Which longer-term objective does it lead to? Open it to choose._")
    return "\n".join(lines)


def _gaps(shown: Roadmap) -> Iterator[kit.Block]:
    yield kit.header("Skill gaps")
    if not shown.gaps:
        name = kit.fitted(formatting.first_name(shown.other), 300)
        yield kit.section(
            "What would you like to learn next, and how?"
            if shown.is_mine
            else f"None yet. What would {name} gain from learning, and how?"
        )
    for gap in shown.gaps[:MOST_GAPS]:
        yield kit.section(_gap(shown, gap), kit.button("Open", ActionId.OPEN_GAP, str(gap.pk), about=gap.skill))
    if (left := len(shown.gaps) - MOST_GAPS) > 0:
        yield kit.context(f"And {formatting.count(left, 'skill gap')} more.")
    yield kit.actions([kit.button("Add a skill gap", ActionId.ADD_GAP, str(shown.pair.pk))])


def _gap(shown: Roadmap, gap: Gap) -> str:
    facts = [formatting.DEVELOPMENTS[gap.development]] if gap.development is not None else []
    if gap.way:
        facts.append(kit.fitted(" ".join(gap.way.split()), WORDS))
    if not facts:
        facts.append("No way to close it yet")
    if shown.is_mine and not gap.shared:
        facts.append("only you see this")
    return f"*{kit.fitted(gap.skill, WORDS)}*\n{' · '.join(facts)}"


def _reached(shown: Roadmap) -> Iterator[kit.Block]:
    """What was reached and closed in the last half year, the latest first."""
    settled = [(one.settled_at, one.text) for one in shown.reached] + [
        (one.settled_at, one.skill) for one in shown.closed
    ]
    latest = sorted(((at, words) for at, words in settled if at is not None), reverse=True)[:MOST_REACHED]
    if latest:
        yield kit.header("Reached")
        yield from kit.packed(f"• {kit.fitted(' '.join(words.split()), WORDS)}" for _, words in latest)
