"""What a modal is about: its `private_metadata` (at most 3,000 characters), one model per form.

Keys and counters only, never people's words. Fields that a model does not know are ignored, so that a modal opened
before a deploy still submits after it.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cycle.errors import NotAvailable
from handlers.shared.ids import HIGHEST_KEY

UNREADABLE = "This form was opened before an update. Please copy what you typed, close it and open it again."

Key = Annotated[int, Field(ge=0, le=HIGHEST_KEY)]
"""The key of a row; 0 for none."""

LAST_PAGE = 10_000
Page = Annotated[int, Field(ge=0, le=LAST_PAGE)]
"""Which page of a list is shown; 0 for the latest."""


class ViewMetadata(BaseModel):
    """The base of all metadata, and enough for a view that is about nothing in particular."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True)

    def pack(self) -> str:
        """The metadata as JSON, as Slack carries it."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def of(cls, view: dict[str, Any]) -> Self:
        """The metadata of a view. Raises `NotAvailable` where it cannot be read."""
        found = cls.find(view)
        if found is None:
            raise NotAvailable(UNREADABLE)
        return found

    @classmethod
    def find(cls, view: dict[str, Any]) -> Self | None:
        """The metadata of a view; None where it cannot be read."""
        try:
            return cls.model_validate_json(view.get("private_metadata") or "{}")
        except ValidationError:
            return None

    def updated(self, **changes: object) -> Self:
        """The same metadata with some changes."""
        return self.model_copy(update=changes)


class PairMetadata(ViewMetadata):
    """For a form about a pair. `discussion_id` is the discussion it was opened for; 0 for whichever is open."""

    pair_id: Key = 0
    discussion_id: Key = 0


class CoachedMetadata(PairMetadata):
    """For a form in which the coach speaks: the keys of the wordings it remarked on (see `cycle.coach_remarks`)."""

    seen: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()  # those that the person wants to keep as they are


class StartMetadata(CoachedMetadata):
    """For the request to pair, before there is a pair."""


class OnTopMetadata(ViewMetadata):
    """For a modal that opens on top of another: which form that is, if it is to be redrawn, and which part it shows."""

    below: str = ""
    part: str = ""


class PreparationMetadata(CoachedMetadata, OnTopMetadata):
    """How many rows of objectives are shown on each horizon."""

    short_rows: int = 1
    long_rows: int = 1


class AgendaMetadata(CoachedMetadata):
    """Which page of the agenda is shown."""

    page: int = 0


class AmendMetadata(AgendaMetadata):
    """The agenda item to amend or to counter, and the mark of the words that the person read.

    The rest is the metadata of the agenda below.
    """

    item_id: Key = 0
    read: str = ""


class ScheduleMetadata(PairMetadata):
    """The round of the date that the person saw, and the moment (unix seconds) whose warnings they were shown."""

    round: int = 0
    warned_of: int = 0


class AskMetadata(CoachedMetadata):
    """For asking to meet."""


class AnswerMeetingMetadata(ViewMetadata):
    """The request to meet that is answered."""

    request_id: Key = 0


class WrapUpMetadata(PairMetadata):
    """The round of the date that the person saw, how many rows of commitments are shown, and what else is.

    `adds` where the discussion is wrapped up, and the form adds to that: the round is that of the next date, and
    `agreed_at` that date itself as it was shown (unix seconds; 0 for none).
    """

    round: int = 0
    commitment_rows: int = 2
    format_shown: bool = False
    adds: bool = False
    agreed_at: int = 0


class CommitmentsMetadata(PairMetadata):
    """Which page is shown, and how many commitments were added here: each gets fresh fields."""

    page: int = 0
    added: int = 0


class ChangeMetadata(CommitmentsMetadata):
    """The commitment to change, or the change to answer; `in_list` where the list of commitments lies below."""

    commitment_id: Key = 0
    request_id: Key = 0
    in_list: bool = False


class PulseMetadata(ViewMetadata):
    """The discussion that the person says how it was."""

    discussion_id: Key = 0


class RecordsMetadata(ViewMetadata):
    """Which page of the list of records is shown; 0 for the latest."""

    page: Page = 0


class RemindMetadata(ViewMetadata):
    """The stable key of the reminder that is put off to a day."""

    nudge: Annotated[str, Field(max_length=200)] = ""


class ForecastMetadata(ViewMetadata):
    """Which page of the coming days is shown; 0 for the soonest."""

    page: Page = 0


class HistoryMetadata(PairMetadata):
    """Which page of the history is shown; 0 for the latest."""

    page: Page = 0


class ExportMetadata(PairMetadata):
    """The pair whose discussions are listed, and the one that is chosen at first; 0 for all of them."""


class UpdatesMetadata(ViewMetadata):
    """The commitment that the two write to each other about."""

    commitment_id: Key = 0


class ObjectiveUpdatesMetadata(ViewMetadata):
    """The objective that the two write to each other about."""

    objective_id: Key = 0


class ObjectiveMetadata(PairMetadata, OnTopMetadata):
    """The objective that is shown, and how many benchmarks were added here: each gets fresh fields."""

    objective_id: Key = 0
    added: int = 0


class GuideMetadata(PairMetadata):
    """Which part of the guide is shown: a `cycle.guide.Part`."""

    part: str = ""


class GapMetadata(PairMetadata, OnTopMetadata):
    """The skill gap to change; 0 for a new one."""

    gap_id: Key = 0


class TeamObjectivesMetadata(ViewMetadata):
    """How many team objectives were added here: each gets a fresh field."""

    added: int = 0


class OpportunityMetadata(OnTopMetadata):
    """Which opportunity it is about; 0 for a new one."""

    opportunity_id: Key = 0


class AchievementsMetadata(ViewMetadata):
    """The achievement that is being edited, and a number for the message that a new one is made from."""

    achievement_id: Key = 0
    message: Key = 0
    added: int = 0  # how many were saved here: each gets fresh fields


class PairPickerMetadata(ViewMetadata):
    """The word of `/career` whose form opens for the pair that is chosen."""

    word: str = ""


class StartOverMetadata(ViewMetadata):
    """The form that opens anew, and its own metadata, packed."""

    form: str = ""
    packed: str = ""
