"""A checkpoint that was saved elsewhere is one of the ledger in the database, or is refused."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ledger.findings import LedgerPart
from runtime.evidence.ledger_key import LedgerKey, LedgerKeys
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.ledger_verification.saved_checkpoints import read_saved_checkpoint
from store import ledger_reading, ledger_tree
from store.schema import last_checkpoint, ledger, ledger_head, ledger_people, ledger_tiles
from tests.databases import engine_on
from tests.keys import SECRET_KEY
from tests.runtime.command import run_command
from tests.runtime.record import ENTRIES, fill_record
from tests.runtime.signed_ledger import EMPTY, SignedLedger, make_key

if TYPE_CHECKING:
    from pathlib import Path

    from runtime.ledger_verification.saved_checkpoints import SavedCheckpoint

COVERED = 300


def save(signed: SignedLedger) -> SavedCheckpoint:
    """Return the last checkpoint, as a person who saved it verifies it."""
    key = make_key().build_verifier_key(signed.origin)
    return read_saved_checkpoint(BytesIO(signed.read_stored().note.encode()), [key])


def list_problems(signed: SignedLedger, saved: SavedCheckpoint) -> list[str]:
    verdict = check_ledger(signed.engine, keys=signed.keys, saved_checkpoint=saved)
    return [each.says for each in verdict.findings if each.part is not LedgerPart.REVIEW]


def test_a_checkpoint_from_before_is_one_of_the_ledger_that_has_grown(signed: SignedLedger) -> None:
    signed.append(COVERED)
    signed.cover()
    saved = save(signed)

    at_once = list_problems(signed, saved)
    signed.append(COVERED)
    signed.cover()
    later = list_problems(signed, saved)

    assert (at_once, later) == ([], [])


def test_a_ledger_that_was_rewritten_and_signed_anew_differs_from_what_was_saved(
    signed: SignedLedger,
) -> None:
    signed.append(3)
    signed.cover()
    saved = save(signed)
    signed.rewrite(2, macs=signed.keys.all, title="Other.docx")
    signed.change(sa.delete(last_checkpoint), sa.delete(ledger_tiles))
    signed = signed.with_keys(signed.keys)
    signed.cover()

    problems = list_problems(signed, saved)

    assert signed.list_problems() == []
    [problem] = problems
    assert problem.startswith(
        "the checkpoint of reviews.example.com covers other entries than these 3: those"
    )


def test_a_ledger_that_was_cut_lacks_the_entries_that_the_saved_checkpoint_covers(
    signed: SignedLedger,
) -> None:
    signed.append(5)
    signed.cover()
    saved = save(signed)
    second = [entry["hash"] for entry in ledger_reading.iterate_entries(signed.engine)][1]
    signed.change(
        sa.delete(ledger).where(ledger.c.seq > 2),
        sa.delete(ledger_people).where(ledger_people.c.seq > 2),
        sa.update(ledger_head).values(seq=2, hash=second),
        sa.delete(last_checkpoint),
        sa.delete(ledger_tiles),
    )

    assert list_problems(signed, saved) == [
        "entries 3 to 5 are missing at the end: the saved checkpoint covers 5"
    ]


def test_entries_are_compared_where_the_stored_tree_does_not_reach(signed: SignedLedger) -> None:
    signed.append(5)
    signed.cover()
    saved = save(signed)
    signed.change(sa.delete(last_checkpoint), sa.delete(ledger_tiles))

    assert ledger_tree.read_last_checkpoint(signed.engine) is None
    assert list_problems(signed, saved) == []


def test_a_tree_that_was_changed_is_not_what_the_saved_checkpoint_is_compared_with(
    signed: SignedLedger,
) -> None:
    signed.append(5)
    signed.cover()
    saved = save(signed)
    signed.change(sa.update(ledger_tiles).values(hashes=bytes(5 * 32)))

    [problem] = list_problems(signed, saved)

    assert problem.startswith("the last checkpoint, which covers 5 entries, does not hold")


def test_the_command_says_what_the_saved_checkpoint_covers_and_verifies_its_key(
    database_url: str, tmp_path: Path
) -> None:
    key, file = LedgerKey(secret=SECRET_KEY, since=EMPTY), tmp_path / "checkpoint"
    signed = SignedLedger(engine_on(database_url), LedgerKeys(current=key))
    fill_record(signed.engine)
    signed.cover()
    file.write_text(signed.read_stored().note)
    signed.engine.dispose()
    right, wrong = (str(each.build_verifier_key(signed.origin)) for each in (key, make_key("other")))

    done, as_json, refused = (
        run_command(
            ["ledger", "verify", "--checkpoint", str(file), *options],
            DATABASE_URL=database_url,
            LEDGER_KEY=key.format(),
        )
        for options in (["--key", right], ["--json"], ["--key", wrong])
    )

    assert done.code == 0
    assert f"\nThe saved checkpoint covers all of them, signed by {right}.\n" in done.out
    assert json.loads(as_json.out)["checkpoint"] == {"size": ENTRIES, "is_signed": True, "signers": []}
    assert (refused.code, refused.out.count("\n")) == (1, 1)
    assert "does not hold: the checkpoint is signed by none of the keys to verify it with" in refused.out
