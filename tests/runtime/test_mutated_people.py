"""People in the lines of an export, changed by the one who has the file: each change is named in one sentence."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.ledger.exported_entries import format_exported_entry
from reviews.ledger.hash_chain import encode_canonical
from reviews.ledger.people_commitments import commit_people, compute_commitment
from runtime.ledger_verification.file_check import BlockSharing, check_file
from tests.runtime.exported_files import ExportedFiles, assert_refused
from tests.runtime.exported_ledger import (
    ERASED,
    PEOPLE,
    make_body,
    make_ledger_of,
    make_ledger_with_people,
    make_salts,
    read_signed,
    write_line,
)
from tests.runtime.mutated_lines import names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reviews.ledger.hash_chain import Verdict
    from tests.runtime.exported_ledger import ExportedLedger

LEDGER = make_ledger_with_people(12)
LINES = LEDGER.lines
CHECKPOINT = read_signed(LEDGER.sign())
SHARING = BlockSharing(processes=1)
PLAIN, SALTED, WITH_ERASED, LAST = 3, 4, 8, 12
"""Entries: of an earlier version, with people, with an erased one, and the one that says so."""


@pytest.fixture
def files(tmp_path: Path) -> ExportedFiles:
    return ExportedFiles(tmp_path)


def check_lines(lines: list[bytes], *, is_part: bool = False) -> Verdict:
    return check_file(BytesIO(b"".join(lines)), saved_checkpoint=CHECKPOINT, is_part=is_part, sharing=SHARING)


def replace_line(number: int, line: bytes) -> list[bytes]:
    return [*LINES[: number - 1], line, *LINES[number:]]


def change_members(number: int, change: Callable[[dict[str, Any]], None]) -> list[bytes]:
    """Return the lines with changed members in one of them, written as an export writes them."""
    members = deepcopy(LEDGER.members[number - 1])
    change(members)
    return replace_line(number, write_line(encode_canonical(members)))


def set_salt(pointer: str, salt: Any) -> Callable[[dict[str, Any]], None]:
    return lambda members: members["salts"].update({pointer: salt})


def set_member(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda line: line.update(members)


def remove_member(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda line: line.pop(name)


def take_away(members: dict[str, Any]) -> None:
    """Erase the reviewer in the line alone, of which no entry says that they were erased."""
    salt = members["salts"].pop(ERASED)
    members[ERASED[1:]] = {"commitment": compute_commitment(salt, members[ERASED[1:]])}
    members["erased"] = [ERASED]


def exchange_salts(members: dict[str, Any]) -> None:
    salts = members["salts"]
    salts["/owners/0"], salts["/owners/1"] = salts["/owners/1"], salts["/owners/0"]


SALTED_LINE = f"line {SALTED} of the file "
ERASED_LINE = f"line {WITH_ERASED} of the file "
CHANGED = "was changed after it was written"
HOSTILE_LINES: dict[str, tuple[list[bytes], str]] = {
    "a salt with no value": (
        change_members(WITH_ERASED, set_salt(ERASED, "x")),
        f"{ERASED_LINE}has a salt for '/reviewer', and no value there",
    ),
    "a salt for a place that is not there": (
        change_members(SALTED, set_salt("/owners/2", "x")),
        f"{SALTED_LINE}has a salt for '/owners/2', which is no place in it",
    ),
    "a salt within a commitment": (
        change_members(WITH_ERASED, set_salt(f"{ERASED}/commitment", "x")),
        f"{ERASED_LINE}names '/reviewer' as erased, and has a value there",
    ),
    "a salt within a value": (
        change_members(SALTED, set_salt("/reviewer/name", "x")),
        f"{SALTED_LINE}has a salt for '/reviewer/name', which is no place in it",
    ),
    "a place twice": (
        replace_line(SALTED, LINES[SALTED - 1].replace(b'{"/note":', b'{"/note":"x","/note":')),
        f"{SALTED_LINE}says '/note' twice",
    ),
    "salts that are a list": (
        change_members(SALTED, set_member(salts=["x"])),
        f"{SALTED_LINE}has 'salts' that are no object of texts",
    ),
    "a salt that is a number": (
        change_members(SALTED, set_salt("/note", 7)),
        f"{SALTED_LINE}has 'salts' that are no object of texts",
    ),
    "no salts": (
        change_members(SALTED, set_member(salts={})),
        f"{SALTED_LINE}has 'salts' that are no object of texts",
    ),
    "salts left out": (change_members(SALTED, remove_member("salts")), f"entry {SALTED} {CHANGED}"),
    "another salt": (change_members(SALTED, set_salt("/note", "x")), f"entry {SALTED} {CHANGED}"),
    "salts exchanged": (change_members(SALTED, exchange_salts), f"entry {SALTED} {CHANGED}"),
    "a salt for what is in clear": (
        change_members(SALTED, set_salt("/title", "x")),
        f"entry {SALTED} {CHANGED}",
    ),
    "salts of an entry that commits to nothing": (
        change_members(PLAIN, set_member(salts={"/note": "x"})),
        f"entry {PLAIN} {CHANGED}",
    ),
    "another person": (
        change_members(SALTED, set_member(owners=["eve@example.com", PEOPLE["owners"][1]])),
        f"entry {SALTED} {CHANGED}",
    ),
    "a value like a commitment": (
        change_members(SALTED, set_member(reviewer={"commitment": "a" * 64})),
        f"{SALTED_LINE}has a salt for '/reviewer', and no value there",
    ),
    "a commitment in a plain member": (
        change_members(PLAIN, set_member(note={"commitment": "a" * 64})),
        f"line {PLAIN} of the file has no value at '/note', and does not name it as erased",
    ),
    "a value at an erased place": (
        change_members(WITH_ERASED, set_member(reviewer=PEOPLE["reviewer"])),
        f"{ERASED_LINE}names '/reviewer' as erased, and has a value there",
    ),
    "another commitment": (
        change_members(WITH_ERASED, set_member(reviewer={"commitment": "a" * 64})),
        f"entry {WITH_ERASED} {CHANGED}",
    ),
    "an erased place that is not named": (
        change_members(WITH_ERASED, remove_member("erased")),
        f"{ERASED_LINE}has no value at '/reviewer', and does not name it as erased",
    ),
    "an erased place twice": (
        change_members(WITH_ERASED, set_member(erased=[ERASED, ERASED])),
        f"{ERASED_LINE}names '/reviewer' twice as erased",
    ),
    "an erased place that is not there": (
        change_members(SALTED, set_member(erased=["/by"])),
        f"{SALTED_LINE}names '/by' as erased, which is no place in it",
    ),
    "a reviewer taken away": (
        change_members(SALTED, take_away),
        f"entry {SALTED} has no value at '/reviewer', and no later entry says that it was erased",
    ),
    "members in another order": (
        replace_line(SALTED, LINES[SALTED - 1].replace(b'{"/note":', b'{ "/note":')),
        f"{SALTED_LINE}is not as an export writes it",
    ),
    "CRLF": (
        replace_line(WITH_ERASED, LINES[WITH_ERASED - 1].replace(b"\n", b"\r\n")),
        f"{ERASED_LINE}ends in CRLF",
    ),
    "a value that no entry may hold": (
        change_members(SALTED, lambda members: members["owners"].__setitem__(0, "\ufffd")),
        f"entry {SALTED} {CHANGED}",
    ),
}  # fmt: skip


def test_the_ledger_itself_holds() -> None:
    verdict = check_lines(LINES)

    assert (verdict.problem, verdict.checked, verdict.erased, verdict.unrecorded) == (None, LAST, 1, 0)


@pytest.mark.parametrize("name", HOSTILE_LINES)
def test_a_line_that_no_export_wrote_is_named(name: str) -> None:
    lines, says = HOSTILE_LINES[name]

    problem = check_lines(lines).problem

    assert problem is not None
    assert problem.startswith(says)


def test_the_command_says_so_in_one_sentence(files: ExportedFiles) -> None:
    for name in ("a salt with no value", "another salt", "a reviewer taken away", "a place twice"):
        lines, says = HOSTILE_LINES[name]

        assert_refused(files.verify(lines, checkpoint=LEDGER.sign()), says)


def test_a_long_pointer_is_shortened(files: ExportedFiles) -> None:
    lines = change_members(SALTED, set_salt("/" + "x" * 9_000, "x"))

    done = files.verify(lines, checkpoint=LEDGER.sign())

    assert_refused(done, f"{SALTED_LINE}has a salt for '/xxx")
    assert len(done.out) < 300


@pytest.mark.parametrize("number", [SALTED, WITH_ERASED, LAST])
def test_each_change_of_one_character_is_named(number: int) -> None:
    line = LINES[number - 1]

    for at in range(len(line) - 1):
        other = b"b" if line[at : at + 1] == b"a" else b"a"
        problem = check_lines(replace_line(number, line[:at] + other + line[at + 1 :])).problem

        assert problem is not None, at
        assert names(problem, number) or (number == LAST and names(problem, WITH_ERASED)), (at, problem)


def test_a_part_takes_lines_that_an_editor_has_changed() -> None:
    spaced = [line.replace(b'":', b'": ').replace(b"\n", b"\r\n") for line in LINES]

    assert check_lines(spaced, is_part=True).problem is None


def test_an_entry_that_says_so_before_the_erased_one_does_not_count() -> None:
    body = {"type": "people:erased", "review_id": None}
    erased = LEDGER.members[WITH_ERASED - 1]
    commitment = erased[ERASED[1:]]["commitment"]
    later = {name: value for name, value in erased.items() if name not in {"seq", "hash", "prev_hash"}}
    before = make_ledger_of([{**body, "commitments": [commitment]}, later])
    after = make_ledger_of([later, {**body, "commitments": [commitment]}])
    unlisted = make_ledger_of([later, {**body, "commitments": {commitment: 7}}, {**body, "commitments": [7]}])

    assert check_whole(after).problem is None
    for ledger, number in ((before, 2), (unlisted, 1)):
        assert (check_whole(ledger).problem or "").startswith(f"entry {number} has no value at '/reviewer'")


def check_whole(ledger: ExportedLedger) -> Verdict:
    content = BytesIO(b"".join(ledger.lines))
    return check_file(content, saved_heads=[ledger.heads[-1]], sharing=SHARING)


names_of_people = st.text(max_size=12)
reviewers = st.fixed_dictionaries({"name": names_of_people, "email": names_of_people | st.none()})


@given(reviewer=reviewers, owners=st.lists(names_of_people, max_size=3), at=st.integers(0, 10**6))
def test_an_export_holds_for_any_people_and_no_flip_of_a_character_does(
    reviewer: dict[str, Any], owners: list[str], at: int
) -> None:
    body, disclosures = commit_people(
        {**make_body(1), "reviewer": reviewer, "owners": owners}, make_salt=make_salts(1)
    )
    ledger = make_ledger_of([format_exported_entry(body, disclosures)])
    [line] = ledger.lines
    at %= len(line) - 1
    flipped = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]

    assert check_whole(ledger).problem is None
    problem = check_file(BytesIO(flipped), saved_heads=[ledger.heads[-1]], sharing=SHARING).problem
    assert problem is not None
    assert names(problem, 1)
