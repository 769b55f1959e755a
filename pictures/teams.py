"""What Teams makes of an Adaptive Card, as HTML: the elements that our cards use, and no other."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from pictures.marks import draw_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

# What is said of looks; anything else may change the picture, and is refused.
_LOOKS = {
    "bleed", "color", "isSubtle", "italic", "separator", "size", "spacing", "style", "weight", "width",
    "wrap",
}  # fmt: skip
_CONTENT = {"actions", "columns", "inlines", "items", "selectAction", "text", "type"}
_DATE = re.compile(r"\{\{DATE\(([^,)]+), SHORT\)\}\}")
_TIME = re.compile(r"\{\{TIME\(([^)]+)\)\}\}")
_MENTION = re.compile(r"&lt;at&gt;(.*?)&lt;/at&gt;")


class Unknown(ValueError):
    """A card holds what these pictures can't draw: draw it here, rather than leave it out."""


def card(content: Json) -> Markup:
    """Return a whole card. Raises `Unknown`."""
    buttons = [{"type": "ActionSet", "actions": content["actions"]}] if content.get("actions") else []
    return _draw_all([*content["body"], *buttons])


def _draw_all(elements: Iterable[Json]) -> Markup:
    """Return the elements that are there before anyone clicks."""
    return Markup("\n").join(_element(each) for each in elements if each.get("isVisible", True))


def _element(element: Json) -> Markup:
    unknown = element.keys() - _LOOKS - _CONTENT
    if unknown:
        raise Unknown(f"no picture of {', '.join(sorted(unknown))} in {element['type']}")
    match element:
        case {"type": "TextBlock", "text": text}:
            inside = _text(text)
        case {"type": "RichTextBlock", "inlines": inlines}:
            inside = Markup().join(map(_run, inlines))
        case {"type": "Container" | "Column", "items": items}:
            inside = _draw_all(items)
        case {"type": "ColumnSet", "columns": columns}:
            inside = _draw_all(columns)
        case {"type": "ActionSet", "actions": actions}:
            inside = Markup().join(map(_button, actions))
        case _:
            raise Unknown(f"no picture of an element of type {element.get('type')!r}")
    return Markup('<div class="{}">{}</div>').format(_list_classes(element), inside)


def _list_classes(element: Json) -> str:
    """Return the looks as classes: `TextBlock size-Small isSubtle`."""
    looks = ((name, element[name]) for name in sorted(_LOOKS & element.keys()) if element[name] is not False)
    return " ".join([element["type"], *(name if on is True else f"{name}-{on}" for name, on in looks)])


def _run(inline: Json) -> Markup:
    if inline["type"] != "TextRun":
        raise Unknown(f"no picture of an inline of type {inline['type']!r}")
    opens = " link" if "selectAction" in inline else ""
    html = draw_marks(escape(inline["text"]))
    html = Markup("<s>{}</s>").format(html) if inline.get("strikethrough") else html
    html = Markup("<u>{}</u>").format(html) if inline.get("underline") else html
    return Markup('<span class="{}{}">{}</span>').format(_list_classes(inline), opens, html)


def _text(text: str) -> Markup:
    """Return a text with its dates, as a reader in UTC reads them, and its mentions."""
    html = _DATE.sub(lambda date: f"{_at(date[1]):%-m/%-d/%Y}", text)
    html = _TIME.sub(lambda time: f"{_at(time[1]):%-I:%M %p}", html)
    if "{{" in html:
        raise Unknown(f"no picture of {html!r}")
    return Markup(_MENTION.sub(r'<span class="mention">\1</span>', draw_marks(escape(html))))  # noqa: S704 - escaped


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _button(action: Json) -> Markup:
    kinds = {"Action.Execute": "", "Action.Submit": "", "Action.OpenUrl": "", "Action.ShowCard": " opens"}
    if action["type"] not in kinds:
        raise Unknown(f"no picture of an action of type {action['type']!r}")
    classes = f"button {action.get('style', 'usual')}{kinds[action['type']]}"
    return Markup('<span class="{}">{}</span>').format(classes, action["title"])
