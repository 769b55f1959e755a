"""Files that people write, compared in a process of its own, in the product's words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from reviews.comparison import ComparisonState, DocumentState
from reviews.comparisons.parts import read_parts
from reviews.ports.documents import FetchedDocument
from runtime.documents.isolated_comparer import IsolatedComparer
from tests import documents

CORPUS = Path(documents.__file__).parent / "corpus"
COMPARER = IsolatedComparer()


def fetch(name: str, content: bytes | None = None) -> FetchedDocument:
    data = (CORPUS / name).read_bytes() if content is None else content
    sha256 = hashlib.sha256(data).hexdigest()
    state = DocumentState(version=1, updated=None, sha256=sha256, size=len(data))
    return FetchedDocument(title=name, state=state, content=data)


@pytest.mark.parametrize("ending", ["docx", "odt"])
def test_a_changed_amount_is_a_part_with_its_place(ending: str) -> None:
    result = COMPARER.compare(fetch(f"agreement.{ending}"), fetch(f"agreement-amount.{ending}"))

    [part] = read_parts(result.parts)
    assert result.summary.state is ComparisonState.COMPARED
    assert result.summary.counts["replaced"] == 1
    assert "amount" in part.matters
    assert {words.change for words in part.words} == {"same", "deleted", "inserted"}


def test_the_text_of_one_comparison_is_the_earlier_state_of_the_next() -> None:
    first = COMPARER.compare(None, fetch("agreement.docx"))

    again = COMPARER.compare(first.text, fetch("agreement-amount.docx"))
    direct = COMPARER.compare(fetch("agreement.docx"), fetch("agreement-amount.docx"))

    assert COMPARER.accepts_text(first.text)
    assert again == direct


def test_the_same_bytes_have_the_same_text() -> None:
    result = COMPARER.compare(fetch("agreement.docx"), fetch("agreement.docx"))

    assert result.summary.state is ComparisonState.SAME_TEXT
    assert result.parts == b""
    assert result.text


def test_a_new_document_is_added_as_a_whole() -> None:
    result = COMPARER.compare(None, fetch("a.txt", b"The fee is EUR 100.\n\nIt is due at once.\n"))

    assert [part.kind for part in read_parts(result.parts)] == ["inserted", "inserted"]


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"%PDF-1.7", b"\x89PNG\r\n"]
)
@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.odt"])
def test_what_can_not_be_read_has_a_reason_and_is_never_the_same(name: str, content: bytes) -> None:
    result = COMPARER.compare(fetch(name, content), fetch(name, content))

    assert result.summary.state is ComparisonState.UNREADABLE
    assert result.summary.reason
    assert (result.parts, result.text) == (b"", b"")


@pytest.mark.parametrize("text", [b"", b"{}", b"text", b"\0" * 40])
def test_no_other_bytes_are_taken_for_a_text(text: bytes) -> None:
    assert not COMPARER.accepts_text(text)


def test_a_new_document_without_text_says_so() -> None:
    result = COMPARER.compare(None, fetch("a.txt", b"\n"))

    assert (result.summary.state, result.summary.reason) == (ComparisonState.SAME_TEXT, "empty")


def test_where_the_earlier_state_can_not_be_read_the_later_text_is_stored() -> None:
    result = COMPARER.compare(fetch("a.docx", b"PK\x03\x04 no package"), fetch("agreement.docx"))

    assert result.summary.state is ComparisonState.UNREADABLE
    assert COMPARER.accepts_text(result.text)
