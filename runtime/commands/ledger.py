"""The record: checked, handed out, pinned."""

from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

from reviews import ledger as chain
from runtime.commands.shared import as_json, print_json, wired
from store import chain as stored
from store.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.ledger import Entry, Verdict

COLUMNS = (
    "seq", "at", "type", "review_id", "route", "kind", "file_id", "title", "path", "revision",
    "version_from", "version_to", "version", "reviewer", "identity", "statement", "note", "late",
    "own_change", "contributors", "owners", "due_at", "prev_hash", "hash",
)  # fmt: skip


class Moment(click.ParamType["datetime"]):
    """A date or a time; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: write 2026-03-09 or 2026-03-09T14:05:00Z", param, ctx)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


@click.group()
def ledger() -> None:
    """The append-only record of what happened to each review."""


@ledger.command()
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@as_json
def verify(*, file: TextIO | None, as_json: bool) -> None:
    """Check the chain in the database, or in a FILE that `ledger export --format jsonl` wrote."""
    verdict = chain.verify(_from_file(file)) if file else _of_the_database(wired().engine)
    if as_json:
        print_json(
            {
                "intact": verdict.intact,
                "checked": verdict.checked,
                "first": verdict.first,
                "seq": verdict.head.seq,
                "hash": verdict.head.hash,
                "problem": verdict.problem,
            }
        )
    else:
        click.echo(_in_words(verdict))
    sys.exit(0 if verdict.intact else 1)


@ledger.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--from", "since", type=Moment(), help="The first moment that counts.")
@click.option("--to", "until", type=Moment(), help="The first moment that no longer counts.")
def export(*, form: str, since: datetime | None, until: datetime | None) -> None:
    """Write the entries to standard output: JSON lines that can be checked, or CSV to read."""
    entries = stored.entries(wired().engine, since=since, until=until)
    if form == "jsonl":
        for entry in entries:
            click.echo(chain.canonical(entry))
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_cell(entry.get(column)) for column in COLUMNS])


@ledger.command()
@as_json
def head(*, as_json: bool) -> None:
    """Print the number and hash of the last entry, to be kept somewhere else."""
    with reading(wired().engine).connect() as connection:
        end = stored.head(connection)
    if as_json:
        print_json({"seq": end.seq, "hash": end.hash})
    else:
        click.echo(f"{end.seq} {end.hash}")


def _of_the_database(engine: sa.Engine) -> Verdict:
    """Check the whole chain against its pinned end; what is appended meanwhile is no fault."""
    with reading(engine).connect() as connection:
        before = stored.head(connection)
    found = chain.verify(stored.entries(engine))
    with reading(engine).connect() as connection:
        after = stored.head(connection)
    if found.problem or before.seq <= found.head.seq < after.seq:
        return found
    return chain.verify(stored.entries(engine), expected=after)


def _from_file(file: TextIO) -> Iterator[Entry]:
    for number, line in enumerate(file, start=1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise click.ClickException(f"line {number} of the file is not JSON") from error
        yield entry if isinstance(entry, dict) else {}


def _in_words(verdict: Verdict) -> str:
    if verdict.problem:
        return f"The record does not hold: {verdict.problem}."
    if not verdict.checked:
        return "The record is empty."
    whole = (
        "" if verdict.first == 1 else f" It starts at entry {verdict.first}, so earlier ones are not checked."
    )
    end = f"{verdict.head.seq} {verdict.head.hash}"
    return f"The record is intact: {verdict.checked} entries up to {end}.{whole}"


def _cell(value: Any) -> str:
    """Return a cell that a spreadsheet shows and does not calculate."""
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
