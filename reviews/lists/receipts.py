"""Receipts for people: who gets that of a review, and why there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.errors import RefusalReason, Refused
from reviews.language import _, gettext_noop
from reviews.ledger.receipts import ReceiptMissing, ReceiptObstacle
from reviews.lists.page_access import may_look_up
from reviews.privacy.channel_visibility import redact_for_reader

if TYPE_CHECKING:
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.ledger.receipts import PrepareReceipt, Receipt
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

_SENTENCES = {
    ReceiptObstacle.NO_ENTRY: gettext_noop("The ledger has no entry for this review."),
    ReceiptObstacle.NOT_SIGNED: gettext_noop(
        "There is no receipt: the ledger has no key to sign with. The operator of this app can set one up."
    ),
    ReceiptObstacle.NOT_COVERED: gettext_noop(
        "There is no receipt yet: the last entries of this review are not signed. Try again in a few "
        "seconds, and if that does not help, ask the operator of this app."
    ),
    ReceiptObstacle.STOPPED: gettext_noop(
        "There is no receipt now: something keeps the ledger from being signed. The operator of this app can "
        "see what it is."
    ),
}
ALTERED = gettext_noop(
    "There is no receipt: an entry of this review is not the one that was signed. Ask the operator of this "
    "app to verify the ledger."
)


@dataclass(frozen=True, kw_only=True)
class ReviewReceipts:
    """Receipts of reviews. A receipt has everything that the ledger says, so it is never redacted."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    prepare: PrepareReceipt

    def find_for_page(self, review_id: str, reader: ProvenPerson) -> Receipt | None:
        """Return the receipt of a review that this person may look up; `None` for another.

        Raises `Refused` if they may not see all of it, and if there is no receipt now.
        """
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            if review is None or not may_look_up(self._find_authority(work, review), reader):
                return None
        return self.prepare_for(review, reader)

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def prepare_for(self, review: Review, reader: ProvenPerson) -> Receipt:
        """Return the receipt of a review; raises `Refused` as above."""
        with self.transactions(reading=True) as work:
            redacted = redact_for_reader(self._find_authority(work, review), reader)
        if redacted.redacted:
            raise Refused(
                RefusalReason.NOT_ALLOWED,
                _("The receipt has titles and notes that only those responsible for the review may see."),
            )
        try:
            return self.prepare(review.id)
        except ReceiptMissing as missing:
            raise Refused(RefusalReason.NOTHING_TO_DO, _(_SENTENCES[missing.obstacle])) from missing
