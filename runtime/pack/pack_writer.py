"""A pack as a folder, written from the database: entries and proofs first, then what is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from reviews.evidence.signed_notes import parse_verifier_key
from reviews.language import use_language
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.receipts import ReceiptMissing, ReceiptObstacle
from reviews.pack.campaign_spreadsheet import write_campaigns
from reviews.pack.entry_scope import require_same_reviews
from reviews.pack.file_names import CAMPAIGNS, ENTRIES, FIGURES, POPULATION, README, REPORT
from reviews.pack.readme import write_readme
from reviews.pack.report_builder import build_report
from reviews.pack.spreadsheet import write_population
from runtime.evidence.covering_checkpoint import CoveringCheckpoint
from runtime.evidence.used_keys import list_proven_keys
from runtime.pack.entry_lines import format_line
from runtime.pack.entry_selection import EntrySelector
from runtime.pack.evidence_writer import EvidenceSource, SignedCheckpoint, write_evidence
from runtime.pack.figures_file import describe_figures, format_figures
from runtime.pack.new_folder import create_folder
from runtime.pack.pack_check import check_pack
from runtime.pack.proof_writer import ProofWriter
from runtime.settings.version import read_version
from store import ledger_reading, ledger_tree

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from reviews.clock import Clock
    from reviews.pack.pack_request import PackRequest
    from reviews.pack.report import PackedReview, PackEvidence, PackReport
    from reviews.ports.ledger import LedgerEntry
    from reviews.sweep.completeness import Completeness
    from runtime.pack.new_folder import PackFolder
    from runtime.pack.step_progress import Progress
    from store.ledger_reading import StoredEntry

_ENTRIES_AT_ONCE = 1000
_NO_KEY_AT_HAND = "the ledger's key is not at hand, so that no signature can be verified: set LEDGER_KEY"


class WritePdf(Protocol):
    def __call__(self, report: PackReport, evidence: PackEvidence, *, language: str) -> bytes: ...


class PackNotIntact(Exception):
    """What was written does not hold, by the check of `ledger verify`; the message says why."""


class UnknownRoute(Exception):
    """No entry of the ledger is on the route."""


@dataclass(frozen=True, kw_only=True)
class PackSource:
    """Where packs come from.

    Attributes:
        read_folders: Returns how far the folders of a route are.
        write_pdf: Returns the PDF of a report in a language.
    """

    evidence: EvidenceSource
    read_folders: Callable[[str], Sequence[Completeness]]
    write_pdf: WritePdf
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class WrittenPack:
    """What a pack has; `left_out` are older checkpoints and timestamps that do not hold, with the reasons."""

    report: PackReport
    entries: int
    verifier_key: str | None
    left_out: tuple[str, ...]


def write_pack(
    source: PackSource, request: PackRequest, target: Path, *, language: str, progress: Progress
) -> WrittenPack:
    """Write the pack to a folder that appears when all is written, and holds.

    Without a seed it is the root of the checkpoint. Raises `UnknownRoute`, `ReceiptMissing` if no signed
    checkpoint covers all entries of the route, `LedgerBroken` at an entry that was changed, `OSError`.
    """
    folders = source.read_folders(request.route)  # before the checkpoint: what they say is under it
    signed = _choose_checkpoint(source.evidence, request.route)
    request = replace(request, seed=request.seed or signed.checkpoint.root.hex())
    writer = _PackWriter(source, request, signed, progress, language)
    stream = EntrySelector(source.evidence.engine, request, until=signed.checkpoint.size)
    with use_language(language):
        report = writer.build_report(stream, folders)
    if not stream.on_route:
        raise UnknownRoute(request.route)
    require_same_reviews(stream.selection.of_reviews, report)
    with create_folder(target, check=writer.check) as folder:
        return writer.write(folder, report, stream)


def _choose_checkpoint(source: EvidenceSource, route: str) -> SignedCheckpoint:
    last = ledger_tree.read_last_checkpoint(source.engine)
    mentions = (
        ledger_reading.find_last_mention(source.engine, text) for text in (route, EntryType.PEOPLE_ERASED)
    )
    last_entry = max(mentions)
    if not last_entry:
        raise UnknownRoute(route)
    chosen, verified = CoveringCheckpoint(source.engine, lambda: source.keys).choose(
        last, last_entry=last_entry, owner="pack"
    )
    if not source.keys.all:
        raise ReceiptMissing(ReceiptObstacle.NOT_SIGNED, _NO_KEY_AT_HAND)
    return SignedCheckpoint(checkpoint=verified.checkpoint, note=chosen.note)


@dataclass(frozen=True)
class _PackWriter:
    source: PackSource
    request: PackRequest
    signed: SignedCheckpoint
    progress: Progress
    language: str

    def build_report(self, stream: EntrySelector, folders: Sequence[Completeness]) -> PackReport:
        self.progress.begin("Reading the ledger", unit="entries")
        return build_report(
            stream.iterate(self.progress.update),
            request=self.request,
            folders=folders,
            fetch_entries=self._fetch_entries,
            clock=lambda: self.source.clock().replace(microsecond=0),  # a PDF knows no fractions of a second
        )

    def write(self, folder: PackFolder, report: PackReport, stream: EntrySelector) -> WrittenPack:
        numbers = stream.selection.list_numbers()
        self._write_entries(folder, numbers)
        self.progress.begin("Proving the entries", unit="entries")
        ProofWriter(self.source.evidence.engine, self.signed).write(
            folder, stream.selection, show=lambda done: self.progress.update(done, len(numbers))
        )
        written = write_evidence(folder, self.source.evidence, self.request, self.signed)
        self._write_report(folder, report, written.evidence, entries=len(numbers))
        return WrittenPack(
            report=report,
            entries=len(numbers),
            verifier_key=written.evidence.verifier_key,
            left_out=written.left_out,
        )

    def _write_report(
        self, folder: PackFolder, report: PackReport, evidence: PackEvidence, *, entries: int
    ) -> None:
        """Write what is made of the entries; the README last, since it names the other files."""
        self.progress.begin("Writing the report", unit="files")
        figures = describe_figures(
            report, self.signed.checkpoint, language=self.language, version=read_version()
        )
        folder.write_file(FIGURES, [format_figures(figures).encode()])
        self.progress.update(1, 4)
        with folder.open_file(POPULATION) as write:
            write_population(report.reviews, _TextFile(write), runs=report.rapid_runs)
        if report.campaigns:
            with folder.open_file(CAMPAIGNS) as write:
                write_campaigns(report.campaigns, _TextFile(write))
        self.progress.update(2, 4)
        folder.write_file(REPORT, [self.source.write_pdf(report, evidence, language=self.language)])
        self.progress.update(3, 4)
        text = write_readme(
            report, entries=entries, names=folder.names, language=self.language, version=read_version()
        )
        folder.write_file(README, [text.encode()])
        self.progress.update(4, 4)

    def check(self, path: Path) -> None:
        """Raise `PackNotIntact` unless a pack holds for those who have the ledger's keys."""
        evidence = self.source.evidence
        keys = [parse_verifier_key(used.key) for used in list_proven_keys(evidence.engine, evidence.keys)]
        verdict = check_pack(
            path, progress=self.progress, keys=keys, tsa_certificates=evidence.tsa_certificates
        )
        if verdict.problem is not None:
            raise PackNotIntact(verdict.problem)

    def _write_entries(self, folder: PackFolder, numbers: array[int]) -> None:
        with folder.open_file(ENTRIES) as write:
            for stored in self._read_numbered(numbers):
                write(format_line(stored))

    def _fetch_entries(self, review: PackedReview) -> Iterator[LedgerEntry]:
        for stored in self._read_numbered(review.entries):
            yield stored.reveal()

    def _read_numbered(self, numbers: Sequence[int]) -> Iterator[StoredEntry]:
        remaining = iter(numbers)
        while some := list(islice(remaining, _ENTRIES_AT_ONCE)):
            yield from ledger_reading.read_numbered(self.source.evidence.engine, some)


class _TextFile:
    """A file of bytes as one of text."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def write(self, text: str, /) -> None:
        self._write(text.encode(errors="backslashreplace"))
