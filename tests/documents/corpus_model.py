"""A text document before any writer has written it: blocks, and marks within their texts.

A mark is `<<kind:about|text>>`, or `<<kind:text>>` where nothing is said about the text:

- `bold`, `hidden`, and `link` about an address;
- `inserted` and `deleted`, tracked changes, about their author;
- `note` and `endnote`: a footnote or an endnote with this text;
- `comment` about its author, on the text in front of it;
- `field`, `choice` and `check`: a control, about its name; a check is `yes` or `no`;
- `page`: the number of the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    WordChange = Callable[["Story"], "Story"]

MARK = re.compile(r"<<(\w+):(?:([^|>]*)\|)?([^>]*)>>")


@dataclass(frozen=True)
class Run:
    """A piece of a text with one mark; `kind` is "plain" without any."""

    kind: str
    text: str
    about: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, a table by its rows, a text box, or a picture with one colour as its text."""

    kind: Literal["title", "heading", "text", "item", "table", "box", "picture"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Story:
    """A document with its running texts; `paper` is the size of its pages."""

    blocks: tuple[Block, ...]
    header: str = ""
    footer: str = ""
    font: str = "Calibri"
    paper: Literal["A4", "A5"] = "A4"


def split_runs(text: str) -> Iterator[Run]:
    """Yield the pieces of a text, those with marks and those between them."""
    end = 0
    for match in MARK.finditer(text):
        if match.start() > end:
            yield Run("plain", text[end : match.start()])
        yield Run(match[1], match[3], match[2] or "")
        end = match.end()
    if end < len(text):
        yield Run("plain", text[end:])


def strip_marks(text: str) -> str:
    return "".join(run.text for run in split_runs(text) if run.kind in {"plain", "bold", "link"})


def reword(old: str, new: str) -> WordChange:
    """Return the change that puts other words in the one place where these are."""

    def change(story: Story) -> Story:
        blocks = tuple(
            replace(
                block,
                text=block.text.replace(old, new),
                rows=tuple(tuple(cell.replace(old, new) for cell in row) for row in block.rows),
            )
            for block in story.blocks
        )
        changed = replace(
            story,
            blocks=blocks,
            header=story.header.replace(old, new),
            footer=story.footer.replace(old, new),
        )
        if repr(story).count(repr(old)[1:-1]) != 1:
            raise ValueError(old)
        return changed

    return change


def insert(block: Block, *, after: str) -> WordChange:
    """Return the change that puts a block after the one that begins so."""

    def change(story: Story) -> Story:
        at = find_block(story, after) + 1
        return replace(story, blocks=(*story.blocks[:at], block, *story.blocks[at:]))

    return change


def delete(*, begins: str, blocks: int = 1) -> WordChange:
    """Return the change that takes away blocks from the one that begins so."""

    def change(story: Story) -> Story:
        at = find_block(story, begins)
        return replace(story, blocks=story.blocks[:at] + story.blocks[at + blocks :])

    return change


def move(*, begins: str, after: str, blocks: int = 1) -> WordChange:
    """Return the change that moves blocks, from the one that begins so, behind another."""

    def change(story: Story) -> Story:
        at = find_block(story, begins)
        moved = story.blocks[at : at + blocks]
        rest = replace(story, blocks=story.blocks[:at] + story.blocks[at + blocks :])
        to = find_block(rest, after) + 1
        return replace(rest, blocks=(*rest.blocks[:to], *moved, *rest.blocks[to:]))

    return change


def split(*, before: str) -> WordChange:
    """Return the change that makes two paragraphs of one, the second beginning so."""

    def change(story: Story) -> Story:
        [at] = [at for at, block in enumerate(story.blocks) if f" {before}" in block.text]
        block = story.blocks[at]
        first, second = block.text.split(f" {before}")
        halves = (replace(block, text=first), replace(block, text=before + second))
        return replace(story, blocks=(*story.blocks[:at], *halves, *story.blocks[at + 1 :]))

    return change


def insert_row(row: tuple[str, ...], *, after: str) -> WordChange:
    """Return the change that puts a row into a table, below the one whose first cell this is."""

    def change(story: Story) -> Story:
        return replace(story, blocks=tuple(put_row(block, row, after) for block in story.blocks))

    return change


def put_row(block: Block, row: tuple[str, ...], after: str) -> Block:
    rows = [each for old in block.rows for each in ((old, row) if old[0] == after else (old,))]
    return replace(block, rows=tuple(rows))


def delete_row(first: str) -> WordChange:
    """Return the change that takes away the row whose first cell this is."""

    def change(story: Story) -> Story:
        blocks = (
            replace(block, rows=tuple(row for row in block.rows if row[0] != first)) for block in story.blocks
        )
        return replace(story, blocks=tuple(blocks))

    return change


def set_font(font: str) -> WordChange:
    return lambda story: replace(story, font=font)


def both(*changes: WordChange) -> WordChange:
    """Return the change that makes several, one after the other."""

    def change(story: Story) -> Story:
        for each in changes:
            story = each(story)
        return story

    return change


def find_block(story: Story, begins: str) -> int:
    """Return the place of the one block that begins so."""
    [at] = [at for at, block in enumerate(story.blocks) if block.text.startswith(begins)]
    return at
