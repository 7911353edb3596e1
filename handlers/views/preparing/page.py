"""What all pages of a preparation have in common: where you are, what is typed, and the button that saves it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from cycle import formatting
from cycle.bank import Bank, Question, QuestionSet
from cycle.coach_remarks import Advice
from cycle.preparations import PAGES, Page, PreparationView, SharedWithMe
from cycle.suggestions import Step
from cycle.zones import local_day
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import PreparationMetadata
from handlers.views import coach_remarks, kit
from storage.achievements import Achievement
from storage.pairs import Side
from storage.people import Person
from storage.preparations import Answer

NAV: Final = "page"  # how the id of the menu of pages begins; each page has its own, so that it shows where you are
CONTINUE: Final = "Save and continue"

NAMES: Final = {
    Page.STANDING: "Where you stand",
    Page.DRIVES: "What drives you",
    Page.OBJECTIVES: "Objectives",
    Page.QUESTIONS: "Questions",
    Page.ANSWERS: "Your answers",
    Page.SHARING: "What you share",
}


@dataclass(frozen=True)
class Help:
    """What helps to fill a page in: the question bank, the coach, and what the other side shared."""

    sets: Sequence[QuestionSet] = ()
    chosen: QuestionSet | None = None  # the set of questions that the discussion follows
    suggestions: Sequence[Question] = ()  # for the employee to pick from
    steps: Sequence[Step] = ()  # of the chosen set: what the manager asks
    advice: Sequence[Advice] = ()
    theirs: SharedWithMe = field(default_factory=SharedWithMe)
    achievements: Sequence[Achievement] = ()  # noted down since the two last met
    unsaved: Collection[Page] = ()  # pages with a draft that says something else than what is saved
    last_time: Mapping[str, Answer] = field(default_factory=dict)  # my own for the discussion before, by prompt


@dataclass(frozen=True)
class Shown:
    """All that a page is drawn from."""

    view: PreparationView
    me: Person
    metadata: PreparationMetadata
    values: FormValues  # as saved, or as typed since
    now: datetime
    help: Help = field(default_factory=Help)
    draft_kept_at: datetime | None = None  # of the draft that it is resumed from

    @property
    def other(self) -> str:
        """The other side's first name, for plain text."""
        return formatting.first_name(self.view.other)

    @property
    def other_escaped(self) -> str:
        """The other side's first name, for mrkdwn."""
        return kit.fitted(self.other, 300)

    @property
    def today(self) -> date:
        """On my own calendar."""
        return local_day(self.me, self.now)


@dataclass(frozen=True)
class PageView:
    """How a page looks: its blocks, what they are filled with once it is saved, and which fields are its own."""

    page: Page
    blocks: Callable[[Shown], list[kit.Block]]
    saved: Callable[[PreparationView, Person, Bank], FormValues]
    owns: Callable[[str], bool]
    submit: Callable[[Shown], str] = lambda _shown: CONTINUE


def render(page: PageView, shown: Shown) -> dict[str, Any]:
    """A page, filled with what is saved or, where there is one, with the draft."""
    blocks = [_menu(page.page, shown.view.side, shown)]
    if shown.draft_kept_at is not None:
        kept_at = formatting.moment(shown.draft_kept_at, shown.me, shown.today)
        over = kit.button("Start over", ActionId.DISCARD_DRAFT)
        blocks.append(kit.section(f"Here is your draft of {kept_at}. It is not saved yet.", over))
    button = page.submit(shown)
    blocks += [*page.blocks(shown), *coach_remarks.closing(shown.help.advice, button)]
    return kit.modal(FormId(page.page), "Prepare", blocks, submit=button, metadata=shown.metadata)


def name_of(page: Page, shown: Shown) -> str:
    """What a page is called on this side."""
    if page is Page.STANDING and shown.view.side is Side.MANAGER:
        return f"Where {shown.other} stands"
    if page is Page.DRIVES and shown.view.side is Side.MANAGER:
        return f"What drives {shown.other}"
    return NAMES[page]


def fields(values: Mapping[str, Mapping[str, object]]) -> FormValues:
    """What is filled in, in the shape in which Slack reports it: an element by field."""
    return FormValues({name: {ActionId.TYPED: element} for name, element in values.items()})


def ticks(ticked: Mapping[str, bool]) -> dict[str, dict[str, object]]:
    """Boxes to tick by field, as `fields` takes them."""
    return {name: {"selected_options": [{"value": kit.TICKED}] if on else []} for name, on in ticked.items()}


def _menu(current: Page, side: Side, shown: Shown) -> kit.Block:
    pages = PAGES[side]
    options = [
        kit.option(f"{number} of {len(pages)} · {name_of(page, shown)}", page)
        for number, page in enumerate(pages, start=1)
    ]
    menu = kit.select(options, current, action_id=ActionId.GO_TO_PAGE)
    return kit.actions([menu], block_id=f"{NAV}.{current}")
