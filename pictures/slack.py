"""What Slack makes of a message in Block Kit, as HTML: the blocks that our cards use, and no other."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from pictures.marks import draw_marks
from pictures.sample import SAVED

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

_TOKEN = re.compile(r"<([^<>]+)>")
_CODE = re.compile(r"`([^`\n]+)`")
_BOLD, _ITALIC = re.compile(r"\*([^*\n]+)\*"), re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)")
_ROWS = {
    "rich_text_section": Markup("<p>{}</p>"),
    "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
}
_TEXT_STYLES = {
    "bold": Markup("<b>{}</b>"), "italic": Markup("<i>{}</i>"), "strike": Markup("<s>{}</s>"),
    "code": Markup("<code>{}</code>"),
}  # fmt: skip


class Unknown(ValueError):
    """A message holds what these pictures can't draw: draw it here, rather than leave it out."""


def blocks(message: Json, people: Mapping[str, str]) -> Markup:
    """Return a message's blocks; `people` are the names by ids. Raises `Unknown`."""
    return Markup("\n").join(_block(block, people) for block in message["blocks"])


def modal(view: Json) -> Markup:
    """Return a modal with its title above its blocks; raises `Unknown`."""
    bar = Markup('<div class="title">{}<span class="close">✕</span></div>').format(view["title"]["text"])
    foot = Markup('<div class="foot"><span class="button usual">{}</span></div>').format(
        view["close"]["text"]
    )
    return Markup('{}<div class="blocks">{}</div>{}').format(bar, blocks(view, {}), foot)


def _block(block: Json, people: Mapping[str, str]) -> Markup:
    match block:
        case {"type": "header", "text": text}:
            return Markup("<h3>{}</h3>").format(_text(text, people))
        case {"type": "section"}:
            return _section(block, people)
        case {"type": "context", "elements": elements}:
            texts = Markup().join(_text(element, people) for element in elements)
            return Markup('<div class="context">{}</div>').format(texts)
        case {"type": "actions", "elements": elements}:
            return Markup('<div class="actions">{}</div>').format(Markup().join(map(_button, elements)))
        case {"type": "table", "rows": [header, *rows]}:
            return _table(header, rows, block.get("column_settings", []))
        case {"type": "rich_text", "elements": elements}:
            return Markup('<div class="rich">{}</div>').format(Markup().join(map(_rich_text, elements)))
    raise Unknown(f"no picture of a block of type {block.get('type')!r}")


def _table(header: list[Json], rows: list[list[Json]], settings: list[Json]) -> Markup:
    """Return a table; one that is wider than its message can be moved beneath it."""
    looks = [_name_column_look(each) for each in settings]
    lines = (Markup("<tr>{}</tr>").format(_row(row, "td", looks)) for row in rows)
    return Markup('<div class="table"><table><tr>{}</tr>{}</table></div>').format(
        _row(header, "th", looks), Markup().join(lines)
    )


def _name_column_look(settings: Json) -> str:
    return f"{settings.get('align', 'left')}{'' if settings.get('is_wrapped') else ' one-line'}"


def _row(cells: list[Json], tag: str, looks: list[str]) -> Markup:
    drawn = (
        Markup('<{tag} class="{look}">{inside}</{tag}>').format(
            tag=Markup(tag),  # noqa: S704 - one of ours
            look=look,
            inside=Markup().join(map(_rich_text, cell["elements"])),
        )
        for cell, look in zip(cells, looks, strict=True)
    )
    return Markup().join(drawn)


def _rich_text(element: Json) -> Markup:
    if element["type"] not in _ROWS:
        raise Unknown(f"no picture of an element of type {element['type']!r}")
    return _ROWS[element["type"]].format(Markup().join(map(_styled_text, element["elements"])))


def _styled_text(element: Json) -> Markup:
    styles = [name for name, on in element.get("style", {}).items() if on]
    if element["type"] != "text" or not _TEXT_STYLES.keys() >= set(styles):
        raise Unknown(f"no picture of rich text as {element!r}")
    html = escape(element["text"])
    for style in styles:
        html = _TEXT_STYLES[style].format(html)
    return html


def _section(block: Json, people: Mapping[str, str]) -> Markup:
    if "fields" in block:
        cells = (Markup("<div>{}</div>").format(_text(field, people)) for field in block["fields"])
        return Markup('<div class="fields">{}</div>').format(Markup().join(cells))
    text = _text(block["text"], people)
    if "accessory" in block:
        button = _button(block["accessory"])
        return Markup('<div class="section beside"><div>{}</div>{}</div>').format(text, button)
    return Markup('<div class="section">{}</div>').format(text)


def _button(element: Json) -> Markup:
    if element["type"] != "button":
        raise Unknown(f"no picture of an element of type {element['type']!r}")
    style = element.get("style", "usual")
    return Markup('<span class="button {}">{}</span>').format(style, element["text"]["text"])


def _text(text: Json, people: Mapping[str, str]) -> Markup:
    match text["type"]:
        case "plain_text":
            return draw_marks(escape(text["text"]))
        case "mrkdwn":
            return Markup("").join(_line(line, people) for line in text["text"].split("\n"))
    raise Unknown(f"no picture of a text of type {text['type']!r}")


def _line(line: str, people: Mapping[str, str]) -> Markup:
    """Return one line of mrkdwn, whose `&`, `<` and `>` are escaped already."""
    if line.startswith(("> ", "&gt; ")):
        return Markup("<blockquote>{}</blockquote>").format(_inline(line.partition(" ")[2], people))
    return Markup("<p>{}</p>").format(_inline(line, people))


def _inline(line: str, people: Mapping[str, str]) -> Markup:
    html = _TOKEN.sub(lambda token: _token(token[1], people), line)
    html = _CODE.sub(r"<code>\1</code>", html)
    html = _BOLD.sub(r"<b>\1</b>", html)
    return draw_marks(_ITALIC.sub(r"<i>\1</i>", html))  # mrkdwn is escaped as HTML is


def _token(token: str, people: Mapping[str, str]) -> str:
    if token.startswith("@") and token[1:] in people:
        return f'<span class="mention">@{people[token[1:]]}</span>'
    if token.startswith("#"):
        return f'<span class="mention">#{escape(token[1:].lower())}</span>'
    if token.startswith("!date^"):
        return _moment(*token.split("|", maxsplit=1)[0].split("^")[1:3])
    address, bar, label = token.partition("|")
    if address.startswith("https://"):
        return f'<span class="link">{label if bar else address}</span>'
    raise Unknown(f"no picture of <{token}>")


def _moment(seconds: str, form: str) -> str:
    """Return a moment as a reader in UTC reads it on the day of the sample."""
    at = datetime.fromtimestamp(int(seconds), UTC)
    day = "today" if at.date() == SAVED.date() else f"{at:%b %-d, %Y}"
    html = form.replace("{date_short_pretty}", day).replace("{date_short}", f"{at:%b %-d, %Y}")
    html = html.replace("{time}", f"{at:%-I:%M %p}")
    if "{" in html:
        raise Unknown(f"no picture of a date as {form!r}")
    return html
