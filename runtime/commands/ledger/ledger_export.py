"""The command `ledger export`: the entries as lines for `ledger verify`, or as a table to read."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from reviews.ledger.hash_chain import LedgerBroken
from reviews.text import escape_cell
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.moments import Moment
from runtime.commands.refusals import refuse
from store import ledger_reading
from store.export_lines import iterate_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.ledger import LedgerEntry
    from store.ledger_reading import Excerpt

COLUMNS = (
    "seq", "at", "type", "review_id", "route", "kind", "file_id", "title", "path", "revision",
    "version_from", "version_to", "version", "reviewer", "identity", "proof", "statement", "note", "late",
    "own_change", "saves", "contents", "by", "contributors", "owners", "due_at", "prev_hash", "hash",
    "title_before", "path_before", "moved_to", "content", "acts", "link", "outside_period", "sha256", "size",
    "not_read", "reason", "acknowledged_in", "acknowledged_by", "acknowledged_at", "acknowledged_version",
    "from", "to", "agreed", "updated", "opened", "unanswered", "what", "notifier", "target", "due_since",
    "attempts", "was_posted", "owner", "routes", "deputy_of", "assigned_in", "seen_at", "since", "folder_id",
    "up_to", "file_ids", "events", "with_folder", "open_reviews", "number", "whom", "step",
    "until", "source", "declared_at", "stand_in_for", "campaign",
    "documents", "problem",
)  # fmt: skip


@click.command()
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="JSON lines, which can be verified, or CSV for a spreadsheet.",
)
@click.option("--from", "since", type=Moment(), help="Start of the period.")
@click.option("--to", "until", type=Moment(), help="End of the period (exclusive).")
def export(*, output_format: str, since: datetime | None, until: datetime | None) -> None:
    r"""Write the entries to standard output: JSON lines for `ledger verify`, or CSV to read.

    Control characters and text direction marks are escaped as \u202e. In JSON that is the same
    text; CSV has no such escapes, so there the character is replaced.

    A period is exported as one piece of the chain. It includes entries in between that another clock dated
    outside the period, so that no entry seems to be missing; CSV marks them in outside_period.

    What was erased is listed in a line's "erased"; in CSV it reads "erased".
    """
    if since and until and since >= until:
        raise click.UsageError("--from must be before --to")
    engine = open_wiring().engine
    excerpt = ledger_reading.find_excerpt(engine, since=since, until=until) if since or until else None
    if output_format == "jsonl":
        _write_lines(iterate_lines(engine, excerpt))
    else:
        _write_table(ledger_reading.iterate_entries(engine, excerpt), since=since, until=until)
    if excerpt and excerpt.outside:
        click.echo(_describe_outside(excerpt), err=True)


def _describe_outside(excerpt: Excerpt) -> str:
    begin = f"{excerpt.outside:,} of the {excerpt.last - excerpt.first + 1:,} entries"
    if excerpt.outside == 1:
        verb, clock, them = "is", "the clock that wrote it", "it"
    else:
        verb, clock, them = "are", "the clocks that wrote them", "them"
    return f"{begin} {verb} outside the period by {clock}; without {them} the chain would have a gap."


def _write_lines(lines: Iterator[str]) -> None:
    try:
        for line in lines:
            click.echo(line)
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}.")


def _write_table(entries: Iterator[LedgerEntry], *, since: datetime | None, until: datetime | None) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    try:
        for entry in entries:
            at = datetime.fromisoformat(entry["at"])
            outside = (since is not None and at < since) or (until is not None and at >= until)
            marked = {**entry, "outside_period": "yes" if outside else None}
            writer.writerow([_format_cell(marked.get(column)) for column in COLUMNS])
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}.")


def _format_cell(value: Any) -> str:
    """Return a cell that a spreadsheet shows and does not calculate."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape_cell(text.replace("\r\n", "\n"))
