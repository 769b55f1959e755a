"""The acknowledge page: GET shows, POST acts, a bad link does neither."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from pages.links import CLOCK_TOLERANCE, LINK_LIFETIME, Links
from reviews.cards.card_drawing import draw_card
from reviews.identity import Identity
from reviews.kinds import ReviewState
from reviews.tree import FolderContents
from tests.keys import SECRET_KEY
from tests.pages.visitor import ADDRESS, without_tokens
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import HOSTILE, review

if TYPE_CHECKING:
    from tests.pages.visitor import ReviewPageVisitor

MONTH = int(LINK_LIFETIME.total_seconds())


def serializer(secret: str, salt: str, *, age: int = 0) -> URLSafeTimedSerializer:
    """Sign as a person did `age` seconds ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - age

    return URLSafeTimedSerializer(secret, salt=salt, signer=Signer)


def token(content: object, *, secret: str = SECRET_KEY, salt: str = "acknowledge", age: int = 0) -> str:
    return str(serializer(secret, salt, age=age).dumps(content))


def test_looking_changes_nothing_however_often(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()
    before = visitor.review(), visitor.desk.entries()

    pages = {without_tokens(visitor.get(path).text) for _ in range(5)}

    assert len(pages) == 1
    assert (visitor.review(), visitor.desk.entries()) == before
    assert "AML Policy 2026.docx" in pages.pop()


def test_a_review_is_acknowledged_and_the_page_says_so(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()

    answer = visitor.post(path, decision="acknowledge", name=" Dana\nOzola ")

    assert (answer.status_code, answer.location) == (303, path)
    [recorded_answer] = visitor.review().answers
    assert (recorded_answer.identity, recorded_answer.reviewer.name, recorded_answer.reviewer.email) == (
        Identity.LINK,
        "Dana Ozola",
        None,
    )
    shown = visitor.get(path).text
    assert "Dana Ozola" in shown
    assert "<form" not in shown


def test_a_folders_page_lists_its_files_and_claims_no_version(visitor: ReviewPageVisitor) -> None:
    folder = review(
        id="rev-f", contents=FolderContents(count=2, titles=("A.docx", "B.docx")), title="Minutes"
    )
    with visitor.desk.transactions() as work:
        work.reviews.add(folder)
        work.commit()

    shown = visitor.get(f"/ack/{token(['rev-f', 1])}").text

    assert "2 files: A.docx, B.docx" in shown
    assert "<dt>Revision</dt><dd>1</dd>" in shown


def test_changes_are_requested_with_a_note(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()

    answer = visitor.post(path, decision="request_changes", note="The date is wrong")

    assert answer.status_code == 303
    assert visitor.review().state is ReviewState.CHANGES_REQUESTED
    assert visitor.review().answers[0].reviewer.name == "somebody who holds the link"
    assert "The date is wrong" in visitor.get(path).text


@pytest.mark.parametrize("note", ["", "  \n", "x" * 3001])
def test_a_note_that_is_missing_or_too_long_is_asked_for_again(visitor: ReviewPageVisitor, note: str) -> None:
    path = visitor.open()

    answer = visitor.post(path, decision="request_changes", note=note, name="Dana")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="Dana"' in answer.text
    assert visitor.review().state is ReviewState.OPEN


@pytest.mark.parametrize("decision", ["", "approve", "ACKNOWLEDGE"])
def test_another_decision_is_none(visitor: ReviewPageVisitor, decision: str) -> None:
    path = visitor.open()

    assert visitor.post(path, decision=decision).status_code == 400
    assert visitor.review().state is ReviewState.OPEN


@pytest.mark.parametrize(
    "bad",
    [
        "nonsense",
        "a.b.c",
        token(["rev-1", 1], secret="another-key"),
        token(["rev-1", 1], salt="session"),
        token(["rev-1", 1], age=MONTH + 60),
        token(["rev-1", 1])[:-1],
        token(["rev-9", 1]),
        token("rev-1"),
        token(["rev-1", 1, 2]),
        token(5),
        "é",
    ],
    ids=[
        "nonsense", "three parts", "another key", "another salt", "too old", "cut short", "another review",
        "no revision", "one too many", "a number", "not ASCII",
    ],
)  # fmt: skip
def test_a_bad_link_is_not_found_and_acts_on_nothing(visitor: ReviewPageVisitor, bad: str) -> None:
    visitor.open()

    assert visitor.get(f"/ack/{bad}").status_code == 404
    assert visitor.post(f"/ack/{bad}", decision="acknowledge").status_code == 404
    assert visitor.review().state is ReviewState.OPEN


def test_a_link_is_good_for_a_month(visitor: ReviewPageVisitor) -> None:
    visitor.open()

    assert visitor.get(f"/ack/{token(['rev-1', 1], age=MONTH - 60)}").status_code == 200


def test_a_link_counts_also_where_the_clock_that_signed_it_is_a_little_ahead(
    visitor: ReviewPageVisitor,
) -> None:
    visitor.open()
    apart = int(CLOCK_TOLERANCE.total_seconds())

    statuses = [
        visitor.get(f"/ack/{token(['rev-1', 1], age=-ahead)}").status_code
        for ahead in (apart - 60, apart + 60)
    ]

    assert statuses == [200, 404]


def test_a_link_to_an_older_revision_shows_it_and_does_not_act(visitor: ReviewPageVisitor) -> None:
    old = visitor.open()
    visitor.get(old)
    visitor.desk.portal.versions["3358285"] = 9
    new = visitor.open()

    shown = visitor.get(old)
    refused = visitor.post(old, decision="acknowledge")

    assert "changed again" in shown.text
    assert "<form" not in shown.text
    [newest] = re.findall(r'href="(/ack/[^"]+)">Go to revision 2<', shown.text)
    assert 'value="acknowledge"' in visitor.get(newest).text
    assert (refused.status_code, "revision 2" in refused.text) == (409, True)
    assert visitor.review().state is ReviewState.OPEN
    assert visitor.post(new, decision="acknowledge").status_code == 303


def test_a_note_on_an_older_revision_stands_in_the_form_of_the_newest(visitor: ReviewPageVisitor) -> None:
    old = visitor.open()
    visitor.get(old)
    visitor.desk.portal.versions["3358285"] = 9
    visitor.open()

    refused = visitor.post(old, decision="request_changes", note="Section 4 is old.", name="Dana")
    [action] = re.findall(r'<form method="post" action="([^"]+)"', refused.text)
    state = visitor.review().state
    again = visitor.post(action, decision="request_changes", note="Section 4 is old.", name="Dana")

    assert (refused.status_code, state, again.status_code) == (409, ReviewState.OPEN, 303)
    assert "(revision 1, now revision 2). Open it again before you answer." in refused.text
    assert (">Section 4 is old.</textarea>" in refused.text, 'value="Dana"' in refused.text) == (True, True)
    assert visitor.review().answers[0].revision == 2


def test_a_note_in_a_form_that_is_too_old_and_overtaken_is_not_lost_either(
    visitor: ReviewPageVisitor,
) -> None:
    old = visitor.open()
    visitor.desk.portal.versions["3358285"] = 9
    visitor.open()

    refused = visitor.send(old, decision="request_changes", note="Section 4 is old.")

    assert refused.status_code == 400
    for part in ("open for too long", "now revision 2", ">Section 4 is old.</textarea>"):
        assert part in refused.text


def test_a_note_that_came_too_late_can_still_be_copied(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()
    visitor.get(path)
    visitor.desk.answers.record_answer(build_answer_request(visitor.review()))

    refused = visitor.post(path, decision="request_changes", note="Section 4 is old.")

    assert refused.status_code == 409
    assert re.search(r"readonly[^>]*>Section 4 is old\.</textarea>", refused.text)


def test_the_second_answer_is_told_of_the_first(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()
    visitor.get(path)
    visitor.desk.answers.record_answer(build_answer_request(visitor.review()))

    refused = visitor.post(path, decision="acknowledge")

    assert refused.status_code == 409
    assert "already reviewed by Dana Ozola" in refused.text
    assert len(visitor.review().answers) == 1


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=y>', HOSTILE])
def test_hostile_text_is_shown_as_text(visitor: ReviewPageVisitor, hostile: str) -> None:
    visitor.desk.portal.titles["3358285"] = hostile
    path = visitor.open()

    pages = [
        visitor.get(path).text,
        visitor.post(path, decision="request_changes", name=hostile, note=" ").text,
        visitor.post(path, decision="acknowledge", name=hostile, note=hostile).text,
        visitor.get(path).text,
        visitor.post(path, decision="acknowledge").text,
    ]

    for page in pages:
        assert not any(tag in page for tag in ("<script>", "<img", "<!channel", "<@U1>"))


def test_no_page_lets_a_title_pretend_to_be_another(visitor: ReviewPageVisitor) -> None:
    visitor.desk.portal.titles["3358285"] = HOSTILE
    path = visitor.open()

    pages = [
        visitor.get(path).text,
        visitor.post(path, decision="acknowledge", name="Dana\u202eanaD").text,
        visitor.get(path).text,
        visitor.post(path, decision="acknowledge").text,
    ]

    assert ["\u202e" in page for page in pages] == [False] * 4


def test_a_link_that_is_no_web_address_is_not_shown(visitor: ReviewPageVisitor) -> None:
    path = visitor.open(trigger="file.trashed")
    opened = visitor.review()
    with visitor.desk.transactions() as work:
        changed = type(opened)(**{**vars(opened), "link": "javascript:alert(1)", "revision": 2})
        assert work.reviews.revise(changed)
        work.commit()

    page = visitor.get(visitor.path(visitor.review())).text

    assert "javascript:" not in page
    assert "Open document" not in page
    assert visitor.get(path).status_code == 200


def test_every_page_keeps_others_out(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()
    pages = [
        visitor.get(path),
        visitor.post(path),
        visitor.get("/ack/x"),
        visitor.post(path, decision="acknowledge"),
    ]

    for page in pages[:3]:
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_the_session_is_kept_from_scripts_other_sites_and_plain_http(visitor: ReviewPageVisitor) -> None:
    cookie = visitor.get(visitor.open()).headers["Set-Cookie"]

    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize("forged", [None, "", "x", "another browser's"])
def test_a_form_that_the_page_did_not_give_acts_on_nothing_and_keeps_what_was_typed(
    visitor: ReviewPageVisitor, forged: str | None
) -> None:
    path = visitor.open()
    visitor.get(path)
    other = visitor.other()
    other.get(path)
    token = {} if forged is None else {"csrf_token": other.form_token if "other" in forged else forged}
    typed = {"decision": "request_changes", "name": "Dana", "note": "The date is wrong"}

    refused = visitor.send(path, **typed, **token)
    before = visitor.review().state
    again = visitor.post(path, **typed)

    assert (refused.status_code, before) == (400, ReviewState.OPEN)
    assert "Nothing was recorded" in refused.text
    assert ('value="Dana"' in refused.text, ">The date is wrong<" in refused.text) == (True, True)
    assert (again.status_code, visitor.review().state) == (303, ReviewState.CHANGES_REQUESTED)


def test_the_style_is_served_and_pages_run_no_script(visitor: ReviewPageVisitor) -> None:
    with visitor.get("/static/pages/page.css") as style:
        assert style.status_code == 200
    assert "<script" not in visitor.get(visitor.open()).text


def test_a_form_that_is_too_large_is_refused(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()

    assert visitor.post(path, decision="acknowledge", note="x" * 70_000).status_code == 413
    assert visitor.review().state is ReviewState.OPEN


def test_a_link_names_the_review_and_revision_it_was_made_for() -> None:
    links = Links(SECRET_KEY, ADDRESS)

    made = links.make_address(draw_card(review(revision=3)))

    selected = links.read_token(made.rpartition("/")[2])
    assert made.startswith(f"{ADDRESS}/ack/")
    assert (selected.review_id, selected.revision) == ("rev-1", 3)
