"""One objective: benchmarks, what it leads to and fits, how to develop, support (practices E8, M3, M6, M7, M9)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.nudges import Action
from cycle.objective_details import (
    BENCHMARK,
    BENCHMARK_BY,
    DEVELOPMENT,
    FITS,
    LEADS_TO,
    LONGEST_BENCHMARK,
    LONGEST_SUPPORT,
    MOST_BENCHMARKS,
    SUPPORT,
    DetailsForm,
    ObjectiveView,
    can_lead_to,
)
from cycle.roadmap import progress
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import HIGHEST_KEY, ActionId, BenchmarkChoice, FormId
from handlers.shared.view_metadata import ObjectiveMetadata
from handlers.views import kit
from handlers.views.roadmap import bar, words_for_progress
from storage.objectives import Benchmark, Development, Horizon, ObjectiveState
from storage.people import Person

PERSONAL: Final = "personal"  # options of menus
NOTHING: Final = "0"
NO_WAY: Final = "none"
MOST_OPTIONS: Final = 97  # of Slack's 100, with those that are always there
EXAMPLE: Final = "For example: two practice runs with feedback"


def field_names(metadata: ObjectiveMetadata) -> tuple[str, str]:
    """The fields of a further benchmark: after each one that is added, they have new names."""
    return f"{BENCHMARK}{metadata.added}.text", f"{BENCHMARK}{metadata.added}.date"


def read(values: FormValues, metadata: ObjectiveMetadata) -> DetailsForm:
    """What is filled in by the owner."""
    words, day = field_names(metadata)
    return DetailsForm(
        leads_to_id=values.number(LEADS_TO, HIGHEST_KEY) or 0,
        team_objective_id=values.number(FITS, HIGHEST_KEY) or 0,
        is_personal=values.choice(FITS) == PERSONAL,
        development=values.member(DEVELOPMENT, Development),
        support=values.text(SUPPORT),
        benchmark=values.text(words),
        benchmark_by=values.day(day),
    )


def fields_of(metadata: ObjectiveMetadata) -> dict[str, str]:
    """The field beside which each thing that is wrong is said, where the names differ."""
    words, _ = field_names(metadata)
    return {BENCHMARK: words, BENCHMARK_BY: words}


def render(
    view: ObjectiveView, me: Person, metadata: ObjectiveMetadata, now: datetime, values: FormValues, *, said: str = ""
) -> dict[str, Any]:
    """An objective for the one whose it is, or for the manager it is shared with."""
    is_mine, today = view.objective.owner_id == me.id, local_day(me, now)
    blocks = [kit.section(f":white_check_mark: {said}")] if said else []
    blocks.append(kit.section(_words(view, today, is_mine=is_mine)))
    if buttons := list(_buttons(view, is_mine=is_mine)):
        blocks.append(kit.actions(buttons))
    blocks += _benchmarks(view, today, is_mine=is_mine)
    is_open = view.objective.state is ObjectiveState.CURRENT
    if is_open and is_mine:
        blocks += [*_add_benchmark(view, metadata, values), *_menus(view, values), *_support_asked(view, values)]
    elif is_open:
        blocks += [*_facts(view), *_support_given(view, values)]
    submit = "Save" if is_open and (is_mine or view.objective.support_asked) else ""
    return kit.modal(FormId.OBJECTIVE, "Objective", blocks, submit=submit, metadata=metadata)


def support_saved(view: ObjectiveView) -> str:
    """Said to the manager after saving what they will do."""
    return f"Saved. {kit.fitted(formatting.first_name(view.owner), 300)} sees it with the objective."


def _words(view: ObjectiveView, today: date, *, is_mine: bool) -> str:
    one, other = view.objective, kit.fitted(formatting.first_name(view.other), 300)
    facts = [formatting.TERMS[one.horizon], f"by {formatting.day(one.target_on, today)}"]
    if one.state is ObjectiveState.REACHED:
        facts.append("reached")
    if is_mine:
        facts.append(f"{other} can read this" if one.shared else "only you see this")
    return f"{kit.quoted(one.text, 2600)}\n{' · '.join(facts)}"


def _buttons(view: ObjectiveView, *, is_mine: bool) -> Iterator[kit.Element]:
    one, key = view.objective, str(view.objective.pk)
    if is_mine and one.state is ObjectiveState.CURRENT:
        yield kit.button("Reached", ActionId.REACHED, key)
        yield kit.button("Change", ActionId.CHANGE_OBJECTIVES, str(view.pair.pk))
    elif is_mine:
        yield kit.button("Not reached yet", ActionId.NOT_REACHED, key)
    if one.shared:
        updates = f" ({view.updates})" if view.updates else ""
        name = formatting.shorten(formatting.first_name(view.other), 40)
        yield kit.button(f"Write to {name}{updates}", Action.OPEN_OBJECTIVE_UPDATES, key)


def _benchmarks(view: ObjectiveView, today: date, *, is_mine: bool) -> Iterator[kit.Block]:
    so_far = progress(view.benchmarks)
    yield kit.header("Benchmarks")
    if so_far.total:
        yield kit.context(f"{bar(so_far)} {words_for_progress(so_far)}")
    elif not is_mine:
        yield kit.section("None yet.")
    for one in view.benchmarks:
        yield kit.section(_benchmark(one, today), _benchmark_menu(one) if is_mine else None)


def _benchmark(one: Benchmark, today: date) -> str:
    mark = ":white_check_mark:" if one.reached_at is not None else ":white_circle:"
    by = ""
    if one.due_on is not None and one.reached_at is None:
        day = formatting.day(one.due_on, today)
        by = f" · was due on {day}" if one.due_on < today else f" · by {day}"
    return f"{mark} {kit.fitted(' '.join(one.text.split()), 600)}{by}"


def _benchmark_menu(one: Benchmark) -> kit.Element:
    first = ("Reached", BenchmarkChoice.REACHED)
    if one.reached_at is not None:
        first = ("Not reached yet", BenchmarkChoice.NOT_REACHED)
    choices = (first, ("Remove", BenchmarkChoice.REMOVE))
    return kit.overflow([kit.option(label, f"{choice}:{one.pk}") for label, choice in choices], ActionId.BENCHMARK_MENU)


def _add_benchmark(view: ObjectiveView, metadata: ObjectiveMetadata, values: FormValues) -> Iterator[kit.Block]:
    if len(view.benchmarks) >= MOST_BENCHMARKS:
        return
    words, day = field_names(metadata)
    what = kit.text_input(values.text(words), multiline=False, longest=LONGEST_BENCHMARK, placeholder=EXAMPLE)
    yield kit.field(words, "How will you tell that you are on your way?", what)
    yield kit.section("By when, if you know", kit.day_picker(values.day(day))) | {"block_id": day}


def _menus(view: ObjectiveView, values: FormValues) -> Iterator[kit.Block]:
    one = view.objective
    longer = can_lead_to(one, view.current)[:MOST_OPTIONS]
    if view.leads_to is not None and view.leads_to not in longer:
        longer.append(view.leads_to)
    if longer:
        options = [kit.option("None yet", NOTHING), *(kit.option(other.text, str(other.pk)) for other in longer)]
        chosen = values.choice(LEADS_TO) or str(one.leads_to_id or NOTHING)
        label = "Leads to" if one.horizon is Horizon.SHORT else "Leads to (a later one)"
        yield kit.field(LEADS_TO, label, kit.select(options, chosen))
    fits = [kit.option("Not said", NOTHING), kit.option("Personal", PERSONAL)]
    fits += [kit.option(team.text, str(team.pk)) for team in view.team[:MOST_OPTIONS]]
    if view.fits is not None and view.fits not in view.team:
        fits.append(kit.option(view.fits.text, str(view.fits.pk), "No longer listed"))
    saved = PERSONAL if one.is_personal else str(one.team_objective_id or NOTHING)
    hint = "" if view.team else "Once your manager or an admin lists team objectives, you can choose one here."
    yield kit.field(FITS, "Fits this team objective", kit.select(fits, values.choice(FITS) or saved), hint=hint)
    ways = [kit.option("Not said", NO_WAY), *(kit.option(text, way) for way, text in formatting.DEVELOPMENTS.items())]
    way = values.choice(DEVELOPMENT) or one.development or NO_WAY
    yield kit.field(DEVELOPMENT, "How you will grow", kit.select(ways, way))


def _support_asked(view: ObjectiveView, values: FormValues) -> Iterator[kit.Block]:
    one, other = view.objective, formatting.first_name(view.other)
    if one.support_given:
        is_as_asked, name = one.support_given == one.support_asked, kit.fitted(other, 300)
        words = f"{name} agreed to this support:\n{kit.quoted(one.support_given, 2500)}"
        yield kit.section(f":handshake: {name} agreed to the support below." if is_as_asked else f":handshake: {words}")
    hint = f"{other} sees it with the objective, and can agree or suggest something else."
    if not one.shared:
        hint = f"{other} sees it once you share this objective, and can agree or suggest something else."
    typed = values.text(SUPPORT) if SUPPORT in values else one.support_asked or ""
    label = f"What support would you like from {other}?"
    yield kit.field(SUPPORT, label, kit.text_input(typed, longest=LONGEST_SUPPORT), hint=hint)


def _facts(view: ObjectiveView) -> Iterator[kit.Block]:
    """What the owner has chosen, for the manager to read."""
    one, lines = view.objective, []
    if (longer := view.leads_to) is not None:
        lines.append(f"Leads to: {kit.fitted(' '.join(longer.text.split()), 300)}")
    if view.fits is not None:
        lines.append(f"Fits: {kit.fitted(view.fits.text, 300)}")
    elif one.is_personal:
        lines.append("Fits: no team objective; it is personal")
    if one.development is not None:
        lines.append(f"By way of: {formatting.DEVELOPMENTS[one.development].lower()}")
    if lines:
        yield kit.section("\n".join(lines))


def _support_given(view: ObjectiveView, values: FormValues) -> Iterator[kit.Block]:
    one, owner = view.objective, kit.fitted(formatting.first_name(view.owner), 300)
    if not one.support_asked:
        yield kit.context(f"{owner} has not asked for support with this.")
        return
    yield kit.section(f"*Support that {owner} asks for*\n{kit.quoted(one.support_asked, 2500)}")
    typed = values.text(SUPPORT) if SUPPORT in values else one.support_given or one.support_asked
    hint = "Save it as it is to agree, or change it to what you can do."
    yield kit.field(SUPPORT, "What you will do", kit.text_input(typed, longest=LONGEST_SUPPORT), hint=hint)
