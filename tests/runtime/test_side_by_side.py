"""Several processes that look at the ledger find what one finds, and none of them outlives the check."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.ledger_verification.ledger_check import check_ledger
from runtime.ledger_verification.parallel_check import ProgressCounter, run_in_parallel
from store.schema import answers, ledger, review_index, reviews
from tests.databases import ON_SQLITE
from tests.runtime.record import ENTRIES, check_tampered, fill_record

if TYPE_CHECKING:
    from collections.abc import Callable

ALWAYS = 0
"""Reviews from which on several processes look."""
DAMAGE = (
    sa.update(ledger).where(ledger.c.seq == 3).values(hash="x"),
    sa.update(reviews).where(reviews.c.id == "rev-1").values(title="Menu.docx", state="open"),
    sa.update(answers).where(answers.c.review_id == "rev-2").values(note="Fine"),
    sa.delete(answers).where(answers.c.review_id == "rev-1"),
    sa.insert(review_index).values(value="by:x", kind="content", seq=99),
    sa.insert(review_index).values(value="by:x", kind="content", seq=0),
)


class Shown:
    def __init__(self) -> None:
        self.last = (0, 0)

    def begin(self, title: str, *, unit: str) -> None:
        assert (title, unit) == ("Checking the ledger", "entries and reviews")

    def update(self, done: int, total: int) -> None:
        self.last = (done, total)


def die_in_another_process(_engine: sa.Engine, _step: Callable[[int], None]) -> str:
    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return "looked at here"


def interrupt_and_stay(_engine: sa.Engine, _step: Callable[[int], None]) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    assert parent.pid is not None
    os.kill(parent.pid, signal.SIGINT)
    threading.Event().wait()


def fail(_engine: sa.Engine, _step: Callable[[int], None]) -> None:
    raise OSError("the disk is gone")


def test_several_processes_find_what_one_finds_in_the_same_order(engine: sa.Engine) -> None:
    fill_record(engine)
    in_turn = check_tampered(engine, *DAMAGE)
    shown = Shown()

    side_by_side = check_ledger(engine, progress=shown, parallel_threshold=ALWAYS)

    assert side_by_side == in_turn
    assert len(in_turn.findings) > len(DAMAGE)
    done, total = shown.last
    assert done == total > 3


@ON_SQLITE
def test_several_processes_find_a_record_intact(engine: sa.Engine) -> None:
    fill_record(engine)

    verdict = check_ledger(engine, parallel_threshold=ALWAYS)

    assert (verdict.checked, verdict.reviews, verdict.problem) == (ENTRIES, 3, None)


@ON_SQLITE
def test_what_a_process_was_to_look_at_when_it_died_is_looked_at_here(engine: sa.Engine) -> None:
    findings = run_in_parallel(engine, [die_in_another_process], ProgressCounter(None, total=0))

    assert findings == ["looked at here"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("look", "error"), [(interrupt_and_stay, KeyboardInterrupt), (fail, OSError)], ids=["stopped", "failed"]
)
def test_an_interrupt_and_a_failure_end_all_processes_at_once(
    engine: sa.Engine, look: Callable[..., None], error: type[BaseException]
) -> None:
    before = set(multiprocessing.active_children())

    with pytest.raises(error):
        run_in_parallel(engine, [look, look], ProgressCounter(None, total=0))

    assert set(multiprocessing.active_children()) == before
