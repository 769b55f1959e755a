"""The parts of a comparison: one difference each, with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from documents.comparison.words import Piece
    from documents.errors import Reason, State
    from documents.passages import DocumentPlace


class PartKind(StrEnum):
    """What became of a piece of text."""

    INSERTED = "inserted"
    DELETED = "deleted"
    REPLACED = "replaced"
    MOVED = "moved"
    MARK = "mark"
    """The words are the same; a sign, a number in front of them or their place is another."""


class Matter(StrEnum):
    """Why a difference matters, the most important first."""

    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"
    OBLIGATION = "obligation"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Part:
    """One difference.

    Attributes:
        place: Where it is in the later state; of what was deleted, in the earlier.
        before: Text in the earlier state; empty for what was inserted.
        after: Text in the later state; empty for what was deleted.
        pieces: The words of what was replaced: the same, deleted, inserted.
        matters: What the changed words are about, in the order of `Matter`.
    """

    kind: PartKind
    place: DocumentPlace
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()
    matters: tuple[Matter, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentComparison:
    """How two states of a document differ.

    Attributes:
        state: `compared`, `marks_differ` or `same_text`, or what kept it from being read.
        reason: Of `same_text`, what else changed; of the others, why.
        counts: How many parts of each kind there are.
        matters: How many parts are about amounts, dates and so on.
        parts: What matters most first, else in reading order; at most `MAX_PARTS`.
        others: What changed besides text: pictures, objects, macros.
    """

    state: State
    reason: Reason | None = None
    counts: dict[PartKind, int] = field(default_factory=dict)
    matters: dict[Matter, int] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    others: tuple[Reason, ...] = ()


MAX_PARTS = 2_000
"""Listed of one comparison; all are counted."""

MAX_CHARACTERS = 1_000_000
"""Of all parts that are listed together."""

MAX_PART_CHARACTERS = 20_000
"""Of one side of a part."""


def cut_text(text: str) -> str:
    """Return a text of a part, cut where it is too long."""
    return text if len(text) <= MAX_PART_CHARACTERS else f"{text[:MAX_PART_CHARACTERS]}…"
