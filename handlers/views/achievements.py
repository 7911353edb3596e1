"""Achievements: those that a person has noted down, a new one, and one to edit (practice C8)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.achievements import HAPPENED_ON, LONGEST_ACHIEVEMENT, TEXT, AchievementForm
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import AchievementsMetadata
from handlers.views import kit
from storage.achievements import Achievement
from storage.people import Person

TITLE: Final = "Achievements"
SHOWN: Final = 300  # characters of one in the list, and where it is said back
NEW: Final = "new"  # how the fields of a new one begin: each that was saved is followed by fields of new names

ONLY_YOU: Final = (
    "Note it down while it's fresh. Only you see this list. "
    "I'll offer it to you when you next prepare with your manager."
)
LABEL: Final = "What did you achieve?"
EXAMPLE: Final = "Led the move to the new warehouse; every delivery was on time"


def field_names(metadata: AchievementsMetadata) -> dict[str, str]:
    """The names of the two fields as they are shown."""
    slot = f"edit{metadata.achievement_id}" if metadata.achievement_id else f"{NEW}{metadata.added}"
    return {TEXT: f"{slot}.{TEXT}", HAPPENED_ON: f"{slot}.{HAPPENED_ON}"}


def draft_subject(metadata: AchievementsMetadata) -> int:
    """What a draft is about: the message that a new one is made from, if any, or the one that is edited (below 0)."""
    return -metadata.achievement_id or metadata.message


def read(values: FormValues, metadata: AchievementsMetadata) -> AchievementForm:
    """What is filled in."""
    names = field_names(metadata)
    return AchievementForm(values.text(names[TEXT]), values.day(names[HAPPENED_ON]))


def filled_in(text: str, day: date) -> FormValues:
    """A new one with the words and the day of a message."""
    names = field_names(AchievementsMetadata())
    words, when = {"value": text[:LONGEST_ACHIEVEMENT]}, {"selected_date": day.isoformat()}
    return FormValues({names[TEXT]: {ActionId.TYPED: words}, names[HAPPENED_ON]: {ActionId.TYPED: when}})


def render(
    saved: Sequence[Achievement], me: Person, metadata: AchievementsMetadata, now: datetime, values: FormValues,
    *, said: str = "",
) -> dict[str, Any]:  # fmt: skip
    """A new one, and those there are below it, the latest first."""
    today = local_day(me, now)
    blocks = [kit.section(f":white_check_mark: {said}")] if said else []
    blocks += [kit.context(ONLY_YOU), *_fields(metadata, read(values, metadata), today)]
    if saved:
        blocks += [kit.divider(), kit.header("What you have so far")]
    for one in saved:
        button = kit.button("Edit", ActionId.EDIT_ACHIEVEMENT, str(one.pk), about=one.text)
        blocks.append(kit.section(f"{_in_short(one.text)}\n_{formatting.day(one.happened_on, today)}_", button))
    return kit.modal(FormId.ACHIEVEMENTS, TITLE, blocks, submit="Save", metadata=metadata)


def edit(
    one: Achievement, me: Person, metadata: AchievementsMetadata, now: datetime, values: FormValues
) -> dict[str, Any]:
    """One of them, to edit or remove."""
    typed = read(values, metadata) if field_names(metadata)[TEXT] in values else None
    remove = kit.confirmed(
        kit.button("Remove it", ActionId.REMOVE_ACHIEVEMENT, str(one.pk), danger=True),
        "Remove this achievement?",
        "It is gone for good then.",
        "Remove it",
    )
    shown = _fields(metadata, typed or AchievementForm(one.text, one.happened_on), local_day(me, now))
    blocks = [*shown, kit.actions([remove])]
    return kit.modal(FormId.ACHIEVEMENTS, TITLE, blocks, submit="Save", metadata=metadata)


def _fields(metadata: AchievementsMetadata, form: AchievementForm, today: date) -> list[kit.Block]:
    names = field_names(metadata)
    text = kit.text_input(form.text, longest=LONGEST_ACHIEVEMENT, placeholder=EXAMPLE)
    return [
        kit.field(names[TEXT], LABEL, text, optional=not metadata.achievement_id),
        kit.field(names[HAPPENED_ON], "When?", kit.day_picker(form.happened_on or today)),
    ]


def saved_line(text: str) -> str:
    """Says back what was saved."""
    return f"Saved: “{_in_short(text)}”."


def removed_line(text: str) -> str:
    """Says back what was removed."""
    return f"Removed: “{_in_short(text)}”."


def saved(one: Achievement) -> dict[str, Any]:
    """The answer to one that was typed after the word, which only the person sees."""
    return _with_buttons(one, f"{saved_line(one.text)} Only you see it. I'll offer it when you next prepare.")


def saved_before(one: Achievement) -> dict[str, Any]:
    """The answer to one that was typed again."""
    return _with_buttons(one, f"You have noted that down today already: “{_in_short(one.text)}”.")


def _with_buttons(one: Achievement, text: str) -> dict[str, Any]:
    buttons = [
        kit.button("Edit", ActionId.EDIT_ACHIEVEMENT, str(one.pk), about=one.text),
        kit.button("See all", ActionId.ACHIEVEMENTS),
    ]
    return _ephemeral(text, [kit.section(text), kit.actions(buttons)])


def not_saved(errors: Mapping[str, str], text: str) -> dict[str, Any]:
    """What is wrong with what was typed after the word, and all of it, so that nothing is lost."""
    sentence = " ".join(errors.values())
    return _ephemeral(sentence, [kit.section(f"{sentence} Here is what you typed:"), *kit.in_full(text)])


def _ephemeral(text: str, blocks: list[kit.Block]) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": formatting.shorten(text, kit.MESSAGE_TEXT), "blocks": blocks}


def _in_short(text: str) -> str:
    return kit.fitted(" ".join(text.split()), SHOWN)
