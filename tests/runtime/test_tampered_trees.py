"""Trees and checkpoints that were changed in the database, while a worker runs and between two starts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from reviews.evidence.checkpoints import Checkpoint
from reviews.evidence.merkle_tree import hash_leaf
from reviews.evidence.tiles import append_leaves
from reviews.ledger.hash_chain import Head
from runtime.evidence.checkpoint_maker import RETRY_INTERVAL
from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.trusted_tree import StoredTree
from store import ledger_reading, ledger_tree
from store.schema import last_checkpoint, ledger, ledger_head, ledger_tiles, ledger_verifier_keys
from tests.databases import ON_SQLITE
from tests.runtime.signed_ledger import SignedLedger, begin_after, compute_plain_root, make_all, make_key


@pytest.mark.parametrize(
    "statement",
    [
        sa.delete(ledger_tiles),
        sa.update(ledger_tiles).values(hashes=b"nonsense"),
        sa.update(ledger_tiles).values(hashes=bytes(32 * 256)),
        sa.delete(last_checkpoint),
        sa.update(last_checkpoint).values(note="nonsense"),
        sa.update(last_checkpoint).values(size=2),
        sa.update(last_checkpoint).values(size=2**31 - 1),
    ],
    ids=str,
)
def test_a_tree_that_was_damaged_is_built_again(signed: SignedLedger, statement: sa.Executable) -> None:
    signed.append(300)
    signed.cover()
    signed.change(statement)
    process = signed.start_process()

    signed.append()
    make_all(process)

    assert signed.read_checkpoint().root == compute_plain_root(signed.engine)
    assert signed.list_problems() == []


def test_a_row_of_the_tree_that_was_changed_is_named(signed: SignedLedger) -> None:
    signed.append(600)
    signed.cover()
    row = (ledger_tiles.c.level == 0) & (ledger_tiles.c.number == 1)

    signed.change(sa.update(ledger_tiles).where(row).values(hashes=bytes(32 * 256)))

    assert signed.list_problems() == [
        "the stored tree was changed: row 0 of level 1 does not follow from the level below"
    ]


def test_a_checkpoint_by_a_strange_key_is_named(signed: SignedLedger) -> None:
    signed.append(2)
    forger = signed.with_keys(LedgerKeys(current=begin_after(make_key("forged"), signed.read_head())))
    forger.cover()

    [problem] = signed.list_problems()

    assert problem.startswith("the last checkpoint, which covers 2 entries, does not hold: ")


DAMAGE = [
    sa.delete(ledger_tiles),
    sa.update(ledger_tiles).values(hashes=b"nonsense"),
    sa.update(ledger_tiles).values(hashes=bytes(32 * 256)),
    sa.delete(ledger_tiles).where(ledger_tiles.c.level == 1),
    sa.update(ledger_tiles).where(ledger_tiles.c.level == 1).values(hashes=bytes(32)),
    sa.delete(last_checkpoint),
    sa.update(last_checkpoint).values(note="nonsense"),
    sa.update(last_checkpoint).values(size=2),
    sa.update(last_checkpoint).values(number=2**31 - 1),
]


@pytest.mark.parametrize("statement", DAMAGE, ids=str)
def test_what_is_damaged_while_a_worker_runs_is_written_anew(
    signed: SignedLedger, statement: sa.Executable
) -> None:
    signed.append(300)
    signed.cover()
    signed.change(statement)

    signed.append()

    assert signed.cover().size == 301
    assert signed.read_checkpoint().root == compute_plain_root(signed.engine)
    assert signed.list_problems() == []
    assert signed.read_fault() is None


def write_matching_tree(signed: SignedLedger) -> None:
    """Replace the stored tree by that of the entries as they stand there now."""
    leaves = [hash_leaf(text.encode()) for text in ledger_reading.iterate_texts(signed.engine)]
    signed.change(sa.delete(ledger_tiles))
    ledger_tree.write_tiles(signed.engine, append_leaves(0, leaves, lambda _: {}))


def test_a_running_worker_does_not_sign_a_tree_that_was_made_to_match_forged_entries(
    signed: SignedLedger,
) -> None:
    signed.append(10)
    signed.cover()
    signed.rewrite(3, title="Forged.docx")
    write_matching_tree(signed)

    signed.append()

    assert signed.cover().size == 10
    assert signed.read_fault() is not None
    assert signed.list_problems() != []


def test_neither_does_one_that_starts_then(signed: SignedLedger) -> None:
    signed.append(10)
    signed.cover()
    signed.rewrite(3, title="Forged.docx")
    write_matching_tree(signed)
    signed.append()

    signed.start_process().make()

    assert signed.read_checkpoint().size == 10
    fault = signed.read_fault()
    assert fault is not None
    assert fault.reason == "the first 10 entries are not those that the last checkpoint covers"


@pytest.mark.parametrize("note", ["nonsense", "", "reviews.example.com\n6\nAAAA\n"])
def test_a_running_worker_signs_no_ledger_that_was_set_back_with_whatever_checkpoint(
    signed: SignedLedger, note: str
) -> None:
    signed.append(6)
    earlier = signed.read_head()
    signed.append(4)
    signed.cover()
    signed.change(
        sa.delete(ledger).where(ledger.c.seq > earlier.seq),
        sa.update(ledger_head).values(seq=earlier.seq, hash=earlier.hash),
        sa.update(last_checkpoint).values(note=note),
    )

    signed.maker.make()
    set_back = signed.read_fault()
    signed.append(6)
    signed.maker.make()

    assert set_back is not None
    assert "the database has gone back behind entry 10" in set_back.reason
    assert signed.read_stored().note == note
    fault = signed.read_fault()
    assert fault is not None
    assert fault.reason == "entry 10 is not the one that the last checkpoint covers"


def test_a_ledger_that_was_set_back_is_gone_on_from_after_a_restart(signed: SignedLedger) -> None:
    """As after a backup was restored. Only a checkpoint elsewhere shows what is missing."""
    signed.append(2)
    signed.cover()
    earlier, checkpoint = signed.read_head(), signed.read_stored()
    signed.append(2)
    signed.cover()
    signed.change(
        sa.delete(ledger).where(ledger.c.seq > earlier.seq),
        sa.update(ledger_head).values(seq=earlier.seq, hash=earlier.hash),
        sa.update(last_checkpoint).values(vars(checkpoint)),
    )
    signed.append()

    signed.start_process().make()

    assert signed.read_checkpoint().size == 3
    assert signed.read_fault() is None


def test_an_entry_from_before_the_key_that_is_spelled_otherwise_is_not_signed(engine: sa.Engine) -> None:
    """The chain is over the values of an entry; its leaf is its text."""
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(3)
    signed = plain.with_keys(LedgerKeys(current=make_key(since=plain.read_head())))
    respelled = sa.func.replace(ledger.c.entry, '"title":', '"title": ')

    signed.change(sa.update(ledger).where(ledger.c.seq == 2).values(entry=respelled))

    assert signed.maker.make() is False
    assert ledger_tree.read_last_checkpoint(engine) is None
    assert any("entry 2 was changed after it was written" in each for each in signed.list_problems())


def test_entries_from_before_the_key_are_not_exchanged_between_two_checkpoints(engine: sa.Engine) -> None:
    """They are read twice: up to the entry in the key, and then, some at a time, for their leaves."""
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(30)
    signed = plain.with_keys(LedgerKeys(current=make_key(since=plain.read_head())))
    maker = signed.start_process(max_entries=10)
    maker.make()
    signed.rewrite(25, title="Forged.docx")

    for process in (maker, maker, signed.start_process(max_entries=10)):
        make_all(process)

    assert signed.read_stored().size == 20
    assert signed.read_fault() is not None
    assert any("another hash" in each for each in signed.list_problems())


def test_a_tree_without_the_entry_that_the_key_names_is_not_gone_on_from(signed: SignedLedger) -> None:
    signed.append(5)
    signed.cover()
    current = signed.keys.current
    assert current
    other = signed.with_keys(LedgerKeys(current=begin_after(current, Head(seq=3, hash="f" * 64))))
    other.append()

    other.maker.make()

    fault = signed.read_fault()
    assert fault is not None
    assert fault.reason == "entry 3 has another hash than the ledger's key says"
    assert signed.read_stored().size == 5


def test_what_was_refused_is_looked_at_again_after_a_while(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(3)
    signed = plain.with_keys(LedgerKeys(current=make_key(since=plain.read_head())))
    with engine.connect() as connection:
        text = connection.execute(sa.select(ledger.c.entry).where(ledger.c.seq == 2)).scalar_one()
    signed.change(sa.update(ledger).where(ledger.c.seq == 2).values(entry=text + " "))
    signed.maker.make()
    signed.change(sa.update(ledger).where(ledger.c.seq == 2).values(entry=text))

    signed.maker.make()
    at_once = signed.read_fault()
    signed.clock.now += RETRY_INTERVAL
    signed.cover()

    assert at_once is not None
    assert signed.read_fault() is None
    assert signed.read_checkpoint().size == 3


@ON_SQLITE
@pytest.mark.parametrize(
    "place",
    [
        "ledger SET entry",
        "ledger SET review_id",
        "ledger_head SET hash",
        "last_checkpoint SET note",
        "last_checkpoint SET at",
        "ledger_verifier_keys SET key",
        "checkpoint_fault SET reason",
    ],
)
def test_text_that_is_no_text_is_found_or_replaced(signed: SignedLedger, place: str) -> None:
    signed.append(2)
    signed.cover()
    signed.forge()
    signed.start_process().make()
    signed.change(sa.text(f"UPDATE {place} = cast(x'ff41' as text)"))

    signed.maker.make()

    assert signed.read_stored().size == 2
    assert signed.read_fault() is not None
    assert signed.list_proven_keys() == [] or place != "ledger_verifier_keys SET key"
    assert signed.list_problems() != []


def test_a_checkpoint_of_more_entries_than_there_are_is_named_at_once(engine: sa.Engine) -> None:
    plain = SignedLedger(engine, LedgerKeys())
    plain.append(2)
    plain.maker.make()
    note = plain.read_stored().note.replace("\n2\n", "\n2000000000\n")
    plain.change(sa.update(last_checkpoint).values(size=2_000_000_000, note=note))

    assert any("does not hold" in each for each in plain.list_problems())


def test_a_fault_that_another_process_has_stored_ends(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    signed.with_keys(LedgerKeys()).maker.make()
    assert signed.read_fault() is not None
    signed.use_keys()

    signed.append()
    signed.cover()

    assert signed.read_fault() is None


def test_of_two_workers_with_different_keys_the_second_signs_nothing(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    other = signed.with_keys(LedgerKeys(current=make_key("other")))

    for _ in range(3):
        other.maker.make()
        signed.maker.make()

    assert signed.read_stored().number == 1
    other.maker.make()
    fault = signed.read_fault()
    assert fault is not None
    assert "signed by another key than the present one: set LEDGER_KEY_PREVIOUS" in fault.reason


def test_two_workers_that_both_run_with_different_keys_replace_each_other_once(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    other = signed.with_keys(LedgerKeys(current=make_key("other", since=signed.read_head())))
    other.maker.make()

    for _ in range(5):
        signed.maker.make()
        other.maker.make()

    assert signed.read_stored().number <= 4
    assert signed.read_fault() is not None


def test_a_key_that_was_made_after_the_lost_one_signs_all_anew(signed: SignedLedger) -> None:
    signed.append(2)
    signed.cover()
    anew = signed.with_keys(LedgerKeys(current=make_key("second", since=signed.read_head())))
    anew.append()

    assert anew.cover().size == 3
    assert anew.list_problems() == []


@ON_SQLITE
@pytest.mark.parametrize("column", ["number", "size", "note", "at"])
@pytest.mark.parametrize("value", ["x'ff'", "'abc'", "-1", "1e300", "9223372036854775807"])
def test_whatever_stands_in_the_row_of_the_last_checkpoint_is_replaced(
    signed: SignedLedger, column: str, value: str
) -> None:
    signed.append(2)
    signed.cover()
    signed.change(sa.text(f"UPDATE last_checkpoint SET {column} = {value}"))  # noqa: S608
    signed.list_problems()
    signed.start_process().make()
    signed.change(sa.text(f"UPDATE last_checkpoint SET {column} = {value}"))  # noqa: S608

    signed.append()

    assert signed.cover().size == 3
    assert signed.list_problems() == []


def test_a_key_that_was_written_into_the_database_vouches_for_nothing(signed: SignedLedger) -> None:
    signed.append()
    signed.cover()
    forged = make_key("forged").build_verifier_key(signed.origin)
    row = {"key": str(forged), "since": 0, "at": signed.clock.now}
    signed.change(sa.insert(ledger_verifier_keys).values(row))

    current = signed.keys.current
    assert current
    genuine = str(current.build_verifier_key(signed.origin))
    assert [each.key for each in signed.list_proven_keys()] == [genuine]


def test_a_row_of_the_tree_inside_is_restored_with_the_tree(signed: SignedLedger) -> None:
    signed.append(600)
    checkpoint = signed.cover()
    row = (ledger_tiles.c.level == 0) & (ledger_tiles.c.number == 1)
    signed.change(sa.update(ledger_tiles).where(row).values(hashes=bytes(32 * 256)))
    before = signed.list_problems()

    StoredTree(signed.engine).restore(Checkpoint(origin="any", size=600, root=checkpoint.root))

    assert len(before) == 1
    assert signed.list_problems() == []
