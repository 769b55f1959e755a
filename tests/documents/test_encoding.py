"""Texts as they are kept."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.encoding import VERSION, UnknownVersion, decode_text, encode_text
from documents.passages import Area, Attachment, AttachmentKind, DocumentText, Mark, Passage, Place, Run

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
PLACES = st.builds(
    Place,
    st.sampled_from(Area),
    TEXTS,
    TEXTS,
    st.integers(0, 99),
    st.integers(0, 99),
    TEXTS,
    st.integers(0, 99),
)
PASSAGES = st.builds(
    Passage,
    PLACES,
    st.lists(st.builds(Run, TEXTS, st.sampled_from(Mark)), min_size=1).map(tuple),
    st.booleans(),
)


@given(st.lists(PASSAGES, max_size=5))
def test_a_kept_text_is_read_as_it_was(passages: list[Passage]) -> None:
    document = DocumentText("docx", tuple(passages), (Attachment(AttachmentKind.MACRO, "ab" * 32),))
    assert decode_text(encode_text(document)) == document


def test_a_text_of_another_version_is_read_from_the_document_again() -> None:
    value = json.loads(zlib.decompress(encode_text(DocumentText("docx", ()))))
    other = zlib.compress(json.dumps({**value, "version": VERSION + 1}).encode())
    with pytest.raises(UnknownVersion):
        decode_text(other)
