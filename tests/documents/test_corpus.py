"""Every edit of the corpus is reported, and nothing else is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from documents.comparison.comparison import compare_documents
from documents.errors import State, UnreadDocument
from documents.formats import read_document
from reviews.wording.place_phrases import describe_place
from runtime.documents.isolated_comparer import build_place
from tests.documents.edits import EDITS

if TYPE_CHECKING:
    from documents.comparison.parts import Part
    from documents.passages import DocumentText
    from tests.documents.edit import Difference, Edit

CORPUS = Path(__file__).parent / "corpus"


@cache
def read(name: str) -> DocumentText:
    return read_document((CORPUS / name).read_bytes(), name)


def matches(part: Part, difference: Difference) -> bool:
    """Return whether a part is what a difference describes."""
    return (
        part.kind == difference.kind
        and difference.where.lower() in describe_place(build_place(part.place)).lower()
        and difference.before in part.before
        and difference.after in part.after
        and (part.before == "") is (part.kind == "inserted")
        and (part.after == "") is (part.kind == "deleted")
    )


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_is_reported_and_nothing_else(edit: Edit) -> None:
    if edit.state == "unreadable":
        with pytest.raises(UnreadDocument) as caught:
            compare_documents(read(edit.before), read(edit.after))
        assert caught.value.state == State.UNREADABLE
        return
    comparison = compare_documents(read(edit.before), read(edit.after))

    parts = list(comparison.parts)
    missing = []
    for difference in edit.says:
        part = next((each for each in parts if matches(each, difference)), None)
        if part is None:
            missing.append(difference)
        else:
            parts.remove(part)
    assert not missing, comparison.parts
    assert not parts
    assert comparison.state == (State.COMPARED if edit.says else State.SAME_TEXT) == edit.state
    texts = [text for part in comparison.parts for text in (part.before, part.after)]
    assert not [untouched for untouched in edit.untouched if any(untouched in text for text in texts)]


def test_the_corpus_has_files_for_each_edit_and_no_others() -> None:
    named = {name for edit in EDITS for name in (edit.before, edit.after)}

    assert {path.name for path in CORPUS.iterdir()} == named


def test_each_format_is_written_by_two_writers() -> None:
    """The files of LibreOffice are named for it; the others are written by a library."""
    names = {path.name for path in CORPUS.iterdir()}
    formats = {name.rpartition(".")[2] for name in names} - {"md"}  # LibreOffice of Debian writes no Markdown

    assert formats == {"docx", "oform", "xlsx", "pptx", "odt", "ods", "odp", "pdf", "txt", "csv"}
    for ending in formats:
        own = {name for name in names if name.endswith(f".{ending}")}
        assert {"libreoffice" in name for name in own} == {True, False}, ending


def list_files_saved_again() -> list[tuple[str, str]]:
    """Return files and what LibreOffice wrote of each; it computes formulas, so workbooks say more then."""
    names = {path.name for path in CORPUS.iterdir() if path.stem.partition("-")[0] != "budget"}
    saved = ((name.replace("-libreoffice", ""), name) for name in sorted(names) if "-libreoffice" in name)
    return [pair for pair in saved if pair[0] in names and not pair[0].endswith((".pdf", ".txt"))]


def test_a_file_that_libreoffice_saved_again_has_the_same_text() -> None:
    files = list_files_saved_again()

    assert {name.rpartition(".")[2] for name, _ in files} == {"docx", "odt", "oform", "odp", "pptx"}
    for name, saved in files:
        comparison = compare_documents(read(name), read(saved))
        assert comparison.state is State.SAME_TEXT, (saved, comparison.parts)
