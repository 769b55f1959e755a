"""The command `ledger pack`: the reviews of a route in a period, as a folder for auditors."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click

from reviews.language import LANGUAGES
from reviews.ledger.findings import escape_unprintable
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipts import ReceiptMissing
from reviews.pack.pack_request import PackRequest
from reviews.pack.sample import DEFAULT_SIZE
from reviews.text import clean_text
from runtime.commands.ledger.pack_verification import format_minute
from runtime.commands.opened_wiring import open_wiring
from runtime.commands.printing.folded_text import print_text
from runtime.commands.printing.moments import Moment
from runtime.commands.printing.progress import show_progress
from runtime.commands.refusals import refuse
from runtime.pack.new_folder import FolderRefused, require_free
from runtime.pack.pack_writer import PackNotIntact, UnknownRoute, write_pack
from runtime.pack.typesetting import TypesettingFailed
from runtime.wiring.packs import build_pack_source
from store.ledger_routes import list_route_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.pack.pack_writer import PackSource, WrittenPack
    from runtime.pack.step_progress import Progress

MAX_SAMPLE = 1000
MAX_SEED_LENGTH = 200
MAX_ROUTE_LENGTH = 1000
_MAX_LISTED_ROUTES = 20


class FolderParameter(click.Path):
    """Command-line type of a folder to make, where nothing is or an empty folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        try:
            require_free(path)
        except (FolderRefused, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            self.fail(f"can't make the folder {clean_text(str(path))!r}: {reason}", param, ctx)
        if path.name in {"", ".."}:
            self.fail(f"{clean_text(str(path))!r} is no name of a folder", param, ctx)
        return path


class RouteParameter(click.ParamType["str"]):
    """Command-line type of the name of a route, which the database can look for."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if len(value) > MAX_ROUTE_LENGTH:
            self.fail(f"no route has a name of more than {MAX_ROUTE_LENGTH:,} characters", param, ctx)
        return str(value)


class SeedParameter(click.ParamType["str"]):
    """Command-line type of a seed: a line of text that can be typed again."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value or clean_text(value) != value or len(value) > MAX_SEED_LENGTH:
            self.fail(f"a seed is one line of at most {MAX_SEED_LENGTH} characters", param, ctx)
        return str(value)


class _PackOptions(TypedDict):
    """What the pack is about."""

    route: str
    since: datetime
    until: datetime
    sample_size: int


@click.command()
@click.option("--route", type=RouteParameter(), required=True, help="The route whose reviews it is about.")
@click.option("--from", "since", type=Moment(), required=True, help="Start of the period.")
@click.option("--to", "until", type=Moment(), required=True, help="End of the period (exclusive).")
@click.option(
    "--sample",
    "sample_size",
    metavar="NUMBER",
    type=click.IntRange(0, MAX_SAMPLE),
    default=DEFAULT_SIZE,
    show_default=True,
    help="How many reviews are described in full.",
)
@click.option(
    "--seed",
    type=SeedParameter(),
    help="What draws the sample, as the auditor says it; without, the root of the checkpoint.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="The language of the report; without, that of the route.",
)
@click.option(
    "--out", "target", type=FolderParameter(), required=True, metavar="FOLDER", help="The folder to make."
)
def pack(
    *,
    seed: str | None,
    language: str | None,
    target: Path,
    **options: Unpack[_PackOptions],
) -> None:
    """Write the auditor's pack: the reviews of a route that were opened in a period, and what proves them.

    A report (PDF), the reviews as CSV, the ledger entries, a proof for each, the checkpoint and timestamps:
    for `ledger verify FOLDER --key VKEY`, which needs nothing else. Exit code 1 if no signed checkpoint
    covers all entries of the route.
    """
    if options["since"] >= options["until"]:
        raise click.UsageError("--from must be before --to")
    wiring = open_wiring()
    request = PackRequest(**options, seed=seed or "")
    chosen = language or wiring.routes.find_language(options["route"])
    with _explain_failures(target), show_progress(to_stderr=True) as progress:
        source = build_pack_source(wiring)
        written = _write_pack(source, request, target, language=chosen, progress=progress)
    print_text(_describe_written(written, target))


@contextmanager
def _explain_failures(target: Path) -> Iterator[None]:
    """End the command with a sentence and exit code 1 where there is no pack."""
    try:
        yield
    except ReceiptMissing as missing:
        refuse(f"There is no pack: {missing}.")
    except LedgerBroken as error:
        refuse(f"The ledger is not intact: {error}.")
    except PackNotIntact as error:
        refuse(
            f"There is no pack: what was written does not hold: {escape_unprintable(str(error))}. If someone "
            "was erased meanwhile, run the command again; else docspace-review ledger verify says whether "
            "the ledger is intact."
        )
    except TypesettingFailed as error:
        refuse(f"There is no pack: the PDF can't be made: {escape_unprintable(str(error))}.")
    except OSError as error:
        raise click.ClickException(f"can't write {clean_text(str(target))}: {error.strerror}") from error


def _write_pack(
    source: PackSource, request: PackRequest, target: Path, *, language: str, progress: Progress
) -> WrittenPack:
    """Write the pack; raise `UsageError` for a route that the ledger does not have."""
    try:
        return write_pack(source, request, target, language=language, progress=progress)
    except UnknownRoute:
        names = list_route_names(source.evidence.engine, limit=_MAX_LISTED_ROUTES + 1)
    raise click.UsageError(_describe_unknown(request.route, names))


def _describe_unknown(route: str, names: list[str]) -> str:
    """Return what is said of a route that is none of these; spaces in names are as they were written."""
    listed = ", ".join(map(repr, sorted(names[:_MAX_LISTED_ROUTES])))
    more = " and more" if len(names) > _MAX_LISTED_ROUTES else ""
    has = f"it has {listed}{more}" if names else "it has none"
    return f"no entry of the ledger is on the route {route!r}: {has}"


def _describe_written(written: WrittenPack, target: Path) -> str:
    report, count = written.report, len(written.report.reviews)
    reviews = f"{count:,} reviews" if count != 1 else "1 review"
    period = f"opened from {format_minute(report.since)} to {format_minute(report.until)} UTC"
    entries = f"{written.entries:,} entries" if written.entries != 1 else "1 entry"
    key = written.verifier_key or "VKEY"
    left_out = [f"Not in the pack, since it does not hold: {each}." for each in written.left_out]
    command = f"docspace-review ledger verify {shlex.quote(clean_text(str(target)))} --key {key}"
    return "\n".join(
        [
            f"The pack of {reviews}, {period}, with {entries} is in {clean_text(str(target))}.",
            *map(escape_unprintable, left_out),
            f"It is verified, anywhere and offline, with: {command}",
            "Hand the key over by another way than the pack.",
        ]
    )
