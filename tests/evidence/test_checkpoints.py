"""Checkpoints are read as C2SP tlog-checkpoint has them, and only the log's own signature proves one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint, parse_checkpoint, verify_checkpoint
from reviews.evidence.signed_notes import NoteError, SignatureKind, VerifierKey, format_note
from tests.evidence.hostile_texts import parse_or_refuse, signable_texts, spoil_text
from tests.evidence.signers import (
    LOG,
    ORIGIN,
    WITNESS,
    Signer,
    check_signature,
    make_signer,
    sign_checkpoint,
    sign_note,
)
from tests.evidence.trees import make_leaves, mth

CHECKPOINT = Checkpoint(ORIGIN, 20_852_163, mth(make_leaves(5)))
TEXT = format_checkpoint(CHECKPOINT)
_, SIZE, ROOT = TEXT.splitlines()
OTHER = make_signer("other.example.com", seed=3)


def test_the_example_of_the_specification_is_read() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    checkpoint = parse_checkpoint(text)

    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.root.hex().startswith("0ac5186a")
    assert format_checkpoint(checkpoint) == text


def test_an_origin_may_have_spaces_and_plus_signs() -> None:
    assert parse_checkpoint(TEXT.replace(ORIGIN, "Reviews + more")).origin == "Reviews + more"


def test_extension_lines_are_not_read() -> None:
    assert parse_checkpoint(f"{TEXT}more\nand more\n") == CHECKPOINT


@pytest.mark.parametrize("size", [0, 1, 2**63 - 1])
def test_sizes_of_63_bits_are_read(size: int) -> None:
    assert parse_checkpoint(TEXT.replace(SIZE, str(size))).size == size


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "newline"),
        (TEXT[:-1], "newline"),
        (f"{ORIGIN}\n{SIZE}\n", "not origin, tree size and root"),
        (f"\n{SIZE}\n{ROOT}\n", "not empty"),
        (f"{TEXT}\n", "not empty"),
        (f"{TEXT}\nmore\n", "not empty"),
        (TEXT.replace("\n", "\r\n"), "CRLF"),
        (TEXT.replace(ORIGIN, "\ud800"), "UTF-8"),
        (TEXT.replace(ORIGIN, "a\tb"), "control character"),
        (TEXT.replace(ROOT, ROOT[:-1]), "base64"),
        (TEXT.replace(ROOT, "AAAA"), "3 bytes"),
        (TEXT.replace(ROOT, ROOT.replace(ROOT[3], "-")), "base64"),
        *(
            (TEXT.replace(SIZE, size), "whole number")
            for size in (
                "00",
                "01",
                "-1",
                "+1",
                " 1",
                "1 ",
                "1_0",
                "0x1",
                "1.0",
                "\u0661",
                "9" * 20,
                "9" * 5000,
            )
        ),
        (TEXT.replace(SIZE, str(2**63)), "larger than"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(NoteError, match=sentence):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, bytes(32)),
        ("a\nb", 1, bytes(32)),
        ("a", -1, bytes(32)),
        ("a", 2**63, bytes(32)),
        ("a", 1, bytes(31)),
    ],
)
def test_what_no_checkpoint_may_say_is_not_written(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(NoteError):
        Checkpoint(origin, size, root)


@given(text=spoil_text(TEXT))
def test_any_text_is_the_one_spelling_of_a_checkpoint_or_is_refused(text: str) -> None:
    checkpoint = parse_or_refuse(parse_checkpoint, text)

    # Extension lines may follow, which are not read.
    assert checkpoint is None or text.startswith(format_checkpoint(checkpoint))


@given(
    origin=signable_texts(min_size=1),
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
)
def test_any_checkpoint_is_read_as_it_was_written(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)

    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


@pytest.mark.parametrize("signers", [(LOG,), (LOG, WITNESS), (OTHER, LOG)])
def test_a_checkpoint_that_its_log_has_signed_is_proven(signers: tuple[Signer, ...]) -> None:
    signed = sign_checkpoint(5, *signers)
    keys = [LOG.verifier_key, WITNESS.verifier_key]

    checkpoint = verify_checkpoint(signed, keys, check_signature)

    assert checkpoint == Checkpoint(ORIGIN, 5, mth(make_leaves(5)))


def test_extension_lines_are_signed() -> None:
    signed = format_note(sign_note(f"{TEXT}more\n", LOG))

    assert verify_checkpoint(signed, [LOG.verifier_key], check_signature) == CHECKPOINT
    with pytest.raises(NoteError, match="is not valid"):
        verify_checkpoint(signed.replace("more", "less"), [LOG.verifier_key], check_signature)


def test_the_checkpoint_of_another_size_is_refused() -> None:
    with pytest.raises(NoteError, match="is not valid"):
        verify_checkpoint(sign_checkpoint(5).replace("\n5\n", "\n6\n"), [LOG.verifier_key], check_signature)


@pytest.mark.parametrize(
    ("signed", "keys", "sentence"),
    [
        (sign_checkpoint(5, OTHER), [OTHER.verifier_key], "origin as their name"),
        (sign_checkpoint(5, WITNESS), [WITNESS.verifier_key], "origin as their name"),
        (sign_checkpoint(5, LOG, WITNESS), [WITNESS.verifier_key], "origin as their name"),
        (sign_checkpoint(5, WITNESS), [LOG.verifier_key, WITNESS.verifier_key], "origin as their name"),
        (sign_checkpoint(5, LOG), [OTHER.verifier_key], "none of the keys"),
        (sign_checkpoint(5, LOG), [make_signer(ORIGIN, seed=4).verifier_key], "none of the keys"),
        (sign_checkpoint(5, LOG), [], "none of the keys"),
    ],
)
def test_a_checkpoint_that_its_log_has_not_signed_is_refused(
    signed: str, keys: list[VerifierKey], sentence: str
) -> None:
    with pytest.raises(NoteError, match=sentence):
        verify_checkpoint(signed, keys, check_signature)


def test_a_cosigner_with_the_name_of_the_log_does_not_stand_for_it() -> None:
    cosigner = make_signer(ORIGIN, seed=5, kind=SignatureKind.COSIGNATURE)

    with pytest.raises(NoteError, match="origin as their name"):
        verify_checkpoint(sign_checkpoint(5, cosigner), [cosigner.verifier_key], check_signature)


def test_a_signed_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(NoteError, match="not origin, tree size and root"):
        verify_checkpoint(format_note(sign_note(f"{ORIGIN}\n", LOG)), [LOG.verifier_key], check_signature)
