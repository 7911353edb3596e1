import json
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.validation import MARKDOWN_TOTAL, MESSAGE_BLOCKS_TOTAL, VIEW_BYTES, Kind, problems

Json = dict[str, Any]
Build = Callable[[int], Json]


def _plain(length: int = 5) -> Json:
    return {"type": "plain_text", "text": "x" * length}


def _mrkdwn(length: int = 5) -> Json:
    return {"type": "mrkdwn", "text": "x" * length}


def _option(number: int = 0, **changes: Any) -> Json:
    return {"text": _plain(), "value": f"v{number}", **changes}


def _options(count: int) -> list[Json]:
    return [_option(number) for number in range(count)]


def _modal(*blocks: Json, **changes: Any) -> Json:
    return {"type": "modal", "title": _plain(), "submit": _plain(), "blocks": list(blocks), **changes}


def _field(element: Json, **changes: Any) -> Json:
    return {"type": "input", "label": _plain(), "element": element, **changes}


def _text_input(**changes: Any) -> Json:
    return {"type": "plain_text_input", **changes}


def _select(**changes: Any) -> Json:
    return {"type": "static_select", "options": _options(2), **changes}


def _button(**changes: Any) -> Json:
    return {"type": "button", "text": _plain(), **changes}


def _actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _section(**changes: Any) -> Json:
    return {"type": "section", "text": _mrkdwn(), **changes}


def _confirm(**changes: Any) -> Json:
    return {"title": _plain(), "text": _mrkdwn(), "confirm": _plain(), "deny": _plain(), **changes}


def _repeated(count: int) -> list[Json]:
    return [{"type": "divider"} for _ in range(count)]


def _chart(title: str = "Progress") -> Json:
    bars = {"name": "Reached", "data": [{"label": "1. Exam", "value": 1}]}
    chart = {"type": "bar", "series": [bars], "axis_config": {"categories": ["1. Exam"]}}
    return {"type": "data_visualization", "title": title, "chart": chart}


# What is limited, its limit, where the fault is pointed out, the payload with n of it.
LIMITS: list[tuple[Kind, int, str, Build]] = [
    ("message", 50, "/blocks", lambda n: {"blocks": _repeated(n)}),
    ("message", 4000, "/text", lambda n: {"text": "x" * n}),
    ("modal", 100, "/blocks", lambda n: _modal(*_repeated(n))),
    ("home", 100, "/blocks", lambda n: {"type": "home", "blocks": _repeated(n)}),
    ("modal", 24, "/title/text", lambda n: _modal(title=_plain(n))),
    ("modal", 24, "/submit/text", lambda n: _modal(submit=_plain(n))),
    ("modal", 24, "/close/text", lambda n: _modal(close=_plain(n))),
    ("modal", 3000, "/private_metadata", lambda n: _modal(private_metadata="x" * n)),
    ("modal", 255, "/callback_id", lambda n: _modal(callback_id="x" * n)),
    ("modal", 255, "/external_id", lambda n: _modal(external_id="x" * n)),
    ("modal", 255, "/blocks/0/block_id", lambda n: _modal(_section(block_id="x" * n))),
    ("modal", 3000, "/blocks/0/text/text", lambda n: _modal(_section(text=_mrkdwn(n)))),
    ("modal", 10, "/blocks/0/fields", lambda n: _modal({"type": "section", "fields": [_plain()] * n})),
    ("modal", 2000, "/blocks/0/fields/0/text", lambda n: _modal({"type": "section", "fields": [_mrkdwn(n)]})),
    ("modal", 150, "/blocks/0/text/text", lambda n: _modal({"type": "header", "text": _plain(n)})),
    ("modal", 10, "/blocks/0/elements", lambda n: _modal({"type": "context", "elements": [_mrkdwn()] * n})),
    ("modal", 25, "/blocks/0/elements", lambda n: _modal(_actions(*[_button() for _ in range(n)]))),
    ("modal", 75, "/blocks/0/elements/0/text/text", lambda n: _modal(_actions(_button(text=_plain(n))))),
    ("modal", 2000, "/blocks/0/elements/0/value", lambda n: _modal(_actions(_button(value="x" * n)))),
    ("modal", 255, "/blocks/0/elements/0/action_id", lambda n: _modal(_actions(_button(action_id="x" * n)))),
    ("modal", 3000, "/blocks/0/elements/0/url", lambda n: _modal(_actions(_button(url="https://" + "x" * (n - 8))))),
    ("modal", 2000, "/blocks/0/label/text", lambda n: _modal(_field(_text_input(), label=_plain(n)))),
    ("modal", 2000, "/blocks/0/hint/text", lambda n: _modal(_field(_text_input(), hint=_plain(n)))),
    (
        "modal",
        150,
        "/blocks/0/element/placeholder/text",
        lambda n: _modal(_field(_text_input(placeholder=_plain(n)))),
    ),
    (
        "modal",
        3000,
        "/blocks/0/element/initial_value",
        lambda n: _modal(_field(_text_input(initial_value="x" * n))),
    ),
    ("modal", 3000, "/blocks/0/element/max_length", lambda n: _modal(_field(_text_input(max_length=n)))),
    ("modal", 100, "/blocks/0/element/options", lambda n: _modal(_field(_select(options=_options(n))))),
    (
        "modal",
        100,
        "/blocks/0/element/option_groups",
        lambda n: _modal(
            _field({"type": "static_select", "option_groups": [{"label": _plain(), "options": _options(1)}] * n})
        ),
    ),
    (
        "modal",
        75,
        "/blocks/0/element/options/0/text/text",
        lambda n: _modal(_field(_select(options=[_option(text=_plain(n))]))),
    ),
    (
        "modal",
        150,
        "/blocks/0/element/options/0/value",
        lambda n: _modal(_field(_select(options=[_option(value="x" * n)]))),
    ),
    (
        "modal",
        10,
        "/blocks/0/element/options",
        lambda n: _modal(_field({"type": "checkboxes", "options": _options(n)})),
    ),
    (
        "modal",
        10,
        "/blocks/0/element/options",
        lambda n: _modal(_field({"type": "radio_buttons", "options": _options(n)})),
    ),
    (
        "home",
        5,
        "/blocks/0/accessory/options",
        lambda n: {"type": "home", "blocks": [_section(accessory={"type": "overflow", "options": _options(n)})]},
    ),
    ("home", 50, "/blocks/0/title", lambda n: {"type": "home", "blocks": [_chart(title="x" * n)]}),
    (
        "modal",
        100,
        "/blocks/0/elements/0/confirm/title/text",
        lambda n: _modal(_actions(_button(confirm=_confirm(title=_plain(n))))),
    ),
    (
        "modal",
        300,
        "/blocks/0/elements/0/confirm/text/text",
        lambda n: _modal(_actions(_button(confirm=_confirm(text=_mrkdwn(n))))),
    ),
    (
        "modal",
        30,
        "/blocks/0/elements/0/confirm/deny/text",
        lambda n: _modal(_actions(_button(confirm=_confirm(deny=_plain(n))))),
    ),
]


@pytest.mark.parametrize(("kind", "limit", "pointer", "build"), LIMITS, ids=[f"{k}{p}={n}" for k, n, p, _ in LIMITS])
def test_each_limit_holds_at_its_edge(kind: Kind, limit: int, pointer: str, build: Build):
    """What is exactly as long as Slack allows passes; one more is refused, at the right place."""
    assert problems(kind, build(limit)) == []
    assert [problem.pointer for problem in problems(kind, build(limit + 1))] == [pointer]


WRONG: dict[str, tuple[Kind, Json, str]] = {
    "inputs without submit": (
        "modal",
        {"type": "modal", "title": _plain(), "blocks": [_field(_text_input())]},
        "/submit",
    ),
    "block_id twice": ("modal", _modal(_section(block_id="a"), _section(block_id="a")), "/blocks/1/block_id"),
    "action_id twice in a block": (
        "modal",
        _modal(_actions(_button(action_id="a"), _button(action_id="a"))),
        "/blocks/0/elements/1/action_id",
    ),
    "unknown block": ("message", {"blocks": [{"type": "carousel"}]}, "/blocks/0/type"),
    "unknown element": ("modal", _modal(_field({"type": "slider"})), "/blocks/0/element/type"),
    "button in an input": ("modal", _modal(_field(_button())), "/blocks/0/element/type"),
    "text input in actions": ("modal", _modal(_actions(_text_input())), "/blocks/0/elements/0/type"),
    "datetimepicker beside a section": (
        "modal",
        _modal(_section(accessory={"type": "datetimepicker"})),
        "/blocks/0/accessory/type",
    ),
    "datetimepicker on Home": (
        "home",
        {"type": "home", "blocks": [_actions({"type": "datetimepicker"})]},
        "/blocks/0/elements/0/type",
    ),
    "number input in a message": (
        "message",
        {"blocks": [_field({"type": "number_input", "is_decimal_allowed": False})]},
        "/blocks/0/element/type",
    ),
    "alert in a message": ("message", {"blocks": [{"type": "alert", "text": _plain()}]}, "/blocks/0/type"),
    "markdown in a modal": ("modal", _modal({"type": "markdown", "text": "x"}), "/blocks/0/type"),
    "mrkdwn in a header": ("modal", _modal({"type": "header", "text": _mrkdwn()}), "/blocks/0/text/type"),
    "mrkdwn on a button": ("modal", _modal(_actions(_button(text=_mrkdwn()))), "/blocks/0/elements/0/text/type"),
    "mrkdwn in a select's option": (
        "modal",
        _modal(_field(_select(options=[_option(text=_mrkdwn())]))),
        "/blocks/0/element/options/0/text/type",
    ),
    "initial option from elsewhere": (
        "modal",
        _modal(_field(_select(initial_option=_option(9)))),
        "/blocks/0/element/initial_option",
    ),
    "initial option with other text": (
        "modal",
        _modal(_field(_select(initial_option=_option(0, text=_plain(7))))),
        "/blocks/0/element/initial_option",
    ),
    "initial options from elsewhere": (
        "modal",
        _modal(_field({"type": "checkboxes", "options": _options(2), "initial_options": [_option(1), _option(5)]})),
        "/blocks/0/element/initial_options/1",
    ),
    "no options": ("modal", _modal(_field(_select(options=[]))), "/blocks/0/element/options"),
    "options and groups": (
        "modal",
        _modal(_field(_select(option_groups=[{"label": _plain(), "options": _options(1)}]))),
        "/blocks/0/element",
    ),
    "section without words": ("modal", _modal({"type": "section"}), "/blocks/0"),
    "empty section": ("modal", _modal(_section(text=_mrkdwn(0))), "/blocks/0/text/text"),
    "empty actions": ("modal", _modal(_actions()), "/blocks/0/elements"),
    "text as a bare string": ("modal", _modal(_section(text="hello")), "/blocks/0/text"),
    "confirm without deny": (
        "modal",
        _modal(_actions(_button(confirm={"title": _plain(), "text": _plain(), "confirm": _plain()}))),
        "/blocks/0/elements/0/confirm",
    ),
    "style of another age": ("modal", _modal(_actions(_button(style="blue"))), "/blocks/0/elements/0/style"),
    "misspelt field": ("modal", _modal(_section(acessory=_button())), "/blocks/0"),
    "picture without alt text": ("modal", _modal({"type": "image", "image_url": "https://e.org/a.png"}), "/blocks/0"),
    "date that is none": (
        "modal",
        _modal(_field({"type": "datepicker", "initial_date": "2026-02-30"})),
        "/blocks/0/element/initial_date",
    ),
    "time that is none": (
        "modal",
        _modal(_field({"type": "timepicker", "initial_time": "9:00"})),
        "/blocks/0/element/initial_time",
    ),
    "shortest over longest": (
        "modal",
        _modal(_field(_text_input(min_length=9, max_length=3))),
        "/blocks/0/element/min_length",
    ),
    "initial value over the longest": (
        "modal",
        _modal(_field(_text_input(initial_value="four", max_length=3))),
        "/blocks/0/element/initial_value",
    ),
    "two with the focus": (
        "modal",
        _modal(_field(_text_input(focus_on_load=True)), _field(_text_input(focus_on_load=True))),
        "/blocks/1/element/focus_on_load",
    ),
    "Home as a modal": ("modal", {"type": "home", "title": _plain(), "blocks": []}, "/type"),
    "chart in a modal": ("modal", _modal(_chart()), "/blocks/0/type"),
    "chart without axes": (
        "home",
        {"type": "home", "blocks": [_chart() | {"chart": {"type": "bar", "series": _chart()["chart"]["series"]}}]},
        "/blocks/0/chart",
    ),
    "Home with a title": ("home", {"type": "home", "title": _plain(), "blocks": []}, ""),
    "modal without title": ("modal", {"type": "modal", "blocks": []}, ""),
    "view without blocks": ("home", {"type": "home"}, ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_slack_refuses_is_refused_with_its_place(name: str):
    """Every mistake in the table is found once, and the pointer leads to it."""
    kind, payload, pointer = WRONG[name]
    assert [problem.pointer for problem in problems(kind, payload)] == [pointer]


def test_a_view_over_250_kilobytes_is_too_large():
    """Size counts as a whole, even if every part keeps its own limit."""
    blocks = [_section(text=_mrkdwn(3000)) for _ in range(90)]
    assert len(json.dumps(blocks)) > VIEW_BYTES
    assert [problem.pointer for problem in problems("modal", _modal(*blocks))] == [""]


READABLE: dict[str, Callable[[int], Json]] = {
    "section text": lambda n: _section(text=_mrkdwn(n)),
    "section field": lambda n: {"type": "section", "fields": [_plain(n)]},
    "header": lambda n: {"type": "header", "text": _plain(n)},
    "context": lambda n: {"type": "context", "elements": [_mrkdwn(n)]},
    "button": lambda n: _actions(_button(text=_plain(n))),
    "option": lambda n: _actions({"type": "overflow", "options": [_option(text=_plain(n))]}),
    "option's description": lambda n: _actions(
        {"type": "overflow", "options": [_option(text=_plain(1), description=_plain(n - 1))]}
    ),
    "rich text": lambda n: {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * n}]}],
    },
}


@pytest.mark.parametrize("name", READABLE)
def test_everything_people_read_counts_towards_the_total_of_a_message(name: str):
    """With ten characters of this kind at the end a message is exactly full; with eleven it is refused as a whole."""
    full = [_section(text=_mrkdwn(2000)) for _ in range(4)] + [_section(text=_mrkdwn(MESSAGE_BLOCKS_TOTAL - 8010))]
    assert problems("message", {"text": "x" * 4000, "blocks": [*full, READABLE[name](10)]}) == []
    over = problems("message", {"text": "x", "blocks": [*full, READABLE[name](11)]})
    assert [problem.pointer for problem in over] == ["/blocks"]
    assert problems("modal", _modal(*full, _section(text=_mrkdwn(3000)))) == []


def test_what_nobody_reads_does_not_count_towards_the_total():
    """Values and ids are as long as they like within their own limits."""
    buttons = [_button(value="v" * 2000, action_id=f"a{number}" + "x" * 200) for number in range(25)]
    assert problems("message", {"blocks": [_actions(*buttons)]}) == []


def test_markdown_blocks_have_a_total_of_their_own():
    """Markdown is limited to 12,000 characters in all blocks together, beside what the other blocks hold."""
    other = [_section(text=_mrkdwn(2000)) for _ in range(5)]
    half = MARKDOWN_TOTAL // 2
    fits = [{"type": "markdown", "text": "x" * half}, {"type": "markdown", "text": "x" * half}]
    assert problems("message", {"blocks": [*other, *fits]}) == []
    over = [{"type": "markdown", "text": "x" * half}, {"type": "markdown", "text": "x" * (half + 1)}]
    assert [problem.pointer for problem in problems("message", {"blocks": over})] == ["/blocks"]


def test_the_message_says_what_and_where_as_slack_does():
    """The words are Slack's own, so that what is learnt here helps there."""
    found = problems("message", {"blocks": [_section(text=_mrkdwn(3001)), _actions(*[_button()] * 26)]})
    assert [str(problem) for problem in found] == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        "no more than 25 items allowed [json-pointer:/blocks/1/elements]",
    ]


words = st.text(string.ascii_letters + " äß€😀<&>", min_size=1, max_size=60)
plains = st.builds(lambda text: {"type": "plain_text", "text": text}, words)
texts = st.one_of(plains, st.builds(lambda text: {"type": "mrkdwn", "text": text}, words))
choices = st.lists(words, min_size=1, max_size=10, unique=True).map(
    lambda names: [{"text": {"type": "plain_text", "text": name}, "value": name} for name in names]
)


@st.composite
def _chosen(draw: st.DrawFn, kind: str) -> Json:
    offered = draw(choices)
    element: Json = {"type": kind, "options": offered}
    if draw(st.booleans()):
        some = draw(st.lists(st.sampled_from(offered), min_size=1, max_size=3, unique_by=lambda one: one["value"]))
        many = kind in {"checkboxes", "multi_static_select"}
        element |= {"initial_options": some} if many else {"initial_option": some[0]}
    return element


pickers = st.one_of(
    _chosen("static_select"),
    _chosen("radio_buttons"),
    _chosen("checkboxes"),
    st.builds(lambda day: {"type": "datepicker", "initial_date": day.isoformat()}, st.dates()),
    st.builds(lambda time: {"type": "timepicker", "initial_time": f"{time:%H:%M}"}, st.times()),
    st.just({"type": "users_select"}),
)
fields = st.one_of(
    pickers,
    _chosen("multi_static_select"),
    st.builds(lambda text, multiline: _text_input(initial_value=text, multiline=multiline), words, st.booleans()),
    st.builds(
        lambda number: {"type": "number_input", "is_decimal_allowed": False, "initial_value": str(number)},
        st.integers(),
    ),
    st.just({"type": "datetimepicker", "initial_date_time": 1_800_000_000}),
    st.just({"type": "email_text_input"}),
    st.just({"type": "url_text_input"}),
)
buttons = st.builds(lambda text, value: _button(text=text, value=value), plains, words)
blocks = st.one_of(
    st.just({"type": "divider"}),
    st.builds(lambda text: {"type": "header", "text": text}, plains),
    st.builds(lambda text: _section(text=text), texts),
    st.builds(lambda text, accessory: _section(text=text, accessory=accessory), texts, st.one_of(buttons, pickers)),
    st.builds(lambda some: {"type": "context", "elements": some}, st.lists(texts, min_size=1, max_size=10)),
    st.builds(
        lambda some: _actions(*({**one, "action_id": f"a{number}"} for number, one in enumerate(some))),
        st.lists(st.one_of(buttons, pickers), min_size=1, max_size=25),
    ),
    st.builds(lambda label, element: _field(element, label=label), plains, fields),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(blocks, max_size=20), st.text(max_size=3000))
def test_a_valid_view_is_never_refused(some: list[Json], note: str):
    """Valid blocks are accepted in any combination."""
    numbered = [{**block, "block_id": f"b{number}"} for number, block in enumerate(some)]
    assert problems("modal", _modal(*numbered, private_metadata=note)) == []


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["type", "text", "blocks", "elements", "element", "options", "value", "block_id"]), inner
        ),
        st.builds(
            lambda kind, body: {**body, "type": kind},
            st.sampled_from(["section", "input", "actions", "static_select", "button", "plain_text"]),
            st.dictionaries(st.sampled_from(["text", "elements", "element", "options", "label", "accessory"]), inner),
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["message", "modal", "home"]), st.dictionaries(st.text(max_size=3), json_values), json_values)
def test_no_json_breaks_the_validation(kind: Kind, payload: Json, some: Any):
    """Any JSON gets an answer, never an exception."""
    problems(kind, payload | {"type": kind, "blocks": some})
    problems(kind, payload | {"type": kind, "blocks": [some]})
