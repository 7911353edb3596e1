"""What drives the employee: asked on their side, and shown to the manager as far as shared (practices C4, L8, M5)."""

from typing import Final

from cycle import formatting
from cycle.bank import Bank
from cycle.drives import LONGEST_WORK, MEANINGS, MORE_OF_IT, PATH, PATHS, RANKS, WORK, written
from cycle.preparations import Page, PreparationView
from cycle.prompts import LONGEST_ANSWER, MORE_ENERGISING_WORK
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.views import kit
from handlers.views.preparing.answers import SHARE, THEIR_TEXT
from handlers.views.preparing.page import PageView, Shown, fields, ticks
from handlers.views.preparing.standing import UNSAID
from storage.drives import Drive, DriveKind
from storage.pairs import Side
from storage.people import Person

RANK_LABELS: Final = ("Most important", "Second", "Third")
SHARES: Final = {  # the ticks, by the kind that they share; a way to have more of some work goes with the work
    DriveKind.MOTIVATIONS: "share.motivations",
    DriveKind.WORK: "share.energising",
    DriveKind.PATH: "share.path",
}
OFFERED: Final = f"{SHARE}{MORE_ENERGISING_WORK.key}"
OWN: Final = {*RANKS, WORK, MORE_OF_IT, PATH, *SHARES.values(), MORE_ENERGISING_WORK.key, OFFERED}
MOST_CHANGES: Final = 40  # entries of the history: more than people have in years
NOT_SHARED: Final = (
    "{name} decides what to share here, and so far there is nothing to read. When you meet, “What did you enjoy most "
    "lately?” is a good way in."
)
NOTHING_SAID: Final = "Nothing is saved yet."
NOTHING_SHARED: Final = "There is nothing to read at the moment."


def blocks(shown: Shown) -> list[kit.Block]:
    """What is asked on this side, with the history below where there is one."""
    found = _asked(shown) if shown.view.side is Side.EMPLOYEE else _offered(shown)
    if shown.view.lists.drives or shown.view.lists.drives_before or shown.help.theirs.drives:
        label = "How this changed"
        found.append(kit.actions([kit.button(label, ActionId.OPEN_HISTORY, str(shown.view.pair.pk))]))
    return found


def saved(view: PreparationView, _me: Person, _bank: Bank) -> FormValues:
    """What is saved of it; in a first preparation with another manager, what was said last, and none of it shared."""
    if view.side is Side.MANAGER:
        answer = view.lists.answers.get(MORE_ENERGISING_WORK.key)
        text: dict[str, dict[str, object]] = {MORE_ENERGISING_WORK.key: {"value": answer.text}} if answer else {}
        return fields(text | ticks({OFFERED: bool(answer and answer.shared)}))
    said = {**view.lists.drives_before, **view.lists.drives}
    values: dict[str, dict[str, object]] = {}
    ranked, path = said.get(DriveKind.MOTIVATIONS), said.get(DriveKind.PATH)
    chosen: dict[str, str] = dict(zip(RANKS, ranked.motivations, strict=False)) if ranked else {}
    if path and path.path:
        chosen[PATH] = path.path
    values |= {name: {"selected_option": {"value": value}} for name, value in chosen.items()}
    values |= {
        name: {"value": said[kind].text}
        for name, kind in ((WORK, DriveKind.WORK), (MORE_OF_IT, DriveKind.MORE_OF_IT))
        if kind in said
    }
    shared = {kind for kind, row in view.lists.drives.items() if row.shared}
    if DriveKind.MORE_OF_IT in shared:
        shared.add(DriveKind.WORK)
    return fields(values | ticks({name: kind in shared for kind, name in SHARES.items()}))


def _words(row: Drive) -> str:
    return kit.fitted(" ".join(written(row).split()), THEIR_TEXT)


# --- the employee ----------------------------------------------------------------------------------------------------


def _asked(shown: Shown) -> list[kit.Block]:
    values, none, found = shown.values, kit.option("No answer", UNSAID), [kit.context(_opening(shown))]
    motivations = [
        kit.option(f"{one.label} ({_source(one.is_inner)})", motivation) for motivation, one in MEANINGS.items()
    ]
    for name, label in zip(RANKS, RANK_LABELS, strict=True):
        found.append(kit.field(name, label, kit.select([*motivations, none], values.choice(name))))
    found.append(_tick(DriveKind.MOTIVATIONS, f"Share this ranking with {shown.other}", shown))
    work = kit.text_input(
        values.text(WORK), multiline=False, longest=LONGEST_WORK, placeholder="The supplier talks in June"
    )
    found.append(kit.field(WORK, "Work that excites you or makes you proud", work))
    more = kit.text_input(
        values.text(MORE_OF_IT), multiline=False, longest=LONGEST_WORK, placeholder="Lead the next ones myself"
    )
    found.append(kit.field(MORE_OF_IT, "One way to have more of it", more))
    found.append(_tick(DriveKind.WORK, f"Share both with {shown.other}", shown))
    if offer := shown.help.theirs.answers.get(MORE_ENERGISING_WORK.key):
        words = kit.fitted(" ".join(offer.text.split()), THEIR_TEXT)
        found.append(kit.context(f"*{shown.other_escaped} shared one way to have more of it:* {words}"))
    paths = kit.select([*(kit.option(text, path) for path, text in PATHS.items()), none], values.choice(PATH))
    hint = "It also changes the questions suggested to you."
    found.append(kit.field(PATH, "Which path would you like?", paths, hint=hint))
    return [*found, _tick(DriveKind.PATH, f"Share my path with {shown.other}", shown)]


def _opening(shown: Shown) -> str:
    said = {**shown.view.lists.drives_before, **shown.view.lists.drives}
    inner = "Inner ones come from the work itself, outer ones from what you get for it."
    if not said:
        return (
            f"What matters most to you right now? {inner} Leave out what you like: only you see it until you share it."
        )
    latest = max(said.values(), key=lambda row: row.set_at)
    when = formatting.day(local_day(shown.me, latest.set_at), shown.today)
    if latest.discussion_id == shown.view.discussion.pk:
        return f"As you saved it on {when}. {inner}"
    return f"As you said it on {when}. If it still holds, just save and continue; otherwise change what is different."


def _source(is_inner: bool) -> str:  # noqa: FBT001 - read off a motivation
    return "inner" if is_inner else "outer"


def _tick(kind: DriveKind, label: str, shown: Shown) -> kit.Block:
    return kit.tick(SHARES[kind], label, ticked=shown.values.is_ticked(SHARES[kind]))


# --- the manager -----------------------------------------------------------------------------------------------------


def _offered(shown: Shown) -> list[kit.Block]:
    """What the employee shares, a hint for each motivation, and what the manager can do about it."""
    theirs, name, found = shown.help.theirs.drives, shown.other_escaped, list[kit.Block]()
    if ranking := theirs.get(DriveKind.MOTIVATIONS):
        lines = [f"*What matters most to {name}, and what you can offer*"]
        for rank, motivation in enumerate(ranking.motivations, start=1):
            meaning = MEANINGS[motivation]
            lines.append(f"{rank}. *{meaning.label}* ({_source(meaning.is_inner)})\n_{meaning.offer}_")
        found.append(kit.section("\n".join(lines)))
    if path := theirs.get(DriveKind.PATH):
        found.append(kit.section(f"*The path {name} would like*\n{written(path)}"))
    for kind, title in (
        (DriveKind.WORK, "Work that excites them or makes them proud"),
        (DriveKind.MORE_OF_IT, "One way to have more of it, as they see it"),
    ):
        if kind in theirs:
            found.append(kit.section(f"*{title}*\n{_words(theirs[kind])}"))
    if not theirs:
        found.append(kit.section(NOT_SHARED.format(name=name)))
    text = shown.values.text(MORE_ENERGISING_WORK.key)
    element = kit.text_input(text, longest=LONGEST_ANSWER, placeholder=MORE_ENERGISING_WORK.hint)
    found.append(kit.field(MORE_ENERGISING_WORK.key, MORE_ENERGISING_WORK.label, element))
    found.append(kit.tick(OFFERED, f"Share this with {shown.other}", ticked=shown.values.is_ticked(OFFERED)))
    return found


VIEW: Final = PageView(Page.DRIVES, blocks, saved, OWN.__contains__)
