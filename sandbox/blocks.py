"""Block types, and the surfaces (message, modal, Home) on which each is allowed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sandbox.checks import Check, Problem, anything, boolean, by_type, either, items, one_of, record, text, url
from sandbox.compositions import TEXT_LIMIT, any_text, identifier, plain_text
from sandbox.elements import ALT_TEXT, context_element, element_of

HEADER = 150
FIELDS = 10
FIELD_TEXT = 2000
CONTEXT_ELEMENTS = 10
ACTIONS = 25
LABEL = 2000
IMAGE_TITLE = 2000
VIDEO_TITLE = 200
VIDEO_AUTHOR = 50
MARKDOWN = 12_000
TABLE_ROWS = 100
TABLE_COLUMNS = 20
DATA_ROWS = 200
CHART_TITLE = 50
CHART_LABEL = 20
CHART_POINTS = 20
CHART_SERIES = 6


def _section_has_content(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if "text" not in value and "fields" not in value:
        yield Problem(at, "must define either `text` or `fields`")


def _no_dispatch_for_files(value: dict[str, Any], at: str) -> Iterator[Problem]:
    if value.get("dispatch_action") and value["element"].get("type") == "file_input":
        yield Problem(f"{at}/dispatch_action", "is not allowed with file_input")


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None, *more: Check) -> Check:
    return record(required, {"block_id": identifier, **(optional or {})}, *more)


def _on_every_surface(surface: str) -> dict[str, Check]:
    return {
        "section": _block(
            {},
            {
                "text": any_text(TEXT_LIMIT),
                "fields": items(any_text(FIELD_TEXT), FIELDS),
                "accessory": element_of("section", surface),
                "expand": boolean,
            },
            _section_has_content,
        ),
        "divider": _block({}),
        "header": _block({"text": plain_text(HEADER)}),
        "context": _block({"elements": items(context_element, CONTEXT_ELEMENTS)}),
        "actions": _block({"elements": items(element_of("actions", surface), ACTIONS)}),
        "image": _block(
            {"alt_text": text(ALT_TEXT)},
            {"image_url": url, "slack_file": anything, "title": plain_text(IMAGE_TITLE)},
            either("image_url", "slack_file"),
        ),
        "input": _block(
            {"label": plain_text(LABEL), "element": element_of("input", surface)},
            {"hint": plain_text(LABEL), "optional": boolean, "dispatch_action": boolean},
            _no_dispatch_for_files,
        ),
        "rich_text": _block({"elements": items(_rich_text_part, 1000)}),
        "video": _video,
    }


_video = _block(
    {
        "alt_text": text(ALT_TEXT),
        "title": plain_text(VIDEO_TITLE),
        "thumbnail_url": url,
        "video_url": url,
    },
    {
        "title_url": url,
        "description": plain_text(VIDEO_TITLE),
        "author_name": text(VIDEO_AUTHOR),
        "provider_name": text(VIDEO_AUTHOR),
        "provider_icon_url": url,
    },
)

_rich_text_part = by_type(
    {
        "rich_text_section": record({"elements": anything}),
        "rich_text_list": record(
            {"elements": anything, "style": one_of("bullet", "ordered")},
            {"indent": anything, "offset": anything, "border": anything},
        ),
        "rich_text_quote": record({"elements": anything}, {"border": anything}),
        "rich_text_preformatted": record({"elements": anything}, {"border": anything}),
    },
    "rich text element",
)

_cell = by_type(
    {
        "raw_text": record({"text": text(TEXT_LIMIT)}),
        "raw_number": record({"value": anything}, {"text": text(TEXT_LIMIT)}),
        "rich_text": record({"elements": items(_rich_text_part, 1000)}, {"block_id": identifier}),
    },
    "table cell",
)
_table = _block(
    {"rows": items(items(_cell, TABLE_COLUMNS), TABLE_ROWS)}, {"column_settings": items(anything, TABLE_COLUMNS, 0)}
)
# Of the newest block types only the documented sizes are checked.
_data_table = _block(
    {"rows": items(items(_cell, TABLE_COLUMNS), DATA_ROWS)},
    dict.fromkeys(("caption", "column_settings", "page_size", "row_header_column_index"), anything),
)
_point = record({"label": text(CHART_LABEL), "value": anything})
_bars = record(
    {
        "series": items(record({"name": text(CHART_LABEL), "data": items(_point, CHART_POINTS)}), CHART_SERIES),
        "axis_config": record(
            {"categories": items(text(CHART_LABEL), CHART_POINTS)},
            {"x_label": text(CHART_TITLE), "y_label": text(CHART_TITLE)},
        ),
    }
)
_charts = {"pie": record({"segments": items(_point, CHART_SERIES)}), "bar": _bars, "line": _bars, "area": _bars}
_data_chart = _block({"title": text(CHART_TITLE), "chart": by_type(_charts, "chart")})

_ONLY_ON: dict[str, dict[str, Check]] = {
    "message": {
        "markdown": _block({"text": text(MARKDOWN)}),
        "table": _table,
        "data_table": _data_table,
        "data_visualization": _data_chart,
    },
    "home": {"table": _table, "data_table": _data_table, "data_visualization": _data_chart},
    "modal": {"alert": _block({"text": any_text(TEXT_LIMIT)}, {"level": text(20)})},
}
_ALL = frozenset(_on_every_surface("message")) | {name for blocks in _ONLY_ON.values() for name in blocks}


@cache
def block_on(surface: str) -> Check:
    """A check for any block that is allowed on a surface (message, modal, home)."""
    return by_type(_on_every_surface(surface) | _ONLY_ON[surface], "block", _ALL)
