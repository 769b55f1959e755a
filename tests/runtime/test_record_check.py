"""The ledger in the database, after changes that no program of ours makes."""

from __future__ import annotations

import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.ledger.hash_chain import GENESIS_HASH, EntryType, Head, chain_entry, encode_canonical
from reviews.ledger.ledger_entries import format_moment
from runtime.ledger_verification.ledger_check import check_ledger
from store import ledger_reading
from store.engine import create_engine
from store.schema import answers, cards, ledger, ledger_head, reviews
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE, engine_on
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import START, event
from tests.runtime.record import ENTRIES, check_tampered, fill_record, rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ledger.hash_chain import Verdict
    from tests.databases import SqliteDatabases
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return fill_record(engine)


@pytest.fixture(scope="module")
def filled(sqlite_databases: SqliteDatabases) -> str:
    """Return the address of an SQLite database with the ledger, of which each test gets a copy."""
    address = sqlite_databases.new()
    engine = create_engine(address)
    fill_record(engine)
    engine.dispose()
    return address


@pytest.fixture
def record(sqlite_databases: SqliteDatabases, filled: str) -> Iterator[sa.Engine]:
    address = sqlite_databases.copy(filled)
    engine = engine_on(address)
    yield engine
    engine.dispose()
    sqlite_databases.give_back(address)


def entry(number: int, **values: Any) -> sa.Executable:
    return sa.update(ledger).where(ledger.c.seq == number).values(**values)


def text_of(number: int, old: str, new: str) -> sa.Executable:
    return entry(number, entry=sa.func.replace(ledger.c.entry, old, new))


def copied(table: sa.Table, where: sa.ColumnElement[bool], **new: Any) -> sa.Executable:
    """Insert a copy of a row with some columns changed."""
    columns = [sa.literal(new[c.name]) if c.name in new else c for c in table.c]
    return sa.insert(table).from_select(list(table.c), sa.select(*columns).where(where))


def review(number: int, **values: Any) -> sa.Executable:
    return sa.update(reviews).where(reviews.c.id == f"rev-{number}").values(**values)


def answer(number: int, **values: Any) -> sa.Executable:
    return sa.update(answers).where(answers.c.review_id == f"rev-{number}").values(**values)


def join_findings(verdict: Verdict) -> str:
    return "\n".join(finding.says for finding in verdict.findings)


def without(*numbers: int) -> sa.Executable:
    return sa.delete(ledger).where(ledger.c.seq.in_(numbers))


ALL = range(1, ENTRIES + 1)
TO_THE_BEGINNING = sa.update(ledger_head).values(seq=0, hash=GENESIS_HASH)
SECOND = sa.select(ledger.c.hash).where(ledger.c.seq == 2).scalar_subquery()
FIRST_ANSWER = answers.c.review_id == "rev-1"
NO_SECOND_REVIEW = (
    sa.delete(answers).where(answers.c.review_id == "rev-2"),
    sa.delete(cards).where(cards.c.review_id == "rev-2"),
    sa.delete(reviews).where(reviews.c.id == "rev-2"),
)

TAMPERINGS: dict[str, tuple[tuple[sa.Executable, ...], str]] = {
    "the end set to the beginning": ((TO_THE_BEGINNING,), "the end was set back"),
    "the end set back": (
        (sa.update(ledger_head).values(seq=2, hash=SECOND),), "the pinned end is entry 2"),
    "the end set ahead": ((sa.update(ledger_head).values(seq=99),), "entries are missing at the end"),
    "the end with another hash": (
        (sa.update(ledger_head).values(hash="x"),), "entry 6 has another hash than the one that was kept"),
    "no end": ((sa.delete(ledger_head),), "the row that pins the chain's end is not there"),
    "two ends": ((sa.insert(ledger_head).values(only=2, seq=0, hash="x"),), "is not there, or not alone"),
    "no last entry": ((without(6),), "entries are missing at the end"),
    "no entry in the middle": ((without(3),), "entry 3 is missing: entry 4 follows entry 2"),
    "no first entries": ((without(1, 2),), "entry 1 is missing: the chain starts at entry 3"),
    "no entries": ((without(*ALL),), "entries are missing at the end"),
    "no entries, and the end moved along": (
        (without(*ALL), TO_THE_BEGINNING), "no entry says that review rev-1 was opened"),
    "an entry before the first": (
        (copied(ledger, ledger.c.seq == 1, seq=0, hash="x"),), "the row of entry 0 has another seq"),
    "an entry with another text": (
        (text_of(3, "AML", "KYC"),), "entry 3 was changed after it was written"),
    "an entry that says two things": (
        (text_of(3, '{"agreed"', '{"title":"shown","agreed"'),), "entry 3 says 'title' twice"),
    "an entry that is no JSON": ((entry(3, entry="gone"),), "entry 3 is not JSON"),
    "a row of another number": ((entry(6, seq=7),), "the row of entry 7 has another seq"),
    "a row of another hash": ((entry(3, hash="x"),), "the row of entry 3 has another hash"),
    "a row of another review": ((entry(3, review_id="rev-3"),), "the row of entry 3 has another review_id"),
    "a row of another time": ((entry(3, at=START.replace(year=2020)),), "the row of entry 3 has another at"),
    "a review with another title": (
        (review(1, title="Menu.docx"),), "review rev-1 has another title than entry 2 says"),
    "a review opened again": (
        (review(1, state="open"),), 'another state than its entries say: "acknowledged" in the ledger'),
    "a review closed without an answer": (
        (review(3, state="acknowledged"),), 'another state than its entries say: "open" in the ledger'),
    "an answer taken away": (
        (sa.delete(answers).where(FIRST_ANSWER),),
        "entry 3 answers review rev-1, which has no such answer"),
    "an answer made up": (
        (review(3, state="acknowledged"), copied(answers, FIRST_ANSWER, id=99, review_id="rev-3")),
        'review rev-3 was answered by "Dana Ozola" at'),
    "an answer turned round": (
        (answer(2, decision="acknowledge"), review(2, state="acknowledged")),
        "review rev-2 has another decision than entry 5 says"),
    "an answer by another": (
        (answer(1, reviewer={"name": "Eve"}),),
        'another reviewer.name than entry 3 says: "Dana Ozola" in the ledger, "Eve" in the database'),
    "an answer with another note": (
        (answer(2, note="Fine"),), "review rev-2 has another note than entry 5 says"),
    "a review taken away": (NO_SECOND_REVIEW, "there is no review rev-2, which the table ledger tells of"),
    "a review superseded by none": (
        (review(1, superseded_by="rev-9"),),
        'another superseded_by than its entries say: nothing in the ledger, "rev-9" in the database'),
    "a review in a state that is none": (
        (review(3, state="fine"),),
        'another state than its entries say: "open" in the ledger, "fine" in the database'),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "problem"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_whatever_was_done_to_the_record_is_found_and_said(
    record: sa.Engine, statements: tuple[sa.Executable, ...], problem: str
) -> None:
    verdict = check_tampered(record, *statements)

    assert problem in join_findings(verdict)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE ledger SET at = 'noon'", "a row of the ledger holds what was never written there"),
        ("UPDATE answers SET at = 'noon'", "holds in the column answers.at what was never written there"),
        (
            "UPDATE reviews SET owners = '['",
            "holds in the column reviews.owners what was never written there",
        ),
        (
            "UPDATE reviews SET owners = replace(hex(zeroblob(9999)), '0', '[')",
            "holds in the column reviews.owners what was never written there",
        ),
        ("UPDATE reviews SET owners = '[5]'", "review rev-1 holds in a column what was never written there"),
        ("UPDATE answers SET proof = '[1]'", "review rev-1 holds in a column what was never written there"),
        ("UPDATE ledger SET entry = '{\"type\":[]}'", "no entry says that review rev-1 was opened"),
        ("UPDATE ledger SET entry = x'80'", "entry 1 is not text"),
        ("UPDATE ledger SET entry = CAST(entry AS BLOB)", "entry 1 is not text"),
        ("UPDATE ledger SET at = 99", "a row of the ledger holds what was never written there"),
        (
            "UPDATE ledger_head SET seq = 'x'",
            "the row that pins the chain's end holds what was never written",
        ),
        (
            "UPDATE ledger_head SET seq = 9e15",
            "the row that pins the chain's end holds what was never written",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_found_where_the_database_takes_it(
    record: sa.Engine, statement: str, problem: str
) -> None:
    verdict = check_tampered(record, sa.text(statement))

    assert problem in join_findings(verdict)


def test_an_entry_past_the_pinned_end_is_found(desk: Desk) -> None:
    [*_, last] = ledger_reading.iterate_entries(desk.engine)
    more = chain_entry(Head(seq=last["seq"], hash=last["hash"]), {"review_id": "rev-3", "at": last["at"]})
    added = {"seq": more["seq"], "hash": more["hash"], "entry": encode_canonical(more).decode()}

    verdict = check_tampered(desk.engine, copied(ledger, ledger.c.seq == last["seq"], **added))

    assert "the pinned end is entry 6, but the chain goes on to entry 7" in (verdict.problem or "")


def test_a_record_that_was_written_anew_is_found_by_a_head_that_was_kept(desk: Desk) -> None:
    written = list(ledger_reading.iterate_entries(desk.engine))
    head = Head(seq=2, hash=written[1]["hash"])
    assert check_ledger(desk.engine, saved_heads=[head]).intact

    rewrite(desk.engine, events=[99])
    verdict = check_ledger(desk.engine)

    assert verdict.intact, "nothing in the database can tell"
    assert "entry 2 has another hash" in (check_ledger(desk.engine, saved_heads=[head]).problem or "")


def test_what_others_do_meanwhile_is_no_fault(desk: Desk) -> None:
    def work() -> None:
        for number in range(20):
            desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"busy-{number}"))))

    writer = threading.Thread(target=work)
    verdicts = []
    writer.start()
    while writer.is_alive():
        verdicts.append(check_ledger(desk.engine))
    writer.join()

    assert [verdict.problem for verdict in verdicts if not verdict.intact] == []
    assert verdicts
    assert check_ledger(desk.engine).checked == ENTRIES + 2 * 20


def test_removed_reviews_of_any_size_are_checked_in_little_memory(engine: sa.Engine) -> None:
    """Each has many files, and so many entries; what a check keeps of one does not grow with them."""
    peaks = []
    for number in range(2):
        with SqlUnitOfWork(engine) as work:
            for files in range(40 if number == 0 else 100):
                _append_removed(work, f"bulk-{number}-{files}", files=100)
            work.commit()
        tracemalloc.start()
        assert check_ledger(engine).intact
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.5 * peaks[0]


@ON_SQLITE
def test_a_removed_review_is_checked_wherever_its_entries_lie(engine: sa.Engine) -> None:
    """Each process follows another stretch of the chain, and meets a part of what the ledger has of it."""
    with SqlUnitOfWork(engine) as work:
        _append_removed(work, "over", files=3)
        work.ledger.append(
            {"type": EntryType.REVIEW_REMOVED, "answers": 1, "review_id": "open", "at": format_moment(START)}
        )
        work.commit()

    for crowd in (0, 1_000_000):
        verdict = check_ledger(engine, parallel_threshold=crowd)
        assert (verdict.checked, verdict.removed) == (6, 2)
        assert [finding.review_id for finding in verdict.findings] == ["open"]


def _append_removed(work: SqlUnitOfWork, review_id: str, *, files: int) -> None:
    """Append what the ledger has of a bulk review that was removed."""
    of_review = {"at": format_moment(START), "review_id": review_id, "route": "compliance"}
    for number in range(files):
        joined = {"type": EntryType.REVIEW_JOINED, "file_id": f"{number}", "title": "A title.docx"}
        work.ledger.append({**joined, **of_review})
    work.ledger.append({"type": EntryType.REVIEW_ACKNOWLEDGED, **of_review})
    work.ledger.append({"type": EntryType.REVIEW_REMOVED, "answers": 1, **of_review})
