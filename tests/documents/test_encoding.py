"""Texts as they are stored."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from documents.encoding import decode_text, encode_text, is_text
from documents.passages import (
    Area,
    Attachment,
    AttachmentKind,
    DocumentPlace,
    DocumentText,
    Label,
    Passage,
    Run,
    RunMark,
)

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
PLACES = st.builds(
    DocumentPlace,
    st.sampled_from(Area),
    TEXTS,
    TEXTS,
    st.integers(0, 99),
    st.integers(0, 99),
    TEXTS,
    st.integers(0, 99),
)
ATTACHMENTS = (Attachment(AttachmentKind.MACRO, "ab" * 32),)
LABELS = st.none() | st.builds(Label, TEXTS, TEXTS, st.integers(0, 99))
PASSAGES = st.builds(
    Passage,
    PLACES,
    st.lists(st.builds(Run, TEXTS, st.sampled_from(RunMark)), min_size=1).map(tuple),
    st.booleans(),
    LABELS,
)


@given(st.lists(PASSAGES, max_size=5))
def test_a_stored_text_is_read_as_it_was(passages: list[Passage]) -> None:
    document = DocumentText("docx", tuple(passages), ATTACHMENTS, ATTACHMENTS * 2)
    assert decode_text(encode_text(document)) == document


def test_a_text_of_another_form_is_not_taken_for_one() -> None:
    text = encode_text(DocumentText("docx", ()))
    assert is_text(text)
    for other in (b"text 3", b"text 5"):
        assert not is_text(text.replace(b"text 4", other, 1))
