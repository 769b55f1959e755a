"""Processes that append to the same ledger, one of which is killed: what was committed is there, once."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import verify
from store.chain import read_pinned_head
from store.ledger_reading import iterate_stored

if TYPE_CHECKING:
    import sqlalchemy as sa

THREADS, SEEN_BEFORE_KILL, ENTRIES = 4, 30, 25


def start(address: str, name: str, entries: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.appending", address, name, str(THREADS), str(entries)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_of_two_processes_one_may_be_killed_at_any_moment(engine: sa.Engine) -> None:
    address = engine.url.render_as_string(hide_password=False)
    with start(address, "lives", ENTRIES) as lives, start(address, "dies", 1_000_000) as dies:
        assert lives.stdout is not None
        assert dies.stdout is not None
        committed = [dies.stdout.readline().strip() for _ in range(SEEN_BEFORE_KILL)]
        dies.send_signal(signal.SIGKILL)
        committed += [line.strip() for line in dies.stdout if line.endswith("\n")]
        committed += [line.strip() for line in lives.stdout]
    assert lives.returncode == 0

    stored = list(iterate_stored(engine))
    entries = [each.read for each in stored]
    assert verify(entries, from_start=True, saved_heads=[read_pinned_head(engine)]).intact
    assert [each.seq for each in stored if not each.disclosures] == []
    ids = [entry["review_id"] for entry, _ in entries]
    assert len(set(ids)) == len(ids)
    assert set(committed) <= set(ids)
    assert sum(each.startswith("lives") for each in ids) == THREADS * ENTRIES
