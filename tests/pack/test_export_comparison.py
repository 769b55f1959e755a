"""A pack held against the whole ledger: an entry that it lacks or has too much is named."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from reviews.ledger.hash_chain import EntryType
from runtime.pack.entry_selection import EntrySelector
from runtime.pack.export_comparison import compare_export
from runtime.pack.opened_folder import PackInvalid
from runtime.pack.pack_check import check_pack
from runtime.pack.proven_entries import ProvenEntries
from store import ledger_reading
from store.export_lines import iterate_lines
from tests.databases import ON_SQLITE, SqliteDatabases, engine_on
from tests.pack.ledgers import OTHER_ROUTE
from tests.pack.packs import ENTRIES, SIZE, QuietProgress, append_bodies, fill_signed, write
from tests.pack.requests import build_request
from tests.runtime.signed_ledger import ORIGIN, SignedLedger, make_key
from tests.store.entries import build_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from reviews.ports.ledger import LedgerEntry

    Keep = Callable[[list[bytes]], list[bytes]]

KEY = make_key().build_verifier_key(ORIGIN)
REVIEW_TYPES = sorted(
    EntryType(name)
    for name in (
        "review:opened", "review:revised", "review:acknowledged", "review:changes_requested",
        "review:withdrawn", "review:lapsed", "review:reminded", "delivery:given_up", "sweep:incomplete",
        "sweep:complete", "change:unrouted", "owner:gone", "folder:gone",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def signed(sqlite_databases: SqliteDatabases) -> Iterator[SignedLedger]:
    engine = engine_on(sqlite_databases.new())
    yield fill_signed(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def numbers(signed: SignedLedger) -> list[int]:
    """Return the numbers of the entries that the pack of the year has."""
    selector = EntrySelector(signed.engine, build_request(), until=SIZE)
    for _entry in selector.iterate(lambda _done, _total: None):
        pass
    return list(selector.selection.list_numbers())


def export(engine: sa.Engine) -> list[bytes]:
    return [f"{line}\n".encode() for line in iterate_lines(engine)]


def prove(numbers: Iterable[int]) -> ProvenEntries:
    proven = ProvenEntries()
    for number in numbers:
        proven.add(number, bytes(32))
    proven.finish()
    return proven


def compare(lines: Sequence[bytes], signed: SignedLedger, numbers: Iterable[int]) -> None:
    compare_export(
        BytesIO(b"".join(lines)),
        build_request(),
        signed.read_checkpoint(),
        prove(numbers),
        show=lambda _done, _total: None,
    )


def read_entries(signed: SignedLedger) -> dict[int, LedgerEntry]:
    return {entry["seq"]: entry for entry in ledger_reading.iterate_entries(signed.engine)}


def test_a_pack_has_the_entries_that_the_whole_ledger_has(signed: SignedLedger, numbers: list[int]) -> None:
    assert len(numbers) == ENTRIES

    compare(export(signed.engine), signed, numbers)
    compare([*export(signed.engine), b"what follows is not read"], signed, numbers)


@pytest.mark.parametrize("type_", REVIEW_TYPES)
def test_an_entry_of_each_type_that_was_left_out_is_named(
    signed: SignedLedger, numbers: list[int], type_: EntryType
) -> None:
    entries = read_entries(signed)
    left_out = next(number for number in reversed(numbers) if entries[number]["type"] == type_)

    with pytest.raises(PackInvalid, match=f"^entry {left_out}, {type_} of .*, is missing: by the export"):
        compare(export(signed.engine), signed, [each for each in numbers if each != left_out])


def test_the_first_entry_of_a_review_that_was_left_out_as_a_whole_is_named(
    signed: SignedLedger, numbers: list[int]
) -> None:
    entries = read_entries(signed)
    review_id = entries[numbers[0]]["review_id"]
    rest = [number for number in numbers if entries[number]["review_id"] != review_id]

    with pytest.raises(PackInvalid, match=f"^entry {numbers[0]}, review:opened of the review {review_id}, "):
        compare(export(signed.engine), signed, rest)


def test_an_entry_of_another_route_is_named(signed: SignedLedger, numbers: list[int]) -> None:
    other = next(
        number
        for number, entry in read_entries(signed).items()
        if entry["route"] == OTHER_ROUTE and entry["review_id"]
    )

    with pytest.raises(PackInvalid, match=f"^entry {other}, .* is in the pack, and is not of its route"):
        compare(export(signed.engine), signed, sorted([*numbers, other]))


@pytest.mark.parametrize(
    ("keep", "says"),
    [
        (lambda lines: lines[1:], "entry 1 is missing: it has to be the whole ledger"),
        (lambda lines: [*lines[:70], *lines[71:]], "entry 71 is missing: it has to be the whole ledger"),
        (lambda lines: lines[:-1], f"it ends with entry {SIZE - 1}, and the pack's checkpoint covers {SIZE}"),
        (lambda _lines: [], f"it ends with entry 0, and the pack's checkpoint covers {SIZE}"),
        (
            lambda lines: [*lines[:3], lines[3].replace(b'"number":3', b'"number":2'), *lines[4:]],
            "entry 4 was changed after it was written",
        ),
        (lambda lines: [b"seq,at\n", *lines], "line 1 of the file is not"),
    ],
)
def test_an_export_that_is_not_whole_shows_nothing(
    signed: SignedLedger, numbers: list[int], keep: Keep, says: str
) -> None:
    with pytest.raises(PackInvalid, match=f"^the export does not hold: {says}"):
        compare(keep(export(signed.engine)), signed, numbers)


def test_the_export_of_another_ledger_shows_nothing(
    signed: SignedLedger, numbers: list[int], sqlite_databases: SqliteDatabases
) -> None:
    engine = engine_on(sqlite_databases.new())
    append_bodies(SignedLedger(engine), [build_entry(number) for number in range(SIZE)])
    lines = export(engine)
    engine.dispose()

    with pytest.raises(PackInvalid, match=f"its first {SIZE} entries are others than those of the pack's"):
        compare(lines, signed, numbers)


@ON_SQLITE
def test_the_check_of_a_pack_says_that_it_was_compared(engine: sa.Engine, tmp_path: Path) -> None:
    write(fill_signed(engine), tmp_path / "pack")
    whole, part = BytesIO(b"".join(export(engine))), BytesIO(b"".join(export(engine)[:-1]))

    compared, alone, refused = (
        check_pack(tmp_path / "pack", progress=QuietProgress(), export=file, keys=[KEY])
        for file in (whole, None, part)
    )

    assert compared.verified is not None
    assert alone.verified is not None
    assert (compared.verified.is_compared, alone.verified.is_compared) == (True, False)
    assert str(refused.problem).startswith("the export does not hold: it ends with entry")
