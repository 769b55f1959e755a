"""The reply to `receipt`: what a receipt proves, and where to download it. A chat message can't hold one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.command_replies import LabeledCode, LinkReply, SentenceReply
from reviews.language import _, format_number, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ledger.receipts import Receipt


def describe_receipt(
    receipt: Receipt, make_review_address: Callable[[str], str] | None
) -> LinkReply | SentenceReply:
    """Return how many entries are proven and by which checkpoint, with the page or command to get them."""
    sentence = ngettext(
        "The receipt of review {review} proves {count} entry of the ledger, up to entry {last}.",
        "The receipt of review {review} proves {count} entries of the ledger, up to entry {last}.",
        receipt.count,
    ).format(review=receipt.review_id, count=format_number(receipt.count), last=format_number(receipt.last))
    lines = (_describe_checkpoint(receipt),)
    codes = tuple(LabeledCode(label=_("Verifier key:"), code=key) for key in receipt.verifier_keys)
    if make_review_address is not None:
        address = make_review_address(receipt.review_id)
        label = _("Go to the receipt")
        return LinkReply(sentence=sentence, label=label, address=address, lines=lines, codes=codes)
    hyphen = "-- " if receipt.review_id.startswith("-") else ""  # otherwise the id is read as an option
    command = LabeledCode(
        label=_("The operator of this app gets it by:"),
        code=f"docspace-review ledger receipt {hyphen}{receipt.review_id}",
    )
    return SentenceReply(sentence=sentence, lines=lines, codes=(*codes, command))


def _describe_checkpoint(receipt: Receipt) -> str:
    sentence = _("Signed checkpoint: {origin}, up to entry {size}")
    checkpoint = receipt.checkpoint
    return sentence.format(origin=checkpoint.origin, size=format_number(checkpoint.size))
