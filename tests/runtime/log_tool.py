"""`aics-tlog`, with which others check our proofs; it needs Python 3.12."""

from __future__ import annotations

import base64
from typing import Any

from tests.runtime.signed_ledger import ORIGIN


def read_with_aics_tlog(part: str, key: Any) -> bytes:
    """Return the entry of a tlog-proof, read by the specification and verified by aics-tlog alone."""
    import aics_tlog  # noqa: PLC0415

    header, _, note = part.partition("\n\n")
    first, extra, index, *hashes = header.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    leaf = base64.b64decode(extra.removeprefix("extra "))
    checkpoint = aics_tlog.parse_checkpoint(aics_tlog.parse_note(note).text)
    assert aics_tlog.verify_checkpoint(aics_tlog.parse_note(note), key, expected_origin=ORIGIN).ok
    path = [base64.b64decode(each) for each in hashes]
    number = int(index.removeprefix("index "))
    assert aics_tlog.verify_leaf_inclusion(leaf, number, checkpoint.size, path, checkpoint.root)
    assert not aics_tlog.verify_leaf_inclusion(leaf + b" ", number, checkpoint.size, path, checkpoint.root)
    return leaf
