"""The check of a pack: offline, with the folder and what the person who checks has from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from reviews.pack.file_names import (
    CAMPAIGNS,
    CHECKPOINT,
    CONSISTENCY,
    DAYS,
    ENTRIES,
    FIGURES,
    KEYS,
    POPULATION,
    README,
    RECEIPTS,
    REPORT,
    TIMESTAMPS,
    WITHOUT_REVIEW,
)
from runtime.pack.contents_check import check_contents
from runtime.pack.evidence_check import TrustedEvidence, check_days, check_evidence
from runtime.pack.export_comparison import compare_export
from runtime.pack.figures_check import explain_version
from runtime.pack.opened_folder import NoPack, PackInvalid, PackNotCompared, open_pack
from runtime.pack.proven_entries import check_proofs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from cryptography import x509

    from reviews.evidence.policies import Policy
    from reviews.evidence.signed_notes import VerifierKey
    from reviews.pack.report import PackReport
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint
    from runtime.pack.evidence_check import VerifiedEvidence
    from runtime.pack.opened_folder import OpenedPack
    from runtime.pack.step_progress import Progress

_NEEDED = (REPORT, POPULATION, README, ENTRIES, CHECKPOINT, KEYS, FIGURES)
_FOLDERS = (RECEIPTS, DAYS, TIMESTAMPS, CONSISTENCY)


class TrustedMembers(TypedDict, total=False):
    keys: Sequence[VerifierKey]
    policy: Policy | None
    saved: SavedCheckpoint | None
    tsa_certificates: Sequence[x509.Certificate]


@dataclass(frozen=True, kw_only=True)
class VerifiedPack:
    """What a pack proves.

    Attributes:
        version: The one of docspace-review that wrote it, as it says itself.
        is_compared: Whether an export of the whole ledger showed that it has all entries.
    """

    evidence: VerifiedEvidence
    report: PackReport
    version: str
    entries: int
    is_compared: bool = False


@dataclass(frozen=True, kw_only=True)
class PackVerdict:
    """What a pack proves, or the first of its files that does not hold and why.

    `may_hold` is true of one that has no sums, could not be read, or not be compared with what was given.
    """

    verified: VerifiedPack | None = None
    problem: str | None = None
    may_hold: bool = False

    @property
    def intact(self) -> bool:
        return self.problem is None


def check_pack(
    path: Path, *, progress: Progress, export: BinaryIO | None = None, **trusted: Unpack[TrustedMembers]
) -> PackVerdict:
    """Check each file of a pack in a folder, and what they say of each other.

    With an `export` of the whole ledger also that no entry was left out. `trusted` are the members of
    `TrustedEvidence`, none of which is needed.
    """
    try:
        progress.begin("Checking the files", unit="files")
        pack = open_pack(path, show=progress.update)
        _require_names(pack)
        evidence = check_evidence(pack, TrustedEvidence(**trusted))
        progress.begin("Checking the proofs", unit="files")
        proven = check_proofs(pack, evidence.signed, show=progress.update)
        progress.begin("Checking the entries", unit="entries")
        contents = check_contents(pack, evidence.signed, proven, show=progress.update)
        with explain_version(contents.version):
            _require_known(pack, *((CAMPAIGNS,) if contents.report.campaigns else ()))
        check_days(evidence, since=contents.report.since, until=contents.report.until)
        if export is not None:
            progress.begin("Comparing with the export", unit="entries")
            checkpoint, request = evidence.signed.checkpoint, contents.report.request
            compare_export(export, request, checkpoint, proven, show=progress.update)
    except PackInvalid as error:
        return PackVerdict(problem=str(error), may_hold=isinstance(error, NoPack | PackNotCompared))
    except OSError as error:
        return PackVerdict(problem=f"the folder can't be read: {error.strerror}", may_hold=True)
    return PackVerdict(
        verified=VerifiedPack(
            evidence=evidence,
            report=contents.report,
            version=contents.version,
            entries=proven.count,
            is_compared=export is not None,
        )
    )


def _require_names(pack: OpenedPack) -> None:
    if missing := next((name for name in _NEEDED if name not in pack.names), None):
        raise PackInvalid(f"{missing} is missing")


def _require_known(pack: OpenedPack, *compared: str) -> None:
    """Refuse a file that this version does not know, and so has not compared with anything."""
    ours = {*_NEEDED, WITHOUT_REVIEW, *compared}
    strange = sorted(
        name for name in pack.names - ours if "/" not in name or name.partition("/")[0] not in _FOLDERS
    )
    if strange:
        raise PackInvalid(f"{strange[0]} is none of a pack's files")
