"""The check of a pack's entries: that they are those that its proofs prove, and that each belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.pack.entry_scope import CampaignScope, concerns_route, opens_review, require_same_reviews
from reviews.pack.file_names import ENTRIES, FIGURES
from runtime.ledger_verification.file_erasures import BlockErasures, ErasureCheck
from runtime.pack.entry_lines import PackedLine, read_lines
from runtime.pack.opened_folder import PackInvalid
from runtime.pack.proof_writer import name_receipt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.pack.pack_request import PackRequest
    from reviews.pack.report import PackReport
    from reviews.ports.ledger import LedgerEntry
    from runtime.pack.opened_folder import OpenedPack
    from runtime.pack.proven_entries import ProvenEntries


class EntryCheck:
    """The entries of a pack, each of which has to be proven, and all that are proven have to be there."""

    def __init__(
        self,
        pack: OpenedPack,
        proven: ProvenEntries,
        request: PackRequest,
        show: Callable[[int, int], None],
    ) -> None:
        self._pack, self._proven, self._request, self._show = pack, proven, request, show
        self._reviews: set[str] = set()
        self._campaigns = CampaignScope(request)
        self._erasures = ErasureCheck()
        self._position = 0

    def iterate(self) -> Iterator[LedgerEntry]:
        """Yield the entries; raise `PackInvalid` at the first that does not hold."""
        with self._pack.open_file(ENTRIES) as file:
            try:
                for line in read_lines(file):
                    self._check_line(line)
                    yield line.entry
            except LedgerBroken as error:
                raise PackInvalid(f"{ENTRIES}: {error}") from None
        self._require_end()

    def require_receipts(self, report: PackReport) -> None:
        """Require that the report has the reviews whose entries are there, and a receipt for each."""
        try:
            require_same_reviews(self._reviews, report)
        except LedgerBroken as error:
            raise PackInvalid(f"{ENTRIES}: {error}") from None
        for name in map(name_receipt, sorted(self._reviews)):
            if name not in self._pack.names:
                raise PackInvalid(f"{name} is missing")

    def _check_line(self, line: PackedLine) -> None:
        self._require_proven(line.number, line.leaf_hash)
        self._require_place(line.number, line.entry)
        self._follow_erasure(line)
        self._show(self._position, self._proven.count)

    def _require_proven(self, number: int, leaf_hash: bytes) -> None:
        expected = self._proven.get_number(self._position)
        if expected is not None and expected < number:
            raise LedgerBroken(f"entry {expected} is missing, which is proven")
        if expected != number:
            raise LedgerBroken(f"entry {number} has no proof in the pack")
        if self._proven.get_hash(self._position) != leaf_hash:
            raise LedgerBroken(f"entry {number} is another one than its proof has")
        self._position += 1

    def _require_place(self, number: int, entry: LedgerEntry) -> None:
        """Refuse an entry that is not on the reviews of the route and the period, nor on the route itself."""
        review_id = entry.get("review_id")
        if review_id is None:
            belongs = (
                entry.get("type") == EntryType.PEOPLE_ERASED
                or self._campaigns.includes(entry)
                or concerns_route(entry, self._request)
            )
        else:
            if opens_review(entry, self._request) or self._campaigns.opens_review(entry):
                name_receipt(review_id)  # another id could not be written to a pack
                self._reviews.add(review_id)
            belongs = review_id in self._reviews
        if not belongs:
            raise LedgerBroken(f"entry {number} is not of the route and the period of {FIGURES}")

    def _follow_erasure(self, line: PackedLine) -> None:
        """Note what a line says was erased, until an erasure records it."""
        erasures = BlockErasures()
        erasures.add_entry(line.entry, line.erased)
        self._erasures.add_block(erasures)

    def _require_end(self) -> None:
        if unrecorded := self._erasures.find_first():
            raise PackInvalid(
                f"{ENTRIES}: what entry {unrecorded.seq} names as erased, no later entry says was erased"
            )
        missing = self._proven.get_number(self._position)
        if missing is not None:
            raise PackInvalid(f"{ENTRIES}: entry {missing} is missing, which is proven")
