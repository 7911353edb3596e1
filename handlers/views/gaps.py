"""A skill gap and the way to close it (practices E7, M3)."""

from typing import Any, Final

from cycle import formatting
from cycle.gaps import DEVELOPMENT, LONGEST_SKILL, LONGEST_WAY, SHARED, SKILL, WAY, GapForm
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import GapMetadata
from handlers.views import kit
from storage.gaps import Gap, GapState
from storage.objectives import Development
from storage.pairs import Side
from storage.people import Person

NO_WAY: Final = "none"


def read(values: FormValues) -> GapForm:
    """What is filled in."""
    way = values.member(DEVELOPMENT, Development)
    return GapForm(values.text(SKILL), values.text(WAY), way, values.is_ticked(SHARED))


def render(
    gap: Gap | None, me: Person, other: Person, side: Side, metadata: GapMetadata, values: FormValues
) -> dict[str, Any]:
    """A new gap, or one to change, close or remove."""
    name, is_employee = formatting.first_name(other), side is Side.EMPLOYEE
    is_mine = gap is None or gap.author_id == me.id
    typed = read(values) if SKILL in values else _saved(gap)
    ways = [
        kit.option("Not decided", NO_WAY),
        *(kit.option(text, way) for way, text in formatting.DEVELOPMENTS.items()),
    ]
    label = "Which skill or knowledge?" if is_employee else f"Which skill or knowledge would {name} gain from?"
    hint = f"Ask {name}: who could teach it, and where could you practise it?" if is_employee else ""
    blocks = [
        kit.field(SKILL, label, kit.text_input(typed.skill, multiline=False, longest=LONGEST_SKILL), optional=False),
        kit.field(DEVELOPMENT, "How?", kit.select(ways, typed.development or NO_WAY)),
        kit.field(WAY, "The next step", kit.text_input(typed.way, longest=LONGEST_WAY), hint=hint),
    ]
    if is_employee and is_mine:
        blocks.append(kit.tick(SHARED, f"Share with {formatting.shorten(name, 50)}", ticked=typed.shared))
    else:
        blocks.append(kit.context(f"{kit.fitted(name, 300)} sees this too."))
    if gap is not None and (is_employee or is_mine):
        blocks.append(kit.actions([kit.button("Closed", ActionId.CLOSE_GAP, str(gap.pk)), _remove(gap)]))
    return kit.modal(FormId.GAP, "Skill gap", blocks, submit="Save", metadata=metadata)


def saved(form: GapForm) -> dict[str, Any]:
    """After saving one from elsewhere than the roadmap."""
    return kit.notice("Skill gap", f"Saved: “{kit.fitted(form.skill.strip(), 300)}”. `/career roadmap` shows it.")


def settled(gap: Gap) -> dict[str, Any]:
    """After closing or removing one."""
    skill = kit.fitted(gap.skill, 300)
    if gap.state is GapState.CLOSED:
        return kit.notice("Skill gap", f"Closed: “{skill}”. The roadmap shows it under “Reached”.")
    return kit.notice("Skill gap", f"Removed: “{skill}”.")


def _saved(gap: Gap | None) -> GapForm:
    return GapForm(gap.skill, gap.way, gap.development, gap.shared) if gap is not None else GapForm("")


def _remove(gap: Gap) -> kit.Element:
    remove = kit.button("Remove", ActionId.DROP_GAP, str(gap.pk), danger=True)
    return kit.confirmed(remove, "Remove this skill gap?", "It leaves the roadmap.", "Remove")
