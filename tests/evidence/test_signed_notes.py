"""Notes and keys are read as C2SP signed-note has them, in one spelling only; signatures really verify."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.evidence.signed_notes import (
    Note,
    NoteError,
    Signature,
    SignatureKind,
    VerifierKey,
    build_signature,
    format_note,
    parse_note,
    parse_verifier_key,
    read_cosignature_time,
    verify_note,
)
from tests.evidence.hostile_texts import parse_or_refuse, signable_texts, spoil_text
from tests.evidence.signers import (
    LOG,
    ORIGIN,
    TIME,
    WITNESS,
    Signer,
    alter_value,
    check_signature,
    make_signer,
    sign_checkpoint,
    sign_note,
)

TEXT = "first line\n\nlast line\n"
SIGNED = format_note(sign_note(TEXT, LOG))
SIGNATURE_LINE = SIGNED.splitlines()[-1]
VKEY = str(LOG.verifier_key)
OTHER = make_signer("other.example.com", seed=3)

# The examples of C2SP signed-note and tlog-cosignature.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "\N{EM DASH} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC"
    "+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\N{EM DASH} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\N{EM DASH} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
# A key of Go's checksum database, which its programs carry.
GO_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_the_example_of_the_specification_is_read() -> None:
    note = parse_note(POEM)

    assert note.text.endswith("\n\ned è subito sera.\n")
    assert [(line.name, line.key_id.hex(), len(line.value)) for line in note.signatures] == [
        ("quasimodo.example/salvatore", "367ba04b", 64)
    ]
    assert format_note(note) == POEM


def test_the_time_of_a_cosignature_is_read_from_the_example_of_the_specification() -> None:
    cosignature = parse_note(COSIGNED).signatures[1]

    assert (cosignature.name, read_cosignature_time(cosignature.value)) == (
        "witness.example.com/w1",
        1679315147,
    )


def test_a_key_of_a_public_log_is_read_and_written_alike() -> None:
    key = parse_verifier_key(GO_KEY)

    assert (key.name, key.kind, key.key_id.hex()) == ("sum.golang.org", SignatureKind.ED25519, "033de0ae")
    assert str(key) == GO_KEY


def test_one_public_key_has_another_id_for_another_kind() -> None:
    cosigner = make_signer(ORIGIN, kind=SignatureKind.COSIGNATURE)

    assert cosigner.verifier_key.key_id != LOG.verifier_key.key_id
    assert parse_verifier_key(str(cosigner.verifier_key)) == cosigner.verifier_key


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_public_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(NoteError, match="32 bytes"):
        VerifierKey("name", SignatureKind.ED25519, bytes(size))


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\u2003b", "a\nb", "a\tb", "a\x00b", "\ud800"]
)
def test_a_name_that_no_key_may_have_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey(name, SignatureKind.ED25519, bytes(32))
    with pytest.raises(NoteError):
        Signature(name, bytes(4), bytes(64))


@pytest.mark.parametrize(
    ("spelling", "sentence"),
    [
        ("", "joined by"),
        (ORIGIN, "joined by"),
        (VKEY.rpartition("+")[0], "joined by"),
        (VKEY.replace("+", "++", 1), "joined by"),
        (VKEY.replace(LOG.verifier_key.key_id.hex(), LOG.verifier_key.key_id.hex().upper()), "lower-case"),
        (VKEY + "\n", "not base64"),
        (VKEY + "=", "base64"),
        (" " + VKEY, "no space"),
        (VKEY.replace("ledger", "lodger"), "id is not that"),
        (VKEY.partition("+")[2], "joined by"),
    ],
)
def test_a_key_in_another_spelling_is_refused(spelling: str, sentence: str) -> None:
    with pytest.raises(NoteError, match=sentence):
        parse_verifier_key(spelling)


@pytest.mark.parametrize("key_bytes", ["", "Bg==", "AgAA", "/wAA"])
def test_a_key_of_a_kind_that_is_not_supported_is_refused(key_bytes: str) -> None:
    with pytest.raises(NoteError, match="only Ed25519 is"):
        parse_verifier_key(f"name+00000000+{key_bytes}")


def test_base64_that_hides_bits_behind_its_end_is_refused() -> None:
    key = VerifierKey("name", SignatureKind.ED25519, bytes(32))
    start = f"name+{key.key_id.hex()}+"
    assert str(key) == start + "AQ" + "A" * 42

    with pytest.raises(NoteError, match="one base64"):
        parse_note("text\n\n\N{EM DASH} name AAAAAAB=\n")


@given(text=spoil_text(VKEY))
def test_any_text_is_the_one_spelling_of_a_key_or_is_refused(text: str) -> None:
    key = parse_or_refuse(parse_verifier_key, text)

    assert key is None or str(key) == text


@pytest.mark.parametrize(
    "text", ["\n", "\n\n\n", TEXT, "a\n\n", "\N{EM DASH} name AAAA\n", "x" * 900_000 + "\n"]
)
def test_a_text_with_empty_lines_or_lines_like_signatures_is_read_as_it_was_signed(text: str) -> None:
    note = sign_note(text, LOG, OTHER)

    assert parse_note(format_note(note)) == note


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no empty line"),
        (TEXT, "not a dash"),
        ("text\n", "no empty line"),
        ("text\n\n", "has no signature"),
        (SIGNED.replace("\n", "\r\n"), "CRLF"),
        (SIGNED.replace("line", "line\r\n", 1), "CRLF"),
        (SIGNED.replace("line", "li\rne", 1), "control character"),
        (SIGNED.replace("line", "line\t", 1), "control character"),
        (SIGNED.replace("line", "\ud800", 1), "UTF-8"),
        (SIGNED[:-1], "does not end in a newline"),
        (SIGNED + "\n", "has no signature"),
        (SIGNED + "more\n", "line 2 is not a dash"),
        (SIGNED.replace("\N{EM DASH}", "-"), "not a dash"),
        (SIGNED.replace("\N{EM DASH} ", "\N{EM DASH}  "), "not a dash"),
        (SIGNED.replace("\N{EM DASH} ", "\N{EM DASH}\u00a0"), "not a dash"),
        (SIGNED.replace("ledger.example", "ledger\u00a0example"), "no space"),
        (SIGNED.replace("ledger.example", "ledger+example"), "no plus"),
        (SIGNED[:-1] + " \n", "not a dash"),
        (SIGNED[:-1] + "=\n", "base64"),
        (SIGNED[:-2] + "\n", "base64"),
        ("text\n\n\N{EM DASH} name AAAAAA==\n", "nothing after the key id"),
        ("text\n\n\N{EM DASH} name AA==\n", "nothing after the key id"),
        ("text\n\n\N{EM DASH} name \n", "nothing after the key id"),
        ("x" * 1_000_000 + SIGNED, "longer than"),
    ],
)
def test_what_is_no_note_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    with pytest.raises(NoteError, match=sentence):
        parse_note(text)


def test_a_note_has_at_most_64_signatures() -> None:
    most = "text\n\n" + f"{SIGNATURE_LINE}\n" * 64

    assert len(parse_note(most).signatures) == 64
    with pytest.raises(NoteError, match="65 signatures"):
        parse_note(f"{most}{SIGNATURE_LINE}\n")


@pytest.mark.parametrize("text", ["", "no last newline", "a\tb\n", "\ud800\n"])
def test_a_text_that_no_note_may_have_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        Note(text, (Signature("name", bytes(4), bytes(64)),))


@pytest.mark.parametrize(("key_id", "value"), [(bytes(3), bytes(64)), (bytes(5), bytes(64)), (bytes(4), b"")])
def test_a_signature_has_a_key_id_and_a_value(key_id: bytes, value: bytes) -> None:
    with pytest.raises(NoteError, match="key id of 4 bytes"):
        Signature("name", key_id, value)


@given(text=spoil_text(SIGNED))
def test_any_text_is_the_one_spelling_of_a_note_or_is_refused(text: str) -> None:
    note = parse_or_refuse(parse_note, text)

    assert note is None or format_note(note) == text


@given(lines=st.lists(signable_texts(), max_size=5), count=st.integers(1, 4))
def test_any_signed_text_is_read_as_it_was_written_and_verifies(lines: list[str], count: int) -> None:
    text = "\n".join(["", *lines, ""])
    note = sign_note(text, *[LOG, WITNESS, OTHER, LOG][:count])

    assert parse_note(format_note(note)) == note
    assert verify_note(note, [LOG.verifier_key], check_signature) == [LOG.verifier_key]


def test_the_keys_that_have_signed_are_named() -> None:
    note = sign_note(TEXT, WITNESS, LOG)
    keys = [LOG.verifier_key, OTHER.verifier_key, WITNESS.verifier_key, LOG.verifier_key]

    assert verify_note(note, keys, check_signature) == [LOG.verifier_key, WITNESS.verifier_key]


@pytest.mark.parametrize("keys", [[], [OTHER.verifier_key]])
def test_a_note_that_none_of_the_keys_has_signed_is_refused(keys: list[VerifierKey]) -> None:
    with pytest.raises(NoteError, match="none of the keys"):
        verify_note(sign_note(TEXT, LOG, WITNESS), keys, check_signature)


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_a_signature_with_any_byte_changed_refuses_the_note(signer: Signer) -> None:
    note = sign_note(TEXT, OTHER, signer)
    keys = [OTHER.verifier_key, signer.verifier_key]

    for at in range(len(note.signatures[1].value)):
        altered = replace(note, signatures=(note.signatures[0], alter_value(note.signatures[1], at)))
        with pytest.raises(NoteError, match=f"signature of {signer.verifier_key.name} is not valid"):
            verify_note(altered, keys, check_signature)


@pytest.mark.parametrize("length", [1, 63, 65, 72])
def test_a_signature_of_another_length_is_not_valid(length: int) -> None:
    value = (LOG.sign(TEXT).value * 2)[:length]
    note = Note(TEXT, (build_signature(LOG.verifier_key, value),))

    with pytest.raises(NoteError, match="is not valid"):
        verify_note(note, [LOG.verifier_key], check_signature)


@pytest.mark.parametrize("value", [bytes(71), bytes(73), b"\x80" + bytes(71)])
def test_a_cosignature_without_time_or_with_too_late_a_time_is_not_valid(value: bytes) -> None:
    note = Note(TEXT, (build_signature(WITNESS.verifier_key, value),))

    with pytest.raises(NoteError, match="is not valid"):
        verify_note(note, [WITNESS.verifier_key], lambda *_: True)
    with pytest.raises(NoteError, match="63 bits"):
        read_cosignature_time(value)


def test_a_cosignature_signs_its_time() -> None:
    value = WITNESS.sign(TEXT).value

    assert read_cosignature_time(value) == TIME


def test_another_text_is_not_what_was_signed() -> None:
    note = replace(sign_note(TEXT, LOG), text=f"{TEXT}one line more\n")

    with pytest.raises(NoteError, match="is not valid"):
        verify_note(note, [LOG.verifier_key], check_signature)


def test_signatures_that_share_only_a_name_or_only_an_id_with_a_key_are_ignored() -> None:
    key = LOG.verifier_key
    strangers = (
        Signature(key.name, bytes(4), bytes(64)),
        Signature("stranger.example.com", key.key_id, bytes(64)),
    )
    note = Note(TEXT, (*strangers, LOG.sign(TEXT)))

    assert verify_note(note, [key], check_signature) == [key]
    with pytest.raises(NoteError, match="none of the keys"):
        verify_note(Note(TEXT, strangers), [key], check_signature)


def test_of_two_signatures_of_one_key_both_have_to_be_valid() -> None:
    valid = LOG.sign(TEXT)

    assert verify_note(Note(TEXT, (valid, valid)), [LOG.verifier_key], check_signature) == [LOG.verifier_key]
    with pytest.raises(NoteError, match="is not valid"):
        verify_note(Note(TEXT, (valid, alter_value(valid, 0))), [LOG.verifier_key], check_signature)


def test_a_signature_is_of_its_own_kind_only() -> None:
    note = parse_note(sign_checkpoint(3, LOG))
    cosigner = make_signer(ORIGIN, kind=SignatureKind.COSIGNATURE).verifier_key
    borrowed = Note(note.text, (build_signature(cosigner, TIME.to_bytes(8) + note.signatures[0].value),))

    with pytest.raises(NoteError, match="is not valid"):
        verify_note(borrowed, [cosigner], check_signature)
