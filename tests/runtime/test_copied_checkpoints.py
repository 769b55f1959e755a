"""A saved checkpoint that was copied with too much, or too little, is one sentence or none."""

from __future__ import annotations

from io import BytesIO

import pytest

from reviews.evidence.signed_notes import MAX_NOTE_BYTES
from runtime.evidence.stored_checkpoints import InvalidCheckpoint
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from tests.evidence.signers import LOG
from tests.runtime.exported_files import LEDGER

NOTE = LEDGER.sign().decode()
MORE = "copy only the block of the checkpoint"


def read(text: str) -> int:
    return read_saved_checkpoint(BytesIO(text.encode()), [LOG.verifier_key]).covered.size


@pytest.mark.parametrize(
    "mark",
    [
        "\N{WORD JOINER}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{LEFT-TO-RIGHT MARK}",
        "\N{RIGHT-TO-LEFT MARK}",
        "\N{NO-BREAK SPACE}",
    ],
    ids=ascii,
)
def test_what_can_not_be_seen_at_the_edges_of_lines_does_not_count(mark: str) -> None:
    marked = "\n".join(f"{mark}{line}{mark}" for line in NOTE.split("\n"))

    assert read(marked) == 10


@pytest.mark.parametrize(
    "copied",
    [
        "".join(f"> {line}\n" for line in NOTE.splitlines()),
        f"```\n{NOTE}```\n",
        f"```\n{NOTE}",
        f"Checkpoint of the ledger x: 10 entries.\n\n{NOTE}",
        f"Checkpoint of the ledger x: 10 entries.\nKeep a copy.\n\n{NOTE}",
        f"{NOTE}\nSent by docspace-review\n",
        "\n".join(["Keep a copy.", *NOTE.split("\n")[:3]]),
    ],
    ids=["quoted", "fenced", "half a fence", "heading", "heading and advice", "below it", "unsigned"],
)
def test_what_was_copied_along_is_named_as_that(copied: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=MORE):
        read(copied)


@pytest.mark.parametrize(
    "spoilt", [NOTE.replace("\n10\n", "\n11\n"), NOTE[:20], "", "text\n", NOTE.replace("\n10\n", "\nten\n")]
)
def test_what_is_wrong_in_itself_is_said_as_that(spoilt: str) -> None:
    with pytest.raises(InvalidCheckpoint) as refused:
        read(spoilt)

    assert MORE not in str(refused.value)


@pytest.mark.parametrize("behind", ["", "\nother text, which no one has signed\n"])
def test_what_is_behind_the_longest_note_is_not_passed_over(behind: str) -> None:
    filled = f"{NOTE}{' ' * (MAX_NOTE_BYTES - len(NOTE.encode()))}"

    assert read(filled) == 10
    with pytest.raises(InvalidCheckpoint, match="it is longer than 1,000,000 bytes"):
        read(f"{filled} {behind}")
