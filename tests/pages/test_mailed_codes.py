"""A mailed code proves an address: from the mail to the answer, and for how long that is known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.identity import Identity, Person
from reviews.kinds import ReviewState
from store.unit_of_work import SqlUnitOfWork
from tests.pages.mailed_codes import ask_for_code, is_known, make_code_visitor, read_code, use_code
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import Desk
from tests.reviews.samples import ALICE, DEPUTY, OWNER, routes

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.smtp_server import MailServer


def test_the_code_of_the_mail_lets_its_owner_answer_with_the_proof_in_the_record(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    with dana.desk.transactions() as work:
        work.people.remember(Person(id="d1", name="Dana Ozola", email=OWNER), at=dana.desk.clock())
        work.docspace_accounts.remember({OWNER: "d1"}, at=dana.desk.clock())
        work.commit()
    mailed_at = dana.desk.clock()

    asked = ask_for_code(dana, path, OWNER.upper())
    waiting = dana.get(path).text
    dana.desk.clock.advance(minutes=9)
    proven = use_code(dana, path, read_code(server))
    text = dana.get(path).text
    answered = dana.post(path, decision="acknowledge")

    assert [page.status_code for page in (asked, proven, answered)] == [303, 303, 303]
    assert server.recipients == [OWNER]
    assert "The code from the mail" in waiting
    assert "Dana Ozola" in text
    [answer] = dana.review().answers
    assert (answer.identity, answer.reviewer.name, answer.reviewer.email, answer.reviewer.docspace_id) == (
        Identity.MAIL_CODE, "Dana Ozola", OWNER, "d1",
    )  # fmt: skip
    assert answer.proof == {"address": OWNER, "mailed_at": mailed_at.isoformat(timespec="seconds")}
    assert dana.desk.verdict().intact


def test_the_mail_says_what_it_is_for_and_that_no_one_asks_for_the_code(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    dana.desk.portal.titles["3358285"] = "Policy\r\nBcc: all@example.com 😀.docx"

    ask_for_code(dana, dana.open())

    [mail] = server.mails
    text = " ".join(mail.get_content().split())
    assert (mail["To"], mail["From"], mail["Bcc"]) == (OWNER, "reviews@example.com", None)
    assert mail["Subject"] == "Your code to answer for Policy Bcc: all@example.com 😀.docx"
    assert read_code(server) not in mail["Subject"]
    assert "Policy Bcc: all@example.com 😀.docx" in text
    assert ADDRESS in text
    assert "/ack/" not in text
    assert "We never ask for this code" in text


def test_a_title_that_looks_like_an_encoded_word_is_not_decoded_in_the_subject(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    dana.desk.portal.titles["3358285"] = "=?utf-8?q?Another_document?= x.docx"

    ask_for_code(dana, dana.open())

    [mail] = server.mails
    assert mail["Subject"].replace("\u200b", "").endswith(" for =?utf-8?q?Another_document?= x.docx")


def test_without_a_proof_the_page_shows_everything_and_takes_no_answer(dana: ReviewPageVisitor) -> None:
    path = dana.open()

    shown = dana.get(path).text
    refused = dana.post(path, decision="request_changes", note="The date is wrong")

    assert "AML Policy 2026.docx" in shown
    assert ("Mail me a code" in shown, "Acknowledge review" in shown) == (True, False)
    assert 'value=""' in shown
    assert (refused.status_code, dana.review().state) == (401, ReviewState.OPEN)
    assert ">The date is wrong<" in refused.text


def test_a_note_that_was_written_first_is_still_there_once_the_proof_is(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path, note = dana.open(), "The date is wrong"

    pages = [
        dana.post(path, decision="request_changes", note=note),
        ask_for_code(dana, path, note=note),
        use_code(dana, path, "1", note=note),
        use_code(dana, path, read_code(server), note=note),
    ]

    assert [(page.status_code, f">{note}<" in page.text) for page in pages] == [
        (401, True), (200, True), (422, True), (200, True),
    ]  # fmt: skip
    assert "Request changes" in pages[-1].text


def test_looking_sends_nothing(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()

    seen = [dana.get(f"{path}{step}") for step in ("/code", "/proof", "/not-me")]

    assert {(page.status_code, page.location) for page in seen} == {(303, path)}
    assert (server.mails, server.transactions) == ([], 0)


@pytest.mark.parametrize("step", ["/code", "/proof", "/not-me"])
def test_a_form_from_elsewhere_does_nothing(dana: ReviewPageVisitor, server: MailServer, step: str) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    use_code(dana, path, read_code(server))
    dana.get(path)

    refused = dana.send(f"{path}{step}", address=DEPUTY, code="1")

    assert refused.status_code == 400
    assert len(server.mails) == 1
    assert is_known(dana, path)


def test_another_person_says_so(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    use_code(dana, path, read_code(server))
    was_known = is_known(dana, path)

    left = dana.post(f"{path}/not-me")

    assert (was_known, left.status_code, is_known(dana, path)) == (True, 303, False)
    assert dana.post(path, decision="acknowledge").status_code == 401


def test_a_proof_is_good_for_half_an_hour(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    use_code(dana, path, read_code(server))
    dana.desk.clock.advance(minutes=30)
    just = is_known(dana, path)
    dana.desk.clock.advance(seconds=1)

    assert (just, is_known(dana, path)) == (True, False)
    assert dana.post(path, decision="acknowledge").status_code == 401


def test_someone_who_proves_to_have_changed_the_document_is_refused(
    engine: sa.Engine, server: MailServer
) -> None:
    assert ALICE.email
    alice = make_code_visitor(
        Desk(engine, partial(SqlUnitOfWork, engine), routes(owners=(ALICE.email,))), server
    )
    path = alice.open()
    ask_for_code(alice, path, ALICE.email)
    use_code(alice, path, read_code(server))

    refused = alice.post(path, decision="acknowledge")

    assert (refused.status_code, alice.review().state) == (403, ReviewState.OPEN)
    assert "You changed this document yourself" in refused.text
