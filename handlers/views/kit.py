"""Block Kit, the parts that we use, as plain dictionaries (why not a library: docs/decisions/0002).

Every function keeps Slack's limits by shortening what is shown, never what is stored. People's words go through
`escape` where they meet mrkdwn; plain text needs no escaping.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from cycle.formatting import shorten
from cycle.nudges import Button
from handlers.shared.ids import ActionId, FormId
from handlers.shared.view_metadata import ViewMetadata

Block = dict[str, Any]
Element = dict[str, Any]

# Slack's limits, in characters unless said otherwise.
SECTION_TEXT: Final = 3000
HEADER_TEXT: Final = 150
TITLE: Final = 24
BUTTON_TEXT: Final = 75
OPTION_TEXT: Final = 75
LABEL: Final = 2000
PLACEHOLDER: Final = 150
CONTEXT_TEXT: Final = 2000
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20

CHART: Final = "data_visualization"  # the type of block
MESSAGE_TEXT: Final = 4000

BY_WHEN: Final = "*By when?* It needs a day."  # beside a day that an input would call optional
TICKED: Final = "ticked"  # the value of a box that is the only one


def escape(text: str) -> str:
    """People's words, made harmless in mrkdwn: no mentions, links or broadcast."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str, limit: int) -> str:
    """People's words as a mrkdwn quotation of at most `limit` characters, escaping included."""
    return _within(limit, text, lambda part: "\n".join(f"> {line}" for line in escape(part).splitlines() or [""]))


def in_full(text: str) -> list[Block]:
    """All of a long text as quotations, in as many sections as it takes."""
    blocks, rest = [], text
    while rest:
        part = rest[:SECTION_TEXT]
        while len(shown := "\n".join(f"> {line}" for line in escape(part).splitlines())) > SECTION_TEXT:
            part = part[: len(part) * SECTION_TEXT // len(shown)]
        if len(part) < len(rest) and (cut := max(part.rfind(" "), part.rfind("\n"))) > len(part) // 2:
            part = part[: cut + 1]
        blocks.append(section(quoted(part, SECTION_TEXT)))
        rest = rest[len(part) :]
    return blocks


def fitted(text: str, limit: int) -> str:
    """People's words escaped, at most `limit` characters long after escaping."""
    return _within(limit, text, escape)


def _within(limit: int, text: str, written: Callable[[str], str]) -> str:
    """As much of a text as fits once it is written; escaping makes some texts five times as long."""
    room = min(limit, len(text))
    while len(shown := written(shorten(text, room))) > limit and room > 1:
        room = max(min(room - 1, room * limit // len(shown)), 1)
    return shown


def plain(text: str, limit: int) -> Element:
    """A plain_text object."""
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = SECTION_TEXT) -> Element:
    """A mrkdwn object; the caller has escaped people's words."""
    return {"type": "mrkdwn", "text": shorten(text, limit)}


def section(text: str, accessory: Element | None = None) -> Block:
    """A paragraph, with at most one element beside it."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def packed(lines: Iterable[str]) -> Iterator[Block]:
    """Lines, in as few paragraphs as hold them; the caller has escaped people's words."""
    text = ""
    for line in lines:
        if text and len(text) + 1 + len(line) > SECTION_TEXT:
            yield section(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield section(text)


def bar_chart(
    title: str, categories: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], counted: str
) -> Block:
    """Bars, grouped by category; for messages and the App Home. A workspace that has no charts yet refuses the block.

    At most 20 categories, all different, and 6 series, each with a name and a value for each category. `counted` says
    what the values are.
    """
    labels = [_label(one) for one in categories]
    bars = [
        {
            "name": shorten(name, CHART_LABEL),
            "data": [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)],
        }
        for name, values in series
    ]
    axes = {"categories": labels, "y_label": shorten(counted, CHART_TITLE)}
    chart = {"type": "bar", "series": bars, "axis_config": axes}
    return {"type": CHART, "title": shorten(title, CHART_TITLE), "chart": chart}


def _label(text: str) -> str:
    """A label of a chart; an emoji may count twice."""
    room = CHART_LABEL
    while len((label := shorten(text, room)).encode("utf-16-le")) > 2 * CHART_LABEL:
        room -= 1
    return label


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, HEADER_TEXT)}


def context(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT_TEXT)]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def actions(elements: Sequence[Element], block_id: str | None = None) -> Block:
    """A row of buttons; at most 25, and no two with the same action id."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return block | {"block_id": block_id} if block_id else block


def paging(action_id: ActionId, page: int, *, has_more: bool) -> Iterator[Block]:
    """The buttons to what is later and earlier; each in its own block, as Slack allows an action id once per block."""
    if page > 0:
        yield actions([button("Later", action_id, str(page - 1))], block_id=f"{action_id}.later")
    if has_more:
        yield actions([button("Earlier", action_id, str(page + 1))], block_id=f"{action_id}.earlier")


def button(
    label: str, action_id: str, value: str = "", *, primary: bool = False, danger: bool = False, about: str = ""
) -> Element:
    """A button. Screen readers read its label; `about` is what else they read, where others have the same label."""
    element: Element = {"type": "button", "text": plain(label, BUTTON_TEXT), "action_id": action_id}
    if value:
        element["value"] = value
    if primary or danger:
        element["style"] = "primary" if primary else "danger"
    if about:
        element["accessibility_label"] = shorten(f"{label}: {' '.join(about.split())}", BUTTON_TEXT)
    return element


def choice(one: Button) -> Element:
    """A button as the cycle describes it."""
    return button(one.label, one.does, str(one.subject_id), primary=one.primary)


def confirmed(element: Element, title: str, text: str, yes: str) -> Element:
    """An element that asks for confirmation before it acts."""
    ask = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Not now", 30),
    }
    return element | {"confirm": ask}


def field(
    name: str, label: str, element: Element, *, hint: str = "", optional: bool = True, tracked: bool = True
) -> Block:
    """An input. Errors and values find it by `name`, its block id; if `tracked`, each change is sent, for the draft."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain(label, LABEL),
        "element": element,
        "optional": optional,
        "dispatch_action": tracked,
    }
    return block | {"hint": plain(hint, LABEL)} if hint else block


def text_input(
    initial: str = "",
    *,
    multiline: bool = True,
    longest: int = 3000,
    placeholder: str = "",
    action_id: str = ActionId.TYPED,
) -> Element:
    """A text field that sends us what is typed (after Slack's own short pause)."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": longest,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    if initial:
        element["initial_value"] = initial[:longest]
    return element | {"placeholder": plain(placeholder, PLACEHOLDER)} if placeholder else element


def option(text: str, value: str, description: str = "") -> Element:
    """One thing to choose."""
    chosen: Element = {"text": plain(text, OPTION_TEXT), "value": value}
    return chosen | {"description": plain(description, OPTION_TEXT)} if description else chosen


def select(
    options: Sequence[Element],
    chosen: str | None = None,
    *,
    placeholder: str = "Choose",
    action_id: str = ActionId.TYPED,
) -> Element:
    """A menu; at most 100 options."""
    element: Element = {
        "type": "static_select",
        "action_id": action_id,
        "options": list(options),
        "placeholder": plain(placeholder, PLACEHOLDER),
    }
    initial = next((one for one in options if one["value"] == chosen), None)
    return element | {"initial_option": initial} if initial else element


def grouped_select(
    groups: Mapping[str, Sequence[Element]], chosen: str | None = None, *, action_id: str = ActionId.TYPED
) -> Element:
    """A long menu: at most 100 groups of 100 options, each under its heading."""
    element: Element = {
        "type": "static_select",
        "action_id": action_id,
        "option_groups": [
            {"label": plain(label, OPTION_TEXT), "options": list(some)} for label, some in groups.items()
        ],
        "placeholder": plain("Choose", PLACEHOLDER),
    }
    options = (one for some in groups.values() for one in some)
    initial = next((one for one in options if one["value"] == chosen), None)
    return element | {"initial_option": initial} if initial else element


def several(options: Sequence[Element], chosen: Iterable[str] = (), *, action_id: str = ActionId.TYPED) -> Element:
    """A menu from which several can be chosen, in one line; at most 100 options."""
    element: Element = {
        "type": "multi_static_select",
        "action_id": action_id,
        "options": list(options),
        "placeholder": plain("Choose", PLACEHOLDER),
    }
    wanted = set(chosen)
    initial = [one for one in options if one["value"] in wanted]
    return element | {"initial_options": initial} if initial else element


def radio(options: Sequence[Element], chosen: str | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """Radio buttons; at most 10."""
    element: Element = {"type": "radio_buttons", "action_id": action_id, "options": list(options)}
    initial = next((one for one in options if one["value"] == chosen), None)
    return element | {"initial_option": initial} if initial else element


def checkboxes(options: Sequence[Element], ticked: Iterable[str] = (), *, action_id: str = ActionId.TYPED) -> Element:
    """Boxes to tick; at most 10."""
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    wanted = set(ticked)
    initial = [one for one in options if one["value"] in wanted]
    return element | {"initial_options": initial} if initial else element


def tick(name: str, label: str, *, ticked: bool) -> Block:
    """One box to tick, in a row of its own. Values find it by `name`, its block id; each change is sent."""
    return actions([checkboxes([option(label, TICKED)], [TICKED] if ticked else ())], block_id=name)


def ticked_section(name: str, text: str, label: str, *, ticked: bool) -> Block:
    """A paragraph with one box to tick beside it; otherwise as `tick`. The caller has escaped people's words."""
    box = checkboxes([option(label, TICKED)], [TICKED] if ticked else ())
    return section(text, box) | {"block_id": name}


def day_picker(initial: date | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """A date."""
    element: Element = {"type": "datepicker", "action_id": action_id, "placeholder": plain("Choose a day", PLACEHOLDER)}
    return element | {"initial_date": initial.isoformat()} if initial else element


def time_picker(initial: time | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """A time of the day."""
    element: Element = {"type": "timepicker", "action_id": action_id, "placeholder": plain("Choose", PLACEHOLDER)}
    return element | {"initial_time": f"{initial:%H:%M}"} if initial else element


def moment_picker(initial: datetime | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """A date and time, which Slack shows in the person's own time zone."""
    element: Element = {"type": "datetimepicker", "action_id": action_id}
    return element | {"initial_date_time": int(initial.timestamp())} if initial else element


def person_picker(initial: str | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """A person of the workspace."""
    element: Element = {
        "type": "users_select",
        "action_id": action_id,
        "placeholder": plain("Choose a person", PLACEHOLDER),
    }
    return element | {"initial_user": initial} if initial else element


def channel_picker(initial: str | None = None, *, action_id: str = ActionId.TYPED) -> Element:
    """A channel, public or private, of those that the person is in or could join."""
    element: Element = {
        "type": "conversations_select",
        "action_id": action_id,
        "filter": {"include": ["public", "private"], "exclude_external_shared_channels": True},
        "placeholder": plain("Choose a channel", PLACEHOLDER),
    }
    return element | {"initial_conversation": initial} if initial else element


def overflow(options: Sequence[Element], action_id: str) -> Element:
    """A menu behind three dots; one to five options."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def modal(
    form: FormId,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Close",
    metadata: ViewMetadata | None = None,
) -> dict[str, Any]:
    """A modal view. We do not rely on hearing that it was closed: drafts are saved while people type."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": form,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "blocks": list(blocks),
        "private_metadata": (metadata or ViewMetadata()).pack(),
    }
    return view | {"submit": plain(submit, TITLE)} if submit else view


def notice(title: str, text: str) -> dict[str, Any]:
    """A modal with something to read."""
    return modal(FormId.NOTICE, title, [section(text)])


def draft_note(kept_at: str) -> list[Block]:
    """Above a form resumed from its draft."""
    return [
        context(f"Here is your draft of {kept_at}."),
        actions([button("Start over", ActionId.DISCARD_DRAFT)]),
    ]
