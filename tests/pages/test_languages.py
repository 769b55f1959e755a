"""The page speaks the browser's language, and only for as long as the request lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.kinds import Decision, ReviewState
from reviews.language import get_language
from reviews.model import STATEMENT
from tests.edge.smtp_server import MailServer
from tests.language.catalogue import english_left
from tests.language.drawings import read_html
from tests.pages.mailed_codes import desk_of, make_code_visitor
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.samples import HOSTILE, OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa
    from werkzeug.test import TestResponse


def shown(visitor: ReviewPageVisitor, path: str, wanted: str, **form: str) -> TestResponse:
    headers = {"Accept-Language": wanted}
    if not form:
        return visitor.client.get(path, base_url=ADDRESS, headers=headers)
    visitor.get("/".join(path.split("/")[:3]))
    sent = {"csrf_token": visitor.form_token, **form}
    return visitor.client.post(path, base_url=ADDRESS, headers=headers, data=sent)


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,de;q=0.5", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("de;q=0", "en"),
        ("*;q=x,<script>", "en"),
    ],
)
def test_the_page_is_in_the_best_language_for_the_browser(
    visitor: ReviewPageVisitor, wanted: str, language: str
) -> None:
    page = shown(visitor, visitor.open(), wanted)

    assert f'<html lang="{language}">' in page.text
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]
    assert get_language() == "en"


def test_the_sentence_that_the_record_keeps_is_shown_beside_its_translation(
    visitor: ReviewPageVisitor,
) -> None:
    path = visitor.open()

    german, english = (" ".join(read_html(shown(visitor, path, each).text)) for each in ("de", "en"))

    assert (
        f"Ich habe diese Version geprüft. Im Protokoll steht dafür der englische Satz: {STATEMENT}" in german
    )
    assert english.count(STATEMENT) == 1


def test_an_answer_given_in_german_is_recorded_as_any_other(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()

    answer = shown(visitor, path, "de", decision=Decision.ACKNOWLEDGE.value)

    assert answer.status_code == 303
    [recorded_answer] = visitor.review().answers
    assert (visitor.review().state, recorded_answer.reviewer.name) == (
        ReviewState.ACKNOWLEDGED,
        "somebody who holds the link",
    )
    assert visitor.desk.entries()[-1]["statement"] == STATEMENT
    assert "von jemand mit dem Link (Name nicht belegt)" in " ".join(
        read_html(shown(visitor, path, "de").text)
    )


def test_the_mail_with_the_code_is_in_the_language_of_the_browser_that_asked(engine: sa.Engine) -> None:
    with MailServer() as server:
        visitor = make_code_visitor(desk_of(engine), server)
        path = visitor.open()

        shown(visitor, f"{path}/code", "de", address=OWNER)

        [mail] = server.mails
    assert mail["Subject"] == "Ihr Code zum Antworten: AML Policy 2026.docx"
    assert english_left(mail.get_content().splitlines()) == []


def test_a_hostile_title_is_escaped_within_a_translated_sentence(visitor: ReviewPageVisitor) -> None:
    path = visitor.open(title=f"{HOSTILE} %(who)s {{who}} <b>")

    page = shown(visitor, path, "de").text

    assert "<b>" not in page
    assert "%(who)s {who} &lt;b&gt;" in page
