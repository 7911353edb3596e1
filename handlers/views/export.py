"""Records as files: what is to be in them, and what is said about them (practice L5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from cycle import formatting
from cycle.nudges import Action
from cycle.record import Exportable
from cycle.record_document import label
from handlers.shared.form_values import FormValues
from handlers.shared.ids import HIGHEST_KEY, ActionId, FormId
from handlers.shared.view_metadata import ExportMetadata
from handlers.views import kit
from storage.pairs import PairState


class Contents(StrEnum):
    """Whose part of a record goes into the files."""

    SHARED = "shared"  # what both can read
    OWN = "own"  # and what only the person can


class Format(StrEnum):
    """The kinds of files; the values are their endings."""

    MARKDOWN = "md"
    PDF = "pdf"


WITH, WHAT, CONTENTS, FORMATS = "with", "what", "contents", "formats"  # fields; that of WHAT also names the pair
ALL: Final = "0"
PROFILE: Final = "profile"
MOST_OPTIONS: Final = 100  # Slack's limit

CHOOSE_FORMAT: Final = "Please tick at least one kind of file."
OTHER_LIST: Final = "The list of discussions was still of someone else. It is up to date now; please choose again."

NAMES: Final = {Format.MARKDOWN: "Markdown", Format.PDF: "PDF"}
ARRIVED: Final = "Here are the files you asked for. Only you and I are in this conversation."


@dataclass(frozen=True)
class ExportForm:
    """What is chosen. `discussion_id` is 0 for all of them, and for the profile in their place."""

    pair_id: int
    discussion_id: int
    contents: Contents
    formats: Collection[Format]
    profile: bool = False

    def title(self, kind: Format) -> str:
        """What a file is called where Slack shows it."""
        return f"{'Career profile' if self.profile else 'Career discussions'} ({NAMES[kind]})"


def what_field(pair_id: int) -> str:
    """The field of the list of discussions: one per pair, since Slack keeps what is chosen by its name."""
    return f"{WHAT}.{pair_id}"


def render(found: Exportable, metadata: ExportMetadata) -> dict[str, Any]:
    """The form."""
    other = formatting.first_name(found.other)
    name = kit.fitted(other, 300)
    blocks = [
        kit.section(
            f"I send the files to you alone, as messages from me. {name} isn't told, and nothing of {name}'s that "
            "is private is in them."
        )
    ]
    if len(found.partners) > 1:
        people = [kit.option(one.name, str(pair.pk)) for pair, one in found.partners[:MOST_OPTIONS]]
        chooser = kit.select(people, str(found.pair.pk), action_id=ActionId.EXPORT_WITH)
        blocks.append(kit.field(WITH, "With whom", chooser, optional=False))
    count = formatting.count(len(found.discussions), "discussion")
    options = [
        kit.option(f"All of them ({count})", ALL),
        *(kit.option(label(one, found.me), str(one.pk)) for one in found.discussions[: MOST_OPTIONS - 2]),
    ]
    if found.pair.state is PairState.ACTIVE:
        options.insert(1, kit.option("The profile", PROFILE))
    what = kit.select(options, str(metadata.discussion_id))
    blocks += [
        kit.field(what_field(found.pair.pk), "Which discussions, or the profile", what, optional=False, tracked=False),
        kit.field(CONTENTS, "What is in them", _contents(other), optional=False, tracked=False),
        kit.field(FORMATS, "Kinds of files", _formats(), optional=False, tracked=False),
    ]
    return kit.modal(FormId.EXPORT, "Get files", blocks, submit="Send to me", close="Cancel", metadata=metadata)


def _contents(other: str) -> kit.Element:
    name = formatting.shorten(other, 30)
    options = [
        kit.option(f"What you and {name} can both read", Contents.SHARED, "Nothing of yours that is private."),
        kit.option("My own copy", Contents.OWN, "Also what only you see, marked as such. Keep it to yourself."),
    ]
    return kit.radio(options, Contents.SHARED)


def _formats() -> kit.Element:
    options = [
        kit.option("PDF", Format.PDF, "To read, print and file."),
        kit.option("Markdown", Format.MARKDOWN, "Plain text, to edit or to paste elsewhere."),
    ]
    return kit.checkboxes(options, list(Format))


def chosen_pair(values: FormValues) -> int:
    """The pair of the person chosen; 0 where none is."""
    return values.number(WITH, HIGHEST_KEY) or 0


def read(values: FormValues, metadata: ExportMetadata) -> ExportForm | dict[str, str]:
    """What is chosen, or a sentence for each field that needs another look."""
    field = what_field(metadata.pair_id)
    profile = values.choice(field) == PROFILE
    chosen = 0 if profile else values.number(field, HIGHEST_KEY)
    formats = [one for one in Format if one in values.choices(FORMATS)]
    if values.choice(WITH) not in {None, str(metadata.pair_id)} or chosen is None:
        return {field: OTHER_LIST}
    if not formats:
        return {FORMATS: CHOOSE_FORMAT}
    contents = values.member(CONTENTS, Contents) or Contents.SHARED
    return ExportForm(metadata.pair_id, chosen, contents, formats, profile)


def on_their_way(form: ExportForm) -> dict[str, Any]:
    """What the person sees at once."""
    files = "Your file is" if len(form.formats) == 1 else "Your files are"
    return kit.notice("On the way", f"{files} on the way. They arrive as a message from me in a few seconds.")


def again(discussion_id: int) -> kit.Element:
    """A way to ask again."""
    return kit.button("Try again", Action.OPEN_EXPORT, str(discussion_id))


def comment(names: Sequence[str]) -> str:
    """What is written above the files."""
    return ARRIVED if len(names) > 1 else ARRIVED.replace("Here are the files", "Here is the file")
