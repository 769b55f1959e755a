"""A mailed code opens the history page to whom a route names, and tells no one whom that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.mailed_codes import codes_of, read_code
from tests.pages.reading import HistoryReader
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from tests.edge.smtp_server import MailServer
    from tests.reviews.desk import Desk


@pytest.fixture
def reader(desk: Desk, server: MailServer) -> HistoryReader:
    desk.open(event())
    reader = HistoryReader(desk, codes=codes_of(desk, server))
    reader.get("/reviews")
    return reader


@pytest.mark.parametrize("address", [OWNER, DEPUTY, OWNER.upper()])
def test_a_person_whom_a_route_names_gets_in_by_a_mailed_code(
    reader: HistoryReader, server: MailServer, address: str
) -> None:
    asked = reader.post("/reviews/code", address=address)
    page = reader.get("/reviews")
    used = reader.post("/reviews/proof", code=read_code(server))

    assert (asked.status_code, used.status_code) == (303, 303)
    assert "was sent to it" in page.text
    assert "sign in to your reviews" in server.mails[-1].get_content()
    assert reader.titles() == ["AML Policy 2026.docx"]


def test_an_address_that_no_route_names_is_told_the_same_and_gets_no_mail(
    reader: HistoryReader, server: MailServer
) -> None:
    asked = reader.post("/reviews/code", address="stranger@example.com")

    assert asked.status_code == 303
    assert "was sent to it" in reader.get("/reviews").text
    assert server.mails == []


@pytest.mark.parametrize("code", ["", "12345678", "x"])
def test_a_code_that_does_not_count_lets_no_one_in(
    reader: HistoryReader, server: MailServer, code: str
) -> None:
    reader.post("/reviews/code", address=OWNER)
    reader.get("/reviews")

    refused = reader.post("/reviews/proof", code=code)

    assert refused.status_code == 422
    assert "This code is not valid" in refused.text
    assert reader.get("/reviews").status_code == 401
    assert len(server.mails) == 1


def test_a_code_counts_in_the_browser_alone_that_asked_for_it(
    reader: HistoryReader, server: MailServer
) -> None:
    reader.post("/reviews/code", address=OWNER)
    other = reader.other()
    other.get("/reviews")

    assert other.post("/reviews/proof", code=read_code(server)).status_code == 422


@pytest.mark.parametrize("address", ["", "dana", "a b@example.com", "a@b" * 100])
def test_what_is_no_address_is_said_so(reader: HistoryReader, address: str) -> None:
    refused = reader.post("/reviews/code", address=address)

    assert refused.status_code == 422
    assert "Type your e-mail address" in refused.text


@pytest.mark.parametrize("path", ["/reviews/code", "/reviews/proof"])
def test_a_forms_address_that_is_opened_anew_leads_to_the_page(reader: HistoryReader, path: str) -> None:
    answer = reader.get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/reviews")
