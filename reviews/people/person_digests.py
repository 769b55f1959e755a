"""Digests by which a person is recognized without their name or address being stored."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from reviews.identity import DOCSPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviews.identity import Reviewer

DIGEST_LENGTH = 32  # hex digits: 128 bits
_ADDRESS = "address"


def list_person_digests(aliases: Iterable[Reviewer]) -> list[str]:
    """Return a digest for each address and each account of a person.

    Those who have one in common are the same person, as in `reviews.people.answerers.is_same_person`.
    """
    return sorted(
        {_compute_digest(kind, value) for alias in aliases for kind, value in _list_identifiers(alias)}
    )


def _list_identifiers(alias: Reviewer) -> Iterator[tuple[str, str]]:
    if alias.email is not None:
        yield _ADDRESS, alias.email.casefold()
    if alias.docspace_id is not None:
        yield DOCSPACE, alias.docspace_id
    yield from alias.chat_ids.items()


def _compute_digest(kind: str, value: str) -> str:
    return hashlib.sha256(json.dumps([kind, value]).encode()).hexdigest()[:DIGEST_LENGTH]
