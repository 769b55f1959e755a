"""`ledger verify FILE`: a file has to be whole, and is held against a saved checkpoint and its key."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.evidence.signed_notes import Note, format_note
from reviews.ledger.hash_chain import GENESIS_HASH
from tests.edge.fake_authority import certify_authority
from tests.evidence.signers import LOG, ORIGIN, WITNESS, make_signer
from tests.runtime.command import run_command
from tests.runtime.exported_files import ENTRIES, HEAD, KEY, LEDGER, LINES, ExportedFiles, assert_refused
from tests.runtime.exported_ledger import make_exported_ledger

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STRANGE_KEY = str(make_signer(ORIGIN, seed=9).verifier_key)
OTHER_KEY = str(make_signer("other.example.com").verifier_key)
INTACT = f"The ledger is intact: {ENTRIES} entries up to {HEAD}.\n"


@pytest.fixture
def files(tmp_path: Path) -> ExportedFiles:
    return ExportedFiles(tmp_path)


def test_a_file_holds_with_a_checkpoint_and_the_key_that_signed_it(files: ExportedFiles) -> None:
    done = files.verify(LINES, "--key", KEY, checkpoint=LEDGER.sign())
    as_json = files.verify(LINES, "--key", KEY, "--json", checkpoint=LEDGER.sign())

    assert (done.code, done.err) == (0, "")
    assert done.out == f"{INTACT}The saved checkpoint covers all of them, signed by {KEY}.\n"
    assert json.loads(as_json.out)["checkpoint"] == {"size": ENTRIES, "is_signed": True, "signers": [KEY]}


def test_without_a_key_the_entries_are_compared_and_the_signature_is_said_to_be_unverified(
    files: ExportedFiles,
) -> None:
    done = files.verify(LINES, checkpoint=LEDGER.sign())
    other = files.verify(make_exported_ledger(ENTRIES, note="x").lines, checkpoint=LEDGER.sign())

    assert done.code == 0
    assert done.out.endswith("covers all of them. Its signature is not verified: no --key was given.\n")
    assert_refused(other, f"the checkpoint of {ORIGIN} covers other entries than these 10")


def test_an_unsigned_checkpoint_is_compared_and_said_to_be_unsigned(files: ExportedFiles) -> None:
    unsigned = LEDGER.sign().partition(b"\n\n")[0] + b"\n"

    done, with_key = (
        files.verify(LINES, checkpoint=unsigned),
        files.verify(LINES, "--key", KEY, checkpoint=unsigned),
    )

    assert done.code == 0
    assert "It is not signed" in done.out
    assert_refused(with_key, "the saved checkpoint does not hold: it is not signed")


def test_several_keys_may_be_given_one_by_one_or_as_the_key_command_prints_them(files: ExportedFiles) -> None:
    for options in (["--key", OTHER_KEY, "--key", KEY], ["--key", f"{OTHER_KEY}\n{KEY}\n"]):
        done = files.verify(LINES, *options, checkpoint=LEDGER.sign())

        assert done.code == 0
        assert f"signed by {KEY}." in done.out


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (
            STRANGE_KEY,
            f"keys to verify it with; its signatures name {ORIGIN}+{LOG.verifier_key.key_id.hex()}.",
        ),
        (OTHER_KEY, f"it is one of {ORIGIN}, and the key is that of other.example.com"),
        (str(WITNESS.verifier_key), f"it is one of {ORIGIN}, and the key is that of witness.example.com"),
    ],
)
def test_another_key_does_not_prove_a_checkpoint(files: ExportedFiles, key: str, says: str) -> None:
    assert_refused(files.verify(LINES, "--key", key, checkpoint=LEDGER.sign()), says)


def test_who_signed_is_named_without_what_hides_in_a_name_or_is_too_long(files: ExportedFiles) -> None:
    log = replace(LOG, verifier_key=replace(LOG.verifier_key, name="\u202emoc.example"))
    text = LEDGER.sign().decode().partition("\n\n")[0] + "\n"
    signers = (log, make_signer("x" * 1000), WITNESS, make_signer("y"), make_signer("z"))
    note = format_note(Note(text, tuple(signer.sign(text) for signer in signers))).encode()

    done = files.verify(LINES, "--key", STRANGE_KEY, checkpoint=note)

    assert_refused(done, "its signatures name \\u202emoc.example+")
    assert f"{'x' * 79}…+" in done.out
    assert done.out.endswith(f"+{WITNESS.verifier_key.key_id.hex()}, 2 more.\n")


def test_a_signature_in_the_name_of_a_key_that_is_not_its_own_is_refused(files: ExportedFiles) -> None:
    head, _, _ = LEDGER.sign().partition(b"\n\n")
    forged = LEDGER.sign(ENTRIES - 1).partition(b"\n\n")[2]

    done = files.verify(LINES, "--key", KEY, checkpoint=head + b"\n\n" + forged)

    assert_refused(done, f"the signature of {ORIGIN} is not valid")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda note: note[: note.index(b"\n\n") + 1], "is not signed"),
        (lambda note: note.replace(b"\n", b"\r"), "a control character"),
        (lambda note: note.replace(b"\n10\n", b"\n1 0\n"), "the tree size is not"),
        (
            lambda note: note.replace("\N{EM DASH}".encode(), b"-"),
            "is not signed; copying may have changed the long dash",
        ),
        (lambda note: note[:40], "the root is not base64"),
        (lambda _: b"", "does not end in a newline"),
        (lambda _: b"\xff\xfe", "it is not text"),
        (lambda _: LINES[0], "is not origin, tree size and root"),
        (lambda note: note + b"x" * 2_000_000, "it is longer than 1,000,000 bytes"),
    ],
)
def test_what_is_no_checkpoint_is_said_in_one_sentence(
    files: ExportedFiles, spoil: Callable[[bytes], bytes], says: str
) -> None:
    done = files.verify(LINES, "--key", KEY, checkpoint=spoil(LEDGER.sign()))

    assert_refused(done, says)
    assert "the saved checkpoint does not hold: " in done.out


@pytest.mark.parametrize(
    "copy",
    [
        lambda note: note[:-1],
        lambda note: note + b"\n\n",
        lambda note: b"\n" + note,
        lambda note: note.replace(b"\n\n", b"\n"),
        lambda note: note.replace(b"\n", b"\n\n"),
        lambda note: b"  " + note.replace(b"\n", b" \n  "),
        lambda note: note.replace(b"\n\n", "\n\N{NO-BREAK SPACE}\n".encode()),
        lambda note: note.replace(b"\n", b"\r\n"),
        lambda note: b"\xef\xbb\xbf" + note.replace(b"\n", b"\r\n")[:-2],
    ],
)
def test_a_checkpoint_that_was_copied_from_a_message_holds(
    files: ExportedFiles, copy: Callable[[bytes], bytes]
) -> None:
    done = files.verify(LINES, "--key", KEY, checkpoint=copy(LEDGER.sign()))

    assert done.code == 0
    assert KEY in done.out


def test_entries_that_are_missing_at_the_end_are_named(files: ExportedFiles) -> None:
    several, one = (files.verify(LINES[:end], checkpoint=LEDGER.sign()) for end in (4, ENTRIES - 1))

    assert_refused(several, "entries 5 to 10 are missing at the end: the checkpoint covers 10.")
    assert_refused(one, "entry 10 is missing at the end: the checkpoint covers 10.")


def test_entries_behind_the_checkpoint_are_named_unless_a_head_or_a_part_takes_them_in(
    files: ExportedFiles,
) -> None:
    early = LEDGER.sign(4)

    behind, with_head, as_part = (
        files.verify(LINES, "--key", KEY, *options, checkpoint=early)
        for options in ([], ["--head", HEAD], ["--part"])
    )

    assert_refused(behind, "entries 5 to 10 are not covered: the checkpoint covers 4.")
    assert (with_head.code, as_part.code) == (0, 0)
    assert "covers the first 4 of them" in with_head.out
    assert "It ends at the newest saved head." in with_head.out
    assert "covers the first 4 of them" in as_part.out


def test_a_file_that_begins_later_is_no_whole_ledger(files: ExportedFiles) -> None:
    for options in ([], ["--head", HEAD]):
        assert_refused(
            files.verify(LINES[4:], *options),
            "it begins at entry 5: entries 1 to 4 are missing. Say --part if it is meant to be a part.",
        )
    assert_refused(files.verify(LINES[1:]), "it begins at entry 2: entry 1 is missing.")


def test_where_nothing_shows_the_end_a_file_is_not_taken_for_whole(files: ExportedFiles) -> None:
    for lines in (LINES, LINES[:4], []):
        done = files.verify(lines)

        says = "nothing shows whether entries are missing at the end"
        assert_refused(done, says, result="The file was not verified")
        assert "--checkpoint FILE or --head" in done.out


def test_a_fault_in_the_chain_is_said_before_a_missing_end(files: ExportedFiles) -> None:
    lines = [*LINES[:2], LINES[2].replace(b'"note":"', b'"note":"x'), *LINES[3:]]

    assert_refused(files.verify(lines), "entry 3 was changed after it was written.")
    assert_refused(
        files.verify(lines, checkpoint=LEDGER.sign(4)), "entry 3 was changed after it was written."
    )


def test_a_head_says_how_far_a_file_is_known_to_be_whole(files: ExportedFiles) -> None:
    early = f"4 {LEDGER.heads[3].hash}"

    at_end, before, cut = (
        files.verify(LINES, "--head", HEAD, "--head", early),
        files.verify(LINES, "--head", early, "--head", f"0 {GENESIS_HASH}"),
        files.verify(LINES[:3], "--head", early),
    )

    assert (at_end.code, before.code) == (0, 0)
    assert at_end.out == f"{INTACT}It ends at the newest saved head.\n"
    assert "The newest saved head is that of entry 4: whether entries are missing after 10" in before.out
    assert_refused(cut, "the chain ends at entry 3, but entry 4 was written: entries are missing at the end")


def test_an_empty_ledger_holds_against_a_checkpoint_of_it(files: ExportedFiles) -> None:
    done = files.verify([], "--key", KEY, checkpoint=LEDGER.sign(0))

    assert (done.code, done.out.splitlines()[0]) == (0, "The ledger is empty.")


def test_a_part_needs_neither_beginning_nor_end(files: ExportedFiles) -> None:
    done = files.verify(LINES[4:8], "--part")

    assert done.code == 0
    assert "It starts at entry 5, so earlier ones are not checked." in done.out


def test_a_part_is_held_against_a_checkpoint_if_it_has_all_that_is_covered(files: ExportedFiles) -> None:
    reaches, ends_before, begins_later = (
        files.verify(lines, "--part", checkpoint=LEDGER.sign(6))
        for lines in (LINES[:8], LINES[:5], LINES[2:])
    )

    assert reaches.code == 0
    assert_refused(ends_before, "it ends at entry 5, and the checkpoint covers 6")
    assert_refused(begins_later, "it begins at entry 3, and a checkpoint covers all entries from 1 on")


def test_escapes_of_an_export_change_no_leaf(files: ExportedFiles) -> None:
    ledger = make_exported_ledger(60)

    done = files.verify(ledger.lines, "--key", KEY, checkpoint=ledger.sign())

    assert b"\\u202e" in b"".join(ledger.lines)
    assert b"\\u202e" not in b"".join(ledger.encoded)
    assert done.code == 0


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("--checkpoint", LEDGER.sign()),
        ("--policy", b"quorum none\n"),
        ("--timestamp", b""),
        ("--tsa-certificates", certify_authority().root.read_bytes()),
        ("--export", b""),
    ],
)
def test_of_two_where_one_is_meant_none_is_dropped(files: ExportedFiles, option: str, content: bytes) -> None:
    file = files.write("given", content)

    done = files.verify(LINES, option, file, "--key", KEY, option, file)

    assert (done.code, done.out) == (2, "")
    assert f"{option} can be given once" in done.err


def test_the_lines_of_a_pack_with_keys_are_not_a_key(files: ExportedFiles) -> None:
    done = files.verify(LINES, "--key", f"# signs from entry 1 on\n{KEY}\n", checkpoint=LEDGER.sign())

    assert (done.code, done.out) == (2, "")
    assert "it has lines that begin with #: give one line of it without #" in done.err


def test_where_there_is_no_database_a_file_may_be_meant(files: ExportedFiles, tmp_path: Path) -> None:
    saved = files.write("saved", LEDGER.sign())

    plain, with_head, with_checkpoint = (
        run_command(["ledger", "verify", *options], DATABASE_URL=f"sqlite:///{tmp_path}/none.db")
        for options in ([], ["--head", HEAD], ["--checkpoint", saved, "--key", KEY])
    )

    assert "ledger.jsonl" not in plain.err
    for done in (with_head, with_checkpoint):
        assert (done.code, done.out) == (2, "")
        assert "name it: docspace-review ledger verify ledger.jsonl --checkpoint FILE" in done.err


def test_only_a_file_can_be_a_part() -> None:
    done = run_command(["ledger", "verify", "--part"], DATABASE_URL="nonsense")

    assert (done.code, done.out) == (2, "")
    assert "--part is said of a FILE" in done.err


def test_a_terminal_is_shown_how_much_of_a_file_was_checked(files: ExportedFiles, tmp_path: Path) -> None:
    plain = files.verify(LINES, "--head", HEAD)

    shown = run_command(
        ["ledger", "verify", str(tmp_path / "ledger.jsonl"), "--head", HEAD],
        FORCE_COLOR="1",
        TERM="xterm",
        COLUMNS="100",
    )

    assert (plain.err, shown.code, shown.out) == ("", 0, plain.out)
    assert "Checking the file" in shown.err
    assert "1/1" in shown.err
