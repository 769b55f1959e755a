"""The differences of a comparison, as they are stored and shown."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from reviews.wording.place_phrases import PartPlace

if TYPE_CHECKING:
    from collections.abc import Sequence

PART_KINDS = ("inserted", "deleted", "replaced", "moved", "mark")


@dataclass(frozen=True, kw_only=True)
class ChangedWords:
    """Words in a row to which the same happened: `same`, `deleted` or `inserted`."""

    change: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ChangedPart:
    """One difference.

    Attributes:
        kind: `inserted`, `deleted`, `replaced`, `moved` or `mark`.
        before: Text in the earlier state; empty for what was inserted.
        after: Text in the later state; empty for what was deleted.
        words: Of what was replaced, word by word.
        matters: What the changed words are about: `amount`, `date` and so on.
    """

    kind: str
    place: PartPlace
    before: str
    after: str
    words: tuple[ChangedWords, ...] = ()
    matters: tuple[str, ...] = ()


def write_parts(parts: Sequence[ChangedPart]) -> bytes:
    """Return parts in the form in which they are stored, before they are sealed: compressed JSON."""
    content = json.dumps([asdict(part) for part in parts], ensure_ascii=False)
    return zlib.compress(content.encode()) if parts else b""


def read_parts(content: bytes) -> list[ChangedPart]:
    """Return the parts that `write_parts` wrote, without those of a kind that only a newer release knows."""
    values: list[dict[str, Any]] = json.loads(zlib.decompress(content)) if content else []
    return [_build_part(value) for value in values if value["kind"] in PART_KINDS]


def _build_part(value: dict[str, Any]) -> ChangedPart:
    return ChangedPart(
        kind=value["kind"],
        place=build_place(value["place"]),
        before=value["before"],
        after=value["after"],
        words=build_words(value["words"]),
        matters=tuple(value["matters"]),
    )


def build_place(value: dict[str, Any]) -> PartPlace:
    return PartPlace(**_pick_members(PartPlace, value))


def build_words(values: Sequence[dict[str, Any]]) -> tuple[ChangedWords, ...]:
    return tuple(ChangedWords(**_pick_members(ChangedWords, value)) for value in values)


def _pick_members(kind: type[PartPlace | ChangedWords], value: dict[str, Any]) -> dict[str, Any]:
    """Return the members that this release has: a newer one may write more."""
    return {member.name: value[member.name] for member in fields(kind) if member.name in value}
