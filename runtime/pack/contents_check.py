"""The check of what a pack says: all of it is computed again from its entries, which the proofs prove."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import LedgerBroken, parse_entry
from reviews.pack.file_names import FIGURES, POPULATION
from reviews.pack.pack_request import PackRequest
from reviews.pack.report_builder import build_report
from reviews.pack.spreadsheet import write_population
from runtime.pack.entry_check import EntryCheck
from runtime.pack.figures_file import MAX_FIGURES_BYTES, describe_completeness, describe_report
from runtime.pack.opened_folder import PackInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.pack.report import PackReport
    from runtime.pack.evidence_writer import SignedCheckpoint
    from runtime.pack.opened_folder import OpenedPack
    from runtime.pack.proven_entries import ProvenEntries

_FROM_DATABASE = frozenset({"brought_forward"})
"""Figures that the entries of a pack can't give: earlier reviews are not in it."""


def check_contents(
    pack: OpenedPack, signed: SignedCheckpoint, proven: ProvenEntries, *, show: Callable[[int, int], None]
) -> PackReport:
    """Return what the entries of a pack say; raise `PackInvalid` unless its files say the same.

    `show` is called with how many entries are checked, and of how many.
    """
    figures = _read_figures(pack)
    _require_checkpoint(figures, signed)
    request, made_at = _read_request(figures)
    check = EntryCheck(pack, proven, request, show)
    report = build_report(
        check.iterate(), request=request, folders=(), fetch_entries=lambda _: (), clock=lambda: made_at
    )
    check.require_receipts(report)
    _compare_figures(figures, report)
    _compare_completeness(figures, report)
    _compare_population(pack, report)
    return report


def _read_figures(pack: OpenedPack) -> Mapping[str, Any]:
    text = pack.read_text(FIGURES, max_bytes=MAX_FIGURES_BYTES)
    try:
        return parse_entry(text, label=FIGURES)
    except LedgerBroken as error:
        raise PackInvalid(str(error)) from None


def _require_checkpoint(figures: Mapping[str, Any], signed: SignedCheckpoint) -> None:
    checkpoint = signed.checkpoint
    expected = {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}
    if figures.get("checkpoint") != expected:
        raise PackInvalid(f"{FIGURES} is of another checkpoint than the pack's")


def _read_request(figures: Mapping[str, Any]) -> tuple[PackRequest, datetime]:
    """Return what a pack was asked for and when it was made, as its figures say."""
    try:
        sample = figures["sample"]
        since, until, made_at = (datetime.fromisoformat(figures[name]) for name in ("from", "to", "made_at"))
        request = PackRequest(
            route=figures["route"], since=since, until=until, sample_size=sample["size"], seed=sample["seed"]
        )
        is_whole = (
            isinstance(request.route, str)
            and isinstance(request.seed, str)
            and type(request.sample_size) is int
            and request.sample_size >= 0
            and all(each.tzinfo for each in (since, until, made_at))
        )
    except (KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise PackInvalid(f"{FIGURES} does not say for which route, period and sample it is")
    return request, made_at


def _compare_figures(figures: Mapping[str, Any], report: PackReport) -> None:
    for part, values in describe_report(report).items():
        stated = figures.get(part)
        for name in (each for each in values if each not in _FROM_DATABASE):
            if not isinstance(stated, dict) or stated.get(name) != values[name]:
                raise PackInvalid(f"{FIGURES}: {part}, {name} is not what the entries give")


def _compare_completeness(figures: Mapping[str, Any], report: PackReport) -> None:
    """Compare when folders were not complete; up to when they are is not in the entries."""
    expected = {each["folder_id"]: each["incomplete"] for each in describe_completeness(report)}
    try:
        stated = {each["folder_id"]: each["incomplete"] for each in figures["completeness"]}
    except (KeyError, TypeError):
        stated = None
    if stated is None or {folder: parts for folder, parts in stated.items() if parts} != expected:
        raise PackInvalid(f"{FIGURES}: completeness is not what the entries give")


def _compare_population(pack: OpenedPack, report: PackReport) -> None:
    with io.TextIOWrapper(pack.open_file(POPULATION), "utf-8", errors="surrogateescape", newline="") as file:
        stream = _ComparedText(file)
        write_population(report.reviews, stream)
        if file.read(1):
            raise PackInvalid(f"{POPULATION} goes on after the last review")


class _ComparedText:
    """Takes text, and refuses a file that says something else in its place."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file, self._row = file, 0

    def write(self, text: str, /) -> None:
        if self._file.read(len(text)) != text:
            which = f"the review in row {self._row}" if self._row else "its head"
            raise PackInvalid(f"{POPULATION}: {which} is not what the entries give")
        self._row += 1
