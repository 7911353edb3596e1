"""What each side is asked, with a tick that shares the answer and what the other side shared (practices C8, L1)."""

from typing import Final

from cycle.achievements import missing
from cycle.bank import Bank
from cycle.nudges import Action
from cycle.preparations import Page, PreparationView
from cycle.prompts import ACHIEVEMENTS, BY_KEY, LONGEST_ANSWER, MORE_ENERGISING_WORK, PROMPTS, Prompt
from handlers.shared.form_values import FormValues
from handlers.shared.ids import ActionId
from handlers.views import kit
from handlers.views.preparing.page import PageView, Shown, fields, ticks
from storage.objectives import Horizon
from storage.people import Person

SHARE: Final = "share."  # how the ticks begin; the key of the prompt follows
NOTED_TEXT: Final = 150  # characters shown of an achievement: enough to remember it by
LAST_TEXT: Final = 300  # characters shown of an answer of last time: the record has all of it
THEIR_TEXT: Final = 600  # characters shown of what the other side shared: the brief has all of it


def shared(values: FormValues) -> frozenset[str]:
    """The keys of the prompts whose answers are shared."""
    return frozenset(key for key in BY_KEY if values.is_ticked(f"{SHARE}{key}"))


def blocks(shown: Shown) -> list[kit.Block]:
    """A text for each prompt; below it what the other side shared on the same matter, and the tick."""
    found: list[kit.Block] = []
    for prompt in PROMPTS[shown.view.side]:
        element = kit.text_input(shown.values.text(prompt.key), longest=LONGEST_ANSWER, placeholder=prompt.hint)
        found.append(kit.field(prompt.key, prompt.label, element))
        if prompt.key == ACHIEVEMENTS:
            found += _noted_down(shown)
        found += [kit.context(line) for line in (*_last_time(prompt, shown), *_theirs(prompt, shown))]
        name = f"{SHARE}{prompt.key}"
        found.append(kit.tick(name, f"Share this with {shown.other}", ticked=shown.values.is_ticked(name)))
    return [*found, *_beside(shown)]


def saved(view: PreparationView, _me: Person, _bank: Bank) -> FormValues:
    """What is saved of it."""
    answers = {key: answer for key, answer in view.lists.answers.items() if _owns(key)}
    texts: dict[str, dict[str, object]] = {key: {"value": answer.text} for key, answer in answers.items()}
    return fields(texts | ticks({f"{SHARE}{key}": answer.shared for key, answer in answers.items()}))


def _last_time(prompt: Prompt, shown: Shown) -> list[str]:
    """C7: what I answered before the last discussion, unless the field has the same text."""
    before = shown.help.last_time.get(prompt.key)
    text = " ".join(before.text.split()) if before else ""
    if not text or text == " ".join(shown.values.text(prompt.key).split()):
        return []
    return [f"*Last time you wrote:* {kit.fitted(text, LAST_TEXT)}"]


def _beside(shown: Shown) -> list[kit.Block]:
    """C7: past records and open commitments, one press away, once there is a discussion to look back at."""
    if not shown.help.last_time:
        return []
    buttons = [
        kit.button("Past records", ActionId.OPEN_RECORDS, "0"),
        kit.button("Open commitments", Action.OPEN_COMMITMENTS, str(shown.view.pair.pk)),
    ]
    return [kit.actions(buttons)]


def _noted_down(shown: Shown) -> list[kit.Block]:
    """Where a first answer comes from; or what was noted down and is not in the answer (C8)."""
    noted = shown.help.achievements
    left = missing(shown.values.text(ACHIEVEMENTS), noted)
    if not noted:
        return []
    if not left:
        return [kit.context("This is what you noted down since you last talked. Change it as you like.")]
    lines = [f"• {kit.fitted(' '.join(one.text.split()), NOTED_TEXT)}" for one in left]
    return [kit.context("\n".join(["You also noted down:", *lines]))]


def _theirs(prompt: Prompt, shown: Shown) -> list[str]:
    """What the other side shared that belongs to a prompt."""
    theirs, found = shown.help.theirs, []
    for key in prompt.beside:
        if key in theirs.answers:
            text = " ".join(theirs.answers[key].text.split())
            found.append(f"*{shown.other_escaped} shared, on “{BY_KEY[key].label}”:* {kit.fitted(text, THEIR_TEXT)}")
        goals = [one.text for one in theirs.objectives if one.horizon == key]
        if goals:
            text = " · ".join(" ".join(goal.split()) for goal in goals)
            lead = "a longer-term objective" if key == Horizon.LONG else "an objective"
            found.append(f"*{shown.other_escaped} shared {lead}:* {kit.fitted(text, THEIR_TEXT)}")
    return found


def _owns(field: str) -> bool:
    key = field.removeprefix(SHARE)
    return key in BY_KEY and key != MORE_ENERGISING_WORK.key  # which has a page of its own


VIEW: Final = PageView(Page.ANSWERS, blocks, saved, _owns)
