"""Erasure of a person step by step, and what a database still says of them."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.kinds import ReviewState
from runtime.ledger_verification.ledger_check import check_ledger
from store.engine import create_engine
from store.erasure.free_space import clean_free_space
from store.erasure.ledger_erasure import MAX_ENTRIES, MAX_REVIEWS, StepLimits, erase_from_ledger
from store.erasure.ledger_survey import survey_ledger
from store.erasure.person_search import find_person
from store.erasure.table_rows import end_all_sessions, erase_identity, erase_rows
from store.schema import metadata
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import START, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.erasure.erased_person import ErasedPerson
    from store.erasure.erasure_step import ErasedStep


def close_reviews(engine: sa.Engine) -> None:
    """Have all open reviews answered, by someone whom nothing else names."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    closer = Reviewer(name="Zoe Lark", email="zoe.lark@example.com", docspace_id="z-lark")
    desk.follow(routes(owners=(str(closer.email),)))
    desk.clock.advance(days=100)
    for review in desk.reviews():
        if review.state is ReviewState.OPEN:
            desk.answers.record_answer(build_answer_request(review, reviewer=closer))


def erase_by_steps(
    engine: sa.Engine, address: str, *, max_reviews: int = MAX_REVIEWS, max_entries: int = MAX_ENTRIES
) -> Iterator[ErasedStep]:
    """Erase a person from the ledger, step by step; before that, the reviews that keep them are answered."""
    close_reviews(engine)
    person = survey_ledger(engine, find_person(engine, address)).person
    limits = StepLimits(reviews=max_reviews, entries=max_entries)
    yield from erase_from_ledger(engine, person, now=lambda: START, limits=limits)


def erase(engine: sa.Engine, address: str) -> None:
    """Erase a person from everything; the ledger holds after each step. No review keeps them."""
    close_reviews(engine)
    person = survey_ledger(engine, find_person(engine, address)).person
    for _ in erase_from_ledger(engine, person, now=lambda: START):
        assert check_ledger(engine).problem is None
    erase_all_rows(engine, person)
    erase_identity(engine, person)
    end_all_sessions(engine)
    clean_free_space(engine)
    verdict = check_ledger(engine)
    assert (verdict.problem, verdict.findings) == (None, ())


def erase_all_rows(engine: sa.Engine, person: ErasedPerson) -> Counter[str]:
    """Erase a person from the tables but for what shows who they are; return by table how many rows."""
    counts: Counter[str] = Counter()
    for name, number in erase_rows(engine, person):
        counts[name] += number
    return counts


def list_traces(engine: sa.Engine, *texts: str) -> list[str]:
    """Return which of these texts still stand somewhere in a database, in any case and spelling."""
    content = _read_files(engine) if engine.dialect.name == "sqlite" else _read_tables(engine)
    folded = content.decode(errors="replace").casefold()
    forms = {text: {text.casefold(), json.dumps(text)[1:-1].casefold()} for text in texts}
    return [text for text, each in forms.items() if any(form in folded for form in each)]


def _read_files(engine: sa.Engine) -> bytes:
    """Return the bytes of all files of SQLite."""
    name = str(engine.url.database)
    files = [Path(name + ending) for ending in ("", "-wal", "-shm")]
    return b"\n".join(file.read_bytes() for file in files if file.exists())


def _read_tables(engine: sa.Engine) -> bytes:
    """Return all rows of PostgreSQL as text."""
    lines: list[str] = []
    with engine.connect() as connection:
        for table in metadata.tables.values():
            lines += connection.execute(sa.text(f"SELECT CAST(each AS text) FROM {table} AS each")).scalars()  # noqa: S608
    return "\n".join(lines).encode()


def reopen(engine: sa.Engine) -> sa.Engine:
    """Return another engine on the same database, as another process has it."""
    return create_engine(engine.url.render_as_string(hide_password=False))
