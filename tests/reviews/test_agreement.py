"""An answer's entry says which statement was agreed to, in whose words, and of which content."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.cards.meaning import draw_meaning, list_meaning_rows, redact_meaning
from reviews.comparison import ComparisonState, ComparisonSummary, UnreadReason, WithheldReason
from reviews.comparisons.reviewed_bytes import ReviewedBytes, find_reviewed_bytes
from reviews.kinds import Decision
from reviews.language import LANGUAGES, format_date, use_language
from reviews.ledger.agreement import describe_agreement
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import build_answered, format_moment
from reviews.model import BULK_STATEMENT, STATEMENT
from reviews.privacy.redaction import redact_review
from reviews.wording.statement import STATEMENT_IDS, show_statement
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.meanings import KNOWN_BYTES, make_meaning
from tests.reviews.samples import START, answer, bulk_review, event, review, route, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

PINNED = {
    "version-reviewed.v1": "23570ba5ba21bc61b0831ea8254729de6a0b3f696929e651cc4313e5af333565",
    "files-reviewed.v1": "9b1a359559c6a93a1c67422d550c42cbadffd7dba773cfa094467c0dba97fd3e",
}
"""The SHA-256 of the English text of each id that an entry may name. None of them ever changes."""
GERMAN = {STATEMENT: "Ich habe diese Version geprüft.", BULK_STATEMENT: "Ich habe diese Dateien geprüft."}
UNREAD = [*UnreadReason, *WithheldReason]


def test_the_text_of_a_statement_never_changes_under_its_id() -> None:
    texts = {name: hashlib.sha256(text.encode()).hexdigest() for text, name in STATEMENT_IDS.items()}

    assert texts == PINNED
    assert len(STATEMENT_IDS) == len(texts)


@pytest.mark.parametrize("asked_for", [review(), bulk_review()], ids=["document", "many"])
def test_each_statement_is_shown_in_each_language(asked_for: Review) -> None:
    shown = {}
    for language in LANGUAGES:
        with use_language(language):
            shown[language] = show_statement(asked_for)

    recorded = BULK_STATEMENT if asked_for.bulk else STATEMENT
    assert {language: each.text for language, each in shown.items()} == {
        "en": recorded,
        "de": GERMAN[recorded],
    }
    assert all(each.language == language for language, each in shown.items())


@ON_SQLITE
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_has_the_statement_as_it_was_shown_and_the_ledger_holds(desk: Desk, language: str) -> None:
    opened = desk.open(event())

    desk.answers.record_answer(build_answer_request(opened, language=language))

    entry = desk.entries()[-1]
    text = {"en": STATEMENT, "de": GERMAN[STATEMENT]}[language]
    assert entry["agreed"] == {"id": "version-reviewed.v1", "language": language, "text": text}
    assert entry["statement"] == STATEMENT
    assert opened.modified_at is not None
    assert entry["updated"] == format_moment(opened.modified_at)
    assert f"“{text}”" in describe_entry(entry).sentence
    assert desk.verdict().intact


@ON_SQLITE
def test_who_requests_changes_agrees_to_nothing(desk: Desk) -> None:
    opened = desk.open(event())

    desk.answers.record_answer(
        build_answer_request(opened, language="de", decision=Decision.REQUEST_CHANGES, note="Section 4")
    )

    entry = desk.entries()[-1]
    assert "agreed" not in entry
    assert entry["statement"] is None
    assert entry["updated"] == format_moment(opened.modified_at)


@ON_SQLITE
def test_without_a_language_it_is_that_of_the_cards(desk: Desk) -> None:
    opened = desk.open(event())
    answers = replace(desk.answers, routes=routes(language="de"))

    answers.record_answer(build_answer_request(opened, language=None))

    assert desk.entries()[-1]["agreed"]["language"] == "de"


def test_an_entry_of_an_earlier_release_is_told_in_the_language_of_its_reader() -> None:
    entry = {**build_answered(review(), answer()), "seq": 1}

    with use_language("de"):
        sentence = describe_entry(entry).sentence

    assert GERMAN[STATEMENT] in sentence


def reviewed_states() -> st.SearchStrategy[ReviewedBytes]:
    read = st.builds(
        ReviewedBytes,
        sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
        size=st.integers(0, 10**8),
    )
    return read | st.builds(ReviewedBytes, not_read=st.sampled_from(UNREAD))


@given(
    reviewed=reviewed_states(),
    language=st.sampled_from(LANGUAGES),
    asked_for=st.sampled_from([review(), review(revision=7, version_to=None), bulk_review()]),
)
def test_what_is_shown_before_the_click_is_what_is_recorded(
    reviewed: ReviewedBytes, language: str, asked_for: Review
) -> None:
    with use_language(language):
        shown = draw_meaning(asked_for, reviewed)
    members: dict[str, Any] = vars(reviewed)
    given_answer = answer(revision=asked_for.revision, version=asked_for.version_to, **members)
    entry = {
        **build_answered(asked_for, given_answer),
        **describe_agreement(asked_for, Decision.ACKNOWLEDGE, language=language),
    }

    assert entry["agreed"] == vars(shown.statement)
    assert entry["statement"] == shown.recorded_statement
    assert entry["version"] == shown.version
    assert shown.revision in {None, entry["revision"]}
    assert (entry.get("sha256"), entry.get("size")) == (shown.sha256, shown.size)
    assert entry.get("updated") == format_moment(shown.updated)
    assert (shown.sha256 is None) == ("not_read" in entry)


def test_the_facts_are_the_same_rows_everywhere() -> None:
    rows = list_meaning_rows(make_meaning(review()), render_time=format_date)

    assert rows == [
        ("Version", "8"),
        ("Revision", "1"),
        ("Modified", format_date(START)),
        ("Size", "48 KB (48,213 bytes)"),
        ("SHA-256", KNOWN_BYTES.sha256),
    ]


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1 KB (1,000 bytes)"),
        (9_999_499, "9,999 KB (9,999,499 bytes)"),
        (10_000_000, "10 MB (10,000,000 bytes)"),
    ],
)
def test_a_size_is_said_twice(size: int, words: str) -> None:
    rows = list_meaning_rows(
        make_meaning(review(), ReviewedBytes(size=size, sha256="0" * 64)), render_time=format_date
    )

    assert ("Size", words) in rows


@pytest.mark.parametrize("reason", UNREAD)
def test_for_bytes_that_are_not_known_it_says_why(reason: str) -> None:
    rows = dict(list_meaning_rows(make_meaning(review(), ReviewedBytes(not_read=reason)), render_time=str))

    assert ("SHA-256" in rows) == (reason != UnreadReason.NO_CONTENT)
    assert "Size" not in rows
    if reason == UnreadReason.NOT_YET:
        assert rows["SHA-256"] == "Not known yet: the document has not been read."


def test_who_may_not_see_the_document_sees_no_hash_of_it() -> None:
    summary = ComparisonSummary(state=ComparisonState.COMPARED, sha256="0" * 64, size=7)
    private = redact_review(review(changes=summary), "Compliance")

    redacted = draw_meaning(private, find_reviewed_bytes(private, route(private=True)))

    assert (redacted.sha256, redacted.size) == (None, None)
    assert redacted.unread == "The document was not read: the route is private."
    assert redact_meaning(make_meaning(review())).sha256 is None
    assert draw_meaning(private, KNOWN_BYTES).sha256 is None
