"""The receipt on the history page: for those who may see all of the review, or a sentence why not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.kinds import Decision
from reviews.routes.route import MayAcknowledge, Routes
from runtime.evidence.ledger_key import NO_KEYS
from runtime.ledger_verification.receipt_check import check_receipt
from store.unit_of_work import SqlUnitOfWork
from tests.pages.past import STRANGER, answer, foreign, papers, two_routes
from tests.pages.reading import HistoryReader
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, OWNER, event
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, change_entry

if TYPE_CHECKING:
    import sqlalchemy as sa
    from werkzeug.test import TestResponse

LABEL = "Download receipt"
PATH = "/reviews/rev-1/receipt"


class ReceiptReader(HistoryReader):
    """A person at the history page of an installation with a signed ledger."""

    def __init__(self, desk: Desk) -> None:
        self.signed = SignedLedger(desk.engine, clock=desk.clock)
        desk.ledger_keys = self.signed.keys
        super().__init__(desk, receipts=desk.receipts)

    def download(self, path: str = PATH) -> TestResponse:
        self.signed.cover()
        return self.get(path)


def make_reader(engine: sa.Engine, routes: Routes) -> ReceiptReader:
    return ReceiptReader(Desk(engine, partial(SqlUnitOfWork, engine), routes))


@pytest.fixture
def owner(engine: sa.Engine) -> ReceiptReader:
    """Return an owner of a route with three reviews."""
    reader = make_reader(engine, two_routes())
    papers(reader)
    reader.sign_in(OWNER)
    return reader


def test_the_page_of_a_review_leads_to_its_receipt_which_holds(owner: ReceiptReader) -> None:
    answer(owner, "f1", decision=Decision.REQUEST_CHANGES, note="Section 4 is out of date.")
    page = owner.get("/reviews/rev-1").text

    done = owner.download()

    assert f'<a class="open" href="{PATH}">{LABEL}</a>' in page
    assert (done.status_code, done.content_type) == (200, "text/plain; charset=utf-8")
    assert done.headers["Content-Disposition"] == "attachment; filename=rev-1.tlog-proof"
    assert (done.headers["Cache-Control"], done.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    current = owner.signed.keys.current
    assert current is not None
    verified = check_receipt(done.text, [current.build_verifier_key(ORIGIN)]).verified
    assert verified is not None
    assert (verified.review_id, verified.entries) == ("rev-1", (1, 4))


def test_looking_at_it_changes_nothing(owner: ReceiptReader) -> None:
    before = owner.desk.entries()

    first, second = owner.download(), owner.download()

    assert first.data == second.data
    assert owner.desk.entries() == before
    assert owner.post(PATH).status_code == 405


def test_who_is_not_signed_in_is_asked_to_and_is_led_to_the_review(owner: ReceiptReader) -> None:
    visitor = owner.other()

    page = visitor.get(PATH)
    link = visitor.link(OWNER)
    visitor.get(link)

    assert (page.status_code, "c2sp" in page.text) == (401, False)
    assert visitor.post(link).headers["Location"] == "/reviews/rev-1"


@pytest.mark.parametrize("email", [STRANGER, str(ALICE.email)])
def test_who_may_not_look_the_review_up_is_answered_as_if_it_were_not_there(
    owner: ReceiptReader, email: str
) -> None:
    hidden = foreign(owner)
    other = owner.other().sign_in(email)
    owner.signed.cover()

    answers = [
        owner.get(f"/reviews/{hidden}/receipt"),
        owner.get("/reviews/no-such/receipt"),
        other.get(PATH),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert all("There is no such review here" in each.text for each in answers)


def test_of_a_private_route_only_those_responsible_get_it(engine: sa.Engine) -> None:
    reader = make_reader(engine, two_routes(may_acknowledge=MayAcknowledge.CHANNEL, private=True))
    reader.desk.open(event(file_id="f1", title="Merger with Globex.docx"))
    answer(reader, "f1", STRANGER)
    owner = reader.other().sign_in(OWNER)
    reader.sign_in(STRANGER)

    refused, done = reader.download(), owner.get(PATH)

    assert (refused.status_code, done.status_code) == (403, 200)
    assert "only those responsible for the review may see" in refused.text
    assert (LABEL in reader.get("/reviews/rev-1").text, LABEL in owner.get("/reviews/rev-1").text) == (
        False,
        True,
    )


def test_what_is_not_signed_yet_is_said(owner: ReceiptReader) -> None:
    before = owner.get(PATH)
    after = owner.download()

    assert (before.status_code, after.status_code) == (409, 200)
    assert "the last entries of this review are not signed. Try again in a few seconds" in before.text
    assert 'href="/reviews/rev-1"' in before.text


def test_without_a_key_the_operator_is_named(owner: ReceiptReader) -> None:
    owner.desk.ledger_keys = NO_KEYS

    page = owner.get(PATH)

    assert (page.status_code, "the ledger has no key to sign with" in page.text) == (409, True)


def test_what_stops_checkpoints_is_left_to_the_operator(owner: ReceiptReader) -> None:
    owner.signed.forge()
    answer(owner, "f1")

    page = owner.download()

    assert (page.status_code, "something keeps the ledger from being signed" in page.text) == (409, True)
    assert "MAC" not in page.text


def test_an_altered_entry_is_said_on_a_page(owner: ReceiptReader) -> None:
    owner.signed.cover()
    owner.signed.change(change_entry(1, hash="0" * 64))

    page = owner.get(PATH)

    assert (page.status_code, "is not the one that was signed" in page.text) == (409, True)


def test_without_receipts_no_page_leads_to_them(reader: HistoryReader) -> None:
    papers(reader)
    reader.sign_in(OWNER)

    assert LABEL not in reader.get("/reviews/rev-1").text
    assert reader.get(PATH).status_code == 404
