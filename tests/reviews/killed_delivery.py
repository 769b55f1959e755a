"""A program that gives a card up, and dies by SIGKILL just before or after the transaction is committed."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial

from reviews.errors import Permanent
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk


class FatalUnitOfWork(SqlUnitOfWork):
    """A unit of work whose process dies when it commits a ledger entry."""

    commits_first = False

    def commit(self) -> None:
        has_entries = self.ledger.has_waiting()
        if has_entries and not self.commits_first:
            self.ledger.write_waiting()
            os.kill(os.getpid(), signal.SIGKILL)
        super().commit()
        if has_entries:
            os.kill(os.getpid(), signal.SIGKILL)


class LateFatalUnitOfWork(FatalUnitOfWork):
    commits_first = True


if __name__ == "__main__":
    _, address, card_id, when = sys.argv
    unit_of_work = LateFatalUnitOfWork if when == "after" else FatalUnitOfWork
    engine = engine_on(address)
    desk = Desk(engine, partial(unit_of_work, engine))
    desk.delivery.count_failure(int(card_id), "job", Permanent("the channel is archived"))
