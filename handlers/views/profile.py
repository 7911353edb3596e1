"""The profile, and how it changed (practices C2, C13)."""

from typing import Any, Final

from cycle import formatting
from cycle.history import Entry, History
from cycle.nudges import Action
from cycle.profile import CareerProfile
from cycle.profile_document import ONLY_YOU, profile_document
from cycle.zones import local_day
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import HistoryMetadata, PairMetadata
from handlers.views import document, kit
from handlers.views.document import mrkdwn

NOTHING_YET: Final = "Nothing has been set or said yet. It begins with what you save when you prepare."
NOTHING_SHARED: Final = "There is nothing to read at the moment."


def render(profile: CareerProfile) -> dict[str, Any]:
    """One page about the employee, and where it leads."""
    key, page = str(profile.pair.pk), profile_document(profile)
    leads_to = [
        kit.button("Roadmap", ActionId.OPEN_ROADMAP, key, primary=profile.is_empty),
        kit.button("History", ActionId.OPEN_HISTORY, key),
        kit.button("Prepare", Action.OPEN_PREPARATION, key),
    ]
    blocks = [*document.blocks(page), kit.actions(leads_to)]
    return kit.modal(FormId.PROFILE, page.title, blocks, metadata=PairMetadata(pair_id=profile.pair.pk))


def render_history(history: History) -> dict[str, Any]:
    """A page of how it changed, the latest first."""
    name = kit.fitted(formatting.first_name(history.other), 300)
    lead = (
        f"What you set and said, and when. {name} can read what does not say “{ONLY_YOU}”."
        if history.is_mine
        else f"What {name} shares with you and what you named, with the day on which it was said."
    )
    blocks = [kit.context(lead), *(kit.section(_entry(one, history)) for one in history.entries)]
    if not history.entries:
        blocks.append(kit.section(NOTHING_YET if history.is_mine else NOTHING_SHARED))
        if history.is_mine:
            key = str(history.pair.pk)
            blocks.append(kit.actions([kit.button("Prepare", Action.OPEN_PREPARATION, key, primary=True)]))
    blocks += kit.paging(ActionId.HISTORY_PAGE, history.page, has_more=history.has_more)
    metadata = HistoryMetadata(pair_id=history.pair.pk, page=history.page)
    return kit.modal(FormId.HISTORY, "How this changed", blocks, metadata=metadata)


def _entry(entry: Entry, history: History) -> str:
    day = formatting.full_day(local_day(history.me, entry.at))
    head = f"*{day} · {kit.fitted(entry.what, 400)}*"
    only_you = f" _({ONLY_YOU})_" if history.is_mine else ""
    lines = [head, mrkdwn(entry.now) + (only_you if entry.private else "") if entry.now else "Taken out."]
    if entry.before:
        # Marked by itself where the other side reads what it is now, and never read this.
        mark = only_you if entry.private_before and not entry.private else ""
        lines.append(f"Before: {mrkdwn(entry.before)}{mark}")
    return "\n".join(lines)
