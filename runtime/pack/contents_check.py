"""The check of what a pack says: all of it is computed again from its entries, which the proofs prove."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.language import use_language
from reviews.pack.campaign_spreadsheet import write_campaigns
from reviews.pack.file_names import CAMPAIGNS, POPULATION, README
from reviews.pack.readme import write_readme
from reviews.pack.report_builder import build_report
from reviews.pack.spreadsheet import write_population
from runtime.pack.entry_check import EntryCheck
from runtime.pack.figures_check import check_figures, explain_version, read_figures
from runtime.pack.opened_folder import PackInvalid
from runtime.settings.version import read_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.pack.report import PackReport
    from runtime.pack.evidence_writer import SignedCheckpoint
    from runtime.pack.figures_check import StatedFigures
    from runtime.pack.opened_folder import OpenedPack
    from runtime.pack.proven_entries import ProvenEntries

MAX_README_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class PackContents:
    """What the entries of a pack give, and which version of docspace-review wrote it, as it says itself."""

    report: PackReport
    version: str


def check_contents(
    pack: OpenedPack, signed: SignedCheckpoint, proven: ProvenEntries, *, show: Callable[[int, int], None]
) -> PackContents:
    """Return what the entries of a pack say; raise `PackInvalid` unless its files say the same.

    A README of another version is not compared: its words may be others. `show` is called with how many
    entries are checked, and of how many.
    """
    figures = read_figures(pack, signed.checkpoint)
    report = _count_again(pack, proven, figures, show)
    with explain_version(figures.version):
        check_figures(figures, report, signed.checkpoint, entries=proven.count)
        _compare_population(pack, report)
        _compare_campaigns(pack, report)
    if figures.version == read_version():
        _compare_readme(pack, report, figures, proven.count)
    return PackContents(report=report, version=figures.version)


def _count_again(
    pack: OpenedPack, proven: ProvenEntries, figures: StatedFigures, show: Callable[[int, int], None]
) -> PackReport:
    """Return the report that the entries of a pack give, in its language."""
    check = EntryCheck(pack, proven, figures.request, show)
    with use_language(figures.language):
        report = build_report(
            check.iterate(),
            request=figures.request,
            folders=(),
            fetch_entries=lambda _: (),
            clock=lambda: figures.made_at,
        )
    check.require_receipts(report)
    return report


def _compare_readme(pack: OpenedPack, report: PackReport, figures: StatedFigures, entries: int) -> None:
    expected = write_readme(
        report, entries=entries, names=pack.names, language=figures.language, version=figures.version
    )
    if pack.read_text(README, max_bytes=MAX_README_BYTES) != expected:
        raise PackInvalid(f"{README} is not the one that is written for these entries")


def _compare_population(pack: OpenedPack, report: PackReport) -> None:
    with _compare_text(pack, POPULATION, row="review") as stream:
        write_population(report.reviews, stream, runs=report.rapid_runs)


def _compare_campaigns(pack: OpenedPack, report: PackReport) -> None:
    """Require the file of the campaigns where there are any, and none where there are not."""
    if not report.campaigns:
        return
    if CAMPAIGNS not in pack.names:
        raise PackInvalid(f"{CAMPAIGNS} is missing")
    with _compare_text(pack, CAMPAIGNS, row="acknowledgement") as stream:
        write_campaigns(report.campaigns, stream)


@contextmanager
def _compare_text(pack: OpenedPack, name: str, *, row: str) -> Iterator[_ComparedText]:
    """Yield what takes the text that a file has to have; `row` is what one of its rows is about."""
    with io.TextIOWrapper(pack.open_file(name), "utf-8", errors="surrogateescape", newline="") as file:
        yield _ComparedText(file, name, row)
        if file.read(1):
            raise PackInvalid(f"{name} goes on after the last {row}")


class _ComparedText:
    """Takes text, and refuses a file that says something else in its place."""

    def __init__(self, file: io.TextIOWrapper, name: str, content: str) -> None:
        self._file, self._name, self._content, self._row = file, name, content, 0

    def write(self, text: str, /) -> None:
        if self._file.read(len(text)) != text:
            which = f"the {self._content} in row {self._row}" if self._row else "its head"
            raise PackInvalid(f"{self._name}: {which} is not what the entries give")
        self._row += 1
