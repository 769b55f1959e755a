"""The commands of the ledger: export, restore guards, print the head. Others have files of their own."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reviews.ledger.hash_chain import LedgerBroken
from reviews.text import escape_cell
from runtime.commands.checkpoints import checkpoint
from runtime.commands.ledger_keys import key
from runtime.commands.moments import Moment
from runtime.commands.pack import pack
from runtime.commands.receipts import receipt
from runtime.commands.shared import json_option, open_wiring, print_json
from runtime.commands.timestamps import timestamp
from runtime.commands.verification import verify
from store import chain as stored
from store import guards, ledger_reading
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
    "attempts", "was_posted", "owner", "routes", "deputy_of", "seen_at", "since", "folder_id", "up_to",
    "file_ids", "events", "with_folder", "open_reviews",
)  # fmt: skip


@click.group()
def ledger() -> None:
    """The append-only ledger of what happened to each review."""


@ledger.command()
@click.option(
    "--format", "output_format", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
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
        _refuse(error)


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
        _refuse(error)


@ledger.command()
def restore_guards() -> None:
    """Restore the triggers that refuse changes to the ledger, where they are missing or disabled."""
    missing_guards = guards.restore_guards(open_wiring().engine)
    for guard in missing_guards:
        click.echo(f"The guard {guard.guard} of the table {guard.table} was {guard.reason}. It was restored.")
    if missing_guards:
        click.echo(
            "Entries could be changed in the meantime: run docspace-review ledger verify with a "
            "--head from before."
        )
    else:
        click.echo("All guards are in force: there is nothing to restore.")


@ledger.command()
@json_option
def head(*, as_json: bool) -> None:
    """Print the number and hash of the last entry, to store them in another place."""
    try:
        end = stored.read_pinned_head(open_wiring().engine)
    except LedgerBroken as error:
        _refuse(error)
    if as_json:
        print_json({"seq": end.seq, "hash": end.hash})
    else:
        click.echo(f"{end.seq} {end.hash}")


ledger.add_command(verify)
ledger.add_command(checkpoint)
ledger.add_command(key)
ledger.add_command(pack)
ledger.add_command(receipt)
ledger.add_command(timestamp)


def _refuse(error: LedgerBroken) -> NoReturn:
    click.echo(f"The ledger is not intact: {error}.", err=True)
    click.get_current_context().exit(1)


def _format_cell(value: Any) -> str:
    """Return a cell that a spreadsheet shows and does not calculate."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return escape_cell(text.replace("\r\n", "\n"))
