"""A program that appends to a ledger in several threads, and prints each entry once it is committed."""

from __future__ import annotations

import os
import sys
from functools import partial

from reviews.ledger import ledger_entries
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.databases import make_patient_engine
from tests.reviews.samples import review
from tests.threads import run_in_threads


def append(address: str, name: str, entries: int, thread: int) -> None:
    with make_patient_engine(create_engine(address)) as engine:
        for number in range(entries):
            review_id = f"{name}-{thread}-{number}"
            with SqlUnitOfWork(engine) as work:
                work.ledger.append(ledger_entries.build_opened(review(id=review_id), [1]))
                work.commit()
            os.write(1, f"{review_id}\n".encode())  # whole lines, also of two threads at once


if __name__ == "__main__":
    _, address, name, threads, entries = sys.argv
    run_in_threads(int(threads), partial(append, address, name, int(entries)))
