"""Whatever is done to one entry of an exported ledger of 1,000 is found, and its number is named.

Each fourth entry commits to people, who stand in its line with salts, or were erased.

Each is done at every position. Of a block whose bytes were checked before, the result is taken again: the
check is that of the command, behind a cache.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import pytest

from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.merkle_tree import CompactRange
from reviews.evidence.signed_notes import format_note
from reviews.ledger.hash_chain import Head, chain_entry, encode_canonical
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.ledger_verification.file_check import BlockSharing, check_block, check_file
from tests.evidence.signers import LOG, ORIGIN, Signer, make_signer, sign_note
from tests.reviews.entries import EMPTY
from tests.runtime.exported_ledger import make_body, make_ledger_with_people, read_signed, write_line
from tests.runtime.mutated_lines import names

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ledger.hash_chain import Verdict
    from runtime.ledger_verification.file_check import BlockRules
    from runtime.ledger_verification.file_coverage import FilePiece
    from runtime.ledger_verification.file_lines import LineBlock
    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint

ENTRIES = 1000
POSITIONS = range(1, ENTRIES + 1)
LEDGER = make_ledger_with_people(ENTRIES)
LINES = LEDGER.lines
CHECKPOINT = read_signed(LEDGER.sign())
SHARING = BlockSharing(
    block_bytes=sum(map(len, LINES)) // 30, check=lru_cache(maxsize=200)(check_block), processes=1
)


def check_lines(
    lines: list[bytes], *, checkpoint: SavedCheckpoint = CHECKPOINT, sharing: BlockSharing = SHARING
) -> Verdict:
    return check_file(BytesIO(b"".join(lines)), saved_checkpoint=checkpoint, sharing=sharing)


def head_before(number: int) -> Head:
    return LEDGER.heads[number - 2] if number > 1 else EMPTY


def forge_line(number: int) -> bytes:
    """Return a line with a changed entry that has a hash of its own and follows the one before."""
    return write_line(encode_canonical(chain_entry(head_before(number), make_body(number, note="forged"))))


def flip_bit(number: int) -> list[bytes]:
    """Flip one bit of a line, at another place in each."""
    line = bytearray(LINES[number - 1])
    line[number * 7919 % len(line)] ^= 1 << number % 8
    return [*LINES[: number - 1], bytes(line), *LINES[number:]]


def change_digit_of_number(number: int) -> list[bytes]:
    """Give an entry another number, and nothing else."""
    line = LINES[number - 1].replace(b'"seq":%d' % number, b'"seq":%d' % (number ^ 1 or 9))
    return [*LINES[: number - 1], line, *LINES[number:]]


def change_content(number: int) -> list[bytes]:
    return [*LINES[: number - 1], LINES[number - 1].replace(b'"note":"', b'"note":"x'), *LINES[number:]]


def drop(number: int) -> list[bytes]:
    return [*LINES[: number - 1], *LINES[number:]]


def swap_with_next(number: int) -> list[bytes]:
    if number == ENTRIES:
        return [*LINES[:-2], LINES[-1], LINES[-2]]
    return [*LINES[: number - 1], LINES[number], LINES[number - 1], *LINES[number + 1 :]]


def double(number: int) -> list[bytes]:
    return [*LINES[:number], *LINES[number - 1 :]]


def insert_forged(number: int) -> list[bytes]:
    return [*LINES[: number - 1], forge_line(number), *LINES[number - 1 :]]


def append_forged(number: int) -> list[bytes]:
    """Put a forged entry behind one, which it follows."""
    return [*LINES[:number], forge_line(number + 1), *LINES[number:]]


def replace_with_forged(number: int) -> list[bytes]:
    return [*LINES[: number - 1], forge_line(number), *LINES[number:]]


def cut_beginning(number: int) -> list[bytes]:
    return LINES[number:]


def cut_end(number: int) -> list[bytes]:
    return LINES[: number - 1]


def cut_within(number: int) -> list[bytes]:
    line = LINES[number - 1]
    return [*LINES[: number - 1], line[: 1 + number * 7919 % (len(line) - 2)]]


MUTATIONS: dict[str, Callable[[int], list[bytes]]] = {
    "a bit of it flipped": flip_bit,
    "another number": change_digit_of_number,
    "content changed": change_content,
    "dropped": drop,
    "doubled": double,
    "a forged one before it": insert_forged,
    "the beginning cut up to it": cut_beginning,
    "the end cut from it on": cut_end,
    "the file cut within it": cut_within,
}


def test_the_ledger_itself_holds() -> None:
    verdict = check_lines(LINES)

    assert (verdict.problem, verdict.checked) == (None, ENTRIES)
    assert verdict.saved_checkpoint is not None
    assert verdict.saved_checkpoint.signers == (str(LOG.verifier_key),)


@pytest.mark.parametrize("name", MUTATIONS)
def test_an_entry_is_named_whatever_is_done_to_it(name: str) -> None:
    for number in POSITIONS:
        problem = check_lines(MUTATIONS[name](number)).problem

        assert problem is not None, number
        assert names(problem, number), (number, problem)


def test_the_first_of_two_entries_that_were_exchanged_is_named() -> None:
    for number in POSITIONS:
        problem = check_lines(swap_with_next(number)).problem

        assert problem is not None, number
        assert names(problem, min(number, ENTRIES - 1)), (number, problem)


def test_an_entry_that_was_added_behind_another_is_named_by_its_number() -> None:
    for number in POSITIONS:
        problem = check_lines(append_forged(number)).problem

        assert problem is not None, number
        assert names(problem, number + 1), (number, problem)


def test_an_entry_with_a_hash_of_its_own_is_named_by_the_one_that_does_not_follow_it() -> None:
    for number in POSITIONS[:-1]:
        problem = check_lines(replace_with_forged(number)).problem

        assert problem is not None, number
        assert names(problem, number), (number, problem)
        assert names(problem, number + 1), (number, problem)

    last = check_lines(replace_with_forged(ENTRIES)).problem
    assert last is not None
    assert "covers other entries than these 1,000" in last


class LineParts(NamedTuple):
    """A line around the two hashes in it."""

    before: bytes
    between: bytes
    end: bytes


def split_line(text: bytes) -> LineParts:
    return LineParts(*re.split(rb"\"hash\":\"[0-9a-f]{64}\",|(?<=\"prev_hash\":\")[0-9a-f]{64}", text))


AFTER = 20
"""Entries: where each is rewritten, the ledger ends at the next multiple of it."""
STRANGER = make_signer(ORIGIN, seed=9)
STORED, WRITTEN = map(split_line, LEDGER.encoded), map(split_line, LINES)
PARTS = list(zip(STORED, WRITTEN, strict=True))


def rewrite_from(number: int, end: int = ENTRIES) -> list[bytes]:
    """Change an entry of a ledger that ends at another, and make all hashes after it anew."""
    lines, last = LINES[: number - 1], head_before(number).hash.encode()
    for stored, written in (map(change_title, PARTS[number - 1]), *PARTS[number:end]):
        hashed = stored.before + stored.between + last + stored.end
        digest = sha256(hashed).hexdigest().encode()
        begin = written.before + b'"hash":"' + digest + b'",'
        lines.append(begin + written.between + last + written.end)
        last = digest
    return lines


def change_title(parts: LineParts) -> LineParts:
    return parts._replace(end=parts.end.replace(b'"title":"', b'"title":"x'))


class LeafCollector:
    """The check of the command, which also keeps the leaves, so that a forger can sign them."""

    def __init__(self) -> None:
        self.leaves = CompactRange()

    def check(self, block: LineBlock, rules: BlockRules) -> FilePiece:
        piece = SHARING.check(block, rules)
        self.leaves.extend(piece.leaves)
        return piece

    def sign(self, signer: Signer) -> bytes:
        text = format_checkpoint(Checkpoint(ORIGIN, self.leaves.end, self.leaves.compute_root()))
        return format_note(sign_note(text, signer)).encode()


@lru_cache
def read_checkpoint(size: int) -> SavedCheckpoint:
    return read_signed(LEDGER.sign(size))


def check_rewritten(number: int, end: int) -> None:
    """Rewrite a ledger from an entry on: its checkpoint shows it, and a strange key can't make another."""
    collector = LeafCollector()
    sharing = replace(SHARING, check=collector.check)

    verdict = check_lines(rewrite_from(number, end), checkpoint=read_checkpoint(end), sharing=sharing)

    assert (verdict.checked, verdict.head.seq) == (end, end), number
    assert verdict.problem is not None, number
    assert f"covers other entries than these {end:,}" in verdict.problem
    with pytest.raises(InvalidCheckpoint, match="signed by none of the keys"):
        read_signed(collector.sign(STRANGER))


def test_a_ledger_rewritten_from_an_entry_on_holds_neither_nor_does_a_strange_signature_of_it() -> None:
    # To rewrite the whole end at each position would take half a million entries.
    for number in POSITIONS:
        check_rewritten(number, -(-number // AFTER) * AFTER)
    for number in (1, 2, *range(AFTER, ENTRIES, 4 * AFTER), ENTRIES):
        check_rewritten(number, ENTRIES)


def test_only_the_signature_shows_that_all_was_rewritten_and_signed_anew() -> None:
    collector = LeafCollector()
    lines = rewrite_from(1)
    check_lines(lines, sharing=replace(SHARING, check=collector.check))

    verdict = check_lines(lines, checkpoint=read_signed(collector.sign(LOG)))

    assert verdict.problem is None
