"""The differences of a comparison, as they are stored and shown."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from reviews.wording.place_phrases import PartPlace

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class ChangedWords:
    """Words in a row to which the same happened: `same`, `deleted` or `inserted`."""

    change: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ChangedPart:
    """One difference.

    Attributes:
        kind: `inserted`, `deleted`, `replaced` or `moved`.
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
    """Return parts in the form in which they are stored, compressed, before they are sealed."""
    if not parts:
        return b""
    return zlib.compress(json.dumps([asdict(part) for part in parts], ensure_ascii=False).encode())


def read_parts(content: bytes) -> list[ChangedPart]:
    """Return the parts that `write_parts` wrote."""
    values: list[dict[str, Any]] = json.loads(zlib.decompress(content)) if content else []
    return [
        ChangedPart(
            kind=value["kind"],
            place=PartPlace(**value["place"]),
            before=value["before"],
            after=value["after"],
            words=tuple(ChangedWords(**each) for each in value["words"]),
            matters=tuple(value["matters"]),
        )
        for value in values
    ]
