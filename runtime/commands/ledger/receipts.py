"""The command `ledger receipt`, and what `ledger verify` says of a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import click

from reviews.ledger.findings import escape_unprintable, show_id
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipts import ReceiptMissing, ReceiptObstacle
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.output_files import OutputFileParameter, write_whole_file
from runtime.commands.refusals import refuse
from runtime.commands.review_command import ReviewCommand
from runtime.ledger_verification.receipt_check import check_receipt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey
    from reviews.ledger.receipts import Receipt
    from runtime.ledger_verification.receipt_check import ReceiptVerdict

MAX_LISTED_RANGES = 20
MAX_RECEIPT_BYTES = 128 * 2**20
"""Six times the receipt of a bulk review of ten thousand files."""


@click.command(cls=ReviewCommand)
@click.argument("review_id")
@click.option("--out", "file", type=OutputFileParameter(), help="Write it to this file.")
def receipt(*, review_id: str, file: Path | None) -> None:
    """Print the receipt of a review: each of its entries, with the proof that the signed ledger has it.

    For `ledger verify FILE --key VKEY`, which needs nothing else. Exit code 1 if no signed checkpoint covers
    all entries of the review.
    """
    try:
        prepared = open_wiring().receipt_source.prepare_receipt(review_id)
        if file is None:
            for part in prepared.iterate_parts():
                click.echo(part, nl=False)
        else:
            _write_file(file, prepared)
    except ReceiptMissing as missing:
        if missing.obstacle is ReceiptObstacle.NO_ENTRY:
            raise click.ClickException(str(missing)) from None
        refuse(f"There is no receipt: {missing}.")
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}.")


def check_receipt_file(
    file: BinaryIO, keys: Collection[VerifierKey], policy: Policy | None
) -> ReceiptVerdict:
    """Check the receipt in a file with the keys of `--key` and the policy of `--policy`."""
    if not keys and policy is None:
        raise click.UsageError(
            "a receipt is verified with --key VKEY: docspace-review ledger key prints it where the ledger is"
        )
    content = file.read(MAX_RECEIPT_BYTES + 1)
    if len(content) > MAX_RECEIPT_BYTES:
        raise click.UsageError(f"a receipt has at most {MAX_RECEIPT_BYTES // 2**20} MiB")
    return check_receipt(content.decode(errors="surrogateescape"), keys, policy)


def describe_receipt(verdict: ReceiptVerdict) -> str:
    """Return the line that names what does not hold, or what the receipt proves and what it leaves out."""
    verified = verdict.verified
    if verified is None:
        return f"The receipt does not hold: {escape_unprintable(verdict.problem or '')}."
    count, tree = len(verified.entries), verified.checkpoint
    entries = f"{count:,} entries" if count > 1 else "1 entry"
    line = (
        f"The receipt holds: {entries} of review {show_id(verified.review_id)}, "
        f"{_list_ranges(verified.entries)}, in the ledger {escape_unprintable(tree.origin)} of {tree.size:,} "
        f"entries, signed by {escape_unprintable(', '.join(verified.signers))}."
    )
    return f"{line}\n{_describe_withheld(verified.withheld)}" if verified.withheld else line


def build_receipt_json(verdict: ReceiptVerdict) -> dict[str, Any]:
    verified = verdict.verified
    return {
        "intact": verdict.intact,
        "problem": verdict.problem,
        "review_id": verified.review_id if verified else None,
        "entries": list(verified.entries) if verified else [],
        "origin": verified.checkpoint.origin if verified else None,
        "size": verified.checkpoint.size if verified else None,
        "signers": list(verified.signers) if verified else [],
        "withheld": verified.withheld if verified else None,
    }


def _write_file(file: Path, prepared: Receipt) -> None:
    """Write the receipt as a whole: what is cut off may be a receipt too, of fewer entries or people."""
    write_whole_file(file, (part.encode() for part in prepared.iterate_parts()))
    entries = f"{prepared.count:,} entries" if prepared.count > 1 else "1 entry"
    print_text(f"The receipt of {entries} is in {file}.")


def _describe_withheld(count: int) -> str:
    """Report what the entries commit to and the receipt does not say."""
    if count == 1:
        return "1 name, address or text is not in it: it was erased or taken out."
    return f"{count:,} names, addresses or texts are not in it: they were erased or taken out."


def _list_ranges(entries: Sequence[int]) -> str:
    ranges = [f"{first}" if first == last else f"{first}-{last}" for first, last in _join_ranges(entries)]
    more = f" and {len(ranges) - MAX_LISTED_RANGES:,} more ranges" if len(ranges) > MAX_LISTED_RANGES else ""
    noun = "entry" if len(entries) == 1 else "entries"
    return f"{noun} {', '.join(ranges[:MAX_LISTED_RANGES])}{more}"


def _join_ranges(entries: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of successive numbers."""
    first = last = entries[0]
    for entry in entries[1:]:
        if entry != last + 1:
            yield first, last
            first = entry
        last = entry
    yield first, last
