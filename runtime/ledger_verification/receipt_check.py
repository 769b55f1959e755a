"""The check of a receipt in a file, with verifier keys alone."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from reviews.evidence.inclusion_proofs import PROOF_FORMAT
from reviews.ledger.receipts import ReceiptInvalid, VerifiedReceipt, verify_receipt
from runtime.evidence.ledger_key import check_signature

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey


@dataclass(frozen=True, kw_only=True)
class ReceiptVerdict:
    """What a receipt proves, or the first of its proofs that does not hold and why."""

    verified: VerifiedReceipt | None = None
    problem: str | None = None

    @property
    def intact(self) -> bool:
        return self.problem is None


def is_receipt(file: BinaryIO) -> bool:
    """Return whether a file begins as a receipt does, without reading on in it."""
    length = len(codecs.BOM_UTF8) + len(PROOF_FORMAT)
    if isinstance(file, io.BufferedReader):
        begin = file.peek(length)[:length]
    else:
        begin = file.read(length)
        file.seek(-len(begin), io.SEEK_CUR)
    # One that an editor has put a byte order mark before does not hold, and is a receipt all the same.
    return begin.removeprefix(codecs.BOM_UTF8).startswith(PROOF_FORMAT.encode())


def check_receipt(text: str, keys: Collection[VerifierKey], policy: Policy | None = None) -> ReceiptVerdict:
    """Check each proof of a receipt by the keys and a policy.

    Bytes that are not UTF-8 are read with `surrogateescape`.
    """
    try:
        return ReceiptVerdict(verified=verify_receipt(text, keys, check_signature, policy=policy))
    except ReceiptInvalid as error:
        return ReceiptVerdict(problem=str(error))
